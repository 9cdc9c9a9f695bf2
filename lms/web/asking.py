"""What a page of a list is asked for in its address: the words to look for, and which page of the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

MOST_LETTERS = 100

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Paged(Generic[Thing]):
    """One page of a list: its things, its number from 1, and how many pages there are."""

    things: Sequence[Thing]
    number: int
    pages: int


def words_asked(name: str = "q") -> str:
    """The words somebody typed into a search box, on one line and without the sign that no database keeps, NUL."""
    return " ".join(request.args.get(name, "").replace("\x00", "").split())[:MOST_LETTERS]


def number_asked(pages: int) -> int:
    """The number of the page that was asked for; the last one where there are fewer."""
    return min(max(request.args.get("page", 1, int), 1), max(pages, 1))


def page_asked(things: Sequence[Thing], most: int) -> Paged[Thing]:
    """The page that was asked for, of a list cut after every `most` things."""
    pages = max(1, -(-len(things) // most))
    number = number_asked(pages)
    return Paged(things[(number - 1) * most : number * most], number, pages)
