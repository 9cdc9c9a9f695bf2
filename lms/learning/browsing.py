"""What the catalogue page lists: modules that fit, with how far the reader is in each, and the pages a search finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args

from flask import url_for

from lms.catalogue import index, shelf
from lms.catalogue.content import AudienceLevel
from lms.catalogue.glossary import Word
from lms.catalogue.search import Hit
from lms.catalogue.wanted import Wanted, wanted
from lms.learning import updates
from lms.learning.going import Going
from lms.learning.outlines import Outline, outline, outlines
from lms.web.templating import duration

LEVELS: tuple[str, ...] = get_args(AudienceLevel)
MOST_PAGES, MOST_WORKS = 20, 10
NOTHING = Wanted()


@dataclass(frozen=True)
class Row:
    """A module in the list: `done` seats of its ring, and the words that say the same."""

    plan: Outline
    going: Going
    done: int
    words: str


@dataclass(frozen=True)
class Place:
    """A page, a word or a work that a search found, and where it stands."""

    hit: Hit
    address: str
    about: str


@dataclass(frozen=True)
class Found:
    """The catalogue page's answer; `nothing` is the sentence when there is no result."""

    rows: Sequence[Row]
    places: Sequence[Place] = ()
    works: Sequence[Place] = ()
    nothing: str = ""
    looked_for: Wanted = NOTHING


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
    """The modules, pages, words and works that fit a search and a level, both optional."""
    plans = [plan for plan in outlines() if level in ("", plan.module.level)]
    if not words:
        return Found(_rows(plans, goings), nothing="" if plans else "No module is at this level yet.")
    hits = [hit for hit in index.search(words) if _is_at(hit, level)]
    fronts = [hit.entry.modules[0].slug for hit in hits if hit.entry.is_module]
    inside = [hit for hit in hits if hit.entry.page or hit.entry.word]
    works = [hit for hit in hits if hit.entry.work]
    return Found(
        _rows([outline(slug) for slug in fronts], goings),
        [_place(hit) for hit in inside[:MOST_PAGES]],
        [_place(hit) for hit in works[:MOST_WORKS]],
        "" if hits else _nothing(words),
        wanted(words),
    )


def _is_at(hit: Hit, level: str) -> bool:
    return not level or any(module.level == level for module in hit.entry.modules)


def _rows(plans: Sequence[Outline], goings: Mapping[str, Going]) -> list[Row]:
    return [row(plan, goings.get(plan.module.slug, Going(plan.module.slug))) for plan in plans]


def _place(hit: Hit) -> Place:
    entry = hit.entry
    titles = ", ".join(module.title for module in entry.modules)
    if entry.work:
        address = url_for("catalogue.references", q=entry.work.short, _anchor=f"r-{entry.work.key}")
        return Place(hit, address, f"Work cited in {titles}")
    if entry.word:
        about = f"Word explained in {titles}" if titles else "Word of the glossary"
        return Place(hit, _address(entry.word), about)
    page = entry.page.slug if entry.page else ""
    return Place(hit, url_for("learning.page", module=entry.modules[0].slug, page=page), f"Page of {titles}")


def _address(word: Word) -> str:
    """Where a word is explained: on the page of its module, or in the glossary when there are several or none."""
    places = [place for meaning in word.meanings for place in meaning.places]
    if len(places) == 1 and places[0].page:
        [place] = places
        return url_for("learning.page", module=place.module.slug, page=places[0].page.slug, _anchor=f"w-{place.key}")
    return url_for("catalogue.glossary", q=word.term, _anchor=f"g-{word.key}")


def _nothing(words: str) -> str:
    library = shelf.library()
    better = [word for word in words.split() if word.casefold() != words.casefold() and index.search(word)]
    if not better:
        known = {term.term.casefold() for module in library.modules for term in module.glossary.values()}
        better = get_close_matches(words.casefold(), sorted(known), n=1)
    hint = f"Try ‘{better[0]}’." if better else "Try another word."
    return f"No module mentions ‘{words}’. {hint}"
