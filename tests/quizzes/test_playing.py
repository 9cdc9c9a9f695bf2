"""A scenario in the browser: a seat, scenes with their consequences, looking back, the ending and the whole path."""

import re
from dataclasses import replace

import pytest

from lms.core.db import db
from lms.people.sectors import Sector
from lms.quizzes.models import Answer, Attempt
from lms.quizzes.paths import MOST_DECISIONS
from tests.learning.reading import counting
from tests.quizzes.checks import begin, decide, offered, play
from tests.quizzes.stories import who_leads, with_choice, with_scene
from tests.support.browser import settle

STORY = who_leads()
SLUG = STORY.slug
BEST = ("ask-family", "check", "directory")


@pytest.fixture
def learner(make):
    return make.person(agency=make.agency(sector=Sector.EDUCATION))


@pytest.fixture
def visitor(learner, as_user, shelve):
    shelve(STORY)
    return as_user(learner)


def choices_kept():
    settle()
    db.session.expire_all()
    return [row.given["choice"] for row in db.session.query(Answer).order_by(Answer.position)]


def scene_address(page):
    return page.forms("data-scene")[0].get("action")


def test_the_table_offers_the_seat_of_ones_own_sector_first(visitor, make, as_user):
    page = visitor.get("quizzes.front", quiz=SLUG)
    assert page.h1 == "Who leads?"
    assert page.all("//input[@type='radio']/@value") == ["school", "charity", "health"]
    assert page.all("//input[@checked]/@value") == ["school"]
    officer = as_user(make.person(agency=make.agency(sector=Sector.POLICE)))
    first = officer.get("quizzes.front", quiz=SLUG)
    assert first.all("//input[@type='radio']/@value") == ["charity", "school", "health"]


def test_a_seat_that_is_not_at_the_table_is_refused(visitor):
    visitor.post("quizzes.start", {"seat": "throne"}, quiz=SLUG, expect=422)
    visitor.post("quizzes.start", {}, quiz=SLUG, expect=422)
    settle()
    assert db.session.query(Attempt).count() == 0


def test_a_scene_has_its_state_its_story_its_choices_and_the_safety_rule(visitor):
    page = begin(visitor, SLUG, seat="charity")
    assert page.h1 == "Title of meeting"
    assert "Your seatCharity family worker" in page.words
    assert "The family's trustThin" in page.words
    assert "Story of meeting." in page.words
    assert sorted(text for _, text in offered(page)) == sorted(choice.text for choice in STORY.scenes[0].choices)
    assert sorted(value for value, _ in offered(page)) == ["0", "1", "2"]
    assert "significant harm" in page.words
    assert "Nobody sees your choices with your name on them." in page.words


def test_those_whom_nobody_plays_sit_at_the_table_without_the_letter_of_a_sector(learner, as_user, shelve):
    shelve(replace(STORY, others=("Kate, his mum", "Tom, outreach worker")))
    page = begin(as_user(learner), SLUG, seat="school")
    assert page.all("//*[@class='round']/*[local-name()='text']/text()") == ["You", "H", "V", "Jayden"]
    tiles = [tile.strip() for tile in page.all("//*[contains(@class, 'seatlist')]//*[contains(@class, 'tile')]/text()")]
    assert tiles == ["You", "H", "V", "", ""]
    assert "Kate, his mum" in page.words
    assert "Tom, outreach worker" in page.words


def test_the_drawing_of_the_table_is_hidden_from_readers_and_its_list_says_the_same(visitor):
    page = begin(visitor, SLUG, seat="school")
    (drawing,) = page.all("//*[local-name()='svg' and @class='round']")
    assert drawing.get("aria-hidden") == "true"
    assert [text.text for text in drawing.xpath("./*[local-name()='text']")] == ["You", "H", "V", "Jayden"]
    listed = [" ".join(item.text_content().split()) for item in page.all("//ul[contains(@class,'seatlist')]/li")]
    assert listed == ["YouTeacher (you)", "HHealth visitor", "VCharity family worker"]


def test_the_next_scene_opens_with_what_the_choice_led_to(visitor):
    page = play(visitor, STORY, "ask-family")
    assert page.h1 == "Title of promise"
    told = page.words
    assert told.index("What ask-family led to.") < told.index("Story of promise.")
    assert "Gran has made tea." in told, "trust has grown"
    assert "He smiles at you." in told, "only the charity worker sees it"
    assert choices_kept() == ["ask-family"]


def test_other_seats_and_other_states_read_other_paragraphs(visitor):
    page = play(visitor, STORY, "wait", seat="school")
    assert "Gran has made tea." not in page.words
    assert "He smiles at you." not in page.words
    assert "The family's trustLost" in page.words


