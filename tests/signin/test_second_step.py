"""The second step: who needs it, what a password alone opens, codes that count once, and lost phones."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select, update

from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.notifications.models import OutboxMail
from lms.people.models import Person
from lms.signin import one_time, sealing
from lms.signin.cli import person
from lms.signin.models import RecoveryCode, SecondFactor, SignIn, WrongTry
from lms.signin.passwords import hash_password
from tests.support.browser import Visitor

PASSWORD = "a long enough password"
NOON = datetime(2026, 11, 26, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def mo(make):
    return make.manager(agency=make.agency("Trust"), name="Mo Manager", password_hash=hash_password(PASSWORD))


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as travel:
        yield travel


@pytest.fixture
def world(noon, make, mo, nobody, as_user):
    return make, mo, nobody, as_user


def enter(visitor, person, expect=303, **more):
    return visitor.post("signin.sign_in", {"email": person.email, "password": PASSWORD, **more}, expect=expect)


def key_on(page):
    return "".join(page.tree.xpath("string(//details//code)").split())


def set_up(visitor, person):
    """Sign in and set it up; returns the secret and the recovery codes."""
    enter(visitor, person)
    visitor.send(page := visitor.get("second_step.why"), page.forms()[0])
    page = visitor.get("second_step.phone")
    secret = key_on(page)
    kept = visitor.send(page, page.forms()[0], {"code": now_of(secret)}, expect=200)
    return secret, [one.text for one in kept.all("//ul[@class='codes']//code")]


def now_of(secret):
    return pyotp.TOTP(secret).at(clock.now())


def give(visitor, code, expect=303):
    page = visitor.get("second_step.enter")
    return visitor.send(page, page.forms()[0], {"code": code}, expect=expect)


def another(visitor):
    return Visitor(visitor.app, visitor.app.test_client())


def test_codes_are_those_of_the_standard():
    """RFC 6238, appendix B, of which phones show the last six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        moment = datetime.fromtimestamp(seconds, UTC)
        assert one_time.counter_of(secret, code, moment) == seconds // 30
        assert one_time.counter_of(secret, code, moment + timedelta(seconds=30)) == seconds // 30
        assert one_time.counter_of(secret, code, moment + timedelta(seconds=61)) is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.STAFF])
def test_every_role_above_staff_opens_nothing_before_it_is_set_up(make, nobody, role):
    person = make.person(roles=((Role.STAFF, Scope.TEAM), (role, Scope.AGENCY)), password_hash=hash_password(PASSWORD))
    enter(nobody, person)
    for endpoint in ("home.home", "signin.me", "record.record", "notifications.choices"):
        assert nobody.get(endpoint, expect=303).location.startswith("/second-step/?next=")
    assert nobody.client.post("/me/theme", data={"theme": "dark"}).status_code in (303, 403)
    assert nobody.follow(nobody.get("second_step.enter", expect=303)).h1 == "Set up the second step"


def test_staff_sign_in_with_the_password_alone(make, nobody):
    enter(nobody, make.person("Sam Staff", password_hash=hash_password(PASSWORD)))
    assert "Off: your password alone" in nobody.get("signin.me").words


def test_invented_people_need_none_on_this_machine_alone(mo, nobody, monkeypatch):
    with writing():
        db.session.execute(update(Person).values(demo=True))
    enter(nobody, mo)
    nobody.get("signin.me")
    monkeypatch.setattr(nobody.app.extensions["settings"], "base_url", "https://training.example")
    assert nobody.client.get("/me/", base_url="http://localhost").location.startswith("/second-step/")


def test_setting_up_leads_to_codes_shown_once_and_to_where_the_person_was_heading(noon, mo, nobody):
    secret, codes = set_up(nobody, mo)
    assert len(set(codes)) == 8
    assert nobody.get("signin.me").h1 == "Mo Manager"
    assert "8 recovery codes left" in nobody.get("signin.me").words
    assert nobody.get("second_step.phone", expect=404).status == 404
    stored = db.session.scalar(select(SecondFactor))
    assert secret.encode() not in stored.secret
    hashes = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert all(one.startswith("$argon2id$") for one in hashes)
    assert db.session.scalars(select(OutboxMail.kind)).all() == ["signin/second_step_on"]


