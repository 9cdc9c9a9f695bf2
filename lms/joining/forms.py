"""The form with which a file of people is sent."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import BooleanField, HiddenField, SelectField

from lms.people.models import Agency
from lms.web.forms import PageForm, choice


class FileForm(PageForm):
    """Which agency a file is about, and whether it names everybody there."""

    agency = SelectField("Agency of rows that name none")
    whole = BooleanField("The file is the whole list of that agency: whoever is not in it leaves today")

    def __init__(self, agencies: Sequence[Agency]) -> None:
        super().__init__()
        several = [choice("", "None: every row names its agency")] if len(agencies) != 1 else []
        self.agency.choices = [*several, *(choice(str(one.id), one.name) for one in agencies)]
        if self.agency.data is None:
            self.agency.data = str(agencies[0].id) if len(agencies) == 1 else ""

    @property
    def agency_id(self) -> UUID | None:
        """The agency that was chosen, if one was."""
        return UUID(self.agency.data) if self.agency.data else None


class TakeForm(PageForm):
    """Nothing to fill in: a mark of what was shown is sent back."""

    shown = HiddenField()
