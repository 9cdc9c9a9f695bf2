"""Two agencies sign in, each at a provider of its own that we did not write, in a real browser."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine, text

from tests.support import axe
from tests.support.hands import Pointer
from tests.support.needs import needs_file, needs_program
from tests.support.pages import OVERFLOW, PASSWORD, visitor
from tests.support.server import database_address, free_port, serving

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SUPPORT = Path(__file__).parents[1] / "support"
PROVE = text("""INSERT INTO agency_domains (id, agency_id, domain, code_hash, asked_by, asked_at, proven_at)
SELECT id, id, 'demo.example', '', (SELECT id FROM people WHERE email = 'admin@demo.example'),
'2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000' FROM agencies WHERE name = :name""")
WHERE = text("""SELECT agencies.id, agencies.name FROM agencies JOIN memberships ON memberships.agency_id = agencies.id
JOIN people ON people.id = memberships.person_id WHERE people.email = :email""")


@contextmanager
def provider(port: int, back: str, *, in_token: bool) -> Iterator[str]:
    """npm's oidc-provider; ends what it started."""
    node = needs_program("node")
    needs_file(SUPPORT / "node_modules" / "oidc-provider" / "package.json", "Run: sh tests/support/fetch_vnu.sh")
    line = [node, str(SUPPORT / "oidc_provider.mjs"), str(port), "lms", "s3cret/+ %", back, "yes" if in_token else "no"]
    running = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert "ready" in running.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        running.kill()
        running.wait(10)
        running.stdout.close()


def fits(page: Page) -> None:
    """Nothing sideways, and nothing that axe finds."""
    assert page.evaluate(OVERFLOW) == 0
    assert axe.violations(page) == []


def set_up(page: Page, agency: str, name: str, issuer: str) -> None:
    page.goto("/people/agencies/")
    Pointer(page).press(page.get_by_role("link", name=agency, exact=True))
    Pointer(page).press(page.get_by_role("link", name="How its people sign in"))
    for label, words in (
        ("What people read", name),
        ("Issuer", issuer),
        ("Client ID", "lms"),
        ("Client secret", "s3cret/+ %"),
    ):
        page.get_by_label(label, exact=True).fill(words)
    fits(page)
    Pointer(page).press(page.get_by_role("button", name="Add the provider"))
    assert page.locator(".said").inner_text() == f"{name} is set up. Sign in with it once to try it."
    Pointer(page).press(page.get_by_role("link", name=name))
    fits(page)


def sign_in(browser: Browser, base: str, name: str, login: str, *, scripts: bool = True) -> Page:
    page = visitor(browser, base, scripts=scripts).new_page()
    page.goto("/me/sign-ins/")
    Pointer(page).press(page.get_by_role("link", name="Sign in with your agency"))
    page.get_by_role("heading", name="Sign in with your agency").wait_for()
    assert page.evaluate(OVERFLOW) == 0
    Pointer(page).press(page.get_by_role("link", name=f"Sign in with {name}"))
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill("anything")
    Pointer(page).press(page.locator("button[type=submit]"))
    Pointer(page).press(page.get_by_role("button", name="Continue"))
    page.wait_for_url(f"{base}/**")
    return page


@pytest.fixture(scope="module")
def two(tmp_path_factory, browser) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The demo with two providers at once, set up by its administrator on the page."""
    folder = tmp_path_factory.mktemp("oidc")
    with ExitStack() as open_till_the_end:
        base = open_till_the_end.enter_context(serving(folder))
        rows = create_engine(database_address(folder))
        with rows.begin() as session:
            homes = [session.execute(WHERE, {"email": f"{who}@demo.example"}).one() for who in ("staff", "trainer")]
            for _id, agency in homes:
                session.execute(PROVE, {"name": agency})
        rows.dispose()
        page = visitor(browser, base).new_page()
        page.goto("/sign-in")
        page.get_by_label("Work e-mail").fill("admin@demo.example")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        Pointer(page).press(page.get_by_role("button", name="Sign in"))
        for number, (identity, agency) in enumerate(homes):
            back, port = f"{base}/sign-in/agency/{UUID(str(identity))}/back", free_port()
            issuer = open_till_the_end.enter_context(provider(port, back, in_token=number == 0))
            set_up(page, agency, f"{agency} account", issuer)
        page.context.close()
        yield base, [f"{agency} account" for _id, agency in homes]


@pytest.mark.parametrize("scripts", [True, False])
def test_each_agency_signs_in_at_its_own(browser, two, scripts):
    base, (health, council) = two
    assert health != council
    for name, who in ((health, "staff"), (council, "trainer")):
        page = sign_in(browser, base, name, f"{who}@demo.example", scripts=scripts)
        assert page.url == f"{base}/me/sign-ins/"
        assert page.locator("h1").count() == 1
        page.context.close()


def test_the_provider_of_one_agency_says_nothing_about_people_of_another(browser, two):
    base, (health, _council) = two
    visitor_page = visitor(browser, base).new_page()
    visitor_page.goto("/sign-in/agency/")
    fits(visitor_page)
    visitor_page.context.close()
    page = sign_in(browser, base, health, "trainer@demo.example")
    assert page.locator("h1").inner_text() == "You are not signed in"
    assert "You have no account with a post at" in page.locator("main").inner_text()
    fits(page)
    page.context.close()


def test_an_address_that_was_not_checked_opens_nothing(browser, two):
    base, (health, _council) = two
    page = sign_in(browser, base, health, "staff@demo.example?")
    assert "does not say that your work e-mail is checked" in page.locator("main").inner_text()
    page.context.close()
