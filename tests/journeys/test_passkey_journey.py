"""Passkeys in a real browser: made by Chromium’s own virtual device, used at the door and after the password."""

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.support import axe
from tests.support.hands import Pointer
from tests.support.pages import DESK, OVERFLOW, PASSWORD, PHONE, visitor
from tests.support.server import serving

pytestmark = [pytest.mark.slow, pytest.mark.browser]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def numbered(tmp_path_factory):
    """The address of a server by its number, as the demo prints it."""
    with serving(tmp_path_factory.mktemp("passkeys")) as address:
        yield address


@pytest.fixture(scope="module")
def site(numbered):
    """The same server by its name, under which browsers allow passkeys."""
    return numbered.replace("127.0.0.1", "localhost")


def looks_well(page: Page) -> None:
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert page.evaluate(OVERFLOW) == 0, page.url
        assert axe.violations(page) == [], page.url
    page.set_viewport_size(PHONE)


def press(page: Page, name: str, role: str = "button") -> None:
    Pointer(page).press(page.get_by_role(role, name=name, exact=role == "button").first)


def device(page: Page):
    """A device of the page's own; hands out the line to it and its number."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable", {"enableUI": False})
    return line, line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]


def with_password(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Work e-mail").fill("staff@demo.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


def sign_out(page: Page) -> None:
    page.goto("/me/")
    press(page, "Sign out")


def add(page: Page, name: str) -> None:
    page.goto("/me/")
    Pointer(page).press(page.get_by_role("region", name="Passkeys").get_by_role("link"))
    looks_well(page)
    press(page, "Add a passkey", "link")
    looks_well(page)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "Continue")
    looks_well(page)
    press(page, "Make the passkey")
    looks_well(page)


def set_up_codes(page: Page) -> None:
    page.goto("/second-step/set-up")
    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "Continue")
    Pointer(page).touch(page.get_by_text("I cannot scan it"))
    key = "".join(page.locator("details code").inner_text().split())
    page.get_by_label("Code").fill(pyotp.TOTP(key).now())
    press(page, "Continue")


def test_a_passkey_from_adding_to_removing(browser, site):
    page = visitor(browser, site).new_page()
    strange = []
    page.on("console", lambda said: strange.append(said.text) if said.type == "error" else None)
    line, number = device(page)
    with_password(page)
    add(page, "Work phone")
    assert page.locator("li", has_text="Work phone").count() == 1
    sign_out(page)

    looks_well(page)
    press(page, "Sign in with a passkey")
    page.goto("/passkeys/")
    assert "Last used" in page.locator("li", has_text="Work phone").inner_text()

    set_up_codes(page)
    sign_out(page)
    with_password(page)
    assert page.locator("h1").inner_text() == "Enter your code"
    looks_well(page)
    press(page, "Use a passkey instead")
    page.goto("/me/")
    assert page.get_by_text("You have 1 passkey.").count() == 1

    line.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
    sign_out(page)
    Pointer(page).touch(page.get_by_role("button", name="Sign in with a passkey"))
    expect(page.get_by_role("status").filter(has_text="No passkey was used.")).to_be_visible()
    assert page.locator("h1").inner_text() == "Sign in"
    line.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": True})
    press(page, "Sign in with a passkey")

    page.goto("/passkeys/")
    press(page, "Rename Work phone", "link")
    looks_well(page)
    page.get_by_label("Name").fill("Old phone")
    press(page, "Save the name")
    press(page, "Remove Old phone", "link")
    looks_well(page)
    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "Remove it")
    assert page.get_by_text("You have none.").count() == 1
    sign_out(page)
    press(page, "Sign in with a passkey")  # the device still offers it
    assert "That passkey was not accepted." in page.locator("#problems").inner_text()
    looks_well(page)
    assert [said for said in strange if "422" not in said] == []
    page.context.close()


def test_without_scripts_and_at_the_servers_number_the_page_says_the_other_ways(browser, site, numbered):
    for scripts, address in ((False, site), (True, numbered)):
        page = visitor(browser, address, scripts=scripts).new_page()
        page.goto("/sign-in")
        assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
        assert page.get_by_text(f"Passkeys work at {site}, with JavaScript.").is_visible()
        assert page.evaluate(OVERFLOW) == 0
        page.context.close()