def test_a_picture_and_a_link_say_the_same_as_the_key(noon, mo, nobody):
    enter(nobody, mo)
    nobody.send(page := nobody.get("second_step.why"), page.forms()[0])
    page = nobody.get("second_step.phone")
    link = page.all("//details//a/@href")[0]
    assert pyotp.parse_uri(link).secret == key_on(page)
    assert mo.email.replace("@", "%40") in link
    assert page.all("//*[@role='img']//*[local-name()='svg']")


def test_after_set_up_a_password_opens_nothing_without_a_code(noon, mo, nobody):
    secret, _ = set_up(nobody, mo)
    noon.shift(60)
    desk = another(nobody)
    assert enter(desk, mo, next="/me/").location == "/me/"
    door = desk.get("signin.me", expect=303)
    assert door.location == "/second-step/?next=/me/"
    page = desk.follow(door)
    assert page.h1 == "Enter your code"
    assert desk.send(page, page.forms()[0], {"code": f" {now_of(secret)[:3]} {now_of(secret)[3:]} "}).location == "/me/"
    assert desk.get("signin.me").h1 == "Mo Manager"


def test_somebody_with_the_password_alone_cannot_set_up_a_phone_of_their_own(noon, mo, nobody):
    set_up(nobody, mo)
    thief = another(nobody)
    enter(thief, mo)
    page = thief.get("second_step.why")
    thief.send(page, page.forms()[0], {"password": PASSWORD}, expect=404)
    thief.get("second_step.phone", expect=404)
    for endpoint in ("second_step.recovery_codes", "second_step.turn_off"):
        assert "/second-step/" in thief.get(endpoint, expect=303).location


def test_a_code_lets_in_once(noon, mo, nobody):
    secret, _ = set_up(nobody, mo)
    shoulder = another(nobody)
    enter(shoulder, mo)
    assert "was used already" in give(shoulder, now_of(secret), expect=422).words  # it set the phone up
    noon.shift(30)
    give(shoulder, now_of(secret))
    again = another(nobody)
    enter(again, mo)
    give(again, now_of(secret), expect=422)
    noon.shift(30)
    give(again, now_of(secret))


def test_an_older_code_than_the_last_one_is_refused(noon, mo, nobody):
    secret, _ = set_up(nobody, mo)
    noon.shift(60)
    older = pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=30))
    one, two = another(nobody), another(nobody)
    enter(one, mo), enter(two, mo)
    give(one, now_of(secret))
    give(two, older, expect=422)


def test_a_wrong_code_says_that_codes_hang_on_the_phones_clock(noon, mo, nobody):
    secret, _ = set_up(nobody, mo)
    late = another(nobody)
    enter(late, mo)
    behind = pyotp.TOTP(secret).at(clock.now() - timedelta(minutes=5))
    page = give(late, behind, expect=422)
    assert "Codes depend on your phone’s time" in page.words
    assert page.all("//title")[0].text.startswith("Error: ")


def test_ten_wrong_codes_are_followed_by_a_pause_even_for_the_right_one(noon, mo, nobody):
    secret, codes = set_up(nobody, mo)
    noon.shift(60)
    guesser = another(nobody)
    enter(guesser, mo)
    for _ in range(10):
        give(guesser, "000000", expect=422)
    assert "Wait 15 minutes" in give(guesser, now_of(secret), expect=429).words
    give(guesser, codes[0], expect=429)
    noon.shift(16 * 60)
    give(guesser, now_of(secret))


def test_a_new_password_sign_in_does_not_give_ten_more_tries(noon, mo, nobody):
    set_up(nobody, mo)
    for _ in range(2):
        guesser = another(nobody)
        enter(guesser, mo)
        for _ in range(5):
            give(guesser, "000000", expect=422)
    again = another(nobody)
    enter(again, mo)
    give(again, "000000", expect=429)


def test_the_cookie_from_before_the_code_is_worth_nothing_after_it(noon, mo, nobody):
    secret, _ = set_up(nobody, mo)
    noon.shift(60)
    desk, planted = another(nobody), another(nobody)
    enter(desk, mo)
    planted.client.set_cookie("common-ground", desk.client.get_cookie("common-ground").value)
    give(desk, now_of(secret))
    assert planted.get("signin.me", expect=303).location.startswith("/sign-in")
    with desk.client.session_transaction() as held:
        assert set(held) <= {"sign_in", "born", "csrf_token", "_flashes"}


