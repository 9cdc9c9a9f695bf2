"""The figures as rows of files: the same as on the pages. What was counted, and over what, stands with every file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lms.core import clock
from lms.exports import sheet as files
from lms.exports.sheet import Cell, Column, Definition, Kind
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

Row = tuple[Cell, ...]
MOST_BARS = 12
FIGURES = (
    Column("by", "By"),
    Column("name", "Name"),
    *(Column(one.key, one.heading, Kind.NUMBER, one.meaning) for one in COLUMNS),
    *(Column(one.key, one.heading, Kind.NUMBER, one.meaning, printed=False) for one in FURTHER),
    *(Column(one.key, f"{one.heading} in % ({one.formula})", Kind.PERCENT) for one in MEASURES),
)
MIX = (
    Column("cohort", "Cohort"),
    Column("date", "Date", Kind.DATE),
    Column("agency", "Agency"),
    Column("planned", "Planned (still booked when the day came)", Kind.NUMBER),
    Column("came", "On the day (attended)", Kind.NUMBER),
)
MATRIX = (
    Column("one", "Agency"),
    Column("other", "Other agency"),
    Column("met", "Pairs met", Kind.NUMBER),
    Column("possible", "Pairs possible", Kind.NUMBER),
    Column("share", "Share in %", Kind.PERCENT),
    Column("cold", "Cold"),
    Column("locality", "Locality"),
)
OWN_MATRIX = (
    Column("one", "Agency"),
    Column("other", "Other agency"),
    Column("met", "People who have met somebody of the other agency", Kind.NUMBER),
    Column("people", "People who work at the agency", Kind.NUMBER),
    Column("locality", "Locality"),
)
WAITING = (
    Column("by", "By"),
    Column("name", "Name"),
    Column("waits", "Waits", Kind.NUMBER),
    Column("place", "Got a place", Kind.NUMBER),
    Column("gave-up", "Gave up or were taken off", Kind.NUMBER),
    Column("never", "The day came without a place", Kind.NUMBER),
    Column("still", "Still wait", Kind.NUMBER),
    Column("middle", "Days waited by the middle one", Kind.NUMBER),
    Column("longest", "Days waited by the longest", Kind.NUMBER),
    Column("offers", "Offers made", Kind.NUMBER),
    Column("taken", "Offers taken", Kind.NUMBER, printed=False),
    Column("passed", "Offers passed on", Kind.NUMBER, printed=False),
    Column("expired", "Offers that ran out", Kind.NUMBER, printed=False),
    Column("left", "Offers that lapsed otherwise", Kind.NUMBER, printed=False),
    Column("declined", "Requests declined by a manager", Kind.NUMBER),
    Column("reasons", "Of these with a sentence for the person", Kind.NUMBER, printed=False),
    Column("held", "Places held", Kind.NUMBER),
    Column("held-taken", "Of these taken by the sector", Kind.NUMBER),
    Column("released", "Of these released to all", Kind.NUMBER),
)
EVALUATION = (
    Column("by", "By"),
    Column("name", "Name"),
    Column("level", "Level"),
    Column("measure", "Measure"),
    Column("when", "Asked"),
    Column("answered", "Answered", Kind.NUMBER),
    Column("asked", "Of those asked", Kind.NUMBER),
    Column("people", "People counted", Kind.NUMBER),
    Column("result", "Change or mean", Kind.NUMBER),
    Column("low", "95% interval from", Kind.NUMBER),
    Column("high", "95% interval to", Kind.NUMBER),
    Column("number", "Of these", Kind.NUMBER),
)
WAIT = Definition(
    "Wait",
    "from joining a waiting list until a place, giving up, or the first session, in whole days, at the agency and job "
    "of the booking. The middle one stands in the middle of all in order; of an even number, the longer of the two.",
)
ASKED_FOR = Definition(
    "Which cohorts",
    "those held or to come, in the quarter of their first session; drafts and cancelled ones do not count.",
)
DECLINED = Definition(
    "Declined", "requests a manager turned down and nobody made again. The sentence itself is not told."
)
PARTS = Definition(
    "Who is counted",
    "only people who answered both times, each compared with themselves, of cohorts where five or more did and whose "
    "questions have closed; smaller cohorts of a quarter together, where five or more did. 95% interval: Student’s t.",
)
LIMITS = Definition(
    "What this cannot tell",
    "whether the days caused it, how those are who did not answer, whether people do better, anything about children "
    "and families. Levels 4a and 4b are not measured. Confidence and knowledge can go apart.",
)
COUNTED = Definition(
    "Which cohorts",
    "those that are over and whose register has been begun, in the quarter of their first session; drafts and "
    "cancelled cohorts do not count. Years run from April to March.",
)
ONCE = Definition("Who counts", "everyone once for each cohort, at the agency they were booked for.")
HIDDEN = Definition(
    "Hidden numbers",
    "“Fewer than 5” is 0 to 4; “Not shown” keeps another number safe. Only quarters that are over are shown, and a "
    "year adds up what its quarters show.",
)
PLANNED = Definition("Planned", "people who still had a place when the day came, whether they came or not.")
CAME = Definition("On the day", "people who came to at least one session, walk-ins among them.")
PAIR = Definition(
    "Pair",
    "one person of each agency who were in the same session in the period, by the register; it counts once. Possible "
    "are all pairs of people with a post at the two agencies.",
)
COLD = Definition(
    "Cold", "at most 2 pairs have met, or the smallest share where no agencies are that cold; never where under 5 work."
)
OWN_PEOPLE = Definition(
    "Who is counted",
    "people of the one agency who were in the same session as somebody of the other in the period, by the register, "
    "once each. How many of the other agency came is theirs to know.",
)
FEW_PEOPLE = Definition("Fewer than 5", "fewer than five people of one of the two agencies are behind the number.")


@dataclass(frozen=True)
class Frame:
    """What a file was counted over. `hides` is whether small numbers are hidden from its reader."""

    period: Period
    scope: str
    as_at: date
    hides: bool = False

    def of(self, *counted: Definition, chosen: str = "") -> files.Frame:
        """The frame of a file, with its definitions and the cells that end each row of a CSV."""
        period = self.period
        ends = (("Period", period.name), ("From", period.first), ("To", period.last))
        return files.Frame(
            as_at=self.as_at,
            scope=self.scope,
            filters="; ".join(part for part in (period.name, chosen) if part),
            definitions=counted,
            ends=(*ends, ("Scope", self.scope), ("As at", self.as_at)),
        )


def figures(sheet: Sheet) -> Iterator[Row]:
    """The lines of the quarterly page: agencies, courses, and all together."""
    for by, lines in (("Agency", sheet.agencies), ("Course", sheet.courses), ("Together", (sheet.total,))):
        for line in lines:
            if line.row:
                yield (by, line.name, *_numbers(line))


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


def _numbers(line: Line) -> Iterator[Cell]:
    """Counts and measures; what does not apply is empty, what is hidden says so."""
    yield from (line.cell(one.key) for one in (*COLUMNS, *FURTHER))
    for one in MEASURES:
        found = line.share(one.key)
        hidden = any(isinstance(line.cell(need), Hidden) for need in one.needs)
        yield found.percent if found else Hidden.WITHHELD.value if hidden else None


def mix(held: Sequence[Held]) -> Iterator[Row]:
    """Each agency on each cohort."""
    for one in held:
        day = clock.local(one.starts_at).date()
        for line in one.room.lines:
            yield (one.title, day, line.name, line.planned, line.came)


def matrix(found: Matrix, pairs: Sequence[Pair], locality: str) -> Iterator[Row]:
    """Each pair of agencies."""
    for pair in pairs:
        where = locality or "All"
        if found.is_hidden(pair):
            yield (pair.one.name, pair.other.name, Hidden.SMALL.value, None, None, None, where)
            continue
        possible = pair.possible if pair.counts else None
        share = percent_of(pair) if pair.counts else None
        cold = None if found.hides else "yes" if found.is_cold(pair) else "no"
        yield (pair.one.name, pair.other.name, pair.met, possible, share, cold, where)


def own_matrix(pairs: Sequence[Pair], locality: str) -> Iterator[Row]:
    """The pairs of one agency, counted by its own people alone."""
    for pair in pairs:
        yield (pair.one.name, pair.other.name, pair.people[0], pair.one.people, locality or "All")


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


def waiting(queue: Queue) -> Iterator[Row]:
    """The lines of the page about waiting: waits by agency and by job, offers and refusals, places held by sector."""
    if queue.is_kept_back:
        return
    if queue.shown is not None:
        yield from (_shown(one) for one in queue.shown)
        return
    offered = {one.name: one for one in queue.offered}
    names = dict.fromkeys([*(one.name for one in queue.agencies), *offered])
    lines = {one.name: one for one in queue.agencies}
    for name in names:
        yield ("Agency", name, *_waits(lines.get(name)), *_answers(offered.get(name)), None, None, None)
    for job in queue.jobs:
        yield ("Job", job.name, *_waits(job), *(None,) * 10)
    for one in queue.held:
        yield ("Sector", one.sector, *(None,) * 14, one.held, one.taken, one.released)
    yield ("Together", queue.total.name, *_waits(queue.total), *(None,) * 10)


def _shown(one: Shown) -> Row:
    return ("Agency", one.name, one.waited, *(None,) * 4, one.middle, *(None,) * 11)


def _waits(line: Waits | None) -> Row:
    if line is None:
        return (0, *(0,) * 4, None, None)
    return (line.waited, *(line.ended[how] for how in Ended), line.middle, line.longest)


def _answers(one: ByAgency | None) -> Row:
    if one is None:
        return (0,) * 7
    made = one.offers
    return (made.made, made.taken, made.passed, made.expired, made.left, one.refused.requests, one.refused.with_reason)


def evaluation(found: Evaluation) -> Iterator[Row]:
    """Every measure, together, by course and by quarter; what is too small to show says so."""
    for by, lines in (("Together", [found.total]), ("Course", found.by_course), ("Quarter", found.by_quarter)):
        for line in lines:
            for one in line.figures.values():
                rate = found.rates[one.measure.look.wave] if by == "Together" else None
                yield (by, line.name, *_measured(one, rate, hides=found.hides))
    for level, words in (("4a", "How agencies work"), ("4b", "What children and families gain")):
        yield ("Together", found.total.name, level, words, "Nothing is measured here", *(None,) * 7)


def _measured(one: Figure, rate: Rate | None, *, hides: bool) -> Row:
    look = one.measure.look
    start: Row = (look.level.value, f"{look.words}, {look.unit}", look.when)
    start += _answered(rate, hides=hides) if rate else (None, None)
    if not one.is_shown:
        return (*start, Hidden.SMALL.value, *(None,) * 4)
    if one.change:
        return (*start, one.people, *(round(n, 2) for n in (one.change.mean, one.change.low, one.change.high)), None)
    mean = None if one.mean is None else round(one.mean, 2)
    return (*start, one.people, mean, None, None, one.number)


def _answered(rate: Rate, *, hides: bool) -> Row:
    """How many answered, of how many; for readers outside the agencies about which part."""
    return (rate.roughly if rate.asked else None, None) if hides else (rate.told, rate.asked)
