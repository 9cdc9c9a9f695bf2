"""`python -m bench.reports`: how fast reports answer on a database that `lms bench data` made."""

import gzip
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import click
from sqlalchemy import func, select

from bench.load import Call, WrongAnswer
from bench.servers import LONGEST_START, cpu, free_port, processes, started
from lms.app import create_app
from lms.config import Settings
from lms.core.db import db
from lms.core.permissions import Role, Scope
from lms.people.models import Membership, MembershipRole, Person

SECRET = "bench-of-reports-0123456789-abcdefghijkl"  # noqa: S105 -- of a server on this machine, for minutes
TEAM = 25
LONGEST_ANSWER = 120
LINE = "{:<48}{:>9}{:>9}{:>9}{:>9}{:>9}{:>12}{:>10}{:>8}"


@dataclass(frozen=True)
class Asked:
    """A page or file, and as whom it is asked for; `goal` is the milliseconds its p95 may take, or 0."""

    name: str
    who: str
    path: str
    marker: str
    goal: int = 0
    is_file: bool = False


PAGES = (
    Asked("team page", "team manager", "/reports/completion", "<h1", 100),
    Asked("team CSV", "team manager", "/reports/completion.csv", "", 500, is_file=True),
    Asked("agency matrix, worst first", "agency manager", "/reports/completion", "<h1", 300),
    Asked("agency matrix, by name, page 2", "agency manager", "/reports/completion?sort=name&page=2", "<h1", 300),
    Asked("agency, late and due (R2)", "agency manager", "/reports/due", "<h1"),
    Asked("agency, who is out (R3)", "agency manager", "/reports/cover", "<h1"),
    Asked("agency, whom to remind", "agency manager", "/chasing/remind", "<h1"),
    Asked("agency CSV", "agency manager", "/reports/completion.csv", "", 500, is_file=True),
    Asked("partnership by agency (R4)", "coordinator", "/reports/by", "<h1", 800),
    Asked("partnership by agency (R4)", "observer", "/reports/by", "<h1", 800),
    Asked("partnership over months (R5)", "coordinator", "/reports/over-time", "<h1", 800),
    Asked("partnership matrix, worst first", "coordinator", "/reports/completion", "<h1"),
    Asked("partnership matrix, by name, last page", "coordinator", "/reports/completion?sort=name&page=99999", "<h1"),
    Asked("partnership, late and due (R2)", "coordinator", "/reports/due", "<h1"),
    Asked("partnership CSV", "coordinator", "/reports/completion.csv", "", 500, is_file=True),
)


@dataclass
class Taken:
    """Milliseconds to the first byte and to the last of every request, the size of the answer, and the milliseconds of
    processor time that the web processes used for one: these do not grow when others use the machine too.
    """

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    size: int = 0
    zipped: int = 0
    cpu: float = 0.0

    def row(self, asked: Asked) -> str:
        """A line of the table."""
        judged = self.first if asked.is_file else self.whole
        verdict = "" if not asked.goal else "yes" if _percentile(judged, 95) <= asked.goal else "NO"
        times = [_percentile(times, percent) for times in (self.first, self.whole) for percent in (50, 95)]
        name = f"{asked.name}, {asked.who}"
        sizes = (f"{self.size:,}", f"{self.zipped:,}")
        return LINE.format(name, *(f"{one:.0f}" for one in (*times, self.cpu)), *sizes, verdict)


@dataclass(frozen=True)
class Size:
    """How much there is in the database."""

    people: int
    agency: int
    team: int


@click.command()
@click.option("--folder", required=True, type=click.Path(path_type=Path, exists=True), help="LMS_DATA_DIR of the data.")
@click.option("--database", default="", help="LMS_DATABASE_URL of the data; SQLite in the folder when left out.")
@click.option("--password", required=True, help="Everybody's password.")
@click.option("--rounds", default=40, show_default=True, help="How often each page is asked for.")
@click.option("--files", default=3, show_default=True, help="How often each file is asked for.")
def main(folder: Path, database: str, password: str, rounds: int, files: int) -> None:
    """Ask for each report as the people who read it do, one request at a time, and print how long it takes.

    Ends with status 1 when a goal is missed.
    """
    settings = {"LMS_SECRET_KEY": SECRET, "LMS_DATA_DIR": str(folder), "LMS_BASE_URL": "http://127.0.0.1"}
    settings |= {f"LMS_LIMIT_{name}": "0" for name in ("PERSON", "ADDRESS", "COSTLY")}  # one client stands for many
    if database:
        settings["LMS_DATABASE_URL"] = database
    size, accounts = _readers(settings)
    load = os.getloadavg()[0]
    click.echo(
        f"{size.people:,} people, {'PostgreSQL' if database else 'SQLite'}; the agency has {size.agency:,}, the team"
        f" {size.team}. Two web processes; other work on this machine: load {load:.1f} on {os.cpu_count()} cores."
    )
    click.echo(LINE.format("ms", "first 50", "first 95", "all p50", "all p95", "CPU ms", "bytes", "gzipped", "goal"))
    with _served(settings) as (port, pid):
        rows = []
        for asked in PAGES:
            cookie = sign_in(port, accounts[asked.who], password)
            rows.append(_row(port, pid, asked, cookie, files if asked.is_file else rounds))
    sys.exit(1 if any(row.endswith("NO") for row in rows) else 0)


