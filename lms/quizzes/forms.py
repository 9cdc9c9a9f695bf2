"""The forms of quizzes: the answer to a question, a choice in a scene, a seat at the table."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.core.errors import Refusal
from lms.quizzes.knowledge import DrawnQuestion, Shown
from lms.quizzes.quiz import Choice, Multiple, Ordering, Seat, Single
from lms.web.forms import PageForm, choice


class Ticks(SelectMultipleField):
    """Several options, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class QuizForm(PageForm):
    """A form whose rules are an engine's."""

    def show(self, refusal: Refusal) -> None:
        """Say beside its field what has to be mended, with everything chosen so far kept."""
        if refusal.field and refusal.field in self:
            self[refusal.field].errors = [refusal.sentence]
        else:
            self.refusal = refusal.sentence


class QuestionForm(QuizForm):
    """The answer to one question; its fields follow the question."""


class ChoiceForm(QuizForm):
    """What the learner would do in a scene; the value is the place in the shuffled list."""

    choice = RadioField("What do you do?")


class SeatForm(PageForm):
    """The seat to play from; `leaving` names the open go that is left for it."""

    seat = RadioField("Your seat at the table", [InputRequired("Choose one of the seats at the table.")])
    leaving = HiddenField()

    @property
    def left(self) -> UUID | None:
        """The open go that the learner leaves, when they do."""
        try:
            return UUID(self.leaving.data or "")
        except ValueError:
            return None


def sent_answer(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """What a question's page sent, by the names that the engine has for the fields of any type of question."""
    given = {name: form.getlist(name) for name in form}
    numbered = {name.removeprefix("answer-"): values for name, values in given.items() if name.startswith("answer-")}
    engine_names = {f"{kind}-{n}": values for n, values in numbered.items() for kind in ("place", "match")}
    return {"answer": given.get("answer", []), **engine_names}


def sent_place(form: MultiDict[str, str]) -> int | None:
    """The place in the list that a scene's page sent, or None when it sent none."""
    sent = form.get("choice", "")
    return int(sent) if sent.isdecimal() and len(sent) < 3 else None


def question_form(drawn: DrawnQuestion) -> QuestionForm:
    """The form of a drawn question. A page calls its field `answer`, or `answer-0`, `answer-1`, … when it has more."""
    shown = drawn.fields()
    one = len(shown) == 1
    fields = {each.name: _field(drawn, each, "answer" if one else f"answer-{n}") for n, each in enumerate(shown)}
    made: QuestionForm = type("OneQuestionForm", (QuestionForm,), fields)()
    return made


def choice_form(ask: str, choices: Sequence[Choice]) -> ChoiceForm:
    """The form of a scene, with its choices in the order in which they are shown."""
    form = ChoiceForm()
    form.choice.label.text = ask
    form.choice.choices = [choice(str(place), each.text) for place, each in enumerate(choices)]
    return form


def seat_form(seats: Sequence[Seat]) -> SeatForm:
    """The form of the table, with the first seat ready to be taken."""
    form = SeatForm(seat=seats[0].key)
    form.seat.choices = [choice(seat.key, seat.title) for seat in seats]
    return form


def _field(drawn: DrawnQuestion, shown: Shown, name: str) -> Any:
    choices = [choice(value, text) for value, text in shown.choices]
    kind: type[Field]
    if isinstance(drawn.question, Single | Multiple):
        kind = RadioField if isinstance(drawn.question, Single) else Ticks
    else:
        kind = SelectField
        empty = "Choose a place" if isinstance(drawn.question, Ordering) else "Choose a match"
        choices = [choice("", empty), *choices]
    return kind(shown.label, choices=choices, name=name, validate_choice=False)
