"""Who sees which cohort: everything else is not there."""

from uuid import uuid4

import pytest

from lms.cohorts import queries
from lms.cohorts.actions import booking as actions
from lms.core.db import writing
from lms.core.permissions import Role, Scope
from tests.cohorts.conftest import states


@pytest.fixture
def outsider(make):
    """A manager and trainer of another partnership."""
    agency = make.agency("Far Away Trust", partnership="Elsewhere")
    return make.person(
        agency=agency, name="Otis Outside", roles=((Role.MANAGER, Scope.AGENCY), (Role.TRAINER, Scope.PARTNERSHIP))
    )


def doors(cohort, booking_id):
    """Every address about one cohort, with what a form would send."""
    here = {"cohort_id": cohort.id}
    session = cohort.sessions[0].id
    return {
        "get": [
            ("cohorts.show", here),
            ("building.manage", here),
            ("building.edit", here),
            ("building.call_off", here),
            ("attendance.register", {**here, "session_id": session}),
        ],
        "post": [
            ("cohorts.book", here, {}),
            ("cohorts.cancel", here, {}),
            ("cohorts.needs", here, {"access_needs": "x"}),
            ("building.edit", here, {}),
            ("building.take", here, {"person": str(uuid4()), "do": "add"}),
            ("building.remove", {**here, "booking_id": booking_id}, {}),
            ("building.open_for_booking", here, {}),
            ("building.close", here, {}),
            ("building.call_off", here, {}),
            ("building.add_trainer", here, {"email": "person-1@agency.example"}),
            ("building.remove_trainer", {**here, "person_id": cohort.trainers[0].person_id}, {}),
            ("attendance.register", {**here, "session_id": session}, {}),
            ("attendance.walk_in", {**here, "session_id": session}, {"person": str(uuid4())}),
        ],
    }


def booked_cohort(partnership, actor):
    cohort = partnership.cohort()
    with writing():
        outcome = actions.book(actor(partnership.person(1, name="Sam")), cohort.id)
    return cohort, outcome.booking.id


def test_nothing_of_a_cohort_is_there_for_an_outsider(as_user, actor, partnership, outsider):
    cohort, booking = booked_cohort(partnership, actor)
    browser = as_user(outsider)
    for endpoint, values in doors(cohort, booking)["get"]:
        browser.get(endpoint, expect=404, **values)
    for endpoint, values, data in doors(cohort, booking)["post"]:
        browser.post(endpoint, data, expect=404, **values)
    assert states(cohort) == {"Sam": "booked"}
    for page in ("cohorts.joint_days", "building.cohorts"):
        assert cohort.title not in browser.get(page).words


def test_a_trainer_does_not_run_another_trainers_cohort(make, as_user, actor, partnership):
    cohort, booking = booked_cohort(partnership, actor)
    browser = as_user(make.trainer(partnership.agencies[1]))
    for endpoint, values in doors(cohort, booking)["get"][1:]:
        browser.get(endpoint, expect=404, **values)
    for endpoint, values, data in doors(cohort, booking)["post"][3:]:
        browser.post(endpoint, data, expect=404, **values)
    assert states(cohort) == {"Sam": "booked"}
    assert cohort.title not in browser.get("building.cohorts").words


@pytest.mark.slow
def test_staff_and_managers_have_no_pages_for_running_cohorts(as_user, actor, make, partnership):
    cohort, booking = booked_cohort(partnership, actor)
    for person in (partnership.person(1), make.manager(agency=partnership.agencies[1])):
        browser = as_user(person)
        for endpoint, values in doors(cohort, booking)["get"][1:]:
            browser.get(endpoint, expect=403, **values)
        for endpoint, values, data in doors(cohort, booking)["post"][3:]:
            browser.post(endpoint, data, expect=403, **values)
        for endpoint in ("building.cohorts", "building.new"):
            browser.get(endpoint, expect=403)
    assert states(cohort) == {"Sam": "booked"}


def test_a_manager_sees_no_roster_of_their_people(make, as_user, actor, partnership):
    cohort, _ = booked_cohort(partnership, actor)
    page = as_user(make.manager(agency=partnership.agencies[1])).get("cohorts.show", cohort_id=cohort.id)
    assert "Sam" not in page.words


def test_a_visitor_who_has_not_signed_in_is_sent_to_sign_in(nobody, actor, partnership):
    cohort, booking = booked_cohort(partnership, actor)
    for endpoint, values in doors(cohort, booking)["get"]:
        assert "/sign-in" in nobody.get(endpoint, expect=303, **values).location


