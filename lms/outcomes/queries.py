"""Reads about outcomes: one's own measures, examples to co-sign, and what a cohort's answers add up to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from lms.cohorts import approvals
from lms.cohorts import queries as cohorts
from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession
from lms.cohorts.states import IN_THE_ROOM, CohortState, Mark
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.outcomes.change import Change, Rate, paired, part
from lms.outcomes.items import A_WEEK, Level, Seen, Wave, Window, score, window
from lms.outcomes.models import Measure, MeasureAnswer, PracticeExample

MOST_SHOWN = 200


def window_of(cohort: Cohort, wave: Wave) -> Window:
    """When a measure of this cohort can be answered. Raises NotFound for a cohort without a date."""
    if cohort.starts_at is None:
        raise NotFound
    return window(wave, cohort.starts_at, max(one.ends_at for one in cohort.sessions))


def came() -> ColumnElement[bool]:
    """SQL on `Booking`: the register says that the person came, to one session at least."""
    present = exists().where(Attendance.booking_id == Booking.id, Attendance.mark != Mark.ABSENT)
    return present.correlate(Booking)


def is_asked(wave: Wave) -> ColumnElement[bool]:
    """SQL on `Booking`: whom this measure is for. Before the day everyone with a place, then those who came."""
    in_the_room = Booking.state.in_(IN_THE_ROOM)
    return in_the_room if wave is Wave.BEFORE else in_the_room & came()


@dataclass(frozen=True)
class Own:
    """A person on a cohort, with what they were asked and wrote."""

    cohort: Cohort
    booking: Booking
    has_come: bool
    measures: Mapping[str, Measure]
    example: PracticeExample | None

    def window(self, wave: Wave) -> Window:
        """When it can be answered."""
        return window_of(self.cohort, wave)

    def measure(self, wave: Wave) -> Measure | None:
        """Their answered measure, if they have answered it."""
        found = self.measures.get(wave)
        return found if found and found.answered_at else None

    def state(self, wave: Wave) -> str:
        """Where they stand with it: answered, closed, not-yet, absent (the register does not have them) or open."""
        when, now = self.window(wave), clock.now()
        if self.measure(wave):
            return "answered"
        if when.has_closed(now):
            return "closed"
        if not when.is_open(now):
            return "not-yet"
        return "open" if wave is Wave.BEFORE or self.has_come else "absent"


def own(actor: Actor, cohort: Cohort) -> Own:
    """The actor's own part in a cohort they have opened. Raises NotFound for whoever has no place on it."""
    booking = cohorts.booking_of(actor.id, cohort)
    if booking is None or booking.state not in IN_THE_ROOM or cohort.is_draft or cohort.is_cancelled:
        raise NotFound
    measures = db.session.scalars(
        select(Measure).where(Measure.booking_id == booking.id).options(selectinload(Measure.answers))
    )
    has_come = db.session.scalar(select(Booking.id).where(Booking.id == booking.id, came()))
    return Own(cohort, booking, has_come is not None, {one.wave: one for one in measures}, example_of(booking))


def example_of(booking: Booking) -> PracticeExample | None:
    """The example from practice somebody wrote, if they did."""
    return db.session.scalar(select(PracticeExample).where(PracticeExample.booking_id == booking.id))


def to_ask(wave: Wave) -> Sequence[UUID]:
    """The cohorts with anybody who is to be told of this measure now, by identity."""
    now = clock.now()
    found = db.session.scalars(
        select(Cohort)
        .where(
            Cohort.state.in_((CohortState.OPEN, CohortState.CLOSED)), _is_near(), Cohort.id.in_(_with_somebody(wave))
        )
        .options(selectinload(Cohort.sessions))
        .order_by(Cohort.id)
    )
    return [one.id for one in found if one.sessions and window_of(one, wave).is_open(now)]


def _is_near() -> ColumnElement[bool]:
    """SQL on `Cohort`: some measure of it could be open now, so that the clock need not look at all there ever were."""
    now = clock.now()
    near = CohortSession.starts_at < now + A_WEEK, CohortSession.ends_at > now - 12 * A_WEEK
    return exists().where(CohortSession.cohort_id == Cohort.id, *near).correlate(Cohort)


def _with_somebody(wave: Wave) -> Select[UUID]:
    return select(Booking.cohort_id).where(is_asked(wave), ~_known(wave))


def _known(wave: Wave) -> ColumnElement[bool]:
    return exists().where(Measure.booking_id == Booking.id, Measure.wave == wave.value).correlate(Booking)


def not_asked(cohort: Cohort, wave: Wave) -> Sequence[Booking]:
    """The people of a cohort who are to be asked and have not been."""
    return db.session.scalars(
        select(Booking)
        .where(Booking.cohort_id == cohort.id, is_asked(wave), ~_known(wave))
        .options(joinedload(Booking.person))
        .order_by(Booking.id)
    ).all()


def to_co_sign(actor: Actor) -> Sequence[PracticeExample]:
    """Examples from practice of the people the actor manages: those without an answer first, then the latest."""
    return db.session.scalars(
        _examples(actor).order_by(
            PracticeExample.answered_at.is_not(None), PracticeExample.written_at.desc(), PracticeExample.id
        )
    ).all()


