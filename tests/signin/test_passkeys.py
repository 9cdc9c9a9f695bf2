"""Passkeys: adding, naming and removing them, and giving one in place of a code."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core.db import db
from lms.core.permissions import Role, Scope
from lms.notifications.models import OutboxMail
from lms.signin import passkeys
from lms.signin.cli import person as person_commands
from lms.signin.models import RecoveryCode
from lms.signin.passkey_models import Passkey
from tests.support.authenticator import (
    PASSWORD,
    Authenticator,
    add,
    another,
    enter,
    enter_password,
    made_of,
    packed,
)

NOT_ACCEPTED = "That passkey was not accepted."
STALE = "That took too long, or was sent before."


def entries(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


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
    key.handle = None  # some devices do not say whose it is
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


MADE_WRONG = {
    "another origin": {"origin": "https://evil.example"},
    "another site": {"rp_id": "evil.example"},
    "nobody verified": {"is_verified": False},
}


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


def test_at_a_bare_number_pages_offer_none(app, sam, as_user, nobody, monkeypatch):
    monkeypatch.setattr(passkeys, "site", lambda: None)
    assert not nobody.get("signin.sign_in").forms("data-passkey")
    desk = as_user(sam)
    assert "reached by a number" in desk.get("passkeys.listed").words
    desk.get("passkeys.add", expect=404)
    nobody.get("passkeys.question", expect=404)
