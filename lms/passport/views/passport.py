"""The passport: as a page, as a PDF, as a signed file, and the page on which anyone checks such a file."""

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lms.certificates import correcting
from lms.config import Settings
from lms.core import clock
from lms.core.errors import Refusal
from lms.passport import pdf as paper
from lms.passport import queries, signed
from lms.passport.forms import FileForm
from lms.web.access import current_actor, public, reads_first, signed_in
from lms.web.downloads import json_file, pdf_file
from lms.web.limits import costly
from lms.web.links import absolute

bp = Blueprint("passport", __name__, template_folder="../templates")


def _mine() -> signed.Passport:
    actor = current_actor()
    return queries.passport(actor, queries.record(actor))


def _secret() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.secret_key


@bp.get("/record/passport")
@signed_in
def show() -> ResponseReturnValue:
    """What the passport says today, and how to take it along."""
    return render_template("passport/passport.html", passport=_mine(), check_at=absolute("passport.check"))


@bp.get("/record/passport.pdf")
@signed_in
@costly("files")
def pdf() -> ResponseReturnValue:
    """The passport on paper."""
    mine = _mine()
    return pdf_file(paper.render(mine, absolute("certificates.verify")), f"passport-{mine.issued_on.isoformat()}.pdf")


@bp.get("/record/passport.json")
@signed_in
def file() -> ResponseReturnValue:
    """The passport as a signed file that a new employer can check."""
    mine = _mine()
    text = signed.write(mine, _secret(), absolute("passport.check"))
    return json_file(text, f"passport-{mine.issued_on.isoformat()}.json")


@bp.route("/verify/passport", methods=["GET", "POST"])
@public
@costly("checks")
@reads_first
def check() -> ResponseReturnValue:
    """Whether a passport file is good, and what it says. It answers for the file handed in and for nobody else."""
    form = FileForm()
    if form.submitted():
        sent = request.files.get("file")
        try:
            found = signed.read(sent.read(signed.MOST_BYTES + 1) if sent else b"", _secret(), clock.today())
        except Refusal as refusal:
            form.refusal = refusal.sentence
        else:
            states = correcting.words_of([one.certificate for one in found.entries if one.certificate])
            return _unlisted(render_template("passport/checked.html", passport=found, states=states))
    return _unlisted((render_template("passport/check.html", form=form), form.status))


def _unlisted(answer: ResponseReturnValue) -> Response:
    response = make_response(answer)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
