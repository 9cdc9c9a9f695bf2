"""In a real browser: a note saves itself, and what was typed survives a lost signal."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from lms.catalogue import shelf
from lms.core.db import db
from lms.learning.models import Reflection
from tests.learning.reading import MODULE
from tests.support.hands import Pointer
from tests.support.pages import chromium
from tests.support.server import listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AT = re.compile(r"Saved \d\d:\d\d")
NOT_YET = "Saved on this device, not yet on the server."


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def address(app, database) -> Iterator[str]:
    """The application, listening on this machine."""
    with listening(app) as here:
        yield here


@pytest.fixture
def device(app, browser, address, as_user):
    """A browser window of a person, each on a device of its own."""
    contexts: list[BrowserContext] = []

    def opened(person) -> Page:
        cookie = as_user(person).client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        context = browser.new_context(base_url=address)
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def asking(app, database) -> str:
    page = next(page.slug for page in shelf.library().module(MODULE).pages if page.reflection)
    return f"/learn/{MODULE}/{page}"


def box(page: Page):
    return page.locator("textarea[name=reflection]")


def said(page: Page):
    return page.locator("[data-said]")


def kept() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Reflection.text)))


def on_device(page: Page) -> int:
    return page.evaluate("Object.keys(localStorage).length")


def wait_until_kept(page, number):
    """Wait until the browser itself keeps so many notes; asked from outside, since the page's policy forbids eval."""
    for _ in range(100):
        if page.evaluate("Object.keys(localStorage).length") == number:
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.evaluate("Object.keys(localStorage)"))


def test_a_note_saves_itself_after_a_pause_in_typing(make, device, asking):
    page = device(make.person())
    page.goto(asking)
    box(page).press_sequentially("I ring the nursery first.")
    expect(said(page)).to_have_text("")
    expect(said(page)).to_have_text(AT)
    assert kept() == ["I ring the nursery first."]
    assert on_device(page) == 0
    box(page).press_sequentially(" Then the school.")
    expect(said(page)).to_have_text(AT)
    assert kept() == ["I ring the nursery first. Then the school."]


def test_without_a_signal_the_note_stays_on_the_device_and_is_sent_when_it_is_back(make, device, asking):
    page = device(make.person())
    page.goto(asking)
    page.context.set_offline(True)
    box(page).fill("Written in a lift")
    expect(said(page)).to_have_text(NOT_YET)
    assert kept() == []
    page.context.set_offline(False)
    expect(said(page)).to_have_text(AT)
    assert kept() == ["Written in a lift"]
    assert on_device(page) == 0


def test_leaving_the_page_before_the_pause_saves_too(make, device, asking):
    page = device(make.person())
    page.goto(asking)
    box(page).fill("Typed and left at once")
    page.goto("/help")
    page.goto(asking)
    expect(box(page)).to_have_value("Typed and left at once")
    wait_until_kept(page, 0)
    assert kept() == ["Typed and left at once"]


def close_without_signal(page: Page, text: str) -> Page:
    """Type with no signal, close the window, and come back later with a signal."""
    context = page.context
    context.set_offline(True)
    box(page).fill(text)
    wait_until_kept(page, 1)
    page.close()
    assert kept() == []
    context.set_offline(False)
    return context.new_page()


def test_what_could_not_be_sent_is_there_at_the_next_visit_and_is_sent_then(make, device, asking):
    page = device(make.person())
    page.goto(asking)
    page = close_without_signal(page, "Typed in a lift")
    page.goto(asking)
    expect(box(page)).to_have_value("Typed in a lift")
    wait_until_kept(page, 0)
    expect(said(page)).to_contain_text("Saved")  # by this visit, or by a last try of the window that was closed
    assert kept() == ["Typed in a lift"]


def test_what_could_not_be_sent_is_sent_from_any_page_of_any_module(make, device, asking):
    page = device(make.person())
    page.goto(asking)
    page = close_without_signal(page, "Typed in a lift")
    silent = next(one.slug for one in shelf.library().module(MODULE).pages if not one.reflection)
    page.goto(f"/learn/{MODULE}/{silent}")
    wait_until_kept(page, 0)
    assert kept() == ["Typed in a lift"]


def test_a_newer_note_from_another_device_is_shown_and_never_overwritten_unasked(make, device, asking):
    person = make.person()
    phone, desk = device(person), device(person)
    phone.goto(asking)
    desk.goto(asking)
    box(desk).fill("From the desk")
    expect(said(desk)).to_have_text(AT)
    box(phone).fill("From the phone")
    expect(phone.locator("[data-theirs]")).to_contain_text("From the desk")
    expect(said(phone)).to_contain_text("from another page or device")
    expect(box(phone)).to_have_value("From the phone")
    phone.goto(asking)
    expect(box(phone)).to_have_value("From the phone")
    expect(phone.locator("[data-theirs]")).to_contain_text("From the desk")
    assert kept() == ["From the desk"]
    Pointer(phone).press(phone.get_by_role("button", name="Save my note"))
    expect(phone.get_by_text("Your note is saved.")).to_be_visible()
    assert kept() == ["From the phone"]
    assert on_device(phone) == 0


def test_signing_out_leaves_nothing_on_the_device(make, device, asking):
    page = device(make.person())
    page.goto(asking)
    page.route("**/reflection", lambda route: route.abort())
    box(page).fill("Not for the next person at this computer")
    expect(said(page)).to_have_text(NOT_YET)
    page.goto("/me/")
    assert on_device(page) == 1
    Pointer(page).press(page.get_by_role("button", name="Sign out", exact=True))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")
    assert on_device(page) == 0


def test_the_next_person_at_a_computer_never_sees_what_another_typed(make, app, device, as_user, asking):
    page = device(make.person())
    page.goto(asking)
    page.route("**/reflection", lambda route: route.abort())
    box(page).fill("Not for the next person at this computer")
    expect(said(page)).to_have_text(NOT_YET)
    other = as_user(make.person()).client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    page.unroute("**/reflection")
    page.context.add_cookies([{"name": other.key, "value": other.value, "url": page.url}])
    page.goto(asking)
    expect(box(page)).to_have_value("")
    page.wait_for_timeout(500)
    assert kept() == []
