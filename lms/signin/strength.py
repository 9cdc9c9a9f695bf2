"""Which passwords are refused: short ones, well-known ones and their kin, and those made of words about oneself.

There are no rules about kinds of letters. Well-known passwords come with the library zxcvbn (MIT licence): the 30,000
most frequent of published leaks, common English words, names, keyboard rows, dates and repetitions, and how quickly a
program that knows them all would come to this one. Whoever runs the server can add a list of leaked ones
(`breached.py`). Nobody is asked over the network.
"""

from collections.abc import Iterable
from math import log10

from lms.core.errors import Refusal
from lms.signin import breached
from lms.signin.passwords import SHORTEST

FEWEST_GUESSES = 8  # as a power of ten
LOOKED_AT = 72  # signs; what comes after can only make it harder
SHORTEST_WORD = 4
SERVICE = "common ground"


class WeakPassword(Refusal):
    """A password that others would come to soon."""

    field = "password"


def check(password: str, about: Iterable[str] = ()) -> None:
    """Raise WeakPassword with the reason and how to mend it. `about` is what others know of the person: name, address,
    agency.
    """
    if len(password) < SHORTEST:
        raise WeakPassword(f"That password is too short: use {SHORTEST} characters or more. Three or four words do.")
    words = _words([SERVICE, *about])
    letters = "".join(password.casefold().split())
    for word in words:
        if word in letters:
            raise WeakPassword(
                f"Leave out “{word}”: your name, your address, your agency and the name of this service are tried "
                "first."
            )
    from zxcvbn import zxcvbn  # noqa: PLC0415 -- loads its lists, an eighth of a second that few processes need

    guesses = zxcvbn(password[:LOOKED_AT], user_inputs=words)["guesses"]
    if log10(float(guesses)) < FEWEST_GUESSES:
        raise WeakPassword(
            "That password, or one very like it, is on the lists that are tried first. Take three or four words that "
            "have nothing to do with each other."
        )
    if breached.is_listed(password):
        raise WeakPassword(
            "That password is on the list of passwords that leaked elsewhere, so others try it. Take one that you have "
            "never used."
        )


def _words(about: Iterable[str]) -> list[str]:
    """Single words, and all of them together, long enough that nobody is refused for a syllable."""
    found: dict[str, None] = {}
    for text in about:
        parts = "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()
        for word in (*parts, "".join(parts)):
            if len(word) >= SHORTEST_WORD:
                found[word] = None
    return list(found)
