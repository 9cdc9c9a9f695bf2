"""The certificate as people get it: the right words, readable by everyone, the same file every time."""

import hashlib
import io
import os
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfua import Severity, validate
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject

from lms.certificates import pdf
from lms.certificates.pdf import CannotPrint, Snapshot, render
from lms.web import typesetting
from tests.support.needs import needs_program

CODE = "2K7QF2M9XD4TA8WHP6RCEJ3ABC"
SNAPSHOT = Snapshot(
    name="Łucja ap Gwilym",
    agency="Brackenford Community Health",
    job="health visitor",
    title="Key worker, key person and the team around the child",
    version="3",
    minutes=40,
    completed_on=date(2026, 9, 19),
    valid_until=date(2029, 9, 19),
    code=CODE,
    verify_url=f"https://training.fernshire.example/verify/{CODE}",
    issued_by="Fernshire Children’s Partnership",
    core_hash="9f2c41ab77e05d13" + "0" * 48,
)
ARABIC_NAME = "محمد العربي"
LONGEST = replace(
    SNAPSHOT,
    name="Nguyễn Thị Ánh Wojciechowska-Featherstonehaugh Llanfairpwllgwyngyll Żółć-Smythe",
    job="Designated safeguarding lead and early help co-ordinator for the eastern district",
    agency="Fernshire and Coldharbour Integrated Community Children’s Health and Care NHS Foundation Trust",
    title="Sharing information lawfully, promptly and with confidence across health, education, social care, "
    "police and housing when a child may need early help",
    version="12, with the Fernshire annex of 6 October 2026",
)
FINGERPRINT = (
    "import hashlib, pickle, sys; from lms.certificates.pdf import render;"
    "print(hashlib.sha256(render(pickle.loads(sys.stdin.buffer.read()))).hexdigest())"
)


def text_of(document: bytes) -> str:
    """What the PDF says, in one line."""
    (page,) = PdfReader(io.BytesIO(document)).pages
    return " ".join(page.extract_text().split())


def text_by_poppler(document: bytes, tmp_path: Path, *options: str) -> str:
    """What the most used PDF reader's library makes of it, right-to-left writing put in reading order."""
    program = needs_program("pdftotext")
    (tmp_path / "certificate.pdf").write_bytes(document)
    command = [program, *options, str(tmp_path / "certificate.pdf"), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def figures_and_headings(document: bytes) -> list[tuple[str, str]]:
    """The pictures with their alternative text, and the headings, in the order a screen reader meets them."""
    found = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for part in node:
                walk(part)
        elif isinstance(node, DictionaryObject):
            kind = node.get("/S")
            if kind == "/Figure" or (kind and kind.startswith("/H")):
                found.append((kind, node.get("/Alt", node.get("/T", ""))))
            if "/K" in node:
                walk(node["/K"])

    walk(PdfReader(io.BytesIO(document)).trailer["/Root"]["/StructTreeRoot"])
    return found


def glyphs(document: bytes, font_name: str) -> list[tuple[int, str]]:
    """The glyphs drawn in one font, left to right as they stand on the paper: number, and what it means."""
    reader = PdfReader(io.BytesIO(document))
    fonts = reader.pages[0]["/Resources"]["/Font"]
    drawn, meanings = [], {}
    for operands, operator in ContentStream(reader.pages[0].get_contents(), reader).operations:
        if operator == b"Tf":
            font = fonts[operands[0]]
            meanings = meanings_of(font) if font_name in font["/BaseFont"] else {}
        shown = {b"Tj": operands, b"TJ": operands[0] if operands else []}.get(operator, [])
        for part in shown if meanings else []:
            if not isinstance(part, int | float):
                raw = part.original_bytes
                numbers = [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]
                drawn += [(number, meanings.get(number, "")) for number in numbers]
    return drawn


def meanings_of(font: DictionaryObject) -> dict[int, str]:
    """What each glyph of a font means, from the table that text is copied by."""
    table = font["/ToUnicode"].get_data().decode("latin-1")
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>", table)
    return {int(number, 16): bytes.fromhex(letters).decode("utf-16-be") for number, letters in pairs}


def test_it_says_who_completed_what_and_until_when():
    said = text_of(render(SNAPSHOT))
    for words in (
        "This records that Łucja ap Gwilym",
        "health visitor, Brackenford Community Health",
        "has completed Key worker, key person and the team around the child",
        "19 September 2026",
        "19 September 2029",
        "40 minutes",
        "Fernshire Children’s Partnership",
        "training.fernshire.example/verify",
        "2K7Q-F2M9-XD4T-A8WH-P6RC-EJ3A-BC",
        "9f2c-41ab-77e0-5d13",
    ):
        assert words in said


def test_a_programmes_lists_its_modules_and_stays_on_one_page():
    modules = tuple(f"Module number {number} and its rather long title (version {number})" for number in range(1, 15))
    said = text_of(render(replace(SNAPSHOT, title="For trainers", modules=modules)))
    assert "has completed the programme For trainers" in said
    assert " · ".join(modules) in said
    text_of(render(replace(LONGEST, modules=modules)))  # one page, however long everything is
    assert "has completed the programme" not in text_of(render(SNAPSHOT))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (40, "40 minutes"), (60, "1 hour"), (90, "1 hour 30 minutes"), (121, "2 hours 1 minute")],
)
def test_the_time_is_said_in_hours_and_minutes(minutes, words):
    assert f"Time {words} Version" in text_of(render(replace(SNAPSHOT, minutes=minutes)))