def test_nothing_chosen_is_said_and_nothing_is_saved(visitor):
    page = begin(visitor, SLUG, seat="charity")
    for data in ({}, {"choice": ""}, {"choice": "9"}, {"choice": "-1"}, {"choice": "ask-family"}, {"choice": "²"}):
        again = visitor.send(page, page.forms("data-scene")[0], data, expect=422)
        assert again.all("string(//title)").startswith("Error:")
        assert again.all("//*[@role='alert']//a[@href='#choice']")
    assert choices_kept() == []


def test_the_choices_keep_their_order_however_often_the_scene_is_opened(visitor, learner, as_user):
    page = begin(visitor, SLUG, seat="charity")
    assert offered(visitor.get(scene_address(page))) == offered(page)
    assert offered(begin(as_user(learner), SLUG)) == offered(page)


def test_another_device_carries_on_in_the_very_scene(visitor, learner, as_user):
    page = play(visitor, STORY, "ask-family")
    phone = as_user(learner)
    assert "Carry on at decision 2" in phone.get("quizzes.front", quiz=SLUG).words
    there = begin(phone, SLUG)
    assert (there.h1, offered(there)) == (page.h1, offered(page))


def test_going_back_shows_the_old_scene_with_what_was_chosen_and_nothing_to_change(visitor):
    first = begin(visitor, SLUG, seat="charity")
    address = scene_address(first)
    decide(visitor, STORY, first, "wait")
    back = visitor.get(address)
    assert back.h1 == "Title of meeting"
    assert "You choseWait for the next review of all." in back.words
    assert "The family's trustThin" in back.words, "as it was then"
    assert back.forms("data-scene") == []
    assert "Carry on at decision 2" in back.words


def test_an_old_tab_changes_nothing_and_leads_to_where_the_story_is(visitor):
    first = begin(visitor, SLUG, seat="charity")
    decide(visitor, STORY, first, "ask-family")
    stale = visitor.send(first, first.forms("data-scene")[0], {"choice": "0"})
    here = visitor.follow(visitor.follow(stale, expect=303))
    assert here.h1 == "Title of promise"
    assert "nothing has changed" in here.words
    assert choices_kept() == ["ask-family"]


def test_a_decision_ahead_of_the_story_cannot_be_opened_or_made(visitor):
    first = begin(visitor, SLUG, seat="charity")
    ahead = re.sub(r"1$", "3", scene_address(first))
    assert visitor.follow(visitor.follow(visitor.get(ahead, expect=303), expect=303)).h1 == "Title of meeting"
    visitor.post(ahead, {"choice": "0"})
    assert choices_kept() == []
    visitor.get(re.sub(r"1$", "0", scene_address(first)), expect=303)


def test_the_address_of_the_scene_leads_to_where_the_story_is(visitor):
    page = play(visitor, STORY, "ask-family")
    short = re.sub(r"/\d$", "", scene_address(page))
    here = visitor.follow(visitor.follow(visitor.get(short, expect=303), expect=303))
    assert here.h1 == "Title of promise"


def test_the_best_path_ends_well_for_the_child_and_is_a_pass(visitor, passes):
    page = play(visitor, STORY, *BEST)
    assert page.h1 == "Week 12"
    assert page.words.index("What directory led to.") < page.words.index("Jayden is in school.")
    assert page.all("//*[@data-result='passed']")
    assert "Passed: 9 of 9 points" in page.words
    assert len(passes) == 1
    assert page.all("//ol[contains(@class,'qs')]//details[@open]") == []


def test_the_ending_tells_each_decision_with_its_temptation_its_ground_and_its_fact(visitor):
    page = play(visitor, STORY, "school-leads", "check", "refer")
    assert page.all("//*[@data-result='not-yet']")
    assert "Nobody has called." in page.words
    opened = [" ".join(one.text_content().split()) for one in page.all("//li[@class='miss']/details[@open]")]
    assert len(opened) == 2
    for part in (
        "You choseLet the school lead as ever.",
        "Firmer groundAsk whom they want.",
        "What speaks for it: It is quick.",
        "The firmer ground of school-leads.",
        "M5-F2",
    ):
        assert part in opened[0]


def test_the_ending_tells_what_other_seats_knew_but_not_ones_own(visitor, shelve):
    notes = {"health": "The baby coughs too.", "charity": "He never liked meetings."}
    shelve(with_choice(STORY, 0, 0, seats=notes))
    page = play(visitor, STORY, *BEST)
    assert "Health visitor: The baby coughs too." in page.words
    assert "He never liked meetings." not in page.words


def test_a_way_with_too_little_firm_ground_is_not_yet_even_where_it_ended_well(visitor, passes):
    page = play(visitor, STORY, "ask-family", "do-it", "ring")
    assert page.all("//*[@data-result='not-yet']")
    assert "You need 7." in page.words
    assert passes == []


