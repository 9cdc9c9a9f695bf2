"""Reads about evaluation: what people answered before and after the joint days of a period, added up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, func, select

from lms.cohorts.models import Booking, Cohort, CohortSession
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.outcomes.change import Rate
from lms.outcomes.items import Level, Seen, Wave, score, window
from lms.outcomes.models import Measure as MeasureRow
from lms.outcomes.models import MeasureAnswer, PracticeExample
from lms.outcomes.queries import is_asked
from lms.together import levels, policy, queries
from lms.together.levels import Answers, Evaluation, Measure, Numbers, Part
from lms.together.periods import Period, quarter_of
from lms.together.policy import Kind, Reach


@dataclass(frozen=True)
class Held:
    """A cohort that is over, and whether its questions of each time have closed."""

    key: UUID
    course: str
    quarter: Period
    closed: Mapping[Wave, bool]


def held_between(actor: Actor, reach: Reach) -> tuple[date, date] | None:
    """The days of the first and the last cohort that is over. One query."""
    days = [one.quarter.first for one in _held(actor, reach)]
    return (min(days), max(days)) if days else None


def _held(actor: Actor, reach: Reach, period: Period | None = None) -> list[Held]:
    """Cohorts that are over, whether they have a register or not: whoever came was asked."""
    starts, ends = func.min(CohortSession.starts_at), func.max(CohortSession.ends_at)
    rows = db.session.execute(
        select(Cohort.id, Cohort.title, starts, ends)
        .join(CohortSession, CohortSession.cohort_id == Cohort.id)
        .where(Cohort.state.in_(queries.GOES_AHEAD), policy.counted(actor, reach))
        .group_by(Cohort.id, Cohort.title)
        .having(ends <= clock.now(), *queries.within(starts, period))
        .order_by(starts, Cohort.id)
    )
    return [Held(key, title, _quarter(first), _closed(first, last)) for key, title, first, last in rows]


def _quarter(moment: datetime) -> Period:
    return quarter_of(clock.local(moment).date())


def _closed(first: datetime, last: datetime) -> dict[Wave, bool]:
    return {wave: window(wave, first, last).has_closed(clock.now()) for wave in Wave}


def evaluation(actor: Actor, reach: Reach, period: Period, today: date, course: str = "") -> Evaluation:
    """What the joint days of a period changed, for the page, the chart and the file. Six queries.

    A reader outside the agencies gets quarters that are over alone. Raises NotFound for a course without figures.
    """
    held = [one for one in _held(actor, reach, period) if not reach.hides or one.quarter.is_over(today)]
    whole = reach.kind is not Kind.COHORTS
    every = {measure: levels.parts(some, today, whole=whole) for measure, some in _answers(held).items()}
    seen = _seen(held)
    every[Measure.EXAMPLES] = levels.parts(_as_written(seen), today, whole=whole)
    every[Measure.SEEN] = levels.seen_parts(seen, today, whole=whole)
    names = {one.key: one.name for one in period.quarters}
    found = levels.evaluation(_in_order(every), _rates(held, course), len(held), course, names)
    if course and course not in found.courses:
        raise NotFound
    return replace(found, hides=reach.hides)


def _in_order(every: Mapping[Measure, list[Part]]) -> dict[Measure, list[Part]]:
    return {measure: every[measure] for measure in Measure}


_Key = tuple[UUID, UUID, str, str, int]  # cohort, whose, when, level, version of the questions


def _answers(held: list[Held]) -> dict[Measure, list[Answers]]:
    """What each cohort gave for each measure that is asked as a question. One query."""
    points = _points(held)
    given: dict[tuple[Measure, UUID], list[Numbers]] = {}
    for (cohort, whose, when, level, version), then in points.items():
        before = points.get((cohort, whose, Wave.BEFORE.value, level, version))
        measure = _ASKED.get((level, when))
        if measure is Measure.USEFUL:
            given.setdefault((measure, cohort), []).append((0.0, float(then)))
        elif measure and before is not None:
            pair = score(Level(level), before), score(Level(level), then)
            given.setdefault((measure, cohort), []).append(pair)
    return {
        measure: [_of(one, measure, given.get((measure, one.key), [])) for one in held] for measure in _ASKED.values()
    }


_ASKED = {
    (look.level.value, look.wave.value): measure
    for measure, look in levels.LOOKS.items()
    if measure not in (Measure.EXAMPLES, Measure.SEEN)
}


def _of(one: Held, measure: Measure, given: Iterable[Numbers]) -> Answers:
    return Answers(one.key, one.course, one.quarter, tuple(sorted(given)), one.closed[measure.look.wave])


def _points(held: list[Held]) -> dict[_Key, int]:
    """Everybody's points at each level, as they answered; a corrected register changes none, as on a cohort's page."""
    rows = db.session.execute(
        select(
            MeasureRow.cohort_id, MeasureRow.booking_id, MeasureRow.wave, MeasureAnswer.level, MeasureRow.version,
            func.sum(MeasureAnswer.points),
        )
        .join(MeasureAnswer, MeasureAnswer.measure_id == MeasureRow.id)
        .where(MeasureRow.cohort_id.in_([one.key for one in held]), MeasureRow.answered_at.is_not(None))
        .group_by(MeasureRow.cohort_id, MeasureRow.booking_id, MeasureRow.wave, MeasureAnswer.level, MeasureRow.version)
    )  # fmt: skip
    return {(cohort, whose, wave, level, version): int(sum_) for cohort, whose, wave, level, version, sum_ in rows}


def _seen(held: list[Held]) -> list[Answers]:
    """The examples from practice of each cohort: of each, whether a manager saw it. One query."""
    rows = db.session.execute(
        select(PracticeExample.cohort_id, PracticeExample.seen).where(
            PracticeExample.cohort_id.in_([one.key for one in held])
        )
    )
    given: dict[UUID, list[Numbers]] = {}
    for cohort, seen in rows:
        given.setdefault(cohort, []).append((0.0, float(seen == Seen.YES)))
    return [_of(one, Measure.SEEN, given.get(one.key, [])) for one in held]


def _as_written(seen: Iterable[Answers]) -> list[Answers]:
    """The same, each counted for having been written."""
    return [Answers(one.cohort, one.course, one.quarter, tuple((0.0, 1.0) for _ in one.given), one.is_closed) for one in
            seen]  # fmt: skip


def _rates(held: list[Held], course: str) -> dict[Wave, Rate]:
    """How many of those it was for answered, at the cohorts whose questions have closed. A query for each time."""
    found = {}
    for wave in Wave:
        answered = exists().where(
            MeasureRow.booking_id == Booking.id, MeasureRow.wave == wave.value, MeasureRow.answered_at.is_not(None)
        )
        closed = [one.key for one in held if one.closed[wave] and course in ("", one.course)]
        asked, gave = db.session.execute(
            select(func.count(), func.count().filter(answered.correlate(Booking)))
            .select_from(Booking)
            .where(Booking.cohort_id.in_(closed), is_asked(wave))
        ).one()
        found[wave] = Rate(gave, asked)
    return found
