"""The forms of signing in."""

from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from lms.web.forms import PageForm, choice


class SignInForm(PageForm):
    """E-mail and password."""

    email = StringField("Work e-mail", [InputRequired("Enter your work e-mail, like name@agency.org"), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Enter your password"), Length(max=1000)])


class AddressForm(PageForm):
    """Somebody's work e-mail."""

    email = StringField("Work e-mail", [InputRequired("Enter a work e-mail, like name@agency.org"), Length(max=254)])


class CodeForm(PageForm):
    """The code of the second step."""

    code = StringField("Code", [InputRequired("Enter the code."), Length(max=40, message="That is no code.")])


class NewPasswordForm(PageForm):
    """A new password. Pasting one is welcome, and so is a password manager."""

    password = PasswordField(
        "New password",
        [InputRequired("Enter a new password."), Length(max=1000, message="Use at most 1,000 characters.")],
    )


class ChangePasswordForm(NewPasswordForm):
    """The present password, and a new one."""

    present = PasswordField("Your present password", [InputRequired("Enter your present password."), Length(max=1000)])


class OwnPasswordForm(PageForm):
    """One's own password once more, before something that a borrowed browser must not do."""

    password = PasswordField("Your password", [InputRequired("Enter your password."), Length(max=1000)])


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
