"""Forms: shape and wording. A form never asks the database; facts are refused by the action and shown by the form."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Form
from wtforms.fields import choices

from lms.core.db import db
from lms.core.errors import Refusal

REFUSED = 422


def choice(value: str, label: str) -> Any:
    """One option of a select, radio or tick list: what is sent, and what is read."""
    return choices.SelectChoice(value, label)  # type: ignore[attr-defined] # newer than the type information


class DayField(DateField):
    """A date, picked or typed: 2027-03-31, 31/03/2027 or 31 March 2027. `called` is what the day is called within a
    sentence, such as "first day".
    """

    def __init__(self, label: str, validators: list[Any] | None = None, *, called: str, **given: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"], **given)
        self._called = called

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date, or say how one is written."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(f"Enter the {self._called} as a date, like 31 March 2027.") from None


class PageForm(Form):
    """The base of every form on a page. The CSRF token is checked for the whole application, before any view runs."""

    def __init__(self, formdata: MultiDict[str, str] | None = None, **kwargs: Any) -> None:
        if formdata is None and request.method == "POST":
            formdata = request.form
        super().__init__(_storable(formdata), **kwargs)
        self.refusal: str | None = None

    def submitted(self) -> bool:
        """Whether the form was sent and has the right shape."""
        return request.method == "POST" and bool(self.validate())

    @contextmanager
    def showing_refusals(self) -> Iterator[None]:
        """Show a rule's refusal beside its field (or on top), with nothing half done."""
        try:
            yield
        except Refusal as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal beside its field (or on top), and undo what was done so far."""
        db.session.rollback()
        if refusal.field and refusal.field in self._fields:
            field = self._fields[refusal.field]
            field.errors = [*field.errors, refusal.sentence]
        else:
            self.refusal = refusal.sentence

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """What is wrong, in the order of the page: (field id or None, sentence)."""
        found: list[tuple[str | None, str]] = [(None, self.refusal)] if self.refusal else []
        for field in self:
            found += [(field.id, str(error)) for error in field.errors]
        return found

    @property
    def status(self) -> int:
        """The status to answer with: 422 when something is wrong."""
        return REFUSED if self.problems else 200


def _storable(sent: MultiDict[str, str] | None) -> MultiDict[str, str] | None:
    """What was sent, without the one sign that PostgreSQL cannot keep and nobody types on purpose: NUL."""
    if sent is None:
        return None
    return MultiDict((name, text.replace("\x00", "")) for name, text in sent.items(multi=True))