def test_playing_from_another_seat_leaves_the_open_play_and_begins_again(visitor):
    play(visitor, STORY, "wait")
    front = visitor.get("quizzes.front", quiz=SLUG)
    leave = next(form for form in front.forms() if form.xpath(".//input[@name='leaving']"))
    page = visitor.follow(visitor.follow(visitor.send(front, leave, {"seat": "health"}), expect=303))
    assert (page.h1, "Your seatHealth visitor" in page.words) == ("Title of meeting", True)
    assert "Not finished" in visitor.get("quizzes.front", quiz=SLUG).words


def test_pressing_leave_twice_begins_only_once(visitor):
    play(visitor, STORY, "wait")
    front = visitor.get("quizzes.front", quiz=SLUG)
    leave = next(form for form in front.forms() if form.xpath(".//input[@name='leaving']"))
    first, second = (visitor.send(front, leave, {"seat": "health"}) for _ in range(2))
    assert first.location == second.location
    visitor.post("quizzes.start", {"seat": "school", "leaving": "nonsense"}, quiz=SLUG)
    settle()
    assert db.session.query(Attempt).count() == 2


def test_after_the_ending_one_can_play_again_and_the_old_scenes_can_still_be_read(visitor):
    page = play(visitor, STORY, *BEST)
    link = visitor.get("quizzes.front", quiz=SLUG).all("//ul[@class='rows']//h3/a/@href")[0]
    assert visitor.get(link).h1 == page.h1
    earlier = visitor.get(link.replace("result", "scene/2"))
    assert "Go to the ending" in earlier.words
    assert begin(visitor, SLUG, seat="health").h1 == "Title of meeting"


def test_a_story_rewritten_in_the_middle_is_said_so_and_begun_afresh(visitor, shelve):
    page = play(visitor, STORY, "wait")
    shelve(with_choice(STORY, 0, 2, key="delay"))
    front = visitor.follow(visitor.get(scene_address(page), expect=303))
    assert "The story has been rewritten" in front.words
    assert begin(visitor, SLUG, seat="charity").h1 == "Title of meeting"


def test_an_ending_rewritten_later_leaves_the_result_as_it_was(visitor, shelve):
    play(visitor, STORY, *BEST)
    link = visitor.get("quizzes.front", quiz=SLUG).all("//ul[@class='rows']//h3/a/@href")[0]
    shelve(with_choice(STORY, 0, 0, key="ask"))
    page = visitor.get(link)
    assert page.all("//*[@data-result='passed']")
    assert "has been rewritten since" in page.words


@pytest.mark.slow
def test_going_round_in_a_story_for_ever_is_refused_with_a_way_out(visitor, shelve):
    round_again = STORY.scenes[0].choices[2]
    looping = with_choice(STORY, 0, 2, to=(type(round_again.to[0])("meeting"),))
    shelve(with_scene(looping, 0, title="Round"))
    page = play(visitor, looping, *["wait"] * MOST_DECISIONS)
    value = next(value for value, text in offered(page) if text == round_again.text)
    refused = visitor.send(page, page.forms("data-scene")[0], {"choice": value}, expect=422)
    assert f"You have made {MOST_DECISIONS} decisions" in refused.words
    assert refused.all("//a[contains(., 'play from another seat')]")


@pytest.mark.parametrize("who", ["colleague", "manager", "trainer"])
def test_nobody_else_finds_the_play_its_scenes_or_its_ending(visitor, learner, make, as_user, who):
    play(visitor, STORY, *BEST)
    settle()
    attempt = db.session.query(Attempt).one()
    agency = learner.memberships[0].agency
    other = {"colleague": make.person, "manager": make.manager, "trainer": make.trainer}[who](agency=agency)
    stranger = as_user(other)
    for ending in ("", "scene", "scene/1", "result"):
        stranger.get(f"/quizzes/{SLUG}/{attempt.id}/{ending}", expect=404)
    stranger.post(f"/quizzes/{SLUG}/{attempt.id}/scene/1", {"choice": "0"}, expect=404)


def test_a_scene_asks_the_database_three_things_and_a_choice_few_more(visitor):
    page = begin(visitor, SLUG, seat="charity")
    address = scene_address(page)
    with counting() as sent:
        visitor.client.get(address)
    assert len(sent) <= 3, sent
    data = {"csrf_token": page.all("//form[@data-scene]//input[@name='csrf_token']/@value")[0], "choice": "0"}
    with counting() as sent:
        assert visitor.client.post(address, data=data).status_code == 303
    assert len(sent) <= 5, sent
    for path in (f"/quizzes/{SLUG}/", address):
        with counting() as sent:
            assert visitor.client.get(path).status_code == 200
        assert len(sent) <= 6, sent
