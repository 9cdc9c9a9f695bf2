"""Names of files that hold certificates: after the person, what it is of, and the day. Pure.

Accents stay. What a file system could take for a folder, a command or an end is left out, names are cut to a length
that every system takes, and two alike are numbered, also where they differ in capitals alone.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
MOST_BYTES = 80  # of each of the two names, so that the whole stays under the 255 bytes of most systems


def file_name(person: str, title: str, day: date) -> str:
    """The name of one file, like Leah Stone - Why join up - 2026-03-01.pdf."""
    return f"{_safe(person) or 'Somebody'} - {_safe(title) or 'Certificate'} - {day.isoformat()}.pdf"


def numbered(names: Iterable[str]) -> list[str]:
    """The names in their order, each once: the second of two alike ends in (2)."""
    taken: set[str] = set()
    found = []
    for name in names:
        stem, dot, ending = name.rpartition(".")
        number, free = 1, name
        while free.casefold() in taken:
            number += 1
            free = f"{stem} ({number}){dot}{ending}"
        taken.add(free.casefold())
        found.append(free)
    return found


def _safe(text: str) -> str:
    seen = "".join(
        letter
        for letter in unicodedata.normalize("NFC", text.replace("\t", " ").replace("\n", " "))
        if unicodedata.category(letter) not in UNSEEN
    )
    words = " ".join(FORBIDDEN.sub(" ", seen).split())
    return words.encode()[:MOST_BYTES].decode(errors="ignore").strip(" .")
