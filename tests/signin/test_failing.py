"""What is noted of sign-ins that fail, who is shown it, and how many codes a thief of the password can guess."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.audit import checking as chain
from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from lms.rights import erasing
from lms.signin import failing, recovering
from lms.signin.passwords import hash_password
from tests.signin.test_second_step import PASSWORD, another, enter, give, mo, noon, now_of, set_up  # noqa: F401

TYPED = "typed-by-mistake"


@pytest.fixture
def leah(make):
    return make.person("Leah Stone", password_hash=hash_password(PASSWORD))


def noted(*actions):
    wanted = select(AuditEntry).where(AuditEntry.action.in_(actions or (failing.FAILED, failing.HELD_UP)))
    found = db.session.scalars(wanted.order_by(AuditEntry.id)).all()
    db.session.rollback()
    return found


def wrongly(visitor, email, expect=422):
    return visitor.post("signin.sign_in", {"email": email, "password": TYPED}, expect=expect)


def test_a_wrong_password_is_noted_about_its_account_with_nothing_that_was_typed(nobody, leah):
    nobody.client.environ_base |= {"REMOTE_ADDR": "192.0.2.7"}
    wrongly(nobody, f" {leah.email.upper()}")
    (row,) = noted()
    assert (row.action, row.actor_id, row.subject_id) == (failing.FAILED, None, leah.id)
    assert row.detail == {"why": "password", "address": "192.0.2.7"}
    assert chain.check(db.engine).faults == []


def test_an_address_that_nobody_has_is_noted_without_the_address(nobody, leah):
    wrongly(nobody, "secret.colleague@agency.example")
    (row,) = noted()
    assert (row.actor_id, row.subject_id, set(row.detail)) == (None, None, {"why", "address"})
    assert "colleague" not in str(row.detail)


def test_no_more_than_the_limit_are_noted_under_unknown_addresses_and_known_ones_still(nobody, leah, monkeypatch):
    monkeypatch.setattr(failing, "MOST_UNKNOWN", 3)
    for number in range(6):
        wrongly(nobody, f"nobody-{number}@agency.example")
    wrongly(nobody, leah.email)
    assert [row.subject_id for row in noted()] == [None, None, None, leah.id]
    assert len(noted(failing.UNHEARD)) == 1


@pytest.mark.slow
def test_a_pause_is_noted_once_however_many_are_turned_away(nobody, leah):
    for _ in range(10):
        wrongly(nobody, leah.email)
    for _ in range(4):
        wrongly(nobody, leah.email, expect=429)
    assert [row.action for row in noted()] == [failing.FAILED] * 10 + [failing.HELD_UP]
    assert noted()[-1].subject_id == leah.id


def test_a_password_asked_for_again_is_noted_too(nobody, leah):
    enter(nobody, leah)
    page = nobody.get("second_step.why")
    nobody.send(page, page.forms()[0], {"password": TYPED}, expect=422)
    assert [(row.actor_id, row.detail["why"]) for row in noted()] == [(leah.id, "password asked again")]


def test_my_sign_ins_show_what_failed_at_my_account_and_nobody_elses(nobody, leah, make, as_user):
    nobody.client.environ_base |= {"REMOTE_ADDR": "192.0.2.7"}
    wrongly(nobody, leah.email)
    words = as_user(leah).get("signin.sign_ins").words
    assert "A wrong password" in words
    assert "From the network address 192.0.2.7" in words
    assert "None within the last month" in as_user(make.person()).get("signin.sign_ins").words


@pytest.mark.slow
def test_what_failed_goes_with_the_person(nobody, leah):
    wrongly(nobody, leah.email)
    with writing():
        erasing.erase(None, people.by_email(leah.email), erasing.Reason.REQUEST)
    (row,) = noted()
    assert (row.subject_id, row.detail) == (None, {})
    assert chain.check(db.engine).faults == []


def test_a_page_refused_again_and_again_is_noted_once_in_a_quarter_of_an_hour(noon, leah, as_user):  # noqa: F811
    browser = as_user(leah)
    for _ in range(3):
        browser.get("people.agencies", expect=403)
    browser.get("second_step.lost", expect=403)
    assert len(noted("access.refused")) == 2
    noon.shift(16 * 60)
    browser.get("people.agencies", expect=403)
    assert len(noted("access.refused")) == 3


def guess(visitor, noon, number):  # noqa: F811
    for count in range(number):
        if count and not count % 9:
            noon.shift(16 * 60)
        give(visitor, "000000", expect=422)
    noon.shift(16 * 60)


def thief_of(visitor, person):
    browser = another(visitor)
    enter(browser, person)
    return browser


@pytest.fixture
def guessed(noon, mo, nobody):  # noqa: F811
    """Somebody with the password has guessed at twenty codes, within an hour."""
    secret, codes = set_up(nobody, mo)
    noon.shift(60)
    for _ in range(2):
        guess(thief_of(nobody, mo), noon, 10)
    return secret, codes


def test_wrong_codes_are_noted_about_whoever_gave_the_password(noon, mo, nobody):  # noqa: F811
    set_up(nobody, mo)
    give(thief_of(nobody, mo), "000000", expect=422)
    assert [(row.actor_id, row.subject_id, row.detail["why"]) for row in noted()] == [(mo.id, mo.id, "code")]
    assert "The right password, and then a wrong code" in nobody.get("signin.sign_ins").words


@pytest.mark.slow
def test_after_twenty_wrong_codes_in_a_day_no_code_of_the_phone_is_taken(noon, mo, nobody, guessed):  # noqa: F811
    secret, _ = guessed
    page = give(browser := thief_of(nobody, mo), now_of(secret), expect=429)
    assert "20 wrong codes within a day" in page.words
    assert "A recovery code lets you in now" in page.words
    noon.shift(24 * 3600)
    give(browser := thief_of(nobody, mo), now_of(secret))
    assert browser.get("signin.me").h1 == "Mo Manager"


@pytest.mark.slow
def test_a_recovery_code_lets_in_all_the_same_and_codes_are_taken_again(noon, mo, nobody, guessed):  # noqa: F811
    secret, codes = guessed
    give(thief_of(nobody, mo), codes[0])
    noon.shift(60)
    give(thief_of(nobody, mo), now_of(secret))


@pytest.mark.slow
def test_a_new_password_shuts_the_thief_out_and_codes_are_taken_again(noon, mo, nobody, guessed):  # noqa: F811
    secret, _ = guessed
    nobody.post("passwords.ask", {"email": mo.email})
    recovering.answer_asked()
    body = db.session.scalar(select(OutboxMail.body).where(OutboxMail.kind == "signin/reset"))
    where = next(word for word in body.split() if "/password/new/" in word).removeprefix("http://localhost")
    stranger = another(nobody)
    page = stranger.get(where)
    stranger.send(page, page.forms()[0], {"password": "pebble tractor lampshade"}, at=where)
    browser = another(nobody)
    enter(browser, mo, password="pebble tractor lampshade")
    give(browser, now_of(secret))


@pytest.mark.slow
def test_right_codes_neither_count_nor_give_a_thief_more_tries(noon, mo, nobody):  # noqa: F811
    secret, _ = set_up(nobody, mo)
    noon.shift(60)
    for _ in range(4):
        guess(thief_of(nobody, mo), noon, 5)
        if len(noted(failing.FAILED)) < failing.MOST_CODES:
            give(thief_of(nobody, mo), now_of(secret))
    give(thief_of(nobody, mo), now_of(secret), expect=429)


@pytest.mark.slow
def test_the_person_is_told_by_mail_after_five_wrong_codes_and_when_no_more_are_taken(mo, guessed):  # noqa: F811
    wanted = select(OutboxMail).where(OutboxMail.kind == "signin/wrong_codes").order_by(OutboxMail.queued_at)
    five, all_of_them = db.session.scalars(wanted).all()
    assert five.subject == "Somebody knows your password"
    assert "then 5 wrong codes" in five.body
    assert "not taken for a day" in all_of_them.body
    assert "/password/forgotten" in five.body
    assert five.person_id == mo.id


@pytest.mark.slow
def test_nobody_without_the_password_can_close_the_codes_of_another(noon, mo, nobody):  # noqa: F811
    secret, _ = set_up(nobody, mo)
    for _ in range(3):
        for _ in range(10):
            wrongly(another(nobody), mo.email)
        noon.shift(16 * 60)
    give(thief_of(nobody, mo), now_of(secret))


def test_failures_of_more_than_a_month_ago_are_not_shown(leah, as_user):
    with writing():
        db.session.add(AuditEntry(at=clock.now() - timedelta(days=31), action=failing.FAILED, subject_id=leah.id,
                                  detail={"why": "password", "address": "192.0.2.9"}))  # fmt: skip
    assert "None within the last month" in as_user(leah).get("signin.sign_ins").words


def test_a_wrong_token_of_a_directory_is_noted_about_nobody(nobody):
    nobody.client.environ_base |= {"REMOTE_ADDR": "192.0.2.7"}
    assert nobody.client.get("/scim/v2/Users", headers={"Authorization": f"Bearer {TYPED}"}).status_code == 401
    (row,) = noted()
    assert (row.subject_id, row.detail) == (None, {"why": "token of a directory", "address": "192.0.2.7"})


def test_no_more_than_the_limit_are_noted_of_ways_to_a_provider_that_one_address_begins(app, database, monkeypatch):
    monkeypatch.setattr(failing, "MOST_REFUSED", 3)
    provider = uuid4()
    for _ in range(5):
        failing.note_refused(provider, "said no", "192.0.2.7")
    failing.note_refused(provider, "said no", "192.0.2.8")
    assert [row.subject_id for row in noted("sign_in.refused")] == [provider] * 4
