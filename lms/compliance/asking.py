"""Reading what a page or a file was asked for, the same way for both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.assignments import queries as assignments
from lms.compliance import queries
from lms.compliance.forms import FigureForm
from lms.compliance.queries import Table
from lms.compliance.reaches import reaches
from lms.core.actor import Actor


@dataclass(frozen=True)
class Asked:
    """The form, read and checked. `released` are the month-ends on offer to a reader outside the agencies."""

    form: FigureForm
    titles: Mapping[str, str]
    released: list[date]

    @property
    def target(self) -> str | None:
        """One target, or None for everything."""
        return self.form.target.data or None

    @property
    def of_what(self) -> str:
        """What is counted, in words."""
        return self.titles[self.target] if self.target else "everything asked"

    def table(self) -> Table | None:
        """The lines; None while nothing is released."""
        form = self.form
        if form.reach.hides and not self.released:
            return None
        return queries.table(form.reach, form.lines, form.day, self.target)


def asked(actor: Actor, today: date, given: Mapping[str, str] | None = None) -> Asked | None:
    """What was asked for, in the address unless it is given; None for a reader who has no figures at all.

    Raises NotFound for anything that is not on offer to this reader.
    """
    found = reaches(actor)
    if not found:
        return None
    form = FigureForm(found, given)
    titles = assignments.titles([form.reach.partnership])
    released = queries.month_ends(form.reach, today) if form.reach.hides else []
    form.offer(titles, released)
    return Asked(form, titles, released)
