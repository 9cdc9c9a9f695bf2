"""Who and what the lines of a page speak of, by the names their reader may see; a few queries however many lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true

from lms.acts.kinds import KINDS, NAMES_A_PERSON, Tie, worded
from lms.acts.policy import Reach
from lms.catalogue.shelf import library
from lms.cohorts.models import Cohort, CohortSession
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.permissions import Role
from lms.people import policy, queries
from lms.people.models import Agency, Membership, Person, Team
from lms.signin.invitation_models import Invitation

ERASED = "Somebody who was erased"
BY_ITSELF = "The service, by itself"
UNKNOWN = "Somebody not signed in"
DIRECTORY = "The agency’s directory"
ABOUT_ERASED = "somebody who was erased"
# Kinds that anybody may bring about who has not signed in.
NOT_SIGNED_IN = ("sign_in.", "password.", "break_glass.")


@dataclass(frozen=True)
class Entry:
    """One line as the record has it."""

    at: datetime
    action: str
    actor_id: UUID | None
    subject_id: UUID | None
    detail: Mapping[str, Any]
    erased: Mapping[str, Any] | None

    @property
    def tie(self) -> Tie:
        """The tie of its kind."""
        found = KINDS.get(self.action)
        return found.tie if found else Tie.NOBODY

    def lost(self, what: str) -> bool:
        """Whether an erasure emptied this of it."""
        return bool(self.erased) and what in (self.erased or {}).get("seals", ())

    def said(self, name: str) -> UUID | None:
        """An identity in its detail."""
        try:
            return UUID(str(self.detail.get(name)))
        except ValueError:
            return None


@dataclass(frozen=True)
class Line:
    """One line as a page shows it: when, who, what, and about whom or what, where that can be said."""

    at: datetime
    who: str
    what: str
    about: str


@dataclass(frozen=True)
class Names:
    """The names that a page needs, of those things alone that its reader may see."""

    people: Mapping[UUID, str]
    agencies: Mapping[UUID, str]
    teams: Mapping[UUID, str]
    invitations: Mapping[UUID, UUID]
    days: Mapping[UUID, str]
    modules: Mapping[str, str]


def for_administrator(actor: Actor, reach: Reach, entries: Sequence[Entry]) -> list[Line]:
    """Lines that an administrator may read. Whom an act of somebody's work was about is not said: training is not what
    administrators look after. Joint days are named where they are of a whole partnership of theirs.
    """
    wanted = {one.actor_id for one in entries} | {one.subject_id for one in entries if one.tie in NAMES_A_PERSON}
    days = Cohort.partnership.in_(actor.partnerships(Role.ADMINISTRATOR))
    names = _names(entries, _people(wanted, true()), reach.agencies, days)
    return [Line(one.at, _who(one, names), worded(one.action), _about(one, names)) for one in entries]


def for_oneself(actor: Actor, entries: Sequence[Entry]) -> list[Line]:
    """Lines of one's own. People are named whom the reader manages or administers today, others not."""
    wanted = {one.subject_id for one in entries} | {one.said("person") for one in entries}
    agencies = {one.id: one.name for one in queries.agencies(actor)}
    names = _names(entries, _people(wanted, _seen(actor)), agencies, Cohort.partnership.in_(actor.partnerships()))
    return [Line(one.at, actor.name, worded(one.action), _about(one, names, own=True)) for one in entries]


def _seen(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Person`: those whom the actor manages or administers today."""
    today = clock.today()
    looked_after = Membership.agency_id.in_(select(Agency.id).where(policy.administered(actor)))
    posts = or_(policy.managed(actor, today), and_(looked_after, policy.is_current(today)))
    return Person.id.in_(select(Membership.person_id).where(posts))


def _people(wanted: Iterable[UUID | None], seen: ColumnElement[bool]) -> dict[UUID, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(_some(wanted)), seen))
    return dict(rows.all())


def _names(
    entries: Sequence[Entry], people: Mapping[UUID, str], agencies: Mapping[UUID, str], days: ColumnElement[bool]
) -> Names:
    ask = db.session.execute
    subjects = {tie: {one.subject_id for one in entries if one.tie is tie} for tie in Tie}
    teams = select(Team.id, Team.name).where(Team.id.in_(_some(subjects[Tie.TEAM])), Team.agency_id.in_(agencies))
    invited = select(Invitation.id, Invitation.agency_id).where(Invitation.id.in_(_some(subjects[Tie.INVITATION])))
    at = {one.said("cohort") or one.subject_id for one in entries if one.tie in (Tie.ACTOR, Tie.NOBODY)}
    met = {one.said("session") or one.subject_id for one in entries if one.tie in (Tie.ACTOR, Tie.NOBODY)}
    cohorts = select(Cohort.id, Cohort.title).where(Cohort.id.in_(_some(at)), days)
    sessions = select(CohortSession.id, Cohort.title).join(Cohort, CohortSession.cohort_id == Cohort.id)
    titles = [*ask(cohorts), *ask(sessions.where(CohortSession.id.in_(_some(met)), days))]
    return Names(
        people,
        agencies,
        dict(ask(teams).all()),
        dict(ask(invited).all()),
        dict(titles),
        {one.slug: one.title for one in library().modules},
    )


def _some(wanted: Iterable[UUID | None]) -> list[UUID]:
    return [one for one in wanted if one]


def _who(entry: Entry, names: Names) -> str:
    if entry.actor_id:
        return names.people.get(entry.actor_id, ERASED)
    if entry.lost("actor_id"):
        return ERASED
    if entry.detail.get("by") == "scim":
        return DIRECTORY
    return UNKNOWN if entry.action.startswith(NOT_SIGNED_IN) else BY_ITSELF


def _about(entry: Entry, names: Names, *, own: bool = False) -> str:
    """About whom or what, as far as it can be said; nothing where it was one's own account."""
    agency = _named(names.agencies, entry.said("agency"))
    match entry.tie:
        case Tie.PERSON | Tie.POST:
            return _listed(_person(entry, names, own=own), agency)
        case Tie.AT_AGENCY:
            return agency
        case Tie.AGENCY:
            return _named(names.agencies, entry.subject_id)
        case Tie.TEAM:
            return _named(names.teams, entry.subject_id)
        case Tie.INVITATION:
            role = str(entry.detail.get("role") or "")
            at = names.invitations.get(entry.subject_id) if entry.subject_id else None
            return _listed(_named(names.agencies, at), f"as {role}" if role else "")
    person = _named(names.people, entry.said("person")) if own else ""
    day = _named(names.days, entry.said("cohort") or entry.subject_id) or _named(names.days, entry.said("session"))
    return _listed(person, day, names.modules.get(str(entry.detail.get("module")), ""))


def _person(entry: Entry, names: Names, *, own: bool) -> str:
    if entry.subject_id is None:
        return ABOUT_ERASED if entry.lost("subject_id") else ""
    if entry.subject_id == entry.actor_id:
        return ""
    return names.people.get(entry.subject_id, "" if own else ABOUT_ERASED)


def _named(names: Mapping[UUID, str], key: UUID | None) -> str:
    return names.get(key, "") if key else ""


def _listed(*said: str) -> str:
    return ", ".join(filter(None, said))
