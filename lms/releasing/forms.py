"""The forms of releasing: whose dates to show, booking for somebody, and a team's limit of people out."""

from collections.abc import Mapping
from datetime import date, timedelta

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import AnyOf, Length

from lms.cohorts.actions.sparing import MOST
from lms.cohorts.cover import USUAL_SHARE, Limit
from lms.cohorts.forms import PerhapsNumber
from lms.core.errors import NotFound
from lms.releasing import days
from lms.releasing.ages import Age
from lms.reports.forms import LONGEST_REASON, PlaceForm
from lms.reports.queries import Reach
from lms.web.forms import PageForm, choice

FURTHEST = timedelta(days=3 * 366)
USUAL, PEOPLE, SHARE = "usual", "people", "share"


class DueForm(PlaceForm):
    """Whose due and overdue modules, and of which age."""

    show = SelectField("Show", name="age", default="")

    def __init__(self, reach: Reach, given: Mapping[str, str] | None = None) -> None:
        super().__init__(reach, given)
        self.show.choices = [choice("", "Everything"), *(choice(one.value, one.words) for one in Age)]

    @property
    def said(self) -> str:
        """What was chosen beyond agency and team, in words."""
        return Age(self.show.data).words if self.show.data else ""


class CoverForm(PlaceForm):
    """Whose days, and from which day on."""

    since = HiddenField(name="from", default="")

    def monday(self, today: date) -> date:
        """The Monday of the first week to show: that of today unless another day is named. Raises NotFound for what is
        no date, and for one too far away to be meant.
        """
        try:
            day = date.fromisoformat(self.since.data) if self.since.data else today
        except ValueError:
            raise NotFound from None
        if abs(day - today) > FURTHEST:
            raise NotFound
        return days.monday_of(day)


class ReleaseForm(PageForm):
    """Booking for somebody; a reason where it goes over the team's limit."""

    reason = StringField(
        "Why your team can spare them",
        [Length(max=LONGEST_REASON, message=f"Keep the reason within {LONGEST_REASON} characters.")],
    )


class LimitForm(PageForm):
    """How many of a team may be out on one day."""

    kind = RadioField(
        "The most who may be out on one day",
        [AnyOf([PEOPLE, SHARE, USUAL], "Choose one of the three")],
        validate_choice=False,
        choices=[
            choice(PEOPLE, "A number of people"),
            choice(SHARE, "A share of the team, in percent"),
            choice(USUAL, f"No limit of its own: the usual {USUAL_SHARE}% warns, and stops nobody"),
        ],
    )
    number = PerhapsNumber("The number", 1, MOST)

    def say(self, limit: Limit) -> None:
        """Show the limit as it is."""
        self.kind.data = PEOPLE if limit.most else SHARE if limit.share else USUAL
        self.number.data = limit.most or limit.share

    @property
    def limit(self) -> Limit:
        """The limit that was chosen; 0 where no number was given, which the rule refuses."""
        number = self.number.data or 0
        if self.kind.data == PEOPLE:
            return Limit(most=number)
        return Limit(share=number) if self.kind.data == SHARE else Limit()
