"""Passwords: argon2id hashes, checked in the same time whether or not an account exists."""

from base64 import b64decode
from collections.abc import Sequence
from functools import cache
from hmac import compare_digest
from secrets import token_bytes

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """Checked in place of a real hash when no account has the address, so that both answers take equally long."""
    return _hasher.hash("nobody has this password")


SHORTEST = 12


def hash_password(password: str) -> str:
    """The argon2id hash to store (parameters of RFC 9106, low-memory profile, as argon2-cffi ships them)."""
    return _hasher.hash(password)


def hash_together(codes: Sequence[str]) -> list[str]:
    """Hashes for codes of one person, of which one is typed later: with a salt of 128 bits for all of them, so that
    finding it takes one slow hash and not one for each.
    """
    salt = token_bytes(16)
    return [_hasher.hash(code, salt=salt) for code in codes]


def fitting(stored: Sequence[str], code: str) -> str | None:
    """Which of the stored hashes the code fits. Costs one slow hash for each salt among them."""
    made: dict[str, str] = {}
    for one in stored:
        head = one.rpartition("$")[0]
        if head not in made:
            salt = head.rpartition("$")[2]
            hasher = PasswordHasher.from_parameters(extract_parameters(one))
            made[head] = hasher.hash(code, salt=b64decode(salt + "=" * (-len(salt) % 4)))
        if compare_digest(made[head], one):
            return one
    return None


def is_right(stored: str | None, password: str) -> bool:
    """Whether the password fits. `stored` is None when there is no such account; the answer then takes the same
    time.
    """
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def needs_new_hash(stored: str) -> bool:
    """Whether the hash was made with older, weaker parameters."""
    return _hasher.check_needs_rehash(stored)
