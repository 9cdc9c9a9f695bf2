"""Who is touched by a requirement before it is set: how many people, where, and how many would be late on its first
day. Nothing is saved by asking.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select

from lms.assignments import facts as reading
from lms.assignments import requirements
from lms.assignments.asks import DAY, Ask, Place, Subject
from lms.assignments.models import Requirement, RequirementVersion
from lms.assignments.rules import ALWAYS, Facts, Kind, Rule, plain
from lms.assignments.spans import stand
from lms.core.db import db
from lms.people import policy as people
from lms.people.models import Agency, Membership, Person

MOST_WORKED_OUT = 1_000
NAMES_A_PAGE = 50


@dataclass(frozen=True)
class Touched:
    """`people` are asked from the first day on, `released` are asked today's version and will not be. `late` of them
    would be late on that day, `late_before` without the change: None for more than `MOST_WORKED_OUT` people. `names`
    with jobs are one page of `pages`, for the manager of the agency alone.
    """

    people: int
    released: int
    agencies: Sequence[tuple[str, int]]
    late: int | None
    late_before: int | None
    names: Sequence[tuple[str, str]] = ()
    page: int = 1
    pages: int = 1


def touched(subject: Subject, ask: Ask, old: Requirement | None = None, page: int = 1) -> Touched:
    """Whom it asks on its first day. `old` is the requirement that it changes. The caller may set it there."""
    where, rule = subject.place, _rule(subject, ask, old)
    day = ask.first_day
    spoken = _spoken_to(where, rule, day)
    number = db.session.scalar(select(func.count(Membership.person_id.distinct())).where(spoken)) or 0
    late, before = _late(spoken, rule, day) if number <= MOST_WORKED_OUT else (None, None)
    pages = max(1, -(-number // NAMES_A_PAGE)) if where.agency else 1
    page = min(max(page, 1), pages)
    return Touched(
        people=number,
        released=_released(subject, old, spoken, day),
        agencies=_by_agency(spoken),
        late=late,
        late_before=before,
        names=_names(spoken, page) if where.agency else (),
        page=page,
        pages=pages,
    )


def _rule(subject: Subject, ask: Ask, old: Requirement | None) -> Rule:
    """The version as it would hold, made of rows that are never saved."""
    requirement = Requirement(
        id=old.id if old else None,
        partnership=subject.place.partnership,
        agency_id=subject.place.agency,
        kind=subject.kind.value,
        target=subject.target,
    )
    version = RequirementVersion(
        requirement=requirement,
        first_day=ask.first_day,
        jobs=ask.reach.jobs,
        sectors=ask.reach.sectors,
        teams=ask.reach.teams,
        levels=ask.reach.levels,
        first_due_days=ask.first_due,
        renew_months=ask.renew_months,
        keeps_date=ask.keeps_date,
        minutes=ask.minutes,
        participatory=ask.participatory,
        multi_agency=ask.multi_agency,
        why=ask.why,
    )
    made = reading.rule(version, ask.first_day, requirements.levels(subject.place.partnership))
    return replace(made, since=_since(made, ask, old))


def _since(rule: Rule, ask: Ask, old: Requirement | None) -> date:
    """From which day people count as asked: where the reach stays, the same as before."""
    if old is None:
        return ALWAYS if _replaces_standing(rule) and ask.reach.is_everyone else ask.first_day
    kept = [one for one in reading.rules([rule.partnership]) if one.requirement == old.id]
    before = [one for one in kept if one.first_day < ask.first_day]
    return before[-1].since if before and before[-1].who == rule.who else ask.first_day


def _replaces_standing(rule: Rule) -> bool:
    """Whether the rule about the core modules that held before ends with it."""
    return rule.agency is None and bool(rule.targets) and rule.targets == _core(rule.partnership)


def _core(partnership: str) -> frozenset[str]:
    return reading.standing_rules([partnership])[0].targets


def _spoken_to(where: Place, rule: Rule, day: date) -> ColumnElement[bool]:
    """SQL on `Membership`: posts of that day to which the rule speaks."""
    inside = select(Agency.id).where(requirements.inside(where))
    if rule.who.sectors:
        inside = inside.where(Agency.sector.in_(rule.who.sectors))
    conditions = [people.is_current(day), Membership.agency_id.in_(inside)]
    if rule.who.teams:
        conditions.append(Membership.team_id.in_(rule.who.teams))
    if rule.who.jobs:
        conditions.append(Membership.job.in_(_typed(where, lambda job: job in rule.who.jobs)))
    if rule.who.levels:
        named = [one for one in requirements.levels(where.partnership) if one.code in rule.who.levels]
        of_levels = {plain(job) for one in named for job in one.jobs}
        conditions.append(Membership.job.in_(_typed(where, lambda job: job in of_levels)))
    return and_(*conditions)


def _typed(where: Place, wanted: Callable[[str], bool]) -> list[str]:
    """The jobs of a place, in every way they were typed, whose plain name is wanted."""
    inside = select(Agency.id).where(requirements.inside(where))
    found = db.session.scalars(select(Membership.job).where(Membership.agency_id.in_(inside)).distinct())
    return [job for job in found if wanted(plain(job))]


def _released(subject: Subject, old: Requirement | None, spoken: ColumnElement[bool], day: date) -> int:
    """People whom the version before asks on that day, and the new one does not."""
    where = subject.place
    if old is None:
        if subject.kind is not Kind.CORE or where.agency is not None:
            return 0
        standing = reading.standing_rules([where.partnership])[0]
        before = _spoken_to(where, standing, day) if standing.last_day >= day else None
    else:
        rules = [one for one in reading.rules([where.partnership]) if one.requirement == old.id]
        earlier = [one for one in rules if one.first_day < day]
        before = _spoken_to(where, earlier[-1], day) if earlier else None
    if before is None:
        return 0
    still = select(Membership.person_id).where(spoken)
    wanted = select(func.count(Membership.person_id.distinct())).where(before, Membership.person_id.not_in(still))
    return db.session.scalar(wanted) or 0


def _by_agency(spoken: ColumnElement[bool]) -> list[tuple[str, int]]:
    number = func.count(Membership.person_id.distinct())
    wanted = (
        select(Agency.name, number)
        .join(Membership, Membership.agency_id == Agency.id)
        .where(spoken)
        .group_by(Agency.id, Agency.name)
        .order_by(Agency.name)
    )
    return [(name, many) for name, many in db.session.execute(wanted)]


def _names(spoken: ColumnElement[bool], page: int) -> list[tuple[str, str]]:
    first = func.min(Membership.job)
    wanted = (
        select(Person.name, first)
        .join(Membership, Membership.person_id == Person.id)
        .where(spoken)
        .group_by(Person.id, Person.name)
        .order_by(Person.name, Person.id)
        .limit(NAMES_A_PAGE)
        .offset((page - 1) * NAMES_A_PAGE)
    )
    return [(name, job) for name, job in db.session.execute(wanted)]


def _late(spoken: ColumnElement[bool], rule: Rule, day: date) -> tuple[int, int]:
    """How many of these people are late with what the rule asks on that day: with it, and without the change."""
    chosen: Select[UUID] = select(Membership.person_id).where(spoken)
    late = before = 0
    for facts in reading.load(chosen, own_pace=True).values():
        late += _is_late(replace(facts, rules=_with(facts.rules, rule), runs={}), rule, day)
        before += _is_late(facts, rule, day)
    return late, before


def _is_late(facts: Facts, rule: Rule, day: date) -> bool:
    agencies = [agency for agency in facts.at(day) if rule.agency in (None, agency)]
    return any(stand(facts, target, agency, day).is_late for agency in agencies for target in sorted(rule.targets))


def _with(rules: Sequence[Rule], new: Rule) -> list[Rule]:
    """The rules of a person after the change."""
    found = []
    for one in rules:
        is_replaced = one.requirement == new.requirement if new.requirement else _gives_way(one, new)
        if not is_replaced:
            found.append(one)
        elif one.first_day < new.first_day:
            found.append(replace(one, last_day=min(one.last_day, new.first_day - DAY)))
    return [*found, new]


def _gives_way(one: Rule, new: Rule) -> bool:
    """Whether it is the rule that holds until a partnership sets its own."""
    return one.requirement is None and one.partnership == new.partnership and _replaces_standing(new)
