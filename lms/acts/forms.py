"""Which lines of the record to show. Sent with GET, so a choice has an address of its own."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from lms.acts.kinds import GROUPS, Tie
from lms.web.forms import DayField, PageForm, choice

LONGEST_WHO = 120
ALL = "all:"


@dataclass(frozen=True)
class Asked:
    """What was asked for: the kinds (none for all), the days, and the words for whom."""

    actions: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    who: str = ""


class OwnForm(PageForm):
    """What I did: of which kind, from when until when."""

    kind = SelectField("What", default="", validate_choice=False)
    first_day = DayField("From", [Optional()], name="from", called="first day")
    last_day = DayField("To", [Optional()], name="to", called="last day")

    ties: tuple[Tie, ...] = tuple(Tie)

    def __init__(self) -> None:
        super().__init__(MultiDict(request.args.items(multi=True)))
        self.kind.choices = self._kinds()
        self.is_right = bool(self.validate())

    def _kinds(self) -> dict[str, list[Any]]:
        """Every kind on offer by group, and each group as a whole."""
        offered: dict[str, list[Any]] = {"Everything": [choice("", "Every kind")]}
        for group in GROUPS:
            kinds = [choice(one.action, one.words) for one in group.within(self.ties)]
            if kinds:
                offered[group.title] = [choice(ALL + group.key, f"All of: {group.title}"), *kinds]
        return offered

    def validate_kind(self, field: SelectField) -> None:
        """Only what is on offer."""
        if field.data and not self._actions():
            raise ValidationError("Choose from the list what was done.")

    def validate_last_day(self, field: DayField) -> None:
        """The last day is not before the first."""
        first = self.first_day.data
        if first and field.data and field.data < first:
            raise ValidationError("The last day is before the first. Enter a later one, or leave one of them empty.")

    def _actions(self) -> tuple[str, ...]:
        asked = self.kind.data or ""
        return tuple(
            one.action for group in GROUPS for one in group.within(self.ties) if asked in (one.action, ALL + group.key)
        )

    def asked(self) -> Asked:
        """What was asked for, of a form that is right."""
        return Asked(self._actions(), self.first_day.data, self.last_day.data)

    def address(self) -> dict[str, str]:
        """What was asked for as the values of an address; what is empty is left out."""
        return {name: text for name, text in request.args.items() if name in self.sent and text}

    @property
    def sent(self) -> set[str]:
        """The names of the form's fields in an address."""
        return {field.name for field in self}


class RecordForm(OwnForm):
    """The record of acts: also by or about whom."""

    who = StringField(
        "Name or work e-mail",
        [Length(max=LONGEST_WHO, message=f"Keep the name within {LONGEST_WHO} characters.")],
        filters=[lambda text: " ".join((text or "").split())],
    )
    ties = tuple(tie for tie in Tie if tie is not Tie.NOBODY)

    def asked(self) -> Asked:
        """What was asked for, of a form that is right."""
        own = super().asked()
        return Asked(own.actions, own.first_day, own.last_day, self.who.data or "")
