"""A knowledge check in the browser: one question a page, saved at once, then read-only, feedback at the end."""

import re

import pytest

from lms.core.db import db
from lms.people.sectors import Sector
from lms.quizzes.models import Answer, Attempt
from tests.learning.reading import counting
from tests.quizzes.checks import FOUR, SLUG, asked, begin, filled_in, four_kinds, offered, reply, single, sit
from tests.support.browser import settle

CHECK = four_kinds()
SINGLES = four_kinds(*(single(f"q{n}", page) for n, page in enumerate(["a-set-of-functions", "who-might-lead"] * 4)))


@pytest.fixture
def learner(make):
    return make.person(agency=make.agency(sector=Sector.HEALTH))


@pytest.fixture
def visitor(learner, as_user, shelve):
    shelve(CHECK)
    return as_user(learner)


def rows():
    settle()
    db.session.expire_all()
    return db.session.query(Answer).order_by(Answer.position).all()


def to_the_question(visitor, key):
    """Answer rightly until this question is asked."""
    page = begin(visitor, SLUG)
    while asked(CHECK, page).key != key:
        page = reply(visitor, CHECK, page)
    return page


def test_the_front_says_what_counts_and_who_sees_it(visitor):
    page = visitor.get("quizzes.front", quiz=SLUG)
    assert page.h1 == "Four kinds"
    assert "4 questions, one at a time" in page.words
    assert "You pass with 3 of 4 right." in page.words
    assert "Your score and answers stay yours" in page.words


def test_a_quiz_that_is_not_there_is_not_there(visitor):
    visitor.get("/quizzes/nothing/", expect=404)
    visitor.post("/quizzes/nothing/", expect=404)


def test_questions_of_every_type_are_answered_one_a_page_to_a_pass(visitor):
    page = begin(visitor, SLUG)
    for number in range(1, 5):
        assert f"Question {number} of 4" in page.words
        assert len(page.forms("data-question")) == 1
        assert [row.position for row in rows()] == list(range(1, number))
        page = reply(visitor, CHECK, page)
    assert page.h1 == "Passed: 4 of 4"
    assert page.all("//*[@data-result='passed']")
    assert all(row.right for row in rows())


@pytest.mark.parametrize("key", ["trust", "all", "order", "match"])
def test_labels_say_exactly_what_the_author_wrote(visitor, key):
    page = to_the_question(visitor, key)
    question = asked(CHECK, page)
    if key in ("trust", "all"):
        assert sorted(text for _, text in offered(page)) == sorted(option.text for option in question.options)
        assert set(page.all("//form[@data-question]//label/input/@name")) == {"answer"}
    else:
        names = page.all("//form[@data-question]//select/@name")
        assert names == [f"answer-{n}" for n in range(len(names))]
        labels = sorted(label.text_content().strip() for label in page.all("//form[@data-question]//label"))
        assert labels == sorted(question.items if key == "order" else [pair.left for pair in question.pairs])


def test_nothing_chosen_is_said_with_a_summary_and_nothing_is_saved(visitor):
    page = to_the_question(visitor, "trust")
    before = len(rows())
    again = visitor.send(page, page.forms("data-question")[0], {}, expect=422)
    assert again.all("string(//title)").startswith("Error:")
    assert again.all("//*[@role='alert']//a[@href='#answer']")
    assert again.words.count("Choose an answer.") == 2
    assert len(rows()) == before


def test_what_was_chosen_so_far_is_kept_when_part_of_it_is_missing(visitor):
    page = to_the_question(visitor, "match")
    data = filled_in(FOUR[3], page)
    del data["answer-1"]
    again = visitor.send(page, page.forms("data-question")[0], data, expect=422)
    assert again.all("//*[@role='alert']//a[@href='#answer-1']")
    assert again.all(f"//select[@name='answer-0']/option[@selected and @value='{data['answer-0']}']")
    assert again.all("//select[@name='answer-1']/@aria-invalid") == ["true"]


def test_two_items_at_one_place_are_refused_beside_the_second(visitor):
    page = to_the_question(visitor, "order")
    data = {"answer-0": "1", "answer-1": "1", "answer-2": "3"}
    again = visitor.send(page, page.forms("data-question")[0], data, expect=422)
    assert again.all("//select[@name='answer-1']/@aria-invalid") == ["true"]
    assert "has the same place as" in again.words


def test_values_that_were_never_on_the_page_are_refused(visitor):
    page = to_the_question(visitor, "trust")
    for value in ("7", "-1", "Right of trust", "١", "0" * 5000):
        visitor.send(page, page.forms("data-question")[0], {"answer": value}, expect=422)
    assert all(row.key != "trust" for row in rows())


