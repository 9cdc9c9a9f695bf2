"""Reminders by the clock: once whoever runs it, nothing that was done meanwhile, managers a number once a week."""

from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lms.assignments.models import Exemption, Leave
from lms.chasing import by_clock, queries, stages
from lms.chasing.models import Reminder, ReminderItem
from lms.core import clock, events
from lms.core.db import db, writing
from lms.learning.events import ModuleCompleted
from lms.notifications import actions as notifications
from lms.people.models import Membership, Person
from lms.web.templating import plain_date
from tests.assignments.pasts import CORE, OTHER_CORE, complete, days_ago
from tests.learning.reading import counting


def days(number: int) -> timedelta:
    return timedelta(days=number)


def on(day) -> object:
    """Let the clock show nine in the morning of a day."""
    return clock.acting_at(clock.from_local(datetime.combine(day, time(9))))


@pytest.fixture
def sam(make) -> Person:
    """Somebody who has one module to do by ten days from now, and has done the other."""
    made = make.person("Sam Ford", team=make.team(make.agency("Health")), starts_on=days_ago(80))
    with writing():
        complete(made, OTHER_CORE, days_ago(80))
    return made


DUE = 10  # days from now


@pytest.mark.slow
def test_from_the_first_reminder_to_the_last(sam, mails, reminders):
    today = clock.today()
    for number in range(-70, 120):
        with on(today + days(number)):
            by_clock.remind_all()
    sent = [((one.day - today).days - DUE, [item.stage for item in one.items]) for one in reminders()]
    assert sent == [
        (-80, ["before-90"]), (-30, ["before-30"]), (-7, ["before-7"]),
        (0, ["after-1"]), (14, ["after-2"]), (28, ["after-3"]), (42, ["after-4"]),
    ]  # fmt: skip
    assert [mail.subject.split(":")[0] for mail in mails()] == ["Training to do"] * 4 + ["Training that is late"] * 3


def test_one_mail_lists_all_that_is_due_with_links(make, mails):
    ben = make.person(team=make.team(make.agency()), starts_on=days_ago(90))
    assert by_clock.remind_all() == 1
    (mail,) = mails()
    assert (mail.person_id, mail.subject) == (ben.id, "Training to do: 2 modules")
    assert mail.body.count(f"To be done by {plain_date(clock.today())}.") == 2
    assert f"/learn/{CORE}/" in mail.body
    assert f"/learn/{OTHER_CORE}/" in mail.body
    assert "This is a reminder of your training." in mail.body


def test_running_twice_sends_once(sam, mails):
    with on(clock.today() + days(3)):
        assert [by_clock.remind_all() for _ in range(3)] == [1, 0, 0]
    assert len(mails()) == 1


def test_what_was_done_between_looking_and_sending_is_not_mailed(sam, mails, monkeypatch):
    looked = by_clock._due

    def and_then_done(*given):
        found = looked(*given)
        assert found == [sam.id]
        with writing():
            complete(sam, CORE)
        return found

    monkeypatch.setattr(by_clock, "_due", and_then_done)
    with on(clock.today() + days(3)):
        assert by_clock.remind_all() == 0
    assert mails() == []


def finish(person, module: str) -> None:
    """Complete a module as learning does, so that everybody who listens hears of it."""
    done = complete(person, module)
    now = clock.now()
    events.announce(ModuleCompleted(person.id, module, 1, done.core_hash, done.id, clock.today(), now, 40))


def test_a_mail_that_waits_is_taken_back_when_the_last_thing_in_it_is_done(make, mails):
    ben = make.person(team=make.team(make.agency()), starts_on=days_ago(90))
    by_clock.remind_all()
    states = []
    for module in (CORE, OTHER_CORE):
        with writing():
            finish(ben, module)
        states.append(mails()[0].state)
    assert states == ["waiting", "withdrawn"]


