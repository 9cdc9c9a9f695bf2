"""The forms of outcomes: the questions of one time, and a manager's answer."""

from collections.abc import Sequence

from wtforms import Field, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, Length

from lms.outcomes.items import Item, Seen, Wave, items
from lms.web.forms import PageForm, choice

LONGEST = 600


class QuestionsForm(PageForm):
    """The questions of one time. They are the same for everybody, so `of` builds a class with a field for each."""

    example = TextAreaField(
        "One thing you have done differently with another agency since the day",
        validators=[Length(max=LONGEST, message=f"Use at most {LONGEST} characters. Nothing you typed is lost.")],
    )

    @property
    def given(self) -> dict[str, int]:
        """The place of each chosen option, by question."""
        return {name: int(field.data) for name, field in self._fields.items() if isinstance(field, RadioField)}

    def ones(self, questions: Sequence[Item]) -> list[Field]:
        """The fields of these questions."""
        return [self._fields[one.key] for one in questions]


def of(wave: Wave) -> QuestionsForm:
    """The form of one time."""
    fields = {one.key: _radio(one) for one in items(wave)}
    made: QuestionsForm = type("Questions", (QuestionsForm,), fields)()
    if wave is not Wave.LATER:
        del made.example
    return made


def _radio(item: Item) -> RadioField:
    places = [str(place) for place in range(len(item.options))]
    return RadioField(
        item.ask,
        choices=[choice(place, words) for place, words in zip(places, item.options, strict=True)],
        validate_choice=False,
        validators=[AnyOf(places, message=f"Choose an answer: {item.ask[0].lower()}{item.ask[1:]}")],
    )


class CoSignForm(PageForm):
    """A manager's answer. Its buttons say it, so one press is enough."""

    seen = StringField("Have you seen it?", validators=[AnyOf([*Seen], message="Press the button that says it.")])
