"""One person's browser: asks over HTTP, and repeats what got no answer with the same key."""

import http.client
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from secrets import token_hex
from typing import Any, Protocol
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LONGEST_ANSWER = 20.0
NO_ANSWER = frozenset({0, 502, 503})


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


class Place(Protocol):
    """Where a site can be reached, and its database asked."""

    port: int

    def ask(self, statement: str, **values: Any) -> list[Any]: ...

    def settle(self) -> None: ...


@dataclass
class Reply:
    """What came back; status 0 when nothing did."""

    status: int
    text: str = ""
    location: str = ""
    replayed: bool = False


@dataclass
class Client:
    """One person's browser. The cookie of the first answer is kept, or that of each with `keeps`, as in signing in."""

    site: Place
    cookie: str
    token: str = ""
    keeps: bool = False
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
            if answer.headers["Set-Cookie"] and (self.keeps or not self.token):
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

    def at(self, site: Place) -> "Client":
        """The same browser at another address of the site."""
        return Client(site, self.cookie, self.token, self.keeps)

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
            if reply.status not in NO_ANSWER:
                return reply
            time.sleep(0.05)
        return None

    def until_read(self, path: str, give_up: threading.Event) -> Reply | None:
        """Open a page as often as it takes."""
        while not give_up.is_set():
            reply = self.ask("GET", path)
            if reply.status not in NO_ANSWER:
                return reply
            time.sleep(0.05)
        return None
