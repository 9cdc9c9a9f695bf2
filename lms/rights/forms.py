"""The form of the right to be erased."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lms.web.forms import PageForm


class EraseForm(PageForm):
    """The person's own address, so that nobody asks by mistake."""

    address = StringField(
        "The address you sign in with",
        [InputRequired("Type the address you sign in with."), Length(max=254, message="That address is too long.")],
    )
