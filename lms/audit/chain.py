"""How a row is chained to the one before it, so that no row can be changed, taken out or slipped in unseen.

A row's hash is taken over its number, the hash before it, what is open in it, and a seal for each thing in it that
speaks of a person. A seal is the hash of that thing with a salt of its own. Taking the thing and its salt away leaves
the seal, and with it the chain: nobody can work out from a seal what was sealed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any
from uuid import UUID

BEFORE_THE_FIRST = "0" * 64
ERASED = "audit.erased"  # the act whose detail says which rows were emptied, so that detail is never sealed itself

Erased = Mapping[str, Mapping[str, str]]


class Unfit(ValueError):
    """What stands in a row cannot have been written by us."""


@dataclass(frozen=True, eq=False)
class Kind:
    """One chain: its name, what is open in its rows, what is sealed in them, and what stands there once it is emptied.
    `number` is the column with the row's place.
    """

    name: str
    number: str
    open: tuple[str, ...]
    sealed: Mapping[str, Any]

    def parts(self, row: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What is open in a row, and what is sealed."""
        shown = {name: row[name] for name in self.open}
        hidden = {name: row[name] for name in self.sealed}
        if row.get("action") == ERASED:
            shown["detail"] = hidden.pop("detail")
        return shown, hidden


ACTS = Kind("acts", "id", ("at", "action"), {"actor_id": None, "subject_id": None, "detail": {}})
VIEWS = Kind("views", "number", ("id", "at", "what", "role", "agency", "why"), {"viewer_id": None, "person_id": None})
KINDS = {kind.name: kind for kind in (ACTS, VIEWS)}


def text(value: object) -> str:
    """A value as the one text it is hashed as, whichever database it was read from."""
    return _ENCODER.encode(value)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return value.hex
    raise Unfit(f"{type(value).__name__} is not kept in the record")


_ENCODER = json.JSONEncoder(default=_plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _hash(*words: str) -> str:
    return sha256("\n".join(words).encode()).hexdigest()


def _salt_of(salt: str, field: str) -> str:
    return _hash(salt, field)


def _seal(salt: str, value: object) -> str:
    return _hash(salt, text(value))


def new_salt() -> str:
    """A fresh salt for one row."""
    return token_hex(16)


def linked(kind: Kind, number: int, previous: str, row: Mapping[str, Any]) -> str:
    """The hash of a row at this place. Raises Unfit when what was emptied in it does not fit together."""
    shown, hidden = kind.parts(row)
    seals = {name: _found(name, row, value, kind.sealed[name]) for name, value in hidden.items()}
    _check_erased(row["erased"], row["salt"], set(hidden))
    return _hash(kind.name, str(number), previous, text(shown), text(seals))


def _found(field: str, row: Mapping[str, Any], value: object, emptied: object) -> str:
    """The seal of one thing: worked out, or, where it was emptied, the one that was left."""
    erased: Erased | None = row["erased"]
    if erased is None:
        return _seal(_salt_of(row["salt"], field), value)
    if field in erased["seals"]:
        if value != emptied:
            raise Unfit(f"{field} was emptied and is there again")
        return erased["seals"][field]
    return _seal(erased["salts"][field], value)


def _check_erased(erased: Erased | None, salt: str, fields: set[str]) -> None:
    if erased is None:
        return
    if set(erased) != {"seals", "salts"} or salt:
        raise Unfit("what was left of an emptied row is not as we leave it")
    left, kept = set(erased["seals"]), set(erased["salts"])
    if left & kept or left | kept != fields:
        raise Unfit("what was left of an emptied row is not as we leave it")


def emptied(kind: Kind, row: Mapping[str, Any], fields: set[str]) -> dict[str, Any]:
    """What a row's columns become when these things are taken out of it: the things, their salts, and what is left."""
    _, hidden = kind.parts(row)
    erased: Erased | None = row["erased"]
    gone = (set(erased["seals"]) if erased else set()) | (fields & set(hidden))
    seals = {name: _found(name, row, hidden[name], kind.sealed[name]) for name in gone}
    salts = {name: erased["salts"][name] if erased else _salt_of(row["salt"], name) for name in set(hidden) - gone}
    return {**{name: kind.sealed[name] for name in gone}, "salt": "", "erased": {"seals": seals, "salts": salts}}


def ranges(numbers: list[int]) -> str:
    """Numbers in order, written short: 3-7,12."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def read_ranges(written: str) -> list[range]:
    """What `ranges` wrote. Raises ValueError."""
    spans = [part.partition("-") for part in written.split(",") if part]
    return [range(int(first), int(last or first) + 1) for first, _, last in spans]
