"""What somebody does with a view: keep it under a name, rename it, have its link by mail, delete it."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, writing
from lms.core.errors import NotFound, Refusal
from lms.exports import queries, registry
from lms.exports.models import SavedView
from lms.exports.registry import Arguments, Offered
from lms.exports.states import next_mail
from lms.notifications import actions as notifications
from lms.notifications.actions import Terms
from lms.notifications.models import OutboxMail
from lms.notifications.rechecking import Text, as_it_is
from lms.people import queries as people
from lms.people.models import Person
from lms.web.links import absolute

MOST = 50


class NameTaken(Refusal):
    """Two views of one person with one name."""

    field = "name"
    sentence = "You have a view with this name already. Choose another name, or delete that one first."


class TooManyViews(Refusal):
    """More views than a list can hold."""

    sentence = f"You have {MOST} views. Delete one that you no longer use first."


def keep(actor: Actor, name: str, sheet: str, arguments: Arguments) -> tuple[SavedView, bool]:
    """Keep a report with its filters under a name; says also whether somebody's name was left out of them. Raises
    NotFound for filters that are not on offer, NameTaken and TooManyViews.
    """
    offered = registry.sheet(sheet)
    if not offered.is_for(actor):
        raise NotFound
    asked = offered.asked(arguments)
    kept = {key: value for key, value in asked.items() if key not in offered.free_text}
    offered.check(actor, kept)
    _lock(actor)
    _refuse_taken(actor, name)
    if (db.session.scalar(select(func.count()).where(SavedView.owner_id == actor.id)) or 0) >= MOST:
        raise TooManyViews
    view = SavedView(owner_id=actor.id, sheet=sheet, name=name, arguments=kept)
    db.session.add(view)
    db.session.flush()
    audit.record(actor, "view.kept", view.id, report=sheet)
    return view, kept != asked


def change(actor: Actor, view_id: UUID, name: str, every: str) -> None:
    """Give a view another name, or have its link by mail at another time. Raises NameTaken."""
    _lock(actor)
    view = queries.view(actor, view_id, lock=True)
    _refuse_taken(actor, name, view.id)
    if every != view.every:
        view.every, view.next_mail_on = every, next_mail(every, clock.today())
    view.name = name
    audit.record(actor, "view.changed", view.id, report=view.sheet)


def delete(actor: Actor, view_id: UUID) -> str:
    """Delete a view; returns its name."""
    view = queries.view(actor, view_id, lock=True)
    audit.record(actor, "view.deleted", view.id, report=view.sheet)
    db.session.delete(view)
    return view.name


def _lock(actor: Actor) -> None:
    """Let one person's acts wait for each other, so that no name is taken twice."""
    db.session.execute(select(Person.id).where(Person.id == actor.id).with_for_update())


def _refuse_taken(actor: Actor, name: str, but: UUID | None = None) -> None:
    taken = db.session.scalar(select(SavedView.id).where(SavedView.owner_id == actor.id, SavedView.name == name))
    if taken not in (None, but):
        raise NameTaken


def today(actor: Actor, view: SavedView, offered: Offered) -> dict[str, str]:
    """The filters of a view that are still on offer to the actor: who sees less than they did sees less here."""
    found: dict[str, str] = {}
    for name, value in offered.asked(view.arguments).items():
        try:
            offered.check(actor, {**found, name: value})
        except NotFound:
            continue
        found[name] = value
    return found


def mail_due() -> int:
    """Bring the link of every view whose day has come, by mail: no figures, no names, not even the view's. Returns how
    many mails. Each view is looked at once a day, whichever worker comes first.
    """
    day, sent = clock.today(), 0
    due = list(db.session.scalars(select(SavedView.id).where(SavedView.next_mail_on <= day)))
    db.session.rollback()
    for view_id in due:
        with writing():
            sent += _mail(view_id, day)
    return sent


def _mail(view_id: UUID, day: date) -> bool:
    wanted = select(SavedView).where(SavedView.id == view_id, SavedView.next_mail_on <= day)
    view = db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if view is None:
        return False
    person = db.session.get_one(Person, view.owner_id)
    actor, offered = people.actor(person), registry.offered().get(view.sheet)
    if not person.active or offered is None or not offered.is_for(actor):
        view.every, view.next_mail_on = "", None
        return False
    view.next_mail_on = next_mail(view.every, day)
    notifications.queue(
        "exports/view",
        to=person,
        terms=Terms(about=view.id),
        title=offered.title,
        every=view.every,
        link=absolute("exports.open_view", view_id=view.id),
        all_views=absolute("exports.views"),
    )
    return True


def still_wanted(mail: OutboxMail) -> Text | None:
    """What the mail of a view says now; None when the view is gone, its mails are switched off, or its owner does
    not see the report any more.
    """
    view = db.session.get(SavedView, mail.about) if mail.about else None
    person = db.session.get_one(Person, mail.person_id)
    offered = registry.offered().get(view.sheet) if view else None
    if view is None or offered is None or not view.every or not person.active:
        return None
    return as_it_is(mail) if offered.is_for(people.actor(person)) else None
