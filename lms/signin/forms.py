"""The forms of signing in."""

from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from lms.web.forms import PageForm, choice


class SignInForm(PageForm):
    """E-mail and password."""

    email = StringField("Work e-mail", [InputRequired("Enter your work e-mail, like name@agency.org"), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Enter your password"), Length(max=1000)])


class ThemeForm(PageForm):
    """Light, dark, or as the device says."""

    theme = SelectField(
        "Colours",
        choices=[
            choice("", "Match my device"),
            choice("light", "Light"),
            choice("dark", "Dark"),
        ],
    )
