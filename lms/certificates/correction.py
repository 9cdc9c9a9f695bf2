"""What a name on a certificate may be corrected to. Pure."""

import unicodedata
from enum import StrEnum

from lms.core.errors import Refusal

LONGEST_NAME = 120
JOINERS = "\u200c\u200d"  # Persian names need them
NOT_IN_NAMES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


class Outcome(StrEnum):
    """What became of a request."""

    OPEN = "open"
    CORRECTED = "corrected"
    KEPT = "kept"


class NotAName(Refusal):
    """A name is printed, so it is something that can be."""

    sentence = f"Write the name as it should stand on the certificate, in at most {LONGEST_NAME} characters."
    field = "name"


class SameName(Refusal):
    """There is nothing to correct."""

    sentence = "This is the name that stands on the certificate already."
    field = "name"


def name_asked(text: str, now: str) -> str:
    """The name somebody wants instead of the one there now. Raises NotAName or SameName."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    odd = any(letter not in JOINERS and unicodedata.category(letter) in NOT_IN_NAMES for letter in name)
    if odd or not 0 < len(name) <= LONGEST_NAME or not any(letter.isalpha() for letter in name):
        raise NotAName
    if name == now:
        raise SameName
    return name
