"""Loading a crowd into an empty database: an agency at a time, by several processes, and then its counts."""

import gc
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing.synchronize import Lock
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import Connection, exists, select, text

from lms.assignments import counts, facts
from lms.assignments.models import Level, Requirement, RequirementVersion
from lms.assignments.rules import Kind, plain
from lms.catalogue import shelf
from lms.core import clock
from lms.core.db import choose_mode, db, writing
from lms.crowd import bulk, scene
from lms.crowd.making import SHARED_TABLE, Counted, change_rows, make, portions
from lms.crowd.scene import Course, Scene
from lms.crowd.words import ASKED_MORE, LEVELS
from lms.people.models import Agency, Person

ASKED_SINCE_DAYS = 700
CACHE_KB = 262_144
FLUSH_AT = 300_000
Turn = AbstractContextManager[Any]
NOBODY_ELSE: Turn = nullcontext()


@dataclass
class Loaded:
    """What one agency came to: people, records of what happened to them, and their part in counts others add to."""

    people: int
    records: int
    shared: Counted


def is_empty() -> bool:
    """Whether the database has nobody and no agency yet."""
    return not db.session.scalar(select(exists(select(Person.id)))) and not db.session.scalar(
        select(exists(select(Agency.id)))
    )


def prepare(people: int, password_hash: str, *, seed: int, years: int) -> Scene:
    """Make agencies, teams, levels and requirements, and save them."""
    chance = Random(seed)  # noqa: S311 -- invented people need no secrets
    courses = [
        Course(
            slug=module.slug,
            title=module.title,
            version=module.version,
            core_hash=module.hash,
            minutes=module.minutes,
            months=module.valid_months,
            core=module.core,
            pages=tuple(page.slug for page in module.pages),
            quizzes=tuple(module.quizzes),
        )
        for module in shelf.library().modules
    ]
    made = Scene(seed, clock.today(), years, password_hash, courses, scene.agencies(people, chance))
    with writing() as session:
        bulk.save(session.connection(), _places(made))
        for partnership in made.neighbours:
            _ask(partnership, made)
    made.rules = facts.rules(made.neighbours)
    db.session.rollback()  # or what is saved later would begin from what was read here
    return made


def _places(made: Scene) -> dict[str, list[bulk.Row]]:
    return {
        "agencies": [(one.id, one.name, one.sector.value, one.partnership) for one in made.agencies],
        "teams": [(team.id, one.id, team.name, team.locality) for one in made.agencies for team in one.teams],
    }


def _ask(partnership: str, made: Scene) -> None:
    """A scheme of levels, and one module that some jobs are asked for beside the core modules."""
    for place, (code, jobs) in enumerate(LEVELS.items()):
        level = Level(partnership=partnership, code=code, name=f"Level {code}", position=place, jobs=list(jobs))
        db.session.add(level)
    target = next(course.slug for course in made.courses if not course.core)
    asked = Requirement(partnership=partnership, kind=Kind.MODULE, target=target)
    db.session.add(asked)
    db.session.flush()
    db.session.add(
        RequirementVersion(
            requirement_id=asked.id,
            first_day=made.today - facts.DAY * ASKED_SINCE_DAYS,
            jobs=[plain(job) for job in ASKED_MORE],
            why="Who works with families at home learns this too.",
        )
    )


def load(made: Scene, make_app: Callable[[], Flask], processes: int) -> Iterator[Loaded]:
    """Save everybody, an agency at a time, in whatever order they are ready."""
    numbers = range(len(made.agencies))
    if processes == 1:
        yield from (_agency(made, number) for number in numbers)
        return
    fresh = multiprocessing.get_context("spawn")
    turn = fresh.Lock() if db.engine.dialect.name == "sqlite" else None
    with fresh.Pool(processes, _begin, (made, make_app, turn)) as pool:
        yield from pool.imap_unordered(_agency_there, numbers)


_there: list[tuple[Scene, Turn]] = []


def _begin(made: Scene, make_app: Callable[[], Flask], turn: Lock | None) -> None:
    """Make a process of its own ready: with its own application and connection. On SQLite, where one writes at a time,
    they take turns: on a busy machine its own waiting gave up after 15 seconds.
    """
    make_app().app_context().push()
    _there.append((made, turn or nullcontext()))
    gc.disable()  # rows hold no circles, and counting them again and again took a tenth of the time


def _agency_there(number: int) -> Loaded:
    made, turn = _there[0]
    return _agency(made, number, turn)


def _agency(made: Scene, number: int, turn: Turn = NOBODY_ELSE) -> Loaded:
    """Save one agency's people, a portion in each transaction: its manager first, whom decisions name."""
    found = Loaded(0, 0, {})
    for portion in (make(made, one) for one in portions(made, number)):
        with turn, writing() as session:
            connection = session.connection()
            _widen(connection)
            bulk.save(connection, portion.rows)
        found.people += portion.people
        found.records += sum(len(portion.rows.get(name, ())) for name in bulk.RECORDS)
        add(found.shared, portion.shared)
    return found


def _widen(connection: Connection) -> None:
    """Let SQLite hold more of its indexes in memory than the two megabytes it takes of itself."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KB}")


def add(all_: Counted, some: Counted) -> None:
    """Add changes to changes."""
    for line, changes in some.items():
        all_.setdefault(line, Counter()).update(changes)


def save_shared(counted: Counted) -> None:
    """Save the changes to counts that several agencies add to, and forget them."""
    rows = change_rows(counted)
    counted.clear()
    for start in range(0, len(rows), FLUSH_AT // 10):
        with writing() as session:
            bulk.save(session.connection(), {SHARED_TABLE: rows[start : start + FLUSH_AT // 10]})


def is_large(counted: Counted) -> bool:
    """Whether the changes kept in memory should be saved now; adding to them later makes further rows, no fault."""
    return sum(map(len, counted.values())) > 5 * FLUSH_AT


def finish() -> int:
    """Store the month-ends and let the database look at how its tables are filled; returns how many were stored."""
    _analyze()  # without it a count may be read in the slowest way
    with writing():
        stored = counts.store_month_ends()
    _analyze()
    return stored


def _analyze() -> None:
    choose_mode(writing=True)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    choose_mode(writing=False)
