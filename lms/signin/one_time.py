"""Codes of the second step, as phones make them (TOTP, RFC 6238: six digits, a new one each half minute). Pure."""

import secrets
from datetime import datetime
from hmac import compare_digest

import pyotp

SECONDS = 30
DRIFT = 1  # a phone's clock may be half a minute off, either way
DIGITS = 6
RECOVERY_CODES = 8
RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for another
RECOVERY_LENGTH = 10


def new_secret() -> str:
    """A secret of 160 bits, as text that phones read."""
    return pyotp.random_base32(32)


def counter_of(secret: str, code: str, now: datetime) -> int | None:
    """The half minute to which a code belongs, or None when it fits none of those around now."""
    present = int(now.timestamp()) // SECONDS
    codes = pyotp.HOTP(secret)
    fits = [one for one in range(present - DRIFT, present + DRIFT + 1) if compare_digest(codes.at(one), code)]
    return fits[-1] if fits else None


def address(secret: str, account: str, issuer: str) -> str:
    """What the picture says to the phone."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def in_fours(secret: str) -> str:
    """The secret for typing."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def plain(code: str) -> str:
    """A code as it is compared: without the spaces and dashes of whoever typed it, in small letters."""
    return "".join(letter for letter in code.lower() if letter.isascii() and letter.isalnum())


def is_digits(code: str) -> bool:
    """Whether this is the code of a phone, not a recovery code."""
    return len(code) == DIGITS and code.isdecimal()


def new_recovery_codes() -> list[str]:
    """Eight codes of 49 bits each, as `abcde-fghjk`."""

    def half() -> str:
        return "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH // 2))

    return [f"{half()}-{half()}" for _ in range(RECOVERY_CODES)]
