"""The form of the check page."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lms.web.forms import PageForm

LONGEST_CODE = 200


class CheckForm(PageForm):
    """A certificate's code, as somebody reads it from paper or pastes it."""

    code = StringField(
        "Code on the certificate",
        [
            InputRequired("Enter the code from the certificate, like K7QF-2M9X-D4TA-8WHP-6RCE-J3AB-CD"),
            Length(max=LONGEST_CODE, message="That is longer than any code. Enter the code only"),
        ],
    )