@pytest.mark.parametrize(
    "name",
    [
        "Łucja Żółć",
        "Siân Tŷ Ŵyn",
        "Nguyễn Thị Ánh",
        "Олександр Ґалаґан",
        "Λάμπρος Ήλιος",
        "Ana Țurcanu",
    ],
)
def test_names_are_printed_with_all_their_letters(name):
    assert name in text_of(render(replace(SNAPSHOT, name=name)))


def test_a_name_with_accents_typed_apart_is_printed_with_joined_letters():
    assert "Siân Żółć" in text_of(render(replace(SNAPSHOT, name="Sia\u0302n Z\u0307o\u0301łc\u0301")))


@pytest.mark.parametrize("name", [ARABIC_NAME, "نجيب محفوظ", "فاطمة الزهراء", "ٹیپو ڈار شیخ", "گل\u200cمحمدی پژمان"])
def test_an_arabic_name_is_read_in_the_right_order_and_once(name, tmp_path):
    said = text_by_poppler(render(replace(SNAPSHOT, name=name)), tmp_path)
    lines = [re.sub("[\u202a-\u202e\u2066-\u2069]", "", line).strip() for line in said.splitlines()]
    # Poppler puts a joiner beside the neighbouring letter it belongs to, so its place is not compared.
    assert name.replace("\u200c", "") in [line.replace("\u200c", "") for line in lines]


def test_accents_that_have_no_letter_of_their_own_are_drawn():
    document = render(replace(SNAPSHOT, name="Ọlábísí Ẹ̀gbẹ́"))
    drawn = [letters for _, letters in glyphs(document, "LibertinusSerif-Bold")]
    assert drawn.count("Ẹ̀") == drawn.count("ẹ́") == 2, "a letter and its mark"
    assert ("/H1", "Ọlábísí Ẹ̀gbẹ́") in figures_and_headings(document)


def test_arabic_letters_are_joined_and_run_from_right_to_left():
    joined = glyphs(render(replace(SNAPSHOT, name="محمد")), "Amiri")
    apart = glyphs(render(replace(SNAPSHOT, name="م ح م د")), "Amiri")
    # On paper the last letter stands leftmost, so it is drawn first.
    assert [letter for _, letter in joined] == list("دمحم")
    assert [letter for _, letter in apart if letter != " "] == list("دمحم")
    assert len({glyph for glyph, letter in joined if letter == "م"}) == 2, "one form begins the word, one is inside it"
    assert len({glyph for glyph, letter in apart if letter == "م"}) == 1


