"""Addresses as OpenAPI writes them: a path with its parts named, and what each part may be."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map, PathConverter, RequestRedirect, Rule, UUIDConverter

Schema = dict[str, Any]
IMPLICIT = {"HEAD", "OPTIONS"}
SAMPLES = {"uuid": "00000000-0000-4000-8000-000000000000", "integer": "1", "string": "some"}
PART = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


def path_of(rule: Rule) -> str:
    """The rule's address with its parts in braces: /learn/{module}/."""
    return PART.sub(r"{\1}", rule.rule)


def parts_of(rule: Rule) -> list[Schema]:
    """The parts of the address as parameters, in the order they stand."""
    return [
        {"name": name, "in": "path", "required": True, "schema": _schema(rule, name)}
        for name in PART.findall(rule.rule)
    ]


def answered_by_others(addresses: Map, rule: Rule, known: set[str]) -> Iterator[tuple[str, Rule]]:
    """The methods that a rule's address answers by another rule, which fits it too, with that rule."""
    parts = {part["name"]: SAMPLES[part["schema"].get("format") or part["schema"]["type"]] for part in parts_of(rule)}
    sample = path_of(rule).format(**parts)
    bound = addresses.bind("localhost")
    for method in sorted(set(bound.allowed_methods(sample)) - known - IMPLICIT):
        with suppress(HTTPException, RequestRedirect):
            yield method, bound.match(sample, method, return_rule=True)[0]


def _schema(rule: Rule, name: str) -> Schema:
    converter = rule._converters[name]  # noqa: SLF001 -- werkzeug names it nowhere else
    if isinstance(converter, UUIDConverter):
        return {"type": "string", "format": "uuid"}
    if isinstance(converter, IntegerConverter):
        return {"type": "integer", "minimum": 0}
    if isinstance(converter, PathConverter):
        return {"type": "string", "minLength": 1}
    return {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}
