"""Keeping the ledger: where everybody stands from day to day, worked out whenever something that decides it changes.

Only days from the present one on are ever rewritten. So the ledger answers "as at" any past day with what was known at
the end of that day, and goes on giving the same answer.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update

from lms.assignments import facts as reading
from lms.assignments.counting import Held, Key, changes, state
from lms.assignments.due import ModuleStanding, Standing, Status
from lms.assignments.ledger_models import PostSpan, StandingChange, StandingSpan
from lms.assignments.rules import ALWAYS, Facts, Post
from lms.assignments.spans import OVERALL, Span, held, overall, spans, targets
from lms.core import clock
from lms.core.db import db
from lms.people.models import Person

DAY = timedelta(days=1)
PORTION = 200

Spans = dict[UUID, dict[str, list[Span]]]


@dataclass
class Page:
    """One person's page of the ledger from a day on."""

    posts: list[Held]
    spans: Spans

    def says_the_same_as(self, other: "Page") -> bool:
        """Whether the rows of both are the same."""
        return self.posts == other.posts and _comparable(self.spans) == _comparable(other.spans)


NO_PAGE = Page([], {})


def refresh(person_ids: Collection[UUID]) -> None:
    """Work out anew where these people stand from today on, in the running transaction, with their rows locked."""
    today = clock.today()
    for portion in _portions(sorted(person_ids)):
        _write(portion, today)


def tell_history(person_ids: Collection[UUID]) -> None:
    """Write the whole past of people who are not in the ledger yet, as far as present facts tell it: when a site
    begins to keep a ledger, and for the demo. People who have a page already are left alone.
    """
    known = select(PostSpan.person_id).where(PostSpan.person_id.in_(list(person_ids))).distinct()
    for portion in _portions(sorted(set(person_ids) - set(db.session.scalars(known)))):
        _write(portion, ALWAYS)


def _portions(person_ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(person_ids), PORTION):
        yield list(person_ids[start : start + PORTION])


def _write(person_ids: list[UUID], start: date) -> None:
    chosen = select(Person.id).where(Person.id.in_(person_ids))
    db.session.execute(chosen.order_by(Person.id).with_for_update(key_share=True)).all()
    known = reading.load(chosen)
    before = pages(person_ids, start)
    added: Counter[Key] = Counter()
    for person in person_ids:
        old = before.get(person, NO_PAGE)
        new = page(known.get(person, Facts()), start)
        if old.says_the_same_as(new):
            continue
        _replace(person, old, new, start)
        added.update(changes(new.posts, new.spans, start))
        added.subtract(changes(old.posts, old.spans, start))
    rows = [
        {"partnership": a, "grouping": b, "value": c, "target": d, "state": e, "day": day, "change": by}
        for (a, b, c, d, e, day), by in sorted(added.items())
        if by
    ]
    if rows:
        db.session.execute(insert(StandingChange), rows)


def page(facts: Facts, start: date) -> Page:
    """What the ledger says of a person with these facts from a day on."""
    posts = [_held(post, max(post.starts, start)) for post in facts.posts if post.last >= start]
    found: Spans = {}
    names = targets(facts)
    for agency in dict.fromkeys(post.agency for post in posts):
        by_target = {target: spans(facts, target, agency, start) for target in names}
        kept = {target: lines for target, lines in by_target.items() if lines}
        kept[OVERALL] = overall(kept, held(facts, agency, start))
        found[agency] = kept
    return Page(sorted(posts, key=lambda post: (post.first, post.membership.int)), found)


def _held(post: Post, first: date) -> Held:
    return Held(
        membership=post.membership,
        agency=post.agency,
        partnership=post.partnership,
        sector=post.sector,
        team=post.team,
        job=post.job,
        level=post.levels[0] if post.levels else "",
        locality=post.locality,
        first=first,
        last=post.last,
    )


def _comparable(found: Spans) -> dict[tuple[UUID, str], list[tuple[object, ...]]]:
    return {
        (agency, target): [_values(span) for span in lines]
        for agency, by_target in found.items()
        for target, lines in by_target.items()
    }


def _values(span: Span) -> tuple[object, ...]:
    """Everything of a span that its row holds."""
    cell = span.cell
    return (
        *(span.first, span.last, cell.status, cell.required, cell.on_leave, cell.standing.on, cell.due_on),
        *(cell.completed_on, cell.valid_until, cell.version, cell.by, span.rank),
    )