def test_two_workers_who_both_looked_send_once(sam, mails):
    today = clock.today() + days(3)
    with on(today):
        due = by_clock._due([sam.id], today, by_clock.LongLate())
        for told in (1, 0):
            with writing():
                assert by_clock._remind(due, today) == told
    assert len(mails()) == 1


def test_the_database_itself_refuses_a_second_one(sam):
    with writing() as session:
        first = Reminder(person_id=sam.id, day=clock.today())
        session.add(first)
    twice = [
        lambda: Reminder(person_id=sam.id, day=clock.today()),
        lambda: ReminderItem(
            reminder_id=first.id, person_id=sam.id, module=CORE, last_day=days_ago(1), stage="after-1"
        ),
        lambda: Reminder(person_id=sam.id, day=days_ago(3), week=stages.monday(clock.today())),
    ]
    with writing() as session:
        session.add_all([twice[1](), Reminder(person_id=sam.id, day=days_ago(2), week=stages.monday(clock.today()))])
    for again in twice:
        with pytest.raises(IntegrityError), writing() as session:
            session.add(again())


def test_a_worker_killed_half_way_sends_the_rest_and_nothing_again(make, mails, monkeypatch):
    team = make.team(make.agency())
    for number in range(3):
        make.person(f"Person {number}", team=team, starts_on=days_ago(90))
    monkeypatch.setattr(by_clock, "AT_ONCE", 1)
    queue, tries = notifications.queue, []

    def dies(*given, **more):
        tries.append(1)
        if len(tries) == 2:
            raise SystemExit
        return queue(*given, **more)

    monkeypatch.setattr(notifications, "queue", dies)
    with pytest.raises(SystemExit):
        by_clock.remind_all()
    assert len(mails()) == 1
    assert by_clock.remind_all() == 2
    assert len({mail.person_id for mail in mails()}) == 3


def test_nobody_exempt_on_leave_gone_or_without_an_account_is_reminded(make, mails):
    agency = make.agency()
    team, start = make.team(agency), days_ago(90)
    exempt, closed, away = (make.person(team=team, starts_on=start) for _ in range(3))
    make.person(team=team, starts_on=start, ends_on=days_ago(1))
    make.person(roles=())
    with writing() as session:
        session.get(Person, closed.id).active = False
        session.add(Leave(person_id=away.id, agency_id=agency.id, first_day=days_ago(3), recorded_by=closed.id))
        for module in (CORE, OTHER_CORE):
            session.add(
                Exemption(person_id=exempt.id, agency_id=agency.id, module=module, reason="x", granted_by=closed.id)
            )
    assert by_clock.remind_all() == 0
    assert mails() == []


def test_after_a_manager_s_reminder_the_clock_waits_two_days(sam, mails):
    due = clock.today() + days(DUE)
    with writing() as session:
        session.add(Reminder(person_id=sam.id, day=due - days(8)))
    told = []
    for left in (7, 6, 5, 4):
        with on(due - days(left)):
            told.append(by_clock.remind_all())
    assert told == [0, 0, 1, 0]


@pytest.mark.slow
def test_everybody_is_reached_whatever_the_size_of_a_batch(make, mails, monkeypatch):
    monkeypatch.setattr(by_clock, "BATCH", 3)
    monkeypatch.setattr(by_clock, "AT_ONCE", 2)
    team = make.team(make.agency())
    people = {make.person(team=team, starts_on=days_ago(90)).id for _ in range(10)}
    make.membership(db.session.get(Person, next(iter(people))), team=team, starts_on=days_ago(90))
    assert by_clock.remind_all() == 10
    assert {mail.person_id for mail in mails()} == people


@pytest.mark.slow
def test_a_batch_costs_the_same_however_many_are_in_it(make):
    team = make.team(make.agency())

    def cost() -> int:
        with counting() as found:
            by_clock.remind_all()
        return len(found)

    def make_some(number: int) -> None:
        for _ in range(number):
            person = make.person(team=team, starts_on=days_ago(30))
            with writing():
                complete(person, CORE, days_ago(20))
                complete(person, OTHER_CORE, days_ago(20))

    make_some(2)
    few = cost()
    make_some(40)
    assert cost() == few


