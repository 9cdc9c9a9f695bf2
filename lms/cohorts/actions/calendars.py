"""A person's private calendar feed: switched on, given a new address, switched off."""

from sqlalchemy import select

from lms.audit import actions as audit
from lms.cohorts import entries, feed_address
from lms.cohorts.calendar_models import CalendarFeed
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.people.models import Person


def renew(actor: Actor) -> CalendarFeed:
    """Switch one's own feed on, or give it a new address, which ends the one before."""
    feed = _held(actor)
    if feed is None:
        feed = CalendarFeed(person_id=actor.id)
        db.session.add(feed)
    feed.number, feed.since = feed_address.new_number(), clock.now()
    db.session.flush()
    audit.record(actor, "calendar.feed_renewed", feed.id)
    return feed


def switch_off(actor: Actor) -> None:
    """End one's own feed: its address answers nobody any more."""
    feed = _held(actor)
    if feed is not None:
        audit.record(actor, "calendar.feed_ended", feed.id)
        db.session.delete(feed)


def _held(actor: Actor) -> CalendarFeed | None:
    """One's own feed, one act of a person at a time: of two at once the second finds what the first left."""
    db.session.execute(select(Person.id).where(Person.id == actor.id).with_for_update())
    return entries.feed_of(actor.id)
