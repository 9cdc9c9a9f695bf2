"""The portable passport: a small JSON file, signed so that any change to it shows. Pure.

The signature is an HMAC with a key that only this service has. So a file is checked on this service's check page and
nowhere else; nobody can make or change one without the key, and nobody needs an account to check one. It is taken over
the meaning of the file, not its bytes: a file that was only laid out anew is still good.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from lms.core.clock import months_later
from lms.core.errors import Refusal

FORMAT = "common-ground-passport/1"
GOOD_FOR_MONTHS = 12
MOST_BYTES = 400_000
PURPOSE = b"common-ground-passport"


class NotAPassport(Refusal):
    """What was handed in is not a passport file at all."""

    sentence = "This is not a passport file of this service. Choose the file that ends in .json, as it was downloaded."
    field = "file"


class Changed(Refusal):
    """The signature does not fit: the file was changed, or another service signed it."""

    sentence = (
        "This file was changed after it was made, or another service made it, so nothing in it can be relied on. "
        "Ask its holder for a new one."
    )
    field = "file"


class RunOut(Refusal):
    """A passport file is good for a time, because what it says changes."""

    def __init__(self, day: date) -> None:
        super().__init__(
            f"This file ended on {day.day} {day:%B %Y}. It was not changed; ask its holder for a new one.", "file"
        )


@dataclass(frozen=True)
class Entry:
    """One line of a passport. Dates are written 2027-03-31; a joint day has no version, last day or certificate."""

    course: str
    version: int | None
    completed_on: str
    in_date_until: str | None
    minutes: int
    level: str
    issuer: str
    certificate: str | None


@dataclass(frozen=True)
class Hours:
    """The minutes of one year by kind, as `lms.passport.hours` counts them."""

    year: int
    participatory_minutes: int
    other_minutes: int
    multi_agency_minutes: int
    single_agency_minutes: int


@dataclass(frozen=True)
class Passport:
    """All that a passport says: whose it is, what they hold, and from when until when the file is good."""

    name: str
    issuer: str
    issued_on: date
    expires_on: date
    entries: Sequence[Entry]
    hours: Sequence[Hours]


def last_good_day(issued_on: date) -> date:
    """The last day on which a file made on this day is good."""
    return months_later(issued_on, GOOD_FOR_MONTHS)


def write(passport: Passport, secret: str, check_at: str) -> str:
    """The passport as a signed file; `check_at` is the address of the check page."""
    said = {
        "format": FORMAT,
        "check_at": check_at,
        **asdict(passport),
        "issued_on": passport.issued_on.isoformat(),
        "expires_on": passport.expires_on.isoformat(),
    }
    return json.dumps({**said, "signature": _signature(said, secret)}, indent=1, ensure_ascii=False) + "\n"


def read(sent: bytes, secret: str, today: date) -> Passport:
    """The passport in a file somebody handed in. Raises NotAPassport, Changed or RunOut; reads nothing of what it says
    before the signature is found good.
    """
    said = _parsed(sent)
    given = said.pop("signature", None)
    if said.get("format") != FORMAT or not isinstance(given, str):
        raise NotAPassport
    if not hmac.compare_digest(_signature(said, secret).encode(), given.encode(errors="replace")):
        raise Changed
    passport = _passport(said)
    if passport.expires_on < today:
        raise RunOut(passport.expires_on)
    return passport


def _parsed(sent: bytes) -> dict[str, Any]:
    if len(sent) > MOST_BYTES:
        raise NotAPassport
    try:
        said = json.loads(sent.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise NotAPassport from None
    if not isinstance(said, dict):
        raise NotAPassport
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names stand once each: two programs could read a doubled name differently."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _signature(said: Mapping[str, Any], secret: str) -> str:
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    key = hmac.digest(secret.encode(), PURPOSE, sha256)
    return urlsafe_b64encode(hmac.digest(key, text.encode(), sha256)).decode()


def _passport(said: Mapping[str, Any]) -> Passport:
    """What a file says that we signed ourselves, so it has the shape that `write` gave it."""
    return Passport(
        said["name"],
        said["issuer"],
        date.fromisoformat(said["issued_on"]),
        date.fromisoformat(said["expires_on"]),
        [Entry(**one) for one in said["entries"]],
        [Hours(**one) for one in said["hours"]],
    )
