"""What somebody typed or is called, taken out of a fault's text before it is logged: messages of errors quote input."""

from collections.abc import Iterator
from contextlib import suppress

from flask import g, request
from werkzeug.exceptions import HTTPException

SHORTEST = 3
LONGEST = 2_000
GAP = "[left out]"


def without_typed(text: str) -> str:
    """The text without any value of this request's address and form, and without the name of who asked."""
    values = {value.strip()[:LONGEST] for value in _values() if len(value.strip()) >= SHORTEST}
    for value in sorted(values, key=len, reverse=True):
        for form in (value, repr(value)[1:-1]):
            text = text.replace(form, GAP)
    return text


def _values() -> Iterator[str]:
    actor = getattr(g.get("_login_user"), "actor", None)  # as Flask-Login keeps it; nothing is asked of the database
    if actor:
        yield from (actor.name, *actor.name.split())
    yield request.path if request.view_args else ""
    yield request.query_string.decode(errors="replace")
    yield from map(str, (request.view_args or {}).values())
    with suppress(HTTPException):  # a form too large to be read
        for sent in (request.args, request.form):
            yield from (value for _, value in sent.items(multi=True))