def example(actor: Actor, example_id: UUID) -> PracticeExample:
    """One example the actor may co-sign. Raises NotFound for everybody but a manager of whoever wrote it."""
    found = db.session.scalar(_examples(actor).where(PracticeExample.id == example_id))
    if found is None:
        raise NotFound
    return found


def _examples(actor: Actor) -> Select[PracticeExample]:
    return (
        select(PracticeExample)
        .join(PracticeExample.booking)
        .where(approvals.manages(actor))
        .options(joinedload(PracticeExample.booking).joinedload(Booking.person))
        .options(joinedload(PracticeExample.booking).joinedload(Booking.cohort).selectinload(Cohort.sessions))
        .limit(MOST_SHOWN)
    )


@dataclass(frozen=True)
class Compared:
    """One measure at two times. `change` is None while its later form is open, and for fewer than five people."""

    level: Level
    wave: Wave
    is_closed: bool
    change: Change | None


@dataclass(frozen=True)
class Outcome:
    """What a cohort's answers add up to, for its trainers. Figures of answers appear when the form has closed."""

    cohort: Cohort
    rates: Mapping[Wave, Rate]
    compared: list[Compared]
    useful: tuple[int, float] | None
    examples: int | None
    seen: int | None
    windows: Mapping[Wave, Window]

    def of(self, wave: Wave) -> list[Compared]:
        """The comparisons of one time with before."""
        return [one for one in self.compared if one.wave is wave]

    def is_to_come(self, wave: Wave) -> bool:
        """Whether nobody can have answered yet."""
        return clock.now() < self.windows[wave].opens

    @property
    def shown(self) -> list[Compared]:
        """Those with a figure."""
        return [one for one in self.compared if one.change]


def outcome(cohort: Cohort) -> Outcome:
    """The outcome of a cohort the caller has loaded by `cohorts.queries.get_run`. Four queries."""
    now = clock.now()
    windows = {wave: window_of(cohort, wave) for wave in Wave}
    points = _points(cohort)
    compared = []
    for wave in (Wave.AFTER, Wave.LATER):
        closed = windows[wave].has_closed(now)
        for level in (Level.PERCEPTION, Level.KNOWLEDGE):
            pairs = _pairs(points, level, wave) if closed else []
            compared.append(Compared(level, wave, closed, paired(pairs)))
    useful = [points[key] for key in points if key[1:3] == (Wave.AFTER, Level.REACTION)]
    shows_useful = windows[Wave.AFTER].has_closed(now) and part(len(useful), len(useful))
    examples, seen = _examples_of(cohort) if windows[Wave.LATER].has_closed(now) else (None, None)
    return Outcome(
        cohort,
        _rates(cohort),
        compared,
        (len(useful), sum(useful) / len(useful)) if shows_useful else None,
        examples,
        seen,
        windows,
    )


_Key = tuple[UUID, str, str, int]  # whose, when, level, version of the questions


def _points(cohort: Cohort) -> dict[_Key, int]:
    """Everybody's points at each level of each measure. Whoever answered after the day had come by the register of
    then; a later correction changes no figure, or a trainer could read one person's answers by correcting it.
    """
    rows = db.session.execute(
        select(Measure.booking_id, Measure.wave, MeasureAnswer.level, Measure.version, func.sum(MeasureAnswer.points))
        .join(MeasureAnswer, MeasureAnswer.measure_id == Measure.id)
        .where(Measure.cohort_id == cohort.id, Measure.answered_at.is_not(None))
        .group_by(Measure.booking_id, Measure.wave, MeasureAnswer.level, Measure.version)
    )
    return {(booking, wave, level, version): int(points) for booking, wave, level, version, points in rows}


def _pairs(points: Mapping[_Key, int], level: Level, wave: Wave) -> list[tuple[float, float]]:
    """The scores of those who answered the same questions before and then."""
    pairs = []
    for (booking, when, what, version), second in points.items():
        first = points.get((booking, Wave.BEFORE, level, version))
        if (when, what) == (wave, level) and first is not None:
            pairs.append((score(level, first), score(level, second)))
    return pairs


def _rates(cohort: Cohort) -> dict[Wave, Rate]:
    """How many of those it was for answered each measure."""
    answered: dict[str, int] = defaultdict(int)
    asked = {}
    for wave in Wave:
        answered_now = exists().where(
            Measure.booking_id == Booking.id, Measure.wave == wave.value, Measure.answered_at.is_not(None)
        )
        row = db.session.execute(
            select(func.count(), func.count().filter(answered_now.correlate(Booking)))
            .select_from(Booking)
            .where(Booking.cohort_id == cohort.id, is_asked(wave))
        ).one()
        asked[wave], answered[wave] = row
    return {wave: Rate(answered[wave], asked[wave]) for wave in Wave}


def _examples_of(cohort: Cohort) -> tuple[int | None, int | None]:
    """How many wrote an example, and of how many a manager saw it; None for numbers that would speak of somebody."""
    rows = db.session.execute(
        select(PracticeExample.seen, func.count())
        .where(PracticeExample.cohort_id == cohort.id)
        .group_by(PracticeExample.seen)
    )
    found: dict[str, int] = {seen: number for seen, number in rows}  # noqa: C416 -- mypy knows no rows as pairs
    whole = sum(found.values())
    return part(whole, whole), part(found.get(Seen.YES, 0), whole)
