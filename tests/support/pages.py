"""Looking at real pages in a real browser: on a phone and on a desk, in light and in dark, as each role of the demo.

An `Inspection` looks at one page after the other and writes down what is wrong. A `Crawl` follows every link that one
role can reach, a few examples of each kind of page, and lets the inspection look at each.
"""

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from lxml import html as parser
from lxml.html import HtmlElement
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

from tests.support import axe
from tests.support.needs import needs_program

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 800}
NOBODY = "nobody"
ROLES = ("staff", "trainer", "manager", "author", "coordinator", "admin", "outsider", "observer", NOBODY)
PASSWORD = "integrated-working"
MOST_BYTES = 14_000
MOST_PAGES = 150
MOST_EXAMPLES = 3
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    path = needs_program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def visitor(browser: Browser, base_url: str, *, phone: bool = True, scripts: bool = True) -> BrowserContext:
    """A browser of its own for one person: nothing shared with another, nothing moving."""
    return browser.new_context(
        base_url=base_url,
        viewport=PHONE if phone else DESK,
        java_script_enabled=scripts,
        reduced_motion="reduce",
        accept_downloads=True,
    )


def sign_in(context: BrowserContext, account: str) -> None:
    """Sign a demo account in, as its form does."""
    form = {"email": f"{account}@demo.example", "password": PASSWORD}
    answer = context.request.post("/sign-in", form=form, max_redirects=0)
    assert answer.status == 303, f"{account} could not sign in: {answer.status}"


@dataclass
class Inspection:
    """What was found on the pages looked at so far. HTML is kept in `folder` for the HTML checker.

    What a look costs is kept small: of each kind of page three are laid out and one is shown to axe, and beyond that
    those with a piece (an element of some class within another) that no page before them had.
    """

    folder: Path
    faults: list[str] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    pieces: set[str] = field(default_factory=set)

    def look(self, page: Page, address: str, who: str, kind: str, *, expect: int = 200) -> bytes:
        """Fetch an address as `who` and note what is wrong with it; returns its HTML.

        A page worth it is laid out, and perhaps shown to axe, on a phone in light and on a desk in dark.
        """
        answer = page.context.request.get(address)
        body, place = answer.body(), f"{who} {address}"
        if answer.status != expect:
            self.faults.append(f"{place}: answered {answer.status}")
        size = len(gzip.compress(body))
        if size > MOST_BYTES:
            self.faults.append(f"{place}: {size} bytes compressed, more than {MOST_BYTES}")
        self.kinds[kind] += 1
        pieces = pieces_of(body)
        is_new = not pieces <= self.pieces
        self.pieces |= pieces
        if is_new or self.kinds[kind] <= MOST_EXAMPLES:
            self._keep(body, place)
            self._lay_out(page, address, place, ask_axe=is_new or self.kinds[kind] == 1)
        return body

    def _lay_out(self, page: Page, address: str, place: str, *, ask_axe: bool) -> None:
        page.goto(address)
        for words, size, scheme in (("on a phone", PHONE, "light"), ("on a desk, in dark", DESK, "dark")):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            if (wider := page.evaluate(OVERFLOW)) > 0:
                self.faults.append(f"{place} {words}: scrolls sideways by {wider} pixels")
            if ask_axe:
                self.faults += [f"{place} {words}: axe: {sentence}" for sentence in axe.violations(page)]

    def _keep(self, body: bytes, place: str) -> None:
        name = f"{len(self.addresses):04d}.html"
        (self.folder / name).write_bytes(body)
        self.addresses[name] = place


def pieces_of(body: bytes) -> set[str]:
    """The elements of a page, each with what marks it and what it stands in, whatever the words: axe says the same of
    two pages made of the same pieces.
    """
    return {
        f"{_marks(element.getparent())} > {_marks(element)}"
        for element in parser.document_fromstring(body).iter()
        if isinstance(element.tag, str)
    }


def _marks(element: HtmlElement | None) -> str:
    if element is None:
        return ""
    telling = ("class", "role", "type")
    kept = (f"{name}={value}" if name in telling else name for name, value in sorted(element.attrib.items()))
    return f"{element.tag}[{' '.join(kept)}]"


@dataclass
class Crawl:
    """All the pages one role reaches by links, a few of each kind."""

    who: str
    context: BrowserContext
    routes: Map
    inspection: Inspection
    base_url: str
    kinds: Counter[str] = field(default_factory=Counter)
    found_on: dict[str, str] = field(default_factory=dict)
    fragments: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def run(self, starts: Iterable[str]) -> None:
        """Follow links from these addresses until every kind has been seen, or the bound is reached."""
        page = self.context.new_page()
        waiting = dict.fromkeys(starts)
        while waiting and len(self.done) < MOST_PAGES:
            address = min(waiting, key=lambda one: self.kinds[self.kind(one)])
            del waiting[address]
            kind = self.kind(address)
            if self.kinds[kind] >= MOST_EXAMPLES:
                continue
            self.kinds[kind] += 1
            self.done.add(address)
            for link in self._visit(page, address, kind):
                if link not in self.done:
                    waiting.setdefault(link)
                    self.found_on.setdefault(link, address)
        page.close()
        self._check_fragments()

    def kind(self, address: str) -> str:
        """Which page an address opens, with the names of what is asked of it: all people's pages are of one kind."""
        parts = urlsplit(address)
        asked = "&".join(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))
        try:
            endpoint, _ = self.routes.bind("").match(parts.path, method="GET")
        except RequestRedirect as redirect:
            endpoint = f"to {redirect.new_url}"
        except HTTPException:
            endpoint = f"unknown {parts.path}"
        return f"{endpoint}?{asked}"

    def _visit(self, page: Page, address: str, kind: str) -> list[str]:
        answer = self.context.request.head(address)
        if not answer.ok:
            came_from = self.found_on.get(address, "the start")
            self.inspection.faults.append(f"{self.who} {address}: {answer.status}, linked from {came_from}")
        if not answer.ok or not answer.headers.get("content-type", "").startswith("text/html"):
            return []
        return list(self._links(address, self.inspection.look(page, address, self.who, kind)))

    def _links(self, address: str, body: bytes) -> Iterator[str]:
        tree = parser.document_fromstring(body)
        self.ids[address] = set(tree.xpath("//@id"))
        for href in tree.xpath("//a/@href"):
            link, fragment = urldefrag(urljoin(f"{self.base_url}{address}", href))
            if not link.startswith(f"{self.base_url}/"):
                continue
            link = link.removeprefix(self.base_url)
            if fragment:
                self.fragments.setdefault(link, []).append((fragment, address))
            yield link

    def _check_fragments(self) -> None:
        """A link to a place inside a page leads to a place that is there."""
        for link, wanted in self.fragments.items():
            for fragment, came_from in wanted:
                if link in self.ids and fragment not in self.ids[link]:
                    self.inspection.faults.append(f"{self.who} {link}#{fragment}: not there, linked from {came_from}")
