"""Passkeys: adding one, signing in with it alone and in place of a code, and every answer that must not count."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select, update

from lms.audit.models import AuditEntry
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from lms.people.models import Person
from lms.signin import ceremony, challenges, passkeys
from lms.signin.cli import person as person_commands
from lms.signin.models import RecoveryCode, SignIn
from lms.signin.passkey_models import Passkey, UsedChallenge
from lms.signin.passwords import hash_password
from lms.signin.provider_models import IdentityProvider
from tests.support.authenticator import Authenticator, packed
from tests.support.browser import Visitor

PASSWORD = "a long enough password"
NOON = datetime(2026, 11, 27, 12, 0, 5, tzinfo=UTC)
NOT_ACCEPTED = "That passkey was not accepted."
STALE = "That took too long, or was sent before."


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as travel:
        yield travel


@pytest.fixture
def sam(make):
    return make.person("Sam Staff", agency=make.agency("Trust"), password_hash=hash_password(PASSWORD))


@pytest.fixture
def mo(make):
    return make.manager(agency=make.agency("Council"), name="Mo Manager", password_hash=hash_password(PASSWORD))


def another(visitor):
    return Visitor(visitor.app, visitor.app.test_client())


def another_with(visitor):
    """Another browser with the same cookie."""
    copy = another(visitor)
    with visitor.client.session_transaction() as held:
        mark = held["asked"]
    with copy.client.session_transaction() as held:
        held["asked"] = mark
    return copy


def enter_password(visitor, person):
    return visitor.post("signin.sign_in", {"email": person.email, "password": PASSWORD})


def add(visitor, key, name="Work phone", expect=303, **typed):
    """Add the key's passkey through the pages; the password is asked unless it was given just now."""
    page = visitor.get("passkeys.add")
    page = visitor.send(page, page.forms()[0], {"name": name, "password": PASSWORD, **typed}, expect=200)
    return visitor.send(
        page, form := made_of(page), {"credential": key.make(json.loads(form.get("data-make")))}, expect=expect
    )


def made_of(page):
    return page.forms("data-passkey")[0]


def enter(visitor, key, expect=303, question=None, **more):
    """Sign in with the key's passkey at the door."""
    page = visitor.get("signin.sign_in")
    form = made_of(page)
    question = question or json.loads(visitor.client.get(form.get("data-question")).text)
    return visitor.send(page, form, {"credential": key.prove(question), **more}, expect=expect)


@pytest.fixture
def key(sam, as_user):
    """A key whose passkey Sam has added."""
    made = Authenticator()
    add(as_user(sam), made)
    return made


