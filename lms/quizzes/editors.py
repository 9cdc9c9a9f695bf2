"""JSON Schemas of every file that authors write, made from the models that read them, so that editors can help."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from lms.catalogue.schema import (
    AnnexEntry,
    FactEntry,
    ModuleHeader,
    PageHeader,
    PanelHeader,
    ProgrammeEntry,
    ReferenceEntry,
    TermEntry,
)
from lms.quizzes.schema import CheckFile, ScenarioFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# Each kind of file by the name of its schema: what it is called, and the model that reads it. A new kind is one line.
FILES: Mapping[str, tuple[str, Any]] = {
    "module": ("The header of a module: module.md", ModuleHeader),
    "page": ("The header of a page: 01-first-page.md", PageHeader),
    "facts": ("The facts of a module: facts.yaml", list[FactEntry]),
    "glossary": ("The words of a module: glossary.yaml", list[TermEntry]),
    "references": ("The works that modules cite: references.yaml", list[ReferenceEntry]),
    "programmes": ("The programmes: programmes.yaml", list[ProgrammeEntry]),
    "check": ("A knowledge check: quizzes/…-check.yaml", CheckFile),
    "scenario": ("A branching scenario: quizzes/…-scenario.yaml", ScenarioFile),
    "annex": ("The local annex: annex.yaml", AnnexEntry),
    "panel": ("The header of a page of the annex", PanelHeader),
}


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one kind of file. Raises KeyError."""
    title, model = FILES[name]
    return {"$schema": DIALECT, **TypeAdapter(model).json_schema(), "title": title}
