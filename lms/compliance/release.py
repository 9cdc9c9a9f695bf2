"""What readers outside the agencies may read of compliance: one release a month, with small numbers hidden. Pure.

1. Only month-ends are released, as they were stored; so two days cannot be subtracted from each other.
2. Lines are agencies, and nothing that lies across them.
3. A line of fewer than five people is hidden whole, however much is asked of each; so is a line with fewer than five
   things in date, or fewer than five that are not: either would tell about single people, and the share tell it again.
4. Hidden lines have company: as many of the smallest other lines are hidden as it takes for people and both numbers of
   the hidden lines together to be at least nine (five, and four that the small ones could be), whichever one of them is
   left out. For members of a board lead agencies, and each knows the numbers of their own line.
5. Where that cannot be done, the total is hidden too; and it is hidden when it is small itself.
6. Every number is told to the nearest five, and shares are worked out from those. So the same line of two months, or a
   release and what somebody knows from elsewhere, subtracted from each other, tell of nobody who came, left or finished
   in between. Lines need not add up to the total.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FEWEST = 5
STEP = 5
ENOUGH = 2 * FEWEST - 1


@dataclass(frozen=True)
class Share:
    """How much of what is asked is in date, and of how many people that is asked. One person is asked for several
    things, so that many things may be of few people.
    """

    in_date: int
    required: int
    people: int

    @property
    def missing(self) -> int:
        """How many are not in date."""
        return self.required - self.in_date

    @property
    def is_small(self) -> bool:
        """Whether it would tell about single people."""
        return _size(self) < FEWEST


@dataclass(frozen=True)
class Released:
    """The lines that may be read, with None for hidden ones, and the total, or None."""

    lines: Mapping[str, Share | None]
    total: Share | None


def release(shares: Mapping[str, Share]) -> Released:
    """The lines of one month-end and their total, as they may be read outside the agencies."""
    found = exact(shares)
    lines = {name: _rounded(one) if one else None for name, one in found.lines.items()}
    return Released(lines, _rounded(found.total) if found.total else None)


def _rounded(share: Share) -> Share:
    """To the nearest five. What is shown has five or more in date and not in date, and so it has then."""
    return Share(*(STEP * round(number / STEP) for number in (share.in_date, share.required, share.people)))


def exact(shares: Mapping[str, Share]) -> Released:
    """Which lines may be read, and whether the total may, before they are rounded."""
    total = Share(
        sum(one.in_date for one in shares.values()),
        sum(one.required for one in shares.values()),
        sum(one.people for one in shares.values()),
    )
    hidden = {name for name, one in shares.items() if one.is_small}
    others = sorted((name for name in shares if name not in hidden), key=lambda name: (_size(shares[name]), name))
    while hidden and not _is_enough([shares[name] for name in hidden]) and others:
        hidden.add(others.pop(0))
    safe = not total.is_small and (not hidden or _is_enough([shares[name] for name in hidden]))
    return Released({name: None if name in hidden else one for name, one in shares.items()}, total if safe else None)


def _size(share: Share) -> int:
    return min(share.in_date, share.missing, share.people)


def _is_enough(shares: Sequence[Share]) -> bool:
    """Whether the lines hide each other, also from a reader who knows any one of them."""
    parts = [(one.in_date, one.missing, one.people) for one in shares]
    return len(shares) > 2 and all(sum(number) - max(number) >= ENOUGH for number in zip(*parts, strict=True))
