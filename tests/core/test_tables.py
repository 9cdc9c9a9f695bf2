"""Tables that people upload: CSV of any kind, Excel, and files that are made to hurt."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from lms.core.tables import Unreadable, rows

MOST = 1_000_000


def excel(*lines) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_sheet(xml: str) -> bytes:
    """A real workbook whose first sheet is this XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(excel(["a"]))) as real, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in real.namelist():
            made.writestr(part, xml if part == "xl/worksheets/sheet1.xml" else real.read(part))
    return out.getvalue()


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_is_read_as_any_program_saves_it(between, encoding):
    data = f"email{between}name\r\nzo@agency.org{between} Zoë Ampère \r\n".encode(encoding)
    assert rows(data, MOST, 10) == [["email", "name"], ["zo@agency.org", "Zoë Ampère"]]


def test_excel_is_read_as_text_with_days_as_days_and_formulas_as_nothing():
    data = excel(["email", "starts", "number"], ["a@b.org", date(2027, 3, 31), 4.0], [None, datetime(2027, 4, 1), 2.5],
                 ["=1+1", "", True])  # fmt: skip
    assert rows(data, MOST, 10) == [
        ["email", "starts", "number"], ["a@b.org", "2027-03-31", "4"], ["", "2027-04-01", "2.5"], ["", "", "True"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "row", "says"),
    [
        (b"a,b\n" * 13, 12, "at most 10 rows"),
        (b"x" * (MOST + 1), 1, "at most 1 MB"),
        (b'email,name\n"a,' + b"x" * 2_000, 2, "too long"),
        (b"PK\x03\x04 and then nothing", 1, "cannot be read"),
        (excel(["a"])[:-40], 1, "cannot be read"),
        (with_sheet("<not-a-sheet"), 1, "cannot be read"),
        (b'email\n"' + b"y" * 200_000, 2, "too long"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence_and_a_row(data, row, says):
    with pytest.raises(Unreadable) as told:
        rows(data, MOST, 10)
    assert (told.value.row, says in told.value.sentence) == (row, True), told.value.sentence


@pytest.mark.slow
def test_an_archive_that_unpacks_to_too_much_is_not_opened():
    data = with_sheet("<worksheet>" + " " * 70_000_000)
    assert len(data) < 200_000
    with pytest.raises(Unreadable, match="unpacks to more"):
        rows(data, MOST, 10)


def test_xml_that_defines_words_or_names_files_is_refused(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&word;</t></is></c></row>'
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
    for word in ('"laugh"', f'SYSTEM "file://{secret}"'):
        with pytest.raises(Unreadable, match="cannot be read"):
            rows(with_sheet(f"<!DOCTYPE w [<!ENTITY word {word}>]>{sheet.format(cell)}"), MOST, 10)
    assert rows(with_sheet(sheet.format(cell.replace("&word;", "plain"))), MOST, 10) == [["plain"]]
