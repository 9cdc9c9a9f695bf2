"""The hard cells of who may see what, over HTTP: people who are two things at once, or have just stopped being one.

Cells with a test elsewhere are named in `docs/permissions.md`.
"""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from lms.cohorts.actions import booking
from lms.core import clock
from lms.core.db import writing
from lms.core.permissions import Role, Scope
from lms.people import queries as people
from lms.people.models import Membership
from lms.people.sectors import Sector
from tests.support.offering import LEAD, finish

START = date(2026, 1, 5)


@pytest.fixture
def moved(make):
    """A manager who yesterday went from one team of their employer to another, with somebody in each."""
    agency = make.agency("Trust")
    north, south = make.team(agency, "North"), make.team(agency, "South")
    ben, dele = make.person("Ben North", team=north), make.person("Dele South", team=south)
    yesterday = clock.today() - timedelta(days=1)
    roles = ((Role.STAFF, Scope.TEAM), (Role.MANAGER, Scope.TEAM))
    mona = make.manager(team=north, name="Mona Manager", starts_on=START, ends_on=yesterday - timedelta(days=1))
    make.membership(mona, team=south, roles=roles, starts_on=yesterday)
    return SimpleNamespace(mona=mona, ben=ben, dele=dele, north=north, south=south)


def test_a_manager_whose_team_changed_yesterday_sees_the_new_team_alone(moved, as_user):
    finish(moved.ben, LEAD)
    browser = as_user(moved.mona)
    for address in ("reports.completion", "releasing.due", "chasing.check", "assigning.assign", "compliance.table"):
        answer = browser.client.get(browser.address(address))
        assert answer.status_code == 200, address
        assert "Ben North" not in answer.text, address
        assert str(moved.north.id) not in answer.text, address
    assert "Dele South" in browser.get("reports.completion").words
    browser.get("reports.person", person_id=moved.dele.id)
    for address in ("reports.person", "leave.record", "accepting.accept"):
        browser.get(address, person_id=moved.ben.id, expect=404)
    for query in ({"team": str(moved.north.id)}, {"q": "Ben"}):
        answer = browser.client.get(browser.address("exports.file", name="completion", kind="csv"), query_string=query)
        assert b"Ben North" not in answer.data
    browser.get("releasing.limit", team_id=moved.north.id, expect=404)
    data = {"module": LEAD, "reason": "Mine no more", "csrf_token": browser.token()}
    answer = browser.client.post(browser.address("reports.exempt", person_id=moved.ben.id), data=data)
    assert answer.status_code == 404


def test_as_at_a_day_before_they_came_they_see_who_is_theirs_now_and_nobody_else(moved, as_user):
    day = {"as_at": str(clock.today() - timedelta(days=30))}
    words = as_user(moved.mona).get("reports.completion", query=day).words
    assert "Ben North" not in words


def test_a_manager_is_a_learner_with_a_record_of_their_own_and_decides_nothing_about_it(make, as_user):
    team = make.team(make.agency("Trust"))
    mona, ben = make.manager(team=team, name="Mona Manager"), make.person("Ben", team=team)
    finish(mona, LEAD)
    browser = as_user(mona)
    assert "1 certificate" in browser.get("record.record").words
    browser.get("certificates.record")
    assert "Mona Manager" in browser.get("reports.completion").words
    data = {"module": LEAD, "reason": "I know it", "csrf_token": browser.token()}
    before = browser.client.post(browser.address("reports.exempt", person_id=mona.id), data=data)
    assert before.status_code in (403, 404, 422)
    for address in ("leave.record", "accepting.accept"):
        answer = browser.client.get(browser.address(address, person_id=mona.id))
        assert answer.status_code in (403, 404), address
    browser.get("leave.record", person_id=ben.id)


@pytest.mark.slow
def test_a_trainer_on_somebody_elses_day_is_a_learner_there(make, as_user, partnership):
    trainer, leah = partnership.trainer, partnership.person(1, name="Leah Stone")
    cohort = partnership.cohort()
    with writing():
        booking.add(people.actor(trainer), cohort.id, [leah.id])
        second = make.trainer(partnership.agencies[2], name="Theo Trainer")
        booking.add(people.actor(trainer), cohort.id, [second.id])
    learner = as_user(second)
    # Somebody who trains elsewhere is a learner here: the names of those they meet, and nothing to run the day with.
    assert "Leah Stone" in learner.get("cohorts.show", cohort_id=cohort.id).words
    at = {"cohort_id": cohort.id, "session_id": cohort.sessions[0].id}
    for address in ("building.manage", "building.edit"):
        learner.get(address, cohort_id=cohort.id, expect=404)
    for address in ("attendance.register", "attendance.sheet", "arriving.room", "seating.make"):
        learner.get(address, expect=404, **at)
    assert "Leah Stone" in as_user(trainer).get("building.manage", cohort_id=cohort.id).words


