"""What a page of figures was asked for, and whether there is anything to answer with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.together import periods, policy, queries
from lms.together.forms import PeriodForm
from lms.together.periods import Period
from lms.together.policy import Reach
from lms.together.table import Frame


@dataclass(frozen=True)
class Asked:
    """Whose figures, over what. `period` is None while nothing was held, or nothing that this reader may see yet."""

    form: PeriodForm
    reach: Reach
    period: Period | None
    today: date

    @property
    def frame(self) -> Frame:
        """What a file says of itself. Raises NotFound when there is nothing to take away."""
        if self.period is None:
            raise NotFound
        return Frame(self.period, self.reach.name, self.today, self.reach.hides)


def asked(
    actor: Actor,
    today: date,
    given: Mapping[str, str] | None = None,
    *,
    rooms: bool = False,
    meetings: bool = False,
) -> Asked | None:
    """Read what was asked for, in the address unless it is given. None for a reader who has no figures: who manages a
    team sees none of their own.

    Raises NotFound for a period, locality or set of figures that is not offered to this reader, and for `rooms` where
    they may not look at single cohorts.
    """
    reaches = [one for one in policy.reaches(actor) if one.sees_rooms or not rooms]
    if not reaches and rooms:
        raise NotFound
    if not reaches:
        return None
    form = PeriodForm(reaches, given)
    reach = form.reach
    offered = _offered(actor, reach, today, meetings=meetings)
    if not offered:
        return Asked(form, reach, None, today)
    quarters = [one for one in offered if not one.is_year]
    places = queries.localities(reach) if meetings and not reach.hides else []
    form.offer(offered, (quarters or offered)[0], places)
    return Asked(form, reach, form.chosen, today)


def _offered(actor: Actor, reach: Reach, today: date, *, meetings: bool) -> Sequence[Period]:
    """The periods a reader may choose, newest first. Where small numbers are hidden, only what is over: figures that
    grow from one day to the next could be subtracted from each other. Pairs who met do not add up, so that there they
    are counted by whole years alone.
    """
    days = queries.held_between(actor, reach)
    if days is None:
        return []
    found = list(periods.between(*days))
    if not reach.hides:
        return found
    if meetings:
        return [one for one in found if one.is_year and one.is_over(today)]
    over = [one for one in found if not one.is_year and one.is_over(today)]
    return [one for one in found if set(one.quarters) & set(over)]
