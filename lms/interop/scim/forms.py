"""The form with which an agency's directory is connected."""

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from lms.web.forms import PageForm

LONGEST_NAME = 80


class ConnectForm(PageForm):
    """What a connection is called."""

    name = StringField(
        "What it is called",
        [
            DataRequired("Enter a name for the connection, such as Personnel system."),
            Length(max=LONGEST_NAME, message=f"Keep the name within {LONGEST_NAME} characters."),
        ],
    )
