"""JSON Schemas for editors: every key has its description, and the schemas, the models and the docs say the same."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lms.catalogue.rules import RULES
from lms.catalogue.schema import FactEntry, ModuleHeader, PageHeader, ReferenceEntry, TermEntry
from lms.catalogue.strict_yaml import front_matter, read, validate
from lms.quizzes import editors
from lms.quizzes.cli import content

DOCS = Path(__file__).resolve().parents[2] / "docs"
MODULES, QUIZZES = ((DOCS / f"writing-{name}.md").read_text() for name in ("modules", "scenarios"))
PLACES = {"check": QUIZZES, "scenario": QUIZZES}


def keys(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every key of a schema with what is said of it."""
    groups = [schema, *schema.get("$defs", {}).values()]
    return [item for group in groups for item in group.get("properties", {}).items()]


@pytest.mark.parametrize("name", editors.FILES)
def test_every_key_is_described_in_the_schema_and_named_in_the_docs(name):
    schema = editors.schema(name)
    assert schema["title"] == editors.FILES[name][0]
    assert keys(schema)
    for key, said in keys(schema):
        assert said.get("description", "").endswith((".", "?")), key
        assert re.search(rf"\b{key}\b", PLACES.get(name, MODULES)), f"the docs never name `{key}` of {name}"


@pytest.mark.parametrize("name", editors.FILES)
def test_a_schema_refuses_unknown_keys_and_names_what_is_needed(name):
    schema = editors.schema(name)
    groups = [group for group in (schema, *schema.get("$defs", {}).values()) if "properties" in group]
    assert all(group["additionalProperties"] is False for group in groups)
    assert all(set(group.get("required", ())) <= set(group["properties"]) for group in groups)


def test_the_short_way_to_write_a_target_is_in_the_schema():
    to = editors.schema("scenario")["$defs"]["ChoiceEntry"]["properties"]["to"]
    assert {way["type"] for way in to["anyOf"]} == {"string", "array"}


def test_forms_reach_the_editor_as_patterns():
    fact = editors.schema("facts")["$defs"]["FactEntry"]["properties"]["id"]["pattern"]
    assert re.search(fact, "M5-F9")
    assert not re.search(fact, "M5-F9 and more")


def example(heading: str) -> str:
    """The first indented block below a heading of writing-modules.md, as an author would copy it."""
    section = MODULES.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = section.strip("\n").split("\n")
    last = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith("    ")), len(lines))
    return "\n".join(line[4:] for line in lines[:last]).rstrip()


@pytest.mark.parametrize(("heading", "model"), [("module.md", ModuleHeader), ("A page", PageHeader)])
def test_the_headers_in_the_docs_are_read_without_fault(heading, model):
    assert validate(front_matter(example(heading), "docs").header, model)[1] == []


@pytest.mark.parametrize(
    ("heading", "model"),
    [("facts.yaml", FactEntry), ("glossary.yaml", TermEntry), ("references.yaml", ReferenceEntry)],
)
def test_the_lists_in_the_docs_are_read_without_fault(heading, model):
    text = example(heading).replace("https://...", "https://example.org/x")
    assert validate(read(text, "docs"), list[model])[1] == []


def test_the_command_prints_one_or_all_and_writes_files(tmp_path):
    def run(*arguments: str) -> str:
        return CliRunner().invoke(content, ["schema", *arguments], catch_exceptions=False).output

    assert json.loads(run("facts")) == editors.schema("facts")
    assert json.loads(run()) == {name: editors.schema(name) for name in editors.FILES}
    run("--out", str(tmp_path / "schemas"))
    assert sorted(path.name for path in (tmp_path / "schemas").iterdir()) == sorted(
        f"{name}.schema.json" for name in editors.FILES
    )
    assert json.loads((tmp_path / "schemas" / "page.schema.json").read_text()) == editors.schema("page")


def test_the_docs_list_every_rule():
    listed = re.findall(r"^- `([a-z-]+)`: (.+)$", MODULES, re.MULTILINE)
    assert dict(listed) == dict(RULES)
