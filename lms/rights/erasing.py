"""Taking a person out of everything, by the register: one transaction, and then nothing speaks of them any more."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from secrets import token_hex
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import JSON, ColumnElement, LargeBinary, String, Table, delete, exists, insert, or_, select, update
from sqlalchemy.sql.dml import Delete, Update

from lms.assignments import counts, ledger
from lms.assignments.counting import Group
from lms.audit import actions as audit
from lms.audit import keeping
from lms.config import Settings
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.ids import new_id
from lms.people import keepers
from lms.people.models import Membership, Person
from lms.rights import finding, mentions
from lms.rights.finding import PEOPLE, Who
from lms.rights.models import Erasure, hashed
from lms.rights.register import End, Held

UNSAID = "Not said"
NAME = "Somebody who was erased"


class Reason(StrEnum):
    """Why somebody is erased."""

    REQUEST = "request"
    UNLAWFUL = "unlawful"
    DUPLICATE = "duplicate"
    TEST = "test"
    DORMANT = "dormant"
    RESTORED = "restored"


def erase(actor: Actor | None, person: Person, reason: Reason) -> Erasure:
    """Remove or empty every row that speaks of a person, in a writing transaction. What counts need stays with somebody
    without a name in their place; the record of acts keeps what was done and when. `housekeeping.clean` does the rest.
    Raises LastAdministrator, save after a restore: they were gone before.
    """
    if reason is not Reason.RESTORED:
        keepers.check_not_last(person.id)
    who = Who(person.id, person.email)
    name = person.name
    db.session.flush()
    if db.engine.dialect.name == "sqlite":
        db.session.connection().exec_driver_sql("PRAGMA secure_delete=ON")
    keeping.erase(actor, who.id, _ids(who))
    _give_up_places(who)
    _end_posts(who.id)
    nobody = _nobody()
    _take_out(who, nobody)
    _let_go(who, nobody)
    _empty_own_jobs(nobody)
    mentions.replace(who, name, nobody, NAME)
    mentions.remove_files(who, name)
    people = finding.table(PEOPLE)
    _do(delete(people).where(people.c.id == who.id))
    db.session.expire_all()
    ledger.refresh([nobody])
    return _noted(actor, who, reason)


def _noted(actor: Actor | None, who: Who, reason: Reason) -> Erasure:
    salt = token_hex(16)
    made = Erasure(salt=salt, email_hash=hashed(salt, who.email), person_hash=hashed(salt, who.id), reason=reason.value)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "person.erased", made.id, reason=reason.value)
    return made


def _do(statement: Delete | Update) -> None:
    """Change rows past the watch of the ledger, which is told by itself in the end."""
    db.session.connection().execute(statement)


def _ids(who: Who) -> set[UUID]:
    """Identities that lead to this person alone, such as those of their bookings."""
    found: set[UUID] = set()
    for of, held in finding.tables():
        if held.is_about_people and held.end is not End.RECORD and "id" in of.c and of.name != "keep_apart_pairs":
            found.update(row["id"] for row in finding.rows(select(of.c.id).where(finding.theirs(of.name, who))))
    return found


def _give_up_places(who: Who) -> None:
    """Delete places on joint days that have not begun, so that others can have them."""
    bookings, sessions = finding.table("bookings"), finding.table("cohort_sessions")
    begun = exists().where(sessions.c.cohort_id == bookings.c.cohort_id, sessions.c.starts_at <= clock.now())
    ahead = select(bookings.c.id).where(bookings.c.person_id == who.id, ~begun)
    ids = [row["id"] for row in finding.rows(ahead)]
    if not ids:
        return
    measures = finding.table("measures")
    answers = finding.table("measure_answers")
    _do(delete(answers).where(answers.c.measure_id.in_(select(measures.c.id).where(measures.c.booking_id.in_(ids)))))
    for of, held in reversed(list(finding.tables())):
        if "booking_id" in held.through:
            _do(delete(of).where(of.c.booking_id.in_(ids)))
    _do(delete(bookings).where(bookings.c.id.in_(ids)))


def _end_posts(person_id: UUID) -> None:
    """End what posts are open, so that nobody without a name is counted from today on."""
    yesterday = clock.today() - timedelta(days=1)
    for post in db.session.scalars(select(Membership).where(Membership.person_id == person_id)):
        if post.ends_on is None or post.ends_on > yesterday:
            post.ends_on = max(yesterday, post.starts_on)
    db.session.flush()
    ledger.refresh([person_id])
    db.session.flush()


def _nobody() -> UUID:
    """A person without a name, in whose place what counts need stays."""
    made = new_id()
    values = {
        "id": made,
        "email": f"erased-{token_hex(8)}@erased.invalid",
        "name": NAME,
        "plain_name": NAME.casefold(),
        "password_hash": "none",
        "active": False,
        "demo": False,
        "theme": "",
        "created_at": clock.now(),
    }
    db.session.connection().execute(insert(finding.table(PEOPLE)).values(values))
    return made


def _take_out(who: Who, nobody: UUID) -> None:
    """Remove or empty their rows; what hangs on others first."""
    settings: Settings = current_app.extensions["settings"]
    for of, held in reversed(list(finding.tables())):
        if not held.is_about_people or held.end is End.RECORD or of.name == PEOPLE:
            continue
        mine = finding.theirs(of.name, who)
        if held.end is End.NAMELESS:
            _do(update(of).where(mine).values(_emptied(of, held)))
        elif held.end is not End.PROOF or not settings.erasure_keeps_proof:
            _do(delete(of).where(mine))
    for of, held in finding.tables():
        if held.end in (End.NAMELESS, End.PROOF):
            for column in held.whose:
                _do(update(of).where(of.c[column] == who.id).values({column: nobody}))


def _empty_own_jobs(nobody: UUID) -> None:
    """A job that nobody else has or had would still say who it was, so it goes, from the counts of the past too. Others
    stay for those counts.
    """
    kept = [finding.table(name) for name in ("memberships", "bookings", "post_spans")]
    held = {row["job"] for of in kept for row in finding.rows(select(of.c.job).where(of.c.person_id == nobody))}
    for job in held - {UNSAID}:
        others = [exists().where(of.c.job == job, of.c.person_id != nobody) for of in kept]
        if db.session.connection().execute(select(or_(*others))).scalar_one():
            continue
        for of in kept:
            _do(update(of).where(of.c.person_id == nobody, of.c.job == job).values(job=UNSAID))
        counts.count_under(Group.JOB, job, UNSAID)


def _emptied(of: Table, held: Held) -> dict[str, Any]:
    """What the columns of a row become that stays without a name. A column without change keeps the statement whole."""
    kept: Collection[str] = (*held.stays, *held.whose, *held.through)
    changed = {one.name: _nothing(one) for one in of.c if one.name not in kept and _holds_words(one)}
    return changed or {of.primary_key.columns[0].name: of.primary_key.columns[0]}


def _holds_words(column: ColumnElement[Any]) -> bool:
    return isinstance(column.type, String | JSON | LargeBinary) and not getattr(column, "foreign_keys", None)


def _nothing(column: Any) -> Any:
    if column.nullable:
        return None
    return {} if isinstance(column.type, JSON) else ""


def _let_go(who: Who, nobody: UUID) -> None:
    """Whatever else says that they did something says so of nobody; words of theirs in it are emptied."""
    for of, held in finding.tables():
        for name in finding.doing(of.name):
            column = of.c[name]
            values: dict[str, Any] = {name: None if column.nullable else nobody}
            values.update(dict.fromkeys(held.words, ""))
            _do(update(of).where(column == who.id).values(values))
