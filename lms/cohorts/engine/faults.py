"""What is wrong with a file of the engine: all at once, each with line, column and a sentence. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.cohorts.engine.places import Path, Places, find

LONGEST_SHOWN = 40
ODD_START = "The file is not JSON: a value is missing here, or a text has no double quotes around it."

# What Python's parser says, and what the author of a file can do about it.
SYNTAX: tuple[tuple[str, str], ...] = (
    ("Expecting ',' delimiter", "A comma is missing before this, or a bracket above is not closed."),
    ("Expecting ':' delimiter", "A colon is missing between a name and its value."),
    ("Expecting property name", "Here a name in double quotes must stand; look for a comma too many before it."),
    ("Illegal trailing comma", "Take out this comma: nothing follows it."),
    ("Unterminated string", "A text begins here whose closing double quote is missing."),
    ("Invalid control character", "A text runs over the end of its line, or has a tab in it; write \\n or \\t."),
    ("Invalid \\escape", "A backslash in a text is written twice: \\\\."),
    ("Invalid \\uXXXX escape", "After \\u four hexadecimal digits must stand."),
    ("Extra data", "The file goes on after its end; one closing bracket too many may stand before this."),
    ("Unexpected UTF-8 BOM", "An invisible mark (a BOM) stands before the text; save the file as UTF-8 without one."),
    ("Expecting value", ODD_START),
)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend, or with `warning` one to look at. Lines and columns count from 1."""

    line: int
    column: int
    sentence: str
    warning: bool = False

    def __str__(self) -> str:
        """Say it as compilers do, after the name of the file."""
        return f"{self.line}:{self.column}: {'warning: ' if self.warning else ''}{self.sentence}"


class BadFile(Exception):
    """A file cannot be used; `faults` lists everything wrong with it, in order of place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Found:
    """A fault by its path in the data, before its place in the text is looked up."""

    path: Path
    sentence: str
    warning: bool = False


def placed(text: str, found: Sequence[Found], *, doubles: bool) -> list[Fault]:
    """The same faults by line and column; with `doubles`, also every name that stands twice in one object."""
    if not found and not doubles:
        return []
    places = find(text, [one.path for one in found])
    faults = [Fault(*places.line_and_column(one.path), one.sentence, one.warning) for one in found]
    return sorted({*faults, *_doubled(places)})


def _doubled(places: Places) -> list[Fault]:
    return [
        Fault(*places.position(at), f"{spelt(path)} stands twice in the same object; keep one of the two.")
        for path, at in places.doubled
    ]


def load(text: str) -> tuple[Any, bool]:
    """The data of a JSON text without its nulls, and whether a name stands twice somewhere."""
    doubled = False

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal doubled
        built = dict(pairs)
        doubled = doubled or len(built) < len(pairs)
        return {name: value for name, value in built.items() if value is not None}

    return _parsed(text, build), doubled


def _parsed(text: str, build: Callable[[list[tuple[str, Any]]], dict[str, Any]]) -> Any:
    try:
        return json.loads(text, object_pairs_hook=build)
    except json.JSONDecodeError as error:
        advice = next((ours for theirs, ours in SYNTAX if error.msg.startswith(theirs)), f"{error.msg}.")
        raise BadFile([Fault(error.lineno, error.colno, advice)]) from None
    except RecursionError:
        raise BadFile([Fault(1, 1, "This is nested too deep: objects and lists stand in one another.")]) from None
    except ValueError:  # Python refuses to read numbers of thousands of digits
        raise BadFile([Fault(1, 1, "A number in this file has thousands of digits.")]) from None


def spelt(path: Path) -> str:
    """A path as people write it, such as people[3].sessions[0]."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return words.removeprefix(".") or "The file"


def shown(value: Any) -> str:
    """A value as it stands in the file, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _bounds(context: Mapping[str, Any]) -> str:
    return str(context.get("ge", context.get("le", context.get("gt", ""))))


# How each kind of pydantic's faults is said: what is wrong and what to write instead.
WORDS: Mapping[str, Callable[[str, Any, Mapping[str, Any]], str]] = {
    "missing": lambda where, _value, _context: f"{where} is missing or null; it must be given.",
    "string_type": lambda where, value, _context: f"{where} is {shown(value)}; write a text in double quotes.",
    "string_too_short": lambda where, _value, _context: f"{where} is empty; give it a text.",
    "string_unicode": lambda where, _value, _context: f"{where} has half a character (a lone surrogate) in it.",
    "int_type": lambda where, value, _context: f"{where} is {shown(value)}; write a whole number without quotes.",
    "int_from_float": lambda where, value, _context: f"{where} is {shown(value)}; write a whole number.",
    "float_type": lambda where, value, _context: f"{where} is {shown(value)}; write a number without quotes.",
    "finite_number": lambda where, _value, _context: f"{where} is not a number; write one.",
    "greater_than_equal": lambda where, value, context: f"{where} is {value}; write {_bounds(context)} or more.",
    "less_than_equal": lambda where, value, context: f"{where} is {value}; write {_bounds(context)} or less.",
    "list_type": lambda where, value, _context: f"{where} is {shown(value)}; write a list in square brackets.",
    "dict_type": lambda where, value, _context: f"{where} is {shown(value)}; write an object in curly brackets.",
    "too_long": lambda where, value, context: f"{where} has {len(value)} entries; write {context['max_length']}.",
    "value_error": lambda where, value, context: f"{where} is {shown(value)}; {context['error']}",
}
SAME = {
    "tuple_type": "list_type",
    "frozen_set_type": "list_type",
    "model_type": "dict_type",
    "mapping_type": "dict_type",
    "model_attributes_type": "dict_type",
    "int_parsing_size": "int_type",
}


def in_words(path: Path, kind: str, value: Any, context: Mapping[str, Any]) -> str:
    """One of pydantic's faults in a sentence of ours."""
    where = spelt(path)
    say = WORDS.get(SAME.get(kind, kind))
    return say(where, value, context) if say else f"{where} is {shown(value)}; {context.get('expected', 'mend it')}."
