"""The forms of chasing: who is to be reminded, and to whom what is assigned by when."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import request
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.core.errors import NotFound
from lms.core.ids import new_id
from lms.web.forms import DayField, PageForm, choice

MOST_TICKED = 200
LONGEST_REASON = 300
TICKED = "people"
SHORT = Length(max=LONGEST_REASON, message=f"Keep the reason within {LONGEST_REASON} characters.")


class RemindForm(PageForm):
    """People ticked on the page that was looked at. `round` is that page's own identity: pressing twice sends once."""

    round = HiddenField("Page", default=lambda: str(new_id()))
    person = SelectMultipleField("People", validate_choice=False)
    shown = SelectMultipleField("People shown", validate_choice=False)

    @property
    def round_id(self) -> UUID:
        """The identity of the page. Raises NotFound for anything else."""
        return _identity(self.round.data or "")

    @property
    def chosen(self) -> list[UUID]:
        """The people ticked, each once. Raises NotFound for anything else, or for more than a page can hold."""
        return _identities(self.person.data or [])

    @property
    def everyone(self) -> list[UUID]:
        """The people the page showed, ticked or not."""
        return _identities([*(self.shown.data or []), *(self.person.data or [])])

    def ticks(self, person_id: UUID) -> bool:
        """Whether somebody stands ticked on the page: everybody does at first."""
        return self.person.data is None or not self.shown.data or str(person_id) in self.person.data


class AssignForm(PageForm):
    """To whom, what and by when: people ticked on a list, or a group of one's own people."""

    whom = SelectField("To whom")
    person = SelectMultipleField("People", validate_choice=False)
    target = SelectField("What")
    due_on = DayField("By when", [InputRequired("Enter the day by which it is to be done.")], called="last good day")
    why = StringField("Why", [SHORT])
    do = HiddenField("Do")

    def __init__(
        self, groups: Sequence[tuple[str, str]], things: Sequence[tuple[str, str]], ticked: Sequence[UUID] = ()
    ) -> None:
        super().__init__()
        if ticked:
            self.person.data = [str(one) for one in ticked]
        number = len(self.person.data or ())
        words = "The person ticked" if number == 1 else f"The {number} people ticked"
        first = [choice(TICKED, words)] if number else []
        self.whom.choices = [*first, *(choice(*one) for one in groups)]
        self.target.choices = [choice(*one) for one in things]
        self.named = dict(things)

    @property
    def chosen(self) -> list[UUID]:
        """The people ticked, each once. Raises NotFound for anything else, or for more than a page can hold."""
        return _identities(self.person.data or [])

    @property
    def confirmed(self) -> bool:
        """Whether this comes from the page that showed every name."""
        return self.do.data == "assign"

    @property
    def looks(self) -> bool:
        """Whether who and when is to be shown, or done; not when it is to be changed first."""
        return self.submitted() and self.do.data != "change"

    @property
    def last_day(self) -> date:
        """The day that was entered."""
        day: date | None = self.due_on.data
        assert day is not None
        return day

    @property
    def thing(self) -> str:
        """What was chosen, in words."""
        return self.named[str(self.target.data)]


class WithdrawForm(PageForm):
    """Why an assignment is taken back."""

    why = StringField("Reason", [DataRequired("Give the reason in a few words."), SHORT])


def people_asked() -> list[UUID]:
    """The people whom the address names, each once. Raises NotFound for anything else."""
    return _identities(request.args.getlist("person"))


def ticked_nobody() -> bool:
    """Whether a list with boxes to tick was sent without any tick."""
    return request.args.get("of") == "ticked" and not request.args.getlist("person")


def place_asked(name: str) -> UUID | None:
    """An agency or team that the address names, or None. Raises NotFound for anything else."""
    text = request.args.get(name, "")
    return _identity(text) if text else None


def _identities(texts: list[str]) -> list[UUID]:
    if len(texts) > MOST_TICKED:
        raise NotFound
    return list(dict.fromkeys(_identity(text) for text in texts))


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
