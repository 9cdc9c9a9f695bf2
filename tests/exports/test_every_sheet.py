"""Every sheet on offer, in every format, as every role: the rows of its page, nobody more, and nothing that runs."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AuditEntry, RecordView
from lms.core.db import db
from lms.exports.sheet import Format
from lms.people import queries as people
from lms.people.models import Person
from lms.web.downloads import neutral
from tests.exports.conftest import csv_rows, names_on, pdf_text, runs, xlsx_pages

pytestmark = pytest.mark.slow

ISO = re.compile(r"\d{4}-\d\d-\d\d")
ROLES = (
    *("staff", "manager", "other manager", "boss", "trainer", "coordinator", "observer", "author"),
    *("administrator", "outsider"),
)


def shown_by(visitor, offered) -> str | None:
    """All that the pages of a report show this reader; None when it does not open for them."""
    address = visitor.address(offered.page)
    status = visitor.client.get(address).status_code
    if status != 200:
        return None
    found, page = "", visitor.get(address)
    while True:
        found += names_on(page)
        further = page.all("//nav[@class='pager']/a[text()='Next']/@href")
        if not further:
            return found
        page = visitor.get(further[0])


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_files_hold_what_the_page_shows_and_nobody_more(app: Flask, readers, as_user, role):
    person = readers.by_role[role]
    everybody = set(db.session.scalars(select(Person.name)))
    visitor = as_user(person)
    for offered in app.extensions["sheets"].values():
        addresses = {kind: visitor.address("exports.file", name=offered.name, kind=kind) for kind in Format}
        answers = {kind: visitor.client.get(address) for kind, address in addresses.items()}
        statuses = {answer.status_code for answer in answers.values()}
        shown = shown_by(visitor, offered)
        assert len(statuses) == 1, (offered.name, statuses)
        if statuses != {200}:
            assert statuses <= {403, 404}
            assert statuses != {403} or shown is None  # a page that opens may have nothing to take along, and then 404
            continue
        assert shown is not None, offered.name
        rows = csv_rows(answers[Format.CSV].data)
        _check_cells(offered, rows, answers)
        held = {name for name in everybody if any(cell in (name, neutral(name)) for row in rows for cell in row[:-5])}
        assert {name for name in held if " ".join(name.split()) not in shown} == set(), offered.name


def in_a_book(cell: str) -> str:
    """A cell of a CSV as Excel holds it: a date is the number of its day."""
    return str((date.fromisoformat(cell) - date(1899, 12, 30)).days) if ISO.fullmatch(cell) else cell


def on_paper(cell: str) -> str:
    """A cell of a CSV as paper shows it."""
    day = date.fromisoformat(cell) if ISO.fullmatch(cell) else None
    return f"{day.day} {day:%b} {day.year}" if day else cell.lstrip("'")


def _check_cells(offered, rows, answers) -> None:
    book = xlsx_pages(answers[Format.XLSX].data)
    printed = " ".join(pdf_text(answers[Format.PDF].data))
    table = next(iter(book.values()))
    assert len(table) == len(rows), offered.name
    assert [row[0] if row else "" for row in table] == [in_a_book(row[0]) for row in rows], offered.name
    for cells in (rows[1:], *(page[1:] for page in book.values())):
        assert not [cell for row in cells for cell in row if runs(cell)]
    for row in rows[1:]:
        assert "".join(on_paper(row[0]).split()) in "".join(printed.split()), (offered.name, row[0])
    assert "How this is counted" in printed
    assert rows[0][-1] == "How this is counted"
    assert len(rows) == 1 or rows[1][-1]


@pytest.mark.parametrize("kind", Format)
def test_what_is_taken_along_is_noted_with_its_format_and_for_each_person_in_it(readers, as_user, kind):
    manager = readers.by_role["manager"]
    as_user(manager).get("exports.file", name="completion", kind=kind, query={"q": "Stan"})
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "report.exported")).one()
    assert entry.actor_id == manager.id
    assert entry.detail == {"report": "completion", "format": kind.value, "rows": 2, "people": 1}
    noted = db.session.scalars(select(RecordView).where(RecordView.what == "status and dates, as a file")).one()
    assert (noted.viewer_id, noted.person_id) == (manager.id, readers.by_role["staff"].id)


def test_an_address_of_no_sheet_no_format_or_not_for_the_reader_gives_nothing(readers, as_user):
    visitor = as_user(readers.by_role["manager"])
    visitor.get("/exports/nothing.csv", expect=404)
    visitor.get("/exports/completion.exe", expect=404)
    theirs = people.actor(readers.by_role["other manager"]).seats[0].team_id
    for team in (theirs, "00000000-0000-4000-8000-000000000000"):
        for kind in Format:
            visitor.get("exports.file", name="completion", kind=kind, query={"team": team}, expect=404)
    as_user(readers.by_role["staff"]).get("/exports/completion.csv", expect=403)
    refused = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "access.refused")).one()
    assert refused.detail == {"page": "exports.file"}


def test_a_letter_that_cannot_be_printed_is_said_on_a_page_and_nothing_is_noted(readers, make, as_user):
    make.person("Mei 王", team=None, agency=readers.area.agencies["Care"])
    page = as_user(readers.by_role["boss"]).get("exports.file", name="completion", kind="pdf", expect=422)
    assert "We cannot print “王” yet." in page.words
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "report.exported")).all() == []
