"""My training: the next step on top, for a new starter, someone in the middle, and someone who is up to date."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from lms.catalogue import shelf
from lms.cohorts.models import Booking, Cohort, CohortSession
from lms.core import clock
from lms.core.clock import months_later
from lms.core.db import writing
from lms.core.events import announce
from lms.core.permissions import Role, Scope
from lms.quizzes.events import QuizPassed
from tests.learning.reading import MODULE, counting

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


def core_modules():
    return [module for module in shelf.library().modules if module.core]


def finish(visitor, person, module):
    for quiz in module.quizzes:
        with writing():
            announce(QuizPassed(person.id, quiz, module.slug, uuid4(), clock.now()))
    for page in module.pages:
        visitor.post("learning.read_on", module=module.slug, page=page.slug)


def needed(page):
    return [" ".join(row.text_content().split()) for row in page.all("//section[@aria-labelledby='need']//li")]


def panel(page):
    return " ".join(page.tree.xpath("string(//section[contains(@class, 'panel')])").split())


def test_a_new_starter_is_offered_one_module_with_the_reason_and_the_date(make, as_user):
    with time_machine.travel(START):
        page = as_user(make.person(starts_on=START.date())).get("home.home")
    first = core_modules()[0]
    assert "A good place to begin" in panel(page)
    assert first.title in panel(page)
    assert "Everyone who works around a child in this partnership needs it" in panel(page)
    assert "Sunday 31 May 2026" in panel(page)
    assert len(needed(page)) == len(core_modules()) - 1


def test_who_has_begun_carries_on_at_the_very_page(make, as_user):
    person = make.person()
    module = shelf.library().module(MODULE)
    as_user(person).post("learning.read_on", module=MODULE, page=module.pages[0].slug)
    page = as_user(person).get("home.home")
    assert "Carry on where you stopped" in panel(page)
    assert f"Page 2 of {len(module.pages)}: {module.pages[1].title}" in panel(page)
    assert f"1 of {len(module.pages)} pages read" in panel(page)
    [link] = page.all("//section[contains(@class, 'panel')]//a[text()='Continue']/@href")
    assert link == f"/learn/{MODULE}/{module.pages[1].slug}"
    assert not any(row.startswith(module.title) for row in needed(page))


def test_the_module_touched_last_is_the_one_to_carry_on_with(make, as_user):
    person = make.person()
    visitor = as_user(person)
    first, second, *_ = shelf.library().modules
    for module in (first, second, first):
        unread = module.pages[0] if module is second else module.pages[1]
        visitor.post("learning.read_on", module=module.slug, page=unread.slug)
    page = visitor.get("home.home")
    assert second.title in panel(page)
    visitor.post("learning.read_on", module=first.slug, page=first.pages[0].slug)
    assert first.title in panel(visitor.get("home.home"))


def test_what_is_overdue_says_so_kindly(make, as_user):
    page = as_user(make.person(starts_on=clock.today() - timedelta(days=200))).get("home.home")
    late = [row for row in needed(page) if "Overdue since" in row]
    assert late
    assert all("you can do it in parts" in row for row in late)


@pytest.mark.slow
def test_who_has_done_everything_is_up_to_date_and_sees_what_runs_out_first(make, as_user):
    person = make.person()
    with time_machine.travel(START):
        visitor = as_user(person)
        for module in core_modules():
            finish(visitor, person, module)
        page = visitor.get("home.home")
    assert "You are up to date. Next: renew" in page.words
    assert needed(page) == []
    assert not page.all("//section[contains(@class, 'panel')]")
    in_date = page.all("//section[@aria-labelledby='done']//h3/a")
    slugs = {module.slug for module in core_modules()}
    brought = [one for one in shelf.library().programmes if slugs.issuperset(one.required)]
    assert {link.text_content() for link in in_date} == {one.title for one in [*core_modules(), *brought]}
    total = sum(module.minutes for module in core_modules())
    hours, minutes = divmod(total, 60)
    said = page.all("//section[@aria-labelledby='hours']//dd")[0].text_content()
    assert said.split() == [str(hours), "h", str(minutes), "min"]


@pytest.mark.slow
def test_what_is_to_be_renewed_is_needed_again_and_no_longer_listed_as_in_date(make, as_user, three_modules):
    person = make.person()
    module = shelf.library().module(MODULE)
    with time_machine.travel(START):
        finish(as_user(person), person, module)
    with time_machine.travel(months_later(START.date(), module.valid_months) - timedelta(days=30)):
        page = as_user(person).get("home.home")
    [row] = [row for row in needed(page) if row.startswith(module.title)]
    assert "Time to renew" in row
    assert "Due 2 March" in row
    assert module.title not in page.tree.xpath("string(//section[@aria-labelledby='done'])")


def test_who_began_a_module_that_is_not_required_carries_on_with_it(make, as_user):
    person = make.person()
    [module, *_] = [module for module in shelf.library().modules if not module.core]
    as_user(person).post("learning.read_on", module=module.slug, page=module.pages[0].slug)
    page = as_user(person).get("home.home")
    assert module.title in panel(page)
    assert len(needed(page)) == len(core_modules())


def test_hours_count_this_year_only(make, as_user):
    person = make.person()
    with time_machine.travel(START):
        finish(as_user(person), person, shelf.library().module(MODULE))
    with time_machine.travel(START + timedelta(days=365)):
        page = as_user(person).get("home.home")
    assert "Modules finished in 2027" in page.words
    assert page.all("//section[@aria-labelledby='hours']//dd")[0].text_content() == "0 minutes"


def test_the_next_joint_day_shows_its_date_and_place(make, as_user):
    person = make.person()
    [agency] = {membership.agency for membership in [make.membership(person)]}
    starts = clock.now() + timedelta(days=20)
    with writing() as session:
        cohort = Cohort(
            partnership=agency.partnership,
            title="Who leads, and who decides",
            state="open",
            capacity=24,
            minimum_agencies=4,
            largest_share=40,
        )
        cohort.sessions = [
            CohortSession(starts_at=starts, ends_at=starts + timedelta(hours=6), place="Fern Hall, Brackenford")
        ]
        session.add(cohort)
        session.flush()
        session.add(
            Booking(cohort_id=cohort.id, person_id=person.id, agency_id=agency.id, job="Health visitor", state="booked")
        )
    page = as_user(person).get("home.home")
    assert "Who leads, and who decides" in page.words
    assert "Fern Hall, Brackenford" in page.words
    other = as_user(make.person()).get("home.home")
    assert "Fern Hall" not in other.words
    assert "You have no place on a joint day" in other.words


def test_people_who_look_after_others_find_their_door_at_the_top(make, as_user):
    everything = tuple((role, Scope.PARTNERSHIP) for role in Role)
    boss = as_user(make.person(roles=everything)).get("home.home")
    assert "You also look after: My team · Cohorts · Content · Agencies and people" in boss.words
    assert "You also look after" not in as_user(make.person()).get("home.home").words


def test_somebody_without_a_post_has_a_page_too(make, as_user):
    page = as_user(make.person(roles=())).get("home.home")
    assert page.h1 == "My training"
    assert "You are up to date." in page.words


@pytest.mark.slow
def test_the_page_asks_the_database_a_fixed_number_of_times(make, as_user):
    person = make.person()
    visitor = as_user(person)
    with counting() as before:
        visitor.get("home.home")
    for module in shelf.library().modules:
        finish(visitor, person, module)
    with counting() as after:
        visitor.get("home.home")
    assert len(after) == len(before) <= 12, after


def test_nobody_sees_it_without_signing_in(nobody):
    assert "/sign-in" in nobody.get("home.home", expect=303).location
