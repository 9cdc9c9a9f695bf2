"""Forms about agencies and posts: where a team works, and who stands in for a manager."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.core.actor import Seat
from lms.people.models import Team
from lms.web.forms import DayField, PageForm, choice

LONGEST_LOCALITY = 80
LONGEST_WHO = 254


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


class DeputyForm(PageForm):
    """Naming a deputy."""

    post = SelectField("Your post")
    who = StringField(
        "Who stands in for you",
        [
            DataRequired("Enter the name or the work e-mail of a colleague."),
            Length(max=LONGEST_WHO, message=f"Keep it within {LONGEST_WHO} characters."),
        ],
    )
    first_day = DayField("First day", [InputRequired("Enter the first day.")], called="first day")
    last_day = DayField("Last day", [InputRequired("Enter the last day.")], called="last day")

    def __init__(self, posts: Sequence[Seat]) -> None:
        super().__init__()
        self.post.choices = [choice(str(seat.membership_id), ", ".join(filter(None, _post(seat)))) for seat in posts]

    @property
    def post_id(self) -> UUID:
        """The post that was chosen."""
        return UUID(self.post.data)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        first, last = self.first_day.data, self.last_day.data
        assert first is not None
        assert last is not None
        return first, last


def _post(seat: Seat) -> tuple[str, str | None, str]:
    return seat.job, seat.team, seat.agency