def test_a_coordinator_runs_every_cohort_of_the_partnership_and_none_elsewhere(make, as_user, actor, partnership):
    cohort, _ = booked_cohort(partnership, actor)
    here = make.person(agency=partnership.agencies[2], roles=((Role.COORDINATOR, Scope.PARTNERSHIP),))
    elsewhere = make.person(agency=make.agency(partnership="Elsewhere"), roles=((Role.COORDINATOR, Scope.PARTNERSHIP),))
    assert "Sam" in as_user(here).get("building.manage", cohort_id=cohort.id).words
    assert cohort.title in as_user(here).get("building.cohorts").words
    as_user(elsewhere).get("building.manage", cohort_id=cohort.id, expect=404)


def test_a_cohort_for_chosen_agencies_is_not_there_for_the_others(as_user, partnership):
    cohort = partnership.cohort(agencies=(partnership.agencies[2].id,))
    as_user(partnership.person(2)).get("cohorts.show", cohort_id=cohort.id)
    browser = as_user(partnership.person(1))
    browser.get("cohorts.show", cohort_id=cohort.id, expect=404)
    browser.post("cohorts.book", cohort_id=cohort.id, expect=404)
    assert states(cohort) == {}


def test_a_draft_is_there_for_its_trainers_only_even_for_people_already_on_it(as_user, actor, partnership):
    cohort, sam = partnership.cohort(draft=True), partnership.person(1)
    with writing():
        actions.add(actor(partnership.trainer), cohort.id, [sam.id])
    browser = as_user(sam)
    browser.get("cohorts.show", cohort_id=cohort.id, expect=404)
    browser.post("cohorts.cancel", cohort_id=cohort.id, expect=404)
    assert cohort.title not in browser.get("cohorts.joint_days").words
    assert queries.next_joint_day(actor(sam)) is None
    as_user(partnership.trainer).get("building.manage", cohort_id=cohort.id)


def test_someone_with_a_place_still_sees_a_closed_day(as_user, actor, partnership):
    cohort, _ = booked_cohort(partnership, actor)
    as_user(partnership.trainer).post("building.close", cohort_id=cohort.id)
    ann = partnership.person(2)
    as_user(ann).get("cohorts.show", cohort_id=cohort.id, expect=404)
    with writing():
        actions.add(actor(partnership.trainer), cohort.id, [ann.id])
    as_user(ann).get("cohorts.show", cohort_id=cohort.id)


def test_a_leaver_sees_only_the_days_they_are_on(make, as_user, actor, partnership):
    cohort, open_day = partnership.cohort(), partnership.cohort(title="Open to staff")
    sam = partnership.person(1)
    with writing():
        actions.book(actor(sam), cohort.id)
    with writing() as session:
        for membership in session.merge(sam).memberships:
            membership.ends_on = membership.starts_on
    browser = as_user(sam)
    browser.get("cohorts.show", cohort_id=cohort.id)
    browser.get("cohorts.show", cohort_id=open_day.id, expect=404)


def test_a_trainer_who_left_for_another_partnership_runs_nothing_of_the_old_one(make, as_user, actor, partnership):
    cohort, booking = booked_cohort(partnership, actor)
    with writing() as session:
        for membership in session.merge(partnership.trainer).memberships:
            membership.ends_on = membership.starts_on
    elsewhere = make.agency("Far Away Trust", partnership="Elsewhere")
    make.membership(partnership.trainer, agency=elsewhere, roles=((Role.TRAINER, Scope.PARTNERSHIP),))
    browser = as_user(partnership.trainer)
    for endpoint, values in doors(cohort, booking)["get"]:
        browser.get(endpoint, expect=404, **values)
    for endpoint, values, data in doors(cohort, booking)["post"]:
        browser.post(endpoint, data, expect=404, **values)
    assert states(cohort) == {"Sam": "booked"}
    assert cohort.title not in browser.get("building.cohorts").words


def test_the_role_of_the_request_counts_for_nothing(as_user, partnership):
    sam, cohort = partnership.person(1, name="Sam"), partnership.cohort(capacity=1)
    other = partnership.person(2, name="Other")
    as_user(sam).post(
        "cohorts.book", {"person_id": str(other.id), "state": "booked", "capacity": "9"}, cohort_id=cohort.id
    )
    assert states(cohort) == {"Sam": "booked"}
