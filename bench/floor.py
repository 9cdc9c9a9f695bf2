"""The floor: a bare Flask application that does the same kind of work with nothing around it.

One session check, one query and one template (or one durable row, or one CSV), with the libraries the product uses:
Flask, SQLAlchemy, Jinja, SQLite with a write-ahead log and a sync to disk with every commit.
"""

import csv
import io
import os
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask, Response, abort, redirect, render_template, session
from flask.typing import ResponseReturnValue
from sqlalchemy import String, create_engine, event, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

FOLDER = "BENCH_FLOOR_FOLDER"
PAGES = 7
MODULES = 3
SIGN_INS = 200
SECRET = "bench-only-0123456789-abcdefghijklmnop"  # noqa: S105 -- signs the cookies of invented people on this machine

database = sessionmaker()


class Base(DeclarativeBase):
    """The base of the floor's tables."""


class SignIn(Base):
    """Who is signed in."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    ends_at: Mapped[datetime]


class PageRead(Base):
    """Which pages somebody has read: what a page asks for."""

    __tablename__ = "page_reads"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    page: Mapped[int]


class Answer(Base):
    """What a form saves: one row."""

    __tablename__ = "answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    given: Mapped[str]
    at: Mapped[datetime]


class Completion(Base):
    """Who has completed what: one row for each person and module."""

    __tablename__ = "completions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str]
    team: Mapped[str]
    module: Mapped[str]
    status: Mapped[str]
    completed_on: Mapped[date | None]


def create_app(folder: Path | None = None) -> Flask:
    """The floor with its database in a folder (the one that the environment names, unless handed in)."""
    folder = folder or Path(os.environ[FOLDER])
    app = Flask("floor", template_folder=str(Path(__file__).parent / "templates"))
    app.config["SECRET_KEY"] = SECRET
    engine = create_engine(f"sqlite:///{folder / 'floor.db'}", connect_args={"timeout": 15})
    event.listen(engine, "connect", _connected)
    database.configure(bind=engine)
    for rule, view, method in VIEWS:
        app.add_url_rule(rule, view_func=view, methods=[method])
    return app


def _connected(connection: Any, _record: object) -> None:
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def fill(app: Flask, people: int) -> list[str]:
    """Make the floor's tables for this many people; returns a cookie for each of those who are signed in."""
    chance = Random(2009)  # noqa: S311 -- invented rows need no secrets
    ends = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
    sign_ins = [
        {"token_hash": _hash(f"token-{n}"), "name": f"Person {n:05d}", "ends_at": ends} for n in range(1, SIGN_INS + 1)
    ]
    reads = [
        {"person_id": n, "page": page} for n in range(1, SIGN_INS + 1) for page in range(1, chance.randint(1, PAGES))
    ]
    completions = [
        {
            "person": f"Person {n:05d}",
            "team": f"Team {n % 40}",
            "module": f"Module {module}",
            "status": chance.choice(("In date", "Not started", "Overdue")),
            "completed_on": date(2026, chance.randint(1, 12), chance.randint(1, 28)),
        }
        for n in range(people)
        for module in range(MODULES)
    ]
    with database() as opened:
        Base.metadata.create_all(opened.get_bind())
        for table, rows in ((SignIn, sign_ins), (PageRead, reads), (Completion, completions)):
            opened.execute(insert(table), rows)
        opened.commit()
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return [f"session={serializer.dumps({'token': f'token-{n}'})}" for n in range(1, SIGN_INS + 1)]


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _signed_in(opened: Session) -> SignIn:
    """The session check: one query."""
    now = datetime.now(UTC).replace(tzinfo=None)
    wanted = select(SignIn).where(SignIn.token_hash == _hash(session.get("token", "")), SignIn.ends_at > now)
    found = opened.scalar(wanted)
    if found is None:
        abort(403)
    return found


def page(number: int) -> ResponseReturnValue:
    """One session check, one query, one template of about 8 kB."""
    with database() as opened:
        who = _signed_in(opened)
        read = set(opened.scalars(select(PageRead.page).where(PageRead.person_id == who.id)))
        return render_template("page.html", who=who, number=number, pages=range(1, PAGES + 1), read=read, words=WORDS)


def answer(number: int) -> ResponseReturnValue:
    """One session check, one durable row."""
    with database() as opened:
        who = _signed_in(opened)
        opened.add(Answer(person_id=who.id, given=str(number), at=datetime.now(UTC).replace(tzinfo=None)))
        opened.commit()
        return redirect("/page/1", 303)


def report() -> ResponseReturnValue:
    """One session check, one query, one table of the first 25 people."""
    with database() as opened:
        who = _signed_in(opened)
        wanted = select(Completion).order_by(Completion.person, Completion.id).limit(25 * MODULES)
        return render_template("report.html", who=who, rows=opened.scalars(wanted).all())


def report_csv() -> ResponseReturnValue:
    """One session check, one query over everybody, one csv.writer."""
    columns = (Completion.person, Completion.team, Completion.module, Completion.status, Completion.completed_on)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.key for column in columns])
    with database() as opened:
        _signed_in(opened)
        writer.writerows(opened.execute(select(*columns).order_by(Completion.person, Completion.id)))
    return Response(buffer.getvalue(), content_type="text/csv; charset=utf-8")


VIEWS = (
    ("/page/<int:number>", page, "GET"),
    ("/answer/<int:number>", answer, "POST"),
    ("/report", report, "GET"),
    ("/report.csv", report_csv, "GET"),
)
WORDS = [
    "Families meet many services, and each of them sees a part. Work that is joined up begins when somebody asks what "
    f"the others already know, and writes down who does what by when. This is paragraph {number} of a page made to be "
    "measured, as long as a page that people read."
    for number in range(1, 24)
]
