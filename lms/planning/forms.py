"""The forms of building a cohort: a programme, its dates, nominations, and changes of the plan."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from wtforms import HiddenField, IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.cohorts import access
from lms.cohorts.forms import Day, SessionForm, Ticks, WholeNumber
from lms.core.errors import NotFound
from lms.planning.actions.nominating import Wish
from lms.planning.actions.programmes import Frame
from lms.planning.actions.proposing import Step
from lms.planning.models import DateProgramme
from lms.planning.rules import Rules
from lms.web.forms import PageForm

YES, NO = "yes", "no"


class FrameForm(PageForm):
    """A programme: what it is, and the rules each of its dates keeps."""

    title = StringField("Title", [DataRequired("Give it a title its people will know"), Length(max=160)])
    about = TextAreaField("What happens, and who it is for", [Length(max=4000)])
    closes_on = Day("Last day for nominations")
    needs_approval = RadioField(
        "When staff ask for themselves",
        choices={YES: "Their manager approves", NO: "They are on the list at once"},
        default=YES,
    )
    opens = RadioField(
        "When the plan is published",
        choices={NO: "Free places are yours to give", YES: "Staff can book the places left"},
        default=NO,
    )
    min_size = WholeNumber("Fewest people on a date", 1, 200)
    max_size = WholeNumber("Most people on a date", 1, 200)
    min_agencies = WholeNumber("Fewest agencies", 1, 50)
    min_sectors = WholeNumber("Fewest sectors", 1, 6)
    largest_share = WholeNumber("Largest share of one agency, in percent", 1, 100)
    per_team = WholeNumber("Most people of one team", 1, 50)
    per_team_large = WholeNumber("The same, on dates with 20 places or more", 1, 50)
    cover_share = WholeNumber("Largest share of a team away on one day, in percent", 1, 100)
    known_months = WholeNumber("Months for which people count as known to each other", 0, 60)
    reason = StringField("Why the rules change", [Length(max=300)])

    def __init__(self, programme: DateProgramme | None = None, about: str = "") -> None:
        known: dict[str, Any] = asdict(programme.rules if programme else Rules()) | {"about": about}
        if programme:
            known |= {
                "title": programme.title,
                "about": programme.about,
                "closes_on": programme.closes_on,
                "needs_approval": YES if programme.needs_approval else NO,
                "opens": YES if programme.opens else NO,
            }
        super().__init__(None, data=known)

    @property
    def numbers(self) -> list[Any]:
        """The fields of the rules, in order."""
        return [self[name] for name in asdict(Rules())]

    def frame(self) -> Frame:
        """The programme as typed."""
        return Frame(
            title=self.title.data or "",
            about=self.about.data or "",
            rules=Rules(**{field.name: field.data for field in self.numbers}),
            needs_approval=self.needs_approval.data == YES,
            opens=self.opens.data == YES,
            closes_on=self.closes_on.data,
        )


class DateForm(SessionForm):
    """One more date, what the room has, and what to prepare."""

    features = Ticks("The room has", choices={one.value: one.words for one in access.OF_THE_ROOM})
    modules = Ticks("Modules to prepare")

    def __init__(self, modules: Mapping[str, str], usual: list[str]) -> None:
        super().__init__(1)
        self.modules.choices = dict(modules)
        if self.modules.raw_data is None and not self.is_sent:
            self.modules.data = usual

    @property
    def is_sent(self) -> bool:
        """Whether anything was typed."""
        return not self.is_blank

    def validate(self, extra_validators: Any = None) -> bool:
        """Unlike one session of several, this one cannot be left blank."""
        fine = super().validate(extra_validators)
        if self.is_blank:
            self.day.errors = ["Enter the date"]
        return fine and not self.problems


class WishForm(PageForm):
    """Which dates people can attend, and what must be provided."""

    dates = Ticks("Dates")
    needs = Ticks("What they need on the day", choices={one.value: one.words for one in access.TICKED})

    def __init__(self, dates: Mapping[str, str], wish: Wish | None = None) -> None:
        known = {"dates": list(dates), "needs": []}
        if wish:
            known = {"dates": list(dates) if wish.dates is None else list(wish.dates), "needs": list(wish.needs)}
        super().__init__(None, data=known)
        self.dates.choices = dict(dates)

    @property
    def wish(self) -> Wish:
        """What was ticked."""
        return Wish(tuple(self.dates.data or ()), tuple(self.needs.data or ()))


class AddForm(WishForm):
    """People by their addresses."""

    emails = TextAreaField("Work e-mails", [InputRequired("Enter at least one address"), Length(max=20_000)])

    @property
    def addresses(self) -> list[str]:
        """The addresses as typed, one for each."""
        return [one for one in re.split(r"[\s,;]+", self.emails.data or "") if one]


class TeamForm(WishForm):
    """People ticked of one's own team."""

    people = SelectMultipleField("People", validate_choice=False)

    @property
    def chosen(self) -> list[UUID]:
        """The identities ticked. Raises NotFound for anything else."""
        return identities(self.people.data or [])


class FileForm(PageForm):
    """A file of nominations; the file itself is read from the request."""

    file = HiddenField("CSV file")


class DecideForm(PageForm):
    """Requests ticked, and whether they are approved."""

    people = SelectMultipleField("People", validate_choice=False)
    do = StringField("Do")

    @property
    def chosen(self) -> list[UUID]:
        """The identities ticked. Raises NotFound for anything else."""
        return identities(self.people.data or [])


class ApartForm(PageForm):
    """Two people never placed together, and until when."""

    email = StringField("Work e-mail of one", [InputRequired("Enter a work e-mail"), Length(max=254)])
    other = StringField("Work e-mail of the other", [InputRequired("Enter a work e-mail"), Length(max=254)])
    until = Day("Until")

    def validate(self, extra_validators: Any = None) -> bool:
        """The date cannot be left out."""
        fine = super().validate(extra_validators)
        if self.until.data is None and not self.until.errors:
            self.until.errors = ["Enter the last day"]
        return fine and not self.until.errors


class PlanForm(PageForm):
    """A change of the plan: what, with whom, and the version of the plan that was on the screen."""

    version = IntegerField("Version", [InputRequired()])
    person = SelectMultipleField("People", validate_choice=False)
    do = StringField("Do")
    to = StringField("Move to")
    reason = StringField("Reason", [Length(max=300)])

    @property
    def step(self) -> Step:
        """The change as sent. Raises NotFound for people that cannot be."""
        people = tuple(str(one) for one in identities(self.person.data or []))
        return Step(self.do.data or "", people, self.to.data or None, self.reason.data or "")


class SolveForm(PageForm):
    """The version of the plan that was on the screen, and whose pins are let go first."""

    version = IntegerField("Version", [InputRequired()])
    go = SelectMultipleField("Let go", validate_choice=False)

    @property
    def people(self) -> list[str]:
        """Whose pins go. Raises NotFound for people that cannot be."""
        return [str(one) for one in identities(self.go.data or [])]


class PublishForm(PageForm):
    """The version of the plan that was on the screen."""

    version = IntegerField("Version", [InputRequired()])


def identities(texts: list[str]) -> list[UUID]:
    """What was ticked. Raises NotFound for anything that is no identity."""
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise NotFound from None
