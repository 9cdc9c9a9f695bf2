"""Team cover: how many people of a team may be out on one day. Pure.

Whoever manages a team sets its limit, as a number of people or as a share of the team. A limit that was set is kept to:
booking asks the manager first, and only whoever decides about the person goes over it, with a reason. While none is
set, the usual share of planning stands: it warns, and stops nobody.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from lms.core import clock

PERCENT = 100
USUAL_SHARE = 20
A_MOMENT = timedelta(microseconds=1)


def most_away(team_size: int, share: int) -> int:
    """The most people of a team that a share, in percent, lets be away on one day; never less than one."""
    return max(1, team_size * share // PERCENT)


def days_of(starts_at: datetime, ends_at: datetime) -> list[date]:
    """The dates on the partnership's calendar that a session touches; one that ends at midnight leaves the next day
    alone.
    """
    first, last = clock.local(starts_at).date(), clock.local(ends_at - A_MOMENT).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@dataclass(frozen=True)
class Limit:
    """At most so many people, or such a share in percent; with neither, nobody has set one and the usual share
    stands.
    """

    most: int | None = None
    share: int | None = None

    @property
    def is_set(self) -> bool:
        """Whether a manager of the team has set it, so that it is kept to."""
        return self.most is not None or self.share is not None

    def of(self, team_size: int) -> int:
        """The most people of a team of this size who may be out on one day."""
        if self.most is not None:
            return self.most
        return most_away(team_size, self.share or USUAL_SHARE)

    def words(self, team_size: int) -> str:
        """The limit as a sentence has it: "at most 1 of 7 people (20%)"."""
        people = "person" if team_size == 1 else "people"
        said = f"at most {self.of(team_size)} of {team_size} {people}"
        if self.most is not None:
            return said
        share = f"{self.share or USUAL_SHARE}%"
        return f"{said} ({share})" if self.share else f"{said} (the usual {share}; no limit is set)"


USUAL = Limit()


@dataclass(frozen=True)
class Post:
    """One person's work in a team, from one date to another, with the team's limit and how many work there today."""

    person: UUID
    agency: UUID
    team_id: UUID
    team: str
    starts_on: date
    ends_on: date | None
    limit: Limit
    size: int

    def covers(self, day: date) -> bool:
        """Whether the person belongs to the team on this day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class AtLimit:
    """A day on which a team has as many others out as it may, or more, so that one more goes over its limit."""

    team: str
    day: date
    others: int
    most: int
    is_set: bool

    @property
    def sentence(self) -> str:
        """What letting the person go would mean."""
        return (
            f"With them, {self.others + 1} people of {self.team} are out on {self.day:%A} {self.day.day} "
            f"{self.day:%B}; the limit is {self.most}."
        )


Away = Mapping[tuple[UUID, date], Collection[UUID]]
"""Who is out, by team and day."""


def at_limit(posts: Iterable[Post], days: Iterable[date], away: Away) -> list[AtLimit]:
    """The days on which one person's going would take a team of theirs over its limit; `posts` are that person's."""
    found: dict[tuple[UUID, date], AtLimit] = {}
    days = sorted(set(days))
    for post in posts:
        most = post.limit.of(post.size)
        for day in filter(post.covers, days):
            others = len(set(away.get((post.team_id, day), ())) - {post.person})
            if others >= most:
                found[post.team_id, day] = AtLimit(post.team, day, others, most, post.limit.is_set)
    return sorted(found.values(), key=lambda one: (one.day, one.team))
