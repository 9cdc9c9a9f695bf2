"""What journeys share: the served demo, one browser, and the inspection that every page they pass is shown to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from lxml import html as parser
from playwright.sync_api import Browser, BrowserContext

from tests.support.needs import needs_program
from tests.support.pages import NOBODY, ROLES, Crawl, Inspection, chromium, sign_in, visitor
from tests.support.server import serving

STARTS = {NOBODY: ["/sign-in", "/verify/", "/help"]}
# Days of the demo that the trainer's crawl must come by, whether they stand among those to come or, later in the day,
# among those that are over.
DAYS = ("One plan for Jayden", "Who leads, and who decides")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real server, filled with the demo."""
    with serving(tmp_path_factory.mktemp("served")) as address:
        yield address


# Playwright keeps an event loop running in this thread, so it may not outlive this folder's tests.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, started once for all journeys."""
    needs_program("chromium")
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def inspection(tmp_path_factory: pytest.TempPathFactory) -> Inspection:
    """What was found on all pages that crawls and journeys came by."""
    return Inspection(Path(tmp_path_factory.mktemp("pages")))


@pytest.fixture(scope="package")
def crawls(served: str, browser: Browser, inspection: Inspection, app: Flask) -> dict[str, Crawl]:
    """Every page that each role reaches by links, looked at."""
    return {who: _crawl(who, served, browser, inspection, app) for who in ROLES}


def _crawl(who: str, served: str, browser: Browser, inspection: Inspection, app: Flask) -> Crawl:
    context = visitor(browser, served)
    if who != NOBODY:
        sign_in(context, who)
    crawl = Crawl(who, context, app.url_map, inspection, served)
    crawl.run(STARTS.get(who, ["/", *(_days(context) if who == "trainer" else ())]))
    context.close()
    return crawl


def _days(context: BrowserContext) -> list[str]:
    page = context.new_page()
    page.goto("/cohorts/mine/")
    found = [page.get_by_role("link", name=title).first.get_attribute("href") or "" for title in DAYS]
    page.close()
    return found


def _day_with_tables(context: BrowserContext) -> list[str]:
    """The demo's joint day of today: once it is over it stands far down in the list, beyond what a crawl looks at."""
    listed = parser.document_fromstring(context.request.get("/cohorts/mine/").body())
    return listed.xpath("//a[contains(., 'One plan for Jayden')]/@href")[:1]
