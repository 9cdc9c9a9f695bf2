"""Reads about programmes: each with where the actor stands in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.assignments import queries as assignments
from lms.assignments.due import ModuleStanding, Status
from lms.catalogue import shelf
from lms.catalogue.content import Part, Programme
from lms.certificates import queries as certificates
from lms.certificates.models import Certificate
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.learning import browsing
from lms.learning import queries as learning
from lms.learning.browsing import Row
from lms.learning.going import Going
from lms.learning.outlines import outline
from lms.web.templating import plain_date


@dataclass(frozen=True)
class Stage:
    """A module of a programme, with how far its reader is (`row`) and where they stand with it (`asked`)."""

    row: Row
    asked: ModuleStanding
    required: bool

    @property
    def is_finished(self) -> bool:
        """Whether it counts for the programme today: finished, and still in date."""
        return self.asked.is_in_date or (self.asked.completed_on is not None and self.asked.valid_until is None)

    @property
    def is_open(self) -> bool:
        """Whether it is begun (or begun again) and not yet finished."""
        return self.row.going.is_started and self.row.going.completed_at is None

    @property
    def look(self) -> Status:
        """The icon and colour of its status."""
        if self.is_finished:
            return Status.CURRENT
        if self.is_open:
            return Status.IN_PROGRESS
        return Status.EXPIRED if self.asked.completed_on else Status.NOT_STARTED

    @property
    def words(self) -> str:
        """Its status, as people read it."""
        until = self.asked.valid_until
        if self.is_finished:
            return f"Finished, in date until {plain_date(until)}" if until else "Finished"
        if self.is_open:
            return f"Started again: {self.row.words}" if self.asked.completed_on else f"Started: {self.row.words}"
        return f"Ran out on {plain_date(until)}" if until else "Not started"

    @property
    def address(self) -> str:
        """Where it goes on: the page or quiz that waits, or its front."""
        plan, going = self.row.plan, self.row.going
        waits = plan.next_step(plan.progress(going.read, going.passed).resume(going.last_page))
        return waits.address if waits and self.is_open else plan.address


@dataclass(frozen=True)
class Way:
    """A programme with where its reader stands in it; `last` is their newest certificate of it, whatever its state."""

    programme: Programme
    stages: Sequence[Stage]
    last: Certificate | None

    @property
    def certificate(self) -> Certificate | None:
        """The certificate in date. No other can be, since none is issued while one is."""
        return self.last if self.last and self.last.state.kind == "valid" else None

    @property
    def is_due_one(self) -> bool:
        """Whether something was finished for it since the last certificate, so that the next night brings one."""
        days = [stage.asked.completed_on for stage in self.required if stage.asked.completed_on]
        return self.last is None or max(days, default=self.last.completed_on) > self.last.completed_on

    @property
    def required(self) -> Sequence[Stage]:
        """What it asks for, in order."""
        return [stage for stage in self.stages if stage.required]

    @property
    def optional(self) -> Sequence[Stage]:
        """What it offers beside that, in order."""
        return [stage for stage in self.stages if not stage.required]

    @property
    def finished(self) -> int:
        """How many of the required modules are finished and in date."""
        return sum(stage.is_finished for stage in self.required)

    @property
    def is_done(self) -> bool:
        """Whether nothing that it asks for is left to do."""
        return self.finished == len(self.required)

    @property
    def is_begun(self) -> bool:
        """Whether any of the required modules is begun or finished."""
        return any(stage.is_finished or stage.is_open for stage in self.required)

    @property
    def words(self) -> str:
        """How far the reader is: 3 of 5 modules finished."""
        total, kind = len(self.required), "required " if self.optional else ""
        return f"{self.finished} of {total} {kind}{'module' if total == 1 else 'modules'} finished"

    @property
    def minutes(self) -> int:
        """What the required modules take."""
        return sum(stage.row.plan.module.minutes for stage in self.required)

    @property
    def minutes_optional(self) -> int:
        """What the optional modules take."""
        return sum(stage.row.plan.module.minutes for stage in self.optional)

    @property
    def next_stage(self) -> Stage | None:
        """What to do next: a required module that is begun, else the first not finished; None when all are."""
        left = [stage for stage in self.required if not stage.is_finished]
        return next((stage for stage in left if stage.is_open), left[0] if left else None)


def ways(actor: Actor) -> list[Way]:
    """All programmes with where the actor stands in each. Five queries, however many programmes."""
    return _ways(actor, shelf.library().programmes)


def way(actor: Actor, slug: str) -> Way:
    """One programme with where the actor stands in it. Raises NotFound."""
    programme = shelf.library().programme(slug)
    if programme is None:
        raise NotFound
    return _ways(actor, [programme])[0]


def _ways(actor: Actor, programmes: Sequence[Programme]) -> list[Way]:
    goings = learning.all_goings(actor)
    asked = {one.module: one for one in assignments.own(actor)}
    newest = {one.programme: one for one in reversed(certificates.own(actor))}
    return [
        Way(one, [_stage(part, goings, asked[part.module]) for part in one.parts], newest.get(one.slug))
        for one in programmes
    ]


def _stage(part: Part, goings: Mapping[str, Going], asked: ModuleStanding) -> Stage:
    row = browsing.row(outline(part.module), goings.get(part.module, Going(part.module)))
    return Stage(row, asked, part.required)
