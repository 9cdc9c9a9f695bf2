"""Finding modules, pages and words of the glossary by what they say."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from lms.catalogue.content import GlossaryTerm, Library, Module, Page

MOST_WORDS = 10
LONGEST = 240
SENTENCE_END = re.compile(r"(?<=[.?!…])\s+")
ONE_QUOTE = str.maketrans("‘’“”", "''\"\"")


class Rank(IntEnum):
    """How well a hit answers; lower comes first. Hits of one rank stand in the order of the library."""

    MODULE_TITLE = 0  # all words are in a module's title
    GLOSSARY_TERM = 1  # all words are in a term of a glossary
    PAGE_TITLE = 2  # all words are in a page's title
    MODULE = 3  # in a module's title, summary, outcomes and introduction together
    PAGE = 4  # in a page's title and text together
    GLOSSARY = 5  # in a term and its meaning together


@dataclass(frozen=True)
class Hit:
    """Something found. `marks` says where in `sentence` the words stand; `anchor` is the id on the page, if any.

    `page` is None for a module's front page.
    """

    module: Module
    page: Page | None
    title: str
    sentence: str
    marks: Sequence[tuple[int, int]]
    rank: Rank
    anchor: str = ""

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The sentence in pieces, each with whether it is one of the words looked for."""
        pieces, done = [], 0
        for start, end in self.marks:
            pieces += [(self.sentence[done:start], False), (self.sentence[start:end], True)]
            done = end
        return [piece for piece in [*pieces, (self.sentence[done:], False)] if piece[0]]


def search(library: Library, words: str) -> list[Hit]:
    """All that contains every one of the words, at the beginning of a word, whatever the case; best first."""
    patterns = _patterns(words)
    if not patterns:
        return []
    return sorted(_hits(library, patterns), key=lambda hit: hit.rank)  # the sort keeps the order of the library


def _patterns(words: str) -> list[re.Pattern[str]]:
    wanted = [word.strip(".,;:?!\"'()") for word in words.translate(ONE_QUOTE).split()]
    wanted = [word for word in dict.fromkeys(wanted) if word][:MOST_WORDS]
    return [re.compile(rf"(?<!\w){re.escape(word)}", re.IGNORECASE) for word in wanted]


def _hits(library: Library, patterns: Sequence[re.Pattern[str]]) -> Iterator[Hit]:
    for module in library.modules:
        about = [module.summary, *(f"{outcome}." for outcome in module.outcomes), module.intro_text]
        rank = _rank(module.title, " ".join(about), patterns, Rank.MODULE_TITLE, Rank.MODULE)
        if rank is not None:
            yield Hit(module, None, module.title, *_sentence(about, patterns), rank)
        for page in module.pages:
            rank = _rank(page.title, page.text, patterns, Rank.PAGE_TITLE, Rank.PAGE)
            if rank is not None:
                yield Hit(module, page, page.title, *_sentence([page.text], patterns), rank)
        for term in module.glossary.values():
            rank = _rank(term.term, term.means, patterns, Rank.GLOSSARY_TERM, Rank.GLOSSARY)
            if rank is not None:
                page_with_it = _page_of(module, term)
                yield Hit(module, page_with_it, term.term, *_sentence([term.means], patterns), rank, f"w-{term.key}")


def _rank(title: str, text: str, patterns: Sequence[re.Pattern[str]], in_title: Rank, in_text: Rank) -> Rank | None:
    title, whole = title.translate(ONE_QUOTE), f"{title} {text}".translate(ONE_QUOTE)
    if all(pattern.search(title) for pattern in patterns):
        return in_title
    return in_text if all(pattern.search(whole) for pattern in patterns) else None


def _page_of(module: Module, term: GlossaryTerm) -> Page | None:
    """The first page that explains the term, else the page of sources, which lists the whole glossary."""
    return next((page for page in module.pages if term in page.terms), module.sources_page)


def _sentence(texts: Sequence[str], patterns: Sequence[re.Pattern[str]]) -> tuple[str, list[tuple[int, int]]]:
    """The first sentence with the most of the words, cut if it is long, and where the words stand in it."""
    sentences = [sentence for text in texts for sentence in SENTENCE_END.split(text) if sentence]
    if not sentences:
        return "", []
    best = max(sentences, key=lambda sentence: sum(bool(pattern.search(_plain(sentence))) for pattern in patterns))
    marks = _marks(best, patterns)
    if len(best) > LONGEST:
        start = max(0, (marks[0][0] if marks else 0) - LONGEST // 3)
        start = best.rfind(" ", 0, start) + 1
        end = len(best) if len(best) - start <= LONGEST else best.rfind(" ", start, start + LONGEST)
        best = ("… " if start else "") + best[start:end] + ("" if end == len(best) else " …")
        marks = _marks(best, patterns)
    return best, marks


def _plain(text: str) -> str:
    """The same text, position for position, with one kind of quote."""
    return text.translate(ONE_QUOTE)


def _marks(sentence: str, patterns: Sequence[re.Pattern[str]]) -> list[tuple[int, int]]:
    """Where the words stand, in order; of two that overlap only the first."""
    found = sorted(match.span() for pattern in patterns for match in pattern.finditer(_plain(sentence)))
    apart: list[tuple[int, int]] = []
    for start, end in found:
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart
