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
from lms.people.names import plain_name
from lms.reports.matrix import Show
from lms.reports.queries import Filters, Place, Reach
from lms.web.forms import DayField, PageForm, choice

LONGEST_NAME = 120
MOST_TEAMS = 60
LONGEST_REASON = 300
SHOWN = [choice(status.value, LABELS[status]) for status in WORST_FIRST if status is not Status.NOT_REQUIRED]


class PlaceForm(PageForm):
    """Whose people: an agency and a team within the reader's reach. Sent with GET, so a choice has an address of its
    own that can be kept. Of more teams than a list is good for, those are on offer whose name has the words typed.
    """

    said_on_the_page: tuple[str, ...] = ()

    agency = SelectField("Agency", default="")
    team = SelectField("Team", default="")
    team_name = StringField("Name of a team", filters=[lambda text: (text or "").strip()[:LONGEST_NAME]])

    def __init__(self, reach: Reach, given: Mapping[str, str] | None = None) -> None:
        super().__init__(_given() if given is None else MultiDict(given))
        self.reach = reach
        agency_id = _uuid(self.agency.data)
        teams = reach.within(agency_id)
        self.has_many_teams = len(teams) > MOST_TEAMS
        if _find(reach.teams, self.team.data) not in (None, *teams):
            self.team.data = ""  # another agency was chosen since: all of its teams are meant
        self.agency.choices = [choice("", "All agencies"), *(choice(str(one.id), one.name) for one in reach.agencies)]
        offered = self._found(teams) if self.has_many_teams else teams
        several = len(reach.agencies) > 1 and agency_id is None
        self.team.choices = [
            choice("", "All teams"),
            *(choice(str(one.id), _named(one, in_full=several)) for one in offered[:MOST_TEAMS]),
        ]

    def _found(self, teams: Sequence[Place]) -> Sequence[Place]:
        """Which of many teams are on offer: those with the words typed in their name, or the one chosen before. One
        that alone has them is chosen.
        """
        self.teams_found = 0
        if not self.team_name.data:
            return [one for one in teams if one.id == _uuid(self.team.data)]
        words = plain_name(self.team_name.data)
        found = [one for one in teams if words in plain_name(one.name)]
        exact = [one for one in found if plain_name(one.name) == words] or found
        if len(exact) == 1:
            self.team.data = str(exact[0].id)
        elif self.team.data not in [str(one.id) for one in found[:MOST_TEAMS]]:
            self.team.data = ""
        self.teams_found = len(found)
        return exact if len(exact) == 1 else found

    @property
    def team_hint(self) -> str:
        """What became of the name of a team that was typed; empty when that is plain to see."""
        if not self.has_many_teams or not self.team_name.data or self.team.data:
            return ""
        if not self.teams_found:
            return "No team here has this in its name. Type a part of the name."
        if self.teams_found > MOST_TEAMS:
            return f"{self.teams_found} teams have this in their name. Type more of it."
        return f"{self.teams_found} teams have this in their name. Choose one of them."

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
        """What was asked for as the values of an address, with some of it changed; what is empty is left out, and so
        are words that looked for a team.
        """
        asked = {field.name: field.data for field in self if field is not self.team_name} | changed
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
