"""What is asked of one person by one agency on one day, and why: requirements, assignments, exemptions, leave. Pure.

Rules of this module:

1. A requirement speaks to a post when every condition it names (jobs, sectors, teams, levels) fits it. Its first date
   lies so many days after the person came within its reach: the start of their unbroken time in posts it speaks to, or
   the day the requirement began, if that was later. Moving between teams therefore moves no date.
2. A person's own assignment adds its date; the earliest date of an agency wins.
3. An agency's exemption, or long leave from it, lifts what that agency asks and no more.
4. For `BACK_FROM_LEAVE` after leave nothing counts as late.
5. A requirement with an interval of its own decides how long a completion counts: so many months from the completion,
   or, where it keeps its date, from the end of the one before, when renewed within the last 90 days of that. Without an
   interval the certificate's own last day decides. Of several intervals the shortest wins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from lms.assignments.due import FOREVER, RENEW_WITHIN
from lms.assignments.hours import Learnt, Wanted
from lms.core.clock import months_later

DAY = timedelta(days=1)
BACK_FROM_LEAVE = timedelta(days=30)
ALWAYS = date(1900, 1, 1)
LEVEL = "level:"


class Kind(StrEnum):
    """What a requirement asks for."""

    CORE = "core"
    MODULE = "module"
    PROGRAMME = "programme"
    LEVEL = "level"


@dataclass(frozen=True)
class Post:
    """One membership; `ends` is its last day. `levels` are the partnership's levels that its job belongs to."""

    membership: UUID
    agency: UUID
    partnership: str
    sector: str
    team: UUID | None
    job: str
    starts: date
    ends: date | None
    levels: tuple[str, ...] = ()
    locality: str = ""

    @property
    def last(self) -> date:
        """The last day, FOREVER when none is known."""
        return self.ends or FOREVER

    def covers(self, day: date) -> bool:
        """Whether the person works here on this day."""
        return self.starts <= day <= self.last


@dataclass(frozen=True)
class Who:
    """To whom a requirement speaks: each condition that is not empty must fit."""

    jobs: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    teams: frozenset[UUID] = frozenset()
    levels: frozenset[str] = frozenset()

    def fits(self, post: Post) -> bool:
        """Whether this post is spoken to."""
        return (
            (not self.jobs or plain(post.job) in self.jobs)
            and (not self.sectors or post.sector in self.sectors)
            and (not self.teams or post.team in self.teams)
            and (not self.levels or not self.levels.isdisjoint(post.levels))
        )


def plain(job: str) -> str:
    """A job's name for comparing, however it was typed."""
    return " ".join(job.casefold().split())


@dataclass(frozen=True)
class Rule:
    """One version of a requirement, in force from its first to its last day; `since` is the day from which people were
    first asked, through all versions with the same reach.
    """

    targets: frozenset[str]
    why: str
    partnership: str
    agency: UUID | None = None
    who: Who = Who()
    first_due: int = 90
    renew_months: int | None = None
    keeps_date: bool = False
    wanted: Wanted | None = None
    since: date = ALWAYS
    first_day: date = ALWAYS
    last_day: date = FOREVER
    requirement: UUID | None = None

    def is_on(self, day: date) -> bool:
        """Whether this version is in force on a day."""
        return self.first_day <= day <= self.last_day

    def speaks_to(self, post: Post) -> bool:
        """Whether it asks anything of whoever holds this post."""
        return self.partnership == post.partnership and self.agency in (None, post.agency) and self.who.fits(post)


@dataclass(frozen=True)
class Given:
    """A manager's assignment to one person."""

    agency: UUID
    target: str
    due_on: date
    first_day: date
    why: str


@dataclass(frozen=True)
class Lifted:
    """An exemption in force: from the day it was granted to its last day."""

    agency: UUID
    target: str
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Away:
    """Long leave from one agency; `last_day` is FOREVER while nobody knows the return."""

    agency: UUID
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Done:
    """Something that meets a target: a completion here, an accepted equivalent or prior learning. `until` is its own
    last day (None: it never ends), `by` empty for a completion, `agency` the only one that accepts it, or None for all.
    """

    target: str
    on: date
    until: date | None
    withdrawn_on: date | None = None
    version: int | None = None
    by: str = ""
    agency: UUID | None = None

    def counts(self, agency: UUID | None, day: date) -> bool:
        """Whether it counts for an agency on a day."""
        return (
            self.on <= day and (self.withdrawn_on is None or self.withdrawn_on > day) and self.agency in (None, agency)
        )


@dataclass(frozen=True)
class Begun:
    """A study: the day it began, and the day it was completed."""

    target: str
    on: date
    done_on: date | None


