"""The register of a session: who came, corrections, people who came without a place; and the sheet to print."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.cohorts import contests, noting, presence, queries
from lms.cohorts import register as rules
from lms.cohorts.actions import attendance as actions
from lms.cohorts.forms import SearchForm, WalkInForm, lines_sent
from lms.cohorts.models import Attendance, Booking
from lms.cohorts.states import Mark
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires
from lms.web.answers import done
from lms.web.forms import PageForm
from lms.web.templating import clock_time

bp = Blueprint("attendance", __name__, url_prefix="/cohorts")

SPARE_ROWS = 8


@bp.route("/<uuid:cohort_id>/sessions/<uuid:session_id>/register", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
def register(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Mark who came to a session."""
    form = PageForm(None)
    if request.method == "POST":
        with form.showing_refusals():
            rest = Mark(given) if (given := request.form.get("rest")) in set(Mark) else None
            changed = actions.save(current_actor(), cohort_id, session_id, lines_sent(request.form), rest)
            news = f"{changed} {'mark is' if changed == 1 else 'marks are'} new or changed"
            sentence = f"Saved. {news if changed else 'No mark had changed'}."
            return done(sentence, "attendance.register", cohort_id=cohort_id, session_id=session_id)
    return _page(cohort_id, session_id, form)


@dataclass(frozen=True)
class Shown:
    """One person on the register page: what the fields hold, what the register says, and what to look at."""

    booking: Booking
    mark: str
    arrived: str
    left: str
    seen: str
    note: str = ""
    by_phone_at: datetime | None = None
    counts: bool | None = None


def _shown(booking: Booking, row: Attendance | None, sent: Mapping[str, str]) -> Shown:
    """A line of the page. After a refusal it holds what was typed, and beside it what somebody else wrote meanwhile."""
    there = row.line if row else rules.Line()
    typed = "|".join(sent.get(f"{part}-{booking.id}", "") for part in ("mark", "arrived", "left"))
    seen = sent.get(f"seen-{booking.id}", there.key)
    key = typed if sent and typed != seen else there.key
    mark, arrived, left = key.split("|") if key.count("|") == 2 else ("", "", "")
    note = ""
    if row and there.key not in (seen, key):
        note = f"The register now says {there.words}, noted by {row.noter.name} at {clock_time(row.noted_at)}."
    by_phone, counts = (row.by_phone_at, row.attended) if row else (None, None)
    return Shown(booking, mark, arrived, left, there.key, note, by_phone, counts)


def _page(cohort_id: UUID, session_id: UUID, form: PageForm) -> ResponseReturnValue:
    cohort = queries.get_run(current_actor(), cohort_id)
    session = queries.session_of(cohort, session_id)
    search = SearchForm(request.args)
    on_it, known = queries.people_on(cohort), queries.register(session)
    sent = request.form if form.problems else {}
    here = {one.id for one in on_it.in_the_room}
    page = render_template(
        "cohorts/register.html",
        cohort=cohort,
        session=session,
        on_it=on_it,
        lines={one.id: _shown(one, known.get(one.id), sent) for one in on_it.in_the_room},
        totals=rules.totals(len(here), ((Mark(one.mark), one.attended) for id_, one in known.items() if id_ in here)),
        marks=list(Mark),
        least=presence.LEAST_PERCENT,
        opens=actions.opens(session),
        contested=contests.of_register(session),
        search=search,
        found=queries.candidates(cohort, search.name.data or "", walking_in=True),
        form=form,
    )
    noting.day(current_actor(), cohort, on_it.in_the_room)
    return page, form.status


@bp.post("/<uuid:cohort_id>/sessions/<uuid:session_id>/walk-ins")
@requires(Permission.COHORT_EDIT)
def walk_in(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Put someone who came without a place on the register."""
    form = WalkInForm()
    if form.submitted():
        with form.showing_refusals():
            name = actions.walk_in(current_actor(), cohort_id, session_id, form.chosen)
            sentence = f"{name} is on the register as present."
            return done(sentence, "attendance.register", cohort_id=cohort_id, session_id=session_id)
    return _page(cohort_id, session_id, form)


@bp.get("/<uuid:cohort_id>/sessions/<uuid:session_id>/sheet")
@requires(Permission.COHORT_EDIT)
def sheet(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """The list to sign on paper: names by agency, and rows for people who come without a place."""
    cohort = queries.get_run(current_actor(), cohort_id)
    session = queries.session_of(cohort, session_id)
    on_it = queries.people_on(cohort)
    page = render_template(
        "cohorts/sheet.html", cohort=cohort, session=session, on_it=on_it, spare=range(1, SPARE_ROWS + 1)
    )
    noting.day(current_actor(), cohort, on_it.in_the_room)
    return page
