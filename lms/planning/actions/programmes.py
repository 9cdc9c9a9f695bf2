"""Programmes of dates: making one, changing its rules, adding dates, and pairs that are kept apart."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from lms.audit import actions as audit
from lms.cohorts.actions import building as cohorts
from lms.cohorts.models import Cohort
from lms.cohorts.plan import Plan, PlannedSession
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Permission
from lms.people import queries as people
from lms.people.models import Agency, Membership, Person
from lms.planning import policy, queries
from lms.planning.models import DateProgramme, KeepApart, Override, ProgrammeDate
from lms.planning.rules import Rules

LONGEST_APART_MONTHS = 12


class ReasonNeeded(Refusal):
    """A rule changes after people were nominated by the old ones."""

    field = "reason"
    sentence = "People are nominated already. Say why the rules change; it is kept with your name."


class NoSense(Refusal):
    """Rules that no date can keep."""

    field = "min_size"


class NoSuchPair(Refusal):
    """The pair cannot be set."""

    field = "other"
    sentence = "Enter the addresses of two different people of this partnership."


class TooLong(Refusal):
    """A pair is kept apart for a year at most, so that somebody thinks about it again."""

    field = "until"
    sentence = "Enter a date from tomorrow to a year from now."


@dataclass(frozen=True)
class Frame:
    """What a programme is, apart from its dates."""

    title: str
    about: str
    rules: Rules
    needs_approval: bool
    opens: bool
    closes_on: date | None


def create(actor: Actor, frame: Frame) -> DateProgramme:
    """Make a programme in the partnership where the actor makes cohorts. Raises NoSense or NotFound."""
    made = DateProgramme(partnership=cohorts.partnership(actor), created_by=actor.id)
    _apply(made, frame)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "programme.created", made.id)
    return made


def change(actor: Actor, programme_id: UUID, frame: Frame, reason: str) -> None:
    """Change a programme. A rule that changes after people were nominated needs a reason, which is kept.

    Raises ReasonNeeded, NoSense, and NotFound.
    """
    programme = queries.lock_run(actor, programme_id)
    changed = list(programme.rules.changed(frame.rules))
    if changed and queries.counts(programme):
        if not reason.strip():
            raise ReasonNeeded
        for name, before, after in changed:
            sentence = f"{name.replace('_', ' ').capitalize()}: {before} became {after}"
            db.session.add(
                Override(programme_id=programme.id, rule=sentence, reason=reason.strip()[:300], by_id=actor.id)
            )
    _apply(programme, frame)
    for name, before, after in changed:
        audit.record(actor, "programme.rule_changed", programme.id, rule=name, before=before, after=after)
    audit.record(actor, "programme.changed", programme.id)


def _apply(programme: DateProgramme, frame: Frame) -> None:
    rules = frame.rules
    if rules.min_size > rules.max_size:
        raise NoSense("The fewest people cannot be more than the most.")
    if rules.min_sectors > rules.min_agencies:
        raise NoSense("There cannot be more sectors than agencies.", field="min_sectors")
    programme.title, programme.about = frame.title.strip(), frame.about.strip()
    programme.stored_rules = asdict(rules)
    programme.needs_approval, programme.opens = frame.needs_approval, frame.opens
    programme.closes_on = frame.closes_on


def add_date(
    actor: Actor, programme_id: UUID, session: PlannedSession, modules: Sequence[str], features: Sequence[str]
) -> Cohort:
    """Add a date: a draft of a cohort with the programme's title and limits. Raises NotFound or a Refusal."""
    programme = queries.lock_run(actor, programme_id)
    rules = programme.rules
    plan = Plan(
        title=programme.title,
        about=programme.about,
        sessions=(session,),
        modules=tuple(modules),
        capacity=rules.max_size,
        minimum_agencies=rules.min_agencies,
        largest_share=rules.largest_share,
        minimum_sectors=rules.min_sectors,
        must_prepare=bool(modules),
        features=tuple(sorted(set(features))),
    )
    cohort = cohorts.create(actor, plan)
    db.session.add(ProgrammeDate(programme_id=programme.id, cohort_id=cohort.id))
    db.session.flush()
    audit.record(actor, "programme.date_added", programme.id, cohort=str(cohort.id))
    return cohort


def keep_apart(actor: Actor, email: str, other: str, until: date) -> None:
    """Never place two people together, until a date. Raises NoSuchPair, TooLong, and NotFound."""
    if not actor.can(Permission.COHORT_EDIT):
        raise NotFound
    partnership, today = cohorts.partnership(actor), clock.today()
    if not today < until <= clock.months_later(today, LONGEST_APART_MONTHS):
        raise TooLong
    found = [_in(partnership, email), _in(partnership, other)]
    if found[0] is None or found[1] is None or found[0].id == found[1].id:
        raise NoSuchPair
    first, second = sorted(one.id for one in found if one)
    pair = KeepApart(partnership=partnership, person_id=first, other_id=second, set_by=actor.id, until=until)
    db.session.add(pair)
    db.session.flush()
    audit.record(actor, "apart.set", pair.id, until=until.isoformat())


def _in(partnership: str, email: str) -> Person | None:
    person = people.by_email(email)
    wanted = select(Membership.id).join(Agency).where(Agency.partnership == partnership)
    if person is None or db.session.scalar(wanted.where(Membership.person_id == person.id).limit(1)) is None:
        return None
    return person


def end_apart(actor: Actor, pair_id: UUID) -> None:
    """Let two people be placed together again. Raises NotFound."""
    wanted = select(KeepApart).where(KeepApart.id == pair_id, policy.apart(actor)).with_for_update()
    pair = db.session.scalar(wanted)
    if pair is None:
        raise NotFound
    if pair.ended_at is None:
        pair.ended_at = clock.now()
        audit.record(actor, "apart.ended", pair.id)
