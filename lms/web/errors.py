"""Error pages: one sentence, one way on, and a reference when it was our fault. Nobody ever sees a traceback."""

from contextlib import suppress
from secrets import choice
from traceback import format_exception

import structlog
from flask import Flask, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, SecurityError

from lms.core.db import choose_mode, db
from lms.core.errors import NotFound, Refusal
from lms.core.faults import Trouble, may_be_done, trouble
from lms.web import deadline, once, transactions
from lms.web.forms import REFUSED
from lms.web.given_back import here, kept_fields
from lms.web.typed import without_typed

NOT_NOW = 503
RETRY_AFTER = 10  # seconds
AWAY = {
    Trouble.CONFLICT: "Too many people are changing the same thing at this moment",
    Trouble.TOO_LONG: "That took too long, so it was stopped",
    Trouble.AWAY: "The database does not answer at this moment",
}
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
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(Exception, _fault)


def _known(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError):  # what went wrong after the view had answered, as in the commit
        return _fault(error.original_exception or error)
    answer = make_response(_page(error.code))
    if isinstance(error, MethodNotAllowed):
        answer.allow.update(error.valid_methods or ())
    return answer


def _page(status: int) -> ResponseReturnValue:
    title, sentence = SENTENCES.get(status, SENTENCES[400])
    return render_template("error.html", title=title, sentence=sentence), status


def _foreign_host(_error: SecurityError) -> ResponseReturnValue:
    """Somebody asked for a host name that is not ours; no link can be made on such a request."""
    title, sentence = SENTENCES[400]
    return _plain("fault.html", title=title, sentence=sentence), 400


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    """A form without the token of this sign-in: it could be read, and is refused."""
    sentence = (
        "This page belonged to an earlier sign-in, so nothing was saved. Go back (what you typed is still there), "
        "copy it if it is long, open the page again and send it."
    )
    return render_template("error.html", title="Nothing was saved", sentence=sentence), 403


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


def _database(error: SQLAlchemyError) -> ResponseReturnValue:
    """The database is away, slow, or another act was in the way: the request is done again from its beginning where
    that can help, and the page says what was saved. It asks the database for nothing.
    """
    kind = trouble(error)
    if kind is None:
        return _fault(error)
    unsure, keyed = transactions.is_committing() and may_be_done(error), once.has_key()
    if kind is Trouble.CONFLICT or (kind is Trouble.AWAY and (keyed or not unsure)):
        transactions.ask_again()
    with suppress(OSError):  # a full disk may hold the log, too
        log.warning("the database is in trouble", kind=kind, page=request.endpoint, unsure=unsure, exc_info=error)
    _let_go()
    page = _plain(
        "away.html",
        title="Not just now",
        sentence=f"{AWAY[kind]}. {_what_was_saved(unsure=unsure, keyed=keyed)}",
        fields=kept_fields(),
        address=here(),
    )
    response = make_response(page, NOT_NOW)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _plain(template: str, **words: object) -> str:
    """A page that knows nothing of who asks: to find that out the database would be asked."""
    return current_app.jinja_env.get_template(template).render(**words)


def _what_was_saved(*, unsure: bool, keyed: bool) -> str:
    if request.method in transactions.SAFE:
        return "Wait a moment, then open the page again."
    if not unsure:
        return "Nothing was saved. Wait a moment, then try again."
    if keyed:
        return "It is not known whether this was saved. Wait a moment, then try again: it is done once, not twice."
    return "It is not known whether this was saved. Wait a moment, then look before you send it again."


def _let_go() -> None:
    """End what was begun, as far as the database still listens."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session.invalidate()
    choose_mode(writing=False)


def _fault(error: BaseException) -> ResponseReturnValue:
    late = deadline.passed()
    g.pop("deadline", None)
    _let_go()
    if late:
        return _too_long()
    reference = g.reference = "".join(choice(LETTERS) for _ in range(4))
    with suppress(OSError):
        told = without_typed("".join(format_exception(error)))
        log.error("fault", reference=reference, page=request.endpoint, exception=told)
    sentence = f"That did not work, and nothing was changed. Try again. If it goes on, quote {reference}."
    return _plain("fault.html", title="Something went wrong", sentence=sentence), 500