def test_every_glyph_is_embedded_and_none_is_the_empty_box():
    document = render(replace(SNAPSHOT, name=ARABIC_NAME))
    fonts = PdfReader(io.BytesIO(document)).pages[0]["/Resources"]["/Font"]
    names = set()
    for font in fonts.values():
        inside = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert "/FontFile2" in inside or "/FontFile3" in inside
        assert "/ToUnicode" in font
        names.add(re.sub("-.*", "", font["/BaseFont"].split("+")[1]))
    assert names == {"LibertinusSerif", "Amiri", "DejaVuSansMono"}
    for name in names:
        drawn = glyphs(document, name)
        assert drawn
        assert all(number > 0 and letters for number, letters in drawn)


def test_a_letter_no_font_has_is_refused_with_a_sentence():
    with pytest.raises(CannotPrint) as refusal:
        render(replace(SNAPSHOT, name="Mei 王"))
    assert refusal.value.letters == "王"
    assert "“王”" in refusal.value.sentence


def test_a_font_put_in_the_fonts_folder_is_used(tmp_path, monkeypatch):
    shipped = Path(str(files("fontpkg_amiri") / "files" / "Amiri-Regular.ttf")).read_bytes()
    renamed = shipped.replace("Amiri".encode("utf-16-be"), "Khatt".encode("utf-16-be")).replace(b"Amiri", b"Khatt")
    (tmp_path / "khatt.ttf").write_bytes(renamed)
    monkeypatch.setattr(typesetting, "ADDED_FONTS", tmp_path)
    monkeypatch.setattr(typesetting, "ARABIC", typesetting.SERIF)
    typesetting.fonts.cache_clear()
    try:
        assert glyphs(render(replace(SNAPSHOT, name=ARABIC_NAME)), "Khatt")
    finally:
        typesetting.fonts.cache_clear()


def test_what_a_person_typed_is_printed_and_never_obeyed():
    name = '*Ann* #pagebreak() $x$ = #read("standard.yaml") \\ {code} "'
    assert name in text_of(render(replace(SNAPSHOT, name=name)))


def test_line_breaks_and_hidden_characters_do_not_reach_the_paper():
    assert "that Ann Other health" in text_of(render(replace(SNAPSHOT, name="Ann\n\u202e\x00 Oth\u200ber\ud800")))


@pytest.mark.parametrize("gone", ["job", "agency", "core_hash"])
def test_what_is_not_known_leaves_no_trace(gone):
    said = text_of(render(replace(SNAPSHOT, **{gone: ""})))
    assert "Łucja ap Gwilym ," not in said
    assert "Health, has" not in said
    assert ("Core text" in said) == (gone != "core_hash")


@pytest.mark.parametrize("snapshot", [SNAPSHOT, LONGEST, replace(LONGEST, name=f"{ARABIC_NAME} " * 8)])
def test_pdfua_finds_no_error(snapshot, tmp_path):
    path = tmp_path / "certificate.pdf"
    path.write_bytes(render(snapshot))
    report = validate(str(path))
    assert [finding.message for finding in report.findings if finding.severity >= Severity.WARNING] == []
    assert len([outcome for outcome in report.outcomes if not outcome.skipped]) >= 10


