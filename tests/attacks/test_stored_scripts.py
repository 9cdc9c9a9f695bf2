"""What somebody typed is shown as words and never runs: typed into every form, and put into every column that holds
words, then looked for on every page and in every file.
"""

import csv
import io
import re
import zipfile

import pytest
from sqlalchemy import select, update

from lms.core.db import writing
from tests.attacks.doors import names_read, package_of, tables
from tests.contracts.matrix import VISITORS
from tests.support.browser import settle

pytestmark = pytest.mark.slow

MARK = "xq7z"  # stands in every payload, so that it is known again
PAYLOADS = (
    f"<script>{MARK}</script>",
    f'"><img src={MARK} onerror=alert(1)>',
    f"' onmouseover=alert(1) {MARK}='",
    f"</title></textarea></select><svg/onload=alert(1)><b {MARK}>",
    f"javascript:alert('{MARK}')",
    f"{{{{7*7}}}}${{7*7}}{MARK}[x](javascript:alert(1))",
    f"<!--{MARK}--><a href=javascript:alert(1)>",
)
FORMULA = f'=HYPERLINK("http://evil.example/{MARK}")'
LINES = f"a\r\nSet-Cookie: {MARK}=1\r\n\r\n<b>\x7f“;/../\"'"
# What the application reads as one of its own words: a state, a kind, a key of content, a hash, an address of mail.
OWN_WORDS = re.compile(
    r"\.(state|kind|sector|role|scope|theme|format|module|programme|quiz|target|key|page|last_page|passage|job_?id|mark|wave|item|"
    r"level|code|partnership|sheet|file|stage|rule|gather|topic|choice|email|\w*hash|seed|seat|cleared_how|calendar\w*|grouping|"
    r"value|status|by|moved_up|outcome|duty|number|fingerprint|became|was|every|address|link|action|place_id|scope|file_name|"
    r"access_needs|need|issued_by|content_hash|plain_name|query)$"
)
NEVER = {
    "audit_entries",  # words of ours; and the database refuses
    "audit_chains",
    "record_views",
    "indexed_content",
    "wrong_tries",
    "workers",
    "clock_runs",
    "standing_balances",
    "standing_changes",
    "standing_spans",
    "post_spans",
}


def typed_columns() -> list[tuple[object, object]]:
    """Every column that holds what a person wrote."""
    return [
        (table, column)
        for table in tables()
        if table.name not in NEVER
        for column in table.columns
        if str(column.type).startswith(("VARCHAR", "TEXT")) and not OWN_WORDS.search(f".{column.name}")
    ]


def pour(payload: str) -> int:
    """Put a payload into every such column of every row; returns how many columns."""
    settle()
    with writing() as session:
        for table, column in typed_columns():
            keys = list(table.primary_key.columns)
            found = session.execute(select(*keys).where(column != "")).all()
            for number, row in enumerate(found):
                this = [key == value for key, value in zip(keys, row, strict=True)]
                session.execute(update(table).where(*this).values({column.name: f"{payload}{number or ''}"}))
    settle()
    return len(typed_columns())


def raw(body: str, payload: str) -> bool:
    """Whether a page holds the payload as something a browser would run."""
    if "<" in payload or '"' in payload:
        return payload in body
    return (
        bool(re.search(rf"(href|src|action)\s*=\s*[\"']?\s*javascript:[^>]*{MARK}", body))
        or f"onmouseover=alert(1) {MARK}='" in body
    )


def pages(doors):
    """Every address as everybody who may open it."""
    for rule in doors.rules("GET"):
        for who in doors.welcome(rule, "GET"):
            settle()
            yield who, rule, doors.browser(who).client.get(doors.address(rule))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_stands_in_the_database_is_shown_as_words(doors, payload):
    for who in VISITORS:
        doors.browser(who)
    assert pour(payload) > 40
    wrong, seen = [], 0
    for who, rule, answer in pages(doors):
        assert answer.status_code < 500, f"{rule.endpoint}: {answer.status_code}"
        if answer.content_type.startswith("text/html"):
            seen += MARK in answer.text
            if raw(answer.text, payload) or "49" + MARK in answer.text:
                wrong.append(f"{rule.endpoint} as {who}")
    assert wrong == []
    assert seen > 100, f"the payload was shown on {seen} pages only, so little was tried"