def entries(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_the_site_comes_from_the_settings_alone():
    named = ceremony.site_of("https://Training.example.org:443/")
    assert named == ceremony.Site("training.example.org", "https://training.example.org")
    assert ceremony.site_of("https://training.example.org:8443").origin == "https://training.example.org:8443"
    for address in ("http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost:8000"):
        assert ceremony.site_of(address) == ceremony.Site("localhost", "http://localhost:8000")
    assert ceremony.site_of("https://10.1.2.3") is None


def test_a_person_adds_a_passkey_after_the_password_and_hears_of_it(sam, as_user):
    desk, key = as_user(sam), Authenticator()
    page = desk.get("passkeys.add")
    assert "not your password" in desk.send(page, page.forms()[0], {"name": "x", "password": "wrong"}, expect=422).words
    page = desk.follow(add(desk, key, name="  Work   phone "))
    assert "“Work phone” is added" in page.words
    assert "Not used yet" in page.words
    assert "You have 1 passkey." in desk.get("signin.me").words
    assert [one.kind for one in db.session.scalars(select(OutboxMail))] == ["signin/passkey_added"]
    assert [one.actor_id for one in entries("passkey.added")] == [sam.id]


def test_no_question_is_put_without_the_password(sam, as_user):
    desk = as_user(sam)
    assert not desk.get("passkeys.add").forms("data-passkey")
    page = desk.post("passkeys.add", {"name": "Work phone", "password": "wrong"}, expect=422)
    assert not page.forms("data-passkey")
    assert "Enter a name" in desk.post("passkeys.add", {"name": " ", "password": PASSWORD}, expect=422).words


def test_a_passkey_signs_in_alone_and_counts_for_both_steps(key, sam, nobody):
    assert enter(nobody, key, next="/me/").location == "/me/"
    assert nobody.get("signin.me").h1 == "Sam Staff"
    found = db.session.scalars(select(SignIn).where(SignIn.person_id == sam.id).order_by(SignIn.started_at)).all()
    assert found[-1].second_step
    assert [one.detail for one in entries("person.signed_in")] == [{"passkey": 1}]
    assert "Last used" in nobody.get("passkeys.listed").words
    assert nobody.get("signin.sign_ins").words.count("Since ") == 2


def test_nothing_of_the_cookie_from_before_outlives_the_sign_in(key, nobody):
    with nobody.client.session_transaction() as held:
        held["planted"] = "before"
    enter(nobody, key)
    with nobody.client.session_transaction() as held:
        assert "planted" not in held
        assert "asked" not in held


def test_a_sign_in_of_somebody_else_in_the_same_browser_ends(key, mo, as_user):
    desk = as_user(mo)
    form_page, question = another(desk).get("signin.sign_in"), desk.client.get("/passkeys/question").json
    desk.send(form_page, made_of(form_page), {"credential": key.prove(question), "csrf_token": desk.token()})
    assert desk.get("signin.me").h1 == "Sam Staff"
    ended = db.session.scalars(select(SignIn.ended_at).where(SignIn.person_id == mo.id)).all()
    assert None not in ended


WRONG = {
    "another origin": {"origin": "https://evil.example"},
    "the same host without its scheme": {"origin": "https://localhost"},
    "another site": {"rp_id": "evil.example"},
    "nobody verified": {"is_verified": False},
    "another key": {"key": Authenticator().key},
    "a passkey nobody has": {"credential": b"x" * 32},
    "no word of whose it is": {"handle": None},
    "somebody else's name on it": {"handle": b"0" * 16},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_answer_that_proves_nothing_lets_nobody_in(key, nobody, wrong):
    for name, value in WRONG[wrong].items():
        setattr(key, name, value)
    assert NOT_ACCEPTED in enter(nobody, key, expect=422).words
    nobody.get("signin.me", expect=303)
    assert [one.actor_id for one in entries("sign_in.refused")] == [None]


def test_the_answer_is_the_same_whether_there_is_such_a_passkey_or_not(key, sam, nobody):
    words = set()
    for wrong in ({"credential": b"x" * 32}, {"is_verified": False}, {"key": Authenticator().key}):
        fresh, visitor = (
            Authenticator(credential=key.credential, handle=key.handle, key=key.key, count=5),
            another(nobody),
        )
        for name, value in wrong.items():
            setattr(fresh, name, value)
        words.add(enter(visitor, fresh, expect=422).words)
    with writing():
        db.session.execute(update(Person).where(Person.id == sam.id).values(active=False))
    words.add(enter(another(nobody), key, expect=422).words)
    assert len(words) == 1


def test_an_answer_inside_another_sites_page_is_refused(key, nobody):
    page = nobody.get("signin.sign_in")
    question = nobody.client.get("/passkeys/question").json
    sent = {"credential": key.prove(question, crossOrigin=True)}
    assert NOT_ACCEPTED in nobody.send(page, made_of(page), sent, expect=422).words


def test_a_question_is_answered_once_even_by_a_copy_of_the_browser(key, nobody):
    question = nobody.client.get("/passkeys/question").json
    copy = another_with(nobody)
    enter(nobody, key, question=question)
    assert STALE in enter(copy, key, question=question, expect=422).words
    copy.get("signin.me", expect=303)


def test_a_question_of_another_browser_is_refused(key, nobody):
    question = another(nobody).client.get("/passkeys/question").json
    assert STALE in enter(nobody, key, question=question, expect=422).words


def test_a_question_made_up_by_the_asker_is_refused(key, nobody):
    nobody.client.get("/passkeys/question")
    for challenge in (b"", b"x" * 32, b"x" * 56, b"\xff" * 56):
        assert STALE in enter(nobody, key, question={"challenge": packed(challenge)}, expect=422).words


def test_a_question_lasts_five_minutes(noon, key, nobody):
    question = nobody.client.get("/passkeys/question").json
    noon.shift(299)
    enter(another_with(nobody), key, question=question)
    noon.shift(1)
    assert STALE in enter(nobody, key, question=question, expect=422).words


def test_a_question_for_one_thing_is_none_for_another(app, database):
    with app.test_request_context():
        challenge = challenges.new(challenges.Use.MAKE, "browser")
        challenges.check(challenge, challenges.Use.MAKE, "browser")
        for use, holder in ((challenges.Use.DOOR, "browser"), (challenges.Use.MAKE, "other")):
            with pytest.raises(challenges.Stale):
                challenges.check(challenge, use, holder)


def test_a_count_that_goes_back_is_refused_and_noted(key, sam, nobody):
    enter(nobody, key)
    key.count -= 1  # a copy of the device, that did not see the last answer
    page = enter(another(nobody), key, expect=422)
    assert NOT_ACCEPTED in page.words
    assert [(one.subject_id, one.detail) for one in entries("sign_in.refused")] == [
        (sam.id, {"why": "passkey: count went back"})
    ]
    enter(another(nobody), key)


def test_a_device_that_does_not_count_signs_in_again_and_again(sam, as_user, nobody):
    key = Authenticator(counts=False)
    add(as_user(sam), key)
    enter(nobody, key)
    enter(another(nobody), key)


def test_a_closed_account_is_not_let_in(key, sam, nobody):
    with writing():
        db.session.execute(update(Person).where(Person.id == sam.id).values(active=False))
    assert NOT_ACCEPTED in enter(nobody, key, expect=422).words


def test_where_an_agency_wants_its_provider_a_passkey_opens_nothing(key, sam, make, nobody):
    make.save(
        IdentityProvider(
            agency_id=people.seats(sam.id)[0].agency_id,
            name="Trust account",
            issuer="http://127.0.0.1:9",
            client_id="lms",
            client_secret=b"0" * 40,
            domains=["agency.example"],
            required=True,
            made_by=sam.id,
        )
    )
    page = enter(nobody, key, expect=422)
    assert "does not use passkeys here. Choose “Trust account”" in page.words
    nobody.get("signin.me", expect=303)


def test_ten_wrong_answers_are_followed_by_a_pause_even_for_the_right_one(noon, key, nobody):
    liar = Authenticator(credential=key.credential, handle=key.handle)
    for _ in range(10):
        enter(nobody, liar, expect=422)
    assert "Wait 15 minutes" in enter(nobody, key, expect=429).words
    noon.shift(16 * 60)
    key.count += 20
    enter(nobody, key)


def test_what_cannot_be_read_is_refused_in_a_sentence(key, nobody):
    page = nobody.get("signin.sign_in")
    good = json.loads(key.prove(nobody.client.get("/passkeys/question").json))
    broken = [
        "", "x", "[]", "{}", "null", '{"id": 1}', "9" * 30_000, '{"id": "' + "é" * 10 + '"}',
        json.dumps({**good, "type": "password"}),
        json.dumps({**good, "rawId": "AAAA"}),
        json.dumps({**good, "response": {**good["response"], "clientDataJSON": packed(b"\xff\xfe")}}),
        json.dumps({**good, "response": {**good["response"], "clientDataJSON": packed(b"[]")}}),
        json.dumps({**good, "response": {**good["response"], "authenticatorData": packed(b"short")}}),
        json.dumps({**good, "response": {**good["response"], "signature": "%%%"}}),
        json.dumps({**good, "response": {**good["response"], "userHandle": {}}}),
    ]  # fmt: skip
    for text in broken:
        assert nobody.send(page, made_of(page), {"credential": text}, expect=422).all("//*[@id='problems']"), text


def held_at_second_step(visitor, person):
    enter_password(visitor, person)
    return visitor.get("second_step.enter")


def give(visitor, key, expect=303, question=None):
    page = visitor.get("second_step.enter")
    question = question or visitor.client.get("/passkeys/second-step/question").json
    return visitor.send(page, made_of(page), {"credential": key.prove(question)}, expect=expect)


def test_a_role_above_staff_sets_up_a_passkey_as_its_second_step_and_keeps_recovery_codes(mo, nobody):
    enter_password(nobody, mo)
    page = nobody.get("second_step.why")
    assert page.all("//a[contains(@href, '/passkeys/add')]")
    key = Authenticator()
    kept = add(nobody, key, expect=200)
    assert kept.h1 == "Keep your recovery codes"
    codes = [one.text for one in kept.all("//ul[@class='codes']//code")]
    assert len(set(codes)) == 8
    assert nobody.get("signin.me").h1 == "Mo Manager"
    desk = another(nobody)
    assert held_at_second_step(desk, mo).h1 == "Use your passkey"
    desk.get("signin.me", expect=303)
    give(desk, key)
    assert desk.get("signin.me").h1 == "Mo Manager"
    lost = another(nobody)
    page = held_at_second_step(lost, mo)
    lost.send(page, page.all("//form[@action='/second-step/']")[0], {"code": codes[0]})
    lost.get("signin.me")


def test_the_password_alone_adds_nothing_for_somebody_who_has_a_passkey(mo, nobody):
    enter_password(nobody, mo)
    add(nobody, Authenticator(), expect=200)
    thief = another(nobody)
    enter_password(thief, mo)
    for endpoint in ("passkeys.add", "second_step.phone"):
        thief.get(endpoint, expect=404)
    page = thief.get("second_step.why")
    thief.send(page, page.forms()[0], {"password": PASSWORD}, expect=404)
    thief.client.post("/passkeys/made", data={"name": "x", "credential": "x", "csrf_token": "x"})
    for endpoint in ("passkeys.listed", "second_step.recovery_codes"):
        assert "/second-step/" in thief.get(endpoint, expect=303).location


def test_another_persons_passkey_is_no_second_step(key, mo, nobody):
    enter_password(nobody, mo)
    add(nobody, Authenticator(), expect=200)
    desk = another(nobody)
    held_at_second_step(desk, mo)
    assert NOT_ACCEPTED in give(desk, key, expect=422).words
    desk.get("signin.me", expect=303)


def test_a_question_of_the_door_is_none_of_the_second_step(mo, nobody):
    enter_password(nobody, mo)
    add(nobody, key := Authenticator(), expect=200)
    desk = another(nobody)
    held_at_second_step(desk, mo)
    assert STALE in give(desk, key, question=desk.client.get("/passkeys/question").json, expect=422).words
    question = desk.client.get("/passkeys/second-step/question").json
    assert [one["id"] for one in question["allowCredentials"]] == [packed(key.credential)]
    assert question["userVerification"] == "required"
    give(desk, key, question=question)


def test_staff_who_add_a_passkey_still_come_in_with_their_password(key, sam, nobody):
    enter_password(nobody, sam)
    assert "your password alone lets you in" in nobody.get("signin.me").words


def test_a_device_is_asked_for_once(key, sam, as_user):
    desk = as_user(sam)
    page = desk.post("passkeys.add", {"name": "Again", "password": PASSWORD}, expect=200)
    question = json.loads(made_of(page).get("data-make"))
    assert [one["id"] for one in question["excludeCredentials"]] == [packed(key.credential)]
    assert question["authenticatorSelection"]["residentKey"] == "required"
    assert question["authenticatorSelection"]["userVerification"] == "required"
    assert question["rp"]["id"] == "localhost"


def test_nobody_takes_over_a_passkey_by_its_number(key, mo, as_user, nobody):
    thief = Authenticator(credential=key.credential)
    page = add(as_user(mo), thief, expect=422)
    assert "did not make a passkey" in page.words
    enter(nobody, key)
    assert nobody.get("signin.me").h1 == "Sam Staff"


MADE_WRONG = {name: WRONG[name] for name in ("another origin", "another site", "nobody verified")}


@pytest.mark.parametrize("wrong", MADE_WRONG)
def test_a_passkey_made_elsewhere_is_not_kept(sam, as_user, wrong):
    page = add(as_user(sam), Authenticator(**MADE_WRONG[wrong]), expect=422)
    assert "did not make a passkey" in page.words
    assert page.all("//input[@name='name']/@value") == ["Work phone"]
    assert db.session.scalars(select(Passkey)).all() == []


def test_a_question_makes_one_passkey_in_time(noon, sam, as_user):
    desk = as_user(sam)
    page = desk.post("passkeys.add", {"name": "Work phone", "password": PASSWORD}, expect=200)
    form = made_of(page)
    question = json.loads(form.get("data-make"))
    noon.shift(301)
    sent = {"credential": Authenticator().make(question), "once": ""}
    assert STALE in desk.send(page, form, sent, expect=422).words
    noon.shift(-301)
    desk.send(page, form, {"credential": Authenticator().make(question), "once": ""})
    assert STALE in desk.send(page, form, {"credential": Authenticator().make(question), "once": ""}, expect=422).words
    assert (
        STALE
        in as_user(sam)
        .post("passkeys.made", {"name": "Mine", "credential": Authenticator().make(question)}, expect=422)
        .words
    )


def test_ten_are_enough(sam, as_user, make):
    for number in range(passkeys.MOST):
        make.save(Passkey(person_id=sam.id, credential=bytes([number]), public_key=b"x", name="Old"))
    page = as_user(sam).post("passkeys.add", {"name": "More", "password": PASSWORD}, expect=422)
    assert "You have 10 passkeys" in page.words


def test_a_person_renames_and_removes_their_own(key, sam, mo, as_user, nobody):
    desk, passkey = as_user(sam), db.session.scalar(select(Passkey.id))
    other = as_user(mo)
    for action in ("rename", "remove"):
        other.get(f"passkeys.{action}", passkey_id=passkey, expect=404)
        other.post(f"passkeys.{action}", {"name": "Mine", "password": PASSWORD}, passkey_id=passkey, expect=404)
    desk.post("passkeys.rename", {"name": "Old phone"}, passkey_id=passkey)
    assert "Old phone" in desk.get("passkeys.listed").words
    enter(nobody, key)
    page = desk.post("passkeys.remove", {"password": "wrong"}, passkey_id=passkey, expect=422)
    assert "That is not your password" in page.words
    assert "is removed" in desk.follow(desk.post("passkeys.remove", {"password": PASSWORD}, passkey_id=passkey)).words
    nobody.get("signin.me", expect=303)  # its sign-ins ended
    assert NOT_ACCEPTED in enter(another(nobody), key, expect=422).words
    assert "signin/passkey_removed" in [one.kind for one in db.session.scalars(select(OutboxMail))]
    assert entries("passkey.removed")


def test_the_only_second_step_of_a_role_that_needs_one_stays(mo, nobody):
    enter_password(nobody, mo)
    add(nobody, Authenticator(), expect=200)
    first = db.session.scalar(select(Passkey.id))
    page = nobody.post("passkeys.remove", {"password": PASSWORD}, passkey_id=first, expect=422)
    assert "Your role needs a second step" in page.words
    add(nobody, Authenticator(), name="Spare key")
    nobody.post("passkeys.remove", {"password": PASSWORD}, passkey_id=first)
    assert [one.name for one in db.session.scalars(select(Passkey))] == ["Spare key"]


def test_an_administrator_who_resets_a_lost_second_step_removes_passkeys_too(mo, make, as_user, nobody):
    enter_password(nobody, mo)
    add(nobody, key := Authenticator(), expect=200)
    whole = ((Role.ADMINISTRATOR, Scope.PARTNERSHIP),)
    boss = as_user(make.person(agency=make.agency(), roles=whole))
    boss.follow(boss.post("second_step.lost", {"email": mo.email}))
    boss.post("second_step.reset", person_id=mo.id)
    nobody.get("signin.me", expect=303)
    assert NOT_ACCEPTED in enter(another(nobody), key, expect=422).words
    assert db.session.scalars(select(RecoveryCode)).all() == []
    assert [one.detail for one in entries("second_step.reset")] == [{"passkeys": 1}]
    enter_password(desk := another(nobody), mo)
    assert desk.get("second_step.enter", expect=303).location.startswith("/second-step/set-up")


def test_the_machine_resets_passkeys_too(app, key, sam):
    done = CliRunner().invoke(person_commands, ["reset-second-factor", "--email", sam.email], obj=lambda: app)
    assert done.exit_code == 0, done.output
    assert db.session.scalars(select(Passkey)).all() == []


def test_a_new_password_leaves_passkeys_and_says_how_many_there_are(key, sam, as_user):
    as_user(sam).post("passwords.change", {"present": PASSWORD, "password": "pebble tractor lampshade"})
    mail = db.session.scalar(select(OutboxMail).where(OutboxMail.kind == "signin/password_changed"))
    assert "You have 1 passkey, which still lets you in" in mail.body
    assert "/passkeys/" in mail.body
    assert db.session.scalars(select(Passkey)).all()


def test_old_answers_are_forgotten_and_young_ones_kept(noon, key, nobody):
    enter(nobody, key)
    number = len(db.session.scalars(select(UsedChallenge)).all())
    assert number == 2  # one made it, one signed in
    for moment, left in ((NOON, number), (datetime(2026, 11, 28, tzinfo=UTC), 0)):
        with writing():
            challenges.sweep(moment)
        assert len(db.session.scalars(select(UsedChallenge)).all()) == left


def test_at_a_bare_number_pages_offer_none(app, sam, as_user, nobody, monkeypatch):
    monkeypatch.setattr(passkeys, "site", lambda: None)
    assert not nobody.get("signin.sign_in").forms("data-passkey")
    desk = as_user(sam)
    assert "reached by a number" in desk.get("passkeys.listed").words
    desk.get("passkeys.add", expect=404)
    nobody.get("passkeys.question", expect=404)
