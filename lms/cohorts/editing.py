"""What an edit of a cohort changed, and what somebody else changed since a form was opened."""

from collections.abc import Mapping

from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.cohorts.models import Cohort
from lms.core import clock
from lms.core.db import db
from lms.people.models import Person
from lms.web.templating import clock_time, long_date

WORDS = {
    "title": "the title",
    "about": "what happens",
    "sessions": "the sessions",
    "capacity": "the number of places",
    "minimum_agencies": "the fewest agencies",
    "minimum_sectors": "the fewest sectors",
    "largest_share": "the largest share",
    "agencies": "who can book",
    "held": "the places held",
    "release_on": "the release date",
    "needs_approval": "approval",
    "offers_places": "how a free place is given",
    "modules": "the modules",
    "must_prepare": "the rule of preparation",
    "prepare_days": "the rule of preparation",
    "late_days": "when cancelling is late",
    "features": "what the room has",
}
_PLAIN = (
    *("title", "about", "capacity", "minimum_agencies", "minimum_sectors", "largest_share", "release_on"),
    *("needs_approval", "offers_places", "must_prepare", "prepare_days", "late_days"),
)


def as_it_is(cohort: Cohort) -> dict[str, object]:
    """Everything the form changes, to be compared before and after."""
    return {name: getattr(cohort, name) for name in _PLAIN} | {
        "sessions": [(one.starts_at, one.ends_at, one.place) for one in cohort.sessions],
        "agencies": (cohort.all_agencies, sorted(one.agency_id for one in cohort.agencies)),
        "modules": sorted(one.module for one in cohort.modules),
        "held": {one.sector: one.places for one in cohort.held},
        "features": sorted(cohort.features),
    }


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """The names of what is different."""
    return [name for name in WORDS if before.get(name) != after.get(name)]


def what_changed(cohort: Cohort, version: int) -> str:
    """Who changed the cohort last, what was changed since this version, and when; the typed text is not saved."""
    edits = [
        one
        for one in db.session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject_id == cohort.id, AuditEntry.action == "cohort.edited")
            .order_by(AuditEntry.id)
        )
        if int(one.detail.get("version", 0)) > version
    ]
    names = {name for one in edits for name in str(one.detail.get("what", "")).split(",") if name in WORDS}
    what = list(dict.fromkeys(words for name, words in WORDS.items() if name in names))
    who = db.session.get(Person, edits[-1].actor_id) if edits and edits[-1].actor_id else None
    return (
        f"{who.name if who else 'Somebody'} changed {_listed(what) or 'this cohort'}{_when(edits)}. "
        "What you typed is kept here and not saved. Save again to put yours in its place, or leave without saving."
    )


def _when(edits: list[AuditEntry]) -> str:
    if not edits:
        return ""
    at = edits[-1].at
    day = "" if clock.local(at).date() == clock.today() else f" on {long_date(at)}"
    return f" at {clock_time(at)}{day}"


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
