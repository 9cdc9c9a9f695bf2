"""From an invitation to the first page with a role: the account, the phone, the codes, and a lost password."""

import re
import time
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page

from tests.support import axe
from tests.support.hands import Pointer
from tests.support.pages import DESK, OVERFLOW, PASSWORD, PHONE, visitor
from tests.support.server import serving, working

pytestmark = [pytest.mark.slow, pytest.mark.browser]

NEW, SECRET = "nia.new@trust.example", "pebble tractor lampshade"
LONGEST_MAIL = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return Path(tmp_path_factory.mktemp("accounts"))


@pytest.fixture(scope="module")
def site(folder):
    with serving(folder) as address, working(folder, address):
        yield address


def looks_well(page: Page) -> None:
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert page.evaluate(OVERFLOW) == 0, page.url
        assert axe.violations(page) == [], page.url
    page.set_viewport_size(PHONE)


def mailed(folder: Path, path: str) -> str:
    """The newest link of this kind that a mail brought."""
    until = time.monotonic() + LONGEST_MAIL
    while time.monotonic() < until:
        for mail in sorted((folder / "mail").glob("*"), key=lambda one: one.stat().st_mtime, reverse=True):
            found = re.search(rf"{path}[\w-]+", mail.read_text(errors="replace").replace("=\n", ""))
            if found:
                return found[0]
        time.sleep(0.2)
    raise AssertionError(f"no mail with {path} came")


def press(page: Page, name: str, role: str = "button") -> None:
    """Press a button or follow a link, and wait for the next page."""
    Pointer(page).press(page.get_by_role(role, name=name, exact=role == "button").first)


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Sign in")


def invite(page: Page) -> None:
    sign_in(page, "admin@demo.example", PASSWORD)
    press(page, "Agencies and people", "link")
    press(page, "Fernshire Police", "link")
    press(page, "Invitations and mail domains", "link")
    press(page, "Invite somebody", "link")
    looks_well(page)
    page.get_by_label("Work e-mail").fill(NEW)
    page.get_by_label("Job").fill("Sergeant")
    page.get_by_label("Role").select_option(label="Manager of the whole agency")
    press(page, "Invite")
    assert f"{NEW} is invited" in page.locator(".said").inner_text()
    looks_well(page)
    page.context.close()


def test_from_an_invitation_to_a_role_behind_a_second_step(browser, site, folder):
    invite(visitor(browser, site).new_page())
    page = visitor(browser, site).new_page()
    page.goto(mailed(folder, "/invitation/"))
    looks_well(page)
    page.get_by_label("Your name").fill("Nia New")
    page.get_by_label("New password").fill(SECRET)
    press(page, "Make my account")
    sign_in(page, NEW, SECRET)
    looks_well(page)
    page.goto("/reports/completion")
    assert page.locator("h1").inner_text().split() == ["Set", "up", "the", "second", "step"]
    press(page, "Continue")
    Pointer(page).touch(page.get_by_text("I cannot scan it"))
    looks_well(page)
    key = "".join(page.locator("details code").inner_text().split())
    page.get_by_label("Code").fill(pyotp.TOTP(key).now())
    press(page, "Continue")
    looks_well(page)
    spare = page.locator(".codes code").first.inner_text()
    press(page, "I have kept them", "link")
    assert page.get_by_role("link", name="My team").count() >= 1

    plain = visitor(browser, site, scripts=False).new_page()
    plain.goto("/sign-in")
    press(plain, "I have forgotten my password", "link")
    plain.get_by_label("Work e-mail").fill(NEW)
    press(plain, "Send the link")
    plain.goto(mailed(folder, "/password/new/"))
    plain.get_by_label("New password").fill(f"{SECRET} once more")
    press(plain, "Set this password")
    sign_in(plain, NEW, f"{SECRET} once more")
    assert plain.locator("h1").inner_text() == "Enter your code"
    plain.get_by_label("Code").fill(spare)
    press(plain, "Sign in")
    assert plain.get_by_role("link", name="My team").count() >= 1
    page.goto("/me/")
    assert page.locator("h1").inner_text() == "Sign in"  # the new password ended the other sign-in
    for one in (page, plain):
        one.context.close()
