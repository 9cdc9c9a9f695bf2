"""Reading everything that decides where people stand, for one person or for many at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from lms.assignments.due import FOREVER
from lms.assignments.hours import Learnt, Wanted
from lms.assignments.models import (
    Assignment,
    Exemption,
    Leave,
    Level,
    PriorLearning,
    Requirement,
    RequirementVersion,
)
from lms.assignments.rules import (
    ALWAYS,
    LEVEL,
    Away,
    Begun,
    Done,
    Facts,
    Given,
    Kind,
    Lifted,
    Post,
    Rule,
    Who,
    plain,
)
from lms.catalogue import shelf
from lms.certificates.models import Certificate
from lms.certificates.validity import valid_until
from lms.cohorts.models import Attendance, Booking, CohortSession
from lms.core import clock
from lms.core.db import db
from lms.learning.models import Completion, Study
from lms.people.models import Agency, Membership, Team

People = Select[UUID]
STANDING_RULE = "Everyone learns the core modules in their first 90 days."
DEFAULT_WINDOW = 36
DAY = timedelta(days=1)


def load(person_ids: People, *, own_pace: bool = True) -> dict[UUID, Facts]:
    """The facts of these people, in queries whose number does not grow with them. People without any post or past are
    left out. `own_pace` False leaves out what nobody asks for.
    """
    found: defaultdict[UUID, Facts] = defaultdict(Facts)
    partnerships: set[str] = set()
    for person, post in _posts(person_ids):
        found[person].posts = [*found[person].posts, post]
        partnerships.add(post.partnership)
    levels = _levels(partnerships)
    rules = _rules(partnerships, levels)
    for facts in found.values():
        facts.posts = [_with_levels(post, levels) for post in facts.posts]
        facts.rules = [rule for rule in rules if any(rule.speaks_to(post) for post in facts.posts)]
    _add_studies(found, person_ids)
    _add_decisions(found, person_ids)
    if any(rule.wanted for rule in rules):
        _add_hours(found, person_ids)
    if not own_pace:
        for facts in found.values():
            _only_asked(facts)
    return dict(found)


def _only_asked(facts: Facts) -> None:
    asked = {target for rule in facts.rules for target in rule.targets} | {one.target for one in facts.given}
    facts.done = [one for one in facts.done if one.target in asked]
    facts.begun = [one for one in facts.begun if one.target in asked]


def _posts(person_ids: People) -> Iterable[tuple[UUID, Post]]:
    rows = db.session.execute(
        select(
            Membership.person_id,
            Membership.id,
            Membership.agency_id,
            Agency.partnership,
            Agency.sector,
            Membership.team_id,
            Membership.job,
            Membership.starts_on,
            Membership.ends_on,
            Team.locality,
        )
        .join(Agency, Membership.agency_id == Agency.id)
        .outerjoin(Team, Membership.team_id == Team.id)
        .where(Membership.person_id.in_(person_ids))
        .order_by(Membership.starts_on, Membership.id)
    )
    for person, membership, agency, partnership, sector, team, job, starts, ends, locality in rows:
        yield (
            person,
            Post(membership, agency, partnership, sector, team, job, starts, ends, locality=locality or ""),
        )


def _levels(partnerships: Iterable[str]) -> Sequence[Level]:
    wanted = select(Level).where(Level.partnership.in_(partnerships)).order_by(Level.position, Level.code)
    return db.session.scalars(wanted).all()


def _with_levels(post: Post, levels: Sequence[Level]) -> Post:
    codes = tuple(
        level.code
        for level in levels
        if level.partnership == post.partnership and plain(post.job) in {plain(job) for job in level.jobs}
    )
    if not codes:
        return post
    return Post(**{**post.__dict__, "levels": codes})


def rules(partnerships: Iterable[str]) -> list[Rule]:
    """The requirements of these partnerships, all versions. Until a partnership has one of its own about the core
    modules, everyone is to learn them in their first 90 days.
    """
    names = list(partnerships)
    return _rules(names, _levels(names))


def _rules(partnerships: Iterable[str], levels: Sequence[Level]) -> list[Rule]:
    names = list(partnerships)
    versions = db.session.scalars(
        select(RequirementVersion)
        .join(RequirementVersion.requirement)
        .where(Requirement.partnership.in_(names))
        .options(joinedload(RequirementVersion.requirement))
        .order_by(RequirementVersion.requirement_id, RequirementVersion.number)
    ).all()
    by_requirement: dict[UUID, list[RequirementVersion]] = {}
    for version in versions:
        by_requirement.setdefault(version.requirement_id, []).append(version)
    return [_standing(name, versions) for name in names] + [
        rule(version, since, levels)
        for chain in by_requirement.values()
        for version, since in zip(chain, _since(chain), strict=True)
    ]


def standing_rules(partnerships: Iterable[str]) -> list[Rule]:
    """For each partnership the rule about the core modules that holds until it sets its own; its last day says when."""
    return [one for one in rules(partnerships) if one.requirement is None]


def _standing(partnership: str, versions: Iterable[RequirementVersion]) -> Rule:
    """The rule that holds until the partnership says otherwise about the core modules of everyone."""
    own = [one.first_day for one in versions if one.requirement.partnership == partnership and _replaces(one)]
    return Rule(_core(), STANDING_RULE, partnership, last_day=min(own) - DAY if own else FOREVER)


def _replaces(version: RequirementVersion) -> bool:
    return version.requirement.kind == Kind.CORE and version.requirement.agency_id is None


def _core() -> frozenset[str]:
    return frozenset(module.slug for module in shelf.library().modules if module.core)


def _since(chain: Sequence[RequirementVersion]) -> list[date]:
    """For each version, the first day of the earliest one before it, without a gap, that spoke to the same people; the
    rule that held before a partnership's own about the core modules spoke to everyone, always.
    """
    found: list[date] = []
    for index, version in enumerate(chain):
        if index == 0 and _replaces(version) and not any(_reach(version)):
            found.append(ALWAYS)
            continue
        before = chain[index - 1] if index else None
        joined = (
            before is not None
            and before.last_day is not None
            and (version.first_day - before.last_day).days == 1
            and _reach(before) == _reach(version)
        )
        found.append(found[-1] if joined else version.first_day)
    return found


def _reach(version: RequirementVersion) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(names) for names in (version.jobs, version.sectors, version.teams, version.levels))


def rule(version: RequirementVersion, since: date, levels: Sequence[Level]) -> Rule:
    """One version as a rule; `levels` are those of its partnership at least."""
    requirement = version.requirement
    return Rule(
        targets=_targets(requirement),
        why=version.why,
        partnership=requirement.partnership,
        agency=requirement.agency_id,
        who=Who(
            frozenset(plain(job) for job in version.jobs),
            frozenset(version.sectors),
            frozenset(UUID(team) for team in version.teams),
            frozenset(version.levels),
        ),
        first_due=version.first_due_days,
        renew_months=version.renew_months if requirement.kind != Kind.LEVEL else None,
        keeps_date=version.keeps_date,
        wanted=_wanted(version, levels) if requirement.kind == Kind.LEVEL else None,
        since=since,
        first_day=version.first_day,
        last_day=version.last_day or FOREVER,
        requirement=requirement.id,
    )


def _targets(requirement: Requirement) -> frozenset[str]:
    if requirement.kind == Kind.CORE:
        return _core()
    if requirement.kind == Kind.PROGRAMME:
        programme = shelf.library().programme(requirement.target)
        return frozenset(programme.required) if programme else frozenset()
    if requirement.kind == Kind.LEVEL:
        return frozenset({f"{LEVEL}{requirement.target}"})
    return frozenset({requirement.target})


def _wanted(version: RequirementVersion, levels: Sequence[Level]) -> Wanted:
    requirement = version.requirement
    level = next(
        (one for one in levels if (one.partnership, one.code) == (requirement.partnership, requirement.target)), None
    )
    return Wanted(
        minutes=version.minutes,
        months=version.renew_months or DEFAULT_WINDOW,
        participatory=version.participatory,
        multi_agency=version.multi_agency,
        levels=frozenset(level.module_levels) if level else frozenset(),
    )


def _add_studies(found: defaultdict[UUID, Facts], person_ids: People) -> None:
    rows = db.session.execute(
        select(
            Study.person_id,
            Study.module,
            Study.started_at,
            Completion.completed_on,
            Completion.version,
            Certificate.valid_until,
            Certificate.revoked_at,
        )
        .outerjoin(Completion, Completion.study_id == Study.id)
        .outerjoin(Certificate, Certificate.completion_id == Completion.id)
        .where(Study.person_id.in_(person_ids))
    )
    for person, module, started_at, completed_on, version, until, revoked_at in rows:
        facts = found[person]
        facts.begun = [*facts.begun, Begun(module, clock.local(started_at).date(), completed_on)]
        if completed_on is not None:
            withdrawn_on = clock.local(revoked_at).date() if revoked_at else None
            done = Done(module, completed_on, until or usual_end(module, completed_on), withdrawn_on, version)
            facts.done = [*facts.done, done]


def usual_end(module: str, completed_on: date) -> date | None:
    """The last day on which a completion without a certificate counts; None, for ever, when the module is gone."""
    known = shelf.library().module(module)
    return valid_until(completed_on, known.valid_months) if known else None


def _add_decisions(found: defaultdict[UUID, Facts], person_ids: People) -> None:
    exempt = select(
        Exemption.person_id, Exemption.agency_id, Exemption.module, Exemption.granted_at, Exemption.until
    ).where(Exemption.person_id.in_(person_ids), Exemption.ended_at.is_(None))
    for person, agency, target, at, until in db.session.execute(exempt):
        lifted = Lifted(agency, target, clock.local(at).date(), until or FOREVER)
        found[person].lifted = [*found[person].lifted, lifted]
    given = select(
        Assignment.person_id,
        Assignment.agency_id,
        Assignment.target,
        Assignment.due_on,
        Assignment.assigned_at,
        Assignment.why,
    ).where(Assignment.person_id.in_(person_ids), Assignment.withdrawn_at.is_(None))
    for person, agency, target, due_on, at, why in db.session.execute(given):
        one = Given(agency, target, due_on, clock.local(at).date(), why)
        found[person].given = [*found[person].given, one]
    away = select(Leave.person_id, Leave.agency_id, Leave.first_day, Leave.last_day).where(
        Leave.person_id.in_(person_ids), Leave.cancelled_at.is_(None)
    )
    for person, agency, first, last in db.session.execute(away):
        found[person].away = [*found[person].away, Away(agency, first, last or FOREVER)]
    prior = select(PriorLearning).where(PriorLearning.person_id.in_(person_ids), PriorLearning.ended_at.is_(None))
    for row in db.session.scalars(prior):
        _add_prior(found[row.person_id], row)


def _add_prior(facts: Facts, row: PriorLearning) -> None:
    if row.minutes and row.target.startswith(LEVEL):
        learnt = Learnt(row.completed_on, row.minutes, row.participatory, row.multi_agency)
        facts.learnt = [*facts.learnt, learnt]
        return
    listed = row.equivalent_id is not None
    one = Done(
        row.target,
        row.completed_on,
        row.valid_until,
        by="equivalent" if listed else "prior",
        agency=None if listed else row.agency_id,
    )
    facts.done = [*facts.done, one]


def _add_hours(found: defaultdict[UUID, Facts], person_ids: People) -> None:
    """Hours for levels: completed modules by their audience level, and joint days attended, which are participatory and
    bring agencies together whatever their level.
    """
    audience = {module.slug: module.level for module in shelf.library().modules}
    finished = select(Completion.person_id, Completion.module, Completion.completed_on, Completion.minutes).where(
        Completion.person_id.in_(person_ids)
    )
    for person, module, day, minutes in db.session.execute(finished):
        levels = frozenset({audience[module]}) if module in audience else frozenset()
        found[person].learnt = [*found[person].learnt, Learnt(day, minutes, levels=levels)]
    came = (
        select(Booking.person_id, CohortSession.starts_at, CohortSession.ends_at)
        .join(Attendance, Attendance.booking_id == Booking.id)
        .join(CohortSession, Attendance.session_id == CohortSession.id)
        .where(Booking.person_id.in_(person_ids), Attendance.attended)
    )
    for person, starts_at, ends_at in db.session.execute(came):
        minutes = int((ends_at - starts_at).total_seconds()) // 60
        learnt = Learnt(clock.local(starts_at).date(), minutes, participatory=True, multi_agency=True)
        found[person].learnt = [*found[person].learnt, learnt]
