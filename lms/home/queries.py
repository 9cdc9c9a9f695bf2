"""What stands on "My training": where to carry on, what is needed, the next joint day, hours, what is in date."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lms.assignments import queries as assignments
from lms.assignments.due import LATE, ModuleStanding, Status
from lms.assignments.queries import LevelHours
from lms.certificates import queries as certificates
from lms.certificates.models import Certificate
from lms.cohorts import queries as cohorts
from lms.cohorts.models import Cohort, CohortSession
from lms.core import clock
from lms.core.actor import Actor
from lms.learning import browsing, updates
from lms.learning import queries as learning
from lms.learning.browsing import Row
from lms.learning.going import Going
from lms.learning.outlines import Outline, Step, outline

TO_DO = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS, Status.DUE, *LATE})
WITH_DATE_IN_WORDS = frozenset({Status.DUE, *LATE})


@dataclass(frozen=True)
class Need:
    """A module to do, with how far it is (`row`) and where the person stands with it (`asked`)."""

    row: Row
    asked: ModuleStanding

    @property
    def is_to_do(self) -> bool:
        """Whether it is required and not in date, or was begun of the person's own accord."""
        status = self.asked.standing.status
        return status in TO_DO and (self.asked.required or status is Status.IN_PROGRESS)

    @property
    def words(self) -> str:
        """How far it is, or that it is done and to be done anew."""
        return "Time to renew" if self.row.going.completed_at else self.row.words

    @property
    def status_words(self) -> str:
        """The words in the coloured mark: with the date where the date is what matters."""
        standing = self.asked.standing
        return standing.words if standing.status in WITH_DATE_IN_WORDS else standing.label


@dataclass(frozen=True)
class CarryOn:
    """The module last worked on, where it goes on (`step`), and the minutes of its unread pages."""

    need: Need
    step: Step
    minutes_left: int
    then: str


@dataclass(frozen=True)
class MyTraining:
    """All of the first page. `suggested` is set for someone who has begun nothing yet."""

    carry_on: CarryOn | None
    needs: Sequence[Need]
    suggested: Need | None
    changed: Sequence[Row]
    in_date: Sequence[Certificate]
    joint_day: tuple[Cohort, CohortSession] | None
    minutes: int
    year: int
    levels: Sequence[LevelHours] = ()

    @property
    def lacks_hours(self) -> bool:
        """Whether a level still asks for hours."""
        return any(one.standing.status in TO_DO for one in self.levels)

    @property
    def renew_next(self) -> Certificate | None:
        """The certificate of a module in date that runs out first; a programme's is renewed by its modules."""
        return min((one for one in self.in_date if one.module), key=lambda one: one.valid_until, default=None)


def my_training(actor: Actor) -> MyTraining:
    """What is next for this person."""
    goings = learning.all_goings(actor)
    owned = certificates.own(actor)
    asked = assignments.own(actor)
    every = [_need(one, goings) for one in asked if one.is_module]
    carry_on = _carry_on(every)
    needs = [need for need in every if need.is_to_do and (carry_on is None or need is not carry_on.need)]
    suggested = needs[0] if needs and not goings else None
    year = clock.today().year
    return MyTraining(
        carry_on=carry_on,
        needs=[need for need in needs if need is not suggested],
        suggested=suggested,
        changed=[need.row for need in every if is_changed(need)],
        in_date=_in_date(owned, {need.row.plan.module.slug for need in needs}),
        joint_day=cohorts.next_joint_day(actor),
        minutes=sum(one.minutes for one in certificates.counted_in(owned, year)),
        year=year,
        levels=assignments.level_hours(actor) if any(not one.is_module for one in asked) else (),
    )


def is_changed(need: Need) -> bool:
    """Whether a finished module asks to be looked at again in part, and is not to be renewed as a whole anyway."""
    going = need.row.going
    return bool(going.completed_at and not need.is_to_do and updates.asked(need.row.plan.module, going))


def _need(asked: ModuleStanding, goings: Mapping[str, Going]) -> Need:
    return Need(browsing.row(outline(asked.module), goings.get(asked.module, Going(asked.module))), asked)


def _carry_on(every: Sequence[Need]) -> CarryOn | None:
    """The open study touched last, on any device; None when there is none."""
    begun = [(need.row.going.last_at, need) for need in every if need.row.going.completed_at is None]
    latest = max(((at, need) for at, need in begun if at), key=lambda pair: pair[0], default=None)
    if latest is None:
        return None
    need = latest[1]
    plan, going = need.row.plan, need.row.going
    step = plan.next_step(plan.progress(going.read, going.passed).resume(going.last_page))
    if step is None:
        return None
    minutes = sum(one.minutes for one in plan.steps if one.kind == "page" and one.key not in going.read)
    return CarryOn(need, step, minutes, _then(plan, going))


def _then(plan: Outline, going: Going) -> str:
    names = [one.name for one in plan.steps if one.kind == "quiz" and one.key not in going.passed]
    return " and ".join(names)


def _in_date(owned: Sequence[Certificate], to_renew: Collection[str]) -> list[Certificate]:
    """The newest certificate in date of each module, unless it is to be renewed, and of each programme; the list comes
    newest first.
    """
    newest: dict[tuple[str, str], Certificate] = {}
    for one in owned:
        if one.state.kind == "valid" and one.module not in to_renew:
            newest.setdefault((one.module, one.programme), one)
    return list(newest.values())
