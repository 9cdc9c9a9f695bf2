"""The forms of tables: rounds with clock times and tasks, the size of a table, kept seats, and who is missing."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any
from uuid import UUID

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length

from lms.cohorts.forms import ClockTime, WholeNumber
from lms.cohorts.models import Booking, CohortSession
from lms.core import clock
from lms.core.errors import NotFound
from lms.seating.actions import Change, Wish, made
from lms.seating.models import SeatingPlan, SeatingRound
from lms.seating.rounds import (
    LARGEST,
    MOST_ROUNDS,
    SHOWN_BEFORE,
    SMALLEST,
    USUAL_SIZE,
    PlannedRound,
    Times,
    ended,
    usual,
)
from lms.web.forms import PageForm

ALL, HERE = "all", "here"
SPARE_KEPT = 2


class RoundForm(PageForm):
    """One round. Left without times it counts as not there."""

    starts = ClockTime("From")
    ends = ClockTime("Until")
    task = StringField("Task, in one sentence", [Length(max=300)])

    def __init__(self, number: int, known: SeatingRound | Times | None) -> None:
        self.number = number
        data: dict[str, Any] = {}
        if known:
            data = {"starts": clock.local(known.starts_at).time(), "ends": clock.local(known.ends_at).time()}
            data["task"] = getattr(known, "task", "")
        super().__init__(prefix=f"round-{number}", data=data)

    @property
    def is_blank(self) -> bool:
        """Whether it has no times."""
        return not any(field.raw_data and any(map(str.strip, field.raw_data)) for field in (self.starts, self.ends))

    def validate(self, extra_validators: Any = None) -> bool:
        """A round needs both times, the later one last."""
        fine = super().validate(extra_validators)
        if self.is_blank:
            return fine
        for field, sentence in ((self.starts, "Enter when it begins"), (self.ends, "Enter when it ends")):
            if field.data is None and not field.errors:
                field.errors = [sentence]
        starts, ends = self.starts.data, self.ends.data
        if isinstance(starts, time) and isinstance(ends, time) and ends <= starts:
            self.ends.errors = ["It must end after it begins"]
        return not self.problems

    def planned(self, day: date) -> PlannedRound:
        """The round as typed, on this date."""
        starts, ends = self.starts.data, self.ends.data
        assert starts is not None
        assert ends is not None
        return PlannedRound(_moment(day, starts), _moment(day, ends), self.task.data or "")


class KeptForm(PageForm):
    """One person who keeps their seat."""

    person = SelectField("Keeps a seat", default="")
    table = StringField("At table", [Length(max=2)])

    def __init__(self, number: int, people: Sequence[Booking], known: tuple[UUID, int] | None) -> None:
        self.number = number
        data = {"person": str(known[0]), "table": str(known[1])} if known else {}
        super().__init__(prefix=f"kept-{number}", data=data)
        self.person.choices = {"": "Nobody"} | {str(one.person_id): one.person.name for one in people}

    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever keeps a seat keeps it at a table."""
        fine = super().validate(extra_validators)
        if self.person.data and not ((self.table.data or "").strip().isdecimal() and int(self.table.data or 0) > 0):
            self.table.errors = ["Enter the number of the table"]
        return fine and not self.problems


class TablesForm(PageForm):
    """Tables for a session: size, rounds, who is seated, kept seats, and when tables are shown."""

    table_size = WholeNumber("People at a table", SMALLEST, LARGEST, default=USUAL_SIZE)
    who = RadioField(
        "Seat",
        choices={
            ALL: "Everybody with a place, save who is marked absent",
            HERE: "Only people the register says are here",
        },
        default=ALL,
    )
    shown = ClockTime("Tables appear on phones and in the room at")
    seen = HiddenField("Tables there were")

    def __init__(self, session: CohortSession, people: Sequence[Booking], plan: SeatingPlan | None) -> None:
        self.day = clock.local(session.starts_at).date()
        shown = plan.shown_from if plan else session.starts_at - SHOWN_BEFORE
        size = plan.table_size if plan else USUAL_SIZE
        known = {"shown": clock.local(shown).time(), "table_size": size, "who": ALL, "seen": made(plan)}
        super().__init__(None, data=known)
        there = list(plan.rounds) if plan else list(usual(session.starts_at, session.ends_at))
        self.rounds = [RoundForm(n + 1, there[n] if n < len(there) else None) for n in range(MOST_ROUNDS)]
        here = {one.person_id for one in people}
        kept = [(one.person_id, one.table_number) for one in plan.kept if one.person_id in here] if plan else []
        rows = len(kept) + SPARE_KEPT
        self.kept = [KeptForm(n + 1, people, kept[n] if n < len(kept) else None) for n in range(rows)]

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one round, one after the other."""
        fine = super().validate(extra_validators)
        for part in (*self.rounds, *self.kept):
            part.validate()
        there = [one for one in self.rounds if not one.is_blank]
        if not there:
            self.rounds[0].starts.errors = ["Give the day at least one round"]
        for before, after in pairwise(there):
            ends, begins = before.ends.data, after.starts.data
            if ends and begins and begins < ends:
                after.starts.errors = [f"It must begin after round {before.number} has ended"]
        if not isinstance(self.shown.data, time) and not self.shown.errors:
            self.shown.errors = ["Enter when tables appear"]
        return fine and not self.problems

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """What is wrong in the form, its rounds and its kept seats."""
        found = super().problems
        for one in getattr(self, "rounds", ()):
            found += [(id_, f"Round {one.number}: {sentence}") for id_, sentence in one.problems]
        for one in getattr(self, "kept", ()):
            found += one.problems
        return found

    def saw(self, plan: SeatingPlan | None) -> None:
        """From now on the form replaces these tables: the page says that they are there."""
        self.seen.data = made(plan)

    def wish(self) -> Wish:
        """The tables as typed."""
        size, shown = self.table_size.data, self.shown.data
        assert size is not None
        assert shown is not None
        return Wish(
            table_size=size,
            rounds=tuple(one.planned(self.day) for one in self.rounds if not one.is_blank),
            kept={UUID(one.person.data): int(one.table.data or 0) for one in self.kept if one.person.data},
            here=self.who.data == HERE,
            shown_from=_moment(self.day, shown),
            seen=self.seen.data or "",
        )


def _moment(day: date, at: time) -> datetime:
    return clock.from_local(datetime.combine(day, at))


class ChangeForm(PageForm):
    """Who is missing, who came, and from which round on the room is seated anew."""

    missing = SelectMultipleField("Missing", validate_choice=False)
    came = SelectMultipleField("Came", validate_choice=False)
    first = SelectField("Seat anew from")

    def __init__(self, plan: SeatingPlan) -> None:
        over = ended([one.ends_at for one in plan.rounds], clock.now())
        first = min(over + 1, len(plan.rounds))
        super().__init__(None, data={"first": str(first)})
        self.first.choices = {str(one.number): f"Round {one.number}" for one in plan.rounds}

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody must be missing, or have come."""
        fine = super().validate(extra_validators)
        if not self.missing.data and not self.came.data:
            self.missing.errors = ["Tick who is missing, or who came"]
        return fine and not self.problems

    def change(self) -> Change:
        """The change as ticked. Raises NotFound for what is no person."""
        try:
            missing, came = (frozenset(map(UUID, field.data or ())) for field in (self.missing, self.came))
        except ValueError:
            raise NotFound from None
        return Change(missing, came, int(self.first.data) - 1)
