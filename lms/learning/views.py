"""Pages for learning: the catalogue, a module's front, the reader, and a person's own notes."""

from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

from lms.catalogue import shelf
from lms.catalogue.content import Page
from lms.catalogue.markdown import PICTURE
from lms.core import clock
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.learning import actions, browsing, notes, outlines, queries, updates
from lms.learning.forms import ReflectionForm
from lms.learning.outlines import Outline
from lms.learning.progress import may_start_again
from lms.web.access import current_actor, signed_in
from lms.web.answers import done
from lms.web.asking import words_asked
from lms.web.limits import costly

bp = Blueprint("learning", __name__, template_folder="templates")

CONFLICT = 409
DRAFT = "draft"
PICTURE_KEPT_SECONDS = 3600


@bp.get("/learn/")
@signed_in
@costly("searches")
def catalogue() -> ResponseReturnValue:
    """Find a module: all of them, or those that fit a search or a level."""
    q, level = words_asked(), request.args.get("level", "")
    found = browsing.find(queries.all_goings(current_actor()), q, level)
    programmes = () if q or level else shelf.library().programmes
    return render_template(
        "learning/catalogue.html", q=q, level=level, levels=browsing.LEVELS, found=found, programmes=programmes
    )


@bp.get("/learn/<module>/")
@signed_in
def module(module: str) -> ResponseReturnValue:
    """Decide to start a module, or carry on with it."""
    actor, plan = current_actor(), outlines.outline(module)
    going = queries.going(actor, module)
    progress = plan.progress(going.read, going.passed)
    earlier = queries.own_completions(actor, module)
    last = earlier[0] if earlier else None
    again = bool(last and may_start_again(last.completed_on, plan.module.valid_months, clock.today()))
    resume, asked = plan.next_step(progress.resume(going.last_page)), updates.asked(plan.module, going)
    return render_template(
        "learning/module.html",
        plan=plan,
        going=going,
        progress=progress,
        resume=resume,
        earlier=earlier,
        last=last,
        again=again,
        asked=asked,
        minutes_asked=updates.minutes(plan.module, asked) if asked else 0,
        programmes=shelf.library().programmes_with(module),
    )


@bp.get("/learn/<module>/summary")
@signed_in
def summary(module: str) -> ResponseReturnValue:
    """A module on one or two sheets of paper."""
    return render_template("learning/summary.html", plan=outlines.outline(module))


@bp.post("/learn/<module>/start-again")
@signed_in
def start_again(module: str) -> ResponseReturnValue:
    """Study a module anew when its certificate has run out or soon will."""
    plan = outlines.outline(module)
    actions.start_again(current_actor(), plan.module)
    return done("You have started this module again.", "learning.module", module=module)


@bp.post("/learn/<module>/refresh")
@signed_in
def refresh(module: str) -> ResponseReturnValue:
    """Read only what has changed since I finished the module."""
    actor, plan = current_actor(), outlines.outline(module)
    actions.refresh(actor, plan.module)
    going = queries.going(actor, module)
    after = plan.progress(going.read, going.passed).resume(going.last_page)
    if after.page:
        return done(None, "learning.page", module=module, page=after.page)
    return done(None, "learning.module", module=module)


@bp.get("/learn/<module>/<page>")
@signed_in
def page(module: str, page: str) -> ResponseReturnValue:
    """Read a page of a module."""
    actor, plan = current_actor(), outlines.outline(module)
    shown = plan.page(page)
    if shown.reflection is None:
        return _read(actor, plan, shown)
    note = queries.reflection(actor, module, shown.reflection.key)
    form = ReflectionForm(None, reflection=note.text if note else "", seen=notes.seen(note))
    return _read(actor, plan, shown, form=form, note=note)


def _read(actor: Actor, plan: Outline, shown: Page, **about_note: object) -> str:
    going = queries.going(actor, plan.module.slug)
    progress = plan.progress(going.read, going.passed)
    is_last = not progress.is_complete and plan.progress(going.read | {shown.slug}, going.passed).is_complete
    go_on = None if is_last else plan.next_step(progress.after(shown.slug))
    return render_template(
        "learning/page.html",
        plan=plan,
        page=shown,
        going=going,
        progress=progress,
        is_last=is_last,
        go_on=go_on,
        **about_note,
    )


@bp.get("/learn/<module>/media/<name>")
@signed_in
def picture(module: str, name: str) -> ResponseReturnValue:
    """A picture of a module, from its media folder."""
    if not PICTURE.fullmatch(f"media/{name}"):
        raise NotFound
    folder = outlines.outline(module).module.folder / "media"
    return send_from_directory(folder, name, max_age=PICTURE_KEPT_SECONDS)


@bp.post("/learn/<module>/<page>")
@signed_in
def read_on(module: str, page: str) -> ResponseReturnValue:
    """Continue: mark the page as read and go on."""
    actor, plan = current_actor(), outlines.outline(module)
    plan.page(page)
    if actions.read_page(actor, plan.module, page):
        return done(None, "learning.module", module=module)
    going = queries.going(actor, module)
    after = plan.progress(going.read, going.passed).after(page)
    if after.page:
        return done(None, "learning.page", module=module, page=after.page)
    if after.quiz:
        return done(None, "quizzes.front", quiz=after.quiz)
    return done(None, "learning.module", module=module)


@bp.post("/learn/<module>/<page>/reflection")
@signed_in
def save_reflection(module: str, page: str) -> ResponseReturnValue:
    """Save my private note, by its button or by the script that saves while I type."""
    actor, plan = current_actor(), outlines.outline(module)
    shown, key = notes.asked_on(plan, page)
    is_draft = request.headers.get("X-Requested-With") == DRAFT
    form = ReflectionForm()
    if form.submitted():
        with form.showing_refusals():
            note = actions.save_reflection(actor, module, key, form.reflection.data or "", form.seen.data or "")
            if is_draft:
                return jsonify(notes.saved(note))
            return done(
                "Your note is saved." if note else "Your note is empty now.", "learning.page", module=module, page=page
            )
    theirs = notes.other(queries.reflection(actor, module, key), form)
    if is_draft:
        return jsonify(notes.refused(form, theirs)), CONFLICT if theirs else form.status
    form.seen.data = notes.seen(theirs) or form.seen.data
    return _read(actor, plan, shown, form=form, note=None, theirs=theirs), form.status


@bp.get("/learn/reflections/")
@signed_in
def reflections() -> ResponseReturnValue:
    """All my own notes."""
    return render_template("learning/reflections.html", notes=notes.by_module(queries.own_reflections(current_actor())))


@bp.get("/learn/reflections/my-notes.txt")
@signed_in
def download_reflections() -> ResponseReturnValue:
    """My own notes as a text file."""
    response = Response(
        notes.as_text(queries.own_reflections(current_actor())), content_type="text/plain; charset=utf-8"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="my-notes.txt"'
    return response


@bp.post("/learn/reflections/<uuid:reflection_id>/delete")
@signed_in
def delete_reflection(reflection_id: UUID) -> ResponseReturnValue:
    """Delete one of my notes for good."""
    actions.delete_reflection(current_actor(), reflection_id)
    return done("Your note is deleted.", "learning.reflections")
