"""People's names as they are looked for and put in order. Pure."""

import unicodedata

LONGEST = 240


def plain_name(name: str) -> str:
    """A name for searching and sorting, as people type it: without accents, in small letters."""
    if name.isascii():
        return name.casefold().strip()[:LONGEST]
    letters = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l").replace("ø", "o"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip()[:LONGEST]
