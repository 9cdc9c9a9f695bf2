"""How a view answers after it has done something: on to the next page, with one sentence about what was done."""

from urllib.parse import unquote, urlsplit

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response


def done(sentence: str | None, endpoint: str, **values: object) -> Response:
    """Go on to a page (303, so that reload does not send again) and say there what was done."""
    if sentence:
        flash(sentence)
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type]


def is_ours(target: str | None) -> bool:
    """Whether an address to return to is a plain path of this server: no host, no backslash, no control characters."""
    return bool(
        target
        and target.startswith("/")
        and not target.startswith("//")
        and "\\" not in target
        and all(32 <= ord(letter) < 127 for letter in target)
    )


def onward(target: str | None, otherwise: ResponseReturnValue) -> ResponseReturnValue:
    """Go where the person was heading, if that is a page of ours that a link can open: not a form's address."""
    return redirect(target, 303) if target and is_ours(target) and _is_page(target) else otherwise


def _is_page(target: str) -> bool:
    return current_app.url_map.bind("").test(unquote(urlsplit(target).path), "GET")
