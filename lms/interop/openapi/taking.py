"""What a view takes: the forms and the names in its code, and how each field looks as JSON Schema.

A view says nowhere which form it reads, so its code is followed: the names it uses, and those that functions of our own
use which it calls. What a form learns only from its data (one tick for each person of a page) is not known here.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from wtforms import BooleanField, DateField, FileField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from lms.web.forms import PageForm

View = Callable[..., Any]
Schema = dict[str, Any]

OURS = "lms."
FARTHEST = 3  # calls from the view
NAMED = re.compile(r"request\.(args|form|files|values)(?:\.get|\.getlist)?[\(\[]\s*\"([\w-]+)\"")
WHOLE = re.compile(r"\(request\.args(?:\)|\.items)")  # the fields of a form, taken from the address
WORDS: Schema = {"type": "string"}
SAYING = "[^\\s\\x00]"  # something that is read, and not only blanks
BESIDE = {"next", "csrf_token"}  # what any form may carry
KINDS: tuple[tuple[type, Schema], ...] = (
    (BooleanField, {"type": "string", "enum": ["y"]}),
    (IntegerField, {"type": "integer"}),
    (DateField, {"type": "string", "format": "date"}),
    (FileField, {"type": "string", "format": "binary"}),
    (SelectMultipleField, {"type": "array", "items": WORDS}),
)


@dataclass
class Taken:
    """The names that a view reads, with their schemas: from the address, from a form, and which of these it needs."""

    asked: dict[str, Schema] = field(default_factory=dict)
    sent: dict[str, Schema] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)
    of_forms: set[str] = field(default_factory=set)
    whole: bool = False

    def as_words(self) -> "Taken":
        """The same names, of which none is needed and none is limited."""
        return Taken(asked=self.asked, sent=dict.fromkeys(self.sent, WORDS), files=self.files)


def taken(view: View) -> Taken:
    """What the view behind an address reads."""
    found = Taken()
    forms = set()
    for reached in _reached(inspect.unwrap(view)):
        if isinstance(reached, type):
            forms.add(reached)
            _add_form(found, reached)
        else:
            _add_named(found, reached)
    if len(forms) != 1 or found.sent.keys() - found.of_forms - BESIDE:
        found.needed.clear()  # which form is meant, or which button was pressed, says what is needed
    # A form is read from an address only by who takes the address whole; and what no page understands there it leaves
    # aside, so nothing in an address is too long or of a wrong kind.
    found.asked = {name: WORDS for name in found.asked if found.whole or name not in found.of_forms}
    return found


def _reached(view: View) -> Iterator[type | FunctionType]:
    """The view, and every function and form of ours that its code names, a few calls far."""
    seen: set[Any] = set()
    ring: list[Any] = [view]
    for _ in range(FARTHEST + 1):
        yield from ring
        seen.update(ring)
        named = [thing for one in ring if isinstance(one, FunctionType) for thing in _named(one)]
        ring = list(dict.fromkeys(thing for thing in named if _is_ours(thing) and thing not in seen))


def _named(function: FunctionType) -> Iterator[Any]:
    """What a function's code names: of its own module, or as an attribute of one."""
    for code in _codes(function.__code__):
        things = [function.__globals__.get(name) for name in code.co_names]
        yield from things
        for module in things:
            if isinstance(module, ModuleType) and module.__name__.startswith(OURS):
                yield from (getattr(module, name, None) for name in code.co_names)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _is_ours(thing: Any) -> bool:
    """Asked by `type`, since what stands for the present request would pretend to be what it stands for."""
    if issubclass(type(thing), type):
        return issubclass(thing, PageForm) and thing is not PageForm
    return type(thing) is FunctionType and thing.__module__.startswith(OURS)


def _add_form(found: Taken, form: type) -> None:
    for name in dir(form):
        unbound = getattr(form, name, None)
        if not hasattr(unbound, "_formfield"):
            continue
        called = unbound.kwargs.get("name") or name  # type: ignore[union-attr] # an UnboundField of WTForms
        checks = _checks(unbound)
        schema = _schema(unbound, checks)
        if called not in found.asked:
            found.of_forms.add(called)
            found.asked[called] = schema
        found.sent.setdefault(called, schema)
        if schema.get("format") == "binary":
            found.files.add(called)
        if _is_needed(unbound, checks, schema):
            found.needed.add(called)


def _checks(unbound: Any) -> list[Any]:
    second = unbound.args[1] if len(unbound.args) > 1 else unbound.kwargs.get("validators")
    return list(second) if isinstance(second, list | tuple) else []


def _is_needed(unbound: Any, checks: list[Any], schema: Schema) -> bool:
    """Whether a form without the field is refused: it says so, or one of its options has to be taken."""
    if "enum" in schema and issubclass(unbound.field_class, SelectField):
        return "default" not in unbound.kwargs and not any(isinstance(check, Optional) for check in checks)
    told = (InputRequired,) if "default" in unbound.kwargs else (InputRequired, DataRequired)
    return any(isinstance(check, told) for check in checks)


def _schema(unbound: Any, checks: list[Any]) -> Schema:
    kind, options = unbound.field_class, unbound.kwargs.get("choices")
    schema = dict(next((schema for parent, schema in KINDS if issubclass(kind, parent)), WORDS))
    if options and issubclass(kind, SelectField) and not issubclass(kind, SelectMultipleField):
        schema["enum"] = [getattr(one, "value", one) for one in options]
    for check in checks:
        if isinstance(check, DataRequired | InputRequired) and schema.keys() <= {"type", "maxLength"}:
            schema.update({"minLength": 1} if isinstance(check, InputRequired) else {"pattern": SAYING})
        if isinstance(check, Length) and check.max > 0:
            schema["maxLength"] = check.max
        if isinstance(check, NumberRange) and schema.get("type") == "integer":
            limits = {"minimum": check.min, "maximum": check.max}
            schema.update({name: limit for name, limit in limits.items() if limit is not None})
    if schema.get("enum") or schema.get("type") == "array":
        schema.pop("maxLength", None)
    return schema


def _add_named(found: Taken, function: FunctionType) -> None:
    read, whole = _read(function)
    found.whole = found.whole or whole
    for kind, name in read:
        if kind in ("args", "values"):
            found.asked.setdefault(name, WORDS)
            found.of_forms.discard(name)
        if kind in ("form", "values"):
            found.sent.setdefault(name, WORDS)
        if kind == "files":
            found.sent[name] = {"type": "string", "format": "binary"}
            found.files.add(name)


@cache
def _read(function: FunctionType) -> tuple[list[tuple[str, str]], bool]:
    try:
        source = inspect.getsource(function)
    except OSError:
        return [], False
    return NAMED.findall(source), WHOLE.search(source) is not None
