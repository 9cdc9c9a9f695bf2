"""Goes at quizzes: started once, every answer kept once, finished by rule, and nobody else's."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.quizzes import actions, queries
from lms.quizzes.knowledge import AnswerRefused, DrawDoesNotFit
from lms.quizzes.models import Answer, Attempt
from lms.quizzes.scenario import NotThere, PlayDoesNotFit, choices_in_order
from tests.quizzes.checks import FOUR, four_kinds, single
from tests.quizzes.stories import who_leads, with_choice

CHECK = four_kinds(*(single(f"q{n}") for n in range(8)), draw=4)
STORY = who_leads()


@pytest.fixture
def learner(make, actor, shelve):
    shelve(CHECK, STORY)
    return actor(make.person())


def start(learner, check=CHECK):
    with writing():
        return actions.start_check(learner, check).id


def give(learner, attempt_id, position, *, rightly=True, check=CHECK):
    with writing():
        attempt = queries.attempt(learner, check.slug, attempt_id)
        fields = queries.sitting_of(check, attempt).question(position).fields()
        word = "Right" if rightly else "Wrong"
        value = next(value for value, text in fields[0].choices if text.startswith(word))
        return actions.answer(learner, check, attempt_id, position, {"answer": [value]})


def sit(learner, right, check=CHECK):
    attempt_id = start(learner, check)
    for position in range(1, 5):
        give(learner, attempt_id, position, rightly=position <= right, check=check)
    return kept(attempt_id)


def take(learner, seat="charity", leaving=None, scenario=STORY):
    with writing():
        return actions.take_seat(learner, scenario, seat, leaving).id


def decide(learner, attempt_id, number, key, scenario=STORY):
    with writing():
        attempt = queries.attempt(learner, scenario.slug, attempt_id)
        shown = choices_in_order(scenario.scene(attempt.state["at"]), attempt.seed)
        place = next(place for place, choice in enumerate(shown) if choice.key == key)
        return actions.choose(learner, scenario, attempt_id, number, place)


def play(learner, *keys, scenario=STORY):
    attempt_id = take(learner, scenario=scenario)
    for number, key in enumerate(keys, start=1):
        decide(learner, attempt_id, number, key, scenario)
    return kept(attempt_id)


def kept(attempt_id) -> Attempt:
    db.session.expire_all()
    return db.session.get_one(Attempt, attempt_id)


def answers(attempt_id):
    return db.session.scalars(select(Answer).where(Answer.attempt_id == attempt_id).order_by(Answer.position)).all()


def test_starting_again_while_a_go_is_open_carries_it_on(learner):
    assert start(learner) == start(learner)
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_a_finished_go_is_followed_by_a_fresh_one_with_a_draw_of_its_own(learner):
    goes = [sit(learner, 4) for _ in range(4)]
    assert [go.number for go in goes] == [1, 2, 3, 4]
    assert len({go.seed for go in goes}) == 4
    assert len({tuple(each["question"] for each in go.state["questions"]) for go in goes}) > 1


def test_every_answer_is_a_row_of_its_own_from_the_moment_it_is_given(learner):
    attempt_id = start(learner)
    give(learner, attempt_id, 1)
    assert [(row.position, row.right) for row in answers(attempt_id)] == [(1, True)]
    give(learner, attempt_id, 2, rightly=False)
    rows = answers(attempt_id)
    assert [(row.position, row.right) for row in rows] == [(1, True), (2, False)]
    drawn = [each["question"] for each in kept(attempt_id).state["questions"]]
    assert [row.key for row in rows] == drawn[:2]
    assert rows[1].given["chosen"] == [f"Wrong of {drawn[1]}"]


def test_an_answer_once_given_stays_whatever_is_sent_after_it(learner):
    attempt_id = start(learner)
    give(learner, attempt_id, 1, rightly=False)
    stands, is_kept = give(learner, attempt_id, 1, rightly=True)
    assert not is_kept
    assert stands.next_position == 2
    assert [row.right for row in answers(attempt_id)] == [False]


def test_a_question_that_is_not_yet_due_cannot_be_answered(learner):
    attempt_id = start(learner)
    assert give(learner, attempt_id, 3)[1] is False
    assert answers(attempt_id) == []


def test_half_an_answer_is_refused_and_nothing_is_kept(learner):
    attempt_id = start(learner)
    with pytest.raises(AnswerRefused), writing():
        actions.answer(learner, CHECK, attempt_id, 1, {})
    assert answers(attempt_id) == []


def test_three_of_four_pass_at_75_percent_and_two_do_not(learner, passes):
    passed, failed = sit(learner, 3), sit(learner, 2)
    assert (passed.passed, passed.points, passed.out_of) == (True, 3, 4)
    assert (failed.passed, failed.points, failed.out_of) == (False, 2, 4)
    assert failed.finished_at is not None
    assert [fact.attempt_id for fact in passes] == [passed.id]


def test_passing_is_announced_once_with_who_what_and_when(learner, passes):
    done = sit(learner, 4)
    give(learner, done.id, 4)
    (fact,) = passes
    assert (fact.person_id, fact.quiz, fact.module) == (learner.id, CHECK.slug, CHECK.module)
    assert (fact.attempt_id, fact.at) == (done.id, done.finished_at)


def test_nothing_is_announced_before_the_last_answer(learner, passes):
    attempt_id = start(learner)
    for position in (1, 2, 3):
        give(learner, attempt_id, position)
    assert passes == []
    assert kept(attempt_id).finished_at is None


def test_when_an_announcement_fails_the_last_answer_is_not_kept_either(learner, monkeypatch):
    attempt_id = start(learner)
    for position in (1, 2, 3):
        give(learner, attempt_id, position)

    def fail(_fact):
        raise RuntimeError("nobody could be told")

    monkeypatch.setattr(actions, "announce", fail)
    with pytest.raises(RuntimeError, match="nobody"):
        give(learner, attempt_id, 4)
    assert len(answers(attempt_id)) == 3
    assert kept(attempt_id).finished_at is None


def test_new_questions_in_the_file_leave_an_open_go_as_it_was(learner, shelve):
    attempt_id = start(learner)
    before = kept(attempt_id).state
    longer = replace(CHECK, questions=(*CHECK.questions, single("new")))
    shelve(longer)
    assert start(learner, longer) == attempt_id
    assert give(learner, attempt_id, 1, check=longer)[1]
    assert kept(attempt_id).state == before


def test_a_go_whose_questions_have_gone_is_closed_without_a_result_and_a_fresh_one_begins(learner, shelve):
    old = start(learner)
    give(learner, old, 1)
    rewritten = replace(CHECK, questions=tuple(single(f"other{n}") for n in range(8)))
    shelve(rewritten)
    with pytest.raises(DrawDoesNotFit), writing():
        actions.answer(learner, rewritten, old, 2, {"answer": ["0"]})
    fresh = start(learner, rewritten)
    assert fresh != old
    assert kept(old).finished_at is not None
    assert kept(old).passed is None
    assert kept(fresh).number == 2
    assert len(answers(old)) == 1


def test_every_choice_is_a_row_and_the_story_stands_where_it_led(learner):
    attempt_id = take(learner, "school")
    decide(learner, attempt_id, 1, "wait")
    decide(learner, attempt_id, 2, "check")
    rows = [(row.position, row.key, row.given, row.right) for row in answers(attempt_id)]
    assert rows == [(1, "meeting", {"choice": "wait"}, False), (2, "promise", {"choice": "check"}, True)]
    state = kept(attempt_id).state
    assert (state["seat"], state["at"], len(state["steps"])) == ("school", "gaps", 2)


def test_a_decision_once_made_stays_whatever_is_sent_after_it(learner):
    attempt_id = take(learner)
    assert decide(learner, attempt_id, 1, "wait")
    with writing():
        assert not actions.choose(learner, STORY, attempt_id, 1, 0)
        assert not actions.choose(learner, STORY, attempt_id, 3, 0)
    assert len(answers(attempt_id)) == 1


@pytest.mark.parametrize("place", [None, 3, -1, 99])
def test_a_place_that_was_not_on_the_page_is_refused(learner, place):
    attempt_id = take(learner)
    with pytest.raises(NotThere), writing():
        actions.choose(learner, STORY, attempt_id, 1, place)
    assert answers(attempt_id) == []


def test_the_best_path_passes_and_is_announced_and_a_poor_ending_is_not(learner, passes):
    best = play(learner, "ask-family", "check", "directory")
    assert (best.passed, best.points, best.out_of) == (True, 9, 9)
    poor = play(learner, "ask-family", "check", "refer")
    assert (poor.passed, poor.points) == (False, 6)
    assert [fact.attempt_id for fact in passes] == [best.id]


def test_a_good_ending_with_too_few_points_is_not_a_pass(learner, passes):
    go = play(learner, "ask-family", "do-it", "ring")
    assert go.state["at"] == "good"
    assert (go.passed, go.points) == (False, 5)
    assert passes == []


def test_taking_a_seat_while_a_play_is_open_carries_it_on_unless_it_is_left(learner):
    first = take(learner, "charity")
    decide(learner, first, 1, "wait")
    assert take(learner, "school") == first
    second = take(learner, "school", leaving=first)
    assert second != first
    assert (kept(first).passed, kept(first).finished_at is None) == (None, False)
    assert take(learner, "health", leaving=first) == second, "the same one cannot be left twice"
    assert kept(second).seat == "school"


def test_a_seat_that_is_not_at_the_table_is_refused_and_nothing_is_left(learner):
    first = take(learner)
    with pytest.raises(NotThere), writing():
        actions.take_seat(learner, STORY, "throne", first)
    assert kept(first).finished_at is None


def test_a_play_that_no_longer_leads_where_it_led_is_closed_and_a_fresh_one_begins(learner, shelve):
    old = take(learner)
    decide(learner, old, 1, "wait")
    rewritten = with_choice(STORY, 0, 2, key="delay")
    shelve(rewritten)
    with pytest.raises(PlayDoesNotFit), writing():
        actions.choose(learner, rewritten, old, 2, 0)
    fresh = take(learner, scenario=rewritten)
    assert fresh != old
    assert (kept(old).passed, kept(old).finished_at is None) == (None, False)


def test_nobody_can_touch_the_go_of_another(learner, make, actor):
    attempt_id, other = start(learner), actor(make.trainer())
    with pytest.raises(NotFound):
        queries.attempt(other, CHECK.slug, attempt_id)
    with pytest.raises(NotFound), writing():
        actions.answer(other, CHECK, attempt_id, 1, {"answer": ["0"]})
    play_id = take(learner)
    with pytest.raises(NotFound), writing():
        actions.choose(other, STORY, play_id, 1, 0)
    with pytest.raises(NotFound):
        queries.attempt(learner, CHECK.slug, uuid4())
    assert queries.attempts(other, CHECK.slug) == []
    assert start(other) != attempt_id


def test_what_the_database_holds_names_the_exact_content(learner, shelve):
    first = kept(start(learner)).content_hash
    changed = four_kinds(*FOUR)
    shelve(changed)
    second = kept(start(learner, changed)).content_hash
    assert len(first) == len(second) == 64
    assert first != second


def test_passed_quizzes_are_those_of_the_module_that_this_person_passed(learner, make, actor):
    sit(learner, 4)
    play(learner, "ask-family", "check", "refer")
    assert queries.passed_quizzes(learner, CHECK.module) == {CHECK.slug}
    assert queries.passed_quizzes(learner, "tiers-of-need") == frozenset()
    assert queries.passed_quizzes(actor(make.person()), CHECK.module) == frozenset()
