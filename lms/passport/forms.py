"""Forms of one's own pages and of the public check."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from lms.web.forms import PageForm

LONGEST_QUESTION = 1000


class FileForm(PageForm):
    """A passport file to check. The file itself is read by the view, since it is not text."""


class QuestionForm(PageForm):
    """What somebody wants to know about a look at their record."""

    says = TextAreaField(
        "What you want to know",
        [
            DataRequired("Write what you want to know, in a sentence or two"),
            Length(max=LONGEST_QUESTION, message=f"Shorten it to {LONGEST_QUESTION} characters"),
        ],
    )
