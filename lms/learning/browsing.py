"""What the catalogue page lists: modules that fit, with how far the reader is in each, and the pages a search finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args

from flask import url_for

from lms.catalogue import shelf
from lms.catalogue.content import AudienceLevel
from lms.catalogue.search import Hit, search
from lms.learning import updates
from lms.learning.going import Going
from lms.learning.outlines import Outline, outlines
from lms.web.templating import duration

LEVELS: tuple[str, ...] = get_args(AudienceLevel)
MOST_PAGES = 20


@dataclass(frozen=True)
class Row:
    """A module in the list: `done` seats of its ring, and the words that say the same."""

    plan: Outline
    going: Going
    done: int
    words: str


@dataclass(frozen=True)
class Place:
    """A page or a word of a glossary that a search found, and where it stands."""

    hit: Hit
    address: str
    about: str


@dataclass(frozen=True)
class Found:
    """The catalogue page's answer; `nothing` is the sentence when there is no result."""

    rows: Sequence[Row]
    places: Sequence[Place] = ()
    nothing: str = ""


def row(plan: Outline, going: Going) -> Row:
    """A module with how far its reader is, as figures and as words."""
    total, done = len(plan.pages), plan.progress(going.read, going.passed).pages_read
    pages = _pages(total)
    asked = updates.asked(plan.module, going)
    if asked:
        changed = f"{_pages(len(asked.pages))} changed"
        left = [page for page in asked.pages if page not in going.read or going.completed_at]
        return Row(plan, going, total - len(left), f"{changed}; {duration(updates.minutes(plan.module, asked))}")
    if going.completed_at:
        return Row(plan, going, total, "Finished")
    return Row(plan, going, done, f"{done} of {pages}" if going.is_started else pages)


def _pages(number: int) -> str:
    return f"{number} {'page' if number == 1 else 'pages'}"


def find(goings: Mapping[str, Going], words: str, level: str) -> Found:
    """The modules, pages and words of the glossary that fit a search and a level, both optional."""
    plans = [plan for plan in outlines() if level in ("", plan.module.level)]
    if not words:
        return Found(_rows(plans, goings), (), "" if plans else "No module is at this level yet.")
    hits = [hit for hit in search(shelf.library(), words) if level in ("", hit.module.level)]
    fitting = [hit.module.slug for hit in hits if hit.page is None and not hit.anchor]
    rows = _rows(
        sorted((p for p in plans if p.module.slug in fitting), key=lambda p: fitting.index(p.module.slug)), goings
    )
    places = [_place(hit) for hit in hits if hit.page is not None][:MOST_PAGES]
    return Found(rows, places, "" if rows or places else _nothing(words))


def _rows(plans: Sequence[Outline], goings: Mapping[str, Going]) -> list[Row]:
    return [row(plan, goings.get(plan.module.slug, Going(plan.module.slug))) for plan in plans]


def _place(hit: Hit) -> Place:
    page = hit.page.slug if hit.page else ""
    address = url_for("learning.page", module=hit.module.slug, page=page, _anchor=hit.anchor or None)
    about = f"Word explained in {hit.module.title}" if hit.anchor else f"Page of {hit.module.title}"
    return Place(hit, address, about)


def _nothing(words: str) -> str:
    library = shelf.library()
    better = [word for word in words.split() if word.casefold() != words.casefold() and search(library, word)]
    if not better:
        known = {term.term.casefold() for module in library.modules for term in module.glossary.values()}
        better = get_close_matches(words.casefold(), sorted(known), n=1)
    hint = f"Try ‘{better[0]}’." if better else "Try another word."
    return f"No module mentions ‘{words}’. {hint}"