def pages(person_ids: Collection[UUID], start: date) -> dict[UUID, Page]:
    """What the ledger says of these people from a day on; what began before it is cut to it."""
    found: defaultdict[UUID, Page] = defaultdict(lambda: Page([], {}))
    posts = select(PostSpan).where(PostSpan.person_id.in_(person_ids), PostSpan.last_day >= start)
    for post in db.session.scalars(posts):
        found[post.person_id].posts.append(_as_held(post, start))
    for one in found.values():
        one.posts.sort(key=lambda post: (post.first, post.membership.int))
    lines = select(StandingSpan).where(StandingSpan.person_id.in_(person_ids), StandingSpan.last_day >= start)
    for line in db.session.scalars(lines.order_by(StandingSpan.first_day)):
        by_target = found[line.person_id].spans.setdefault(line.agency_id, {})
        first = max(line.first_day, start)
        by_target.setdefault(line.target, []).append(Span(first, line.last_day, cell(line, first), line.rank))
    return dict(found)


def _as_held(row: PostSpan, start: date) -> Held:
    return Held(
        membership=row.membership_id,
        agency=row.agency_id,
        partnership=row.partnership,
        sector=row.sector,
        team=row.team_id,
        job=row.job,
        level=row.level,
        locality=row.locality,
        first=max(row.first_day, start),
        last=row.last_day,
    )


def cell(row: StandingSpan, day: date) -> ModuleStanding:
    """The row as where its person stands on a day."""
    return ModuleStanding(
        module=row.target,
        standing=Standing(Status(row.status), row.on_day, day),
        due_on=row.due_on,
        required=row.required,
        completed_on=row.completed_on,
        valid_until=row.valid_until,
        version=row.version,
        by=row.by,
        on_leave=row.on_leave,
    )


def _replace(person: UUID, old: Page, new: Page, start: date) -> None:
    """Put the new page where the old one was, from a day on; what ended before it stays as it is, and so does what says
    the same as before, so that no row is cut where nothing happened.
    """
    if old.posts != new.posts:
        if old.posts:
            _cut(PostSpan, start, PostSpan.person_id == person)
        _add(PostSpan, post_rows(person, new.posts))
    before, after = _comparable(old.spans), _comparable(new.spans)
    moved = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    for agency in {agency for agency, _ in moved}:
        targets_ = [target for at, target in moved if at == agency]
        where = (StandingSpan.agency_id == agency, StandingSpan.target.in_(targets_), StandingSpan.person_id == person)
        if any((agency, target) in before for target in targets_):
            _cut(StandingSpan, start, *where)
        lines = new.spans.get(agency, {})
        _add(StandingSpan, rows(person, {agency: {one: lines[one] for one in targets_ if one in lines}}))


def _cut(table: type[PostSpan] | type[StandingSpan], start: date, *where: ColumnElement[bool]) -> None:
    """Take away what these rows say from a day on."""
    db.session.execute(delete(table).where(*where, table.first_day >= start))
    db.session.execute(update(table).where(*where, table.last_day >= start).values(last_day=start - DAY))


def _add(table: type[PostSpan] | type[StandingSpan], added: Iterable[dict[str, object]]) -> None:
    listed = list(added)
    if listed:
        db.session.execute(insert(table), listed)


def post_rows(person: UUID, posts: Iterable[Held]) -> Iterator[dict[str, object]]:
    """The rows of a person's posts."""
    for post in posts:
        yield {
            "membership_id": post.membership,
            "first_day": post.first,
            "last_day": post.last,
            "person_id": person,
            "agency_id": post.agency,
            "team_id": post.team,
            "partnership": post.partnership,
            "sector": post.sector,
            "job": post.job,
            "level": post.level,
            "locality": post.locality,
        }


def rows(person: UUID, found: Mapping[UUID, Mapping[str, Iterable[Span]]]) -> Iterator[dict[str, object]]:
    """The rows of a person's spans."""
    for agency, by_target in found.items():
        for target, lines in by_target.items():
            for span in lines:
                one = span.cell
                yield {
                    "agency_id": agency,
                    "target": target,
                    "person_id": person,
                    "first_day": span.first,
                    "last_day": span.last,
                    "status": one.status.value,
                    "state": state(one),
                    "required": one.required,
                    "on_leave": one.on_leave,
                    "on_day": one.standing.on,
                    "due_on": one.due_on,
                    "completed_on": one.completed_on,
                    "valid_until": one.valid_until,
                    "version": one.version,
                    "by": one.by,
                    "rank": span.rank,
                }
