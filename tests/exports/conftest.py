"""A partnership with people whose names a spreadsheet would run, joint days that were held, readers of all roles."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine
from lxml import etree
from pypdf import PdfReader
from sqlalchemy import select

from lms.core.db import writing
from lms.core.permissions import Role, Scope
from lms.exports.sheet import Column, Definition, Frame, Kind, Made, Sheet
from lms.people.models import Membership, Person
from tests.support.browser import Page
from tests.together.conftest import LAST_QUARTER, NOW, Area

HOSTILE = ("=cmd|' /C calc'!A0", "+SUM(1)", "-2+3", "@name", "\t=1+1 tab")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
START = date(2025, 1, 6)
MADE = Made("Ann O’Brien", NOW.replace(microsecond=123_456))


@pytest.fixture
def at_now():
    """The clock stands in August 2026, when a quarter with a joint day is over."""
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class Readers:
    """Everybody who may ask, and the area they ask about."""

    area: Area
    by_role: dict[str, Person]


@pytest.fixture
def readers(make, at_now, three_modules) -> Readers:
    area = Area(make)
    health, care = area.agencies["Health"], area.agencies["Care"]
    team, other = make.team(health, "North"), make.team(care, "=Kestrel")
    for number, name in enumerate(HOSTILE):
        make.person(name, team=(team, other)[number % 2], starts_on=START, job="=1+1")
    whole = Scope.PARTNERSHIP
    away = make.agency("Away", partnership="Westmark")
    area.came(area.cohort(title="=Tiers of need"), Health=9, Schools=7, Care=6, Police=5)
    area.came(area.cohort(LAST_QUARTER, title="Who leads"), Health=3, Care=2)
    return Readers(
        area,
        {
            "staff": make.person("Stan Staff", team=team, starts_on=START),
            "manager": make.manager(team=team, name="Mona Manager", starts_on=START),
            "other manager": make.manager(team=other, name="Olga Other", starts_on=START),
            "boss": make.manager(agency=care, name="Bill Boss", starts_on=START),
            "trainer": area.trainer,
            "coordinator": area.coordinator,
            "observer": area.board,
            "author": make.person("Arthur Author", agency=care, roles=((Role.AUTHOR, whole),)),
            "administrator": make.person("Ada Admin", agency=care, roles=((Role.ADMINISTRATOR, whole),)),
            "outsider": make.manager(agency=away, name="Otto Outside", starts_on=START),
        },
    )


def move(person: Person, **values: Any) -> None:
    """Change the person's first post."""
    with writing() as session:
        post = session.scalars(
            select(Membership).where(Membership.person_id == person.id).order_by(Membership.starts_on)
        ).first()
        for name, value in values.items():
            setattr(post, name, value)


def sheet(rows: Any = (), **changes: Any) -> Sheet:
    """A small sheet with a column of each kind."""
    held = list(rows)
    columns = (
        Column("name", "Name"),
        Column("people", "People", Kind.NUMBER, "everybody once"),
        Column("share", "Share in %", Kind.PERCENT),
        Column("on", "Completed on", Kind.DATE),
        Column("note", "Note", printed=False),
    )
    counted = (Definition("Share", "in date ÷ people for whom it is required and who are not exempt."),)
    frame = Frame(date(2026, 8, 5), "Kestrel House", "Overdue or expired", counted)
    given = {"name": "tried", "question": "Who is late?", "sentence": "3 of 9 are late.", "columns": columns}
    return Sheet(**{**given, "rows": iter(held), "total": len(held), "frame": frame, **changes})


def csv_rows(content: bytes) -> list[list[str]]:
    """All rows of a CSV, headings first."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_pages(content: bytes) -> dict[str, list[list[str]]]:
    """The sheets of a book by name, each as rows of text; a date is its number. Nothing in it may run or link."""
    book = zipfile.ZipFile(io.BytesIO(content))
    names = etree.fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
    found = {}
    for number, one in enumerate(names, start=1):
        tree = etree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        assert not list(tree.iter(f"{MAIN}f")), "a formula"
        assert not list(tree.iter(f"{MAIN}hyperlink")), "a link"
        found[one.get("name")] = [_cells(row) for row in tree.iter(f"{MAIN}row")]
    return found


def _cells(row: Any) -> list[str]:
    found: list[str] = []
    for cell in row.iter(f"{MAIN}c"):
        letters = re.match("[A-Z]+", cell.get("r"))[0]
        place = 0
        for letter in letters:
            place = place * 26 + ord(letter) - 64
        found += [""] * (place - 1 - len(found))
        found.append("".join(cell.itertext()))
    return found


def pdf_text(content: bytes) -> list[str]:
    """The words of each page of a PDF, on one line."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def runs(text: str) -> bool:
    """Whether a spreadsheet would take this cell for a formula."""
    return text.lstrip(" \u00a0").startswith(("=", "+", "@", "\t", "\r")) or (
        text.startswith("-") and not re.fullmatch(r"-?[\d.]+", text)
    )


def names_on(page: Page) -> str:
    """Everything a page shows, also in its lists of choices."""
    return " ".join(page.tree.text_content().split())
