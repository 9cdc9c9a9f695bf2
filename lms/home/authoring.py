"""The authors' page: modules with their size, version, owner and review date, and what the content check remarks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from lms.catalogue.content import Module
from lms.catalogue.strict_yaml import Fault
from lms.config import Settings
from lms.core import clock
from lms.core.permissions import Permission
from lms.flags import queries as flags
from lms.learning.outlines import Outline, outlines
from lms.quizzes import reader
from lms.quizzes import shelf as quiz_shelf
from lms.quizzes.quiz import KnowledgeCheck, Scenario
from lms.web.access import current_actor, requires

bp = Blueprint("authoring", __name__, url_prefix="/content", template_folder="templates")

_KEY = "content_remarks"


@dataclass(frozen=True)
class Shown:
    """One module as its authors see it: `questions` counts those of its knowledge checks, `scenes` those of its
    scenarios.
    """

    plan: Outline
    questions: int
    scenes: int
    remarks: Sequence[Fault]
    review_passed: bool


@bp.get("/")
@requires(Permission.CONTENT_READ)
def content() -> ResponseReturnValue:
    """All content, with what its authors should look at."""
    today = clock.today()
    remarks = _remarks(today)
    shown = [_shown(plan, remarks, today) for plan in outlines()]
    told = {id(remark) for one in shown for remark in one.remarks}
    others = [remark for remark in remarks if id(remark) not in told]
    waiting = flags.waiting(current_actor())
    return render_template("home/content.html", shown=shown, others=others, flagged=waiting)


def _shown(plan: Outline, remarks: Sequence[Fault], today: date) -> Shown:
    quizzes = [quiz_shelf.quizzes().quiz(slug) for slug in plan.quizzes]
    return Shown(
        plan,
        questions=sum(len(quiz.questions) for quiz in quizzes if isinstance(quiz, KnowledgeCheck)),
        scenes=sum(len(quiz.scenes) for quiz in quizzes if isinstance(quiz, Scenario)),
        remarks=[remark for remark in remarks if _is_of(remark, plan.module)],
        review_passed=plan.module.review_by < today,
    )


def _is_of(remark: Fault, module: Module) -> bool:
    """Whether a remark is about a file of this module or of one of its quizzes."""
    folder, _, rest = remark.file.partition("/")
    return rest.startswith(f"{module.slug}/") if folder == "modules" else rest.removesuffix(".yaml") in module.quizzes


def _remarks(today: date) -> Sequence[Fault]:
    """What `lms content check` says. It reads every file, so once a day is enough: content only changes at a start."""
    kept: tuple[date, Sequence[Fault]] | None = current_app.extensions.get(_KEY)
    if kept is None or kept[0] != today:
        settings: Settings = current_app.extensions["settings"]
        kept = (
            today,
            reader.check_all(settings),
        )
        current_app.extensions[_KEY] = kept
    return kept[1]
