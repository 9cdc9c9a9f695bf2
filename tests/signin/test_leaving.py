"""Signing out leaves nothing behind in the browser, and the way back in works as before."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from lms.signin.passwords import hash_password
from tests.support.hands import Pointer
from tests.support.pages import chromium
from tests.support.server import listening

PASSWORD = "a long enough password"
KEPT = "Object.keys(localStorage).length"


@pytest.mark.parametrize("endpoint", ["signin.sign_out", "signin.sign_out_everywhere"])
def test_signing_out_tells_the_browser_to_empty_its_cache_and_storage(make, as_user, endpoint):
    left = as_user(make.person()).post(endpoint)
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert left.headers["Cache-Control"] == "no-store"


def test_nothing_else_empties_the_browser(make, as_user):
    browser = as_user(make.person())
    for endpoint in ("home.home", "signin.me"):
        assert "Clear-Site-Data" not in browser.get(endpoint).headers


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def address(app, database) -> Iterator[str]:
    with listening(app) as here:
        yield here


@pytest.mark.browser
@pytest.mark.slow
def test_signing_out_empties_what_the_browser_kept_also_without_our_script(make, browser, address):
    leah = make.person("Leah Stone", password_hash=hash_password(PASSWORD))
    context = browser.new_context(base_url=address)
    context.set_default_timeout(15_000)
    page = context.new_page()

    def come() -> None:
        page.goto("/sign-in")
        page.get_by_label("Work e-mail").fill(leah.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        Pointer(page).press(page.get_by_role("button", name="Sign in", exact=True))
        page.wait_for_url(f"{address}/")

    come()
    page.evaluate("localStorage.setItem('left by a page that our script does not know', 'private words')")
    page.goto("/me/")
    assert page.evaluate(KEPT) == 1
    Pointer(page).press(page.get_by_role("button", name="Sign out", exact=True))
    page.wait_for_url(f"{address}/sign-in")
    assert "You have signed out." in page.inner_text("main")
    assert page.evaluate(KEPT) == 0
    come()
    page.goto("/me/")
    assert page.locator("h1").inner_text() == "Leah Stone"
    context.close()
