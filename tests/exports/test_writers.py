"""Files as people open them: the same cells in each format, nothing that runs, and how it was counted."""

import io
import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfua import Severity, validate

from lms.exports import press, writers
from lms.exports.press import CannotPrint, TooLongToPrint
from lms.exports.sheet import Format
from lms.exports.writers import Workshop
from tests.exports.conftest import HOSTILE, MADE, csv_rows, pdf_text, runs, sheet, xlsx_pages

SHOP = Workshop("Fernshire")
ROWS = [
    ("Łucja ap Gwilym", 3, Decimal("77.4"), date(2026, 5, 12), "a note"),
    ("محمد العربي", "Fewer than 5", None, None, ""),
]


def written(kind: Format, *rows, **changes) -> bytes:
    whole = io.BytesIO()
    writers.write(sheet(rows, **changes), kind, MADE, whole, SHOP)
    return whole.getvalue()


def test_a_csv_says_on_each_row_as_at_scope_who_and_when_and_once_how_it_was_counted():
    content = written(Format.CSV, *ROWS)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 3
    headings, first, second = csv_rows(content)
    assert headings == [
        *("Name", "People", "Share in %", "Completed on", "Note", "As at", "Scope"),
        *("Made by", "Made at", "How this is counted"),
    ]
    assert first[:7] == ["Łucja ap Gwilym", "3", "77.4", "2026-05-12", "a note", "2026-08-05", "Kestrel House"]
    assert first[7:9] == ["Ann O’Brien", "2026-08-05 12:00"]
    assert first[9].startswith("Chosen: Overdue or expired Share: in date ÷ people")
    assert "People: everybody once" in first[9]
    assert second[1:] == ["Fewer than 5", "", "", "", "2026-08-05", "Kestrel House", "Ann O’Brien", second[8], ""]


def test_excel_holds_dates_and_numbers_as_what_they_are_and_a_second_sheet_about_them():
    pages = xlsx_pages(written(Format.XLSX, *ROWS))
    assert list(pages) == ["tried", "About these figures"]
    headings, first, second = pages["tried"]
    assert headings == ["Name", "People", "Share in %", "Completed on", "Note"]
    assert first == ["Łucja ap Gwilym", "3", "0.774", str((date(2026, 5, 12) - date(1899, 12, 30)).days), "a note"]
    assert second == ["محمد العربي", "Fewer than 5"]
    about = dict(row if len(row) == 2 else (row[0], "") for row in pages["About these figures"])
    assert about["Question"] == "Who is late?"
    assert (about["As at"], about["Scope"], about["Rows"]) == ("2026-08-05", "Kestrel House", "2")
    assert (about["Made by"], about["Made at"]) == ("Ann O’Brien", "2026-08-05 12:00")
    assert about["Share"].startswith("in date ÷")
    assert about["People"] == "everybody once"


@pytest.mark.slow
def test_paper_repeats_headings_counts_pages_says_who_made_it_and_can_be_read_aloud():
    content = written(Format.PDF, *ROWS * 60)
    assert [one for one in validate(io.BytesIO(content)).findings if one.severity is Severity.ERROR] == []
    pages = pdf_text(content)
    assert len(pages) > 2
    for number, words in enumerate(pages, start=1):
        assert "Made by Ann O’Brien on 5 August 2026 at 12:00 for Kestrel House" in words
        assert f"Page {number} of {len(pages)}" in words
    for words in pages[:-1]:
        assert "Completed on" in words
    assert "Who is late?" in pages[0]
    assert "3 of 9 are late." in pages[0]
    assert "77.4%" in pages[0]
    assert "12 May 2026" in pages[0]
    assert "a note" not in " ".join(pages)
    assert "How this is counted" in " ".join(pages[-2:])


def test_a_name_in_a_script_we_cannot_draw_is_refused_in_words_and_what_is_typed_is_never_obeyed():
    with pytest.raises(CannotPrint, match="“王”"):
        written(Format.PDF, ("Mei 王", 1, None, None, ""))
    name = '*Ann* #pagebreak() $x$ = #read("x") \\ "'
    assert name in pdf_text(written(Format.PDF, (name, 1, None, None, "")))[0]


def test_more_rows_than_anybody_prints_are_refused_before_they_are_set(monkeypatch):
    monkeypatch.setattr(press, "MOST_ROWS", 3)
    with pytest.raises(TooLongToPrint, match="4 rows, and paper takes 3"):
        written(Format.PDF, *ROWS * 2)


def test_an_empty_sheet_is_a_file_too():
    assert len(csv_rows(written(Format.CSV))) == 1
    assert len(xlsx_pages(written(Format.XLSX))["tried"]) == 1
    assert "matches what was chosen" in pdf_text(written(Format.PDF))[0]


def test_more_rows_than_a_sheet_of_excel_has_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr(writers, "MOST_ROWS", 2)
    pages = xlsx_pages(written(Format.XLSX, *[(str(n), n, None, None, "") for n in range(5)]))
    assert list(pages) == ["tried", "About these figures", "tried 2", "tried 3"]
    held = [row[0] for name in ("tried", "tried 2", "tried 3") for row in pages[name][1:]]
    assert held == ["0", "1", "2", "3", "4"]


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.one_of(st.sampled_from(HOSTILE), st.text(alphabet="=+-@\t\r\n \u00a0a1'\"|!", min_size=1, max_size=9)))
def test_no_cell_can_run_whatever_it_holds(text: str):
    for row in csv_rows(written(Format.CSV, (text, 1, None, None, text), frame=_framed(text)))[1:]:
        assert not [cell for cell in row if runs(cell)]
    for page in xlsx_pages(written(Format.XLSX, (text, 1, None, None, text), frame=_framed(text))).values():
        assert not [cell for row in page for cell in row if runs(cell)]


def _framed(text: str):
    frame = sheet().frame
    return type(frame)(frame.as_at, text, text, frame.definitions)


@pytest.mark.slow
def test_the_first_lines_of_a_long_csv_come_before_the_last_row_is_read():
    read = []

    def rows():
        for number in range(100_000):
            read.append(number)
            yield (f"Person {number}", number, None, None, "")

    began = time.process_time()
    pieces = writers.csv(sheet(rows=(), total=100_000).__class__(**{**vars(sheet()), "rows": rows()}), MADE)
    first = next(pieces)
    assert time.process_time() - began < 0.5
    assert b"Person 0" in first
    assert len(read) < 1_000
    assert sum(piece.count(b"\r\n") for piece in pieces) + first.count(b"\r\n") == 100_001
