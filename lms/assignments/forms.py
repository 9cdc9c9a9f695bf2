"""The forms by which people keep what is asked as data."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from flask import request
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.assignments.asks import Ask, Reach
from lms.assignments.requirements import Offered
from lms.cohorts.forms import Day, PerhapsNumber, Ticks, WholeNumber
from lms.web.forms import PageForm, choice

Value = TypeVar("Value")
YES, NO = "yes", "no"
MINUTES = 60
LONGEST_WHY = 300


def must(value: Value | None) -> Value:
    """What a field holds that was found right and cannot be empty."""
    assert value is not None
    return value


class NeededDay(Day):
    """A date that cannot be left out."""

    def __init__(self, label: str, sentence: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.validators = [InputRequired(sentence)]

    @property
    def day(self) -> date:
        """The day, once the form was found right."""
        return must(self.data)


class AskForm(PageForm):
    """What is asked of whom, by when, how often, and why. `what` is left out where it cannot change."""

    what = SelectField("What is asked")
    jobs = Ticks("Jobs")
    sectors = Ticks("Sectors")
    teams = Ticks("Teams")
    levels = Ticks("Levels")
    first_due = WholeNumber("First due, in days after somebody starts", 0, 730)
    renew_months = PerhapsNumber("Renewed every so many months", 1, 120)
    keeps_date = RadioField(
        "When somebody renews early",
        choices={
            NO: "The next date counts from the day they completed it again.",
            YES: "The date is kept: whoever renews in the last 90 days gains the full time from the old date.",
        },
        default=NO,
    )
    hours = PerhapsNumber("Hours", 1, 500)
    participatory = PerhapsNumber("Participatory share, in percent", 0, 100)
    multi_agency = RadioField(
        "Together with other agencies", choices={NO: "Need not be", YES: "Some of it"}, default=NO
    )
    why = StringField(
        "Why it is asked",
        [
            DataRequired("Say why it is asked, in one sentence."),
            Length(max=LONGEST_WHY, message=f"Keep it within {LONGEST_WHY} characters."),
        ],
    )
    first_day = NeededDay("From", "Enter the day from which it is asked.")

    def __init__(self, offered: Offered, ask: Ask | None = None, usual: Mapping[str, Any] | None = None) -> None:
        super().__init__(None, data=_typed(ask) if ask else {"first_due": 90, **(usual or {})})
        self.what.choices = [choice(key, words) for key, words in offered.targets]
        for field, known in (
            (self.jobs, offered.jobs),
            (self.sectors, offered.sectors),
            (self.teams, offered.teams),
            (self.levels, offered.levels),
        ):
            field.choices = dict(known)
        if ask is not None:
            del self.what

    def ask(self) -> Ask:
        """It, as typed."""
        return Ask(
            why=self.why.data or "",
            first_day=self.first_day.day,
            reach=Reach(
                tuple(self.jobs.data or ()),
                tuple(self.sectors.data or ()),
                tuple(self.teams.data or ()),
                tuple(self.levels.data or ()),
            ),
            first_due=must(self.first_due.data),
            renew_months=self.renew_months.data,
            keeps_date=self.keeps_date.data == YES,
            minutes=(self.hours.data or 0) * MINUTES,
            participatory=self.participatory.data or 0,
            multi_agency=self.multi_agency.data == YES,
        )

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What was sent, field by field, so that a preview can carry it."""
        return [(name, text) for name, text in request.form.items(multi=True) if name in self._fields]


def _typed(ask: Ask) -> dict[str, Any]:
    return {
        "jobs": list(ask.reach.jobs),
        "sectors": list(ask.reach.sectors),
        "teams": list(ask.reach.teams),
        "levels": list(ask.reach.levels),
        "first_due": ask.first_due,
        "renew_months": ask.renew_months,
        "keeps_date": YES if ask.keeps_date else NO,
        "hours": ask.minutes // MINUTES or None,
        "participatory": ask.participatory or None,
        "multi_agency": YES if ask.multi_agency else NO,
        "why": ask.why,
        "first_day": ask.first_day,
    }


class EndForm(PageForm):
    """The last day of a requirement."""

    last_day = NeededDay("Last day", "Enter the last day on which it is asked.")


class LevelForm(PageForm):
    """One level of a partnership's scheme."""

    code = StringField("Code", [DataRequired("Enter a short code, such as 3."), Length(max=20)])
    title = StringField("Name", [DataRequired("Enter the name people know it by."), Length(max=120)])
    position = WholeNumber("Place in the list", 0, 99)
    jobs = Ticks("Jobs that belong to it")
    module_levels = Ticks("Modules that count towards its hours")

    def __init__(
        self, jobs: Sequence[str], audience: Mapping[str, str], known: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(None, data=dict(known or {}))
        self.jobs.choices = {job: job for job in jobs}
        self.module_levels.choices = dict(audience)
        if known and "code" in known:
            del self.code