def _row(port: int, pid: int, asked: Asked, cookie: str, times: int) -> str:
    """Measure one page or file and print its line at once; returns the line."""
    before = cpu(processes(pid))
    taken = measure(port, cookie, asked, times)
    if taken is None:
        row = f"{asked.name}, {asked.who}: there is no such page"
    else:
        taken.cpu = 1000 * (cpu(processes(pid)) - before) / (times + 1)
        row = taken.row(asked)
    click.echo(row)
    return row


def measure(port: int, cookie: str, asked: Asked, times: int) -> Taken | None:
    """Ask so often, after one request of which nothing is kept; None when there is no such page. Raises WrongAnswer."""
    found = Taken()
    connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST_ANSWER)
    try:
        for number in range(times + 1):
            began = time.perf_counter()
            connection.request("GET", asked.path, headers={"Cookie": cookie, "User-Agent": "Bench"})
            response = connection.getresponse()
            head = response.read(1)
            first = time.perf_counter() - began
            body = head + response.read()
            whole = time.perf_counter() - began
            if response.status == 404:
                return None
            Call(asked.path, cookie, asked.marker).check(response.status, response.getheader("Location") or "", body)
            if number:
                found.first.append(1000 * first)
                found.whole.append(1000 * whole)
        found.size, found.zipped = len(body), len(gzip.compress(body, 6))
    finally:
        connection.close()
    return found


def sign_in(port: int, email: str, password: str) -> str:
    """Sign in as people do; returns the cookie. Raises WrongAnswer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST_ANSWER)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{port}"}
        connection.request("POST", "/sign-in", urlencode({"email": email, "password": password}), headers)
        response = connection.getresponse()
        response.read()
        if response.status != 303:
            raise WrongAnswer(f"{email} could not sign in: {response.status}")
        return "; ".join(re.findall(r"^Set-Cookie: ([^;]+)", str(response.msg), flags=re.MULTILINE))
    finally:
        connection.close()


def _readers(settings: dict[str, str]) -> tuple[Size, dict[str, str]]:
    """Who reads what: the overseers, the manager of the largest agency, and of its team whose size is nearest to 25."""
    app = create_app(Settings(settings))
    with app.app_context():
        people = db.session.scalar(select(func.count()).select_from(Person)) or 0
        sizes = (
            select(Membership.agency_id, func.count())
            .where(Membership.ends_on.is_(None))
            .group_by(Membership.agency_id)
            .order_by(func.count().desc())
        )
        agency, many = db.session.execute(sizes.limit(1)).one()
        teams = (
            select(Membership.team_id, func.count())
            .where(Membership.agency_id == agency, Membership.ends_on.is_(None))
            .group_by(Membership.team_id)
        )
        team, few = min(db.session.execute(teams).all(), key=lambda one: abs(one[1] - TEAM))
        found = {
            "coordinator": _holder(Role.COORDINATOR, Scope.PARTNERSHIP),
            "observer": _holder(Role.OBSERVER, Scope.PARTNERSHIP),
            "agency manager": _holder(Role.MANAGER, Scope.AGENCY, Membership.agency_id == agency),
            "team manager": _holder(Role.MANAGER, Scope.TEAM, Membership.team_id == team),
        }
        db.session.rollback()
        db.engine.dispose()
    return Size(people, many, few), found


def _holder(role: Role, scope: Scope, *where: object) -> str:
    wanted = (
        select(Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(MembershipRole.role == role.value, MembershipRole.scope == scope.value, *where)  # type: ignore[arg-type]
    )
    email = db.session.scalars(wanted.order_by(Person.email).limit(1)).first()
    if email is None:
        raise SystemExit(f"Nobody is {role.value} here. Make the data with: lms bench data --people N")
    return email


@contextmanager
def _served(settings: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The product under the settings of the Procfile, in two processes, on this machine alone: its
    port and the process that holds it."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    environment |= {**settings, "HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "2"}
    command: Sequence[str] = (
        *(sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--timeout", str(LONGEST_START * 2)),
        "lms.app:create_app()",
    )
    log = Path(settings["LMS_DATA_DIR"]) / "bench-reports.log"
    with started(command, environment, port, Call("/sign-in", "", "<h1"), log) as pid:
        yield port, pid


def _percentile(times: Sequence[float], percent: int) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


if __name__ == "__main__":
    main()
