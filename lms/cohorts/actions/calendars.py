"""A person's private calendar feed: switched on, given a new address, switched off."""

from lms.audit import actions as audit
from lms.cohorts import entries, feed_address
from lms.cohorts.calendar_models import CalendarFeed
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db


def renew(actor: Actor) -> CalendarFeed:
    """Switch one's own feed on, or give it a new address, which ends the one before."""
    feed = entries.feed_of(actor.id)
    if feed is None:
        feed = CalendarFeed(person_id=actor.id)
        db.session.add(feed)
    feed.number, feed.since = feed_address.new_number(), clock.now()
    db.session.flush()
    audit.record(actor, "calendar.feed_renewed", feed.id)
    return feed


def switch_off(actor: Actor) -> None:
    """End one's own feed: its address answers nobody any more."""
    feed = entries.feed_of(actor.id)
    if feed is not None:
        audit.record(actor, "calendar.feed_ended", feed.id)
        db.session.delete(feed)
