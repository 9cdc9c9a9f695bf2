"""Finding modules, pages, words and works by what they say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from hashlib import sha256

from lms.catalogue import glossary, works
from lms.catalogue.content import Library, Module, Page, Reference
from lms.catalogue.wanted import Wanted, pieces, plain_words, wanted


class Rank(IntEnum):
    """How well a hit answers; lower comes first: a title before a text, and a module before what is in it."""

    MODULE_TITLE = 0  # all words are in a module's title
    GLOSSARY_TERM = 1  # all words are in a term of a glossary
    PAGE_TITLE = 2  # all words are in a page's title
    WORK_TITLE = 3  # all words are in what a page calls a work
    MODULE = 4  # in a module's title, summary, outcomes and introduction together
    PAGE = 5  # in a page's title and text together
    GLOSSARY = 6  # in a term and its meaning together
    WORK = 7  # in all that is written about a work


@dataclass(frozen=True)
class Entry:
    """Something that can be found: a module's front, a page of it, a word of the glossary, or a work.

    `key` is its own among all, `modules` are those it belongs to.
    """

    key: str
    title: str
    texts: Sequence[str]
    in_title: Rank
    in_text: Rank
    modules: Sequence[Module] = ()
    page: Page | None = None
    word: glossary.Word | None = None
    work: Reference | None = None

    @property
    def is_module(self) -> bool:
        """Whether it is a module as a whole."""
        return not (self.page or self.word or self.work)

    @cached_property
    def title_words(self) -> str:
        """The words of its title, as `plain_words` gives them."""
        return plain_words(self.title)

    @cached_property
    def text_words(self) -> str:
        """The words of its texts, likewise."""
        return plain_words(" ".join(self.texts))

    def rank(self, looked_for: Wanted) -> Rank | None:
        """How well it answers; None when it does not."""
        if looked_for.is_in(self.title_words):
            return self.in_title
        return self.in_text if looked_for.is_in(self.title_words, self.text_words) else None


@dataclass(frozen=True)
class Hit:
    """An entry that was found. `score` tells apart those of one rank, lower first, where an index knows better."""

    entry: Entry
    looked_for: Wanted
    rank: Rank
    score: float = 0.0

    @property
    def title(self) -> list[tuple[str, bool]]:
        """The title in pieces, each with whether it is one of the words looked for."""
        return self.looked_for.pieces(self.entry.title)

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The sentence that answers best, likewise; of a work all, since a full stop ends no sentence there."""
        if self.entry.work:
            return self.looked_for.pieces(self.entry.work.full)
        return pieces(*self.looked_for.sentence(self.entry.texts))


def entries(library: Library) -> dict[str, Entry]:
    """All that can be found, by key, in the order of the library."""
    return {entry.key: entry for entry in _entries(library)}


def fingerprint(library: Library) -> str:
    """Changes whenever anything that can be found does."""
    digest = sha256()
    for entry in entries(library).values():
        digest.update(f"{entry.key}\n{entry.title_words}\n{entry.text_words}\n".encode())
    return digest.hexdigest()


def search(library: Library, typed: str) -> list[Hit]:
    """All that contains what was typed, best first, by looking through everything."""
    return best_first(entries(library).values(), wanted(typed))


def best_first(candidates: Iterable[Entry], looked_for: Wanted, scores: Mapping[str, float] | None = None) -> list[Hit]:
    """The candidates that answer, best first: within a rank first a title of just these words, then by score."""
    ranked = [(entry, entry.rank(looked_for)) for entry in candidates]
    hits = [
        Hit(entry, looked_for, rank, (scores or {}).get(entry.key, 0.0)) for entry, rank in ranked if rank is not None
    ]
    return sorted(hits, key=lambda hit: (hit.rank, not looked_for.is_all_of(hit.entry.title_words), hit.score))


def _entries(library: Library) -> Iterator[Entry]:
    for module in library.modules:
        about = [module.summary, *(f"{outcome}." for outcome in module.outcomes), module.intro_text]
        key, within = f"module {module.slug}", [module]
        yield Entry(key, module.title, about, Rank.MODULE_TITLE, Rank.MODULE, within)
        for page in module.pages:
            key = f"page {module.slug} {page.slug}"
            yield Entry(key, page.title, [page.text], Rank.PAGE_TITLE, Rank.PAGE, within, page)
    for word in glossary.words(library):
        means = [text for one in word.meanings for text in (one.means, one.since) if text]
        within = [place.module for one in word.meanings for place in one.places]
        yield Entry(f"word {word.key}", word.term, means, Rank.GLOSSARY_TERM, Rank.GLOSSARY, within, word=word)
    for cited in works.cited(library):
        work, texts = cited.work, [cited.work.full, cited.work.note or ""]
        yield Entry(f"work {work.key}", work.short, texts, Rank.WORK_TITLE, Rank.WORK, cited.modules, work=work)
