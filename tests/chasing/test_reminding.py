"""A manager reminds people: the page before, the mails, the page after, and who may not."""

from uuid import uuid4

import pytest
from sqlalchemy import select, update

from lms.assignments.models import Exemption
from lms.audit.models import AuditEntry, RecordView
from lms.chasing import actions
from lms.chasing.actions import NobodyReminded
from lms.chasing.models import Reminder, ReminderRound
from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.people.models import Person
from tests.assignments.pasts import BY_CHOICE, CORE, OTHER_CORE, complete, days_ago
from tests.learning.reading import counting


@pytest.fixture
def f(fernshire):
    """Ben has done all, Carys is late with one, Dele (of another team) with both, as is everybody else."""
    with writing():
        for module in (CORE, OTHER_CORE):
            complete(fernshire.ben, module, days_ago(100))
        complete(fernshire.carys, CORE, days_ago(100))
    return fernshire


def remind(visitor, page):
    (form,) = page.forms("action='/chasing/remind'")
    return visitor.follow(visitor.send(page, form, ticked(form)))


def ticked(form):
    return {"person": form.xpath(".//input[@name='person'][@checked]/@value")}


def test_from_the_list_to_the_mail_and_who_got_it(f, as_user, mails):
    visitor = as_user(f.north_manager)
    page = visitor.get("chasing.check")
    assert page.h1 == "Remind 1 person"
    assert "Carys Bevan, Health visitor, North Tiers of need and their limits Overdue since" in page.words
    assert "Not reminded before" in page.words
    assert "Ben Whitlock" not in page.words
    assert mails() == []
    after = remind(visitor, page)
    assert after.h1 == "1 reminder sent"
    assert "Who got one Carys BevanTiers of need and their limits" in after.words
    (mail,) = mails()
    assert (mail.person_id, mail.kind) == (f.carys.id, "chasing/asked")
    assert mail.subject == "Training that is late: Tiers of need and their limits"
    assert "Your manager has sent you this reminder." in mail.body
    assert "It takes about" in mail.body
    assert "/learn/tiers-of-need/" in mail.body


def test_the_page_shows_the_mail_to_the_letter(f, as_user, mails):
    visitor = as_user(f.head)
    page = visitor.get("chasing.check")
    shown = [" ".join(" ".join(one.itertext()).split()) for one in page.all("//details//div")]
    names = [one.text_content() for one in page.all("//label//b")]
    remind(visitor, page)
    sent = {mail.person_id: " ".join(f"{mail.subject} {mail.body}".split()) for mail in mails()}
    by_name = dict(db.session.execute(select(Person.name, Person.id)).all())
    assert dict(zip(names, shown, strict=True)) == {name: sent[by_name[name]] for name in names}
    assert len(sent) == len(names) == 4  # Carys, Dele and the two managers of teams


def test_a_mail_names_nobody(f, as_user, mails):
    visitor = as_user(f.head)
    remind(visitor, visitor.get("chasing.check"))
    words = " ".join(mail.subject + mail.body for mail in mails())
    for name in f.everyone:
        assert name not in words
        assert name.split()[0] not in words


def test_whoever_is_named_and_has_nothing_to_do_is_left_out_and_it_is_said_why(f, as_user, mails):
    visitor = as_user(f.north_manager)
    page = visitor.get(f"/chasing/remind?person={f.ben.id}&person={f.carys.id}")
    assert page.h1 == "Remind 1 person"
    assert "Left out Ben Whitlock has nothing overdue or due soon." in page.words
    sent = visitor.post("chasing.remind", {"round": str(uuid4()), "person": [str(f.ben.id), str(f.carys.id)]})
    after = visitor.follow(sent)
    assert "Who was left out, and why Ben Whitlock has nothing overdue or due soon." in after.words
    assert [mail.person_id for mail in mails()] == [f.carys.id]


def test_who_was_reminded_yesterday_is_left_in_peace_for_two_days(f, as_user, mails):
    with writing() as session:
        session.add(Reminder(person_id=f.carys.id, day=days_ago(1)))
    visitor = as_user(f.north_manager)
    page = visitor.get("chasing.check")
    assert page.h1 == "Remind"
    assert "Carys Bevan was reminded yesterday; leave two days." in page.words
    sent = {"round": str(uuid4()), "person": [str(f.carys.id)]}
    refused = visitor.post("chasing.remind", sent, expect=422)
    assert "Nobody was reminded. Why stands beside each name." in refused.words
    with writing() as session:
        session.execute(update(Reminder).values(day=days_ago(3)))
    assert f"Last reminded {days_ago(3).day} " in visitor.get("chasing.check").words
    assert mails() == []


def test_a_page_sent_twice_sends_once_and_shows_the_same(f, as_user, mails):
    visitor = as_user(f.north_manager)
    page = visitor.get("chasing.check")
    (form,) = page.forms("action='/chasing/remind'")
    first, second = (visitor.send(page, form, ticked(form)) for _ in range(2))
    assert first.location == second.location
    assert len(mails()) == 1
    assert len(db.session.scalars(select(ReminderRound)).all()) == 1


