"""The secret part of a calendar feed's address: a random number, and a signature over it with the server's key.

A wrong address is told from a right one without asking the database, in the same time whatever is wrong with it.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from secrets import token_hex

NUMBER_BYTES = 16
SIGNATURE_BYTES = 16
PURPOSE = b"calendar feed "


def new_number() -> str:
    """A number that nobody guesses, in hexadecimal."""
    return token_hex(NUMBER_BYTES)


def secret(number: str, key: str) -> str:
    """The secret for a number, to stand in an address."""
    raw = bytes.fromhex(number)
    return urlsafe_b64encode(raw + _signature(raw, key)).decode().rstrip("=")


def number_in(given: str, key: str) -> str | None:
    """The number in a secret, if the server made that secret."""
    try:
        raw = urlsafe_b64decode(given.encode("ascii") + b"=" * (-len(given) % 4))
    except ValueError:
        raw = b""
    number = raw[:NUMBER_BYTES]
    genuine = hmac.compare_digest(raw[NUMBER_BYTES:], _signature(number, key))
    return number.hex() if genuine and secret(number.hex(), key) == given else None


def _signature(number: bytes, key: str) -> bytes:
    return hmac.new(key.encode(), PURPOSE + number, sha256).digest()[:SIGNATURE_BYTES]
