"""People at work: each kind does real acts, one after the other, remembers what was acknowledged, and can say
afterwards what of it is missing from the database and what is there twice.
"""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from tests.faults.clients import TOKEN, Client, Place, Reply, a_day

OPEN_DAY = "The open day"
CHECK = "/quizzes/lead-check/"
QUESTIONS = 8
OPTION = re.compile(r'<input[^>]*value="([^"]*)"[^>]*><span>([^<]*)</span>')
PAGES = [
    *(f"/learn/tiers-of-need/{page}" for page in ("what-for", "now", "sources")),
    *(f"/learn/lead-professional/{page}" for page in ("why-a-lead", "then-and-now", "sources")),
]


@dataclass
class Person:
    """Somebody who works until `stop` is set. `done` counts what was acknowledged, `refused` keeps answers that should
    not be, `before` the browsers of those in whose place they worked.
    """

    client: Client
    email: str
    stop: threading.Event
    done: int = 0
    refused: list[Reply] = field(default_factory=list)
    before: list[Client] = field(default_factory=list)

    def work(self) -> None:
        """Act until it is time to stop, or something is refused."""
        while not self.stop.is_set() and not self.refused:
            self.act()

    def act(self) -> None:
        """One act, or a few that belong together."""
        raise NotImplementedError

    def wrong(self, site: Place) -> list[str]:
        """What is not in the database as it was acknowledged."""
        raise NotImplementedError

    def send(self, path: str, data: dict[str, str], expect: int = 303, **headers: str) -> Reply | None:
        """Send a form until it is answered; None when there was no time left, or it was refused."""
        reply = self.client.until_answered(path, data, self.stop, **headers)
        if reply is None:
            return None
        if reply.status != expect:
            self.refused.append(reply)
            return None
        self.done += 1
        return reply

    def read(self, path: str) -> Reply | None:
        """Open a page until it is shown; None as above."""
        reply = self.client.until_read(path, self.stop)
        if reply is not None and reply.status != 200:
            self.refused.append(reply)
        return reply if reply is not None and reply.status == 200 else None


@dataclass
class Planner(Person):
    """Makes joint days, with titles nobody used before."""

    tried: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def act(self) -> None:
        self.tried.append(f"Day {token_hex(8)}")
        if self.send("/cohorts/new", a_day(self.tried[-1])):
            self.kept.append(self.tried[-1])

    def wrong(self, site: Place) -> list[str]:
        found = Counter(title for (title,) in site.ask("SELECT title FROM cohorts") if title in set(self.tried))
        lost = [f"lost: {title}" for title in self.kept if not found[title]]
        return lost + [f"twice: {title}" for title, times in found.items() if times > 1]


@dataclass
class Writer(Person):
    """Writes into one private note, which is saved while typing; a save that nobody acknowledged loses no other."""

    seen: str = ""
    kept: str = ""
    tried: str = ""

    def act(self) -> None:
        self.tried = f"Note {self.done + 1} {token_hex(4)}"
        words = {"reflection": self.tried, "seen": self.seen}
        path = "/learn/lead-professional/why-a-lead/reflection"
        reply = self.send(path, words, 200, **{"X-Requested-With": "draft"})
        if reply:
            self.kept, self.seen = self.tried, json.loads(reply.text)["seen"]

    def wrong(self, site: Place) -> list[str]:
        statement = "SELECT text FROM reflections r JOIN people p ON p.id = r.person_id WHERE p.email = :email"
        rows = [text for (text,) in site.ask(statement, email=self.email)]
        good = len(rows) <= 1 and (rows or [""])[0] in (self.kept, self.tried)
        return [] if good else [f"note of {self.email}: {self.kept} was kept, {self.tried} tried, there is {rows}"]


@dataclass
class Learner(Person):
    """Goes at a knowledge check again and again; the right answer, and each fourth time the wrong one."""

    begun: list[str] = field(default_factory=list)
    tried: dict[tuple[str, int], bool] = field(default_factory=dict)
    kept: dict[tuple[str, int], bool] = field(default_factory=dict)

    def act(self) -> None:
        reply = self.send(CHECK, {})
        if reply is None:
            return
        go = reply.location.rstrip("/").rpartition("/")[2]
        self.begun.append(go.replace("-", ""))
        for position in range(1, QUESTIONS + 1):
            page = self.read(f"{CHECK}{go}/{position}")
            if page is None:
                return
            is_right = position % 4 > 0
            options = {words == "The right one": value for value, words in OPTION.findall(page.text)}
            self.tried[self.begun[-1], position] = is_right
            if self.send(f"{CHECK}{go}/{position}", {"answer": options[is_right]}) is None:
                return
            self.kept[self.begun[-1], position] = is_right

    def wrong(self, site: Place) -> list[str]:
        of = "FROM quiz_attempts t JOIN people p ON p.id = t.person_id {} WHERE p.email = :email"
        answers = of.format("JOIN quiz_answers a ON a.attempt_id = t.id")
        rows = site.ask(f'SELECT t.id, a.position, a."right" {answers}', email=self.email)
        found = [((str(go).replace("-", ""), position), bool(right)) for go, position, right in rows]
        goes = site.ask(f"SELECT count(*), count(t.finished_at) {of.format('')}", email=self.email)[0]
        whole = sum(position == QUESTIONS for _, position in self.kept)
        faults = [f"lost: answer {one}" for one, right in self.kept.items() if (one, right) not in found]
        faults += [f"nobody's: answer {one}" for one, right in found if self.tried.get(one) is not right]
        faults += [f"twice: answer {one}" for one, times in Counter(one for one, _ in found).items() if times > 1]
        if goes[0] - len(self.begun) not in (0, 1) or goes[1] - whole not in (0, 1):
            faults.append(f"goes of {self.email}: {goes}, acknowledged {len(self.begun)}, {whole}")
        return faults


