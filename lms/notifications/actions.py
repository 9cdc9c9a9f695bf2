"""Queueing mails, taking them back, and people's choices about them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from flask import g, render_template
from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import IntegrityError

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.notifications import gathering, queries
from lms.notifications.hours import next_daily, next_weekly
from lms.notifications.kinds import TOPICS, Choice, Topic, kinds_of, topic_of
from lms.notifications.models import Gather, MailChoice, OutboxMail, State
from lms.notifications.rechecking import Text
from lms.web.access import actor_or_none


class Recipient(Protocol):
    """Anyone with an identity and an address: a person or an actor."""

    @property
    def id(self) -> UUID:
        """Whose mail it is."""

    @property
    def email(self) -> str:
        """Where it goes."""


@dataclass(frozen=True)
class ForCalendar:
    """An event that goes with a mail, as iCalendar text, and what it asks of the calendar: REQUEST or CANCEL."""

    method: str
    text: str


@dataclass(frozen=True)
class Terms:
    """What else is to be known of a mail: the thing it is `about`, so that `withdraw` finds it; `until` when it is of
    any use, after which it is not sent; and whether it is `urgent` and leaves in quiet hours. A mail that answers what
    its reader has just done does so anyway.
    """

    about: UUID | None = None
    until: datetime | None = None
    urgent: bool = False


USUAL = Terms()


def queue(
    kind: str,
    to: Recipient,
    *,
    event: ForCalendar | None = None,
    terms: Terms = USUAL,
    **context: object,
) -> OutboxMail:
    """Write a mail into the outbox, in the running transaction. `kind` names the template, as in `cohorts/invitation`,
    and has a line in `kinds.py`.

    The template's first line is the subject. Mails hold links to pages, which ask who is looking; never other
    people's names. The `link` stands in a digest too. An `event` goes with the mail, for the reader's calendar.
    """
    text = written(kind, to=to, **context)
    mail = OutboxMail(
        person_id=to.id,
        address=to.email,
        kind=kind,
        subject=text.subject,
        body=text.body,
        link=str(context.get("link", ""))[:500],
        about=terms.about,
        until=terms.until,
        urgent=terms.urgent,
    )
    if event:
        mail.calendar, mail.calendar_method = event.text, event.method
    _choose_way(mail, queries.choice_of(to.id, topic_of(kind)))
    db.session.add(mail)
    db.session.flush()
    g.mail_waits = True
    return mail


def written(kind: str, **context: object) -> Text:
    """The text of a mail of this kind; the template's first line is the subject."""
    feature, name = kind.split("/")
    text = render_template(f"{feature}/emails/{name}.txt", **context)
    subject, _, body = text.partition("\n")
    return Text(" ".join(subject.split())[:200], body.strip() + "\n")


def _choose_way(mail: OutboxMail, choice: Choice) -> None:
    """Set how and when the mail leaves, as its reader chose."""
    topic, now = topic_of(mail.kind), clock.now()
    mail.queued_at = mail.set_at = mail.next_try_at = now
    values = _way(choice, now)
    if choice is Choice.AT_ONCE:
        mail.urgent = mail.urgent or topic.urgent or _answers_own_act(mail.person_id)
        if mail.urgent or mail.calendar or not topic.gathers:
            values = {}
    for name, value in values.items():
        setattr(mail, name, value)


def _way(choice: Choice, now: datetime) -> dict[str, Any]:
    """What a choice means for a waiting mail that may be gathered."""
    if choice is Choice.NEVER:
        return {"state": State.UNWANTED.value, "body": ""}
    if choice is Choice.AT_ONCE:
        return {"gather": Gather.SOON.value, "next_try_at": now, "set_at": now}
    when = (next_daily if choice is Choice.DAILY else next_weekly)(clock.local(now))
    return {"gather": choice.value, "next_try_at": when, "set_at": now}


def _answers_own_act(person_id: UUID) -> bool:
    """Whether the reader is at this moment doing what the mail speaks of, so that it cannot wake them."""
    actor = actor_or_none()
    return actor is not None and actor.id == person_id


def withdraw(about: UUID, *kinds: str, person_id: UUID | None = None) -> int:
    """Take back mails about a thing that have not left, of these kinds, to one person or all; returns how many.

    A mail that brings an event for a calendar stays: the calendar's next news builds on it.
    """
    taken = 0
    for mail in _not_left(about, kinds, person_id):
        if mail.state == State.GATHERED.value and not gathering.take_out(mail):
            continue
        mail.state, mail.claimed_by = State.WITHDRAWN.value, None
        taken += 1
    db.session.flush()
    return taken


def hold(about: UUID, *kinds: str) -> bool:
    """Let mails about a thing, of these kinds, be looked at anew before they leave, since part of what they say was
    undone; says whether there is any that has not left. Their kinds have a check, see `rechecking`.
    """
    found = False
    for mail in _not_left(about, kinds):
        held = gathering.here(mail) if mail.state == State.GATHERED.value else mail
        if held is None:
            continue
        found = True
        if held.state == State.SENDING.value:  # whoever is about to send the old text finds it taken from them
            held.state, held.claimed_by = State.WAITING.value, None
    db.session.flush()
    return found


def _not_left(about: UUID, kinds: Collection[str], person_id: UUID | None = None) -> Sequence[OutboxMail]:
    """Mails about a thing that have not left, but for gathered ones whose digest may have; their rows are locked."""
    mine = [OutboxMail.about == about, OutboxMail.kind.in_(kinds), OutboxMail.calendar == ""]
    if person_id is not None:
        mine.append(OutboxMail.person_id == person_id)
    not_left = or_(
        OutboxMail.state.in_((State.WAITING.value, State.PARKED.value)),
        and_(OutboxMail.state == State.SENDING.value, OutboxMail.handed_at.is_(None)),
        OutboxMail.state == State.GATHERED.value,
    )
    return db.session.scalars(
        select(OutboxMail)
        .where(*mine, not_left)
        .order_by(OutboxMail.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def choose(actor: Actor, chosen: Mapping[str, Choice]) -> None:
    """Keep when this person wants which mails, by topic; what waits follows at once. Choices a topic does not leave
    are ignored.
    """
    before = queries.choices_of(actor.id)
    for topic in TOPICS:
        choice = chosen.get(topic.key)
        if choice is not None and choice in topic.choices and topic.gathers and choice is not before[topic.key]:
            _keep(actor.id, topic, choice)
            _apply(actor.id, topic, choice)
            audit.record(actor, "mail.chosen", actor.id, topic=topic.key, choice=choice.value)


def _keep(person_id: UUID, topic: Topic, choice: Choice) -> None:
    values = {"choice": choice.value, "chosen_at": clock.now()}
    mine = (MailChoice.person_id == person_id) & (MailChoice.topic == topic.key)
    if db.session.get(MailChoice, (person_id, topic.key)) is None:
        try:
            with db.session.begin_nested():
                db.session.add(MailChoice(person_id=person_id, topic=topic.key, **values))
        except IntegrityError:  # the same person pressed Save twice at once
            pass
        else:
            return
    db.session.execute(update(MailChoice).where(mine).values(**values))


def _apply(person_id: UUID, topic: Topic, choice: Choice) -> None:
    """Let what waits and may be gathered follow a new choice."""
    db.session.execute(
        update(OutboxMail)
        .where(
            OutboxMail.person_id == person_id,
            OutboxMail.state == State.WAITING.value,
            OutboxMail.gather != Gather.NO.value,
            OutboxMail.kind.in_(kinds_of(topic)),
        )
        .values(**_way(choice, clock.now()))
        .execution_options(synchronize_session=False)
    )
