"""How long things are kept: what is over its time, in numbers beforehand, and removed in portions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, select

from lms.audit import actions as audit
from lms.audit import keeping
from lms.audit.chain import ACTS
from lms.config import Settings
from lms.core.actor import Actor
from lms.core.db import db, give_way, writing
from lms.rights import dormant, finding
from lms.rights.dormant import Accounts
from lms.rights.spans import months_ago
from lms.signin import failing

AT_A_TIME = 500


@dataclass(frozen=True)
class Class:
    """Rows of one table that go some months after a moment in them; `with_them` are rows that hang on them."""

    words: str
    table: str
    setting: str
    since: Callable[[], ColumnElement[datetime]]
    with_them: tuple[tuple[str, str], ...] = ()

    @property
    def months(self) -> int:
        """For how many months they are kept."""
        settings: Settings = current_app.extensions["settings"]
        return int(getattr(settings, self.setting))

    def number(self) -> int:
        """How many rows are over their time."""
        return db.session.scalar(select(func.count()).select_from(finding.table(self.table)).where(self.over)) or 0

    def remove(self, actor: Actor | None) -> int:
        """Remove them, some hundred in each transaction; returns how many."""
        return _remove(self, actor)

    @property
    def over(self) -> ColumnElement[bool]:
        """SQL: rows whose time is over."""
        return self.since() < months_ago(self.months)


@dataclass(frozen=True)
class Emptied:
    """Rows of the record, which stay while whom they speak of is emptied."""

    words: str
    worn: keeping.Worn
    setting: str

    @property
    def months(self) -> int:
        """For how many months they speak of somebody."""
        settings: Settings = current_app.extensions["settings"]
        return int(getattr(settings, self.setting))

    def number(self) -> int:
        """How many rows are over their time."""
        return keeping.number_over(self.worn, months_ago(self.months))

    def remove(self, actor: Actor | None) -> int:
        """Empty them, some hundred in each transaction; returns how many."""
        done, last, before = 0, 0, months_ago(self.months)
        while True:
            with writing():
                number, last = keeping.wear(actor, self.worn, before, last, AT_A_TIME)
            done += number
            if number < AT_A_TIME:
                return done
            give_way()


def _moment(table: str, column: str) -> Callable[[], ColumnElement[datetime]]:
    return lambda: finding.table(table).c[column]


CLASSES: tuple[Class | Emptied | Accounts, ...] = (
    Class("Notes, after they were last saved", "reflections", "keep_notes_months", _moment("reflections", "saved_at")),
    Class(
        "Goes at quizzes and scenarios, with their answers",
        "quiz_attempts",
        "keep_answers_months",
        _moment("quiz_attempts", "started_at"),
        (("quiz_answers", "attempt_id"),),
    ),
    Class("Sign-ins, after their last use", "sign_ins", "keep_sign_ins_months", _moment("sign_ins", "last_used_at")),
    Emptied(
        "Network addresses of sign-ins that failed",
        keeping.Worn(ACTS, ("detail",), (failing.FAILED, failing.HELD_UP)),
        "keep_sign_ins_months",
    ),
    Emptied("Who looked at whose record; that somebody looked stays", keeping.LOOKS, "keep_looks_months"),
    *dormant.STEPS,
)


@dataclass(frozen=True)
class Due:
    """How many rows of one class are over their time."""

    kept: Class | Emptied | Accounts
    number: int


def due() -> list[Due]:
    """What would be removed now."""
    return [Due(one, one.number()) for one in CLASSES]


def apply(actor: Actor | None = None) -> list[Due]:
    """Remove what is over its time, some hundred rows in each transaction; says how many of each. Run twice, it finds
    nothing the second time. For the clock and the command.
    """
    dormant.forget_used()
    done = [Due(one, one.remove(actor)) for one in CLASSES]
    db.session.rollback()
    return done


def _remove(one: Class, actor: Actor | None) -> int:
    of, number = finding.table(one.table), 0
    while True:
        with writing() as session:
            ids = [row["id"] for row in finding.rows(select(of.c.id).where(one.over).limit(AT_A_TIME))]
            if ids:
                connection = session.connection()
                for name, column in one.with_them:
                    hanging = finding.table(name)
                    connection.execute(delete(hanging).where(hanging.c[column].in_(ids)))
                connection.execute(delete(of).where(of.c.id.in_(ids)))
                audit.record(actor, "retention.applied", what=one.table, number=len(ids))
        number += len(ids)
        if len(ids) < AT_A_TIME:
            return number
        give_way()
