"""What is decided between writing a mail and sending it: nothing that was undone is mailed, and the rest still is."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.assignments.actions import exempting, leave
from lms.assignments.models import Assignment
from lms.chasing import actions, by_clock, queries
from lms.chasing.models import Reminder, ReminderItem
from lms.core import clock
from lms.core.db import db, writing
from lms.notifications import delivering, gathering
from lms.notifications.kinds import Choice
from lms.notifications.models import MailChoice, OutboxMail
from lms.people import queries as people
from lms.people.models import Deputy, Membership, Person
from tests.assignments.pasts import BY_CHOICE, CORE, OTHER_CORE, complete, days_ago
from tests.notifications.conftest import Bag
from tests.support.offering import offering, programme

BOTH = "Training that is late: 2 modules"
ONE = "Training that is late: Tiers of need and their limits"


@pytest.fixture
def bag() -> Bag:
    return Bag()


def deliver(bag: Bag) -> list[str]:
    """Send what is due; the subjects of what has left so far."""
    delivering.deliver_waiting(bag)
    return bag.mails


def later(days: int):
    return clock.today() + timedelta(days=days)


def exempt(f, person, module=CORE) -> None:
    with writing():
        exempting.exempt(people.actor(f.north_manager), person.id, module, "Seconded", None)


def post_of(person) -> Membership:
    return db.session.scalar(select(Membership).where(Membership.person_id == person.id))


def end_post(person) -> None:
    with writing():
        post_of(person).ends_on = days_ago(1)


def assign(f, target, day=None, person=None) -> int:
    with writing():
        by, whom = people.actor(f.north_manager), (person or f.ben).id
        return actions.assign(by, [whom], target, day or later(40), "New  duties\nnow")


def withdraw(f, assignment_id) -> None:
    with writing():
        actions.withdraw(people.actor(f.north_manager), assignment_id, "A slip")


@pytest.fixture
def f(fernshire):
    """Everybody but Carys has done all; she is late with both, for five days."""
    with writing() as session:
        post_of(fernshire.carys).starts_on = days_ago(95)
        for person in session.scalars(select(Person).where(Person.id != fernshire.carys.id)):
            for module in (CORE, OTHER_CORE):
                complete(person, module, days_ago(100))
    return fernshire


@pytest.fixture(params=["by the clock", "by hand"])
def reminded(f, request):
    """Carys has been reminded of both this minute; the mail waits."""
    if request.param == "by the clock":
        assert by_clock.remind_all() == 1
    else:
        with writing():
            actions.remind(people.actor(f.north_manager), uuid4(), [f.carys.id])
    return f


def test_a_reminder_of_which_nothing_was_undone_leaves_as_it_was_written(reminded, bag, mails):
    (body,) = [mail.body for mail in mails()]
    assert deliver(bag) == [BOTH]
    assert bag.bodies == [body]
    assert [(mail.state, mail.tries) for mail in mails()] == [("sent", 1)]


def test_an_exemption_takes_its_line_out_of_the_reminder(reminded, bag, mails):
    exempt(reminded, reminded.carys)
    assert deliver(bag) == [ONE]
    assert "The lead professional" not in bag.bodies[0]
    assert [(mail.state, mail.tries) for mail in mails()] == [("sent", 1)]


def test_what_was_done_takes_its_line_out_of_the_reminder(reminded, bag):
    with writing():
        complete(reminded.carys, CORE)
    assert deliver(bag) == [ONE]


def _exempt_from_both(f):
    for module in (CORE, OTHER_CORE):
        exempt(f, f.carys, module)


def _on_leave(f):
    with writing():
        leave.record(people.actor(f.north_manager), f.carys.id, days_ago(1), None)


def _account_closed(f):
    with writing() as session:
        session.get(Person, f.carys.id).active = False


@pytest.mark.parametrize("undo", [_exempt_from_both, _on_leave, _account_closed, lambda f: end_post(f.carys)])
def test_exemption_leave_and_the_end_of_post_or_account_stop_the_reminder(reminded, bag, mails, undo):
    undo(reminded)
    assert deliver(bag) == []
    assert [mail.state for mail in mails()] == ["withdrawn"]
    assert deliver(bag) == []


def test_what_was_decided_while_the_mail_server_was_asked_counts_too(reminded, mails):
    class Slow(Bag):
        def send(self, mail, let_go):
            _on_leave(reminded)
            super().send(mail, let_go)

    bag = Slow()
    assert deliver(bag) == []
    assert [mail.state for mail in mails()] == ["withdrawn"]


def test_a_mail_that_may_have_arrived_is_sent_again_as_the_same_message_or_not_at_all(reminded, bag, mails):
    with writing() as session:
        session.execute(update(OutboxMail).values(unsure=1))
    exempt(reminded, reminded.carys)
    assert deliver(bag) == [BOTH]
    with writing() as session:
        session.execute(update(OutboxMail).values(state="waiting"))
    exempt(reminded, reminded.carys, OTHER_CORE)
    assert deliver(bag) == [BOTH]
    assert [mail.state for mail in mails()] == ["withdrawn"]


@pytest.fixture
def digest(f):
    """Carys wants mails daily: a reminder and an assignment have just been put together for her."""
    with writing() as session:
        for topic in ("reminders", "asked"):
            session.add(MailChoice(person_id=f.carys.id, topic=topic, choice=Choice.DAILY.value))
    by_clock.remind_all()
    assign(f, BY_CHOICE, person=f.carys)
    with writing() as session:
        session.execute(update(OutboxMail).values(next_try_at=clock.now()))
    gathering.gather_due()
    (found,) = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "notifications/digest"))
    assert BOTH in found.body
    return f


def test_a_line_of_a_digest_is_corrected(digest, bag):
    exempt(digest, digest.carys)
    deliver(bag)
    assert len(bag.bodies) == 1
    assert ONE in bag.bodies[0]
    assert BOTH not in bag.bodies[0]
    assert "Leading integrated services" in bag.bodies[0]


def test_a_digest_of_which_one_thing_was_undone_holds_the_other(digest, bag):
    _exempt_from_both(digest)
    deliver(bag)
    assert len(bag.bodies) == 1
    assert "Training that is late" not in bag.bodies[0]
    assert "Leading integrated services" in bag.bodies[0]


def test_a_digest_of_which_all_was_undone_does_not_leave(digest, bag, mails):
    end_post(digest.carys)
    assert deliver(bag) == []
    assert {mail.state for mail in mails("%")} == {"withdrawn"}


@pytest.fixture
def three(app: Flask, fernshire):
    """Ben, new at North, is asked for three modules at once; his assignments by module."""
    with writing():
        post_of(fernshire.ben).starts_on = days_ago(1)
    with offering(app, programme("start", CORE, OTHER_CORE, BY_CHOICE)):
        assert assign(fernshire, "programme:start", later(5)) == 1
    found = {one.target: one.id for one in db.session.scalars(select(Assignment))}
    assert len(found) == 3
    return fernshire, found


@pytest.mark.parametrize("module", [CORE, OTHER_CORE, BY_CHOICE])
def test_one_of_three_taken_back_before_the_mail_left_is_not_in_it_and_needs_no_other(three, bag, mails, module):
    f, rows = three
    assert "Why: New duties now\n" in mails()[0].body
    withdraw(f, rows.pop(module))
    (subject,) = deliver(bag)
    assert subject.endswith(": 2 modules")
    assert f"/learn/{module}/" not in bag.bodies[0]
    withdraw(f, rows.popitem()[1])
    delivering.deliver_waiting(bag)
    assert [mail.kind for mail in mails()] == ["chasing/assigned", "chasing/withdrawn"]


def test_all_taken_back_before_the_mail_left_is_no_mail(three, bag, mails):
    f, rows = three
    for one in rows.values():
        withdraw(f, one)
    assert deliver(bag) == []
    assert [(mail.kind, mail.state) for mail in mails()] == [("chasing/assigned", "withdrawn")]


def test_what_was_assigned_and_then_exempted_or_done_is_not_mailed(three, bag):
    f, _ = three
    exempt(f, f.ben)
    with writing():
        complete(f.ben, OTHER_CORE)
    (subject,) = deliver(bag)
    assert subject.endswith(": Leading integrated services: ELEYS")


def test_a_managers_number_is_that_of_the_moment_it_leaves(fernshire, bag, mails):
    f = fernshire
    with writing() as session:
        for person in session.scalars(select(Person.id)):
            for number in range(4):
                one = Reminder(person_id=person, day=days_ago(100 - number))
                one.items = [
                    ReminderItem(person_id=person, module=module, last_day=days_ago(310), stage=f"after-{number + 1}")
                    for module in (CORE, OTHER_CORE)
                ]
                session.add(one)
    by_clock.remind_all()
    numbers = {mail.person_id: int(mail.subject.split(": ")[1].split()[0]) for mail in mails("chasing/team")}
    for person in (f.head, f.north_manager, f.south_manager, f.care_manager):
        assert queries.long_late(people.actor(person), clock.today()) == numbers[person.id]
    with writing():
        for module in (CORE, OTHER_CORE):
            complete(f.ben, module)
    end_post(f.south_manager)
    with writing():  # who manages Kestrel House manages nobody any more
        post_of(f.care_manager).roles = []
    delivering.deliver_waiting(bag)
    found = {mail.person_id: (mail.state, mail.subject) for mail in mails("chasing/team")}
    assert found[f.head.id] == ("sent", f"Training late in your team: {numbers[f.head.id] - 2} people")
    assert found[f.north_manager.id] == ("sent", "Training late in your team: 1 person")
    assert found[f.south_manager.id][0] == found[f.care_manager.id][0] == "withdrawn"


@pytest.mark.slow
def test_assigning_after_a_mail_of_the_same_day_reminds_no_sooner(f, mails):
    by_clock.remind_all()
    assert [mail.kind for mail in mails()] == ["chasing/reminder"]
    assign(f, BY_CHOICE, person=f.carys)
    with writing():
        for module in (CORE, OTHER_CORE):
            complete(f.carys, module)
    told = []
    for number in range(42):
        with clock.acting_at(clock.now() + timedelta(days=number)):
            if by_clock.remind_all():
                told.append(40 - number)
    assert told == [30, 7, 0]


def test_the_page_of_a_round_does_not_tell_what_was_assigned_later_that_day(f, as_user):
    visitor, made = as_user(f.north_manager), str(uuid4())
    visitor.post("chasing.remind", {"round": made, "person": [str(f.carys.id)]})
    assign(f, BY_CHOICE, person=f.carys)
    page = visitor.get("chasing.sent", round_id=made)
    assert "Tiers of need" in page.words
    assert "Leading integrated services" not in page.words


@pytest.mark.slow
def test_assigning_taking_back_and_assigning_again_is_no_fault(f):
    for number in (0, 0, 1, 1):
        with clock.acting_at(clock.now() + timedelta(days=number)):
            assert assign(f, BY_CHOICE, later(40 - number)) == 1
            (row,) = db.session.scalars(select(Assignment.id).where(Assignment.withdrawn_at.is_(None)))
            withdraw(f, row)


def test_a_deputation_that_ended_before_its_mail_left_is_not_mailed(f, as_user, bag):
    visitor, today = as_user(f.north_manager), clock.today().isoformat()
    given = {"post": str(post_of(f.north_manager).id), "who": f.ben.email, "first_day": today, "last_day": today}
    visitor.post("people.name_deputy", given)
    (row,) = db.session.scalars(select(Deputy.id))
    visitor.post("people.end_deputy", deputy_id=row)
    assert deliver(bag) == []
    visitor.post("people.name_deputy", given)
    end_post(f.north_manager)
    assert deliver(bag) == []
