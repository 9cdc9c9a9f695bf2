"""The forms of flags: which passage, what is wrong with it, and an author's answer."""

from collections.abc import Sequence

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length

from lms.web.forms import PageForm, choice

LONGEST = 1_000
KINDS = {"wrong": "It is wrong", "unclear": "It is not clear", "old": "It is out of date", "broken": "It does not work"}
WHOLE_PAGE = "The whole page"


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


class FlagForm(PageForm):
    """A learner's flag. Its buttons say what is wrong, so two presses are enough: open it, and press one."""

    passage = SelectField("Which part?", default="", validate_choice=False)
    says = TextAreaField(
        "What should it say?",
        filters=[_plain],
        validators=[Length(max=LONGEST, message=f"Use at most {LONGEST:,} characters. Nothing you typed is lost.")],
    )
    kind = StringField(
        "What is wrong?", validators=[AnyOf(list(KINDS), message="Press the button that says what is wrong.")]
    )

    def __init__(self, headings: Sequence[str], part: str = "") -> None:
        super().__init__(None, passage=part if part in headings else "")
        self.passage.choices = [choice("", WHOLE_PAGE), *(choice(heading, heading) for heading in headings)]


class AnswerForm(PageForm):
    """An author's answer, which also closes the flag."""

    answer = TextAreaField(
        "Your answer",
        filters=[_plain],
        validators=[
            DataRequired("Write what you changed, or why it stays as it is."),
            Length(max=LONGEST, message=f"Use at most {LONGEST:,} characters. Nothing you typed is lost."),
        ],
    )
