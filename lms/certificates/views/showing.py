"""Pages of certificates: a person's own record, a certificate as page and PDF, and the check that anyone can make."""

from uuid import UUID

import segno
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.certificates import correcting, queries
from lms.certificates import pdf as paper
from lms.certificates.correction_models import ReplacedCertificate
from lms.certificates.forms import CheckForm
from lms.certificates.sheets import as_before, check_address, snapshot
from lms.core import clock
from lms.core.errors import Refusal
from lms.web.access import current_actor, public, signed_in
from lms.web.downloads import pdf_file
from lms.web.limits import costly

bp = Blueprint("certificates", __name__, template_folder="../templates")

UNKNOWN = 404
INK = "#2a1b2b"


class NotPrinted(Refusal):
    """A withdrawn certificate has no PDF any more: on paper it would look as if it counted."""

    sentence = "This certificate was withdrawn, so it cannot be downloaded. Its page says when and why."


@bp.get("/certificates/")
@signed_in
def record() -> ResponseReturnValue:
    """All my certificates, and the hours of this year."""
    certificates = queries.own(current_actor())
    counted = queries.counted_in(certificates, clock.today().year)
    minutes = sum(one.minutes for one in counted)
    waiting = correcting.waiting(current_actor())
    return render_template(
        "certificates/record.html", certificates=certificates, counted=counted, minutes=minutes, waiting=waiting
    )


@bp.get("/certificates/<uuid:certificate_id>")
@signed_in
def show(certificate_id: UUID) -> ResponseReturnValue:
    """One of my certificates, and how others can check it."""
    certificate = queries.get(current_actor(), certificate_id)
    address = check_address(certificate.code)
    check_at = address.partition("://")[2].rpartition("/")[0]
    return render_template(
        "certificates/show.html",
        one=certificate,
        address=address,
        check_at=check_at,
        qr=_qr(address),
        asked=correcting.latest(certificate),
        before=correcting.before(certificate),
    )


@bp.get("/certificates/<uuid:certificate_id>.pdf")
@signed_in
@costly("files")
def pdf(certificate_id: UUID) -> ResponseReturnValue:
    """One of my certificates as a PDF to print or send. The file's name says of what, never whose."""
    certificate = queries.get(current_actor(), certificate_id)
    if certificate.state.kind == "revoked":
        raise NotPrinted
    return pdf_file(
        paper.render(snapshot(certificate)), f"certificate-{certificate.programme or certificate.module}.pdf"
    )


@bp.get("/certificates/<uuid:certificate_id>/before/<uuid:replaced_id>.pdf")
@signed_in
@costly("files")
def before_pdf(certificate_id: UUID, replaced_id: UUID) -> ResponseReturnValue:
    """One of my certificates as it was before its name was corrected; the PDF says that it was replaced."""
    old = correcting.get_before(current_actor(), certificate_id, replaced_id)
    return pdf_file(paper.render(as_before(old)), f"certificate-replaced-{old.replaced_on.isoformat()}.pdf")


@bp.get("/verify/")
@public
def verify() -> ResponseReturnValue:
    """Check a certificate by its code."""
    if "code" not in request.args:
        return _form(CheckForm())
    form = CheckForm(request.args)
    return _checked(form.code.data or "") if form.validate() else _form(form)


@bp.get("/verify/<code>")
@public
@costly("checks")
def check(code: str) -> ResponseReturnValue:
    """What a checker sees: whether it counts, the name, the module or programme, the dates, and nothing else."""
    return _checked(code)


def _checked(text: str) -> Response:
    """The check page of a code; its one address when it was typed in another way; or the form again."""
    certificate = queries.by_code(text) or correcting.replaced(text)
    if certificate is None:
        form = CheckForm(code=text)
        form.code.errors = ["No certificate has this code. Check 0 and O."]
        return _form(form, UNKNOWN)
    if request.endpoint != "certificates.check" or text != certificate.code:
        return _unlisted(redirect(url_for("certificates.check", code=certificate.code), 303))
    if isinstance(certificate, ReplacedCertificate):
        return _unlisted(render_template("certificates/replaced.html", words=certificate.words))
    return _unlisted(render_template("certificates/check.html", one=certificate))


def _form(form: CheckForm, status: int | None = None) -> Response:
    return _unlisted((render_template("certificates/verify.html", form=form), status or form.status))


def _unlisted(answer: ResponseReturnValue) -> Response:
    """The answer, marked so that no search engine lists anybody's certificate."""
    response = make_response(answer)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _qr(address: str) -> Markup:
    """The QR code of an address as SVG inside a page, with the light edge that phones need."""
    picture = segno.make(address, error="m", micro=False)
    return Markup(picture.svg_inline(dark=INK, border=3, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 -- paths only
