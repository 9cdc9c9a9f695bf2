"""Forgotten and changed passwords: who learns what, links that work once, and which passwords are refused."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import Refusal
from lms.notifications.models import OutboxMail
from lms.people.models import Person
from lms.signin import recovering, strength
from lms.signin.models import PasswordReset
from lms.signin.passwords import hash_password, is_right
from tests.support.browser import Visitor

PASSWORD = "a long enough password"
NEW = "pebble tractor lampshade"


@pytest.fixture
def leah(make):
    return make.person("Leah Stone", agency=make.agency("Fernshire Trust"), password_hash=hash_password(PASSWORD))


def ask(visitor, email, expect=303, **more):
    page = visitor.get("passwords.ask")
    return visitor.send(page, page.forms()[0], {"email": email}, expect=expect)


def mailed_link(person):
    recovering.answer_asked()
    mails = db.session.scalars(
        select(OutboxMail).where(OutboxMail.kind == "signin/reset").order_by(OutboxMail.queued_at)
    )
    body = mails.all()[-1].body
    return re.search(r"http://localhost(/password/new/\S+)", body)[1]


def set_new(visitor, link, password=NEW, expect=303):
    page = visitor.get(link)
    return visitor.send(page, page.forms()[0], {"password": password}, expect=expect)


def fits(person, password):
    db.session.rollback()
    return is_right(db.session.scalar(select(Person.password_hash).where(Person.id == person.id)), password)


def test_a_forgotten_password_is_set_anew_by_a_link(nobody, as_user, leah):
    elsewhere = as_user(leah)
    assert nobody.follow(ask(nobody, f" {leah.email.upper()} ")).h1 == "Look at your mail"
    done = set_new(nobody, mailed_link(leah))
    assert done.location == "/sign-in"
    elsewhere.get("signin.me", expect=303)
    assert fits(leah, NEW)
    assert not fits(leah, PASSWORD)
    acts = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts == ["password.link_sent", "password.reset"]
    assert "signin/password_changed" in db.session.scalars(select(OutboxMail.kind)).all()


def test_an_unknown_address_gets_the_same_answer_by_the_same_work(app, nobody, leah, make):
    closed = make.person()
    with writing():
        db.session.execute(update(Person).where(Person.id == closed.id).values(active=False))
    answers, work = [], []
    for email in (leah.email, "nobody@agency.example", closed.email):
        visitor, asked = Visitor(app, app.test_client()), []

        def note(*words, asked=asked):
            asked.append(words[2])

        page = visitor.get("passwords.ask")
        event.listen(db.engine, "before_cursor_execute", note)
        answer = visitor.send(page, page.forms()[0], {"email": email})
        event.remove(db.engine, "before_cursor_execute", note)
        answers.append((answer.status, answer.location, answer.data, sorted(answer.headers.keys())))
        work.append(asked)
    assert answers[0] == answers[1] == answers[2]
    assert work[0] == work[1] == work[2]
    assert not [one for one in work[0] if "FROM people" in one], "the answer must not hang on who has an account"
    recovering.answer_asked()
    assert db.session.scalars(select(OutboxMail.address)).all() == [leah.email]
    assert db.session.scalar(select(func.count()).select_from(PasswordReset)) == 1


def test_a_link_works_once(nobody, leah):
    ask(nobody, leah.email)
    link = mailed_link(leah)
    set_new(nobody, link)
    assert nobody.get(link, expect=404).h1 == "This link no longer works"
    assert db.session.scalars(select(OutboxMail.body).where(OutboxMail.kind == "signin/reset")).all() == [""]


def test_a_link_works_for_an_hour(nobody, leah):
    ask(nobody, leah.email)
    link = mailed_link(leah)
    with writing():
        db.session.execute(update(PasswordReset).values(asked_at=clock.now() - timedelta(minutes=61)))
    nobody.get(link, expect=404)
    assert recovering.sweep() == 1


def test_a_newer_link_replaces_an_older_one(nobody, leah):
    ask(nobody, leah.email)
    older = mailed_link(leah)
    ask(nobody, leah.email)
    newer = mailed_link(leah)
    nobody.get(older, expect=404)
    set_new(nobody, newer)


def test_only_a_hash_of_the_link_is_stored_beside_the_account(nobody, leah):
    ask(nobody, leah.email)
    token = mailed_link(leah).rpartition("/")[2]
    row = db.session.scalar(select(PasswordReset))
    assert len(token) >= 22
    assert token not in (row.token_hash, row.email)
    assert db.session.scalars(select(OutboxMail.link)).all() == [""]


def test_the_mailbox_alone_gets_nobody_past_the_second_step(nobody, make):
    mo = make.manager(agency=make.agency(), password_hash=hash_password(PASSWORD))
    ask(nobody, mo.email)
    set_new(nobody, mailed_link(mo))
    nobody.post("signin.sign_in", {"email": mo.email, "password": NEW})
    nobody.get("signin.me", expect=303)


def test_a_forged_host_does_not_reach_the_mail(nobody, leah):
    page = nobody.get("passwords.ask")
    token = page.all("//input[@name='csrf_token']/@value")[0]
    data = {"csrf_token": token, "email": leah.email}
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert nobody.client.post("/password/forgotten", data=data, headers=forged).status_code == 400
    ask(nobody, leah.email)
    mailed_link(leah)
    assert "evil" not in db.session.scalars(select(OutboxMail.body)).all()[0]


@pytest.mark.parametrize("email", ["leah", "nobody@agency.example"])
def test_asking_is_slowed_down_for_every_address_alike(nobody, leah, email):
    address = leah.email if email == "leah" else email
    for _ in range(3):
        ask(nobody, address)
    assert "Wait 15 minutes" in ask(nobody, address, expect=429).words


def test_asking_is_slowed_down_by_remote_end(nobody, leah):
    for number in range(30):
        ask(nobody, f"somebody{number}@agency.example")
    ask(nobody, leah.email, expect=429)
    nobody.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    ask(nobody, leah.email)


def test_a_person_changes_their_password_and_their_other_sign_ins_end(as_user, leah):
    here, elsewhere = as_user(leah), as_user(leah)
    here.post("passwords.change", {"present": PASSWORD, "password": NEW})
    here.get("signin.me")
    elsewhere.get("signin.me", expect=303)
    assert fits(leah, NEW)
    assert db.session.scalars(select(OutboxMail.kind)).all() == ["signin/password_changed"]


@pytest.mark.parametrize(
    ("endpoint", "typed"),
    [("passwords.change", {"present": PASSWORD, "password": NEW}), ("signin.end_others", {})],
)
def test_a_copy_of_the_cookie_is_dead_after_a_change_of_password_or_ending_the_others(
    as_user, leah, nobody, endpoint, typed
):
    here = as_user(leah)
    here.get("signin.me")
    nobody.client.set_cookie("common-ground", here.client.get_cookie("common-ground").value)
    nobody.get("signin.me")
    here.post(endpoint, typed)
    nobody.get("signin.me", expect=303)
    here.get("signin.me")


def test_the_present_password_is_asked_for_and_slowed_down(as_user, leah):
    here = as_user(leah)
    for _ in range(10):
        page = here.post("passwords.change", {"present": "guess", "password": NEW}, expect=422)
    assert "That is not your password" in page.words
    here.post("passwords.change", {"present": PASSWORD, "password": NEW}, expect=429)
    assert fits(leah, PASSWORD)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "too short"),
        ("password1234", "lists that are tried first"),
        ("iloveyou1234", "lists that are tried first"),
        ("qwertyuiop12", "lists that are tried first"),
        ("aaaaaaaaaaaaaaaa", "lists that are tried first"),
        ("abcdefghijklmnop", "lists that are tried first"),
        ("Leah likes purple tractors", "Leave out “leah”"),
        ("the stone in my shoe", "Leave out “stone”"),
        ("fernshiretrust rocks", "Leave out “fernshire”"),
        ("common ground for two", "Leave out “common”"),
    ],
)
def test_weak_passwords_are_refused_with_a_reason(as_user, leah, password, reason):
    page = as_user(leah).post("passwords.change", {"present": PASSWORD, "password": password}, expect=422)
    assert reason in page.words


@pytest.mark.parametrize(
    "password", ["pebble tractor lampshade", "ünïcödé ist schön heute", "x7$kQ!pw9Zr2", "q" + "z7" * 4 + "kmw" * 250]
)
def test_no_kind_of_letter_is_asked_for_and_length_is_welcome(app, password):
    with app.app_context():
        strength.check(password, ["Leah Stone", "Fernshire Trust"])


def test_every_known_password_that_is_long_enough_is_refused():
    long_enough = [one for one in FREQUENCY_LISTS["passwords"] if len(one) >= 12]
    assert len(long_enough) > 200
    for one in long_enough:
        with pytest.raises(Refusal):
            strength.check(one)
