"""The code a room shows for sign-in by phone: short, made for one session at its time, of no use elsewhere. Pure.

It holds nothing about anybody. It changes by the clock (`presence.Window`), so that a picture of it is soon of no use.
Whoever moves the session or asks for a new code makes all of those before void.
"""

from base64 import b32encode
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest, new
from uuid import UUID

_BYTES = 10


def code(secret: str, session_id: UUID, starts_at: datetime, turn: int, number: int) -> str:
    """The code of a session that begins at `starts_at`: `turn` counts how often a new one was asked for, `number` is
    which one by the clock.
    """
    words = f"room:{session_id}:{starts_at.timestamp():.0f}:{turn}:{number}"
    return b32encode(new(secret.encode(), words.encode(), sha256).digest()[:_BYTES]).decode().lower()


def fits(given: str, right: str) -> bool:
    """Whether the code given is the right one, told in the same time either way."""
    return compare_digest(given.lower().encode(), right.encode())