@dataclass
class Facts:
    """Everything about one person that decides where they stand, as known now."""

    posts: Sequence[Post] = ()
    rules: Sequence[Rule] = ()
    given: Sequence[Given] = ()
    lifted: Sequence[Lifted] = ()
    away: Sequence[Away] = ()
    done: Sequence[Done] = ()
    begun: Sequence[Begun] = ()
    learnt: Sequence[Learnt] = ()
    runs: dict[tuple[str, Wanted], list[tuple[date, date]]] = field(default_factory=dict)

    @property
    def agencies(self) -> list[UUID]:
        """The agencies of all posts, in the order of the posts."""
        return list(dict.fromkeys(post.agency for post in self.posts))

    def at(self, day: date) -> list[UUID]:
        """The agencies the person works for on a day."""
        return list(dict.fromkeys(post.agency for post in self.posts if post.covers(day)))


@dataclass(frozen=True)
class Renewal:
    """How long a completion counts: so many months (None: as its certificate says), and whether dates are kept."""

    months: int | None = None
    keeps_date: bool = False


@dataclass(frozen=True)
class Asked:
    """What one agency asks of a person for one target on one day."""

    required: bool
    due_on: date | None = None
    exempt_until: date | None = None
    on_leave: bool = False
    not_before: date | None = None
    renewals: frozenset[Renewal] = frozenset({Renewal()})
    why: tuple[str, ...] = ()
    wanted: Wanted | None = None


NOTHING_ASKED = Asked(required=False)


def asked(facts: Facts, target: str, agency: UUID | None, day: date) -> Asked:
    """What the agency asks of the person for this target on this day; nothing when there is no post there then."""
    posts = [post for post in facts.posts if post.agency == agency]
    if not any(post.covers(day) for post in posts):
        return NOTHING_ASKED
    rules = [one for one in facts.rules if target in one.targets and one.is_on(day)]
    found = [(rule, since(rule, posts, day)) for rule in rules]
    speaking = [(rule, start) for rule, start in found if start is not None]
    given = [one for one in facts.given if one.target == target and one.agency == agency and one.first_day <= day]
    if not speaking and not given:
        return NOTHING_ASKED
    dates = [start + timedelta(days=rule.first_due) for rule, start in speaking] + [one.due_on for one in given]
    until, on_leave = _lifted(facts, target, agency, day)
    return Asked(
        required=True,
        due_on=min(dates),
        exempt_until=until,
        on_leave=on_leave,
        not_before=_back(facts.away, agency, day),
        renewals=frozenset(Renewal(rule.renew_months, rule.keeps_date) for rule, _ in speaking)
        or frozenset({Renewal()}),
        why=tuple(dict.fromkeys([*(rule.why for rule, _ in speaking), *(one.why for one in given)])),
        wanted=next((rule.wanted for rule, _ in speaking if rule.wanted), None),
    )


def since(rule: Rule, posts: Iterable[Post], day: date) -> date | None:
    """From which day the rule has asked somebody with these posts at one agency; None when it does not on this day.

    Posts it speaks to that follow each other without a day between them are one time.
    """
    spoken_to = [post for post in posts if rule.speaks_to(post)]
    if len(spoken_to) > 1:
        spoken_to.sort(key=lambda post: post.starts)
    start = reached = None
    for post in spoken_to:
        if post.starts > day:
            break
        if start is None or reached is None or post.starts > reached + DAY:
            start = post.starts
            reached = post.last
        else:
            reached = max(reached, post.last)
        if reached == FOREVER:
            break
    if start is None or reached is None or reached < day:
        return None
    return max(start, rule.since)


def _lifted(facts: Facts, target: str, agency: UUID | None, day: date) -> tuple[date | None, bool]:
    """The last day on which nothing is asked, and whether that is by long leave."""
    exempt = [
        one.last_day
        for one in facts.lifted
        if one.target == target and one.agency == agency and one.first_day <= day <= one.last_day
    ]
    away = [one.last_day for one in facts.away if one.agency == agency and one.first_day <= day <= one.last_day]
    return max([*exempt, *away], default=None), bool(away)


def _back(away: Iterable[Away], agency: UUID | None, day: date) -> date | None:
    """The last day on which nothing counts as late after leave, when it is this day or later."""
    ends = [one.last_day + BACK_FROM_LEAVE for one in away if one.agency == agency and one.last_day < day]
    last = max(ends, default=None)
    return last if last is not None and last >= day else None


def last_good_day(done: Iterable[Done], renewal: Renewal) -> tuple[Done, date | None] | None:
    """Of everything that meets a target, what counts longest, and its last day (None: it never ends)."""
    ordered = sorted(done, key=lambda one: one.on)
    if not ordered:
        return None
    if renewal.months is None:
        best = max(ordered, key=lambda one: (one.until or FOREVER, one.on))
        return best, best.until
    end: date | None = None
    for one in ordered:
        kept = renewal.keeps_date and end is not None and end - RENEW_WITHIN <= one.on <= end
        own = months_later(end if kept and end else one.on, renewal.months)
        counts_to = min(own, one.until) if one.by and one.until else own
        end = counts_to if end is None else max(end, counts_to)
    return ordered[-1], end
