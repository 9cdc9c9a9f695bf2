"""How urgent a place on a joint day is for people, by the same standing that every other page shows."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from lms.assignments import queries
from lms.assignments.due import ModuleStanding, Status

SOON = timedelta(days=90)
NEW_IN_POST = timedelta(days=90)
OVERDUE, DUE, NEW, WAITED, OPTIONAL = 1, 2, 3, 4, 5


def band(
    standings: Iterable[ModuleStanding], *, modules: Collection[str], since: date, waited: bool, today: date
) -> int:
    """The band of one person, 1 the most urgent: overdue with one of the modules (with any that is required, where none
    is named), due within 90 days, new in post, on a waiting list before, by choice.
    """
    asked = [one for one in standings if one.required and (not modules or one.module in modules)]
    if any(one.is_late for one in asked):
        return OVERDUE
    if any(_is_due(one, today) for one in asked):
        return DUE
    if since + NEW_IN_POST >= today:
        return NEW
    return WAITED if waited else OPTIONAL


def _is_due(one: ModuleStanding, today: date) -> bool:
    last_day = one.valid_until if one.completed_on else one.due_on
    return last_day is not None and today <= last_day <= today + SOON and one.status is not Status.EXEMPT


def bands(
    people: queries.People, since: Mapping[UUID, date], waited: Collection[UUID], modules: Collection[str], today: date
) -> dict[UUID, int]:
    """The bands of many people who have a post today. Three queries, however many they are."""
    return {
        person: band(found, modules=modules, since=since[person], waited=person in waited, today=today)
        for person, found in queries.standings(people, today).items()
        if person in since
    }
