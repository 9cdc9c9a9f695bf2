"""What a passkey answers at the door: the right answer lets in, and no wrong, old or borrowed one does."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from lms.audit.models import AuditEntry
from lms.core.db import db, writing
from lms.people import queries as people
from lms.people.models import Person
from lms.signin import ceremony, challenges
from lms.signin.models import SignIn
from lms.signin.passkey_models import UsedChallenge
from lms.signin.provider_models import IdentityProvider
from tests.support.authenticator import (
    Authenticator,
    add,
    another,
    another_with,
    enter,
    made_of,
    packed,
)

NOT_ACCEPTED = "That passkey was not accepted."
STALE = "That took too long, or was sent before."


def entries(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_the_site_comes_from_the_settings_alone():
    named = ceremony.site_of("https://Training.example.org:443/")
    assert named == ceremony.Site("training.example.org", "https://training.example.org")
    assert ceremony.site_of("https://training.example.org:8443").origin == "https://training.example.org:8443"
    for address in ("http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost:8000"):
        assert ceremony.site_of(address) == ceremony.Site("localhost", "http://localhost:8000")
    assert ceremony.site_of("https://10.1.2.3") is None


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
    assert [one.actor_id for one in entries("sign_in.failed")] == [None]


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
    one, two = (nobody.client.get("/passkeys/question").json for _ in range(2))
    noon.shift(299)
    enter(another_with(nobody), key, question=one)
    noon.shift(1)
    assert STALE in enter(nobody, key, question=two, expect=422).words


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
    assert [(one.subject_id, one.detail) for one in entries("sign_in.failed")] == [
        (sam.id, {"why": "passkey: count went back", "address": "127.0.0.1"})
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


@pytest.mark.slow
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
    assert len(entries("sign_in.failed")) < 5  # only what can be read, and is counted, is noted


def test_old_answers_are_forgotten_and_young_ones_kept(noon, key, nobody):
    enter(nobody, key)
    number = len(db.session.scalars(select(UsedChallenge)).all())
    assert number == 2  # one made it, one signed in
    for moment, left in ((datetime(2026, 11, 27, tzinfo=UTC), number), (datetime(2026, 11, 28, tzinfo=UTC), 0)):
        with writing():
            challenges.sweep(moment)
        assert len(db.session.scalars(select(UsedChallenge)).all()) == left
