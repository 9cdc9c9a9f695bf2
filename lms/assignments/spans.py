"""Where a person stands over time: on one day, and as spans of days on which nothing changes. Pure.

A status changes by the clock alone only on days that can be worked out beforehand. So a span says where somebody stands
from one day to another, as far as is known now, and figures of any day can be counted without a clock job.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from lms.assignments.due import DUE_SOON, FOREVER, LATE, RANKS, RENEW_WITHIN, ModuleStanding, Status, standing
from lms.assignments.hours import runs
from lms.assignments.rules import (
    BACK_FROM_LEAVE,
    LEVEL,
    Asked,
    Done,
    Facts,
    asked,
    last_good_day,
)

DAY = timedelta(days=1)
OVERALL = ""


@dataclass(frozen=True)
class Span:
    """Where somebody stands with one target from one day to another, both included."""

    first: date
    last: date
    cell: ModuleStanding
    rank: int = 0

    def same(self, other: "Span") -> bool:
        """Whether both say the same, but for their days."""
        mine, theirs = self.cell, other.cell
        return self.rank == other.rank and replace(mine, standing=replace(mine.standing, today=date.min)) == replace(
            theirs, standing=replace(theirs.standing, today=date.min)
        )


def stand(facts: Facts, target: str, agency: UUID | None, day: date) -> ModuleStanding:
    """Where the person stands with a target for one agency on one day; `agency` None: of their own accord."""
    wanted = asked(facts, target, agency, day)
    done = [one for one in _met(facts, target, wanted) if one.counts(agency, day)]
    ends = [end for renewal in wanted.renewals if (end := last_good_day(done, renewal))]
    best, until = min(ends, key=lambda end: end[1] or FOREVER, default=(None, None))
    found = standing(
        required=wanted.required,
        due_on=wanted.due_on,
        started=_is_begun(facts, target, wanted, day),
        completed_on=best.on if best else None,
        valid_until=until,
        exempt_until=wanted.exempt_until,
        not_before=wanted.not_before,
        today=day,
    )
    return ModuleStanding(
        module=target,
        standing=found,
        due_on=wanted.due_on,
        required=wanted.required,
        completed_on=best.on if best else None,
        valid_until=until,
        version=best.version if best else None,
        by=best.by if best else "",
        on_leave=wanted.on_leave and found.status is Status.EXEMPT,
        why=wanted.why,
    )


def _met(facts: Facts, target: str, wanted: Asked) -> list[Done]:
    """Everything that meets the target: for a level with hours, each time over which they were enough."""
    found = [one for one in facts.done if one.target == target]
    if target.startswith(LEVEL) and wanted.wanted:
        key = (target, wanted.wanted)
        if key not in facts.runs:
            facts.runs[key] = runs(facts.learnt, wanted.wanted)
        found += [Done(target, first, last) for first, last in facts.runs[key]]
    return found


def _is_begun(facts: Facts, target: str, wanted: Asked, day: date) -> bool:
    if target.startswith(LEVEL) and wanted.wanted:
        return any(one.on <= day and wanted.wanted.counts(one) for one in facts.learnt)
    return any(
        one.target == target and one.on <= day and (one.done_on is None or one.done_on > day) for one in facts.begun
    )


def targets(facts: Facts) -> list[str]:
    """Every target that could be anything but "not required" for this person."""
    named = [target for rule in facts.rules for target in sorted(rule.targets)]
    given, done, begun = ([one.target for one in facts.given], [one.target for one in facts.done], facts.begun)
    return list(dict.fromkeys([*named, *given, *done, *(one.target for one in begun)]))


def spans(facts: Facts, target: str, agency: UUID, start: date) -> list[Span]:
    """Where the person stands with a target for an agency from `start` on, over all days on which they have a post
    there, in order. Days on which it is not required and nothing was done are left out.
    """
    found: list[Span] = []
    for first, last in _segments(facts, target, agency, start):
        day = first
        while day <= last:
            cell = stand(facts, target, agency, day)
            end = min(_until(facts, cell, target, agency, day), last)
            _append(found, Span(day, end, cell))
            if end == FOREVER:
                break
            day = end + DAY
    return [one for one in found if one.cell.status is not Status.NOT_REQUIRED]


def _append(found: list[Span], span: Span) -> None:
    if found and found[-1].last + DAY == span.first and found[-1].same(span):
        found[-1] = replace(found[-1], last=span.last)
    else:
        found.append(span)


def _segments(facts: Facts, target: str, agency: UUID, start: date) -> Iterator[tuple[date, date]]:
    """Stretches of days over which the facts themselves do not change, those without a post there left out."""
    turns = {start, *_turns_of_asking(facts, target, agency), *_turns_of_learning(facts, target)}
    days = sorted(day for day in turns if start <= day < FOREVER)
    for first, following in zip(days, [*days[1:], FOREVER], strict=True):
        if any(post.agency == agency and post.covers(first) for post in facts.posts):
            yield first, following if following == FOREVER else following - DAY


def _turns_of_asking(facts: Facts, target: str, agency: UUID) -> Iterator[date]:
    """Days on which what is asked may change."""
    for post in facts.posts:
        if post.agency == agency:
            yield from (post.starts, _after(post.last))
    for rule in facts.rules:
        if target in rule.targets:
            yield from (rule.first_day, _after(rule.last_day))
    for given in facts.given:
        if given.target == target:
            yield given.first_day
    away = [one for one in facts.away if one.agency == agency]
    lifted = [one for one in facts.lifted if one.target == target and one.agency == agency]
    pauses = [(one.first_day, one.last_day) for one in away] + [(one.first_day, one.last_day) for one in lifted]
    for first, last in pauses:
        yield from (first, _after(last))
    yield from (_after(_later(one.last_day, BACK_FROM_LEAVE)) for one in away)


def _turns_of_learning(facts: Facts, target: str) -> Iterator[date]:
    """Days on which what was learned may begin to count, or stop."""
    for rule in facts.rules:
        if target in rule.targets and rule.wanted:
            yield from (one.on for one in facts.learnt)
            for first, last in runs(facts.learnt, rule.wanted):
                yield from (first, _after(last))
    for done in facts.done:
        if done.target == target:
            yield from (day for day in (done.on, done.withdrawn_on) if day)
    for begun in facts.begun:
        if begun.target == target:
            yield from (day for day in (begun.on, begun.done_on) if day)


def _until(facts: Facts, cell: ModuleStanding, target: str, agency: UUID, day: date) -> date:
    """The last day on which the clock alone leaves the cell as it is on `day`."""
    wanted = asked(facts, target, agency, day)
    turns = [cell.due_on, wanted.not_before, cell.valid_until, wanted.exempt_until]
    days = [turn for turn in turns if turn and turn < FOREVER]
    if cell.due_on:
        days.append(cell.due_on - DUE_SOON - DAY)
    if cell.valid_until and cell.valid_until < FOREVER:
        days.append(cell.valid_until - RENEW_WITHIN - DAY)
    return min((one for one in days if one >= day), default=FOREVER)


def _after(day: date) -> date:
    return day if day == FOREVER else day + DAY


def _later(day: date, by: timedelta) -> date:
    return day if day == FOREVER else day + by


def overall(by_target: Mapping[str, Sequence[Span]], held: Iterable[tuple[date, date]]) -> list[Span]:
    """Where a person stands over everything an agency asks of them: the worst of it, with a rank that grows with what
    needs attention. `held` are the days on which they have a post there, in order.
    """
    found: list[Span] = []
    for first, last in held:
        turns = {first}
        for spans_ in by_target.values():
            turns |= {day for span in spans_ for day in (span.first, _after(span.last)) if first < day <= last}
        days = sorted(day for day in turns if day < FOREVER)
        for day, following in zip(days, [*days[1:], None], strict=True):
            cells = [span.cell for spans_ in by_target.values() for span in spans_ if span.first <= day <= span.last]
            _append(found, _summed(day, following - DAY if following else last, cells))
    return found


def overall_status(required: Iterable[Status]) -> Status:
    """The worst of what is required, with expired counted as overdue and in progress as not started."""
    worst = min(required, key=RANKS.__getitem__, default=Status.NOT_REQUIRED)
    return {Status.EXPIRED: Status.OVERDUE, Status.IN_PROGRESS: Status.NOT_STARTED}.get(worst, worst)


def _summed(first: date, last: date, cells: Sequence[ModuleStanding]) -> Span:
    required = [cell for cell in cells if cell.required]
    statuses = [cell.status for cell in required]
    late = sum(status in LATE for status in statuses)
    due = statuses.count(Status.DUE)
    to_do = statuses.count(Status.NOT_STARTED) + statuses.count(Status.IN_PROGRESS)
    status = overall_status(statuses)
    blank = standing(
        required=False,
        due_on=None,
        started=False,
        completed_on=None,
        valid_until=None,
        exempt_until=None,
        today=first,
    )
    cell = ModuleStanding(OVERALL, replace(blank, status=status), None, bool(required), None, None, None)
    return Span(first, last, cell, rank=late * 1_000_000 + due * 1_000 + to_do)


def held(facts: Facts, agency: UUID, start: date) -> list[tuple[date, date]]:
    """The days from `start` on which the person has a post at an agency, as stretches in order."""
    found: list[tuple[date, date]] = []
    for post in sorted((post for post in facts.posts if post.agency == agency), key=lambda post: post.starts):
        first, last = max(post.starts, start), post.last
        if last < first:
            continue
        if found and first <= _after(found[-1][1]):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
