"""The forms of views: a name, and how often its link comes by mail."""

from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from lms.exports.states import Every
from lms.web.forms import PageForm, choice

LONGEST = 80


class NameForm(PageForm):
    """Keeping a view."""

    name = StringField(
        "Name of the view",
        [
            DataRequired("Give the view a name, like “Overdue in North”."),
            Length(max=LONGEST, message=f"Keep the name within {LONGEST} characters."),
        ],
        filters=[lambda text: " ".join((text or "").split())],
    )


class ViewForm(NameForm):
    """Changing a view."""

    every = SelectField("Link by mail", default=Every.NEVER.value)

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.every.choices = [
            choice(Every.NEVER.value, "Never"),
            choice(Every.WEEK.value, "Every Monday"),
            choice(Every.MONTH.value, "On the first of each month"),
        ]
