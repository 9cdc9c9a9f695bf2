"""Who a person is today, and what administrators see of agencies."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lms.core import clock
from lms.core.db import writing
from lms.core.permissions import Permission, Role, Scope
from lms.people import actions, queries
from lms.people.sectors import Sector

TODAY = clock.today()


@pytest.fixture
def admin(make):
    agency = make.agency("The council", Sector.SOCIAL_CARE)
    return make.person("Sunil", agency=agency, roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),))


def test_a_person_can_work_for_two_agencies_with_different_roles(make):
    person = make.person(agency=make.agency("First"))
    make.membership(person, agency=make.agency("Second"), roles=((Role.TRAINER, Scope.PARTNERSHIP),))
    actor = queries.actor(person)
    assert {seat.agency for seat in actor.seats} == {"First", "Second"}
    assert actor.can(Permission.COHORT_EDIT)


@pytest.mark.parametrize(
    ("starts", "ends", "counts"), [(0, None, True), (1, None, False), (-9, 0, True), (-9, -1, False)]
)
def test_a_membership_counts_from_its_first_to_its_last_day(make, starts, ends, counts):
    person = make.person(
        starts_on=TODAY + timedelta(days=starts), ends_on=None if ends is None else TODAY + timedelta(days=ends)
    )
    assert bool(queries.actor(person).seats) is counts


def test_a_role_ends_with_its_membership(make):
    manager = make.manager(agency=make.agency(), ends_on=TODAY - timedelta(days=1))
    assert not queries.actor(manager).can(Permission.REPORT_READ)


def test_a_manager_of_a_team_is_not_a_manager_of_the_agency(make):
    agency = make.agency()
    actor = queries.actor(make.manager(team=make.team(agency)))
    assert actor.managed_teams
    assert not actor.managed_agencies


def test_roles_of_several_memberships_do_not_mix_their_reach(make):
    mine, other = make.agency("Mine"), make.agency("Other")
    person = make.manager(agency=mine)
    make.membership(person, agency=other)
    assert queries.actor(person).managed_agencies == {mine.id}


def test_an_administrator_sees_agencies_with_teams_and_head_counts(make, as_user, admin):
    team = make.team(make.agency("Trust"), "Kestrel House")
    make.person(team=team)
    make.person(team=team, ends_on=date(2026, 2, 1))
    page = as_user(admin).get("people.agencies")
    assert "Health · 1 person · Kestrel House" in page.words


def test_an_administrator_sees_who_works_in_an_agency(make, as_user, admin):
    agency = make.agency("Trust")
    make.manager(agency=agency, name="Morgan Ellis")
    page = as_user(admin).get("people.agency", agency_id=agency.id)
    assert "Morgan Ellis" in page.words
    assert "manager (agency)" in page.words


def test_an_administrator_sees_nothing_of_another_partnership(make, as_user, admin):
    away = make.agency("Away", partnership="Westmark")
    browser = as_user(admin)
    assert "Away" not in browser.get("people.agencies").words
    browser.get("people.agency", agency_id=away.id, expect=404)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_opens_agencies_and_people(make, as_user, role):
    agency = make.agency()
    browser = as_user(make.person(agency=agency, roles=((role, Scope.PARTNERSHIP),)))
    browser.get("people.agencies", expect=403)
    browser.get("people.agency", agency_id=agency.id, expect=403)


POST = actions.Post("Trust", Sector.HEALTH, "Fernshire", "Kestrel House", "Health visitor")


@pytest.mark.parametrize(
    "email",
    ["", "leah", "leah@", "leah@trust.example\nBcc: x@y.example", "../../leah@trust.example", "a" * 250 + "@x.org"],
)
def test_an_account_needs_an_address_that_a_mail_can_reach(database, email):
    with pytest.raises(actions.NotAnAddress), writing():
        actions.add_person(None, email, "Leah Stone", "none", POST)


@pytest.mark.parametrize("change", [{"agency": " "}, {"partnership": ""}, {"job": ""}])
def test_an_account_needs_words_where_people_will_read_them(database, change):
    with pytest.raises(actions.Unnamed), writing():
        actions.add_person(None, "leah@trust.example", "Leah Stone", "none", replace(POST, **change))


def test_an_account_needs_a_name(database):
    with pytest.raises(actions.Unnamed), writing():
        actions.add_person(None, "leah@trust.example", " ", "none", POST)


def test_an_administrator_says_where_a_team_works(make, as_user, admin):
    agency = make.agency("The trust")
    team = make.team(agency, "Health visitors")
    visitor = as_user(admin)
    where = {"team": str(team.id), "locality": "  North   Fern "}
    page = visitor.follow(visitor.post("people.set_locality", where, agency_id=agency.id))
    assert "Saved. Health visitors works in North Fern." in page.words
    long = visitor.post("people.set_locality", where | {"locality": "x" * 81}, agency_id=agency.id, expect=422)
    assert "Keep the locality within 80 characters." in long.words
    assert long.all("//input[@id='locality']")[0].get("value") == "x" * 81
    page = visitor.follow(visitor.post("people.set_locality", where | {"locality": ""}, agency_id=agency.id))
    assert "Health visitors has no locality." in page.words


def test_nobody_says_where_a_team_of_others_works(make, as_user, admin):
    away = make.agency("Away", partnership="Westmark")
    team, own = make.team(away), make.agency("The trust")
    make.team(own)
    where = {"team": str(team.id), "locality": "North"}
    as_user(admin).post("people.set_locality", where, agency_id=away.id, expect=404)
    as_user(admin).post("people.set_locality", where, agency_id=own.id, expect=422)
    as_user(make.manager(agency=away)).post("people.set_locality", where, agency_id=away.id, expect=403)
