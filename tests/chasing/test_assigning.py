"""A manager assigns training: the form, every name and date before, one mail each, and taking it back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from lms.assignments import queries as assignments
from lms.assignments.due import Status
from lms.assignments.models import Assignment
from lms.audit.models import AuditEntry, RecordView
from lms.chasing import assigned, by_clock
from lms.chasing.models import Reminder
from lms.core import clock
from lms.core.db import db, writing
from lms.people.models import Deputy, Membership, Person
from lms.web.templating import long_date, plain_date
from tests.assignments.pasts import BY_CHOICE, CORE, OTHER_CORE, complete, days_ago
from tests.support.offering import offering, programme

TITLE = "Leading integrated services: ELEYS"


def by(days: int = 40) -> date:
    return clock.today() + timedelta(days=days)


def look(visitor, expect=200, **typed):
    given = {"whom": "people", "target": BY_CHOICE, "due_on": by().isoformat(), "why": "New duties from spring"} | typed
    return visitor.post("assigning.look", given, expect=expect)


def confirm(visitor, page):
    (form,) = page.forms("action='/chasing/assign'")
    named = {"person": form.xpath(".//input[@name='person']/@value"), "do": "assign"}
    return visitor.follow(visitor.send(page, form, named))


def rows() -> list[Assignment]:
    return list(db.session.scalars(select(Assignment)))


def stands(person: Person, target: str = BY_CHOICE):
    (cells,) = assignments.standings(select(Person.id).where(Person.id == person.id), clock.today()).values()
    return next(one for one in cells if one.module == target)


def test_a_team_is_assigned_a_module_after_every_name_was_seen(fernshire, as_user, mails):
    f = fernshire
    with writing():
        complete(f.ben, BY_CHOICE, days_ago(100))
    visitor = as_user(f.head)
    page = visitor.get("assigning.assign")
    words = [" ".join(one.text_content().split()) for one in page.all("//select[@name='whom']/option")]
    assert words == ["Everyone at Fernshire Health", "Team: North", "Team: South", "Job: Health visitor"]
    page = look(visitor, whom=f"team:{f.north.id}")
    assert page.h1 == "Assign to 2 people"
    assert f"{TITLE}, by {long_date(by())}" in page.words
    assert "Why, as they read it: New duties from spring" in page.words
    assert "Left as is Ben Whitlock" in page.words
    assert f"{TITLE}: In date until " in page.words
    assert rows() == []
    assert mails() == []
    after = confirm(visitor, page)
    assert "Assigned to 2 people, who are told by mail." in after.words
    assert {one.person_id for one in rows()} == {f.carys.id, f.north_manager.id}
    mail = next(one for one in mails() if one.person_id == f.carys.id)
    assert mail.subject == f"Training by {plain_date(by())}: {TITLE}"
    assert "Why: New duties from spring" in mail.body
    assert f"/learn/{BY_CHOICE}/" in mail.body
    assert not [name for name in f.everyone if name in mail.body]
    assert (stands(f.carys).status, stands(f.carys).due_on) == (Status.NOT_STARTED, by())


def test_changing_it_keeps_what_was_typed_and_everybody_who_was_chosen(fernshire, as_user):
    f = fernshire
    with writing():
        complete(f.ben, BY_CHOICE, days_ago(100))
    visitor = as_user(f.north_manager)
    page = look(visitor, person=[str(f.ben.id), str(f.carys.id)])
    (form,) = page.forms("action='/chasing/assign'")
    people = form.xpath(".//input[@name='person']/@value")
    page = visitor.send(page, form, {"person": people, "do": "change"}, expect=200)
    assert page.all("//input[@name='why']/@value") == ["New duties from spring"]
    assert page.all("//input[@name='due_on']/@value") == [by().isoformat()]
    assert page.all("//select[@name='whom']/option[@selected]/text()") == ["The 2 people ticked"]
    assert page.all("//select[@name='target']/option[@selected]/text()") == [TITLE]
    assert rows() == []


def test_pressing_twice_assigns_once(fernshire, as_user, mails):
    visitor = as_user(fernshire.north_manager)
    page, other_tab = (look(visitor, person=[str(fernshire.carys.id)]) for _ in range(2))
    first = confirm(visitor, page)
    assert "Assigned to 1 person" in first.words
    assert "Assigned to 1 person" in confirm(visitor, page).words  # the same answer, and nothing done
    assert "Nothing was new, so nothing was changed." in confirm(visitor, other_tab).words
    assert len(rows()) == len(mails()) == 1
    assert look(visitor, person=[str(fernshire.carys.id)]).h1 == "Nothing to assign"


def test_whoever_is_asked_by_then_anyway_is_left_as_is_and_a_sooner_day_is_new(fernshire, as_user):
    visitor = as_user(fernshire.north_manager)
    confirm(visitor, look(visitor, person=[str(fernshire.carys.id)]))
    people = [str(fernshire.carys.id), str(fernshire.ben.id)]
    page = look(visitor, person=people, due_on=by(60).isoformat())
    assert page.h1 == "Assign to 1 person"
    assert f"{TITLE}: asked for by {plain_date(by())} anyway" in page.words
    assert look(visitor, person=people, due_on=by(20).isoformat()).h1 == "Assign to 2 people"


def test_a_programme_is_one_mail_with_all_its_modules(app: Flask, fernshire, as_user, mails):
    with offering(app, programme("start", CORE, BY_CHOICE)), writing():
        complete(fernshire.carys, CORE, days_ago(30))
    with offering(app, programme("start", CORE, BY_CHOICE)):
        visitor = as_user(fernshire.north_manager)
        page = look(visitor, person=[str(fernshire.carys.id), str(fernshire.ben.id)], target="programme:start")
        assert "As is: The lead professional, In date until " in page.words
        confirm(visitor, page)
    assert len(mails()) == 2
    assert sorted(one.target for one in rows() if one.person_id == fernshire.carys.id) == [BY_CHOICE]
    bodies = {mail.person_id: mail.body for mail in mails()}
    assert f"/learn/{CORE}/" not in bodies[fernshire.carys.id]


@pytest.mark.slow
def test_the_mail_stands_for_the_reminder_of_now_and_the_next_stage_follows(fernshire, as_user, mails):
    f = fernshire
    with writing():
        for module in (CORE, OTHER_CORE):
            complete(f.carys, module, days_ago(100))
    visitor = as_user(f.north_manager)
    confirm(visitor, look(visitor, person=[str(f.carys.id)]))
    sent = []
    for number in range(42):
        with clock.acting_at(clock.now() + timedelta(days=number)):
            by_clock.remind_all()
        found = [one for one in mails("chasing/reminder") if one.person_id == f.carys.id]
        if len(found) > len(sent):
            sent.append(40 - number)
    assert sent == [30, 7, 0]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"due_on": ""}, "Enter the day by which it is to be done."),
        ({"due_on": "soon"}, "Enter the last good day as a date, like 31 March 2027."),
        ({"due_on": days_ago(1).isoformat()}, "Enter a day that is today or later."),
        ({"why": "x" * 301}, "Keep the reason within 300 characters."),
    ],
)
def test_wrong_input_is_told_beside_its_field_and_kept(fernshire, as_user, typed, sentence):
    page = look(as_user(fernshire.head), 422, whom=f"team:{fernshire.north.id}", **typed)
    assert sentence in page.words
    assert page.all("//input[@name='due_on']/@value") in ([typed.get("due_on", by().isoformat())], [])
    assert page.all("//select[@name='whom']/option[@selected]/@value") == [f"team:{fernshire.north.id}"]
    assert rows() == []


def test_none_match_and_too_many_say_so(fernshire, as_user, make, monkeypatch):
    f = fernshire
    visitor = as_user(f.head)
    with writing() as session:
        for one in session.scalars(select(Person)):
            one.active = one.id == f.head.id
    assert "Nobody you manage matches that." in look(visitor, 422, whom=f"team:{f.north.id}").words
    with writing() as session:
        for one in session.scalars(select(Person)):
            one.active = True
    monkeypatch.setattr(assigned, "MOST", 2)
    page = look(visitor, 422, whom=f"agency:{f.health.id}")
    assert "That is 5 people, and one assignment is for 2 at most." in page.words


def test_only_who_manages_somebody_assigns_to_them(fernshire, as_user):
    f = fernshire
    visitor = as_user(f.north_manager)
    for hidden in (f.dele, f.elin, f.head, f.north_manager):
        look(visitor, 404, person=[str(hidden.id), str(f.carys.id)])
        look(visitor, 404, person=[str(hidden.id)], do="assign")
        visitor.get(f"/chasing/assigned?person={hidden.id}", expect=404)
    look(visitor, 422, whom=f"team:{f.south.id}")
    with writing() as session:
        post = session.scalar(select(Membership.id).where(Membership.person_id == f.north_manager.id))
        session.add(Deputy(membership_id=post, deputy_id=f.ben.id, first_day=clock.today(), last_day=clock.today()))
    for other in (f.coordinator, f.ben):
        as_user(other).get("assigning.assign", expect=403)
        as_user(other).post("assigning.look", {"whom": f"team:{f.north.id}"}, expect=403)
    assert rows() == []


def test_it_is_listed_and_taken_back_with_the_reason_and_audited(fernshire, as_user, mails):
    f = fernshire
    visitor = as_user(f.north_manager)
    confirm(visitor, look(visitor, person=[str(f.carys.id)]))
    (row,) = rows()
    page = visitor.get(f"/chasing/assigned?person={f.carys.id}")
    assert f"Carys Bevan {TITLE}, by {plain_date(by())}. New duties from spring" in page.words
    assert "Not started, by " in page.words
    for other in (f.south_manager, f.care_manager):
        as_user(other).get("assigning.withdraw", assignment_id=row.id, expect=404)
        as_user(other).post("assigning.withdraw", {"why": "x"}, assignment_id=row.id, expect=404)
    assert "Give the reason" in visitor.post("assigning.withdraw", {}, assignment_id=row.id, expect=422).words
    with writing() as session:
        session.merge(mails()[0]).state = "sent"
    for _ in range(2):
        visitor.post("assigning.withdraw", {"why": "Done elsewhere"}, assignment_id=row.id)
    assert "Nothing is assigned to your people at present" in visitor.get("assigning.listed").words
    assert [mail.kind for mail in mails()] == ["chasing/assigned", "chasing/withdrawn"]
    assert "Why: Done elsewhere" in mails()[1].body
    assert stands(f.carys).status is Status.NOT_REQUIRED
    acts = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.startswith("training.")).order_by(AuditEntry.id)
    ).all()
    assert acts == ["training.assigned", "training.assignment_withdrawn"]
    assert f.carys.id in db.session.scalars(select(RecordView.person_id)).all()
    visitor.get("assigning.withdraw", assignment_id=row.id, expect=404)
    visitor.get("assigning.withdraw", assignment_id=uuid4(), expect=404)


def test_taken_back_before_the_mail_left_takes_the_mail_back_and_sends_none(fernshire, as_user, mails):
    visitor = as_user(fernshire.north_manager)
    confirm(visitor, look(visitor, person=[str(fernshire.carys.id)]))
    visitor.post("assigning.withdraw", {"why": "A slip"}, assignment_id=rows()[0].id)
    assert [(mail.kind, mail.state) for mail in mails()] == [("chasing/assigned", "withdrawn")]


def test_from_the_list_and_from_a_persons_page(fernshire, as_user):
    f = fernshire
    visitor = as_user(f.north_manager)
    page = visitor.get("reports.completion")
    assert "/chasing/assign" in page.all("//button/@formaction")
    page = visitor.get(f"/chasing/assign?of=ticked&person={f.ben.id}&person={f.carys.id}")
    assert page.all("//select[@name='whom']/option[1]/text()") == ["The 2 people ticked"]
    links = visitor.get("reports.person", person_id=f.carys.id).all("//a[contains(@href, '/chasing/assign')]/@href")
    assert links == [f"/chasing/assign?person={f.carys.id}", f"/chasing/assigned?person={f.carys.id}"]
    assert as_user(f.coordinator).get("reports.completion").all("//button/@formaction") == []


def test_nobody_who_was_told_today_gets_a_second_row(fernshire, as_user):
    with writing() as session:
        session.add(Reminder(person_id=fernshire.carys.id, day=clock.today()))
    visitor = as_user(fernshire.north_manager)
    confirm(visitor, look(visitor, person=[str(fernshire.carys.id)]))
    assert len(rows()) == 1
