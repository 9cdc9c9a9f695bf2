"""What a person is told of their own requirements, from the rows of the database."""

from datetime import timedelta

import pytest

from lms.assignments import queries
from lms.assignments.due import Status
from lms.assignments.models import Exemption
from lms.core import clock
from lms.core.db import writing
from tests.assignments.pasts import BY_CHOICE, CORE, OTHER_CORE, begin, complete, days_ago
from tests.learning.reading import counting


@pytest.fixture
def own(actor):
    """Where a person stands, by module."""
    return lambda person: {one.module: one for one in queries.own(actor(person))}


def test_core_modules_are_due_ninety_days_after_the_start_and_others_are_not_required(make, own):
    sam = make.person(starts_on=days_ago(10))
    found = own(sam)
    for module in (CORE, OTHER_CORE):
        assert found[module].required
        assert found[module].due_on == days_ago(-80)
        assert found[module].status is Status.NOT_STARTED
    assert not found[BY_CHOICE].required
    assert found[BY_CHOICE].status is Status.NOT_REQUIRED


def test_what_is_begun_is_in_progress_and_what_is_late_is_overdue(make, own):
    new, old = make.person(starts_on=days_ago(10)), make.person(starts_on=days_ago(91))
    with writing():
        begin(new)
        begin(old)
    assert own(new)[CORE].status is Status.IN_PROGRESS
    assert own(old)[CORE].standing.words.startswith("Overdue since ")
    assert own(old)[CORE].is_late


def test_a_certificate_says_until_when_whatever_the_module_says_now(make, own):
    sam = make.person(starts_on=days_ago(500))
    with writing():
        complete(sam, CORE, days_ago(400), months=12)
        complete(sam, OTHER_CORE, days_ago(400), months=None)
    assert own(sam)[CORE].status is Status.EXPIRED
    assert own(sam)[OTHER_CORE].status is Status.CURRENT
    assert own(sam)[OTHER_CORE].completed_on == days_ago(400)


def test_a_renewal_counts_beside_the_old_certificate(make, own):
    sam = make.person(starts_on=days_ago(2000))
    with writing():
        complete(sam, CORE, days_ago(1500))
        complete(sam, CORE, days_ago(5))
    assert own(sam)[CORE].status is Status.CURRENT
    assert own(sam)[CORE].completed_on == days_ago(5)


def test_a_withdrawn_certificate_does_not_count_but_an_earlier_one_still_does(make, own):
    sam = make.person(starts_on=days_ago(500))
    with writing():
        complete(sam, CORE, days_ago(20), withdrawn=clock.today())
        complete(sam, OTHER_CORE, days_ago(300))
        complete(sam, OTHER_CORE, days_ago(20), withdrawn=days_ago(1))
    assert own(sam)[CORE].status is Status.OVERDUE
    assert own(sam)[CORE].completed_on is None
    assert own(sam)[OTHER_CORE].completed_on == days_ago(300)


def test_posts_that_have_ended_or_not_begun_ask_for_nothing(make, own):
    sam = make.person(starts_on=days_ago(500), ends_on=days_ago(1))
    make.membership(sam, starts_on=days_ago(-3))
    assert not own(sam)[CORE].required
    with writing():
        complete(sam)
    assert own(sam)[CORE].status is Status.CURRENT


def test_the_last_day_of_a_post_still_counts(make, own):
    sam = make.person(starts_on=days_ago(500), ends_on=clock.today())
    assert own(sam)[CORE].required


def test_what_is_needed_first_stands_first_and_what_has_no_date_last(make, actor):
    sam = make.person(starts_on=days_ago(20))
    with writing():
        complete(sam, OTHER_CORE, days_ago(1000))
    found = queries.own(actor(sam))
    assert [one.module for one in found] == [CORE, OTHER_CORE, BY_CHOICE]


def test_somebody_without_any_post_or_past_is_asked_for_nothing(make, own):
    sam = make.person(roles=())
    assert {one.status for one in own(sam).values()} == {Status.NOT_REQUIRED}


def test_an_exemption_of_one_employer_does_not_hide_what_another_asks(make, own):
    first, second = make.agency(), make.agency()
    sam = make.person(agency=first, starts_on=days_ago(500))
    boss = make.manager(agency=first)
    with writing() as session:
        session.add(Exemption(person_id=sam.id, agency_id=first.id, module=CORE, reason="Leave", granted_by=boss.id))
    assert own(sam)[CORE].standing.words == "Exempt"
    make.membership(sam, agency=second, starts_on=days_ago(100))
    assert own(sam)[CORE].status is Status.OVERDUE
    assert own(sam)[CORE].due_on == days_ago(10)


def test_an_exemption_has_no_say_after_its_last_day_or_once_it_was_ended(make, own):
    agency = make.agency()
    sam, boss = make.person(agency=agency, starts_on=days_ago(500)), make.manager(agency=agency)
    given = {"person_id": sam.id, "agency_id": agency.id, "reason": "Leave", "granted_by": boss.id}
    with writing() as session:
        session.add(Exemption(**given, module=CORE, until=days_ago(1)))
        session.add(Exemption(**given, module=OTHER_CORE, ended_by=boss.id, ended_at=clock.now() - timedelta(hours=1)))
    assert own(sam)[CORE].status is Status.OVERDUE
    assert own(sam)[OTHER_CORE].status is Status.OVERDUE


def test_one_persons_requirements_cost_eight_queries_however_much_they_did(make, actor):
    sam = make.person()
    with writing():
        for _ in range(4):
            complete(sam, CORE, days_ago(100))
    whole = actor(sam)
    with counting() as sent:
        queries.own(whole)
    assert len(sent) == 8