@pytest.fixture
def f(fernshire):
    """Everybody is long late but Ben and Carys, who have done all; learners have had their reminders."""
    with writing() as session:
        for person in (fernshire.ben, fernshire.carys):
            for module in (CORE, OTHER_CORE):
                complete(person, module, days_ago(100))
        everyone = session.scalars(select(Person.id)).all()
        for person in everyone:
            for number in range(4):
                one = Reminder(person_id=person, day=days_ago(100 - number))
                one.items = [
                    ReminderItem(person_id=person, module=module, last_day=days_ago(310), stage=f"after-{number + 1}")
                    for module in (CORE, OTHER_CORE)
                ]
                session.add(one)
    return fernshire


def week_of(f) -> list[tuple[UUID, str]]:
    return sorted((mail.person_id, mail.subject) for mail in f)


def test_managers_are_told_a_number_once_a_week_and_no_name(f, mails):
    monday = stages.monday(clock.today()) + days(7)
    for number in range(14):
        with on(monday + days(number)):
            by_clock.remind_all()
    found = mails()
    # North: nobody but its manager, who is not their own to chase. South: Dele. Kestrel: Elin and the coordinator.
    assert week_of(found) == week_of(found[:3]) * 2 or len(found) == 6
    by_person = {mail.person_id: mail.subject for mail in found}
    assert by_person == {
        f.head.id: "Training late in your team: 3 people",
        f.south_manager.id: "Training late in your team: 1 person",
        f.care_manager.id: "Training late in your team: 1 person",
    }
    words = " ".join(mail.subject + mail.body for mail in found)
    assert not [name for name in f.everyone if name in words]
    assert "/reports/completion?status=late" in found[0].body
    days_told = db.session.scalars(select(Reminder.day).where(Reminder.week.is_not(None)).distinct()).all()
    assert sorted(days_told) == [monday, monday + days(7)]


def test_a_week_whose_monday_was_missed_is_told_later_in_it(f, mails):
    monday = stages.monday(clock.today()) + days(7)
    for number in (3, 4, 6, 7):
        with on(monday + days(number)):
            by_clock.remind_all()
    told = db.session.scalars(select(Reminder.day).where(Reminder.person_id == f.head.id, Reminder.week.is_not(None)))
    assert sorted(told) == [monday + days(3), monday + days(7)]


def test_a_manager_with_a_reminder_of_their_own_today_gets_the_summary_tomorrow(f, mails):
    monday = stages.monday(clock.today()) + days(7)
    with writing() as session:
        session.execute(
            update(ReminderItem)
            .where(ReminderItem.person_id == f.head.id, ReminderItem.stage == "after-4")
            .values(stage="before-7")
        )
    kinds = []
    for number in (0, 1):
        with on(monday + days(number)):
            by_clock.remind_all()
        kinds.append([mail.kind for mail in mails() if mail.person_id == f.head.id])
    assert kinds == [["chasing/reminder"], ["chasing/reminder", "chasing/team"]]


def test_a_manager_who_left_hears_nothing_more(f, mails):
    with writing() as session:
        session.scalar(select(Membership).where(Membership.person_id == f.south_manager.id)).ends_on = days_ago(1)
        session.get(Person, f.care_manager.id).active = False
    by_clock.remind_all()
    assert {mail.person_id for mail in mails()} == {f.head.id}


def test_the_past_of_people_is_read_in_two_queries(f):
    ids = list(db.session.scalars(select(Person.id)))
    with counting() as found:
        pasts = queries.pasts(ids)
    assert len(found) == 2
    assert pasts[f.dele.id].sent[(CORE, days_ago(310))]["after-4"] == days_ago(97)
