"""The demo with a payload in every column of words, in a real browser: no dialog opens, and nothing that the policy for
scripts had to stop was there to be stopped.
"""

import os
import sqlite3

import pytest

from tests.attacks.test_stored_scripts import MARK, typed_columns
from tests.support.pages import chromium, sign_in, visitor
from tests.support.server import serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif("LMS_TEST_POSTGRES_URL" in os.environ, reason="pours into SQLite’s file; pages are the same"),
]

PAYLOAD = (
    f"</title></textarea></option></select>\"'><img src=x onerror=alert('{MARK}')><svg onload=alert(1)>"
    "<script>alert(2)</script><a href=javascript:alert(3)>x</a>"
)
ACCOUNTS = ("staff", "manager", "trainer", "coordinator", "admin", "author")
MOST_PAGES = 25
WATCH = """
window.stopped = [];
document.addEventListener("securitypolicyviolation", one => {
  window.stopped.push(one.violatedDirective + " " + one.sample);
});
"""


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory, app):
    folder = tmp_path_factory.mktemp("poisoned")
    with serving(folder) as address:
        _pour(folder / "common-ground.db")
        yield address


def _pour(path):
    with sqlite3.connect(path, timeout=30) as database:
        for table, column in typed_columns():
            database.execute(
                f'UPDATE "{table.name}" SET "{column.name}" = ? || rowid WHERE "{column.name}" != \'\'', (PAYLOAD,)
            )


def test_nothing_that_somebody_wrote_runs_on_any_page(poisoned):
    found, shown = [], 0
    with chromium() as browser:
        for account in ACCOUNTS:
            context = visitor(browser, poisoned, phone=False)
            context.add_init_script(WATCH)
            sign_in(context, account)
            page = context.new_page()
            page.on(
                "dialog",
                lambda dialog, who=account: (found.append(f"{who}: dialog {dialog.message}"), dialog.dismiss()),
            )
            shown += _walk(page, account, found)
            context.close()
    assert found == []
    assert shown > 30, f"the payload was on {shown} pages only"


def _walk(page, account, found):
    """Follow links over a sample of pages, one of each shape; returns on how many the payload was read."""
    waiting, seen, shown = ["/"], set(), 0
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if (shape := _shape(address)) in seen:
            continue
        seen.add(shape)
        answer = page.goto(address)
        assert answer.status < 500, address
        stopped = page.evaluate("window.stopped")
        made = page.evaluate("document.querySelectorAll('img[onerror], svg[onload], a[href^=javascript]').length")
        found += [f"{account} {address}: {one}" for one in stopped]
        found += [f"{account} {address}: {made} elements made of what somebody wrote"] if made else []
        shown += MARK in page.content()
        waiting += page.eval_on_selector_all(
            "a[href^='/']", "all => all.map(one => one.getAttribute('href').split('#')[0])"
        )
        waiting = [
            one for one in waiting if not any(end in one for end in (".pdf", ".csv", ".xlsx", ".ics", ".json", "/file"))
        ]
    return shown


def _shape(address):
    return "/".join("*" if any(sign.isdigit() for sign in part) else part for part in address.split("?")[0].split("/"))
