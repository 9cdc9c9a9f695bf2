"""The forms of certificates: the check page, and correcting a name."""

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

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


LONGEST_SENTENCE = 300


class NameForm(PageForm):
    """The name that should stand on a certificate, and why."""

    name = StringField("Name as it should stand", [DataRequired("Write the name as it should stand"), Length(max=400)])
    says = TextAreaField(
        "Why",
        [
            DataRequired("Say why in a sentence"),
            Length(max=LONGEST_SENTENCE, message=f"Shorten it to {LONGEST_SENTENCE} characters"),
        ],
    )


class DecisionForm(PageForm):
    """Whether a certificate is issued anew, and the reason."""

    do = RadioField(
        "What you decide",
        [InputRequired("Choose what you decide")],
        choices={"approve": "Issue it again with the corrected name", "keep": "Leave the name as it is"},
    )
    says = TextAreaField(
        "Your reason",
        [
            DataRequired("Give the reason in a sentence"),
            Length(max=LONGEST_SENTENCE, message=f"Shorten it to {LONGEST_SENTENCE} characters"),
        ],
    )
