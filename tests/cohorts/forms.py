"""The edit form of a cohort as a browser would send it back."""

from lms.cohorts.models import Cohort
from lms.core import clock
from lms.core.db import db


def edit_form(cohort, **changes):
    """What is stored, as typed; `changes` are by the names of fields."""
    db.session.rollback()
    found = db.session.get(Cohort, cohort.id, populate_existing=True)
    typed = {
        "title": found.title,
        "about": found.about,
        "capacity": str(found.capacity),
        "minimum_agencies": str(found.minimum_agencies),
        "largest_share": str(found.largest_share),
        "open_to": "all",
        "freed": "offered" if found.offers_places else "at-once",
        "modules": [one.module for one in found.modules],
        "version": str(found.version),
        "features": list(found.features),
    }
    if found.must_prepare:
        typed["must_prepare"] = "y"
    if found.needs_approval:
        typed["needs_approval"] = "y"
    for number, one in enumerate(found.sessions, start=1):
        typed |= {
            f"session-{number}-id": str(one.id),
            f"session-{number}-day": clock.local(one.starts_at).date().isoformat(),
            f"session-{number}-starts": f"{clock.local(one.starts_at):%H:%M}",
            f"session-{number}-ends": f"{clock.local(one.ends_at):%H:%M}",
            f"session-{number}-place": one.place,
        }
    return typed | changes
