"""Signing in and out: what lets a person in, what keeps others out, and what a copied cookie is worth."""

import subprocess
import sys
from datetime import timedelta
from time import perf_counter

import pytest
from flask import Flask, request
from sqlalchemy import event, func, select, update

from lms.audit.models import AuditEntry
from lms.config import Settings
from lms.core import clock
from lms.core.db import db, writing
from lms.people.models import Person
from lms.signin import passwords
from lms.signin.models import SignIn, WrongTry
from lms.signin.passwords import hash_password, is_right
from lms.web import security
from tests.support.browser import Visitor

PASSWORD = "a long enough password"
BASIC = {"LMS_SECRET_KEY": "tests-only-0123456789-abcdefghijklmnop", "LMS_BASE_URL": "http://localhost"}


@pytest.fixture
def leah(make):
    return make.person("Leah Stone", password_hash=hash_password(PASSWORD))


def enter(visitor, person, password=PASSWORD, expect=303, **more):
    return visitor.post("signin.sign_in", {"email": person.email, "password": password, **more}, expect=expect)


def test_a_person_signs_in_and_reaches_the_first_page(nobody, leah):
    page = enter(nobody, leah)
    assert page.location == "/"
    assert nobody.get("signin.me").h1 == "Leah Stone"


def test_the_address_may_be_typed_in_capitals_with_spaces(nobody, leah):
    page = nobody.post("signin.sign_in", {"email": f"  {leah.email.upper()} ", "password": PASSWORD})
    assert page.location == "/"


def test_the_sign_in_form_needs_no_token_because_scripts_and_old_tabs_must_work(nobody, leah):
    response = nobody.client.post("/sign-in", data={"email": leah.email, "password": PASSWORD})
    assert response.status_code == 303


def test_a_wrong_token_signs_nobody_in_and_the_address_stays_typed(nobody, leah):
    form = nobody.get("signin.sign_in").all("//form[@action='/sign-in']")[0]
    typed = {"email": leah.email, "password": PASSWORD}
    page = nobody.send(nobody.get("signin.sign_in"), form, {**typed, "csrf_token": "wrong"}, expect=403)
    assert "open since an earlier sign-in" in page.words
    assert page.all("//input[@id='email']")[0].get("value") == leah.email
    assert nobody.get("signin.me", expect=303).location.startswith("/sign-in")
    assert nobody.send(page, form, typed).location == "/"


def test_a_second_press_on_the_old_page_leads_to_where_the_first_did(nobody, leah):
    form = nobody.get("signin.sign_in").all("//form[@action='/sign-in']")[0]
    typed = {"email": leah.email, "password": PASSWORD}
    assert nobody.send(nobody.get("signin.sign_in"), form, typed).location == "/"
    assert nobody.send(nobody.get("signin.me"), form, typed).location == "/"


def test_another_sites_page_cannot_sign_somebody_in(nobody, leah):
    response = nobody.client.post(
        "/sign-in", data={"email": leah.email, "password": PASSWORD}, headers={"Origin": "https://evil.example"}
    )
    assert response.status_code == 403


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(nobody, leah):
    wrong = enter(nobody, leah, "not it", expect=422)
    unknown = nobody.post("signin.sign_in", {"email": "nobody@agency.example", "password": "not it"}, expect=422)
    assert wrong.words.replace(leah.email, "") == unknown.words.replace("nobody@agency.example", "")
    assert "do not match" in wrong.words


def test_a_wrong_password_and_an_unknown_address_take_equally_long():
    stored_hash = hash_password(PASSWORD)

    def took(stored):
        started = perf_counter()
        is_right(stored, "not it")
        return perf_counter() - started

    known = min(took(stored_hash) for _ in range(20))
    unknown = min(took(None) for _ in range(20))
    assert 0.5 < known / unknown < 2


def test_an_unknown_address_costs_the_same_work_as_a_wrong_password(app, leah, monkeypatch):
    """The same statements and one slow comparison of equal strength, so no clock tells who has an account."""
    checked, work = [], []
    real = passwords.is_right
    monkeypatch.setattr(
        passwords, "is_right", lambda stored, given: checked.append(bool(stored)) or real(stored, given)
    )
    for email in (leah.email, "nobody@agency.example"):
        visitor, asked = Visitor(app, app.test_client()), []

        def note(*words, asked=asked):
            asked.append(words[2])

        event.listen(db.engine, "before_cursor_execute", note)
        visitor.client.post("/sign-in", data={"email": email, "password": "not it"})
        event.remove(db.engine, "before_cursor_execute", note)
        work.append(asked)
    assert checked == [True, False]
    assert work[0] == work[1]
    strengths = [hashed.split("$")[1:4] for hashed in (hash_password("x"), passwords._nobody())]
    assert strengths[0] == strengths[1]


