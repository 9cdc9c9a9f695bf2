"""All ways into the application: its addresses filled with things that exist, and every form that anybody is shown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import html as parser
from sqlalchemy import select

from lms.core.db import Base, db
from lms.web.access import access_of
from tests.contracts.matrix import MATRIX, VISITORS
from tests.contracts.test_matrix import _values
from tests.support.browser import settle

PROJECT = Path(__file__).resolve().parents[2]
TYPED = ("text", "search", "email", "tel", "url", "password")
# What changes although a page is only read: who looked at whom, who was refused, when a sign-in was last used, and
# the digest of what was sent, beside the answer to it.
NOTED = frozenset(
    {"audit_entries", "audit_chains", "record_views", "sign_ins", "wrong_tries", "workers", "clock_runs"}
    | {"stored_answers"}
)


@dataclass(frozen=True)
class Form:
    """One form as somebody found it: where it goes, what a browser would send, and what can be typed."""

    who: str
    endpoint: str
    action: str
    method: str
    fields: tuple[tuple[str, str], ...]
    typed: tuple[str, ...]

    def data(self, **changed: Any) -> dict[str, list[str]]:
        """What is sent, with some of it changed."""
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(value)
        return {**sent, **changed}


# The access table's world holds a request for another name that is open although its certificate was replaced for it,
# which no act of anybody makes: deciding it fails.
HALF_MADE = frozenset({"correcting.decide"})


class Doors:
    """The addresses and forms of one world."""

    def __init__(self, app, as_user, them, things) -> None:
        self.app, self.them, self.things = app, them, things
        self._browsers: dict[str, Any] = {}
        self._as_user = as_user

    def browser(self, who: str) -> Any:
        """The browser of one visitor, signed in once; `nobody` has not signed in."""
        if who not in self._browsers:
            settle()
            self._browsers[who] = self._as_user(getattr(self.them, who))
        return self._browsers[who]

    def rules(self, method: str) -> Iterator[Any]:
        """Every rule that answers the method."""
        for rule in self.app.url_map.iter_rules():
            if method in rule.methods and rule.endpoint != "learning.picture":
                yield rule

    def values(self, rule: Any) -> dict[str, Any]:
        """Values of things that exist, for a rule's parts."""
        unknown = {name: 1 if kind == "IntegerConverter" else "wrong" for name, kind in kinds(rule).items()}
        rest = dict.fromkeys(rule.arguments - unknown.keys(), "wrong")  # whole paths, such as those of a directory
        return _values(rule, {**rest, **unknown, **self.things})

    def address(self, rule: Any) -> str:
        """A rule's address with things that exist."""
        with self.app.test_request_context():
            return self.app.url_map.bind("localhost").build(rule.endpoint, self.values(rule))

    def welcome(self, rule: Any, method: str) -> list[str]:
        """Who may open it."""
        if access_of(self.app, rule.endpoint).anyone:
            return ["owner"]
        row = MATRIX[f"{rule.endpoint} {method}"]
        return [name for name, letter in zip(VISITORS, row, strict=True) if letter == "o"] or ["owner"]

    def forms(self, *, method: str = "post") -> list[Form]:
        """Every different form on every page that anybody can open."""
        found: dict[tuple[str, ...], Form] = {}
        for rule in self.rules("GET"):
            for who in self.welcome(rule, "GET"):
                settle()
                at = self.address(rule)
                answer = self.browser(who).client.get(at)
                if answer.status_code != 200 or not answer.content_type.startswith("text/html"):
                    continue
                for form in parser.document_fromstring(answer.text).xpath("//form"):
                    if (form.get("method") or "get").lower() == method:
                        made = self._form(who, form, at)
                        if made.endpoint not in HALF_MADE:
                            key = (made.endpoint, *sorted({name for name, _ in made.fields}))
                            found.setdefault(key, made)
        return list(found.values())

    def _form(self, who: str, form: Any, at: str) -> Form:
        action = urlsplit(form.get("action") or at).path or at
        endpoint, _ = self.app.url_map.bind("localhost").match(action, method=(form.get("method") or "get").upper())
        fields, typed = [], []
        for box in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
            kind = box.tag if box.tag != "input" else (box.get("type") or "text").lower()
            if (value := filled(box, kind, {name for name, _ in fields})) is not None:
                fields.append((box.get("name"), value))
            if kind == "textarea" or kind in TYPED:
                typed.append(box.get("name"))
        buttons = form.xpath(".//button[@name]")
        if buttons:
            fields.append((buttons[0].get("name"), buttons[0].get("value") or ""))
        return Form(who, endpoint, action, (form.get("method") or "get").lower(), tuple(fields), tuple(typed))


def filled(box: Any, kind: str, known: set[str]) -> str | None:
    """What somebody in a hurry puts into a field; None where nothing is sent."""
    given = box.get("value")
    if kind == "select":
        options = [one.get("value", one.text) for one in box.xpath(".//option")]
        chosen = [one.get("value", one.text) for one in box.xpath(".//option[@selected]")]
        return next((one for one in (*chosen, *options) if one), "")
    if kind == "radio":
        return None if box.get("name") in known else given or "on"
    if kind in ("file", "submit", "image", "reset", "button"):
        return None
    soon = date.today() + timedelta(days=30)
    ready = {"checkbox": given or "on", "hidden": given or "", "date": f"{soon}", "time": "09:30", "number": "3",
             "datetime-local": f"{soon}T09:30", "email": "x@agency.example", "month": f"{soon:%Y-%m}"}  # fmt: skip
    if kind in ready:
        return given or ready[kind]
    if "date" in (box.get("name") or "") or "day" in (box.get("name") or ""):
        return given or f"{soon}"
    return given or (box.text if kind == "textarea" else None) or "Some words"


def kinds(rule: Any) -> dict[str, str]:
    """What kind each part of an address is."""
    return {name: type(converter).__name__ for name, converter in rule._converters.items()}


def fingerprint(but: frozenset[str] = NOTED) -> dict[str, str]:
    """What every table holds, in short."""
    settle()
    return {table.name: sha256(repr(rows(table)).encode()).hexdigest() for table in tables() if table.name not in but}


def rows(table: Any) -> list[str]:
    """All rows of a table, in one order whatever the database says."""
    return sorted(repr(tuple(row)) for row in db.session.execute(select(table)))


def tables() -> list[Any]:
    """All tables."""
    return list(Base.metadata.sorted_tables)


def names_read(*, in_forms: bool) -> dict[str, set[str]]:
    """The names that each package reads from forms, or from the query of an address, by its source."""
    asked = re.compile(r"request\.(?:args|form|values|files)(?:\.get|\.getlist)?[\(\[]\s*\"(\w+)\"")
    shaped = re.compile(r"^    (\w+) = [A-Z]\w+\(", re.MULTILINE)
    everywhere = {"q", "page", "next", "name", "number", "id", "day", "year"}
    found: dict[str, set[str]] = {}
    for path in (PROJECT / "lms").rglob("*.py"):
        text = path.read_text()
        names = found.setdefault(path.relative_to(PROJECT / "lms").parts[0], set(everywhere))
        names.update(asked.findall(text), shaped.findall(text) if in_forms else ())
    return found


def package_of(app: Any, rule: Any) -> str:
    """The package whose view answers a rule."""
    return str(app.view_functions[rule.endpoint].__module__.split(".")[1])
