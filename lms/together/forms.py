"""What to count over: whose figures, which period, which locality. Sent with GET, so a choice has an address."""

from collections.abc import Mapping, Sequence

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import SelectField

from lms.core.errors import NotFound
from lms.together.periods import Period
from lms.together.policy import Reach
from lms.web.forms import PageForm, choice


class WhoseForm(PageForm):
    """Whose figures, where a reader has several."""

    of = SelectField("Figures of", default="")

    def __init__(self, reaches: Sequence[Reach], given: Mapping[str, str] | None = None) -> None:
        super().__init__(_given() if given is None else MultiDict(given))
        self.reaches = reaches
        self.of.choices = [choice(one.key, one.name) for one in reaches]
        self.of.data = self.of.data or reaches[0].key

    @property
    def reach(self) -> Reach:
        """The set that was chosen. Raises NotFound for one the reader does not have."""
        found = next((one for one in self.reaches if one.key == self.of.data), None)
        if found is None:
            raise NotFound
        return found


class PeriodForm(WhoseForm):
    """The period and, for meetings, the locality. What is asked for must be on offer, or it is not found."""

    period = SelectField("Period", default="")
    locality = SelectField("Locality", default="")

    def __init__(self, reaches: Sequence[Reach], given: Mapping[str, str] | None = None) -> None:
        super().__init__(reaches, given)
        self.periods: Sequence[Period] = ()

    def offer(self, periods: Sequence[Period], default: Period, localities: Sequence[str] = ()) -> None:
        """Offer these periods and localities. Raises NotFound when something else was asked for."""
        self.periods = periods
        self.period.choices = [choice(one.key, one.name) for one in periods]
        self.locality.choices = [choice("", "All localities"), *(choice(one, one) for one in localities)]
        self.period.data = self.period.data or default.key
        if not self.validate():
            raise NotFound

    @property
    def chosen(self) -> Period:
        """The period that was chosen."""
        return next(one for one in self.periods if one.key == self.period.data)

    def address(self, **changed: str | int) -> dict[str, str]:
        """What was asked for as the values of an address; what is empty is left out."""
        several = len(self.reaches) > 1
        asked = {field.name: field.data for field in self if several or field.name != "of"} | changed
        return {name: str(value) for name, value in asked.items() if value}


def _given() -> MultiDict[str, str]:
    return MultiDict(request.args.items(multi=True))