def test_going_back_shows_what_was_answered_and_nothing_to_change(visitor):
    page = begin(visitor, SLUG)
    question, address = asked(CHECK, page), page.forms("data-question")[0].get("action")
    reply(visitor, CHECK, page, rightly=False)
    back = visitor.get(address)
    assert back.h1 == question.ask
    assert "You answered" in back.words
    assert "It is saved" in back.words
    assert back.forms("data-question") == []
    assert "Go on to question 2" in back.words
    for line in rows()[0].given["chosen"]:
        assert line in back.words


def test_sending_a_question_twice_changes_nothing_and_goes_on_to_where_one_is(visitor):
    page = begin(visitor, SLUG)
    (form,) = page.forms("data-question")
    visitor.send(page, form, filled_in(asked(CHECK, page), page))
    again = visitor.send(page, form, filled_in(asked(CHECK, page), page, rightly=False))
    here = visitor.follow(visitor.follow(again, expect=303))
    assert "Question 2 of 4" in here.words
    assert "nothing has changed" in here.words
    assert [(row.position, row.right) for row in rows()] == [(1, True)]


def test_a_program_that_repeats_its_key_gets_the_same_answer_and_none_for_other_content(visitor):
    page = begin(visitor, SLUG)
    (form,) = page.forms("data-question")
    right, wrong = (
        {"csrf_token": visitor.token(), **filled_in(asked(CHECK, page), page, rightly=rightly)}
        for rightly in (True, False)
    )
    heading = {"Idempotency-Key": "a-key-of-the-test"}
    first, again, other = (
        visitor.client.post(form.get("action"), data=data, headers=heading) for data in (right, right, wrong)
    )
    assert (first.status_code, again.status_code, other.status_code) == (303, 303, 422)
    assert again.location == first.location
    assert "Idempotency-Replayed" in again.headers
    assert [(row.position, row.right) for row in rows()] == [(1, True)]


def test_skipping_ahead_by_address_leads_to_the_first_question_without_an_answer(visitor):
    page = begin(visitor, SLUG)
    page = reply(visitor, CHECK, page)
    address = page.forms("data-question")[0].get("action")
    ahead = visitor.get(re.sub(r"2$", "4", address), expect=303)
    assert "Question 2 of 4" in visitor.follow(visitor.follow(ahead, expect=303)).words
    visitor.get(re.sub(r"2$", "5", address), expect=404)
    visitor.get(re.sub(r"2$", "0", address), expect=404)


def test_another_device_carries_on_at_the_very_question(visitor, learner, as_user):
    page = begin(visitor, SLUG)
    page = reply(visitor, CHECK, page)
    phone = as_user(learner)
    assert "Carry on at question 2 of 4" in phone.get("quizzes.front", quiz=SLUG).words
    there = begin(phone, SLUG)
    assert (there.h1, offered(there)) == (page.h1, offered(page)), "the same question in the same order"


def test_the_result_opens_what_was_missed_and_folds_what_was_right(visitor):
    page = sit(visitor, CHECK, wrong=("trust",))
    assert page.h1 == "Passed: 3 of 4"
    (missed,) = page.all("//li[@class='miss']/details[@open]")
    text = " ".join(missed.text_content().split())
    for part in ("You choseWrong of trust", "BetterRight of trust", "Why trust is tempting.", "What trust teaches."):
        assert part in text
    assert "M5-F1" in text
    assert "Read it again on page" in text
    assert len(page.all("//ol[contains(@class, 'qs')]/li/details[not(@open)]")) == 3
    assert len(page.all("//*[@data-result]//*[@class='no']")) == 1
    assert "Your manager sees that you passed and the date." in page.words


def test_only_the_wrong_options_that_were_chosen_are_explained(visitor):
    page = to_the_question(visitor, "all")
    values = {text: value for value, text in offered(page)}
    page = visitor.follow(
        visitor.send(page, page.forms("data-question")[0], {"answer": [values["One"], values["Three"]]})
    )
    while page.forms("data-question"):
        page = reply(visitor, CHECK, page)
    (missed,) = page.all("//li[@class='miss']/details/div[@class='in']")
    assert [part.text for part in missed.xpath("./p/b")] == ["Three"]
    assert "Three is near." in missed.text_content()
    assert "You choseOneThreeBetterOneTwo" in missed.text_content()


