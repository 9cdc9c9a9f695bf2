"""What authors may write in each file of a module: the keys, and what each must hold."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from lms.catalogue.content import AudienceLevel, PageKind
from lms.catalogue.evidence import Strength

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE = re.compile(r"M[1-9][0-9]?")
FACT = re.compile(r"M[1-9][0-9]?-F[1-9][0-9]?")
WEB = re.compile(r"https?://[^\s/<>\"]+\.[^\s<>\"]+")


def _must_fit(form: re.Pattern[str], sentence: str) -> AfterValidator:
    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(sentence)
        return text

    return AfterValidator(check)


def _seen_as(form: re.Pattern[str]) -> Any:
    """The same form for an editor that reads the schema."""
    return Field(json_schema_extra={"pattern": f"^(?:{form.pattern})$"})


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[
    str, _must_fit(SLUG, "{name} may have small letters and digits, joined by single hyphens."), _seen_as(SLUG)
]
FactId = Annotated[str, _must_fit(FACT, "{name} must be the id of a fact, like M5-F9."), _seen_as(FACT)]
ModuleCode = Annotated[str, _must_fit(CODE, "{name} must be a code like M5."), _seen_as(CODE)]
WebAddress = Annotated[
    str, _must_fit(WEB, "{name} must be a web address that begins with https:// or http://."), _seen_as(WEB)
]
Minutes = Annotated[int, Field(ge=1, le=600)]


class Written(BaseModel):
    """A group of keys in an author's file: no key but these, and nothing converted to fit."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class ChangeEntry(Written):
    """One entry of a module's `changes`."""

    version: Annotated[int, Field(ge=2)]
    """The version that brought the change, from 2 on."""
    made: date
    """The day of the change, like 2027-03-01."""
    says: Words
    """One sentence for those who finished an older version."""
    material: bool = False
    """Whether they are asked to read the pages again."""
    pages: list[Slug] = Field(default_factory=list)
    """The pages to read again, by the address of each."""
    questions: list[Slug] = Field(default_factory=list)
    """The questions to answer again, by key."""


class ModuleHeader(Written):
    """The header of `module.md`."""

    title: Words
    """What the module is called."""
    code: ModuleCode
    """The prefix of its fact ids, like M5."""
    summary: Words
    """One or two sentences that help a person decide whether to start."""
    audience: Words
    """For whom it is."""
    level: AudienceLevel
    """How far it goes."""
    minutes: Minutes
    """How long it takes, quizzes included; becomes the hours on the certificate."""
    outcomes: Annotated[list[Words], Field(min_length=1)]
    """What a learner can do after it. Quizzes name them by number, counted from 1."""
    version: Annotated[int, Field(ge=1)]
    """Raise it when the content changes in a way learners should notice."""
    owner: Words
    """Who answers for it."""
    review_by: date
    """The module must be looked at again by this day."""
    valid_months: Annotated[int, Field(ge=1, le=120)] = 36
    """How long the certificate lasts, in months."""
    core: bool = False
    """Whether everybody needs it, so that it falls due 90 days after a person starts."""
    quizzes: list[Slug] = Field(default_factory=list)
    """The quizzes to pass, by file name without .yaml."""
    sources: Annotated[list[Slug], Field(min_length=1)]
    """The main works, by their keys in references.yaml."""
    changes: list[ChangeEntry] = Field(default_factory=list)
    """What each version changed, from version 2 on."""


class ReflectionHeader(Written):
    """The `reflection` of a page."""

    key: Slug
    """Never change it: people's notes hang on it."""
    prompt: Words
    """The question for the learner to think about."""


class PageHeader(Written):
    """The header of a page."""

    title: Words
    """The title of the page, its only first-level heading."""
    minutes: Minutes
    """How long the page takes to read."""
    kind: PageKind = "text"
    """text, or then-and-now for what has changed since, or sources for the last page."""
    reflection: ReflectionHeader | None = None
    """A question to think about; one a page at most."""


class FactEntry(Written):
    """One entry of `facts.yaml`."""

    id: FactId
    """The module's code and a number, like M5-F9."""
    says: Words
    """The fact in one sentence of your own."""
    strength: Annotated[Strength, Field(strict=False)]
    """How firm the evidence is; where two are mixed, the weaker."""
    kind: Words
    """What kind of study or source it is."""
    cannot_tell: Words | None = None
    """What the evidence cannot tell."""
    references: Annotated[list[Slug], Field(min_length=1)]
    """The works it comes from, by their keys in references.yaml."""
    place: Words
    """Where the review says it: section and pages."""
    note: Words | None = None
    """A caution about the source itself."""


class TermEntry(Written):
    """One entry of `glossary.yaml`."""

    key: Slug
    """The name by which pages point to the word: term:key."""
    term: Words
    """The word as people write it."""
    means: Words
    """What it means, in a sentence or two."""
    since: Words | None = None
    """What it is called now, or what has changed."""
    fact: FactId | None = None
    """The fact it rests on."""


class LocalName(Written):
    """What an area calls something that the core calls otherwise."""

    term: Slug
    """The key of a word of a glossary."""
    local: Words
    """What the area calls it."""


class AnnexEntry(Written):
    """`annex.yaml`: whose annex it is."""

    area: Words
    """The name of the area, like Fernshire."""
    owner: Words
    """Who answers for the annex."""
    version: Annotated[int, Field(ge=1)]
    """Raise it when the annex changes."""
    names: list[LocalName] = Field(default_factory=list)
    """What the area calls words of the glossaries."""


class PanelHeader(Written):
    """The header of an annex's page."""

    updated: date
    """The day somebody last looked at this page of the annex."""


class PartEntry(Written):
    """One of the `modules` of a programme."""

    module: Slug
    """The module, by its folder."""
    required: bool
    """Whether it is needed for the certificate; others are offered beside."""


class ProgrammeEntry(Written):
    """One entry of `programmes.yaml`."""

    slug: Slug
    """Its address."""
    title: Words
    """What it is called, on its certificate too."""
    summary: Words
    """What it is for, in a sentence or two."""
    audience: Words
    """For whom it is: ends the sentence Programmes for …."""
    version: Annotated[int, Field(ge=1)]
    """Raise it when the list of modules changes."""
    valid_months: Annotated[int, Field(ge=1, le=120)] | None = None
    """How long its certificate lasts at most, in months."""
    modules: Annotated[list[PartEntry], Field(min_length=1)]
    """The modules, in the order in which to do them."""


class ReferenceEntry(Written):
    """One entry of `references.yaml`."""

    key: Slug
    """The name by which pages point to the work: ref:key."""
    short: Words
    """How a page names it, like Hallam and others, 2005."""
    full: Words
    """The full reference."""
    link: WebAddress | None = None
    """Where it can be read."""
    note: Words | None = None
    """For example that it is cited as reported in the review."""
    checked: date | None = None
    """The day somebody looked at it, for works found on the web."""
