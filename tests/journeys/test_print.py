"""What a page looks like on paper."""

import subprocess
from pathlib import Path

import pytest

from tests.support.hands import Pointer
from tests.support.needs import needs_program
from tests.support.pages import sign_in, visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]
MODULES = Path(__file__).resolve().parents[2] / "modules"
NOTED = "/learn/lead-professional/whom-you-ring"


def test_whoever_chose_dark_prints_dark_words_on_white_paper(served, browser):
    context = visitor(browser, served, phone=False)
    sign_in(context, "person30")
    page = context.new_page()
    page.goto("/me/")
    page.select_option("#theme", "dark")
    Pointer(page).press(page.get_by_role("button", name="Save colours"))
    page.goto("/learn/")
    on_screen, on_paper = "rgb(243, 235, 241)", "rgb(42, 27, 43)"
    colour = "() => getComputedStyle(document.body).color"
    assert page.evaluate(colour) == on_screen
    page.emulate_media(media="print")
    assert page.evaluate(colour) == on_paper
    context.close()


def test_a_private_note_stays_off_the_paper(served, browser):
    context = visitor(browser, served, phone=False)
    sign_in(context, "person31")
    page = context.new_page()
    page.goto(NOTED)
    assert page.is_visible("#reflection")
    page.emulate_media(media="print")
    assert page.is_visible("h1")
    assert not page.is_visible("#reflection")
    context.close()


def test_wide_paper_gets_the_whole_text_and_no_empty_column(served, browser):
    context = visitor(browser, served, phone=False)
    sign_in(context, "person31")
    page = context.new_page()
    page.goto(NOTED)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(media="print")
    assert page.evaluate("document.querySelector('.prose > p').getBoundingClientRect().width") > 500
    context.close()


def test_every_summary_fits_one_page_of_paper_and_what_it_rests_on_the_back(served, browser, tmp_path):
    pdfinfo, pdftotext = needs_program("pdfinfo"), needs_program("pdftotext")
    context = visitor(browser, served, phone=False)
    sign_in(context, "person32")
    page = context.new_page()
    for module in sorted(path.parent.name for path in MODULES.glob("*/module.md")):
        page.goto(f"/learn/{module}/summary")
        assert page.is_visible("text=press Ctrl and P")
        page.emulate_media(media="print")
        assert not page.is_visible("text=press Ctrl and P")
        assert page.is_visible("#firm")
        paper = tmp_path / f"{module}.pdf"
        page.pdf(path=paper, format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "12mm"))
        said = subprocess.run([pdfinfo, paper], capture_output=True, text=True, check=True).stdout
        assert int(said.partition("Pages:")[2].split()[0]) == 2, module
        front = subprocess.run([pdftotext, "-l", "1", paper, "-"], capture_output=True, text=True, check=True).stdout
        assert "Where it comes from" in front, module
        assert "What it rests on" not in front, module
        page.emulate_media(media="screen")
    context.close()
