"""What a cohort's answers add up to, and what cannot be read out of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.cohorts import queries as cohorts
from lms.cohorts.actions import attendance
from lms.cohorts.states import Mark
from lms.core.db import db, writing
from lms.outcomes import queries
from lms.outcomes.items import Level, Wave
from lms.outcomes.models import Measure
from lms.people import queries as people

pytestmark = pytest.mark.slow


def answered(day, number=6, *, later=True):
    """So many people answer each time: surer by one or two after the day, and knowing a little less."""
    day.come(number)
    for place, wave in enumerate((Wave.BEFORE, Wave.AFTER, *([Wave.LATER] if later else []))):
        day.go(wave)
        if wave is Wave.AFTER:
            day.register()
        for n, person in enumerate(day.people):
            surer = 0 if wave is Wave.BEFORE else 1 + n % 2
            day.answer(person, wave, sure=1 + surer, right=3 - (place > 0) * (n % 2), example=f"Example {n}")


def found(day):
    db.session.rollback()
    return queries.outcome(cohorts.get_run(people.actor(day.partnership.trainer), day.cohort.id))


def closed(day, wave):
    day.go(wave, weeks=4)


def test_confidence_and_knowledge_move_apart_in_the_same_people(day, as_user):
    answered(day)
    closed(day, Wave.LATER)
    confidence, knowledge = found(day).of(Wave.AFTER)
    assert (confidence.level, knowledge.level) == (Level.PERCEPTION, Level.KNOWLEDGE)
    assert (confidence.change.people, confidence.change.mean, confidence.change.told) == (6, 1.5, "rose")
    assert (confidence.change.first, confidence.change.second) == (2, 3.5)
    assert knowledge.change.mean == -0.5
    assert knowledge.change.high > 0
    assert found(day).examples == 6
    words = as_user(day.partnership.trainer).get("outcomes.outcome", cohort_id=day.cohort.id).words
    assert "Confidence rose after the day, by 1.5 on a scale from 1 to 5" in words
    assert "Knowledge shows no change that can be told from chance" in words
    assert "6 of 6 (100%)" in words
    assert "What this cannot tell you" in words


def test_figures_wait_until_nobody_can_answer_any_more(day, as_user):
    answered(day, later=False)
    browser = as_user(day.partnership.trainer)
    assert found(day).shown == []
    assert found(day).useful is None
    assert "There are no figures yet." in browser.get("outcomes.outcome", cohort_id=day.cohort.id).words
    closed(day, Wave.AFTER)
    assert [one.wave for one in found(day).shown] == [Wave.AFTER, Wave.AFTER]
    assert found(day).useful == (6, 3.5)
    browser = as_user(day.partnership.trainer)
    assert "Shown when the questions have closed" in browser.get("outcomes.outcome", cohort_id=day.cohort.id).words


def test_four_people_are_not_shown(day, as_user):
    answered(day, 4)
    closed(day, Wave.LATER)
    one = found(day)
    assert (one.shown, one.useful, one.examples, one.seen) == ([], None, None, None)
    words = as_user(day.partnership.trainer).get("outcomes.outcome", cohort_id=day.cohort.id).words
    assert words.count("Fewer than 5 paired answers: not shown") == 4
    assert "Fewer than 5 of 4" in words


def test_people_who_answered_once_are_in_no_comparison(day):
    day.come(7)
    day.go(Wave.BEFORE)
    for person in day.people[:6]:
        day.answer(person, Wave.BEFORE)
    day.go(Wave.AFTER)
    day.register()
    for person in day.people[1:]:
        day.answer(person, Wave.AFTER, sure=3)
    closed(day, Wave.AFTER)
    one = found(day)
    assert [compared.change.people for compared in one.of(Wave.AFTER)] == [5, 5]
    assert {wave: (rate.answered, rate.asked) for wave, rate in one.rates.items()} == {
        Wave.BEFORE: (6, 7), Wave.AFTER: (6, 7), Wave.LATER: (0, 7),
    }  # fmt: skip


def test_a_corrected_register_gives_nobodys_answers_away(day):
    answered(day, 6, later=False)
    closed(day, Wave.AFTER)
    before = [one.change for one in found(day).shown]
    trainer = people.actor(day.partnership.trainer)
    with writing():
        room = cohorts.people_on(cohorts.get_run(trainer, day.cohort.id)).in_the_room
        attendance.note(trainer, day.cohort.id, day.cohort.sessions[0].id, {room[0].id: Mark.ABSENT})
    assert [one.change for one in found(day).shown] == before
    assert found(day).rates[Wave.AFTER].asked == 5


def test_answers_to_other_versions_of_the_questions_are_not_compared(day):
    answered(day, 6, later=False)
    with writing():
        first = db.session.scalars(select(Measure).where(Measure.wave == "before").order_by(Measure.id)).first()
        first.version = 0
    closed(day, Wave.AFTER)
    assert [one.change.people for one in found(day).shown] == [5, 5]


def test_only_who_runs_the_cohort_reads_it_and_no_name_is_on_it(day, make, as_user):
    answered(day)
    closed(day, Wave.LATER)
    words = as_user(day.partnership.trainer).get("outcomes.outcome", cohort_id=day.cohort.id).words
    assert "Person" not in words
    assert "Example 1" not in words
    other = make.trainer(agency=day.partnership.agencies[1])
    as_user(other).get("outcomes.outcome", cohort_id=day.cohort.id, expect=404)
    manager = make.manager(agency=day.partnership.agencies[1])
    as_user(manager).get("outcomes.outcome", cohort_id=day.cohort.id, expect=403)
    assert "What changed" in as_user(day.partnership.trainer).get("building.manage", cohort_id=day.cohort.id).words


def test_a_hundred_answers_cost_no_more_queries_than_ten(day, count_queries):
    def look():
        found(day)

    answered(day, 5)
    closed(day, Wave.AFTER)
    few = count_queries(look)
    day.traveller.move_to(day.starts - timedelta(days=9))
    day.people.clear()
    answered(day, 8)
    closed(day, Wave.AFTER)
    assert count_queries(look) == few
