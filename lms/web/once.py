"""An act that is sent twice is done once: every form carries a key, and the answer to it is stored with the act.

The key is claimed by a row in the transaction of the act, and the answer is written into that row before the commit. A
double click, a reload, a repeat after a lost reply and two at the same time all find the row (and wait for it, while
the first is at work), and get the same answer. What failed leaves no row: the person corrects it and sends it again
with the same key. See docs/decisions/0011.
"""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, cast
from uuid import UUID

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    render_template,
    request,
    session,
)
from sqlalchemy import String, Table, Text, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Base, db, is_writing
from lms.web.access import access_of, actor_or_none
from lms.web.given_back import here, kept_fields

FIELD, HEADER, REPLAYED = "once", "Idempotency-Key", "Idempotency-Replayed"
KEY_BYTES = 16
LONGEST_KEY = 200
MOST_LETTERS = 16_000
KEPT_FOR = timedelta(days=1)
OTHER_CONTENT = 422
NOT_CONTENT = frozenset({FIELD, "csrf_token"})


class StoredAnswer(Base):
    """The answer to one act, under its key and the sign-in it was sent with. No status yet: the act is at work. Only
    redirects and short JSON are stored: a page that was shown has done nothing.
    """

    __tablename__ = "stored_answers"

    holder: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    status: Mapped[int | None]
    location: Mapped[str] = mapped_column(Text, default="")
    said: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")


_TABLE = cast(Table, StoredAnswer.__table__)
_WHICH = (_TABLE.c.holder == bindparam("of"), _TABLE.c.key == bindparam("under"))
# Built once, on the plain table: built for each act a key took 1.1 ms of its 4, and now takes 0.6.
_CLAIM = {
    name: dialect.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.key)
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}
_FIND = select(_TABLE).where(*_WHICH)
_GIVE_BACK = delete(_TABLE).where(*_WHICH)
_KEEP = (
    update(_TABLE)
    .where(*_WHICH)
    .values({name: bindparam(f"new_{name}") for name in ("status", "location", "said", "body")})
)


def install(app: Flask) -> None:
    """Claim the key of every act, after the sign-in and the view's mark were checked."""
    app.extensions["begins_to_write"] = claim
    app.jinja_env.globals["once"] = form_key

    @app.before_request
    def check() -> None:
        if is_writing():
            claim()


def form_key() -> str:
    """A key for the next form of this page: the page's own, and which form it is. Random in 128 bits; the long part is
    the same in all forms of a page, so that a page of a hundred forms grows by little.
    """
    if "page_key" not in g:
        g.page_key, g.page_forms = token_urlsafe(KEY_BYTES), 0
    g.page_forms += 1
    return f"{g.page_key}.{g.page_forms}"


def claim() -> None:
    """Take the key of this request, or answer as it was answered before. Waits for whoever has it. One statement, two
    for a repeat.
    """
    actor = actor_or_none()
    key = _key()
    access = access_of(current_app, request.endpoint)
    if actor is None or not key or access is None or access.anyone or "claimed" in g:
        return
    if len(key) > LONGEST_KEY:
        abort(400)
    row = {
        "holder": actor.sign_in_id or actor.id,
        "key": sha256(key.encode()).hexdigest(),
        "content": _digest(),
        "person_id": actor.id,
    }
    given = {**row, "at": clock.now(), "location": "", "said": "", "body": ""}
    connection = db.session.connection()
    if connection.execute(_CLAIM[connection.dialect.name], given).first() is not None:
        g.claimed, g.said_before = row, len(session.get("_flashes", []))
        return
    before = connection.execute(_FIND, _which(row)).one_or_none()
    if before is None or before.status is None:  # it ended without an answer in the meantime
        abort(409)
    abort(_again(before) if before.content == row["content"] else _other_content(before))


def _key() -> str:
    """A program's key counts everywhere; a form's does where the view does not know repeats by itself."""
    return request.headers.get(HEADER) or ("" if _settles_repeats() else request.form.get(FIELD)) or ""


def _which(row: dict[str, Any]) -> dict[str, Any]:
    return {"of": row["holder"], "under": row["key"]}


def _digest() -> str:
    """What tells one content from another: address, fields in their order, files. Not the tokens."""
    digest = sha256(json.dumps([request.method, here()]).encode())
    if request.form or request.files:
        fields = [pair for pair in request.form.items(multi=True) if pair[0] not in NOT_CONTENT]
        digest.update(json.dumps(fields).encode())
        for name, file in request.files.items(multi=True):
            digest.update(json.dumps([name, file.filename]).encode() + sha256(file.stream.read()).digest())
            file.stream.seek(0)
    else:
        digest.update(request.get_data(cache=True))
    return digest.hexdigest()


def has_key() -> bool:
    """Whether this request may be sent again without harm: it claimed a key, or its view knows repeats."""
    return "said_before" in g or _settles_repeats()


def _settles_repeats() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "settles_repeats", False)


def store(response: Response) -> None:
    """Store the answer with the act, just before the commit; or give the key back, when nothing but a page was shown.
    One statement.
    """
    row = g.pop("claimed", None)
    if row is None:
        return
    body = "" if response.is_streamed else response.get_data(as_text=True) if response.is_json else ""
    short_json = response.is_json and not response.is_streamed and len(body) <= MOST_LETTERS
    if not (300 <= response.status_code < 400 or short_json or response.status_code == 204):
        db.session.connection().execute(_GIVE_BACK, _which(row))
        return
    answer = {
        "status": response.status_code,
        "location": response.headers.get("Location", ""),
        "said": json.dumps(session.get("_flashes", [])[g.said_before :]),
        "body": body,
    }
    new = {f"new_{name}": value for name, value in answer.items()}
    kept = db.session.connection().execute(_KEEP, {**_which(row), **new})
    if not kept.rowcount:  # the view rolled back what it had begun, and then did it
        db.session.add(StoredAnswer(**row, **answer))


def _again(before: Any) -> Response:
    """The answer as it was, with what it said (unless that still waits to be read)."""
    said = session.get("_flashes", [])
    for kind, sentence in json.loads(before.said):
        if (kind, sentence) not in [tuple(one) for one in said]:
            flash(sentence, kind)
    made = current_app.response_class(before.body, before.status)
    if before.location:
        made.headers["Location"] = before.location
    if before.body:
        made.mimetype = "application/json"
    made.headers[REPLAYED] = "true"
    return made


def _other_content(before: Any) -> Response:
    """Say what was done with this form already, and offer to send what is typed now as well."""
    sentence = "This form was sent before, with other content. What you sent now is not saved."
    said = [sentence for _, sentence in json.loads(before.said)]
    if request.is_json or request.headers.get("X-Requested-With"):
        return make_response(jsonify(problem=sentence), OTHER_CONTENT)
    fields = kept_fields(*NOT_CONTENT)
    page = render_template("twice.html", sentence=sentence, said=said, at=before.at, fields=fields, address=here())
    return make_response(page, OTHER_CONTENT)


def forget_old() -> None:
    """Forget answers after a day. In a writing transaction."""
    db.session.execute(delete(StoredAnswer).where(StoredAnswer.at < clock.now() - KEPT_FOR))