def test_an_empty_form_says_what_to_enter_and_keeps_what_was_typed(nobody, leah):
    page = nobody.post("signin.sign_in", {"email": leah.email, "password": ""}, expect=422)
    assert "Enter your password" in page.words
    assert page.all("//input[@name='email']/@value") == [leah.email]
    assert page.all("//title")[0].text.startswith("Error: ")


def test_a_closed_account_cannot_sign_in(nobody, leah):
    with writing():
        db.session.execute(update(Person).values(active=False))
    enter(nobody, leah, expect=422)


def test_a_cookie_copied_before_sign_out_is_dead_afterwards(app, nobody, leah):
    enter(nobody, leah)
    thief = Visitor(app, app.test_client())
    thief.client.set_cookie("common-ground", nobody.client.get_cookie("common-ground").value)
    assert thief.get("signin.me").h1 == "Leah Stone"
    nobody.post("signin.sign_out")
    thief.get("signin.me", expect=303)


@pytest.mark.parametrize("who", ["leah", "next_person"])
def test_a_cookie_copied_before_somebody_signs_in_again_is_dead_afterwards(app, make, nobody, leah, who):
    next_person = make.person("Ada Next", password_hash=hash_password(PASSWORD))
    enter(nobody, leah)
    thief = Visitor(app, app.test_client())
    thief.client.set_cookie("common-ground", nobody.client.get_cookie("common-ground").value)
    enter(nobody, {"leah": leah, "next_person": next_person}[who])
    thief.get("signin.me", expect=303)
    nobody.get("signin.me")


def test_a_wrong_password_leaves_the_present_sign_in_alive(nobody, leah):
    enter(nobody, leah)
    enter(nobody, leah, "not it", expect=422)
    nobody.get("signin.me")


def test_signing_out_works_from_an_old_page_or_a_program_and_never_from_another_site(as_user, leah):
    browser = as_user(leah)
    browser.client.post("/sign-out", headers={"Origin": "https://evil.example"})
    browser.get("signin.me")
    assert browser.client.post("/sign-out").location == "/sign-in"
    browser.get("signin.me", expect=303)


def test_coming_and_going_are_in_the_audit_record(nobody, as_user, leah):
    enter(nobody, leah)
    nobody.post("signin.sign_out")
    as_user(leah).post("signin.sign_out_everywhere")
    noted = db.session.execute(select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.subject_id)).all()
    acts = ["person.signed_in", "person.signed_out", "person.signed_out_everywhere"]
    assert sorted(noted) == [(act, leah.id, leah.id) for act in acts]


def test_signing_out_everywhere_ends_the_other_devices(app, as_user, leah):
    phone, desk = as_user(leah), as_user(leah)
    desk.post("signin.sign_out_everywhere")
    phone.get("signin.me", expect=303)


def test_one_device_can_be_signed_out_from_another(as_user, leah):
    phone, desk = as_user(leah), as_user(leah)
    page = desk.get("signin.sign_ins")
    button = page.all("//form[contains(@action, '/sign-ins/')]")
    assert len(button) == 2  # this other one, and all others
    desk.send(page, button[0])
    phone.get("signin.me", expect=303)
    desk.get("signin.me")


def test_all_other_devices_can_be_signed_out_at_once(as_user, leah):
    phone, tablet, desk = as_user(leah), as_user(leah), as_user(leah)
    page = desk.get("signin.sign_ins")
    done = desk.follow(desk.send(page, page.all("//form[contains(@action, 'end-others')]")[0]))
    assert "2 other sign-ins have ended" in done.words
    for other in (phone, tablet):
        other.get("signin.me", expect=303)


def test_my_sign_ins_say_on_what_since_when_and_from_where(nobody, leah):
    nobody.client.environ_base |= {"REMOTE_ADDR": "192.0.2.7", "HTTP_USER_AGENT": "Mozilla/5.0 (Windows) Firefox/140.0"}
    enter(nobody, leah)
    words = nobody.get("signin.sign_ins").words
    assert "Firefox on Windows" in words
    assert "From the network address 192.0.2.7" in words
    assert "This one" in words


