"""The main job from sign-in to certificate and out again: by keyboard alone on a phone, and without any script."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pypdf import PdfReader

from lms.catalogue.shelf import library
from lms.quizzes.shelf import quizzes
from tests.support.hands import Keyboard, Pointer
from tests.support.learner import Learner
from tests.support.pages import OVERFLOW, PASSWORD, Inspection, visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]

KINDS = {"[data-start]", "[data-continue]", "[data-question]", "[data-scene]", "[data-result]"}


@pytest.fixture
def content(app):
    """The titles of the modules and the quizzes with their answers, as the server loaded them."""
    with app.app_context():
        return {module.slug: module.title for module in library().modules}, dict(quizzes().by_slug)


def certificate_and_out(learner: Learner, name: str, title: str, tmp_path: Path) -> None:
    """From the finished module to the certificate, its PDF and its check page, and out."""
    page, hands = learner.page, learner.hands
    learner.open(learner.link("My certificates"))
    learner.open(learner.link(title))
    assert page.locator("h1").inner_text() == name
    file = tmp_path / "certificate.pdf"
    hands.download(learner.link("Download the PDF")).save_as(file)
    assert name in " ".join(PdfReader(file).pages[0].extract_text().split())
    learner.open(page.get_by_role("link", name="/verify"))
    assert page.locator("h1").inner_text().strip().startswith("Valid until")
    learner.open(page.locator("a.who"))
    learner.open(learner.button("Sign out"))
    assert page.locator("h1").inner_text() == "Sign in"


def copy_of(context: BrowserContext, browser: Browser, served: str) -> BrowserContext:
    """Another browser with the same cookies."""
    copied = browser.new_context(base_url=served)
    copied.add_cookies(context.cookies())  # type: ignore[arg-type]
    return copied


def kind_of(path: str) -> str:
    """The kind of a page by its address: all questions are of one kind."""
    return "/".join("…" if len(part) == 36 or part.isdecimal() else part for part in path.split("/"))


def answers(context: BrowserContext) -> int:
    """How the first page answers this browser: 200 to someone who is signed in, 303 to anyone else."""
    return context.request.get("/", max_redirects=0).status


def test_by_keyboard_alone_on_a_phone(served, browser, inspection: Inspection, content, tmp_path):
    titles, answers_known = content
    context = visitor(browser, served)
    mirror = visitor(browser, served)
    beside = mirror.new_page()
    page, wide = context.new_page(), []
    before = len(inspection.faults)

    def seen(opened: Page) -> None:
        if opened.evaluate(OVERFLOW) > 0:
            wide.append(opened.url)
        mirror.clear_cookies()
        mirror.add_cookies(context.cookies())  # type: ignore[arg-type]
        path = urlsplit(opened.url).path
        inspection.look(beside, path, "staff on the way", f"on the way: {kind_of(path)}")

    hands = Keyboard(page)
    learner = Learner(page, hands, answers_known, seen)
    page.goto("/")
    learner.hands.write(page.get_by_label("Work e-mail"), "staff@demo.example")
    learner.hands.write(page.get_by_label("Password"), "not the password")
    hands.press(learner.button("Sign in"))
    assert page.evaluate("document.activeElement.id") == "problems", "the problem is not where the focus is"
    learner.sign_in("staff@demo.example", PASSWORD)
    assert page.locator("h1").inner_text() == "My training"
    hands.press(learner.link("Skip to the content"))
    assert page.evaluate("document.activeElement.id") == "main"
    learner.finish(titles["tiers-of-need"])
    assert set(learner.passed) == KINDS
    stolen = copy_of(context, browser, served)
    assert answers(stolen) == 200
    certificate_and_out(learner, "Leah Stone", titles["tiers-of-need"], tmp_path)
    assert answers(stolen) == 303, "the cookie copied before signing out still works"
    assert hands.faults == {}
    assert wide == []
    assert inspection.faults[before:] == []
    for one in (context, mirror, stolen):
        one.close()


def test_without_any_script(served, browser, content, tmp_path):
    titles, answers_known = content
    context = visitor(browser, served, scripts=False)
    page = context.new_page()
    learner = Learner(page, Pointer(page), answers_known, lambda opened: None)
    page.goto("/")
    learner.sign_in("admin@demo.example", PASSWORD)
    learner.finish(titles["lead-professional"])
    assert set(learner.passed) == KINDS
    stolen = copy_of(context, browser, served)
    certificate_and_out(learner, "Sunil Perera", titles["lead-professional"], tmp_path)
    assert answers(stolen) == 303
    stolen.close()
    context.close()
