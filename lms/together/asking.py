"""What a page of figures was asked for, and whether there is anything to answer with."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.together import evaluations, periods, policy, queries, queues
from lms.together.forms import PeriodForm
from lms.together.periods import Period
from lms.together.policy import Kind, Reach
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


Days = Callable[[Actor, Reach], tuple[date, date] | None]


@dataclass(frozen=True)
class About:
    """What a page of figures needs to know before it asks: which kinds of reader have any (all, unless named), how the
    days it can tell of are found, whether it is of pairs who met, and whether whoever sees no small numbers gets
    single quarters alone.
    """

    kinds: Collection[Kind] = tuple(Kind)
    between: Days = queries.held_between
    meetings: bool = False
    quarters_alone: bool = False


FIGURES, MEETINGS = About(), About(meetings=True)
ROOMS = About(kinds=(Kind.PARTNERSHIP, Kind.COHORTS))
WAITING = About(between=queues.asked_between, quarters_alone=True)
EVALUATION = About(kinds=tuple(one for one in Kind if one is not Kind.AGENCY), between=evaluations.held_between)


def asked(actor: Actor, today: date, about: About = FIGURES, given: Mapping[str, str] | None = None) -> Asked | None:
    """Read what was asked for, in the address unless it is given. None for a reader who has no figures: who manages a
    team sees none of their own.

    Raises NotFound for a period, locality or set of figures that is not offered to this reader, and where the page is
    for other kinds of reader.
    """
    reaches = [one for one in policy.reaches(actor) if one.kind in about.kinds]
    if not reaches and len(about.kinds) < len(Kind):
        raise NotFound
    if not reaches:
        return None
    form = PeriodForm(reaches, given)
    reach = form.reach
    offered = _offered(actor, reach, today, about)
    if not offered:
        return Asked(form, reach, None, today)
    quarters = [one for one in offered if not one.is_year]
    begun = [one for one in quarters if one.first <= today]
    places = queries.localities(reach) if about.meetings and not reach.hides else []
    form.offer(offered, (begun or quarters or offered)[0], places)
    return Asked(form, reach, form.chosen, today)


def _offered(actor: Actor, reach: Reach, today: date, about: About) -> Sequence[Period]:
    """The periods a reader may choose, newest first. Where small numbers are hidden, only what is over: figures that
    grow from one day to the next could be subtracted from each other. Pairs who met do not add up, so that there they
    are counted by whole years alone.
    """
    days = about.between(actor, reach)
    if days is None:
        return []
    found = list(periods.between(*days))
    if not reach.hides:
        return found
    if about.meetings:
        return [one for one in found if one.is_year and one.is_over(today)]
    over = [one for one in found if not one.is_year and one.is_over(today)]
    if about.quarters_alone:
        return over
    return [one for one in found if set(one.quarters) & set(over)]