def test_the_address_is_what_the_proxies_say_only_where_there_are_proxies():
    def seen(proxies):
        app = Flask("lms")
        security.install(app, Settings(BASIC | {"LMS_PROXIES": proxies}))
        app.route("/")(lambda: request.remote_addr)
        client = app.test_client()
        forged = {"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}
        return client.get("/", headers=forged, environ_base={"REMOTE_ADDR": "10.0.0.1"}).text

    assert [seen(number) for number in ("0", "1", "2")] == ["10.0.0.1", "198.51.100.4", "203.0.113.9"]


def test_nobody_ends_another_persons_sign_in(as_user, make, leah):
    leah_browser, other = as_user(leah), as_user(make.person())
    theirs = db.session.scalar(select(SignIn.id).where(SignIn.person_id == leah.id))
    other.post("signin.end_sign_in", expect=404, sign_in_id=theirs)
    leah_browser.get("signin.me")


def test_an_unused_sign_in_ends_by_itself(app, as_user, leah):
    browser = as_user(leah)
    with writing():
        db.session.execute(update(SignIn).values(last_used_at=clock.now() - timedelta(hours=13)))
    browser.get("signin.me", expect=303)


def test_a_used_sign_in_ends_after_a_fortnight_all_the_same(app, as_user, leah):
    browser = as_user(leah)
    with writing():
        db.session.execute(update(SignIn).values(started_at=clock.now() - timedelta(days=15)))
    browser.get("signin.me", expect=303)


def test_ten_wrong_tries_are_followed_by_a_pause_even_for_the_right_password(nobody, leah):
    for _ in range(10):
        enter(nobody, leah, "guess", expect=422)
    page = enter(nobody, leah, expect=429)
    assert "Wait 15 minutes" in page.words


@pytest.mark.slow
def test_a_hundred_wrong_tries_from_one_address_pause_it_for_every_account(nobody, leah, monkeypatch):
    monkeypatch.setattr("lms.signin.passwords.is_right", lambda stored, password: False)
    for number in range(100):
        nobody.post("signin.sign_in", {"email": f"guess{number}@agency.example", "password": "x"}, expect=422)
    monkeypatch.undo()
    enter(nobody, leah, expect=429)
    nobody.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    enter(nobody, leah)


@pytest.mark.slow
def test_the_pause_ends(nobody, leah):
    for _ in range(10):
        enter(nobody, leah, "guess", expect=422)
    with writing():
        db.session.execute(update(WrongTry).values(since=clock.now() - timedelta(minutes=16)))
    enter(nobody, leah)


@pytest.mark.slow
def test_the_right_password_clears_earlier_slips(nobody, leah):
    for _ in range(9):
        enter(nobody, leah, "guess", expect=422)
    enter(nobody, leah)
    nobody.post("signin.sign_out")
    enter(nobody, leah, "guess", expect=422)
    enter(nobody, leah)


def test_throttling_does_not_tell_who_has_an_account(nobody):
    for _ in range(10):
        nobody.post("signin.sign_in", {"email": "nobody@agency.example", "password": "x"}, expect=422)
    nobody.post("signin.sign_in", {"email": "nobody@agency.example", "password": "x"}, expect=429)
    assert db.session.scalar(select(func.count()).select_from(WrongTry).where(WrongTry.key.contains("nobody"))) == 0


def test_only_a_hash_of_the_cookies_token_is_stored(nobody, leah):
    enter(nobody, leah)
    with nobody.client.session_transaction() as held:
        token = held["sign_in"]
    assert db.session.scalars(select(SignIn.token_hash)).all() != [token]


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "javascript:x"]
)
def test_after_signing_in_nobody_is_sent_to_another_site(nobody, leah, target):
    page = enter(nobody, leah, next=target)
    assert page.location == "/"


@pytest.mark.parametrize("target", ["/sign-out", "/sign%2Dout", "/me/theme?x=1", "/nowhere/", "/%00", "/%ff"])
def test_after_signing_in_nobody_is_sent_to_what_no_link_opens(nobody, leah, target):
    assert enter(nobody, leah, next=target).location == "/"


@pytest.mark.parametrize("target", ["/learn", "/me/sign-ins/?a=%2F#end"])
def test_after_signing_in_a_person_comes_to_a_page_with_all_of_its_address(nobody, leah, target):
    assert enter(nobody, leah, next=target).location == target


def test_after_signing_in_a_person_goes_where_they_were_heading(nobody, leah):
    heading = nobody.get("signin.me", expect=303)
    assert heading.location == "/sign-in?next=/me/"
    assert enter(nobody, leah, next="/me/").location == "/me/"


def test_nothing_from_before_the_sign_in_survives_it(nobody, leah):
    with nobody.client.session_transaction() as held:
        held["planted"] = "by an attacker"
    enter(nobody, leah)
    with nobody.client.session_transaction() as held:
        assert "planted" not in held


def test_colours_are_kept_per_person(as_user, leah):
    browser = as_user(leah)
    browser.post("signin.theme", {"theme": "dark"})
    assert browser.get("signin.me").all("/html/@data-theme") == ["dark"]


def test_a_form_without_its_token_changes_nothing(as_user, leah):
    browser = as_user(leah)
    response = browser.client.post("/me/theme", data={"theme": "dark"})
    assert response.status_code == 403
    assert browser.get("signin.me").all("/html/@data-theme") == []


@pytest.mark.slow
def test_real_hashes_are_argon2id_at_full_strength():
    """Other tests hash cheaply; what the server starts with is what a fresh process says."""
    code = "from lms.signin.passwords import hash_password; print(hash_password('x'))"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
