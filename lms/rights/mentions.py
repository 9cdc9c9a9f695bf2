"""What else names a person who is erased: identities and addresses anywhere, names in what the service wrote itself,
files that it made, and mails that lie in a folder.
"""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import JSON, String, Table, cast, func, or_, select, update

from lms.audit.chaining import TABLES as RECORD
from lms.config import Settings
from lms.core.db import db
from lms.exports import store
from lms.exports.states import ExportState
from lms.rights import finding
from lms.rights.finding import PEOPLE, Who
from lms.rights.register import Held

# What the service writes itself, where a name is the name of an account and not a word of somebody's.
WRITTEN_HERE = frozenset({"outbox_mails", "stored_answers", "people_files", "exports", "saved_views"})
NO_ADDRESS = "erased@erased.invalid"

Swap = Callable[[str], str]


def replace(who: Who, name: str, nobody: UUID, instead: str) -> None:
    """Replace what names them in every table but the record of acts, which is emptied in its own way."""
    record = {one.name for one in RECORD.values()}
    addresses = _swap({str(who.id): str(nobody), who.id.hex: nobody.hex, who.email: NO_ADDRESS})
    names = _swap({name: instead})
    for of, held in finding.tables():
        if of.name in record or of.name == PEOPLE:
            continue
        _replace(of, held, [str(who.id), who.id.hex, who.email], addresses)
        if of.name in WRITTEN_HERE:
            _replace(of, held, [name], names)


def _swap(words: dict[str, str]) -> Swap:
    """What puts other words in the place of these, as whole words, however they are spelled."""
    pairs = [(re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE), new) for old, new in words.items() if old]

    def swap(text: str) -> str:
        for pattern, new in pairs:
            text = pattern.sub(new, text)
        return text

    return swap


def _replace(of: Table, held: Held, words: list[str], swap: Swap) -> None:
    columns = [
        one
        for one in of.c
        if isinstance(one.type, String | JSON) and not one.foreign_keys and one.name not in (*held.stays, *held.codes)
    ]
    keys = list(of.primary_key.columns)
    for column in columns:
        if not isinstance(column.type, JSON) and (getattr(column.type, "length", None) or 1000) < min(map(len, words)):
            continue
        text = func.lower(cast(column, String))
        hit = or_(*(text.contains(_as_kept(column.type, word), autoescape=True) for word in words))
        for row in finding.rows(select(*keys, column).where(hit)):
            same = [key == row[key.name] for key in keys]
            new = _swapped(row[column.name], swap)
            if new != row[column.name]:
                db.session.connection().execute(update(of).where(*same).values({column.name: new}))


def _as_kept(kind: Any, word: str) -> str:
    """A word as the database finds it in small letters; JSON keeps what is not ASCII in its own spelling."""
    if isinstance(kind, JSON) and not word.isascii():
        return word.encode("ascii", "backslashreplace").decode().lower()
    return word.lower()


def _swapped(value: Any, swap: Swap) -> Any:
    if isinstance(value, str):
        return swap(value)
    if isinstance(value, list):
        return [_swapped(one, swap) for one in value]
    if isinstance(value, dict):
        return {swap(key): _swapped(one, swap) for key, one in value.items()}
    return value


def remove_files(who: Who, name: str) -> None:
    """Delete long files that were made (each can be made again), and mails in the folder that speak of them."""
    exports = finding.table("exports")
    made = select(exports.c.id, exports.c.file).where(exports.c.state == ExportState.DONE.value)
    for row in finding.rows(made):
        closed = {"state": ExportState.CLOSED.value, "file": "", "size": 0}
        db.session.connection().execute(update(exports).where(exports.c.id == row["id"]).values(closed))
    for path in store.folder().iterdir():
        path.unlink(missing_ok=True)
    settings: Settings = current_app.extensions["settings"]
    for path in (settings.data_dir / "mail").glob("*.eml"):
        if _speaks_of(path, who, name):
            path.unlink(missing_ok=True)


def _speaks_of(path: Path, who: Who, name: str) -> bool:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    texts = [path.name, *map(str, mail.values())]
    texts += [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() in ("text",)]
    return any(word.casefold() in text.casefold() for text in texts for word in (who.email, name))
