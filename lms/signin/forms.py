"""The forms of signing in."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.people.models import Team
from lms.signin.inviting import Wanted
from lms.signin.passkey_models import LONGEST_NAME
from lms.web.forms import PageForm, choice

SENT = [
    InputRequired("Your browser sent no passkey. Press the button once more."),
    Length(max=20_000, message="That is no passkey."),
]


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


class InvitationForm(PageForm):
    """Whom to invite, where, and as what."""

    email = StringField("Work e-mail", [InputRequired("Enter a work e-mail, like name@agency.org"), Length(max=254)])
    team = SelectField("Team")
    job = StringField(
        "Job", [DataRequired("Enter the job."), Length(max=120, message="Keep the job within 120 characters.")]
    )
    role = SelectField("Role")
    outside = BooleanField("The address is right although it is not at a domain of the agency")

    def __init__(self, teams: Sequence[Team], roles: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.team.choices = [choice("", "No team"), *(choice(str(one.id), one.name) for one in teams)]
        self.role.choices = [choice(*one) for one in roles]

    @property
    def wanted(self) -> Wanted:
        """What was filled in."""
        team = UUID(self.team.data) if self.team.data else None
        return Wanted(self.email.data or "", self.job.data or "", self.role.data, team, bool(self.outside.data))


class JoinForm(NewPasswordForm):
    """What an invited person says themselves."""

    name = StringField(
        "Your name",
        [DataRequired("Enter your name."), Length(max=120, message="Keep your name within 120 characters.")],
    )


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


class PasskeyNameForm(PageForm):
    """What somebody calls a passkey of theirs."""

    name = StringField(
        "Name",
        [
            DataRequired("Enter a name, such as work phone."),
            Length(max=LONGEST_NAME, message=f"Keep the name within {LONGEST_NAME} characters."),
        ],
    )


class NewPasskeyForm(PasskeyNameForm, OwnPasswordForm):
    """A name for the passkey to be, and one's own password once more."""


class MadePasskeyForm(PasskeyNameForm):
    """The passkey that the browser made, as the script sends it."""

    credential = StringField("Passkey", SENT)


class PasskeyForm(PageForm):
    """The answer of a passkey, as the script sends it."""

    credential = StringField("Passkey", SENT)
