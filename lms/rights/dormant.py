"""Accounts that nobody uses: told by mail, closed a month after, and, where the site says so, erased in the end.

Nobody uses an account whose person has no post today or later, and for months has not had one and has not signed in.
Closing takes the way in; the record stays with the agency. `lms person reopen` opens it again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from lms.audit import actions as audit
from lms.config import Settings
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, writing
from lms.core.errors import Refusal
from lms.notifications.actions import Terms, queue
from lms.people.models import Membership, Person
from lms.rights import erasing
from lms.rights.models import DormantAccount
from lms.rights.spans import months_ago
from lms.signin import sessions
from lms.signin.models import SignIn
from lms.web.links import absolute

WARNED = timedelta(days=30)
AT_A_TIME = 50
NO_HASH = "none: closed"  # so no password fits
KIND = "rights/dormant"


class NotClosed(Refusal):
    """Nothing to open."""

    sentence = "That account is not one that was closed because nobody used it."


def _months(setting: str) -> int:
    settings: Settings = current_app.extensions["settings"]
    return int(getattr(settings, setting))


def _quiet() -> ColumnElement[bool]:
    """SQL on `Person`: nobody has used the account for as long as the site says, and no post is held."""
    since = months_ago(_months("dormant_months"))
    day = since.astimezone(clock.PARTNERSHIP_ZONE).date()
    held = or_(Membership.ends_on.is_(None), Membership.ends_on >= day)
    return and_(
        Person.active,
        ~Person.demo,
        Person.created_at < since,
        ~exists().where(Membership.person_id == Person.id, held),
        ~exists().where(SignIn.person_id == Person.id, SignIn.last_used_at >= since),
    )


def _to_tell() -> Select[UUID]:
    known = exists().where(DormantAccount.person_id == Person.id)
    return select(Person.id).where(_quiet(), ~known)


def _to_close() -> Select[UUID]:
    told = DormantAccount.told_at <= clock.now() - WARNED
    joined = select(Person.id).join(DormantAccount, DormantAccount.person_id == Person.id)
    return joined.where(_quiet(), told, DormantAccount.closed_at.is_(None))


def _to_erase() -> Select[UUID]:
    """Closed so long ago, and neither opened again nor given a post since."""
    over = DormantAccount.closed_at < months_ago(_months("erase_closed_months"))
    held = or_(Membership.ends_on.is_(None), Membership.ends_on >= clock.today())
    joined = select(Person.id).join(DormantAccount, DormantAccount.person_id == Person.id)
    return joined.where(~Person.active, over, ~exists().where(Membership.person_id == Person.id, held))


def _tell(_actor: Actor | None, person: Person) -> None:
    day = (clock.now() + WARNED).astimezone(clock.PARTNERSHIP_ZONE).date()
    made = DormantAccount(person_id=person.id, told_at=clock.now())
    db.session.add(made)
    db.session.flush()
    terms = Terms(about=made.id, until=clock.now() + WARNED)
    queue(KIND, to=person, terms=terms, day=day, months=_months("dormant_months"), link=absolute("home.home"))
    audit.record(None, "person.told_of_closing", person.id)


def _close(actor: Actor | None, person: Person) -> None:
    known = db.session.scalars(select(DormantAccount).where(DormantAccount.person_id == person.id)).one()
    known.closed_at = clock.now()
    person.active, person.password_hash = False, NO_HASH
    sessions.end_all(person.id)
    audit.record(actor, "person.closed", person.id, by="retention")


def _erase(actor: Actor | None, person: Person) -> None:
    erasing.erase(actor, person, erasing.Reason.DORMANT)


@dataclass(frozen=True)
class Accounts:
    """One step with accounts that nobody uses, as a line of what is kept how long."""

    words: str
    setting: str
    wanted: Callable[[], Select[UUID]]
    step: Callable[[Actor | None, Person], None]

    @property
    def months(self) -> int:
        """After how many months; 0 means never."""
        return _months(self.setting)

    @property
    def _is_on(self) -> bool:
        return _months("dormant_months") > 0 and self.months > 0

    def number(self) -> int:
        """How many accounts it is time for."""
        if not self._is_on:
            return 0
        return int(db.session.scalar(select(func.count()).select_from(self.wanted().subquery())) or 0)

    def remove(self, actor: Actor | None) -> int:
        """Take the step with each, some dozen in each transaction; returns how many."""
        done = 0
        while self._is_on:
            with writing() as session:
                found = _people(session.scalars(self.wanted().order_by(Person.id).limit(AT_A_TIME)).all())
                for person in found:
                    self.step(actor, person)
            done += len(found)
            if len(found) < AT_A_TIME:
                break
        return done


def _people(ids: Sequence[UUID]) -> Sequence[Person]:
    wanted = select(Person).where(Person.id.in_(ids)).order_by(Person.id).with_for_update()
    return db.session.scalars(wanted.execution_options(populate_existing=True)).all()


STEPS = (
    Accounts("Accounts that nobody uses, told by mail", "dormant_months", _to_tell, _tell),
    Accounts("Accounts that nobody uses, closed a month after the mail", "dormant_months", _to_close, _close),
    Accounts("Accounts that were closed, erased", "erase_closed_months", _to_erase, _erase),
)


def forget_used() -> int:
    """Forget that somebody was told, once they signed in or have a post again: the next time they are told anew."""
    if not _months("dormant_months"):
        return 0
    used = select(DormantAccount).join(Person, Person.id == DormantAccount.person_id)
    with writing() as session:
        found = session.scalars(used.where(Person.active, ~_quiet())).all()
        for one in found:
            session.delete(one)
    return len(found)


def reopen(person: Person) -> None:
    """Open an account that was closed; its person sets a new password by a link. Raises NotClosed."""
    known = db.session.scalar(select(DormantAccount).where(DormantAccount.person_id == person.id))
    if known is None or known.closed_at is None or person.active:
        raise NotClosed
    person.active = True
    # Counts as told this very moment, so that there are thirty days to sign in.
    known.told_at, known.closed_at = clock.now(), None
    audit.record(None, "person.opened", person.id, by="command")
