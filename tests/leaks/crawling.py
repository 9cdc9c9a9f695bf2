"""Walking through the site as one visitor by whatever pages and forms offer, and keeping every byte of every answer."""

import io
import re
import zipfile
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from lxml import html as parser
from pypdf import PdfReader
from sqlalchemy import event
from werkzeug.exceptions import HTTPException

from lms.core.db import db
from tests.support.browser import settle

# Fresh with every page whoever asks; of one length, so that the sizes of answers can be compared.
FRESH = re.compile(
    rb'(name="(?:csrf_token|once|round)" (?:id="[^"]*" )?(?:type="hidden" )?value="|"challenge": ")[^"]*(")'
)
OWN_ACTS = re.compile(rb"Audit entries: [\d,]+ rows?")  # one's own refusals and files, of which the walk makes more
NOT_COMPARED = ("Set-Cookie", "Date", "X-Request-ID", "Traceparent")
PROBES = ({"page": "99"}, {"q": "canary"}, {"order": "desc"})
MOST_OF_ONE = 5  # addresses of one endpoint
CONTENT = ("learning.page", "learning.module", "flags.form", "learning.picture", "learning.summary", "quizzes.front")
MOST_CONTENT = 2


@dataclass(frozen=True)
class Answer:
    """What came back: all of it, and how many statements the database was asked."""

    status: int
    headers: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, bytes], ...]
    size: int
    statements: int


@dataclass
class Crawl:
    """One visitor's way through the site; `answers` by address, in the order in which they were found."""

    app: Any
    client: Any
    answers: dict[str, Answer] = field(default_factory=dict)
    _seen: Counter[str] = field(default_factory=Counter)

    def walk(self, starts: list[str]) -> None:
        """Open these addresses and whatever they lead to."""
        waiting, known = deque(starts), set(starts)
        while waiting:
            address = waiting.popleft()
            self.answers[address], page = self._open(address)
            for found in self._offered(address, page):
                if found not in known and self._is_wanted(found):
                    known.add(found)
                    waiting.append(found)

    def again(self, part: str = "") -> dict[str, Answer]:
        """The same addresses once more; those alone that hold this part."""
        return {address: self._open(address)[0] for address in self.answers if part in address}

    def _open(self, address: str) -> tuple[Answer, bytes]:
        settle()
        with statements() as asked:
            response = self.client.get(address)
        body = OWN_ACTS.sub(b"Audit entries", FRESH.sub(rb"\1-\2", response.data))
        headers = tuple(sorted((k, v) for k, v in response.headers if k not in NOT_COMPARED))
        kind = (response.content_type or "").partition(";")[0]
        parts = tuple(unpacked(kind, body))
        if kind == "application/pdf" or OWN_ACTS.search(response.data):  # the number of bytes varies by itself
            headers = tuple(one for one in headers if one[0] != "Content-Length")
        return Answer(response.status_code, headers, parts, len(body), len(asked)), body if kind == "text/html" else b""

    def _offered(self, at: str, page: bytes) -> Iterator[str]:
        """Links of a page, what its forms ask for, and what somebody curious adds to an address."""
        if not page:
            return
        tree = parser.document_fromstring(page)
        links = [str(one) for one in tree.xpath("//a/@href")]
        yield from (urljoin(at, one).partition("#")[0] for one in links)
        forms = [one for one in tree.xpath("//form") if (one.get("method") or "get").lower() == "get"]
        for form in forms:
            action = urljoin(at, form.get("action") or "").partition("#")[0].partition("?")[0]
            yield from (f"{action}?{urlencode(one)}" for one in asked_by(form))
        if forms or any("?" in one for one in links):
            path, _, query = at.partition("?")
            for probe in PROBES:
                yield f"{path}?{urlencode({**dict(parse_qsl(query)), **probe})}"

    def _is_wanted(self, address: str) -> bool:
        parts = urlsplit(address)
        if parts.netloc or parts.path.startswith("/static"):
            return False
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(parts.path, method="GET")
        except HTTPException:
            return False
        self._seen[endpoint] += 1
        return self._seen[endpoint] <= (MOST_CONTENT if endpoint in CONTENT else MOST_OF_ONE)


def asked_by(form: Any) -> Iterator[dict[str, str]]:
    """What a form can ask: as it stands, each choice of each list, and a word in each box."""
    lists = {
        one.get("name"): [option.get("value", option.text) for option in one.xpath(".//option")]
        for one in form.xpath(".//select[@name]")
    }
    boxes = [one.get("name") for one in form.xpath(".//input[@name][not(@type) or @type='text' or @type='search']")]
    ticks = [(one.get("name"), one.get("value") or "on") for one in form.xpath(".//input[@type='checkbox'][@name]")]
    plain = {name: options[0] or "" for name, options in lists.items() if options}
    yield plain
    for name, options in lists.items():
        yield from ({**plain, name: option or ""} for option in options[1:4])
    yield from ({**plain, name: word} for name in boxes for word in ("canary", "a"))
    yield from ({**plain, name: value} for name, value in ticks)


def unpacked(kind: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What a file holds: words and number of pages of a PDF, every file of an archive or a workbook, bytes else."""
    if kind == "application/pdf":
        pages = PdfReader(io.BytesIO(body)).pages
        yield from ((f"page {number}", page.extract_text().encode()) for number, page in enumerate(pages))
    elif body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as held:
            for one in held.namelist():
                inner = held.read(one)
                yield from unpacked("application/pdf" if inner.startswith(b"%PDF") else "", inner)
                yield one, b""
    else:
        yield "", body


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def differences(before: dict[str, Answer], after: dict[str, Answer]) -> list[str]:
    """What differs between two walks, in words."""
    found = []
    for address, new in after.items():
        old = before[address]
        if old.status != new.status or old.headers != new.headers or old.parts != new.parts:
            found.append(f"{address}: {_first(old, new)}")
        elif old.statements != new.statements:
            found.append(f"{address}: {old.statements} statements became {new.statements}")
    return found


def _first(old: Answer, new: Answer) -> str:
    if old.status != new.status:
        return f"{old.status} became {new.status}"
    for (name, a), (other, b) in zip(old.parts, new.parts, strict=False):
        if (name, a) != (other, b):
            at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            return f"{name} {a[max(0, at - 60) : at + 60]!r} became {b[max(0, at - 60) : at + 60]!r}"
    return f"{set(old.headers) ^ set(new.headers)}, {len(old.parts)} parts became {len(new.parts)}"
