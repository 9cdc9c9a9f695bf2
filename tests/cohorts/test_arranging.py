"""What people need is arranged, what they prepare is finished, and the cohort is ready only when both are."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.catalogue.shelf import library
from lms.cohorts import readiness
from lms.cohorts.access import Need, asked_for
from lms.cohorts.actions import arranging, waiving
from lms.cohorts.actions import booking as actions
from lms.cohorts.models import Arrangement
from lms.cohorts.readiness import Facts
from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from lms.learning.models import Completion, Study
from lms.people import queries as people
from tests.cohorts.conftest import states
from tests.cohorts.forms import edit_form
from tests.cohorts.test_approving import ask
from tests.cohorts.test_offers import entry, stored

FINE = Facts(agencies=4, minimum_agencies=4, sectors=3, minimum_sectors=3, people=12, trainers=1, rooms=("Fern Hall",))


def needing(partnership, **needs):
    cohort, sam = partnership.cohort(), partnership.person(1, name="Sam Needs")
    with writing():
        actions.book(people.actor(sam), cohort.id, needs.get("text", ""), needs.get("ticked", ()))
    return cohort, sam


def words_of(cohort, person):
    return [(one.words, one.state) for one in entry(cohort, person).arrangements]


def test_each_tick_and_each_line_is_one_thing_to_arrange():
    assert asked_for(["loop", "camera-off"], "A chair\n\n  By the door ") == [
        (Need.LOOP, "A hearing loop"),
        (Need.CAMERA_OFF, "Camera off"),
        (Need.OTHER, "A chair"),
        (Need.OTHER, "By the door"),
    ]


@pytest.mark.slow
def test_what_is_arranged_stays_arranged_when_something_is_added(as_user, partnership):
    cohort, sam = needing(partnership, ticked=["loop", "parking"])
    browser = as_user(partnership.trainer)
    page = browser.get("building.manage", cohort_id=cohort.id)
    form = next(one for one in page.forms() if "/arrangements/" in one.get("action"))
    browser.send(page, form, {"state": "arranged", "note": "Asked the hall"})
    mine = as_user(sam)
    mine.post("cohorts.needs", {"needs": ["loop", "captions"], "access_needs": "A chair"}, cohort_id=cohort.id)
    expected = [("A hearing loop", "arranged"), ("Captions", "to-arrange"), ("A chair", "to-arrange")]
    assert words_of(cohort, sam) == expected
    shown = mine.get("cohorts.show", cohort_id=cohort.id)
    assert "Asked the hall" in shown.words
    assert shown.all("//input[@name='needs'][@checked]/@value") == ["loop", "captions"]


def test_only_the_cohorts_trainers_read_and_arrange_needs(make, as_user, partnership):
    cohort, sam = needing(partnership, ticked=["signing"])
    needed = entry(cohort, sam).arrangements[0].id
    coordinator = make.person(agency=partnership.agencies[3], roles=((Role.COORDINATOR, Scope.PARTNERSHIP),))
    page = as_user(coordinator).get("building.manage", cohort_id=cohort.id)
    assert "interpreter" not in page.words
    assert "1 of 1 arrangements is not confirmed." in page.words
    as_user(coordinator).post(
        "building.arrange", {"state": "confirmed"}, cohort_id=cohort.id, arrangement_id=needed, expect=404
    )
    assert words_of(cohort, sam) == [("A sign language interpreter", "to-arrange")]


def test_a_coordinator_is_told_that_the_room_lacks_something_and_not_what():
    facts = Facts(**{**vars(FINE), "arrangements": (("step-free", "confirmed"),)})
    assert "step-free" in readiness.not_yet(facts)[0]
    (sentence,) = readiness.not_yet(facts, names_needs=False)
    assert "step-free" not in sentence
    assert "Fern Hall is not known to have everything" in sentence


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, None),
        ({"agencies": 3}, "3 of at least 4 agencies have a place."),
        ({"sectors": 2}, "2 of at least 3 sectors have a place."),
        ({"people": 17}, "More than 16 people have a place, so 2 trainers are needed."),
        ({"people": 17, "trainers": 2}, None),
        (
            {"arrangements": (("captions", "arranged"), ("breaks", "confirmed"))},
            "1 of 2 arrangements is not confirmed.",
        ),
        ({"arrangements": (("loop", "confirmed"),), "features": ("loop",)}, None),
        ({"arrangements": (("step-free", "confirmed"),), "rooms": ()}, None),
        ({"unprepared": 2}, "2 people with a place have not finished the preparation, and the day for it has passed."),
    ],
)
def test_ready_only_when_everything_is(changes, sentence):
    assert readiness.not_yet(Facts(**{**vars(FINE), **changes})) == ([sentence] if sentence else [])


def test_needs_are_deleted_thirty_days_after_the_last_session(partnership):
    cohort, sam = needing(partnership, ticked=["loop"], text="A chair")
    partnership.begin(cohort, days=29)
    assert arranging.forget_needs() == 0
    partnership.begin(cohort, days=31)
    assert arranging.forget_needs() == 2
    assert entry(cohort, sam).access_needs == ""
    assert db.session.scalar(select(func.count()).select_from(Arrangement)) == 0
    assert arranging.forget_needs() == 0


def test_cancelling_deletes_what_was_to_be_arranged(actor, partnership):
    cohort, sam = needing(partnership, ticked=["loop"])
    with writing():
        actions.cancel(actor(sam), cohort.id)
    assert db.session.scalar(select(func.count()).select_from(Arrangement)) == 0


def finish(person, module):
    with writing() as session:
        study = Study(person_id=person.id, module=module.slug, number=1, version=module.version)
        session.add(study)
        session.flush()
        values = {"person_id": person.id, "study_id": study.id, "module": module.slug, "version": module.version}
        dates = {"completed_on": clock.today(), "completed_at": clock.now()}
        session.add(Completion(**values, **dates, core_hash="0" * 64, minutes=40))


def test_after_its_date_nobody_gets_a_place_without_the_preparation(as_user, partnership):
    module, sam = library().modules[0], partnership.person(1, name="Sam")
    cohort = partnership.cohort(modules=(module.slug,), must_prepare=True)
    browser, by = as_user(sam), stored(cohort).prepare_by
    assert f"Finish it by {by:%A} {by.day} {by:%B}" in browser.get("cohorts.show", cohort_id=cohort.id).words
    partnership.begin(cohort, days=-1)
    assert "This had to be finished by" in browser.get("cohorts.show", cohort_id=cohort.id).words
    page = browser.post("cohorts.book", cohort_id=cohort.id, expect=422)
    assert f"Finish ‘{module.title}’ first; then you can book." in page.words
    finish(sam, module)
    browser.post("cohorts.book", cohort_id=cohort.id)
    assert states(cohort) == {"Sam": "booked"}


def test_the_waiting_list_skips_those_who_have_not_prepared_when_the_date_has_passed(actor, partnership):
    module = library().modules[0]
    cohort = partnership.cohort(modules=(module.slug,), must_prepare=True, capacity=1)
    holder, idle, ready = (partnership.person(n, name=name) for n, name in enumerate(("Hal", "Idle", "Ready")))
    ask(cohort, holder, idle, ready)
    finish(ready, module)
    partnership.begin(cohort, days=-1)
    with writing():
        actions.cancel(actor(holder), cohort.id)
    assert states(cohort) == {"Hal": "cancelled", "Idle": "waiting", "Ready": "booked"}


def test_a_trainer_lets_somebody_come_without_for_a_reason(as_user, actor, partnership):
    module, sam = library().modules[0], partnership.person(1, name="Sam")
    cohort = partnership.cohort(modules=(module.slug,), must_prepare=True)
    ask(cohort, sam)
    partnership.begin(cohort, days=-1)
    browser = as_user(partnership.trainer)
    page = browser.get("building.manage", cohort_id=cohort.id)
    assert "1 person with a place has not finished the preparation" in page.words
    (form,) = [one for one in page.forms() if one.get("action").endswith("/unprepared")]
    assert "Say why" in browser.send(page, form, {"reason": ""}, expect=422).words
    browser.send(page, form, {"reason": "Teaches this module herself"})
    assert "has not finished" not in browser.get("building.manage", cohort_id=cohort.id).words
    assert entry(cohort, sam).waived_why == "Teaches this module herself"
    assert "A trainer lets you come without it." in as_user(sam).get("cohorts.show", cohort_id=cohort.id).words
    with pytest.raises(NotFound), writing():
        waiving.waive_preparation(actor(partnership.person(2)), cohort.id, entry(cohort, sam).id, "x")


def test_once_the_day_is_over_nobody_who_ran_it_reads_what_people_have_finished(as_user, partnership):
    module, sam = library().modules[0], partnership.person(1, name="Sam")
    cohort = partnership.cohort(modules=(module.slug,), must_prepare=True)
    ask(cohort, sam)
    browser = as_user(partnership.trainer)
    assert "still to prepare" in browser.get("building.manage", cohort_id=cohort.id).words
    partnership.begin(cohort, days=40)
    page = browser.get("building.manage", cohort_id=cohort.id)
    assert "Sam" in page.words
    assert "prepar" not in page.words


def test_what_is_usually_held_is_filled_in_by_one_click_and_nothing_is_saved(as_user, partnership):
    cohort = partnership.cohort(capacity=24)
    browser = as_user(partnership.trainer)
    page = browser.post("building.edit", edit_form(cohort, usual="1"), cohort_id=cohort.id, expect=200)
    filled = {one.get("name"): one.get("value") for one in page.all("//input[starts-with(@name, 'held_')]")}
    assert filled == {
        "held_health": "4", "held_education": "4", "held_social_care": "4", "held_police": "4", "held_voluntary": "2",
        "held_housing": "",
    }  # fmt: skip
    assert page.all("//input[@name='release_on']/@value")[0] > clock.today().isoformat()
    assert stored(cohort).held == []
    browser.post("building.edit", edit_form(cohort, **filled), cohort_id=cohort.id)
    assert stored(cohort).holds["police"] == 4
    assert stored(cohort).release_on > clock.today()
    manage = browser.get("building.manage", cohort_id=cohort.id)
    assert "Police and justice0 of 4 taken" in manage.words.replace("P Police", "Police").replace(" 0", "0")


def test_a_release_date_in_the_past_is_refused(as_user, partnership):
    cohort = partnership.cohort()
    gone = (clock.today() - timedelta(days=1)).isoformat()
    page = as_user(partnership.trainer).post(
        "building.edit", edit_form(cohort, held_police="2", release_on=gone), cohort_id=cohort.id, expect=422
    )
    assert "Enter a date that is still to come" in page.words


def test_the_enter_key_saves_and_does_not_fill_in_held_places(as_user, partnership):
    page = as_user(partnership.trainer).get("building.edit", cohort_id=partnership.cohort().id)
    buttons = page.all("//main//form//button")
    assert buttons[0].get("name") is None
    assert [one.get("name") for one in buttons].count("usual") == 1
