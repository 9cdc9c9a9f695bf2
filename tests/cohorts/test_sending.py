"""A place passes to a colleague of the same agency, in two clicks."""

import pytest
from sqlalchemy import select

from lms.cohorts.actions import approving, substituting, waiving
from lms.cohorts.actions import booking as actions
from lms.cohorts.models import Booking, MissedPlace
from lms.cohorts.states import Missed
from lms.core.db import db, writing
from lms.people import queries as people
from tests.cohorts.conftest import mails, states
from tests.cohorts.test_approving import ask
from tests.cohorts.test_offers import entry


@pytest.fixture
def team(make, partnership):
    return make.team(partnership.agencies[1], "Front door")


@pytest.fixture
def sam(make, team):
    return make.person("Sam Sender", team=team, job="Social worker")


@pytest.fixture
def ben(make, team):
    return make.person("Ben Sent", team=team, job="Social worker")


def test_two_clicks_and_the_place_is_the_colleagues(as_user, partnership, sam, ben):
    cohort = partnership.cohort(capacity=1)
    ask(cohort, sam, partnership.person(2, name="Waits"))
    browser = as_user(sam)
    assert "Send a colleague" in browser.get("cohorts.show", cohort_id=cohort.id).words
    page = browser.get("sending.choose", cohort_id=cohort.id)
    (form,) = [one for one in page.forms() if one.get("method") == "post" and "/send" in one.get("action")]
    after = browser.follow(browser.send(page, form))
    assert "Ben Sent has your place. You are both told." in after.words
    assert states(cohort) == {"Sam Sender": "cancelled", "Ben Sent": "booked", "Waits": "waiting"}
    assert mails("sent") == [("Ben Sent", "sent")]
    assert mails("replaced") == [("Sam Sender", "replaced")]
    assert mails("moved_up") == []
    assert db.session.scalars(select(MissedPlace)).all() == []


@pytest.mark.usefixtures("ben")
def test_the_same_team_and_job_come_first_and_other_agencies_never(make, as_user, partnership, team, sam):
    other_team = make.team(partnership.agencies[1], "Kestrel House")
    make.person("Ada Otherjob", team=team, job="Manager")
    make.person("Zed Elsewhere", team=other_team, job="Social worker")
    make.person("Zed Stranger", agency=partnership.agencies[2])
    cohort = partnership.cohort()
    ask(cohort, sam)
    browser = as_user(sam)
    names = browser.get("sending.choose", cohort_id=cohort.id).all("//main//li//b/text()")
    assert names == ["Ben Sent", "Ada Otherjob"]
    found = browser.get("sending.choose", query={"name": "zed"}, cohort_id=cohort.id).all("//main//li//b/text()")
    assert found == ["Zed Elsewhere"]
    stranger = db.session.scalars(select(people.Person).where(people.Person.name == "Zed Stranger")).one()
    browser.post("sending.send", {"person": str(stranger.id)}, cohort_id=cohort.id, expect=422)
    assert states(cohort) == {"Sam Sender": "booked"}


def test_only_a_place_can_be_passed_on(as_user, partnership, sam, ben):
    cohort = partnership.cohort(capacity=1)
    ask(cohort, partnership.person(0), sam)
    browser = as_user(sam)
    browser.get("sending.choose", cohort_id=cohort.id, expect=404)
    browser.post("sending.send", {"person": str(ben.id)}, cohort_id=cohort.id, expect=404)
    with pytest.raises(substituting.NoPlace), writing():
        substituting.send(people.actor(sam), cohort.id, ben.id)


def test_nobody_is_sent_whom_a_trainer_took_off(actor, partnership, sam, ben):
    cohort = partnership.cohort()
    ask(cohort, sam, ben)
    with writing():
        actions.remove(actor(partnership.trainer), cohort.id, entry(cohort, ben).id)
    with pytest.raises(substituting.NotThisOne), writing():
        substituting.send(actor(sam), cohort.id, ben.id)


def test_where_managers_approve_the_place_passes_within_the_team_and_keeps_its_approval(
    make, partnership, team, sam, ben
):
    cohort = partnership.cohort(needs_approval=True)
    other = make.person("Odd Otherteam", team=make.team(partnership.agencies[1]))
    manager = make.manager(team=team)
    ask(cohort, sam)
    with writing():
        approving.approve(people.actor(manager), entry(cohort, sam).id)
    with pytest.raises(substituting.NotThisOne), writing():
        substituting.send(people.actor(sam), cohort.id, other.id)
    with writing():
        substituting.send(people.actor(sam), cohort.id, ben.id)
    assert entry(cohort, ben).approved_by == manager.id


def test_sending_a_colleague_clears_what_was_recorded_for_cancelling_late(partnership, actor, sam, ben):
    cohort = partnership.cohort()
    ask(cohort, sam)
    partnership.begin(cohort, days=-1)
    with writing():
        actions.cancel(actor(sam), cohort.id)
    ask(cohort, sam)
    assert [one.cleared for one in db.session.scalars(select(MissedPlace))] == [None]
    with writing():
        substituting.send(actor(sam), cohort.id, ben.id)
    db.session.rollback()
    (found,) = db.session.scalars(select(MissedPlace).execution_options(populate_existing=True))
    assert (found.kind, found.cleared_how, found.cleared_by) == (Missed.LATE, "colleague", sam.id)


def test_a_colleague_whom_a_trainer_lets_come_unprepared_can_be_sent(actor, partnership, sam, ben):
    cohort = partnership.cohort(modules=("lead-professional",), must_prepare=True, capacity=1)
    ask(cohort, sam, ben)
    with pytest.raises(substituting.NotPrepared), writing():
        substituting.send(actor(sam), cohort.id, ben.id)
    with writing():
        waiving.waive_preparation(actor(partnership.trainer), cohort.id, entry(cohort, ben).id, "Did it elsewhere")
    with writing():
        substituting.send(actor(sam), cohort.id, ben.id)
    assert states(cohort) == {"Sam Sender": "cancelled", "Ben Sent": "booked"}


def test_what_the_sender_needed_is_not_the_colleagues(actor, partnership, sam, ben):
    cohort = partnership.cohort()
    with writing():
        actions.book(actor(sam), cohort.id, "A chair by the door", ["loop"])
    with writing():
        substituting.send(actor(sam), cohort.id, ben.id)
    rows = db.session.scalars(select(Booking).execution_options(populate_existing=True)).all()
    assert [(one.access_needs, one.arrangements) for one in rows] == [("", []), ("", [])]


def test_no_colleague_once_the_day_has_begun(actor, partnership, sam, ben):
    cohort = partnership.cohort()
    ask(cohort, sam)
    partnership.begin(cohort, minutes=1)
    with pytest.raises(substituting.NoPlace), writing():
        substituting.send(actor(sam), cohort.id, ben.id)