def test_unticking_somebody_leaves_them_out_and_ticking_nobody_is_refused(f, as_user, mails):
    visitor = as_user(f.head)
    page = visitor.get("chasing.check")
    sent = {"round": str(uuid4()), "person": [str(f.dele.id)]}
    assert visitor.follow(visitor.post("chasing.remind", sent)).h1 == "1 reminder sent"
    assert [mail.person_id for mail in mails()] == [f.dele.id]
    shown = {"round": str(uuid4()), "shown": [str(f.carys.id)]}
    page = visitor.post("chasing.remind", shown, expect=422)
    assert "Tick at least one person to remind." in page.words
    assert "Carys Bevan" in page.words
    assert ticked(page.tree) == {"person": []}


def test_nobody_late_says_so(f, as_user):
    with writing():
        complete(f.carys, OTHER_CORE, days_ago(1))
    assert "Nobody is late, so there is nobody to remind." in as_user(f.north_manager).get("chasing.check").words


def test_people_of_others_are_hidden_by_every_door(f, as_user, actor):
    visitor = as_user(f.north_manager)
    for hidden in (f.dele, f.elin, f.north_manager, f.head):
        visitor.get(f"/chasing/remind?person={hidden.id}", expect=404)
        visitor.post("chasing.remind", {"round": str(uuid4()), "person": [str(hidden.id), str(f.carys.id)]}, expect=404)
    for place in (f"agency={f.care.id}", f"team={f.south.id}", f"team={uuid4()}", "team=north", "person=carys"):
        visitor.get(f"/chasing/remind?{place}", expect=404)
    assert db.session.scalars(select(Reminder)).all() == []
    as_user(f.coordinator).get("chasing.check", expect=403)
    as_user(f.ben).get("chasing.check", expect=403)
    with pytest.raises(NotFound), writing():
        actions.remind(actor(f.coordinator), uuid4(), [f.carys.id])


def test_a_round_is_its_senders_alone_and_names_only_who_is_still_theirs(f, as_user):
    visitor = as_user(f.head)
    after = remind(visitor, visitor.get("chasing.check"))
    round_id = db.session.scalar(select(ReminderRound.id))
    assert "Dele Adeyemi" in after.words
    as_user(f.north_manager).get("chasing.sent", round_id=round_id, expect=404)
    as_user(f.north_manager).post("chasing.remind", {"round": str(round_id), "person": [str(f.carys.id)]}, expect=404)
    with writing():
        dele = db.session.get(Person, f.dele.id)
        dele.memberships[0].ends_on = days_ago(1)
    assert "Dele Adeyemi" not in visitor.get("chasing.sent", round_id=round_id).words


def test_it_is_audited_and_the_person_can_read_who_reminded_them(f, as_user):
    visitor = as_user(f.north_manager)
    remind(visitor, visitor.get("chasing.check"))
    views = db.session.execute(select(RecordView.viewer_id, RecordView.person_id, RecordView.what)).all()
    assert set(views) == {
        (f.north_manager.id, f.carys.id, "status and dates"),
        (f.north_manager.id, f.carys.id, "reminder"),
    }
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "reminders.sent"))
    assert entry.actor_id == f.north_manager.id
    assert entry.detail == {"people": 1, "left_out": 0}


def test_exempt_leaver_closed_account_and_a_module_by_choice_are_never_chased(f, as_user, make):
    gone = make.person("Gone Already", team=f.north, starts_on=days_ago(400), ends_on=days_ago(1))
    closed = make.person("Closed Account", team=f.north, starts_on=days_ago(400))
    with writing() as session:
        complete(f.ben, BY_CHOICE, days_ago(2000))
        session.get(Person, closed.id).active = False
        session.add(
            Exemption(person_id=f.carys.id, agency_id=f.health.id, module=OTHER_CORE, reason="x", granted_by=f.head.id)
        )
    page = as_user(f.north_manager).get("chasing.check")
    assert page.h1 == "Remind"
    assert "Closed Account has no account in use, so no mail would reach them." in page.words
    for name in ("Carys", "Ben", gone.name):
        assert name not in page.words


@pytest.mark.slow
def test_more_than_fit_on_a_page_come_in_turns(f, as_user, make, mails):
    for number in range(53):
        make.person(f"Late {number:02d}", team=f.north, starts_on=days_ago(600 - number))
    visitor = as_user(f.north_manager)
    page = visitor.get("chasing.check")
    assert page.h1 == "Remind 50 people"
    assert "4 more are late; come back for them afterwards." in page.words
    assert len(page.data) < 120_000
    assert remind(visitor, page).h1 == "50 reminders sent"
    assert visitor.get("chasing.check").h1 == "Remind 4 people"
    assert len(mails()) == 50


def test_looking_costs_the_same_however_many_people(f, as_user, make):
    visitor = as_user(f.north_manager)
    with counting() as few:
        visitor.get("chasing.check")
    for number in range(20):
        make.person(f"Late {number:02d}", team=f.north, starts_on=days_ago(600 - number))
    with counting() as many:
        visitor.get("chasing.check")
    assert len(many) == len(few)
    assert len([one for one in many if one.startswith("SELECT")]) <= 15


def test_refused_reminders_keep_nothing(f, actor, mails):
    with writing() as session:
        session.add(Reminder(person_id=f.carys.id, day=clock.today()))
    with pytest.raises(NobodyReminded), writing():
        actions.remind(actor(f.north_manager), uuid4(), [f.carys.id])
    assert db.session.scalars(select(ReminderRound)).all() == []
    assert mails() == []
