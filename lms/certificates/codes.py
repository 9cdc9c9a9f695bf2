"""The code of a certificate: made so that nobody can guess it, shown and read so that people can type it.

A code is 128 bits from the operating system's random source, written in Crockford's base 32: 26 letters and figures
without I, L, O and U. It has no check digit. A check digit would tell a mistyped code from an unknown one, yet the
check page says the same useful thing to both ("No certificate has this code"), and a slip cannot reach someone else's
certificate: codes are too few among the 2^128 that there could be. It would only make every code longer to type.
"""

import secrets

BITS = 128
LENGTH = 26
GROUP = 4
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# What people type for what is printed. Written out, not `upper()`, because that also turns letters of other
# alphabets into ours (dotless i, long s), and those were never on a certificate.
_READ_AS = {ord(letter): letter for letter in LETTERS}
_READ_AS |= {ord(letter.lower()): letter for letter in LETTERS}
_READ_AS |= {ord(letter): figure for letters, figure in (("Oo", "0"), ("IiLl", "1")) for letter in letters}
# Hyphens, dashes, the minus sign, and what copying from a page leaves: zero-width space, joiners, byte order mark.
_SKIPPED = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212\u200b\u200c\u200d\u2060\ufeff"


def new_code() -> str:
    """A fresh code for one certificate: 26 characters, 128 bits nobody can guess."""
    return _written(secrets.randbits(BITS))


def shown(code: str) -> str:
    """The code as people see and type it: groups of four with hyphens between."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read(text: str) -> str | None:
    """The code in what a person typed or pasted, or None when it cannot be one.

    Small letters, spaces, hyphens and dashes do not matter; the letter O is read as 0, I and L as 1.
    """
    kept = "".join(character for character in text if character not in _SKIPPED and not character.isspace())
    code = "".join(_READ_AS.get(ord(character), "?") for character in kept)
    if len(code) != LENGTH or "?" in code:
        return None
    # 26 characters hold 130 bits, so the first says only 0 to 7: anything else was never given out.
    return code if LETTERS.index(code[0]) < 2 ** (BITS - 5 * (LENGTH - 1)) else None


def _written(number: int) -> str:
    """A number below 2^128 as 26 letters and figures, most significant first."""
    return "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
