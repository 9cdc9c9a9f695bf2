"""The forms of reports: which people to show, and exempting somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from lms.assignments.due import LABELS, WORST_FIRST, Status
from lms.core import clock
from lms.core.errors import NotFound
from lms.reports.matrix import Show
from lms.reports.queries import Filters, Place, Reach
from lms.web.forms import DayField, PageForm, choice

LONGEST_NAME = 120
LONGEST_REASON = 300
SHOWN = [choice(status.value, LABELS[status]) for status in WORST_FIRST if status is not Status.NOT_REQUIRED]


class PlaceForm(PageForm):
    """Whose people: an agency and a team within the reader's reach. Sent with GET, so a choice has an address of its
    own that can be kept.
    """

    said_on_the_page: tuple[str, ...] = ()

    agency = SelectField("Agency", default="")
    team = SelectField("Team", default="")

    def __init__(self, reach: Reach, given: Mapping[str, str] | None = None) -> None:
        super().__init__(_given() if given is None else MultiDict(given))
        agency_id = _uuid(self.agency.data)
        teams = reach.within(agency_id)
        several = len(reach.agencies) > 1 and agency_id is None
        self.agency.choices = [choice("", "All agencies"), *(choice(str(one.id), one.name) for one in reach.agencies)]
        self.team.choices = [
            choice("", "All teams"),
            *(choice(str(one.id), _named(one, in_full=several)) for one in teams),
        ]
        if _find(reach.teams, self.team.data) not in (None, *teams):
            self.team.data = ""  # another agency was chosen since: all of its teams are meant
        self.reach = reach

    def filters(self) -> Filters:
        """What was asked for. Raises NotFound for anything that is not offered to this reader, but for what the page
        says is wrong.
        """
        self.validate()
        if any(field.errors for field in self if field.name not in self.said_on_the_page):
            raise NotFound
        return Filters(
            agency=_find(self.reach.agencies, self.agency.data), team=_find(self.reach.teams, self.team.data)
        )

    def address(self, **changed: str | int) -> dict[str, str]:
        """What was asked for as the values of an address, with some of it changed; what is empty is left out."""
        asked = {field.name: field.data for field in self} | changed
        return {name: str(value) for name, value in asked.items() if value}

    def places(self) -> dict[str, str]:
        """The agency and the team that were asked for, as the values of an address; what is empty is left out."""
        return {name: value for name, value in (("agency", self.agency.data), ("team", self.team.data)) if value}


class FilterForm(PlaceForm):
    """What to show of the completion report."""

    said_on_the_page = ("as_at",)

    show = SelectField("Show", name="status", default="")
    q = StringField("Name", filters=[lambda text: (text or "").strip()[:LONGEST_NAME]])
    as_at = DayField("As at", [Optional()], called="day")
    sort = HiddenField(default="")

    def __init__(self, reach: Reach, given: Mapping[str, str] | None = None) -> None:
        super().__init__(reach, given)
        self.show.choices = [choice("", "Everyone"), choice(Show.LATE.value, "Overdue or expired"), *SHOWN]

    def filters(self) -> Filters:
        """What was asked for. Raises NotFound for a place or status that is not offered to this reader."""
        places = super().filters()
        return replace(
            places,
            show=self.show.data or "",
            name=self.q.data or "",
            order=self.sort.data or "",
        )

    @property
    def day(self) -> date:
        """The day to report of: the one that was entered, when it can be, else today."""
        day: date | None = self.as_at.data
        return min(day, clock.today()) if day else clock.today()

    @property
    def day_problem(self) -> str:
        """What is wrong with the day that was entered; empty when nothing is."""
        day: date | None = self.as_at.data
        wrong = bool(self.as_at.errors) or (day is not None and day > clock.today())
        return "Enter a day that is today or earlier, like 31 March 2026." if wrong else ""

    @property
    def said(self) -> str:
        """What was chosen beyond agency and team, in words: a file says it, since it shortens the list."""
        shown = {Show.LATE.value: "Overdue or expired"} | {status.value: LABELS[status] for status in Status}
        parts = [shown[self.show.data]] if self.show.data else []
        return "; ".join([*parts, f"name with “{self.q.data}”"] if self.q.data else parts)


class ExemptionForm(PageForm):
    """Exempting somebody from a module."""

    module = SelectField("Module", validate_choice=True)
    reason = StringField(
        "Reason",
        [
            DataRequired("Give the reason in a few words."),
            Length(max=LONGEST_REASON, message=f"Keep the reason within {LONGEST_REASON} characters."),
        ],
    )
    until = DayField("Last day of the exemption", [Optional()], called="last day")

    def __init__(self, modules: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.module.choices = [choice(slug, title) for slug, title in modules]

    @property
    def last_day(self) -> date | None:
        """The day that was entered; None means for good."""
        day: date | None = self.until.data
        return day


def _given() -> MultiDict[str, str]:
    return MultiDict(request.args.items(multi=True))


def _named(team: Place, *, in_full: bool) -> str:
    """A team's name, with its agency where several agencies are on offer."""
    return f"{team.name}, {team.agency}" if in_full else team.name


def _find(places: Sequence[Place], chosen: str | None) -> Place | None:
    wanted = _uuid(chosen)
    return next((place for place in places if place.id == wanted), None)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
