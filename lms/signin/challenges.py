"""The questions put to passkeys: each is made for one use in one browser, is good for minutes, and is taken once.

A question carries its own proof (random, moment, HMAC), so asking writes nothing and nobody can fill a table by asking.
What was answered is noted by its hash in the transaction of the answer.
"""

import hmac
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_bytes

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from lms.config import Settings
from lms.core import clock
from lms.core.db import db
from lms.core.errors import Refusal
from lms.signin.passkey_models import UsedChallenge

LASTS = timedelta(minutes=5)
RANDOM, MOMENT, PROOF = 16, 8, 32  # bytes


class Use(StrEnum):
    """What a question is for; the answer to one is none to another."""

    DOOR = "sign in"
    STEP = "second step"
    MAKE = "new passkey"


class Stale(Refusal):
    """A question that was answered before, is too old, or was put to another browser."""

    sentence = "That took too long, or was sent before. Press the button once more."


def new(use: Use, holder: str) -> bytes:
    """A question for this use. `holder` is whoever it is put to: a browser, or a sign-in."""
    start = token_bytes(RANDOM) + int(clock.now().timestamp()).to_bytes(MOMENT)
    return start + _proof(start, use, holder)


def check(challenge: bytes, use: Use, holder: str) -> None:
    """Whether it is ours, for this use and holder, and young. Raises Stale."""
    start, proof = challenge[: RANDOM + MOMENT], challenge[RANDOM + MOMENT :]
    if len(challenge) != RANDOM + MOMENT + PROOF or not hmac.compare_digest(proof, _proof(start, use, holder)):
        raise Stale
    made = datetime.fromtimestamp(int.from_bytes(start[RANDOM:]), UTC)
    if abs(clock.now() - made) >= LASTS:
        raise Stale


def use_up(challenge: bytes) -> None:
    """Take it, in the running transaction. Raises Stale for the second of two, also at the same moment."""
    db.session.add(UsedChallenge(challenge_hash=sha256(challenge).hexdigest()))
    try:
        db.session.flush()
    except IntegrityError:
        raise Stale from None


def sweep(before: datetime) -> None:
    """Forget questions that are too old to be answered in any case."""
    db.session.execute(delete(UsedChallenge).where(UsedChallenge.at < before))


def _proof(start: bytes, use: Use, holder: str) -> bytes:
    settings: Settings = current_app.extensions["settings"]
    key = HKDF(SHA256(), length=32, salt=None, info=b"common-ground passkeys").derive(settings.secret_key.encode())
    return hmac.digest(key, start + f"{use}\0{holder}".encode(), "sha256")
