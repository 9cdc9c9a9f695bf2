"""Somebody who works for two agencies: the managers of the one learn nothing of what the other asks."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.assignments.models import Assignment, Exemption, Leave, PriorLearning
from lms.chasing import by_clock
from lms.chasing.models import Reminder, ReminderItem
from lms.core import clock
from lms.core.db import writing
from lms.people.models import Person
from tests.assignments.pasts import BY_CHOICE, CORE, OTHER_CORE, complete, days_ago

TITLE = "Leading integrated services: ELEYS"


@pytest.fixture
def f(fernshire, make):
    """Carys works at North and at Kestrel House too. Health has nothing to ask of her; Care asked for one thing, and
    she is long late with it.
    """
    make.membership(fernshire.carys, team=fernshire.kestrel, starts_on=days_ago(500), job="Night worker")
    with writing() as session:
        for person in (fernshire.ben, fernshire.carys):
            for module in (CORE, OTHER_CORE):
                complete(person, module, days_ago(100))
        session.add(
            Assignment(
                person_id=fernshire.carys.id,
                agency_id=fernshire.care.id,
                target=BY_CHOICE,
                due_on=days_ago(60),
                why="Care has its reasons",
                assigned_by=fernshire.care_manager.id,
            )
        )
    return fernshire


def test_a_manager_reminds_only_of_what_their_own_agency_asks(f, as_user, mails):
    for manager in (f.north_manager, f.head):
        page = as_user(manager).get(f"/chasing/remind?person={f.carys.id}")
        assert "Carys Bevan has nothing overdue or due soon." in page.words
        assert TITLE not in page.words
        refused = as_user(manager).post(
            "chasing.remind", {"round": str(uuid4()), "person": [str(f.carys.id)]}, expect=422
        )
        assert TITLE not in refused.words
    assert mails() == []
    page = as_user(f.care_manager).get(f"/chasing/remind?person={f.carys.id}")
    assert f"Carys Bevan, Night worker, Kestrel House {TITLE} Overdue since" in page.words


def test_what_another_agency_asks_puts_nobody_on_the_list_of_the_late(f, as_user):
    assert "Carys Bevan" not in as_user(f.north_manager).get("chasing.check").words
    assert "Carys Bevan" in as_user(f.care_manager).get("chasing.check").words


def test_the_number_a_manager_hears_counts_their_own_agency_alone(f, mails):
    with writing() as session:  # learners have had all of their reminders
        for person in session.scalars(select(Person.id)):
            for number in range(4):
                one = Reminder(person_id=person, day=days_ago(100 - number))
                one.items = [
                    ReminderItem(person_id=person, module=module, last_day=day, stage=f"after-{number + 1}")
                    for module, day in ((CORE, days_ago(310)), (OTHER_CORE, days_ago(310)), (BY_CHOICE, days_ago(60)))
                ]
                session.add(one)
    by_clock.remind_all()
    told = {mail.person_id: mail.subject for mail in mails("chasing/team")}
    assert f.north_manager.id not in told
    assert told[f.care_manager.id] == "Training late in your team: 2 people"  # Carys and Elin
    assert told[f.head.id] == "Training late in your team: 3 people"  # both managers of teams, and Dele


def test_looking_at_an_assignment_says_where_they_stand_for_the_agency_that_asked(f, as_user):
    with writing() as session:
        session.add(
            Exemption(
                person_id=f.carys.id,
                agency_id=f.care.id,
                module=BY_CHOICE,
                reason="Secret",
                granted_by=f.care_manager.id,
            )
        )
        session.add(
            Assignment(
                person_id=f.carys.id,
                agency_id=f.health.id,
                target=BY_CHOICE,
                due_on=clock.today() + timedelta(days=50),
                assigned_by=f.north_manager.id,
            )
        )
    page = as_user(f.care_manager).get(f"/chasing/assigned?person={f.carys.id}")
    assert "Exempt" in page.words
    page = as_user(f.north_manager).get(f"/chasing/assigned?person={f.carys.id}")
    assert "Exempt" not in page.words
    assert "Not started, by " in page.words


def test_assigning_names_no_post_at_an_agency_that_one_does_not_manage(f, as_user, make):
    make.membership(f.north_manager, team=f.kestrel, starts_on=days_ago(300))  # staff there, and nobody's manager
    given = {
        "whom": f"team:{f.north.id}",
        "target": BY_CHOICE,
        "due_on": (clock.today() + timedelta(days=40)).isoformat(),
    }
    page = as_user(f.north_manager).post("assigning.look", given, expect=200)
    assert "Carys Bevan" in page.words
    assert "Health visitor, North" in page.words
    assert "Kestrel" not in page.words
    assert "Night worker" not in page.words


def test_assigning_names_the_post_of_today(f, as_user, make):
    make.membership(f.ben, team=f.south, starts_on=days_ago(900), ends_on=days_ago(500), job="Trainee")
    given = {
        "whom": "people",
        "person": [str(f.ben.id)],
        "target": BY_CHOICE,
        "due_on": (clock.today() + timedelta(days=40)).isoformat(),
    }
    page = as_user(f.head).post("assigning.look", given, expect=200)
    assert "Trainee" not in page.words


@pytest.mark.slow
def test_no_page_and_no_file_of_one_agency_tells_of_the_other(f, as_user):
    who = {"person_id": f.carys.id, "agency_id": f.care.id}
    with writing() as session:
        post = {"first_day": days_ago(5), "recorded_by": f.care_manager.id}
        session.add(Leave(**who, **post))
        session.add(Exemption(**who, module=OTHER_CORE, reason="Zebra reason", granted_by=f.care_manager.id))
        learned = {"title": "Zebra course", "evidence": "Zebra paper", "accepted_by": f.care_manager.id}
        session.add(PriorLearning(**who, target=BY_CHOICE, completed_on=days_ago(900), **learned))
    pages = [
        "/reports/completion",
        "/reports/due",
        "/reports/cover",
        "/reports/by",
        "/reports/over-time",
        "/chasing/assigned",
    ]
    pages += [f"/reports/people/{f.carys.id}/", f"/chasing/assigned?person={f.carys.id}", "/chasing/remind", "/"]
    pages += [f"/exports/{name}.csv" for name in ("completion", "due", "cover", "compliance", "compliance-over-time")]
    for manager in (f.north_manager, f.head):
        client = as_user(manager).client
        for page in pages:
            answer = client.get(page)
            assert answer.status_code == 200, page
            words = answer.get_data(as_text=True)
            told = [one for one in ("Zebra", "Night worker", "Kestrel", "Fernshire Care") if one in words]
            assert not told, (page, told)
