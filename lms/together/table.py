"""The figures as rows of files: the same as on the pages, with definition, scope and "as at" on every row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lms.core import clock
from lms.outcomes.change import Rate
from lms.together.fairness import Ended, Shown
from lms.together.fairness import Line as Waits
from lms.together.levels import Evaluation, Figure
from lms.together.measures import COLUMNS, FURTHER, MEASURES
from lms.together.meetings import Matrix, Pair, percent_of
from lms.together.periods import Period
from lms.together.queues import ByAgency, Queue
from lms.together.rooms import Held
from lms.together.sheets import Line, Sheet
from lms.together.suppression import Hidden

Row = tuple[object, ...]
MOST_BARS = 12
ENDS = ("Period", "From", "To", "Scope", "As at")
FIGURES = (
    *("By", "Name"),
    *(one.heading for one in (*COLUMNS, *FURTHER)),
    *(f"{one.heading} in % ({one.formula})" for one in MEASURES),
    *ENDS,
)
MIX = ("Cohort", "Date", "Agency", "Planned (still booked when the day came)", "On the day (attended)", *ENDS)
EVALUATION = (
    *("By", "Name", "Level", "Measure", "Asked", "Answered", "Of those asked", "People counted"),
    *("Change or mean", "95% interval from", "95% interval to", "Of these", "Course", *ENDS),
)
WAITING = (
    *("By", "Name", "Waits", "Got a place", "Gave up or were taken off", "The day came without a place", "Still wait"),
    *("Days waited by the middle one", "Days waited by the longest"),
    *("Offers made", "Offers taken", "Offers passed on", "Offers that ran out", "Offers that lapsed otherwise"),
    *("Requests declined by a manager", "of these with a sentence for the person"),
    *("Places held", "of these taken by the sector", "of these released to all", *ENDS),
)
MATRIX = ("Agency", "Other agency", "Pairs met", "Pairs possible", "Share in %", "Cold", "Locality", *ENDS)


@dataclass(frozen=True)
class Frame:
    """What a file was counted over."""

    period: Period
    scope: str
    as_at: date

    @property
    def ends(self) -> Row:
        """The last cells of every row. Dates are written 2027-03-31, so that a spreadsheet can sort them."""
        first, last = self.period.first, self.period.last
        return (self.period.name, first.isoformat(), last.isoformat(), self.scope, self.as_at.isoformat())


def figures(sheet: Sheet, frame: Frame) -> Iterator[Row]:
    """The lines of the quarterly page: agencies, courses, and all together."""
    for by, lines in (("Agency", sheet.agencies), ("Course", sheet.courses), ("Together", (sheet.total,))):
        for line in lines:
            if line.row:
                yield (by, line.name, *_numbers(line), *frame.ends)


def filled(sheet: Sheet) -> list[tuple[str, float, str]]:
    """The rows of the chart: course, how full, and in words; the emptiest first. Where rooms are not counted, how many
    came instead.
    """
    rows = []
    for line in sheet.courses:
        share, came = line.share("fill_rate"), line.cell("attended")
        if share and share.percent is not None:
            rows.append((line.name, float(share.percent), f"{share.percent}%, {share.part} of {share.whole}"))
        elif isinstance(came, int) and line.cell("capacity") is None:
            rows.append((line.name, float(came), f"{came} came"))
    return sorted(rows, key=lambda row: (row[1], row[0]))[:MOST_BARS]


def _numbers(line: Line) -> Iterator[object]:
    """Counts and measures; what does not apply is empty, what is hidden says so."""
    yield from (line.cell(one.key) for one in (*COLUMNS, *FURTHER))
    for one in MEASURES:
        found = line.share(one.key)
        hidden = any(isinstance(line.cell(need), Hidden) for need in one.needs)
        yield found.percent if found else Hidden.WITHHELD.value if hidden else None


def mix(held: Sequence[Held], frame: Frame) -> Iterator[Row]:
    """Each agency on each cohort."""
    for one in held:
        day = clock.local(one.starts_at).date().isoformat()
        for line in one.room.lines:
            yield (one.title, day, line.name, line.planned, line.came, *frame.ends)


def matrix(found: Matrix, pairs: Sequence[Pair], locality: str, frame: Frame) -> Iterator[Row]:
    """Each pair of agencies."""
    for pair in pairs:
        where = (locality or "All", *frame.ends)
        if found.is_hidden(pair):
            yield (pair.one.name, pair.other.name, Hidden.SMALL.value, None, None, None, *where)
            continue
        possible = pair.possible if pair.counts else None
        share = percent_of(pair) if pair.counts else None
        cold = None if found.hides else "yes" if found.is_cold(pair) else "no"
        yield (pair.one.name, pair.other.name, pair.met, possible, share, cold, *where)


def middle_waits(queue: Queue) -> list[tuple[str, float, str]]:
    """The rows of the chart: agency, the middle wait, and both waits in words."""
    if queue.shown is not None:
        return [(one.name, one.middle, _in_days(one.middle)) for one in queue.shown if one.middle is not None]
    return [
        (one.name, one.middle, f"{_in_days(one.middle)}, longest {one.longest}")
        for one in queue.agencies
        if one.middle is not None
    ]


def _in_days(days: int) -> str:
    return f"{days} {'day' if days == 1 else 'days'}"


def waiting(queue: Queue, frame: Frame) -> Iterator[Row]:
    """The lines of the page about waiting: waits by agency and by job, offers and refusals, places held by sector."""
    if queue.is_kept_back:
        return
    if queue.shown is not None:
        yield from (_shown(one, frame) for one in queue.shown)
        return
    offered = {one.name: one for one in queue.offered}
    names = dict.fromkeys([*(one.name for one in queue.agencies), *offered])
    lines = {one.name: one for one in queue.agencies}
    for name in names:
        yield ("Agency", name, *_waits(lines.get(name)), *_answers(offered.get(name)), None, None, None, *frame.ends)
    for job in queue.jobs:
        yield ("Job", job.name, *_waits(job), *(None,) * 10, *frame.ends)
    for one in queue.held:
        yield ("Sector", one.sector, *(None,) * 14, one.held, one.taken, one.released, *frame.ends)
    yield ("Together", queue.total.name, *_waits(queue.total), *(None,) * 10, *frame.ends)


def _shown(one: Shown, frame: Frame) -> Row:
    return ("Agency", one.name, one.waited, *(None,) * 4, one.middle, *(None,) * 11, *frame.ends)


def _waits(line: Waits | None) -> Row:
    if line is None:
        return (0, *(0,) * 4, None, None)
    return (line.waited, *(line.ended[how] for how in Ended), line.middle, line.longest)


def _answers(one: ByAgency | None) -> Row:
    if one is None:
        return (0,) * 7
    made = one.offers
    return (made.made, made.taken, made.passed, made.expired, made.left, one.refused.requests, one.refused.with_reason)


def evaluation(found: Evaluation, course: str, frame: Frame) -> Iterator[Row]:
    """Every measure, together, by course and by quarter; what is too small to show says so."""
    ends = (course or "All", *frame.ends)
    for by, lines in (("Together", [found.total]), ("Course", found.by_course), ("Quarter", found.by_quarter)):
        for line in lines:
            for one in line.figures.values():
                rate = found.rates[one.measure.look.wave] if by == "Together" else None
                yield (by, line.name, *_measured(one, rate), *ends)
    for level, words in (("4a", "How agencies work"), ("4b", "What children and families gain")):
        yield ("Together", found.total.name, level, words, "Nothing is measured here", *(None,) * 7, *ends)


def _measured(one: Figure, rate: Rate | None) -> Row:
    look = one.measure.look
    start: Row = (look.level.value, f"{look.words}, {look.unit}", look.when)
    start += (rate.told, rate.asked) if rate else (None, None)
    if not one.is_shown:
        return (*start, Hidden.SMALL.value, *(None,) * 4)
    if one.change:
        return (*start, one.people, *(round(n, 2) for n in (one.change.mean, one.change.low, one.change.high)), None)
    mean = None if one.mean is None else round(one.mean, 2)
    return (*start, one.people, mean, None, None, one.number)