def test_not_yet_says_how_many_are_needed_and_which_pages_help(visitor, shelve):
    shelve(SINGLES)
    page = begin(visitor, SLUG)
    while page.forms("data-question"):
        page = reply(visitor, SINGLES, page, rightly=False)
    assert page.h1 == "Not yet: 0 of 4"
    assert page.all("//*[@data-result='not-yet']")
    assert "You need 3." in page.words
    links = page.all("//main//ul/li/a/@href")
    missed = [SINGLES.question(row.key).page for row in rows()]
    assert [link.rsplit("/", 1)[1] for link in links] == sorted(
        set(missed), key=lambda slug: (-missed.count(slug), slug)
    )
    assert "Try again with new questions" in page.words
    assert "failed" not in page.words.lower()


def test_trying_again_begins_a_fresh_go_and_the_old_result_stays(visitor):
    first = sit(visitor, CHECK, wrong=("trust", "all"))
    again = next(form for form in first.forms() if form.get("action") == f"/quizzes/{SLUG}/")
    page = visitor.follow(visitor.follow(visitor.send(first, again), expect=303))
    assert "Question 1 of 4" in page.words
    while page.forms("data-question"):
        page = reply(visitor, CHECK, page)
    front = visitor.get("quizzes.front", quiz=SLUG)
    assert [link.text_content().split(",")[0] for link in front.all("//ul[@class='rows']//h3/a")] == [
        "Passed",
        "Not yet",
    ]
    assert "2 of 4" in visitor.get(front.all("//ul[@class='rows']//h3/a/@href")[1]).h1


def test_a_pass_leads_on_to_the_next_quiz_of_the_module(visitor):
    page = sit(visitor, CHECK)
    assert page.all("//main//a[contains(@class, 'btn')]/@href")[0] == "/quizzes/lead-professional-check/"


def test_questions_rewritten_in_the_middle_are_said_so_and_begun_afresh(visitor, shelve):
    page = begin(visitor, SLUG)
    (form,) = page.forms("data-question")
    shelve(SINGLES)
    front = visitor.follow(visitor.send(page, form, {"answer": "0"}))
    assert "The questions have been rewritten" in front.words
    assert visitor.get(form.get("action"), expect=303).location == f"/quizzes/{SLUG}/"
    assert "Question 1 of 4" in begin(visitor, SLUG).words
    assert "Not finished" in visitor.get("quizzes.front", quiz=SLUG).words


def test_a_result_stays_when_the_questions_are_rewritten_later(visitor, shelve):
    sit(visitor, CHECK)
    address = visitor.get("quizzes.front", quiz=SLUG).all("//ul[@class='rows']//h3/a/@href")[0]
    shelve(SINGLES)
    page = visitor.get(address)
    assert page.h1 == "Passed: 4 of 4"
    assert "have been rewritten since" in page.words


@pytest.mark.slow
@pytest.mark.parametrize("who", ["colleague", "manager", "trainer"])
def test_nobody_else_finds_the_go_or_its_result(visitor, learner, make, as_user, who):
    sit(visitor, CHECK)
    settle()
    attempt = db.session.query(Attempt).one()
    agency = learner.memberships[0].agency
    other = {"colleague": make.person, "manager": make.manager, "trainer": make.trainer}[who](agency=agency)
    stranger = as_user(other)
    for ending in ("", "1", "result"):
        stranger.get(f"/quizzes/{SLUG}/{attempt.id}/{ending}", expect=404)
    stranger.post(f"/quizzes/{SLUG}/{attempt.id}/1", {"answer": "0"}, expect=404)
    assert "Your goes so far" not in stranger.get("quizzes.front", quiz=SLUG).words


def test_a_go_is_found_only_under_its_own_quiz(visitor, shelve):
    page = begin(visitor, SLUG)
    address = page.forms("data-question")[0].get("action")
    visitor.get(address.replace(SLUG, "lead-professional-check"), expect=404)
    visitor.get(address.replace(SLUG, "lead-professional-scenario"), expect=404)


def test_a_question_asks_the_database_four_things_and_other_pages_few_more(visitor):
    page = begin(visitor, SLUG)
    address = page.forms("data-question")[0].get("action")
    with counting() as sent:
        visitor.client.get(address)
    assert len(sent) <= 4, sent
    form = page.forms("data-question")[0]
    data = {**{i.get("name"): i.get("value") for i in form.xpath(".//input[@type='hidden']")}}
    with counting() as sent:
        visitor.client.post(address, data={**data, **filled_in(asked(CHECK, page), page)})
    assert len(sent) <= 5, sent
    page = begin(visitor, SLUG)
    while page.forms("data-question"):
        page = reply(visitor, CHECK, page)
    for path in (f"/quizzes/{SLUG}/", re.sub(r"\d$", "result", address)):
        with counting() as sent:
            assert visitor.client.get(path).status_code == 200
        assert len(sent) <= 6, sent