def test_no_heading_of_an_answer_takes_what_somebody_wrote(doors):
    for who in VISITORS:
        doors.browser(who)
    pour(LINES)
    wrong = []
    for who, rule, answer in pages(doors):
        if (
            answer.status_code >= 500
            or MARK in str(answer.headers)
            or ("Set-Cookie" in answer.headers and MARK in answer.headers["Set-Cookie"])
        ):
            wrong.append(f"{rule.endpoint} as {who}: {answer.status_code}")
    assert wrong == []


def test_no_cell_of_any_file_is_a_formula(doors):
    for who in VISITORS:
        doors.browser(who)
    pour(FORMULA)
    wrong, files = [], 0
    for who, rule, answer in pages(doors):
        assert answer.status_code < 500, f"{rule.endpoint}: {answer.status_code}"
        wrong += [f"{rule.endpoint} as {who}: {cell}" for cell in cells(answer) if cell.lstrip().startswith("=")]
        files += "csv" in answer.content_type or "spreadsheet" in answer.content_type
    assert wrong == []
    assert files > 5, files


def test_no_cell_of_the_sheets_in_any_form_is_a_formula(doors, app):
    for who in VISITORS:
        doors.browser(who)
    pour(FORMULA)
    wrong, tried = [], 0
    for name in app.extensions["sheets"]:
        for kind in ("csv", "xlsx"):
            for who in ("manager", "coordinator"):
                settle()
                answer = doors.browser(who).client.get(f"/exports/{name}.{kind}")
                assert answer.status_code < 500, f"{name}.{kind}"
                tried += answer.status_code == 200
                wrong += [f"{name}.{kind}: {cell}" for cell in cells(answer) if cell.lstrip().startswith("=")]
    assert wrong == []
    assert tried > 5, tried


def cells(answer) -> list[str]:
    """The cells of a CSV, and the formulas of a workbook."""
    if answer.status_code != 200:
        return []
    if "csv" in answer.content_type:
        return [cell for line in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for cell in line]
    if "spreadsheet" in answer.content_type:
        book = zipfile.ZipFile(io.BytesIO(answer.data))
        sheets = "".join(book.read(name).decode() for name in book.namelist() if "worksheets" in name)
        links = [name for name in book.namelist() if "rels" in name and b"evil.example" in book.read(name)]
        return [f"={found}" for found in re.findall(r"<f[ >].{0,50}", sheets) + links]
    return []


@pytest.mark.parametrize("payload", PAYLOADS[:3])
def test_what_is_typed_into_any_form_is_shown_as_words(doors, payload):
    forms, sent = doors.forms(), 0
    for form in forms:
        if not form.typed:
            continue
        for typed in (form.typed, *((one,) for one in form.typed)):
            settle()
            answer = doors.browser(form.who).client.post(
                form.action, data=form.data(**{name: [payload] for name in typed})
            )
            assert answer.status_code < 500, form.action
            assert not raw(answer.text, payload), form.action
            sent += answer.status_code == 303
    assert sent > 10, f"only {sent} forms were taken"
    wrong = [
        f"{rule.endpoint} as {who}"
        for who, rule, answer in pages(doors)
        if answer.content_type.startswith("text/html") and raw(answer.text, payload)
    ]
    assert wrong == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_stands_in_an_address_is_shown_as_words(doors, payload):
    names, wrong = names_read(in_forms=False), []
    for rule in doors.rules("GET"):
        settle()
        asked = dict.fromkeys(names[package_of(doors.app, rule)], payload)
        answer = doors.browser(doors.welcome(rule, "GET")[0]).client.get(doors.address(rule), query_string=asked)
        assert answer.status_code < 500, rule.endpoint
        if raw(answer.text if "html" in answer.content_type else "", payload):
            wrong.append(rule.endpoint)
    assert wrong == []
