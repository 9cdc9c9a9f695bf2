"""Pages for flags: raising one, a person's own, and the authors' list with its answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.catalogue import shelf
from lms.catalogue.content import Module, Page
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.flags import actions, queries
from lms.flags.forms import KINDS, AnswerForm, FlagForm
from lms.flags.models import Flag
from lms.web.access import current_actor, requires, signed_in
from lms.web.answers import done

bp = Blueprint("flags", __name__, template_folder="templates")


@dataclass(frozen=True)
class Shown:
    """A flag with the module and page it speaks of, as they are now; None where they have gone."""

    flag: Flag
    module: Module | None
    page: Page | None

    @property
    def kind(self) -> str:
        """What is wrong, in words."""
        return KINDS.get(self.flag.kind, self.flag.kind)


@bp.get("/learn/<module>/<page>/flag")
@signed_in
def form(module: str, page: str) -> ResponseReturnValue:
    """Say what is wrong with a page."""
    found, shown = _page(module, page)
    empty = FlagForm(shown.headings, request.args.get("part", ""))
    return render_template("flags/new.html", module=found, page=shown, form=empty, kinds=KINDS)


@bp.post("/learn/<module>/<page>/flag")
@signed_in
def new(module: str, page: str) -> ResponseReturnValue:
    """Flag a passage."""
    found, shown = _page(module, page)
    sent = FlagForm(shown.headings)
    if sent.submitted():
        wrong = actions.Wrong(sent.kind.data or "", sent.passage.data or "", sent.says.data or "")
        actions.raise_flag(current_actor(), found, shown, wrong)
        said = "Thank you. The authors see what you flagged, not who you are; their answer comes to you by mail."
        return done(said, "learning.page", module=module, page=page)
    return render_template("flags/new.html", module=found, page=shown, form=sent, kinds=KINDS), sent.status


@bp.get("/flags/")
@signed_in
def mine() -> ResponseReturnValue:
    """What I have flagged, and the answers."""
    return render_template("flags/mine.html", flags=_shown(queries.own(current_actor())))


@bp.get("/content/flags/")
@requires(Permission.CONTENT_ANSWER)
def listed() -> ResponseReturnValue:
    """All flags: those that wait for an answer first."""
    actor = current_actor()
    waiting = _shown(queries.listed(actor, answered=False))
    answered = _shown(queries.listed(actor, answered=True))
    return render_template("flags/list.html", waiting=waiting, answered=answered)


@bp.get("/content/flags/<uuid:flag_id>")
@requires(Permission.CONTENT_ANSWER)
def show(flag_id: UUID) -> ResponseReturnValue:
    """One flag, to answer."""
    return _answering(queries.flag(current_actor(), flag_id), AnswerForm())


@bp.post("/content/flags/<uuid:flag_id>")
@requires(Permission.CONTENT_ANSWER)
def answer(flag_id: UUID) -> ResponseReturnValue:
    """Answer a flag and close it."""
    actor, sent = current_actor(), AnswerForm()
    found = queries.flag(actor, flag_id)
    if sent.submitted():
        with sent.showing_refusals():
            actions.answer(actor, flag_id, sent.answer.data or "")
            return done("Answered and closed. Whoever flagged it gets your answer by mail.", "flags.listed")
    return _answering(queries.flag(actor, found.id), sent), sent.status


def _answering(found: Flag, form: AnswerForm) -> str:
    return render_template("flags/show.html", one=_shown([found])[0], form=form)


def _shown(flags: Sequence[Flag]) -> list[Shown]:
    shown = []
    for one in flags:
        module = shelf.library().module(one.module)
        shown.append(Shown(one, module, module.page(one.page) if module else None))
    return shown


def _page(module: str, page: str) -> tuple[Module, Page]:
    """The module and page at these addresses. Raises NotFound."""
    found = shelf.library().module(module)
    shown = found.page(page) if found else None
    if found is None or shown is None:
        raise NotFound
    return found, shown
