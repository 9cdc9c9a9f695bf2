"""The demo's answers before and after the joint day that has been, so that its trainer has an outcome to read."""

from datetime import timedelta
from uuid import UUID

from lms.cohorts import queries as cohorts
from lms.core import clock
from lms.core.actor import Actor
from lms.outcomes import actions, queries
from lms.outcomes.items import Wave, items
from lms.people import queries as people

EXAMPLES = (
    "I rang the school before the meeting, and we agreed who would tell the family.",
    "I asked the housing officer what a notice means before I wrote my assessment.",
    "I said in the meeting that I saw it differently, and we wrote both views down.",
)
NOT_ANSWERED = 6  # every so many people leave the questions unanswered


def add_answers(trainer: Actor, cohort_id: UUID) -> None:
    """Let most people answer twice: a little surer after the day, and hardly more knowing."""
    cohort = cohorts.get_run(trainer, cohort_id)
    before, after = (queries.window_of(cohort, wave) for wave in (Wave.BEFORE, Wave.AFTER))
    for number, booking in enumerate(cohorts.people_on(cohort).in_the_room, 1):
        own = queries.own(people.actor(booking.person), cohort)
        if number % NOT_ANSWERED == 0 or not own.has_come:
            continue
        actor = people.actor(booking.person)
        with clock.acting_at(before.closes - timedelta(days=1, hours=number)):
            actions.answer(actor, cohort_id, Wave.BEFORE, _given(number, Wave.BEFORE))
        with clock.acting_at(after.opens + timedelta(days=1, hours=number)):
            actions.answer(actor, cohort_id, Wave.AFTER, _given(number, Wave.AFTER))


def add_examples(trainer: Actor, cohort_id: UUID) -> None:
    """Let the first who came answer eight weeks later, and write an example for whoever manages them."""
    cohort = cohorts.get_run(trainer, cohort_id)
    later = queries.window_of(cohort, Wave.LATER)
    there = [
        one for one in cohorts.people_on(cohort).in_the_room if queries.own(people.actor(one.person), cohort).has_come
    ]
    for booking, says in zip(there, EXAMPLES, strict=False):
        with clock.acting_at(later.opens + timedelta(hours=20)):
            actor = people.actor(booking.person)
            actions.answer(actor, cohort_id, Wave.LATER, _given(1, Wave.LATER), says)


def _given(number: int, wave: Wave) -> dict[str, int]:
    """What the person of this number answers: always the same, and unlike their neighbours."""
    surer = int(wave is not Wave.BEFORE and number % 4 != 0)
    given = {}
    for place, item in enumerate(items(wave)):
        if item.right is None:
            given[item.key] = min(4, 1 + (number + place) % 3 + surer)
        else:
            knows = (number * 3 + place) % 5 < 2 + (wave is Wave.AFTER and number % 3 == 0)
            given[item.key] = item.right if knows else len(item.options) - 1
    return given
