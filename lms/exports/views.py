"""Pages of files and views: every sheet on offer in three formats, long files by the worker, and views kept by name."""

from uuid import UUID

from flask import Blueprint, Flask, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import NotFound
from lms.exports import queries, registry
from lms.exports.actions import keeping, opening, ordering
from lms.exports.answering import answer, asked_format, permitted
from lms.exports.forms import NameForm, ViewForm
from lms.exports.models import SavedView
from lms.exports.sheet import Format
from lms.web.access import actor_or_none, current_actor, signed_in
from lms.web.answers import done
from lms.web.limits import costly

bp = Blueprint("exports", __name__, template_folder="templates", url_prefix="/exports")

GONE = 410


def install(app: Flask) -> None:
    """Let report pages list the views that their reader keeps of them."""

    def views_of(sheet: str) -> list[SavedView]:
        actor = actor_or_none()
        return list(queries.views(actor, sheet)) if actor else []

    app.jinja_env.globals["views_of"] = views_of


@bp.get("/<name>.<kind>")
@signed_in
@costly("files")
def file(name: str, kind: str) -> ResponseReturnValue:
    """One sheet as CSV, Excel or print; the sheet itself says which permission it needs."""
    return answer(name, kind)


@bp.post("/<name>.<kind>")
@signed_in
@costly("files")
def order(name: str, kind: str) -> ResponseReturnValue:
    """Have a long one made by the worker."""
    offered, wanted = permitted(name), asked_format(kind)
    made = ordering.order(current_actor(), offered.name, wanted, request.args)
    return done(None, "exports.show", export_id=made.id)


@bp.get("/")
@signed_in
def mine() -> ResponseReturnValue:
    """The files that were made for me, and those being made."""
    files = queries.files(current_actor())
    return render_template("exports/mine.html", files=files, offered=registry.offered(), formats=Format)


@bp.get("/<uuid:export_id>/")
@signed_in
def show(export_id: UUID) -> ResponseReturnValue:
    """One file: what, how far, who may open it, until when."""
    export = queries.file(current_actor(), export_id)
    try:
        opening.look(current_actor(), export)
    except opening.Closed as closed:
        return render_template("exports/closed.html", export=export, sentence=closed.sentence), GONE
    offered = registry.sheet(export.sheet)
    return render_template("exports/show.html", export=export, offered=offered, kind=Format(export.format))


@bp.get("/<uuid:export_id>/file")
@signed_in
def download(export_id: UUID) -> ResponseReturnValue:
    """The file itself, for its owner, while they still see what is in it."""
    export = queries.file(current_actor(), export_id)
    try:
        whole = opening.open_file(current_actor(), export)
    except opening.Closed as closed:
        return render_template("exports/closed.html", export=export, sentence=closed.sentence), GONE
    response = send_file(
        whole, mimetype=Format(export.format).mime, as_attachment=True, download_name=export.file_name, etag=False
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<uuid:export_id>/stop")
@signed_in
def stop(export_id: UUID) -> ResponseReturnValue:
    """Stop making it."""
    ordering.stop(current_actor(), export_id)
    return done("Stopping. Nothing is kept of it.", "exports.show", export_id=export_id)


@bp.post("/<uuid:export_id>/again")
@signed_in
def again(export_id: UUID) -> ResponseReturnValue:
    """Try again, with the same filters."""
    made = ordering.again(current_actor(), export_id)
    return done(None, "exports.show", export_id=made.id)


@bp.post("/<uuid:export_id>/delete")
@signed_in
def delete(export_id: UUID) -> ResponseReturnValue:
    """Delete it before its time."""
    ordering.delete(current_actor(), export_id)
    return done("Deleted.", "exports.mine")


@bp.get("/views")
@signed_in
def views() -> ResponseReturnValue:
    """The views I keep."""
    return _views()


def _views(form: ViewForm | None = None, at: UUID | None = None) -> ResponseReturnValue:
    kept = queries.views(current_actor())
    forms = {one.id: form if form and one.id == at else ViewForm(name=one.name, every=one.every) for one in kept}
    page = render_template("exports/views.html", kept=kept, forms=forms, form=form, at=at, offered=registry.offered())
    return page, form.status if form else 200


@bp.post("/<name>/views")
@signed_in
def save(name: str) -> ResponseReturnValue:
    """Keep a report with the filters of the address, under a name."""
    offered, form = permitted(name), NameForm()
    if form.submitted():
        with form.showing_refusals():
            _, left_out = keeping.keep(current_actor(), form.name.data or "", name, request.args)
            said = f"Saved as “{form.name.data}”."
            if left_out:
                said += " The name you looked for is not kept with it."
            return done(said, offered.page, **offered.asked(request.args))
    asked = offered.asked(request.args)
    return render_template("exports/save.html", form=form, offered=offered, asked=asked), form.status


@bp.get("/views/<uuid:view_id>")
@signed_in
def open_view(view_id: UUID) -> ResponseReturnValue:
    """Go to the report with the filters of the view, as far as its owner is still offered them."""
    actor = current_actor()
    view = queries.view(actor, view_id)
    offered = registry.sheet(view.sheet)
    if not offered.is_for(actor):
        raise NotFound
    found = keeping.today(actor, view, offered)
    if found != view.arguments:
        flash("Part of this view is not yours to see any more. Here is what you see today.")
    return redirect(url_for(offered.page, **found), 303)  # type: ignore[arg-type]


@bp.post("/views/<uuid:view_id>")
@signed_in
def change_view(view_id: UUID) -> ResponseReturnValue:
    """Rename a view, or have its link by mail."""
    form = ViewForm()
    if form.submitted():
        with form.showing_refusals():
            keeping.change(current_actor(), view_id, form.name.data or "", form.every.data or "")
            return done(f"“{form.name.data}” is saved.", "exports.views")
    queries.view(current_actor(), view_id)
    return _views(form, view_id)


@bp.post("/views/<uuid:view_id>/delete")
@signed_in
def delete_view(view_id: UUID) -> ResponseReturnValue:
    """Delete a view."""
    name = keeping.delete(current_actor(), view_id)
    return done(f"“{name}” is deleted.", "exports.views")