@pytest.mark.slow
def test_on_a_mixed_day_the_trainer_reads_all_names_and_a_manager_none(make, as_user, partnership):
    team = make.team(partnership.agencies[1], "Front door")
    manager = make.manager(team=team, name="Mo Manager")
    boss = make.manager(agency=partnership.agencies[1], name="Bo Boss")
    ours, theirs = make.person("Ours Asker", team=team), partnership.person(2, name="Theirs Asker")
    cohort = partnership.cohort()
    with writing():
        booking.add(people.actor(partnership.trainer), cohort.id, [ours.id, theirs.id])
    words = as_user(partnership.trainer).get("building.manage", cohort_id=cohort.id).words
    assert "Ours Asker" in words
    assert "Theirs Asker" in words
    for who in (manager, boss):
        browser = as_user(who)
        shown = browser.get("cohorts.show", cohort_id=cohort.id).words
        assert "Ours Asker" not in shown
        assert "Theirs Asker" not in shown
        at = {"cohort_id": cohort.id}
        for address in ("building.manage", "sending.choose"):
            assert browser.client.get(browser.address(address, **at)).status_code in (403, 404)
        at["session_id"] = cohort.sessions[0].id
        for address in ("attendance.register", "attendance.sheet", "seating.listed"):
            assert browser.client.get(browser.address(address, **at)).status_code == 403
        for name in ("releasing.due", "releasing.cover", "reports.completion"):
            assert "Theirs Asker" not in browser.get(name).text


def test_the_administrator_of_one_agency_has_nothing_of_a_day_that_another_holds(make, as_user, partnership):
    own, host = partnership.agencies[1], partnership.agencies[0]
    admin = make.person("Ada Admin", agency=own, roles=((Role.ADMINISTRATOR, Scope.AGENCY),))
    mine, theirs = partnership.person(1, name="Ours Asker"), partnership.person(2, name="Theirs Asker")
    cohort = partnership.cohort()
    with writing():
        booking.add(people.actor(partnership.trainer), cohort.id, [mine.id, theirs.id])
    browser = as_user(admin)
    shown = browser.get("cohorts.show", cohort_id=cohort.id).words
    assert "Ours Asker" not in shown
    assert "Theirs Asker" not in shown
    browser.get("building.manage", cohort_id=cohort.id, expect=403)
    browser.get("building.edit", cohort_id=cohort.id, expect=403)
    browser.get("people.agency", agency_id=own.id)
    for address in ("people.agency", "inviting.listed", "providers.listed", "directory.show"):
        browser.get(address, agency_id=host.id, expect=404)
    browser.get("people.agency", agency_id=partnership.agencies[2].id, expect=404)
    for address in ("reports.completion", "together.figures", "operating.overview", "erasures.listed"):
        browser.get(address, expect=403)
    browser.get("second_step.reset", person_id=theirs.id, expect=404)


def test_somebody_of_two_agencies_is_seen_by_each_at_its_own_post_alone(make, as_user):
    health, care = make.agency("Health"), make.agency("Care", Sector.SOCIAL_CARE)
    team = make.team(health, "North")
    torn = make.person("Tess Two", team=team, job="Nurse")
    make.membership(torn, agency=care, job="Family worker")
    for agency, seen, hidden in ((health, "Nurse", "Family worker"), (care, "Family worker", "Nurse")):
        browser = as_user(make.manager(agency=agency))
        page = browser.get("reports.person", person_id=torn.id).words
        assert seen in page
        assert hidden not in page
        answer = browser.client.get(browser.address("exports.file", name="completion", kind="csv"))
        assert hidden not in answer.text


def test_a_leaver_keeps_the_certificate_and_no_manager_old_or_new_gets_it(make, as_user, nobody):
    team = make.team(make.agency("Trust"), "North")
    manager, leah = make.manager(team=team), make.person("Leah Stone", team=team)
    finish(leah, LEAD)
    with writing() as session:
        session.get(Membership, leah.memberships[0].id).ends_on = clock.today() - timedelta(days=1)
    owner = as_user(leah)
    page = owner.get("certificates.record")
    links = [one for one in page.all("//main//a/@href") if one.startswith("/certificates/")]
    assert links
    assert owner.client.get(links[0]).status_code == 200
    for who in (manager, make.manager(team=team)):
        browser = as_user(who)
        assert browser.client.get(links[0]).status_code == 404
        browser.get("reports.person", person_id=leah.id, expect=404)
        assert b"Leah" not in browser.client.get(browser.address("bundle.certificates")).data
    assert nobody.client.get(links[0]).status_code == 303
