"""What a file of people would change, worked out before anything is saved. Pure.

A row speaks of one person's post at one agency. Whoever is not known joins; whoever is known gets the post, or has it
changed. A new team ends the old post and begins another the day after, so that each manager keeps the days that were
theirs; a new job or date is written into the post. A file gives nobody a role beyond staff.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from lms.joining.table import Fault, Row

DAY = timedelta(days=1)
ELSEWHERE = "This address cannot be taken from a file here. Ask the partnership’s administrator to add the post."
NOT_YOURS_TO_END = (
    "Your file cannot end this post or put it off: it is your own, or that of an administrator of the partnership, "
    "which another of them ends whose own post has no last day, so that one is always left."
)


class Kind(StrEnum):
    """What happens to a person or a post."""

    JOINS = "joins"
    POST = "post"
    MOVES = "moves"
    CHANGES = "changes"
    ENDS = "ends"
    LEAVES = "leaves"
    SAME = "same"


@dataclass(frozen=True)
class Post:
    """A post that is there; `lasting` are its roles that do not rest on the team, as (role, scope)."""

    id: UUID
    agency: UUID
    team: str
    job: str
    starts: date
    ends: date | None
    lasting: tuple[tuple[str, str], ...] = ()

    def is_open(self, day: date) -> bool:
        """Whether it goes on on this day, or has not begun."""
        return self.ends is None or self.ends >= day


@dataclass(frozen=True)
class Known:
    """A person who has an account. `ours`: they work, or where they have left last worked, only where the reader looks
    after accounts, who may then also put their name right. `near`: they are of a partnership all of whose accounts the
    reader looks after.
    """

    id: UUID
    email: str
    name: str
    active: bool
    ours: bool
    near: bool
    posts: tuple[Post, ...]


@dataclass(frozen=True)
class Change:
    """One line of the report; `before` and `after` say what is different, in words. `post` is the one that is there."""

    kind: Kind
    row: int | None
    email: str
    name: str
    agency: UUID
    team: str
    job: str
    starts: date
    ends: date | None
    person: UUID | None = None
    post: Post | None = None
    renamed: bool = False
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class World:
    """What a plan is made in: the agencies whose accounts the reader looks after, by name in small letters, and who is
    known by address. `fallback` is the agency of rows that name none, `whole` the one of which the file is the whole
    list, with everybody who has an open post there. `kept` are posts that a file of this reader's must not end.
    """

    today: date
    agencies: Mapping[str, tuple[UUID, str]]
    people: Mapping[str, Known]
    fallback: UUID | None = None
    whole: UUID | None = None
    there: Sequence[Known] = ()
    kept: frozenset[UUID] = frozenset()


@dataclass
class Plan:
    """What would change, line by line, or the faults for which nothing can."""

    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """How many lines of each kind."""
        return Counter(one.kind.value for one in self.changes)

    @property
    def is_empty(self) -> bool:
        """Whether everything is as the file says already."""
        return all(one.kind is Kind.SAME for one in self.changes)


def plan(rows: Iterable[Row], world: World) -> Plan:
    """What these rows would change."""
    return _Planning(world).all(rows)


class _Planning:
    """One go at a plan: goes through the rows, then through those who are not in the list."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.found = Plan()
        self._rows: dict[tuple[str, UUID, str], int] = {}
        self._first: dict[str, Row] = {}

    def all(self, rows: Iterable[Row]) -> Plan:
        """The rows, and whoever is missing from them."""
        for row in rows:
            agency = self._agency(row)
            if agency is not None and self._is_new(row, agency):
                self._take(row, agency)
        if self.world.whole and not self.found.faults:
            self._leavers({email for email, agency, _ in self._rows if agency == self.world.whole})
        return self.found

    def _wrong(self, row: int, column: str, sentence: str) -> None:
        self.found.faults.append(Fault(row, column, sentence))

    def _agency(self, row: Row) -> UUID | None:
        if not row.agency:
            if self.world.fallback is None:
                self._wrong(row.number, "agency", "Name the agency; you look after several.")
            return self.world.fallback
        known = self.world.agencies.get(row.agency.casefold())
        if known is None:
            sentence = (
                f"You look after no agency called “{row.agency[:60]}”. Write its name as it stands under Agencies."
            )
            self._wrong(row.number, "agency", sentence)
            return None
        return known[0]

    def _is_new(self, row: Row, agency: UUID) -> bool:
        """Whether no row before it speaks of the same post, or calls the person something else."""
        first = self._first.setdefault(row.email, row)
        key = (row.email, agency, row.team.casefold())
        if first.name != row.name:
            self._wrong(row.number, "name", f"Row {first.number} has another name for this address.")
        elif key in self._rows:
            self._wrong(row.number, "email", f"This post stands in row {self._rows[key]} already.")
        else:
            self._rows[key] = row.number
            return True
        return False

    def _take(self, row: Row, agency: UUID) -> None:
        person, today = self.world.people.get(row.email), self.world.today
        has_left = row.ends is not None and row.ends < today
        change = Change(
            *(Kind.JOINS, row.number, row.email, row.name, agency, row.team, row.job),
            starts=row.starts or today,
            ends=row.ends,
            person=person.id if person else None,
        )
        if person is None:
            self._add(replace(change, kind=Kind.SAME) if has_left else change)
            return
        at = [post for post in person.posts if post.agency == agency]
        running = [post for post in at if post.is_open(today)]
        # Whoever left and works for another employer is that one's: to have been here once gives no sight of them.
        theirs = person.ours or person.near or bool(running) or (bool(at) and has_left)
        if not person.active or not theirs:
            self._wrong(row.number, "email", ELSEWHERE)
            return
        meant = _meant(row, running)
        if meant:
            self._known(replace(change, post=meant), person, row)
        elif running:
            self._wrong(row.number, "team", "This person has several posts there. Name the team of the one.")
        else:
            last = max((post.ends for post in at if post.ends), default=date.min)
            starts = row.starts if row.starts and row.starts > last else today
            self._add(replace(change, kind=Kind.SAME if has_left else Kind.POST, starts=starts))

    def _known(self, change: Change, person: Known, row: Row) -> None:
        """A row about a post that is there and open."""
        post, today = change.post, self.world.today
        assert post is not None
        renamed = person.ours and row.name != person.name
        starts, ends = row.starts or post.starts, row.ends or post.ends
        moves = bool(row.team) and row.team.casefold() != post.team.casefold()
        if ends and ends < starts:
            self._wrong(row.number, "ends", "This is before the day the post starts.")
            return
        if post.id in self.world.kept and _is_cut_short(post, starts, ends, today):
            self._wrong(row.number, "ends", NOT_YOURS_TO_END)
            return
        change = replace(
            change,
            name=row.name if renamed else person.name,
            team=row.team if moves else post.team,
            starts=starts,
            ends=ends,
            renamed=renamed,
        )
        different = _different(person, post, change)
        kind = Kind.CHANGES if different else Kind.SAME
        if ends != post.ends:
            kind = Kind.ENDS
        elif moves and post.starts < today:
            kind, change = Kind.MOVES, replace(change, starts=today)
        before, after = (", ".join(words) for words in zip(*different, strict=True)) if different else ("", "")
        self._add(replace(change, kind=kind, before=before, after=after))

    def _add(self, change: Change) -> None:
        self.found.changes.append(change)

    def _leavers(self, named: set[str]) -> None:
        """Whoever has an open post at the agency and is not in its whole list."""
        for person in self.world.there:
            for post in person.posts:
                stays = post.ends is not None and post.ends <= self.world.today
                if person.email in named or post.agency != self.world.whole or stays:
                    continue
                if post.id in self.world.kept:
                    self._wrong(1, "file", f"{person.email} is not in the file. {NOT_YOURS_TO_END} Add the row.")
                    continue
                ends = max(self.world.today, post.starts)
                change = Change(
                    *(Kind.LEAVES, None, person.email, person.name, post.agency, post.team, post.job),
                    starts=post.starts,
                    ends=ends,
                    person=person.id,
                    post=post,
                    after=f"until {_day(ends)}",
                )
                self._add(change)


def _is_cut_short(post: Post, starts: date, ends: date | None, today: date) -> bool:
    """Whether somebody would have the post for fewer days from today on."""
    sooner = ends is not None and (post.ends is None or ends < post.ends)
    return sooner or starts > max(today, post.starts)


def _meant(row: Row, running: Sequence[Post]) -> Post | None:
    """The open post a row speaks of: the only one, or the one of that team."""
    if len(running) == 1:
        return running[0]
    same = [post for post in running if post.team.casefold() == row.team.casefold()]
    return same[0] if len(same) == 1 else None


def _different(person: Known, post: Post, change: Change) -> list[tuple[str, str]]:
    """What is different, as words before and after."""
    pairs = [
        (person.name, change.name),
        (post.team or "no team", change.team or "no team"),
        (post.job, change.job),
        (f"since {_day(post.starts)}", f"since {_day(change.starts)}"),
        (_until(post.ends), _until(change.ends)),
    ]
    return [(before, after) for before, after in pairs if before != after]


def _until(day: date | None) -> str:
    return f"until {_day(day)}" if day else "no end"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
