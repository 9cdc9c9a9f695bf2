"""Which lines of the record of acts somebody may read: written once, in SQL.

An administrator reads a line only where it can be tied to what they look after. A person's lines are tied by where they
worked at the moment of the act, and only while all of their posts of that day lie within: whoever worked for another
employer too may have acted for that one, and nobody can tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, and_, exists, false, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.acts.kinds import ALSO_OF_THE_SITE, NAMES_A_PERSON, Tie, tied
from lms.audit.models import AuditEntry
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.permissions import Permission, Role
from lms.people import policy
from lms.people.models import Agency, Membership, Team
from lms.signin.invitation_models import Invitation
from lms.signin.provider_models import IdentityProvider

Column = InstrumentedAttribute[UUID | None]
SUMMER_TIME = timedelta(hours=1)  # by so much the partnership's clocks are ahead of the record's, in summer
READ_BY_ADMINISTRATORS = tuple(tie for tie in Tie if tie is not Tie.NOBODY)


@dataclass(frozen=True)
class Reach:
    """What an administrator looks after: its agencies by name, those of whole partnerships among them, and whether
    they run the site.
    """

    agencies: dict[UUID, str]
    whole: frozenset[UUID]
    runs_the_site: bool

    @property
    def ids(self) -> list[UUID]:
        """The agencies."""
        return list(self.agencies)


def reach(actor: Actor) -> Reach:
    """What the actor looks after today. One query."""
    partnerships = actor.partnerships(Role.ADMINISTRATOR)
    found = db.session.execute(select(Agency.id, Agency.name, Agency.partnership).where(policy.administered(actor)))
    rows = found.all()
    whole = frozenset(key for key, _, partnership in rows if partnership in partnerships)
    return Reach({key: name for key, name, _ in rows}, whole, actor.can(Permission.OPERATE))


def done_by(actor: Actor) -> ColumnElement[bool]:
    """SQL on `AuditEntry`: acts of one's own."""
    return AuditEntry.actor_id == actor.id


def administered(reach: Reach, actions: Sequence[str] = ()) -> ColumnElement[bool]:
    """SQL on `AuditEntry`: lines that are tied to what an administrator looks after; of these kinds, if any are named.
    Ties that none of them has are left out, so that the database has less to weigh.
    """
    ids, subject = reach.ids, AuditEntry.subject_id
    agency = AuditEntry.detail["agency"].as_string().in_([str(one) for one in ids])
    actor_within, subject_within = _worked_within(AuditEntry.actor_id, ids), _worked_within(subject, ids)
    rules = [
        (tied(Tie.ACTOR), actor_within),
        (tied(*NAMES_A_PERSON), or_(subject_within, and_(subject.is_(None), actor_within))),
        (tied(Tie.POST, Tie.AT_AGENCY), agency),
        (tied(Tie.AGENCY), subject.in_(ids)),
        (tied(Tie.TEAM), subject.in_(_of(Team, ids))),
        (tied(Tie.INVITATION), subject.in_(_of(Invitation, ids))),
        (tied(Tie.PROVIDER), subject.in_(_of(IdentityProvider, ids))),
    ]
    if reach.whole:
        rules.append((tied(Tie.ERASURE), _worked_within(AuditEntry.actor_id, list(reach.whole))))
    if reach.runs_the_site:
        rules.append(([*tied(Tie.SITE), *ALSO_OF_THE_SITE], _of_the_site()))
    asked = [([one for one in kinds if not actions or one in actions], rule) for kinds, rule in rules]
    return or_(false(), *(and_(AuditEntry.action.in_(kinds), rule) for kinds, rule in asked if kinds))


def by_or_about(people: Sequence[UUID]) -> ColumnElement[bool]:
    """SQL on `AuditEntry`: what these people did, and what was done about them where a line says about whom."""
    about = and_(AuditEntry.action.in_(tied(*NAMES_A_PERSON)), AuditEntry.subject_id.in_(people))
    return or_(AuditEntry.actor_id.in_(people), about)


def known(reach: Reach) -> ColumnElement[bool]:
    """SQL on `Membership`: posts, of today and before, at what an administrator looks after."""
    return Membership.agency_id.in_(reach.ids)


def _of(table: type[Team | Invitation | IdentityProvider], agencies: Sequence[UUID]) -> Select[UUID]:
    return select(table.id).where(table.agency_id.in_(agencies))


def _of_the_site() -> ColumnElement[bool]:
    """Nobody's act about nobody; a line that an erasure emptied had somebody, and is not one of these."""
    return and_(AuditEntry.actor_id.is_(None), AuditEntry.subject_id.is_(None), AuditEntry.erased.is_(None))


def _worked_within(person: Column, agencies: Sequence[UUID]) -> ColumnElement[bool]:
    """SQL on `AuditEntry`: the person had a post at one of these agencies when it was noted, and none elsewhere."""
    earlier, later = func.date(AuditEntry.at), _an_hour_later()
    inside, outside = aliased(Membership), aliased(Membership)
    had_one = exists().where(
        inside.person_id == person,
        inside.agency_id.in_(agencies),
        inside.starts_on <= earlier,
        or_(inside.ends_on.is_(None), inside.ends_on >= later),
    )
    had_another = exists().where(
        outside.person_id == person,
        outside.agency_id.not_in(agencies),
        outside.starts_on <= later,
        or_(outside.ends_on.is_(None), outside.ends_on >= earlier),
    )
    return and_(had_one, ~had_another)


def _an_hour_later() -> ColumnElement[str]:
    """SQL: the day an hour after a line. The record keeps its time as in winter; between midnight and one in summer it
    may be either day, so both count for who worked elsewhere, and both are needed for who worked here.
    """
    if db.engine.dialect.name == "sqlite":
        return func.date(AuditEntry.at, "+1 hours")
    return func.date(type_coerce(AuditEntry.at, DateTime) + SUMMER_TIME)
