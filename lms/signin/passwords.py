"""Passwords: argon2id hashes, checked in the same time whether or not an account exists."""

from functools import cache

from argon2 import PasswordHasher
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
