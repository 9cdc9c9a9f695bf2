"""Error pages: one sentence, one way on, and a reference when it was our fault. Nobody ever sees a traceback."""

from secrets import choice
from traceback import format_exception

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from lms.core.db import choose_mode, db
from lms.core.errors import NotFound, Refusal
from lms.web import deadline
from lms.web.forms import REFUSED
from lms.web.typed import without_typed

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SENTENCES = {
    400: ("That could not be understood", "Go back, check what you entered, and try again."),
    403: (
        "You cannot do this",
        "Your role does not include this. If it should, ask the person who looks after accounts in your agency.",
    ),
    404: (
        "Nothing here",
        "There is nothing here that you can see. If someone sent you this link, ask them to check it.",
    ),
    405: (
        "That could not be understood",
        "This address answers a form. Go back to the page with the form and send it from there.",
    ),
    413: ("Too large", "What you sent is larger than we can take. Shorten it and try again."),
    414: ("Too long", "That address is longer than we can take. Shorten what you asked for and try again."),
    429: ("Too many tries", "Wait a few minutes, then try again."),
    431: (
        "Too large",
        "Your browser sent more about itself than we can take. Clear this site's cookies and try again.",
    ),
}

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(NotFound, lambda _error: _page(404))
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(Exception, _fault)


def _known(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError):  # what went wrong after the view had answered, as in the commit
        return _fault(error.original_exception or error)
    return _page(error.code)


def _page(status: int) -> ResponseReturnValue:
    title, sentence = SENTENCES.get(status, SENTENCES[400])
    return render_template("error.html", title=title, sentence=sentence), status


def _foreign_host(_error: SecurityError) -> ResponseReturnValue:
    """Somebody asked for a host name that is not ours; no link can be made on such a request."""
    title, sentence = SENTENCES[400]
    return render_template("fault.html", title=title, sentence=sentence), 400


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    sentence = (
        "This page belonged to an earlier sign-in, so nothing was saved. Go back (what you typed is still there), "
        "copy it if it is long, open the page again and send it."
    )
    return render_template("error.html", title="Nothing was saved", sentence=sentence), 400


def _refusal(refusal: Refusal) -> ResponseReturnValue:
    """A rule's refusal that no form caught: said plainly on a page of its own."""
    db.session.rollback()
    return render_template("error.html", title="That is not possible", sentence=refusal.sentence), REFUSED


def _too_long() -> ResponseReturnValue:
    """The time of this request is over."""
    log.warning("took too long", page=request.endpoint)
    sentence = (
        "That took too long, so it was given up, and nothing was changed. Try again in a minute, or ask for less."
    )
    return render_template("fault.html", title="Given up", sentence=sentence), 503, {"Retry-After": "60"}


def _fault(error: BaseException) -> ResponseReturnValue:
    late = deadline.passed()
    g.pop("deadline", None)
    db.session.rollback()
    choose_mode(writing=False)
    if late:
        return _too_long()
    reference = g.reference = "".join(choice(LETTERS) for _ in range(4))
    told = without_typed("".join(format_exception(error)))
    log.error("fault", reference=reference, page=request.endpoint, exception=told)
    sentence = f"That did not work, and nothing was changed. Try again. If it goes on, quote {reference}."
    return render_template("fault.html", title="Something went wrong", sentence=sentence), 500
