"""The forms of chasing: who is to be reminded."""

from uuid import UUID

from flask import request
from wtforms import HiddenField, SelectMultipleField

from lms.core.errors import NotFound
from lms.core.ids import new_id
from lms.web.forms import PageForm

MOST_TICKED = 200


class RemindForm(PageForm):
    """People ticked on the page that was looked at. `round` is that page's own identity: pressing twice sends once."""

    round = HiddenField("Page", default=lambda: str(new_id()))
    person = SelectMultipleField("People", validate_choice=False)
    shown = SelectMultipleField("People shown", validate_choice=False)

    @property
    def round_id(self) -> UUID:
        """The identity of the page. Raises NotFound for anything else."""
        return _identity(self.round.data or "")

    @property
    def chosen(self) -> list[UUID]:
        """The people ticked, each once. Raises NotFound for anything else, or for more than a page can hold."""
        return _identities(self.person.data or [])

    @property
    def everyone(self) -> list[UUID]:
        """The people the page showed, ticked or not."""
        return _identities([*(self.shown.data or []), *(self.person.data or [])])

    def ticks(self, person_id: UUID) -> bool:
        """Whether somebody stands ticked on the page: everybody does at first."""
        return self.person.data is None or not self.shown.data or str(person_id) in self.person.data


def people_asked() -> list[UUID]:
    """The people whom the address names, each once. Raises NotFound for anything else."""
    return _identities(request.args.getlist("person"))


def ticked_nobody() -> bool:
    """Whether a list with boxes to tick was sent without any tick."""
    return request.args.get("of") == "ticked" and not request.args.getlist("person")


def place_asked(name: str) -> UUID | None:
    """An agency or team that the address names, or None. Raises NotFound for anything else."""
    text = request.args.get(name, "")
    return _identity(text) if text else None


def _identities(texts: list[str]) -> list[UUID]:
    if len(texts) > MOST_TICKED:
        raise NotFound
    return list(dict.fromkeys(_identity(text) for text in texts))


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