@dataclass
class Booker(Person):
    """Books a place at the open day, gives it up, and books again."""

    cohort: str = ""
    kept: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)

    def act(self) -> None:
        for what in ("book", "cancel"):
            self.tried[what] += 1
            if self.send(f"{self.cohort}{what}", {}) is None:
                return
            self.kept[what] += 1

    def wrong(self, site: Place) -> list[str]:
        acts = "SELECT action FROM audit_entries a JOIN people p ON p.id = a.actor_id WHERE p.email = :email"
        noted = Counter(action for (action,) in site.ask(acts, email=self.email))
        there = "SELECT count(*) FROM bookings b JOIN people p ON p.id = b.person_id WHERE p.email = :email"
        booked = site.ask(f"{there} AND b.state = 'booked'", email=self.email)[0][0]
        faults = []
        for what, action in (("book", "cohort.place_booked"), ("cancel", "cohort.place_cancelled")):
            if not self.kept[what] <= noted[action] <= self.tried[what]:
                faults.append(f"{action} of {self.email}: {noted[action]}, acknowledged {self.kept[what]}")
        if booked != noted["cohort.place_booked"] - noted["cohort.place_cancelled"]:
            faults.append(f"{self.email} has {booked} places after {noted}")
        return faults


@dataclass
class Reader(Person):
    """Reads modules, as one member of staff after the other: the last page of the first brings a certificate."""

    others: list[tuple[Client, str]] = field(default_factory=list)
    kept: set[tuple[str, str]] = field(default_factory=set)

    def act(self) -> None:
        if not self.others:
            time.sleep(0.2)
            return
        self.before.append(self.client)
        self.client, self.email = self.others.pop()
        page = self.read("/me/")
        if page is None:
            return
        self.client.token = TOKEN.search(page.text)[1]
        for path in PAGES:
            if self.send(path, {}) is None:
                return
            self.kept.add((self.email, path))

    def wrong(self, site: Place) -> list[str]:
        read = (
            "SELECT p.email, s.module, r.page FROM page_reads r JOIN studies s ON s.id = r.study_id"
            " JOIN people p ON p.id = s.person_id"
        )
        found = Counter((email, f"/learn/{module}/{page}") for email, module, page in site.ask(read))
        held = Counter(email for (email,) in site.ask(
            "SELECT p.email FROM certificates c JOIN people p ON p.id = c.person_id"
        ))  # fmt: skip
        faults = [f"lost: {one}" for one in self.kept if not found[one]]
        faults += [f"twice: {one}" for one, times in (found + held).items() if times > 1]
        ended = [email for email, path in self.kept if path == PAGES[2]]
        return faults + [f"no certificate: {email}" for email in ended if not held[email]]


class Load:
    """All kinds at once, until they are stopped."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self._stop = threading.Event()
        day = self._open_day()
        staff = [(Client(site, cookie), f"s{n}@a.example") for n, cookie in enumerate(site.people["staff"])]
        trainers = [(Client(site, cookie), f"t{n}@a.example") for n, cookie in enumerate(site.people["trainers"])]
        self.people: list[Person] = [Planner(one, email, self._stop) for one, email in trainers[:3]]
        self.people += [Writer(one, email, self._stop) for one, email in staff[1:3]]
        self.people += [Learner(one, email, self._stop) for one, email in staff[3:5]]
        self.people += [Booker(one, email, self._stop, cohort=day) for one, email in staff[5:7]]
        readers = staff[7:]
        self.people += [Reader(*readers[n], self._stop, others=readers[n + 2 :: 2]) for n in range(2)]
        for one in self.people:
            one.client.open()
        self._threads = [threading.Thread(target=one.work) for one in self.people]

    def _open_day(self) -> str:
        trainer = Client(self.site, self.site.people["trainers"][0]).open()
        day = trainer.make(OPEN_DAY).location.removesuffix("manage")
        assert trainer.send(f"{day}open", {}).status == 303
        return day

    @contextmanager
    def at_work(self) -> Iterator["Load"]:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()

    @property
    def done(self) -> dict[str, int]:
        """How many acts of each kind of person were acknowledged."""
        found: Counter[str] = Counter()
        for one in self.people:
            found[type(one).__name__] += one.done
        return dict(found)

    def unanswered(self) -> int:
        """How many requests got no answer."""
        clients = [one for person in self.people for one in (person.client, *person.before)]
        return sum(one.statuses[0] + one.statuses[502] for one in clients)

    def check(self) -> None:
        """Everything that was acknowledged is there, nothing is there twice, and everybody got something done."""
        self.site.settle()
        refused = [(one.email, reply.status, reply.text) for one in self.people for reply in one.refused]
        assert not refused, refused
        faults = [fault for one in self.people for fault in one.wrong(self.site)]
        assert not faults, faults
        days = self.site.ask("SELECT count(*) FROM cohorts")
        noted = self.site.ask("SELECT count(*) FROM audit_entries WHERE action = 'cohort.created'")
        assert days == noted, f"{days} joint days, {noted} in the record"
        assert min(self.done.values()) > 0, self.done
