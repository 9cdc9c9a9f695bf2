"""The cases that joint training must get right, by name: those of booking. The others stand with the engine and the
tables.
"""

from datetime import timedelta

import time_machine

from lms.catalogue.shelf import library
from lms.cohorts.actions import booking as actions
from lms.cohorts.actions import filling
from lms.cohorts.models import Cohort
from lms.core import clock
from lms.core.db import db, writing
from lms.people import queries as people
from tests.cohorts.conftest import SECTORS, mails, states
from tests.cohorts.forms import edit_form


def book(cohort, *persons, needs=()):
    for person in persons:
        with writing():
            actions.book(people.actor(person), cohort.id, needs=needs)


def stored(cohort):
    db.session.rollback()
    return db.session.get(Cohort, cohort.id, populate_existing=True)


def test_a_colleague_without_the_preparation_is_refused_with_the_fix(make, as_user, partnership):
    """Case 5."""
    module, team = library().modules[0], make.team(partnership.agencies[1])
    sam, ben = make.person("Sam Sender", team=team), make.person("Ben Whitlock", team=team)
    cohort = partnership.cohort(modules=(module.slug,), must_prepare=True)
    book(cohort, sam)
    browser = as_user(sam)
    assert "Ben Whitlock" in browser.get("sending.choose", cohort_id=cohort.id).words
    page = browser.post("sending.send", {"person": str(ben.id)}, cohort_id=cohort.id, expect=422)
    by = stored(cohort).prepare_by
    assert f"Ben Whitlock has not finished ‘{module.title}’. Ben can do it by {by:%A} {by.day} {by:%B}" in page.words
    assert "or choose another colleague" in page.words
    assert states(cohort) == {"Sam Sender": "booked"}


def test_a_wheelchair_user_and_a_site_without_step_free_access_is_not_ready(as_user, partnership):
    """Case 8: not ready even when the trainer has ticked it as confirmed, until the room is known to have it."""
    cohort, rhys = partnership.cohort(), partnership.person(1, name="Rhys Wheels")
    book(cohort, rhys, needs=["step-free"])
    browser = as_user(partnership.trainer)
    page = browser.get("building.manage", cohort_id=cohort.id)
    assert page.all("//*[@data-ready]/@data-ready") == ["no"]
    assert "Somebody needs step-free access, and Fern Hall is not known to have it." in page.words
    form = next(one for one in page.forms() if "/arrangements/" in one.get("action"))
    browser.send(page, form, {"state": "confirmed", "note": "Ramp at the side door"})
    page = browser.get("building.manage", cohort_id=cohort.id)
    assert page.all("//*[@data-ready]/@data-ready") == ["no"]
    assert "step-free access, and Fern Hall is not known to have it" in page.words
    browser.post("building.edit", edit_form(cohort, features="step-free"), cohort_id=cohort.id)
    assert browser.get("building.manage", cohort_id=cohort.id).all("//*[@data-ready]/@data-ready") == ["yes"]


def test_when_the_release_date_passes_held_police_places_go_to_the_best_fit(partnership):
    """Case 9: not to the first on the list, but to whoever mixes the room best."""
    with time_machine.travel(clock.now()) as traveller:
        release = clock.today() + timedelta(days=3)
        cohort = partnership.cohort(capacity=4, largest_share=75, held={SECTORS[3].value: 2}, release_on=release)
        health = [partnership.person(0, name=f"Health {n}") for n in range(3)]
        book(cohort, *health)
        school = partnership.person(1, name="School")
        book(cohort, school)
        assert states(cohort) == {
            "Health 0": "booked",
            "Health 1": "booked",
            "Health 2": "waiting",
            "School": "waiting",
        }
        assert filling.catch_up_all() == 0
        traveller.shift(timedelta(days=4))
        assert filling.catch_up_all() == 1
        assert mails("moved_up") == [("School", "moved_up"), ("Health 2", "moved_up")]
        assert filling.catch_up_all() == 0


def test_two_trainers_edit_a_cohort_at_once_and_no_change_is_lost(make, as_user, actor, partnership):
    """Case 10."""
    cohort = partnership.cohort()
    other = make.trainer(partnership.agencies[1], name="Rhys Other")
    as_user(partnership.trainer).post("building.add_trainer", {"email": other.email}, cohort_id=cohort.id)
    first, second = as_user(other), as_user(partnership.trainer)
    opened = edit_form(cohort)
    assert first.get("building.edit", cohort_id=cohort.id).all("//input[@name='version']/@value") == ["1"]
    first.post("building.edit", opened | {"capacity": "20"}, cohort_id=cohort.id)
    page = second.post("building.edit", opened | {"about": "Bring a case."}, cohort_id=cohort.id, expect=422)
    assert "Rhys Other changed the number of places at " in page.words
    assert "What you typed is kept here and not saved." in page.words
    assert page.tree.xpath("string(//textarea[@name='about'])").strip() == "Bring a case."
    assert (stored(cohort).capacity, stored(cohort).about) == (20, "")
    again = opened | {
        "about": "Bring a case.",
        "capacity": "20",
        "version": page.all("//input[@name='version']/@value")[0],
    }
    second.post("building.edit", again, cohort_id=cohort.id)
    assert (stored(cohort).capacity, stored(cohort).about) == (20, "Bring a case.")
