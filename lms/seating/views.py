"""Tables at a joint day: the trainer's page, making them, somebody missing, the room's screen, the list, cards, and my
own table.
"""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.cohorts import managing
from lms.cohorts.models import CohortSession
from lms.core import clock
from lms.core.db import start_writing
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.seating import actions, pictures, queries
from lms.seating.forms import ChangeForm, TablesForm
from lms.seating.models import SeatingPlan
from lms.seating.rounds import ended, next_look
from lms.web.access import current_actor, reads_first, requires, signed_in
from lms.web.answers import done
from lms.web.forms import PageForm
from lms.web.renewing import seconds_to
from lms.web.templating import count

bp = Blueprint(
    "seating", __name__, template_folder="templates", url_prefix="/cohorts/<uuid:cohort_id>/sessions/<uuid:session_id>"
)


@bp.get("/tables")
@requires(Permission.COHORT_EDIT)
def plan(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """The tables of a session as its trainer sees them: how well they mix, what to look at, and who sits where."""
    return _plan(cohort_id, session_id, PageForm(None))


def _plan(cohort_id: UUID, session_id: UUID, form: PageForm) -> ResponseReturnValue:
    session = queries.session_run(current_actor(), cohort_id, session_id)
    found, room = queries.plan_of(session), queries.in_the_room(session)
    page = render_template(
        "seating/plan.html",
        session=session,
        plan=found,
        rounds=queries.rounds_of(found) if found else [],
        meeting=queries.meeting_of(found) if found else None,
        waiting=queries.not_seated(found, room) if found else [],
        gone=queries.gone(found, room) if found else [],
        people=len(room),
        over=_over(found) if found else 0,
        form=form,
    )
    return page, form.status


def _over(plan: SeatingPlan) -> int:
    return ended(_ends(plan), clock.now())


def _ends(plan: SeatingPlan) -> list[datetime]:
    return [one.ends_at for one in plan.rounds]


@bp.route("/tables/make", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
@reads_first
def make(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Say how many rounds and how large the tables are, and have everybody seated."""
    actor = current_actor()
    session = queries.session_run(actor, cohort_id, session_id)
    form = TablesForm(session, queries.in_the_room(session), queries.plan_of(session))
    if form.submitted():
        with form.showing_refusals():
            found = actions.find(actor, cohort_id, session_id, form.wish())
            start_writing()
            actions.keep(actor, cohort_id, session_id, form.wish(), found)
            return done("The tables are made.", "seating.plan", cohort_id=cohort_id, session_id=session_id)
    session = queries.session_run(actor, cohort_id, session_id)  # afresh: a refusal ends what was read before
    if form.refusal:
        form.saw(queries.plan_of(session))
    needing = managing.needing_a_seat(actor, session.cohort)
    return render_template("seating/make.html", session=session, form=form, needing=needing), form.status


@bp.route("/tables/change", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
@reads_first
def change(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Somebody is missing, or came: seat the room anew with the fewest moves."""
    actor = current_actor()
    form = ChangeForm(_planned(queries.session_run(actor, cohort_id, session_id)))
    if form.submitted():
        with form.showing_refusals():
            tables = actions.find_change(actor, cohort_id, session_id, form.change())
            start_writing()
            moved = actions.keep_change(actor, cohort_id, session_id, form.change(), tables)
            return done(f"Seated anew. {_news(*moved)}", "seating.plan", cohort_id=cohort_id, session_id=session_id)
    session = queries.session_run(actor, cohort_id, session_id)
    found = _planned(session)
    page = render_template(
        "seating/change.html",
        session=session,
        people=queries.listed(found),
        waiting=queries.not_seated(found, queries.in_the_room(session)),
        at=min(_over(found), len(found.rounds) - 1),
        form=form,
    )
    return page, form.status


def _news(now: int, later: int) -> str:
    """Who has to move, in a sentence or two."""
    news = f"{count(now, 'person moves', 'people move')} in the next round." if now else "Nobody else moves now."
    return f"{news} In later rounds {count(later, 'person has', 'people have')} another table." if later else news


def _planned(session: CohortSession) -> SeatingPlan:
    """The plan of a session. Raises NotFound where there is none yet."""
    found = queries.plan_of(session)
    if found is None:
        raise NotFound
    return found


@bp.post("/tables/show")
@requires(Permission.COHORT_EDIT)
def show(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Let everybody see their tables from now on."""
    form = PageForm()
    if form.submitted():
        with form.showing_refusals():
            actions.show_now(current_actor(), cohort_id, session_id)
            return done("Tables are shown now.", "seating.plan", cohort_id=cohort_id, session_id=session_id)
    return _plan(cohort_id, session_id, form)


@bp.get("/tables/screen")
@requires(Permission.COHORT_EDIT)
def screen(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """The page for the projector: one round, its task, until when, and who sits at which table."""
    session = queries.session_run(current_actor(), cohort_id, session_id)
    found = queries.plan_of(session)
    rounds = queries.rounds_of(found) if found else []
    asked = request.args.get("round", type=int)
    number = asked or min(_over(found) + 1, len(rounds)) if found else 0
    if found and not 1 <= number <= len(rounds):
        raise NotFound
    return render_template(
        "seating/screen.html", session=session, plan=found, rounds=rounds,
        now=rounds[number - 1] if rounds else None, ring=pictures.ring,
        renew=None if asked or not found else seconds_to(next_look(found.shown_from, _ends(found), clock.now())),
    )  # fmt: skip


@bp.get("/tables/list")
@requires(Permission.COHORT_EDIT)
def listed(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Everybody from A to Z, with their table in each round."""
    session = queries.session_run(current_actor(), cohort_id, session_id)
    found = _planned(session)
    return render_template("seating/list.html", session=session, plan=found, people=queries.listed(found))


@bp.get("/tables/cards")
@requires(Permission.COHORT_EDIT)
def cards(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Cards to print: one for each table, or one for each person."""
    session = queries.session_run(current_actor(), cohort_id, session_id)
    found = _planned(session)
    return render_template(
        "seating/cards.html", session=session, plan=found, rounds=queries.rounds_of(found),
        people=queries.listed(found), each=request.args.get("each") == "person",
    )  # fmt: skip


@bp.get("/my-table")
@signed_in
def mine(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Where I sit in each round."""
    actor = current_actor()
    session = queries.session_taken(actor, cohort_id, session_id)
    found = queries.plan_of(session)
    own = queries.own_tables(actor, found) if found else []
    return render_template("seating/mine.html", session=session, plan=found, own=own)
