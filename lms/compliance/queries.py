"""Reads for compliance: counts by group on one day, and over the last year."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, func, select

from lms.assignments import counts
from lms.assignments import queries as assignments
from lms.assignments.counting import Count, Group
from lms.assignments.ledger_models import PostSpan, StandingBalance, StandingSpan
from lms.assignments.models import Level
from lms.assignments.spans import OVERALL
from lms.compliance.lines import Line, Point, line
from lms.compliance.reaches import By, Reach
from lms.compliance.release import Share, release
from lms.core.db import db
from lms.people.models import Agency, Team
from lms.people.sectors import LOOKS, Sector
from lms.reports.lines import Chosen

DAY = timedelta(days=1)
MONTHS = 12
NOT_SAID = "Not said"


@dataclass(frozen=True)
class Table:
    """The lines of a reach on one day, and all together (None when it may not be read)."""

    lines: Sequence[Line]
    total: Line | None
    day: date


def chosen(reach: Reach, day: date) -> Chosen:
    """The posts of the reach on a day, as known then."""
    where = [PostSpan.first_day <= day, PostSpan.last_day >= day, PostSpan.partnership == reach.partnership]
    if reach.agency:
        where.append(PostSpan.agency_id == reach.agency)
    if reach.team:
        where.append(PostSpan.team_id == reach.team)
    return Chosen(and_(*where), day)


def total(reach: Reach, day: date) -> Count:
    """Everybody of the reach together."""
    return totals(reach, [day])[day]


def totals(reach: Reach, days: Sequence[date]) -> Mapping[date, Count]:
    """The same on several days."""
    if reach.team:
        return {day: _counted(reach, day, None).get("", Count()) for day in days}
    group, value = (Group.AGENCY, reach.agency.hex) if reach.agency else (Group.ALL, "")
    found = counts.counts_on(reach.partnership, group, days, [value])
    return {day: found[day].get(value, Count()) for day in days}


def table(reach: Reach, by: By, day: date, target: str | None) -> Table:
    """The lines of the reach on a day, by what was asked for, over everything required or one target alone."""
    everybody = total(reach, day)
    if by is By.MODULE:
        names: Mapping[str, str] = assignments.titles([reach.partnership])
        lines = [line(one, names.get(one, one), everybody, one) for one in names if one in everybody.states]
    else:
        found = _by(reach, by, day)
        names = _names(reach, by)
        lines = [line(key, names.get(key, key) or NOT_SAID, one, target) for key, one in found.items()]
        lines.sort(key=lambda one: (one.name == NOT_SAID, one.name.casefold()))
    if not reach.hides:
        return Table(lines, line("", reach.name, everybody, target), day)
    return _released(reach, lines, day)


def _released(reach: Reach, lines: Sequence[Line], day: date) -> Table:
    shares = {one.key: Share(one.in_date, one.required, one.people) for one in lines}
    shown = release(shares)
    return Table([_bare(one, shown.lines[one.key]) for one in lines], _bare(Line("", reach.name), shown.total), day)


def _bare(one: Line, share: Share | None) -> Line:
    """A line with nothing but what is released."""
    bare = Line(one.key, one.name, hidden=share is None)
    return replace(bare, in_date=share.in_date, required=share.required) if share else bare


def _by(reach: Reach, by: By, day: date) -> Mapping[str, Count]:
    if reach.agency is None:
        return counts.count(reach.partnership, by.group, day)
    return _counted(reach, day, by)


def _counted(reach: Reach, day: date, by: By | None) -> dict[str, Count]:
    """Counts of one agency or team from the ledger itself: people once in each line. One query."""
    columns = {
        By.TEAM: PostSpan.team_id,
        By.JOB: PostSpan.job,
        By.LEVEL: PostSpan.level,
        By.LOCALITY: PostSpan.locality,
    }
    keys = [columns[by]] if by else []
    people = func.count(StandingSpan.person_id.distinct())
    rows = db.session.execute(
        chosen(reach, day)
        .spans(StandingSpan.target, StandingSpan.state, people, *keys)
        .where(StandingSpan.state != "")
        .group_by(StandingSpan.target, StandingSpan.state, *keys)
    )
    found: defaultdict[str, Count] = defaultdict(Count)
    for target, state, many, *key in rows:
        one = found[_text(key[0]) if key else ""]
        place = one.overall if target == OVERALL else one.states.setdefault(target, {})
        place[state] = many
    return dict(found)


def _text(key: UUID | str | None) -> str:
    return key.hex if isinstance(key, UUID) else key or ""


def _names(reach: Reach, by: By) -> Mapping[str, str]:
    """What the keys of the lines are called."""
    if by is By.AGENCY:
        agencies = select(Agency.id, Agency.name).where(Agency.partnership == reach.partnership)
        return {id_.hex: name for id_, name in db.session.execute(agencies)}
    if by is By.TEAM:
        teams = select(Team.id, Team.name).where(Team.agency_id == reach.agency)
        return {id_.hex: name for id_, name in db.session.execute(teams)}
    if by is By.LEVEL:
        levels = select(Level.code, Level.name).where(Level.partnership == reach.partnership)
        return {code: name for code, name in db.session.execute(levels)}  # noqa: C416 -- rows are not pairs to mypy
    if by is By.SECTOR:
        return {sector.value: LOOKS[sector].word for sector in Sector}
    return {}


def month_ends(reach: Reach, today: date) -> list[date]:
    """The month-ends of the last year on which anybody was known, oldest first; for readers outside the agencies those
    that are stored.
    """
    since = today.replace(year=today.year - 1, day=1) - DAY
    if reach.hides:
        stored = select(StandingBalance.day).where(
            StandingBalance.partnership == reach.partnership, StandingBalance.day >= since
        )
        return sorted(set(db.session.scalars(stored.distinct())))
    first = db.session.scalar(select(func.min(PostSpan.first_day)).where(PostSpan.partnership == reach.partnership))
    return counts.month_ends(max(first, since), today - DAY) if first else []


def course(reach: Reach, today: date, target: str | None) -> list[Point]:
    """The reach at the month-ends of the last year and, inside the agencies, today; with starters and leavers."""
    days = month_ends(reach, today)
    shown = days if reach.hides else [*days, today]
    if reach.hides:
        return [Point(day, one, stored=True) for day in shown if (one := table(reach, By.AGENCY, day, None).total)]
    came, went = _moves(reach, days, today)
    everybody = totals(reach, shown)
    return [
        Point(
            day,
            line("", reach.name, everybody[day], target),
            stored=day < today,
            starters=came[day],
            leavers=went[day],
        )
        for day in shown
    ]


def _moves(reach: Reach, days: Sequence[date], today: date) -> tuple[Counter[date], Counter[date]]:
    """How many came into the reach in the month that ends on each of these days, and how many left it. One query.

    Somebody came on the first day of a stretch of posts there, and left on the day after its last.
    """
    first = days[0] if days else today
    where = [PostSpan.partnership == reach.partnership]
    if reach.agency:
        where.append(PostSpan.agency_id == reach.agency)
    if reach.team:
        where.append(PostSpan.team_id == reach.team)
    touched = select(PostSpan.person_id).where(
        *where,
        (PostSpan.first_day > first) & (PostSpan.first_day <= today)
        | (PostSpan.last_day >= first) & (PostSpan.last_day < today),
    )
    rows = db.session.execute(
        select(PostSpan.person_id, PostSpan.first_day, PostSpan.last_day)
        .where(*where, PostSpan.person_id.in_(touched))
        .order_by(PostSpan.person_id, PostSpan.first_day)
    )
    stretches: dict[UUID, list[list[date]]] = {}
    for person, begins, ends in rows:
        known = stretches.setdefault(person, [])
        if known and (begins - known[-1][1]).days <= 1:
            known[-1][1] = max(known[-1][1], ends)
        else:
            known.append([begins, ends])
    came: Counter[date] = Counter()
    went: Counter[date] = Counter()
    for begins, ends in (stretch for known in stretches.values() for stretch in known):
        for day, before in zip([*days[1:], today], days, strict=False):
            came[day] += before < begins <= day
            went[day] += before <= ends < day
    return came, went
