"""Walking through the demo as one of its people: what they meet goes into the description for a scanner, so that it
reaches things that exist.
"""

import re
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, defaultdict
from http.cookiejar import CookieJar
from typing import Any

from lxml import html

PASSWORD = "integrated-working"
MOST_PAGES, MOST_ALIKE, MOST_VALUES = 220, 3, 4
LEAVING = ("/sign-out", "/me/sign-out-everywhere", "/me/sign-ins/{sign_in_id}/end")
BOXES = ".//input[@name] | .//textarea[@name] | .//select[@name] | .//button[@name]"
WAIT = 60  # seconds for one page


def sign_in(address: str, email: str) -> str:
    """The cookie of somebody signed in, with a token for forms in it."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{address}/sign-in", timeout=WAIT).read().decode()
    hidden = dict(re.findall(r'name="(csrf_token|once)" value="([^"]*)"', page))
    sent = urllib.parse.urlencode({**hidden, "email": email, "password": PASSWORD}).encode()
    answer = browser.open(f"{address}/sign-in", data=sent, timeout=WAIT)
    assert "/sign-in" not in answer.geturl(), f"{email} cannot sign in"
    browser.open(f"{address}/me/", timeout=WAIT).read()
    return "; ".join(f"{one.name}={one.value}" for one in jar)


class Walk:
    """Pages, values of parts of addresses, and fields of forms, as one visitor meets them."""

    def __init__(self, address: str, cookie: str, document: dict[str, Any]) -> None:
        self.address, self.cookie, self.document = address, cookie, document
        self.token, self.pages = "", 0
        self.values: dict[str, list[str]] = defaultdict(list)
        self.fields: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._shapes = sorted(
            ((path, _shape(path)) for path in document["paths"]), key=lambda one: (one[0].count("{"), -len(one[0]))
        )

    def go(self) -> None:
        """Follow links, a few of each kind, and note every form."""
        waiting = ["/", *(path for path, _ in self._shapes if "{" not in path and not path.startswith("/scim"))]
        done: set[str] = set()
        alike: Counter[str] = Counter()
        while waiting and self.pages < MOST_PAGES:
            at = waiting.pop(0)
            kind = self._kind(at)
            if at in done or kind is None or alike[kind] >= MOST_ALIKE:
                continue
            done.add(at)
            alike[kind] += 1
            tree = self._open(at)
            if tree is not None:
                self.pages += 1
                links = (urllib.parse.urljoin(at, link).partition("#")[0] for link in tree.xpath("//a/@href"))
                waiting += [link for link in links if link.startswith("/")]
                self._note_forms(tree, at)

    def _open(self, at: str) -> Any:
        asked = urllib.request.Request(self.address + at, headers={"Cookie": self.cookie})
        try:
            with urllib.request.urlopen(asked, timeout=WAIT) as answer:
                is_page = "html" in answer.headers.get("Content-Type", "")
                return html.document_fromstring(answer.read()) if is_page else None
        except (urllib.error.URLError, OSError):
            return None

    def _kind(self, at: str) -> str | None:
        for path, shape in self._shapes:
            found = shape.fullmatch(at.partition("?")[0])
            if found:
                for name, value in found.groupdict().items():
                    _note(self.values[f"{path} {name}"], urllib.parse.unquote(value))
                return path
        return None

    def _note_forms(self, tree: Any, at: str) -> None:
        for form in tree.xpath("//form"):
            path = self._kind(urllib.parse.urljoin(at, form.get("action") or at))
            for box in form.xpath(BOXES) if path else ():
                if box.get("name") == "csrf_token":
                    self.token = box.get("value")
                elif box.get("name") != "once":
                    given = [one.get("value") or "" for one in box.xpath(".//option")] or [box.get("value") or ""]
                    known = self.fields[path, (form.get("method") or "get").lower()][box.get("name")]
                    for value in filter(None, given):
                        _note(known, value)

    def filled(self) -> dict[str, Any]:
        """The document with what was met, without what would end the sign-in."""
        for path, operations in self.document["paths"].items():
            for method, told in operations.items():
                for one in told["parameters"]:
                    if one["in"] == "path" and (met := self.values.get(f"{path} {one['name']}")):
                        one["schema"] = {"enum": [int(v) for v in met] if one["schema"]["type"] == "integer" else met}
                for one in told.get("requestBody", {}).get("content", {}).values():
                    if (names := one["schema"].get("properties")) is not None:
                        names.pop("csrf_token", None)
                        for name, met in self.fields[path, method].items():
                            if names.get(name, {"type": "string"}) == {"type": "string"}:
                                names[name] = {"anyOf": [{"enum": met}, {"type": "string"}]} if met else {}
        for path in LEAVING:
            self.document["paths"].pop(path, None)
        return {**self.document, "servers": [{"url": self.address}]}


def _shape(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))


def _note(known: list[str], value: str) -> None:
    if value not in known and len(known) < MOST_VALUES:
        known.append(value)
