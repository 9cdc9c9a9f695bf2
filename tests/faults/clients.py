"""People at work: programs that do real acts over HTTP, repeat what got no answer with the same key, and remember what
was acknowledged.
"""

import http.client
import re
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from tests.faults.site import Site

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LONGEST_ANSWER = 20.0


def a_day(title: str) -> dict[str, str]:
    """The form of a new joint day."""
    return {
        "title": title,
        "about": "Bring a case.",
        "capacity": "24",
        "minimum_agencies": "1",
        "largest_share": "40",
        "open_to": "all",
        "session-1-day": (date.today() + timedelta(days=30)).isoformat(),
        "session-1-starts": "09:30",
        "session-1-ends": "15:30",
        "session-1-place": "Fern Hall",
    }


@dataclass
class Reply:
    """What came back; status 0 when nothing did."""

    status: int
    text: str = ""
    location: str = ""
    replayed: bool = False


@dataclass
class Client:
    """One person's browser."""

    site: Site
    cookie: str
    token: str = ""
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def ask(self, method: str, path: str, data: dict[str, str] | None = None, **headers: str) -> Reply:
        """One request on a connection of its own."""
        began = time.monotonic()
        line = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=LONGEST_ANSWER)
        head = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded", **headers}
        try:
            line.request(method, path, urlencode(data) if data else None, head)
            answer = line.getresponse()
            text = answer.read().decode()
            reply = Reply(
                answer.status, text, answer.headers["Location"] or "", bool(answer.headers["Idempotency-Replayed"])
            )
            if answer.headers["Set-Cookie"] and not self.token:
                self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        except (OSError, http.client.HTTPException):
            reply = Reply(0)
        finally:
            line.close()
        self.seconds.append(time.monotonic() - began)
        self.statuses[reply.status] += 1
        return reply

    def open(self) -> "Client":
        """Get the token of this sign-in's forms."""
        page = self.ask("GET", "/me/")
        assert page.status == 200, page
        self.token = TOKEN.search(page.text)[1]
        return self

    def send(self, path: str, data: dict[str, Any], key: str | None = None, **headers: str) -> Reply:
        """Send a form, once."""
        return self.ask("POST", path, {"csrf_token": self.token, "once": key or token_hex(16), **data}, **headers)

    def make(self, title: str, key: str | None = None) -> Reply:
        """Make a joint day."""
        return self.send("/cohorts/new", a_day(title), key)

    def until_answered(self, path: str, data: dict[str, Any], give_up: threading.Event, **headers: str) -> Reply | None:
        """Send a form with one key until the server says what became of it."""
        key = token_hex(16)
        while not give_up.is_set():
            reply = self.send(path, data, key, **headers)
            if reply.status not in (0, 502, 503):
                return reply
            time.sleep(0.05)
        return None


class Load:
    """Several people who make joint days, with titles nobody used before, until they are stopped."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.clients = [Client(site, cookie).open() for cookie in site.cookies]
        self.acknowledged: list[str] = []
        self.tried: list[str] = []
        self.refused: list[Reply] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(one,)) for one in self.clients]

    def _work(self, client: Client) -> None:
        while not self._stop.is_set():
            title = f"Day {token_hex(8)}"
            self.tried.append(title)
            reply = client.until_answered("/cohorts/new", a_day(title), self._stop)
            if reply and reply.status == 303:
                self.acknowledged.append(title)
            elif reply:
                self.refused.append(reply)
                return

    @contextmanager
    def at_work(self) -> Any:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()

    def check(self) -> None:
        """Everything that was acknowledged is there, and nothing is there twice."""
        self.site.settle()
        found = Counter(title for (title,) in self.site.ask("SELECT title FROM cohorts"))
        acts = self.site.ask("SELECT count(*) FROM audit_entries WHERE action = 'cohort.created'")[0][0]
        assert [reply.status for reply in self.refused] == [], self.refused[0].text
        assert len(self.acknowledged) > 0
        lost = [title for title in self.acknowledged if not found[title]]
        twice = [title for title, times in found.items() if times > 1]
        assert (lost, twice) == ([], []), f"lost {lost}, twice {twice}"
        assert acts == len(found), f"{acts} in the audit, {len(found)} there"
        assert set(found) <= set(self.tried)