def test_the_cookie_from_before_set_up_is_worth_nothing_after_it(noon, mo, nobody):
    planted = another(nobody)
    enter(nobody, mo)
    planted.client.set_cookie("common-ground", nobody.client.get_cookie("common-ground").value)
    nobody.send(page := nobody.get("second_step.why"), page.forms()[0])
    page = nobody.get("second_step.phone")
    nobody.send(page, page.forms()[0], {"code": now_of(key_on(page))}, expect=200)
    assert planted.get("signin.me", expect=303).location.startswith("/sign-in")


def test_half_an_hour_between_password_and_code_is_too_long(noon, mo, nobody):
    set_up(nobody, mo)
    desk = another(nobody)
    enter(desk, mo)
    noon.shift(31 * 60)
    assert desk.get("second_step.enter", expect=303).location.startswith("/sign-in")


def test_a_sign_in_without_a_code_is_none_of_my_sign_ins(noon, mo, nobody):
    set_up(nobody, mo)
    enter(another(nobody), mo)
    assert nobody.get("signin.sign_ins").all("//form[contains(@action, '/sign-ins/')]") == []


def test_a_recovery_code_lets_in_once_and_the_person_hears_of_it(noon, mo, nobody):
    _, codes = set_up(nobody, mo)
    one, two = another(nobody), another(nobody)
    enter(one, mo), enter(two, mo)
    give(one, codes[0].upper().replace("-", " "))
    assert "7 recovery codes left" in one.get("signin.me").words
    give(two, codes[0], expect=422)
    assert "signin/recovery_used" in db.session.scalars(select(OutboxMail.kind)).all()


def test_new_recovery_codes_replace_the_old_ones_after_the_password(noon, mo, nobody):
    _, old = set_up(nobody, mo)
    page = nobody.get("second_step.recovery_codes")
    nobody.send(page, page.forms()[0], {"password": "wrong"}, expect=422)
    made = nobody.send(page, page.forms()[0], {"password": PASSWORD}, expect=200)
    new = [one.text for one in made.all("//ul[@class='codes']//code")]
    desk = another(nobody)
    enter(desk, mo)
    give(desk, old[0], expect=422)
    give(desk, new[0])


def test_another_phone_takes_over_and_other_sign_ins_end(noon, mo, nobody, as_user):
    old, _ = set_up(nobody, mo)
    elsewhere = as_user(mo)
    page = nobody.get("second_step.why")
    nobody.send(page, page.forms()[0], {"password": "wrong"}, expect=422)
    nobody.send(page, page.forms()[0], {"password": PASSWORD})
    page = nobody.get("second_step.phone")
    new = key_on(page)
    assert new != old
    noon.shift(30)
    nobody.send(page, page.forms()[0], {"code": now_of(old)}, expect=422)
    nobody.send(page, page.forms()[0], {"code": now_of(new)}, expect=200)
    elsewhere.get("signin.me", expect=303)
    nobody.get("signin.me")


def test_a_phone_half_set_up_is_not_finished_by_whoever_comes_to_the_screen_later(noon, mo, nobody):
    set_up(nobody, mo)
    nobody.post("second_step.begin", {"password": PASSWORD})
    nobody.get("second_step.phone")
    noon.shift(31 * 60)
    nobody.get("second_step.phone", expect=404)


def test_a_manager_cannot_turn_it_off_and_staff_can(noon, make, mo, nobody):
    set_up(nobody, mo)
    nobody.post("second_step.turn_off", {"password": PASSWORD}, expect=422)
    sam = make.person("Sam Staff", password_hash=hash_password(PASSWORD))
    browser = another(nobody)
    enter(browser, sam)
    page = browser.get("second_step.why")
    browser.send(page, page.forms()[0], {"password": PASSWORD})
    page = browser.get("second_step.phone")
    browser.send(page, page.forms()[0], {"code": now_of(key_on(page))}, expect=200)
    browser.post("second_step.turn_off", {"password": PASSWORD})
    enter(desk := another(nobody), sam)
    desk.get("signin.me")


def test_somebody_made_a_manager_while_signed_in_signs_in_anew_with_it(make, as_user, nobody):
    sam = make.person("Sam Staff", password_hash=hash_password(PASSWORD))
    enter(nobody, sam)
    with writing():
        db.session.execute(update(SignIn).values(started_at=clock.now() - timedelta(hours=2)))
    nobody.get("signin.me")
    make.membership(sam, roles=((Role.MANAGER, Scope.AGENCY),))
    assert nobody.get("signin.me", expect=303).location.startswith("/sign-in")


