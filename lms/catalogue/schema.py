"""What authors may write in each file of a module: the keys, and what each must hold."""

import re
from datetime import date
from typing import Annotated

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


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, _must_fit(SLUG, "{name} may have small letters and digits, joined by single hyphens.")]
FactId = Annotated[str, _must_fit(FACT, "{name} must be the id of a fact, like M5-F9.")]
ModuleCode = Annotated[str, _must_fit(CODE, "{name} must be a code like M5.")]
WebAddress = Annotated[str, _must_fit(WEB, "{name} must be a web address that begins with https:// or http://.")]
Minutes = Annotated[int, Field(ge=1, le=600)]


class Written(BaseModel):
    """A group of keys in an author's file: no key but these, and nothing converted to fit."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ChangeEntry(Written):
    """One entry of a module's `changes`."""

    version: Annotated[int, Field(ge=2)]
    made: date
    says: Words
    material: bool = False
    pages: list[Slug] = Field(default_factory=list)
    questions: list[Slug] = Field(default_factory=list)


class ModuleHeader(Written):
    """The header of `module.md`."""

    title: Words
    code: ModuleCode
    summary: Words
    audience: Words
    level: AudienceLevel
    minutes: Minutes
    outcomes: Annotated[list[Words], Field(min_length=1)]
    version: Annotated[int, Field(ge=1)]
    owner: Words
    review_by: date
    valid_months: Annotated[int, Field(ge=1, le=120)] = 36
    core: bool = False
    quizzes: list[Slug] = Field(default_factory=list)
    sources: Annotated[list[Slug], Field(min_length=1)]
    changes: list[ChangeEntry] = Field(default_factory=list)


class ReflectionHeader(Written):
    """The `reflection` of a page."""

    key: Slug
    prompt: Words


class PageHeader(Written):
    """The header of a page."""

    title: Words
    minutes: Minutes
    kind: PageKind = "text"
    reflection: ReflectionHeader | None = None


class FactEntry(Written):
    """One entry of `facts.yaml`."""

    id: FactId
    says: Words
    strength: Annotated[Strength, Field(strict=False)]
    kind: Words
    cannot_tell: Words | None = None
    references: Annotated[list[Slug], Field(min_length=1)]
    place: Words
    note: Words | None = None


class TermEntry(Written):
    """One entry of `glossary.yaml`."""

    key: Slug
    term: Words
    means: Words
    since: Words | None = None
    fact: FactId | None = None


class LocalName(Written):
    """What an area calls something that the core calls otherwise."""

    term: Slug
    local: Words


class AnnexEntry(Written):
    """`annex.yaml`: whose annex it is."""

    area: Words
    owner: Words
    version: Annotated[int, Field(ge=1)]
    names: list[LocalName] = Field(default_factory=list)


class PanelHeader(Written):
    """The header of an annex's page."""

    updated: date


class ReferenceEntry(Written):
    """One entry of `references.yaml`."""

    key: Slug
    short: Words
    full: Words
    link: WebAddress | None = None
    note: Words | None = None
    checked: date | None = None
