"""The administrator's pages: what runs by the clock, and mails that could not leave, without whom they are to."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.jobs.models import ClockRun
from lms.notifications.models import OutboxMail
from tests.notifications.conftest import mail, put_in, state


@pytest.fixture(autouse=True)
def _text(app, monkeypatch):
    monkeypatch.setattr("lms.notifications.actions.render_template", lambda _n, **_g: "A secret subject\n\nA body.\n")


@pytest.fixture
def admin(make):
    return make.person(roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),))


def parked(person, kind="cohorts/changed", fault="refused: recipient 550", **values):
    mail_id = put_in(person, kind)
    with writing():
        found = mail(mail_id)
        found.state, found.tries, found.fault, found.tried_at = "parked", 8, fault, clock.now()
        for name, value in values.items():
            setattr(found, name, value)
    return mail_id


def acts():
    return db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("mail."))).all()


def test_parked_mails_are_shown_by_kind_and_fault_and_never_with_whom_or_what(as_user, admin, make):
    leah = make.person("Leah Stone")
    parked(leah)
    page = as_user(admin).get("operating.mail")
    assert "1 mail waits for you" in page.words
    assert "Your place on a joint day cohorts/changed" in page.words
    assert "The mail server does not take mail for this address." in page.words
    assert "Tried 8 times" in page.words
    for hidden in ("Leah", leah.email, "secret", "A body"):
        assert hidden not in page.text


def test_an_administrator_lets_a_mail_leave_again_or_drops_it_and_both_are_noted(as_user, admin, make):
    again, gone = parked(make.person(), unsure=3), parked(make.person())
    browser = as_user(admin)
    browser.post("operating.again", mail_id=again)
    browser.post("operating.drop", mail_id=gone)
    assert (state(again)[:2], mail(again).unsure) == (("waiting", 0), 0)
    assert state(gone).state == "dropped"
    assert sorted(acts()) == ["mail.dropped", "mail.tried_again"]
    refused = browser.post("operating.drop", mail_id=gone, expect=422)
    assert "dealt with meanwhile" in refused.words
    browser.post("operating.again", mail_id=gone, expect=422)
    assert state(gone).state == "dropped"


def test_all_parked_mails_are_tried_again_in_one_press(as_user, admin, make):
    ids = [parked(make.person()) for _ in range(3)]
    browser = as_user(admin)
    browser.post("operating.all_again")
    assert "3 mails are tried again now." in browser.get("operating.mail").words
    assert {state(one)[:2] for one in ids} == {("waiting", 0)}
    assert acts() == ["mail.all_tried_again"]


def test_a_mail_that_waits_after_a_fault_can_be_tried_now(as_user, admin, make):
    mail_id = parked(make.person(), fault="away: greeting 554", state="waiting", tries=3)
    with writing():
        mail(mail_id).next_try_at = clock.now() + timedelta(hours=4)
    browser = as_user(admin)
    assert "The mail server cannot be used." in browser.get("operating.mail").words
    browser.post("operating.again", mail_id=mail_id)
    assert mail(mail_id).next_try_at <= clock.now()
    assert state(mail_id).tries == 3


def test_a_long_list_comes_in_pages_with_the_same_number_of_queries(as_user, admin, make):
    leah = make.person()
    parked(leah)
    browser = as_user(admin)

    def queries(page):
        seen = []
        event.listen(db.engine, "before_cursor_execute", note := lambda *_given: seen.append(1))
        try:
            return browser.get("operating.mail", query={"page": page}), len(seen)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    _, few = queries(1)
    for _ in range(54):
        parked(leah)
    page, many = queries(2)
    assert many == few <= 12
    assert "Page 2 of 2" in page.words
    assert len(page.all("//section[@aria-labelledby='parked']//li")) == 5
    assert len(page.data) < 100_000


def test_the_overview_says_how_each_job_and_the_mails_stand(as_user, admin, make):
    parked(make.person())
    now = clock.now()
    with writing() as session:
        session.add(ClockRun(job="deliver_mail", done_for=now, went_well_at=now, ended_at=now))
        session.add(
            ClockRun(job="forget_needs", failures=2, fault="OperationalError", fault_at=now, again_at=now)
        )  # fmt: skip
    page = as_user(admin).get("operating.overview")
    assert "1 task by the clock failed last time. It is tried again. 1 mail waits for you." in page.words
    assert "OperationalError" in page.words
    assert "Failed 2 times" in page.words
    assert "Not run yet" in page.words
    with writing() as session:
        session.get(ClockRun, "forget_needs").failures = 0
    assert "No task by the clock failed last time" in as_user(admin).get("operating.overview").words


def test_only_administrators_see_operating_in_the_menu(as_user, admin, make):
    assert "Operating" in as_user(admin).get("home.home").text
    assert "Operating" not in as_user(make.manager(agency=make.agency())).get("home.home").text


def test_who_administers_one_agency_alone_neither_reads_nor_drops_the_mails_of_all(as_user, make):
    mail_id = parked(make.person())
    browser = as_user(make.person(agency=make.agency(), roles=((Role.ADMINISTRATOR, Scope.AGENCY),)))
    assert "Operating" not in browser.get("home.home").text
    for page in ("operating.overview", "operating.mail"):
        browser.get(page, expect=403)
    for act in ("operating.again", "operating.drop"):
        browser.post(act, mail_id=mail_id, expect=403)
    browser.post("operating.all_again", expect=403)
    assert state(mail_id).state == "parked"


@pytest.mark.slow
def test_nothing_is_written_by_looking(as_user, admin, make):
    mail_id = parked(make.person())
    browser = as_user(admin)
    browser.get("operating.mail")
    browser.get("operating.overview")
    assert state(mail_id).state == "parked"
    assert db.session.scalars(select(OutboxMail.id)).all() == [mail_id]
