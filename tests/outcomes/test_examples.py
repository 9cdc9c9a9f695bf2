"""An example from practice: written for one's manager, co-signed in one press, taken back at any time."""

import pytest
from sqlalchemy import select

from lms.cohorts.actions import booking
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from lms.notifications import delivering
from lms.notifications.models import OutboxMail
from lms.outcomes import actions
from lms.outcomes.items import Seen, Wave
from lms.outcomes.models import PracticeExample
from lms.people import queries as people
from tests.notifications.conftest import Bag
from tests.support.leaving import LOSSES

SAID = "Rang the school nurse before the meeting"


@pytest.fixture
def written(day, make):
    """Somebody with a manager has written an example."""
    team = make.team(day.partnership.agencies[1], "Front door")
    manager = make.manager(team=team)
    person = make.person("Wanda Writer", team=team)
    day.people.append(person)
    with writing():
        booking.book(people.actor(person), day.cohort.id)
    day.go(Wave.LATER)
    day.register()
    day.answer(person, Wave.LATER, sure=4, right=1, example=SAID)
    return person, manager


def told():
    db.session.rollback()
    rows = db.session.scalars(select(OutboxMail).where(OutboxMail.kind.startswith("outcomes/")))
    return [(one.kind, one.person_id, one.body) for one in rows]


def the_example():
    db.session.rollback()
    return db.session.scalars(select(PracticeExample).execution_options(populate_existing=True)).one()


@pytest.mark.slow
def test_the_manager_is_told_reads_it_and_signs_in_one_press(day, written, as_user):
    person, manager = written
    ((kind, to, body),) = told()
    assert (kind, to) == ("outcomes/to_co_sign", manager.id)
    assert "Wanda" not in body
    assert SAID not in body
    browser = as_user(manager)
    page = browser.get("outcomes.examples")
    assert "Wanda Writer" in page.words
    assert SAID in page.words
    (form,) = [one for one in page.forms() if "/examples/" in one.get("action")]
    answer = browser.client.post(form.get("action"), data={"csrf_token": browser.token(), "seen": "seen"})
    assert answer.status_code == 303
    one = the_example()
    assert (one.answer, one.answered_by, one.level) == (Seen.YES, manager.id, "3")
    assert [kind for kind, to, _ in told() if to == person.id] == ["outcomes/co_signed"]
    assert "they have seen it in practice" in as_user(person).get("outcomes.mine", cohort_id=day.cohort.id).words
    assert "Seen in practice" in browser.get("outcomes.examples").words


def test_managers_see_the_example_and_nothing_that_was_answered(day, written, as_user):
    _, manager = written
    words = as_user(manager).get("outcomes.examples").words
    assert SAID in words
    for hidden in ("confident", "Fully", "lead professional", "of 5"):
        assert hidden not in words


@pytest.mark.slow
def test_no_other_manager_coordinator_or_trainer_reads_it(day, written, make, as_user):
    mine = the_example().id
    others = (
        make.manager(agency=day.partnership.agencies[2]),
        make.manager(team=make.team(day.partnership.agencies[1], "Another team")),
        make.person(agency=day.partnership.agencies[1], roles=((Role.COORDINATOR, Scope.PARTNERSHIP),)),
    )
    for other in others:
        assert SAID not in as_user(other).get("outcomes.examples").words
        with writing(), pytest.raises(NotFound):
            actions.co_sign(people.actor(other), mine, Seen.YES)
    trainer = as_user(day.partnership.trainer)
    assert SAID not in trainer.get("outcomes.outcome", cohort_id=day.cohort.id).words
    assert the_example().answer is None


@pytest.mark.slow
def test_the_manager_of_the_whole_agency_signs_too_and_the_first_answer_stays(day, written, make):
    _, manager = written
    lead = make.manager(agency=day.partnership.agencies[1])
    with writing():
        actions.co_sign(people.actor(lead), the_example().id, Seen.NO)
    with writing(), pytest.raises(actions.CoSigned):
        actions.co_sign(people.actor(manager), the_example().id, Seen.YES)
    assert the_example().answer is Seen.NO


def test_whoever_wrote_it_takes_it_back_and_it_is_gone(day, written, as_user):
    person, manager = written
    browser = as_user(person)
    page = browser.get("outcomes.mine", cohort_id=day.cohort.id)
    assert SAID in page.words
    (form,) = [one for one in page.forms() if one.get("action").endswith("/take-back")]
    assert "Your example is deleted." in browser.follow(browser.send(page, form)).words
    assert db.session.scalars(select(PracticeExample)).all() == []
    assert SAID not in as_user(manager).get("outcomes.examples").words


def test_nothing_written_asks_nobody(day, make):
    make.manager(agency=day.partnership.agencies[1])
    day.come(1)
    day.go(Wave.LATER)
    day.register()
    day.answer(day.people[0], Wave.LATER, example="   ")
    assert told() == []
    assert db.session.scalars(select(PracticeExample)).all() == []


def test_where_nobody_manages_somebody_nobody_is_told_not_even_the_trainer(day):
    day.come(1)
    day.go(Wave.LATER)
    day.register()
    day.answer(day.people[0], Wave.LATER, example=SAID)
    assert told() == []
    assert the_example().says == SAID


@pytest.mark.parametrize("loss", [None, *LOSSES])
def test_who_does_not_manage_the_writer_any_more_is_not_told_of_an_example(day, written, loss):
    _, manager = written
    if loss:
        LOSSES[loss](manager)
    delivering.deliver_waiting(Bag())
    with_it = select(OutboxMail.state).where(OutboxMail.kind == "outcomes/to_co_sign")
    assert db.session.scalars(with_it).all() == ["withdrawn" if loss else "sent"]


def test_an_example_that_was_taken_back_is_not_mailed(day, written):
    person, _ = written
    with writing():
        actions.take_back(people.actor(person), day.cohort.id)
    delivering.deliver_waiting(Bag())
    with_it = select(OutboxMail.state).where(OutboxMail.kind == "outcomes/to_co_sign")
    assert db.session.scalars(with_it).all() == ["withdrawn"]
