"""Addresses as OpenAPI writes them: a path with its parts named, and what each part may be."""

import re
from typing import Any

from werkzeug.routing import IntegerConverter, PathConverter, Rule, UUIDConverter

Schema = dict[str, Any]
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


def _schema(rule: Rule, name: str) -> Schema:
    converter = rule._converters[name]  # noqa: SLF001 -- werkzeug names it nowhere else
    if isinstance(converter, UUIDConverter):
        return {"type": "string", "format": "uuid"}
    if isinstance(converter, IntegerConverter):
        return {"type": "integer", "minimum": 0}
    if isinstance(converter, PathConverter):
        return {"type": "string", "minLength": 1}
    return {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}