@pytest.mark.parametrize("snapshot", [SNAPSHOT, replace(SNAPSHOT, name=ARABIC_NAME)])
def test_qpdf_finds_the_file_sound(snapshot, tmp_path):
    path = tmp_path / "certificate.pdf"
    path.write_bytes(render(snapshot))
    command = [needs_program("qpdf"), "--check", str(path)]
    checked = subprocess.run(command, check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_screen_reader_gets_a_title_a_language_headings_and_pictures_in_words():
    document = render(SNAPSHOT)
    reader = PdfReader(io.BytesIO(document))
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.metadata is not None
    assert reader.metadata.title == f"Certificate: {SNAPSHOT.title}. {SNAPSHOT.name}"
    mark, person, module, code = figures_and_headings(document)
    assert mark[0] == code[0] == "/Figure"
    assert "six seats around a child" in mark[1]
    assert person == ("/H1", SNAPSHOT.name)
    assert module == ("/H2", SNAPSHOT.title)
    assert SNAPSHOT.verify_url in code[1]


def test_the_address_of_the_check_page_can_be_followed():
    (page,) = PdfReader(io.BytesIO(render(SNAPSHOT))).pages
    assert {note.get_object()["/A"]["/URI"] for note in page["/Annots"]} == {SNAPSHOT.verify_url}


def test_the_qr_code_is_that_of_the_check_page():
    other = replace(SNAPSHOT, verify_url="https://elsewhere.example/verify/" + CODE)
    assert pdf._qr(SNAPSHOT.verify_url) == pdf._qr(SNAPSHOT.verify_url) != pdf._qr(other.verify_url)
    assert pdf._facts(SNAPSHOT)["qr"] == pdf._qr(SNAPSHOT.verify_url)


@pytest.mark.parametrize("snapshot", [SNAPSHOT, LONGEST, replace(SNAPSHOT, name="W" * 80, title="M" * 120)])
def test_nothing_leaves_its_one_page(snapshot, tmp_path):
    boxes = text_by_poppler(render(snapshot), tmp_path, "-bbox")
    (size,) = re.findall(r'<page width="([\d.]+)" height="([\d.]+)"', boxes)
    width, height = float(size[0]), float(size[1])
    words = [
        tuple(map(float, box)) for box in re.findall(r'xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)"', boxes)
    ]
    side, foot = 25 / 25.4 * 72, 19 / 25.4 * 72
    assert (round(width), round(height)) == (842, 595)
    assert min(left for left, _, _, _ in words) >= side - 1
    assert max(right for _, _, right, _ in words) <= width - side + 1
    assert max(bottom for _, _, _, bottom in words) <= height - foot
    assert len(words) >= len(f"{snapshot.name} {snapshot.title}".split())


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.text("abc ÀŁŵŷ-’.ệ", min_size=1, max_size=120), st.text("MWil ,:é", min_size=1, max_size=200))
def test_any_name_and_title_fit_on_one_page(name, title):
    (page,) = PdfReader(io.BytesIO(render(replace(SNAPSHOT, name=f"A{name}", title=f"B{title}")))).pages
    assert "2K7Q-F2M9" in page.extract_text()


def test_the_same_certificate_is_the_same_file_in_another_place_and_time():
    elsewhere = os.environ | {"TZ": "Pacific/Auckland", "LANG": "ar_EG.UTF-8", "XDG_DATA_HOME": "/nowhere"}
    told = subprocess.run(
        [sys.executable, "-c", FINGERPRINT],
        input=pickle.dumps(LONGEST),
        env=elsewhere,
        cwd=Path(pdf.__file__).parents[2],
        check=True,
        capture_output=True,
    )
    assert told.stdout.decode().strip() == hashlib.sha256(render(LONGEST)).hexdigest()
    assert render(LONGEST) == render(LONGEST)


def test_the_date_inside_the_file_is_the_day_of_completion():
    metadata = PdfReader(io.BytesIO(render(SNAPSHOT))).metadata
    assert metadata is not None
    assert metadata.creation_date == metadata.modification_date == datetime(2026, 9, 19, tzinfo=UTC)
    assert metadata.author == SNAPSHOT.issued_by


def test_another_person_gets_another_file():
    assert render(SNAPSHOT) != render(replace(SNAPSHOT, name="Łucja ap Gwilyn"))


def test_the_file_is_small():
    assert len(render(SNAPSHOT)) < 60_000
