"""Pages of what only joint training can show: the quarterly page, the mix of rooms, and who has trained with whom."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.core import clock
from lms.core.permissions import Permission
from lms.exports.answering import answer
from lms.outcomes import change
from lms.together import charts, evaluations, fairness, levels, measures, queries, queues, sheets, table
from lms.together.asking import EVALUATION, MEETINGS, ROOMS, WAITING, Asked, asked
from lms.web.access import current_actor, requires
from lms.web.asking import page_asked
from lms.web.limits import costly

bp = Blueprint("together", __name__, template_folder="templates", url_prefix="/joint-training")

ROOMS_A_PAGE = 10


@bp.get("/")
@requires(Permission.JOINT_READ)
def figures() -> ResponseReturnValue:
    """How full the days were and who came, by agency and course, with the five measures."""
    actor, today = current_actor(), clock.today()
    wanted = asked(actor, today)
    if wanted is None or wanted.period is None:
        return _nothing(wanted)
    places = queries.agencies(wanted.reach, today)
    sheet = queries.sheet(actor, wanted.reach, wanted.period, today)
    return render_template(
        "together/figures.html",
        asked=wanted,
        form=wanted.form,
        sheet=sheet,
        missing=queries.without_register(actor, wanted.reach, wanted.period),
        waiting=[] if wanted.reach.hides else queries.waiting(actor, wanted.reach, places),
        measures=measures,
        columns_of=sheets.columns,
        chart=charts.bars(table.filled(sheet), None if wanted.reach.is_one_agency else 100),
    )


@bp.get("/figures.csv")
@requires(Permission.JOINT_READ)
@costly("files")
def figures_csv() -> ResponseReturnValue:
    """The same as a file."""
    return answer("joint-training-figures", "csv")


@bp.get("/mix")
@requires(Permission.JOINT_READ)
def mix() -> ResponseReturnValue:
    """The mix of agencies as planned and on the day, over the period and cohort by cohort."""
    actor, today = current_actor(), clock.today()
    wanted = asked(actor, today, ROOMS)
    if wanted is None or wanted.period is None:
        return _nothing(wanted)
    overview, held = queries.mix(actor, wanted.reach, wanted.period, today)
    met = queries.matrix(actor, wanted.reach, wanted.period, today)
    paged = page_asked(held, ROOMS_A_PAGE)
    return render_template("together/mix.html", asked=wanted, form=wanted.form, overview=overview, paged=paged, met=met)


@bp.get("/mix.csv")
@requires(Permission.JOINT_READ)
@costly("files")
def mix_csv() -> ResponseReturnValue:
    """The same as a file."""
    return answer("joint-training-mix", "csv")


@bp.get("/who-with-whom")
@requires(Permission.JOINT_READ)
def matrix() -> ResponseReturnValue:
    """Which agencies' people have met on joint days, and which have hardly."""
    actor, today = current_actor(), clock.today()
    wanted = asked(actor, today, MEETINGS)
    if wanted is None or wanted.period is None:
        return _nothing(wanted)
    found = queries.matrix(actor, wanted.reach, wanted.period, today, wanted.form.locality.data or "")
    return render_template("together/matrix.html", asked=wanted, form=wanted.form, found=found)


@bp.get("/who-with-whom.csv")
@requires(Permission.JOINT_READ)
@costly("files")
def matrix_csv() -> ResponseReturnValue:
    """The same as a file."""
    return answer("joint-training-who-with-whom", "csv")


@bp.get("/waiting")
@requires(Permission.JOINT_READ)
def waiting() -> ResponseReturnValue:
    """How long people waited for a place, by agency and job, and what became of offers and held places."""
    actor, today = current_actor(), clock.today()
    wanted = asked(actor, today, WAITING)
    if wanted is None or wanted.period is None:
        return _nothing(wanted)
    queue = queues.queue(actor, wanted.reach, wanted.period, today)
    return render_template(
        "together/waiting.html",
        asked=wanted,
        form=wanted.form,
        queue=queue,
        chart=charts.bars(table.middle_waits(queue)),
        Ended=fairness.Ended,
    )


@bp.get("/evaluation")
@requires(Permission.JOINT_READ)
def evaluation() -> ResponseReturnValue:
    """What joint days change, level by level, over many cohorts."""
    actor, today = current_actor(), clock.today()
    wanted = asked(actor, today, EVALUATION)
    if wanted is None or wanted.period is None:
        return _nothing(wanted)
    found = evaluations.evaluation(actor, wanted.reach, wanted.period, today, wanted.form.course.data or "")
    wanted.form.offer_courses(found.courses)
    return render_template(
        "together/evaluation.html", asked=wanted, form=wanted.form, found=found, change=change, Measure=levels.Measure
    )


def _nothing(wanted: Asked | None) -> ResponseReturnValue:
    return render_template("together/nothing.html", asked=wanted, form=wanted.form if wanted else None)
