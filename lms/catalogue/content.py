"""What a module is made of, as frozen objects: pages, facts, words, references."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from lms.catalogue.evidence import Grade, Strength, grade

AudienceLevel = Literal["awareness", "practitioner", "coordinator", "leader"]
PageKind = Literal["text", "then-and-now", "sources"]


@dataclass(frozen=True)
class Reference:
    """A work that modules cite; `short` is how a page names it, `full` how a list of references does."""

    key: str
    short: str
    full: str
    link: str | None = None
    note: str | None = None
    checked: date | None = None


@dataclass(frozen=True)
class Fact:
    """Something a module teaches, with the ground it stands on. `references` are keys, `place` is in the review."""

    id: str
    says: str
    strength: Strength
    kind: str
    references: Sequence[str]
    place: str
    cannot_tell: str | None = None
    note: str | None = None

    @property
    def grade(self) -> Grade:
        """The label, meaning and icon of its strength."""
        return grade(self.strength)


@dataclass(frozen=True)
class GlossaryTerm:
    """A word that a module explains."""

    key: str
    term: str
    means: str
    since: str | None = None
    fact: str | None = None


@dataclass(frozen=True)
class Reflection:
    """A question for the learner's own private note; notes hang on `key`."""

    key: str
    prompt: str


@dataclass(frozen=True)
class Change:
    """What a version of a module changed. A material change is asked of those who finished an older version: its
    `pages` to read and its `questions` to answer; any other asks nobody for anything.
    """

    version: int
    made: date
    says: str
    material: bool = False
    pages: Sequence[str] = ()
    questions: Sequence[str] = ()


@dataclass(frozen=True)
class Page:
    """One page of a module, rendered: `html` is safe to show, `text` is the same without marks, for search."""

    slug: str
    number: int
    title: str
    minutes: int
    kind: PageKind
    html: Markup
    text: str
    reflection: Reflection | None = None
    terms: Sequence[GlossaryTerm] = ()
    facts: Sequence[str] = ()
    headings: Sequence[str] = ()


@dataclass(frozen=True)
class Module:
    """One module as its folder says it. `hash` changes whenever any of its files does."""

    slug: str
    title: str
    code: str
    summary: str
    audience: str
    level: AudienceLevel
    minutes: int
    outcomes: Sequence[str]
    version: int
    owner: str
    review_by: date
    valid_months: int
    core: bool
    quizzes: Sequence[str]
    sources: Sequence[str]
    intro_html: Markup
    intro_text: str
    pages: Sequence[Page]
    facts: Mapping[str, Fact]
    glossary: Mapping[str, GlossaryTerm]
    references: Sequence[Reference]
    hash: str
    folder: Path
    changes: Sequence[Change] = ()

    def page(self, slug: str) -> Page | None:
        """The page at this address, or None."""
        return next((page for page in self.pages if page.slug == slug), None)

    @property
    def sources_page(self) -> Page | None:
        """The page that lists the references and the glossary."""
        return next((page for page in self.pages if page.kind == "sources"), None)


@dataclass(frozen=True)
class Part:
    """A module of a programme, by its address."""

    module: str
    required: bool


@dataclass(frozen=True)
class Programme:
    """Modules put in an order for an audience. Whoever holds all required ones in date gets its certificate, which
    lasts as long as the first of theirs to end, or `valid_months` if that is shorter.
    """

    slug: str
    title: str
    summary: str
    audience: str
    version: int
    parts: Sequence[Part]
    valid_months: int | None = None

    @property
    def required(self) -> Sequence[str]:
        """The modules it asks for, in its order."""
        return [part.module for part in self.parts if part.required]

    @property
    def optional(self) -> Sequence[str]:
        """The modules it offers beside those, in its order."""
        return [part.module for part in self.parts if not part.required]


@dataclass(frozen=True)
class Library:
    """All modules, in order of their codes, all works they may cite by key, the words that no module explains, and all
    programmes, as their files have them.
    """

    modules: Sequence[Module]
    references: Mapping[str, Reference]
    words: Mapping[str, GlossaryTerm] = field(default_factory=dict)
    programmes: Sequence[Programme] = ()

    def module(self, slug: str) -> Module | None:
        """The module at this address, or None."""
        return next((module for module in self.modules if module.slug == slug), None)

    def programme(self, slug: str) -> Programme | None:
        """The programme at this address, or None."""
        return next((one for one in self.programmes if one.slug == slug), None)

    def programmes_with(self, module: str) -> Sequence[Programme]:
        """The programmes that a module is part of."""
        return [one for one in self.programmes if any(part.module == module for part in one.parts)]
