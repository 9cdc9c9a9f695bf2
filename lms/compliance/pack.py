"""The impact pack for the annual report: figures of a year put together, signed off, and kept as they were.

It is made with the eyes of the partner board, whatever else its maker may see: the same sheets, built for a reader who
holds nothing but an observer's role. So what is published has its small numbers hidden by the rules of each report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lms.audit import actions as audit
from lms.compliance.models import ImpactPack
from lms.core import clock
from lms.core.actor import Actor, Grant
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Role, Scope
from lms.exports import registry
from lms.exports.sheet import Cell, Sheet
from lms.people.models import Agency

LONGEST_LIMITS = 4000
LIMITS = (
    "These figures count training, not its effect on children. Being in date says that something was learned and "
    "passed, not that practice changed. What people said of their confidence and what they knew are their own answers, "
    "from those who answered, without a group to compare them with. Small numbers are not shown."
)
# Reports of the pack, each with the question that it answers in the annual report.
PARTS: tuple[tuple[str, str], ...] = (
    ("compliance", "Is the workforce trained?"),
    ("compliance-over-time", "Is it getting better?"),
    ("joint-training-figures", "Do agencies train together?"),
    ("joint-training-who-with-whom", "Who has trained with whom?"),
    ("joint-training-evaluation", "What does joint training change?"),
)


class NothingSaid(Refusal):
    """A pack says what its figures cannot tell."""

    field = "limits"
    sentence = f"Say what these figures cannot tell, in at most {LONGEST_LIMITS} characters."


class NotOverYet(Refusal):
    """A pack is of a year that is over."""

    sentence = "A year can be signed off once it is over."


@dataclass(frozen=True)
class Section:
    """One report of the pack: headings and rows as text, with how it was counted. Without rows, `missing` says why."""

    question: str
    sentence: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    counted: str
    as_at: str
    missing: str = ""


def coordinated(actor: Actor, partnership: str) -> str:
    """The partnership, when the actor coordinates it. Raises NotFound."""
    if partnership not in actor.partnerships(Role.COORDINATOR):
        raise NotFound
    return partnership


def years(today: date) -> list[int]:
    """The financial years that a pack can be made of: the present one so far, and the three before it."""
    present = today.year - (today.month < 4)
    return list(range(present, present - 4, -1))


def last_day(year: int) -> date:
    """The last day of a financial year."""
    return date(year + 1, 3, 31)


def draft(actor: Actor, partnership: str, year: int) -> list[Section]:
    """What the pack of a year would hold today. Raises NotFound unless the actor coordinates the partnership."""
    reader = _board(actor, coordinated(actor, partnership))
    return [_section(reader, name, question, year) for name, question in PARTS if name in registry.offered()]


def _board(actor: Actor, partnership: str) -> Actor:
    """The actor as a reader who oversees the partnership and is nothing else."""
    seat = next(seat for seat in actor.seats if seat.partnership == partnership)
    return replace(actor, seats=(replace(seat, grants=(Grant(Role.OBSERVER, Scope.PARTNERSHIP),)),))


def _section(reader: Actor, name: str, question: str, year: int) -> Section:
    end = min(last_day(year), clock.today())
    asked: Mapping[str, str] = {"period": f"{year}-to-{year + 1}"}
    if name == "compliance":
        asked = {"as_at": end.isoformat()} if end == last_day(year) else {}
    if name == "compliance-over-time":
        asked = {}
    try:
        sheet = registry.sheet(name).build(reader, asked)
    except NotFound:
        return Section(question, "", (), (), "", "", missing="Nothing of this year is released yet.")
    return _frozen(sheet, question)


def _frozen(sheet: Sheet, question: str) -> Section:
    shown = [index for index, column in enumerate(sheet.columns) if column.printed]
    return Section(
        question=question,
        sentence=sheet.sentence,
        headings=[sheet.columns[index].heading for index in shown],
        rows=[[_said(row[index]) for index in shown] for row in sheet.rows],
        counted=sheet.frame.counted,
        as_at=_said(sheet.frame.as_at),
    )


def _said(cell: Cell) -> str:
    if isinstance(cell, date):
        return f"{cell.day} {cell:%B %Y}"
    return "" if cell is None else str(cell)


def sign(actor: Actor, partnership: str, year: int, limits: str) -> ImpactPack:
    """Freeze the pack of a year that is over, with the actor's name. A later one of the same year is another version.

    Raises NotFound, NotOverYet and NothingSaid.
    """
    coordinated(actor, partnership)
    if year not in years(clock.today()):
        raise NotFound
    if last_day(year) >= clock.today():
        raise NotOverYet
    said = limits.strip()
    if not 1 <= len(said) <= LONGEST_LIMITS:
        raise NothingSaid
    # One version after another, whoever signs: the agencies of the partnership are what both would lock.
    db.session.execute(
        select(Agency.id).where(Agency.partnership == partnership).order_by(Agency.id).with_for_update()
    ).all()
    wanted = select(func.max(ImpactPack.number)).where(ImpactPack.partnership == partnership, ImpactPack.year == year)
    made = ImpactPack(
        partnership=partnership,
        year=year,
        number=(db.session.scalar(wanted) or 0) + 1,
        sections=[vars(one) for one in draft(actor, partnership, year)],
        limits=said,
        signed_by=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "impact.signed", made.id, year=year, number=made.number)
    return made


def signed(actor: Actor) -> Sequence[ImpactPack]:
    """The packs of the partnerships whose figures the actor reads as a whole, newest first."""
    names = actor.partnerships(Role.COORDINATOR) | actor.partnerships(Role.OBSERVER)
    return db.session.scalars(
        select(ImpactPack)
        .where(ImpactPack.partnership.in_(names))
        .options(joinedload(ImpactPack.signer))
        .order_by(ImpactPack.year.desc(), ImpactPack.number.desc())
    ).all()


def get(actor: Actor, pack_id: UUID) -> tuple[ImpactPack, list[Section]]:
    """One pack as it was signed. Raises NotFound."""
    found = next((one for one in signed(actor) if one.id == pack_id), None)
    if found is None:
        raise NotFound
    return found, [_section_of(one) for one in found.sections]


def _section_of(stored: Mapping[str, Any]) -> Section:
    return Section(**stored)
