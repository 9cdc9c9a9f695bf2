"""What is asked of the figures: whose, by what, of which module, on which day."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from lms.compliance.pack import LIMITS, LONGEST_LIMITS, NothingSaid
from lms.compliance.reaches import By, Reach
from lms.core import clock
from lms.core.errors import NotFound
from lms.web.forms import DayField, PageForm, choice


class FigureForm(PageForm):
    """The filters, sent with GET, so that a choice has an address of its own that can be kept."""

    of = SelectField("Whose", default="")
    by = SelectField("By", default="")
    target = SelectField("What is asked", default="")
    as_at = DayField("As at", [Optional()], called="day")

    def __init__(self, reaches: Sequence[Reach], given: Mapping[str, str] | None = None) -> None:
        asked = MultiDict(request.args.items(multi=True)) if given is None else MultiDict(given)
        super().__init__(asked)
        self._reaches = reaches
        self.of.choices = [choice(one.key, _named(one)) for one in reaches]
        self.of.data = self.of.data or (reaches[0].key if reaches else "")
        ways = self.reach.ways
        self.by.choices = [choice(one.value, one.words) for one in ways]
        if self.by.data not in ways and self.by.data in list(By):
            self.by.data = ""  # somebody else's figures were chosen since, which have other lines
        self.by.data = self.by.data or ways[0].value
        self.target.choices = [choice("", "Everything asked")]

    @property
    def reach(self) -> Reach:
        """Whose figures. Raises NotFound for what is not offered to this reader."""
        found = next((one for one in self._reaches if one.key == self.of.data), None)
        if found is None:
            raise NotFound
        return found

    def offer(self, titles: Mapping[str, str], days: Sequence[date]) -> None:
        """Put the targets on offer, and for readers outside the agencies the days that are released.

        Raises NotFound for anything that is not on offer.
        """
        if not self.reach.hides:
            self.target.choices = [choice("", "Everything asked"), *(choice(*one) for one in titles.items())]
        self._days = days
        self.validate()
        if any(field.errors for field in self if field is not self.as_at):
            raise NotFound
        if self.reach.hides and self.as_at.data and self.as_at.data not in days:
            raise NotFound

    @property
    def lines(self) -> By:
        """By what."""
        return By(self.by.data)

    @property
    def day(self) -> date:
        """The day that was entered, when it can be; else today, or the last that is released."""
        day: date | None = self.as_at.data
        if self.reach.hides:
            return day or (self._days[-1] if self._days else clock.today())
        return min(day, clock.today()) if day else clock.today()

    @property
    def day_problem(self) -> str:
        """What is wrong with the day that was entered; empty when nothing is."""
        day: date | None = self.as_at.data
        wrong = bool(self.as_at.errors) or (day is not None and day > clock.today())
        return "Enter a day that is today or earlier, like 31 March 2026." if wrong else ""

    def address(self, **changed: str) -> dict[str, str]:
        """What was asked for as the values of an address, with some of it changed; what is empty is left out."""
        day: date | None = self.as_at.data
        asked = {
            "of": self.of.data,
            "by": self.by.data,
            "target": self.target.data,
            "as_at": day.isoformat() if day and not self.day_problem else "",
        } | changed
        return {name: value for name, value in asked.items() if value}


class SignForm(PageForm):
    """Signing an impact pack off."""

    limits = TextAreaField(
        "What these figures cannot tell",
        [DataRequired(NothingSaid.sentence), Length(max=LONGEST_LIMITS, message=NothingSaid.sentence)],
        default=LIMITS,
    )


def _named(reach: Reach) -> str:
    if reach.hides:
        return f"{reach.name}, monthly release"
    return f"{reach.name} (team)" if reach.team else reach.name
