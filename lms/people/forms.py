"""Forms about agencies: where a team works."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import SelectField, StringField
from wtforms.validators import Length

from lms.people.models import Team
from lms.web.forms import PageForm, choice

LONGEST_LOCALITY = 80


class LocalityForm(PageForm):
    """The part of the area that a team works in."""

    team = SelectField("Team")
    locality = StringField(
        "Locality",
        [Length(max=LONGEST_LOCALITY, message=f"Keep the locality within {LONGEST_LOCALITY} characters.")],
        filters=[lambda text: " ".join((text or "").split())],
    )

    def __init__(self, teams: Sequence[Team]) -> None:
        super().__init__()
        self.team.choices = [choice(str(one.id), one.name) for one in teams]

    @property
    def team_id(self) -> UUID:
        """The team that was chosen."""
        return UUID(self.team.data)
