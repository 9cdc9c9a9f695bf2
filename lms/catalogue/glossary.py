"""Every word that any module explains, and the shared ones, in one list from A to Z."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from lms.catalogue.content import Fact, GlossaryTerm, Library, Module, Page
from lms.catalogue.wanted import Wanted, plain_words

MOST_ON_A_PAGE = 60
NUMBERS = "0–9"


@dataclass(frozen=True)
class Place:
    """Where a module explains a word: the first page that does, else the page of sources, which lists all."""

    module: Module
    page: Page | None
    key: str


@dataclass
class Meaning:
    """One meaning of a word, with the modules that give it; none for the shared glossary."""

    means: str
    since: str | None
    places: list[Place] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


@dataclass(frozen=True)
class Word:
    """A word with all its meanings that differ."""

    term: str
    meanings: Sequence[Meaning]

    @property
    def key(self) -> str:
        """Its own among all words, whatever keys modules gave it."""
        return "-".join(plain_words(self.term).split())

    @property
    def letter(self) -> str:
        """The letter under which it stands."""
        first = plain_words(self.term).strip()[:1].upper()
        return first if first.isalpha() else NUMBERS

    @property
    def text(self) -> str:
        """All that is written about it."""
        return " ".join([self.term, *(f"{one.means} {one.since or ''}" for one in self.meanings)])


def words(library: Library) -> list[Word]:
    """All words from A to Z. A shared one stands aside for modules that explain the same word."""
    terms = [(module, term) for module in library.modules for term in module.glossary.values()]
    explained = {plain_words(term.term) for _, term in terms}
    every: list[tuple[Module | None, GlossaryTerm]] = [*terms]
    every += [(None, term) for term in library.words.values() if plain_words(term.term) not in explained]
    every.sort(key=lambda one: plain_words(one[1].term))
    facts = {fact.id: fact for module in library.modules for fact in module.facts.values()}
    return [_word(list(same), facts) for _, same in groupby(every, key=lambda one: plain_words(one[1].term))]


def page_with(module: Module, term: GlossaryTerm) -> Page | None:
    """The first page that explains the word, else the page of sources."""
    return next((page for page in module.pages if term in page.terms), module.sources_page)


def fitting(words: Sequence[Word], wanted: Wanted) -> Sequence[Word]:
    """The words in which what somebody looks for is named, in the term or its meaning; all when nothing is looked for.

    Those with it in the term come first.
    """
    if not wanted:
        return words
    found = [word for word in words if wanted.is_in(plain_words(word.text))]
    return sorted(found, key=lambda word: not wanted.is_in(plain_words(word.term)))


def sheets(words: Sequence[Word], most: int = MOST_ON_A_PAGE) -> list[list[Word]]:
    """The list cut between letters into pages that a phone loads quickly."""
    made: list[list[Word]] = [[]]
    for letter in _by_letter(words):
        if made[-1] and len(made[-1]) + len(letter) > most:
            made.append([])
        made[-1] += letter
    return made


def letters(library: Library) -> list[tuple[str, int]]:
    """Every letter that begins a word, with the number of the sheet it stands on."""
    numbered = enumerate(sheets(words(library)), start=1)
    return list(dict.fromkeys((word.letter, number) for number, sheet in numbered for word in sheet))


def modules_of_facts(library: Library) -> dict[str, str]:
    """The address of the module that teaches each fact."""
    return {fact: module.slug for module in library.modules for fact in module.facts}


def _by_letter(words: Sequence[Word]) -> Iterator[list[Word]]:
    for _, same in groupby(words, key=lambda word: word.letter):
        yield list(same)


def _word(same: Sequence[tuple[Module | None, GlossaryTerm]], facts: Mapping[str, Fact]) -> Word:
    meanings: dict[tuple[str, str], Meaning] = {}
    for module, term in same:
        like = plain_words(term.means), plain_words(term.since or "")
        meaning = meanings.setdefault(like, Meaning(term.means, term.since))
        if module:
            meaning.places.append(Place(module, page_with(module, term), term.key))
        if term.fact:
            meaning.facts.append(facts[term.fact])
    return Word(same[0][1].term, list(meanings.values()))