@pytest.mark.parametrize(
    ("where", "scope", "opens"),
    [
        ("Trust", Scope.AGENCY, True),
        ("Trust", Scope.PARTNERSHIP, True),
        ("Other", Scope.AGENCY, False),
        ("Trust", Scope.TEAM, False),
    ],
)
def test_an_administrator_resets_it_within_their_reach(world, where, scope, opens):
    make, mo, nobody, as_user = world
    set_up(nobody, mo)
    trust = db.session.get(Person, mo.id).memberships[0].agency
    agency = trust if where == "Trust" else make.agency("Other")
    admin = make.person("Ada Admin", agency=agency, roles=((Role.ADMINISTRATOR, scope),))
    browser = as_user(admin)
    browser.post("second_step.lost", {"email": mo.email}, expect=303 if opens else 422)
    page = browser.get("second_step.reset", person_id=mo.id, expect=200 if opens else 404)
    if opens:
        browser.send(page, page.forms("class")[-1])
        nobody.get("signin.me", expect=303)
        enter(desk := another(nobody), mo)
        assert desk.follow(desk.get("second_step.enter", expect=303)).h1 == "Set up the second step"
        act = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "second_step.reset"))
        assert (act.actor_id, act.subject_id) == (admin.id, mo.id)
        mails = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "signin/second_step_off"))
        assert [(one.address, one.person_id) for one in mails] == [(mo.email, mo.id)]


def test_nobody_resets_their_own(noon, make, nobody):
    ada = make.person(roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),), password_hash=hash_password(PASSWORD))
    set_up(nobody, ada)
    nobody.get("second_step.reset", person_id=ada.id, expect=404)
    nobody.post("second_step.lost", {"email": ada.email}, expect=422)


def test_a_secret_opens_for_its_owner_and_with_our_key_alone(app, make, monkeypatch):
    leah, ravi = make.person(), make.person()
    stored = sealing.sealed(leah.id, "SECRET")
    assert sealing.opened(leah.id, stored) == "SECRET"
    assert sealing.opened(ravi.id, stored) is None
    monkeypatch.setattr(app.extensions["settings"], "secret_key", "another-key-0123456789-abcdefghijkl")
    assert sealing.opened(leah.id, stored) is None


def test_tries_are_counted_before_they_are_looked_at(make, nobody, monkeypatch):
    """Many at once are no way round the limit."""
    person = make.person(password_hash=hash_password(PASSWORD))
    seen = []

    def slow(stored, password):
        with db.sessionmaker() as apart:
            seen.append(apart.scalar(select(WrongTry.count).order_by(WrongTry.count.desc())))
        return False

    monkeypatch.setattr("lms.signin.passwords.is_right", slow)
    nobody.post("signin.sign_in", {"email": person.email, "password": "x"}, expect=422)
    assert seen == [1]


def test_whoever_runs_the_machine_resets_it_by_a_command(noon, mo, nobody):
    set_up(nobody, mo)
    reset = ["reset-second-factor", "--email", mo.email]
    db.session.rollback()
    done = CliRunner().invoke(person, reset, obj=lambda: nobody.app)
    assert (done.exit_code, done.output) == (0, f"The second step of {mo.email} is reset.\n")
    nobody.get("signin.me", expect=303)
    assert CliRunner().invoke(person, reset, obj=lambda: nobody.app).exit_code == 1
    unknown = CliRunner().invoke(person, [*reset[:2], "nobody@agency.example"], obj=lambda: nobody.app)
    assert "Nobody here has that address" in unknown.output


def test_a_form_without_the_password_is_told_as_refused(noon, make, nobody):
    sam = make.person("Sam Staff", password_hash=hash_password(PASSWORD))
    enter(nobody, sam)
    nobody.post("second_step.begin", {"password": PASSWORD})
    page = nobody.get("second_step.phone")
    nobody.send(page, page.forms()[0], {"code": now_of(key_on(page))}, expect=200)
    for endpoint in ("second_step.recovery_codes", "second_step.turn_off"):
        assert "Enter your password." in nobody.post(endpoint, {"password": ""}, expect=422).text
