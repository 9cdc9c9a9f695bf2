"""Forms of an agency's providers."""

from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length

from lms.interop.oidc.actions import Wanted
from lms.web.forms import PageForm


def _text(label: str, empty: str, most: int, called: str) -> StringField:
    return StringField(
        label, [DataRequired(empty), Length(max=most, message=f"Keep the {called} within {most} characters.")]
    )


class ChangeForm(PageForm):
    """What may change of a provider."""

    name = _text("What people read", "Enter what people read, such as their word for the account.", 60, "name")
    domains = _text("Mail domains", "Enter at least one mail domain.", 500, "domains")
    secret = StringField("New client secret", [Length(max=500, message="Keep the secret within 500 characters.")])
    active = BooleanField("People can sign in with it")
    required = BooleanField("The people of this agency sign in only this way")

    @property
    def wanted(self) -> Wanted:
        """What was filled in."""
        return Wanted(
            name=self.name.data or "",
            domains=self.domains.data or "",
            secret=self.secret.data or "",
            active=bool(self.active.data),
            required=bool(self.required.data),
        )


class AddForm(PageForm):
    """A new provider."""

    name = _text("What people read", "Enter what people read, such as their word for the account.", 60, "name")
    issuer = _text("Issuer", "Enter the issuer’s address.", 300, "issuer")
    client_id = _text("Client ID", "Enter the client ID.", 255, "client ID")
    secret = _text("Client secret", "Enter the client secret.", 500, "secret")
    domains = _text("Mail domains", "Enter at least one mail domain.", 500, "domains")

    @property
    def wanted(self) -> Wanted:
        """What was filled in."""
        return Wanted(
            name=self.name.data or "",
            domains=self.domains.data or "",
            secret=self.secret.data or "",
            issuer=self.issuer.data or "",
            client_id=self.client_id.data or "",
        )
