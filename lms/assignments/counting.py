"""How one person's standings add to the counts of agencies and partnerships, as changes on days. Pure.

A count on any day is the sum of all changes up to that day, so a report costs the same however many people it counts.
Each person counts once in every group, by the worst of their standings there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from lms.assignments.due import FOREVER, ModuleStanding, Status, worst
from lms.assignments.spans import OVERALL, Span, overall_status

DAY = timedelta(days=1)
RENEW = "renew"
LEAVE = "leave"


class Group(StrEnum):
    """By what people of a partnership are counted. `ALL` has one value, the empty one."""

    ALL = "all"
    AGENCY = "agency"
    SECTOR = "sector"
    JOB = "job"
    LEVEL = "level"
    LOCALITY = "locality"


@dataclass(frozen=True)
class Held:
    """A post as known: from day to day, and everything it is counted under."""

    membership: UUID
    agency: UUID
    partnership: str
    sector: str
    team: UUID | None
    job: str
    level: str
    locality: str
    first: date
    last: date

    def value(self, group: Group) -> str:
        """Under what the post counts in a group."""
        values = {
            Group.ALL: "",
            Group.AGENCY: self.agency.hex,
            Group.SECTOR: self.sector,
            Group.JOB: self.job,
            Group.LEVEL: self.level,
            Group.LOCALITY: self.locality,
        }
        return values[group]


IN_DATE = frozenset({Status.CURRENT.value, RENEW})
APART = frozenset({Status.EXEMPT.value, LEAVE})


@dataclass
class Count:
    """How many people of one group stand how: `people` in all, `states` by target (a module's address or a level's key)
    and state.
    """

    overall: dict[str, int] = field(default_factory=dict)
    states: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """Everybody with a post there."""
        return sum(self.overall.values())

    @property
    def late_people(self) -> int:
        """People with anything overdue or expired."""
        return self.overall.get(Status.OVERDUE.value, 0)

    @property
    def due_people(self) -> int:
        """People with something due and nothing late."""
        return self.overall.get(Status.DUE.value, 0)

    def number(self, states: Iterable[str], target: str | None = None) -> int:
        """Standings in any of these states, for one target or all."""
        wanted = set(states)
        chosen = self.states if target is None else {target: self.states.get(target, {})}
        return sum(many for by in chosen.values() for word, many in by.items() if word in wanted)

    def in_date(self, target: str | None = None) -> int:
        """The numerator of compliance: certificates that count, also in their last 90 days."""
        return self.number(IN_DATE, target)

    def exempt(self, target: str | None = None) -> int:
        """Exempt, without those on long leave."""
        return self.number({Status.EXEMPT.value}, target)

    def on_leave(self, target: str | None = None) -> int:
        """On long leave, counted apart."""
        return self.number({LEAVE}, target)

    def required(self, target: str | None = None) -> int:
        """The denominator of compliance: people for whom it is required, without exempt ones and those on leave."""
        chosen = self.states if target is None else {target: self.states.get(target, {})}
        return sum(many for by in chosen.values() for word, many in by.items() if word not in APART)

    def add(self, cells: Iterable[ModuleStanding]) -> None:
        """Count one more person, with everything where they stand."""
        required = [cell for cell in cells if cell.required]
        for cell in required:
            by = self.states.setdefault(cell.module, {})
            by[state(cell)] = by.get(state(cell), 0) + 1
        word = overall_status(cell.status for cell in required).value
        self.overall[word] = self.overall.get(word, 0) + 1


Key = tuple[str, str, str, str, str, date]  # partnership, group, value, target, state, day
Spans = Mapping[UUID, Mapping[str, Sequence[Span]]]  # agency -> target -> spans


def state(cell: ModuleStanding) -> str:
    """The word under which a cell is counted; empty for what is not required, which is not counted. A certificate in
    its last 90 days is "renew" (it is in date), long leave is "leave"; other words are those of the status.
    """
    if cell.module == OVERALL:
        return cell.status.value
    if not cell.required:
        return ""
    if cell.status is Status.DUE and cell.is_in_date:
        return RENEW
    return LEAVE if cell.on_leave else cell.status.value


def changes(posts: Sequence[Held], spans: Spans, start: date) -> Counter[Key]:
    """What one person adds to the counts from a day on: +1 on the first day of a state, −1 on the day after its last.

    Before `start` nothing is said: the first change of a state that was there already stands on `start`.
    """
    found: Counter[Key] = Counter()
    cache: dict[tuple[tuple[UUID, date, date], ...], list[tuple[str, str, date, int]]] = {}
    for partnership in dict.fromkeys(post.partnership for post in posts):
        inside = [post for post in posts if post.partnership == partnership]
        for group in Group:
            for value in dict.fromkeys(post.value(group) for post in inside):
                stretches = tuple((post.agency, post.first, post.last) for post in inside if post.value(group) == value)
                if stretches not in cache:
                    cache[stretches] = _line(stretches, spans, start)
                for target, word, day, change in cache[stretches]:
                    found[partnership, group.value, value, target, word, day] += change
    return Counter({key: change for key, change in found.items() if change})


def _line(stretches: Iterable[tuple[UUID, date, date]], spans: Spans, start: date) -> list[tuple[str, str, date, int]]:
    """The changes of one person in one group: target, state, day, +1 or −1."""
    held = list(stretches)
    names = dict.fromkeys(target for agency, *_ in held for target in spans.get(agency, {}))
    found = []
    for target in names:
        pieces = [
            (max(span.first, first, start), min(span.last, last), span.cell)
            for agency, first, last in held
            for span in spans.get(agency, {}).get(target, ())
            if span.first <= last and first <= span.last and start <= min(span.last, last)
        ]
        found += _turns(target, pieces)
    return found


def _turns(target: str, pieces: Sequence[tuple[date, date, ModuleStanding]]) -> list[tuple[str, str, date, int]]:
    days = sorted({day for first, last, _ in pieces for day in (first, *([last + DAY] if last < FOREVER else []))})
    before, found = "", []
    for day in days:
        cells = [cell for first, last, cell in pieces if first <= day <= last]
        now = state(worst(cells)) if cells else ""
        if now != before:
            found += [(target, before, day, -1)] if before else []
            found += [(target, now, day, +1)] if now else []
        before = now
    return found
