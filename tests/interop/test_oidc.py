"""Signing in at an agency's provider: who comes in, and everything that must not let anybody in."""

from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.people.models import Person
from lms.signin import passwords
from lms.signin.provider_models import IdentityProvider, ProviderPerson
from lms.web.access import COOKIE_KEY
from tests.interop.coming import come, go, is_in, refused, why
from tests.interop.conftest import PASSWORD, provider_at
from tests.support.belongings import phone_of
from tests.support.browser import Visitor


def test_a_person_signs_in_at_their_agencys_provider_and_goes_where_they_were_heading(nobody, ann, provider, issuer):
    page = nobody.get("signin.sign_in", query={"next": "/me/sign-ins/"})
    (link,) = page.all("//a[contains(., 'Sign in with Fernshire Trust')]/@href")
    assert link.endswith("?next=/me/sign-ins/")
    back = come(nobody, provider, issuer, next="/me/sign-ins/")
    assert back.location == "/me/sign-ins/"
    assert nobody.get("/me/").h1
    link = db.session.scalar(select(ProviderPerson))
    assert (link.person_id, link.subject) == (ann.id, "s-1")
    told = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "person.signed_in"))
    assert told.actor_id == ann.id
    assert told.detail["provider"] == str(provider.id)


@pytest.mark.slow
def test_several_providers_are_a_list(nobody, make, ann, provider, setter, issuer):
    other = provider_at(make, make.agency("Council"), setter, issuer)
    page = nobody.get("signin.sign_in")
    assert page.all("//a[. = 'Sign in with your agency']/@href") == ["/sign-in/agency/"]
    links = nobody.get("oidc.choose").all("//ul//a")
    assert [one.text for one in links] == ["Sign in with Council", "Sign in with Fernshire Trust"]
    refused(nobody, other, issuer, "no account with a post at Council")


@pytest.mark.slow
def test_what_was_linked_decides_even_under_a_new_address(app, nobody, ann, provider, issuer):
    come(nobody, provider, issuer)
    issuer.claims |= {"email": "married@elsewhere.example", "email_verified": False}
    again = Visitor(app, app.test_client())
    come(again, provider, issuer)
    assert is_in(again)


def test_an_address_that_went_to_somebody_else_over_there_opens_nothing(app, nobody, ann, provider, issuer):
    come(nobody, provider, issuer)
    issuer.claims["sub"] = "s-2"
    again = Visitor(app, app.test_client())
    assert "Somebody else’s account" in come(again, provider, issuer, expect=403).words
    assert not is_in(again)


def test_the_cookie_from_before_is_not_the_cookie_after(nobody, ann, provider, issuer):
    back = go(nobody, provider, issuer)
    with nobody.client.session_transaction() as held:
        held["planted"] = "x"
    nobody.get(back, expect=303)
    with nobody.client.session_transaction() as held:
        assert "planted" not in held
        assert "ways" not in held
        assert held[COOKIE_KEY]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"nonce": "another"}, "invalid_claim"),
        ({"nonce": None}, "missing_claim"),
        ({"aud": "somebody"}, "invalid_claim"),
        ({"aud": ["lms", "somebody"]}, "missing_claim"),
        ({"aud": ["lms", "somebody"], "azp": "somebody"}, "invalid_claim"),
        ({"aud": None}, "missing_claim"),
        ({"iss": "https://elsewhere.example"}, "invalid_claim"),
        ({"iss": None}, "missing_claim"),
        ({"exp": 1_000_000_000}, "expired_token"),
        ({"exp": None}, "missing_claim"),
        ({"exp": "soon"}, "invalid_claim"),
        ({"iat": 9_000_000_000}, "invalid_claim"),
        ({"iat": None}, "missing_claim"),
        ({"sub": None}, "missing_claim"),
        ({"sub": 7}, "invalid_claim"),
        ({"sub": "x" * 300}, "sub"),
    ],
)
def test_a_token_that_says_something_wrong(nobody, ann, provider, issuer, claims, word):
    issuer.claims |= claims
    refused(nobody, provider, issuer, "cannot be trusted")
    assert why() == [word]


def test_a_token_that_nobody_signed(nobody, ann, provider, issuer):
    issuer.header = {"alg": "none"}
    refused(nobody, provider, issuer, "cannot be trusted")
    assert why() == ["algorithm"]


def test_a_token_signed_with_the_public_key_as_if_it_were_a_secret(nobody, ann, provider, issuer):
    issuer.sign_with_public_key_as_secret()
    refused(nobody, provider, issuer, "cannot be trusted")
    assert why() == ["algorithm"]


def test_a_token_signed_with_another_key_of_the_same_name(nobody, ann, provider, issuer):
    issuer.sign_with = RSAKey.generate_key(2048, {"kid": "one"})
    refused(nobody, provider, issuer, "cannot be trusted")
    assert why() == ["bad_signature"]


def test_a_token_signed_with_a_key_nobody_knows_asks_for_the_keys_at_most_once_more(nobody, ann, provider, issuer):
    issuer.header["kid"] = "two"
    for _ in range(3):
        refused(nobody, provider, issuer, "cannot be trusted")
    assert issuer.asked.count("/keys") <= 2


def test_a_token_whose_claims_were_altered(nobody, ann, provider, issuer):
    head, _, mark = issuer.signed({"sub": "s-1"}).split(".")
    issuer.token = ".".join([head, issuer.signed({"sub": "s-2"}).split(".")[1], mark])
    refused(nobody, provider, issuer, "cannot be trusted")


@pytest.mark.parametrize("text", ["x", "a.b.c", "....", "é", "e30.e30.e30"])
def test_a_token_that_is_none(nobody, ann, provider, issuer, text):
    issuer.token = text
    refused(nobody, provider, issuer, "cannot be trusted")


def test_an_address_that_was_never_checked_links_nobody(nobody, ann, provider, issuer):
    for said in (False, None, "true", 1):
        issuer.claims["email_verified"] = said
        refused(nobody, provider, issuer, "does not say that your work e-mail is checked")
    assert db.session.scalar(select(func.count()).select_from(ProviderPerson)) == 0


def test_an_address_outside_the_proven_domains_links_nobody(nobody, make, trust, ann, provider, issuer):
    with writing():
        db.session.get(Person, ann.id).email = "ann@elsewhere.example"
    issuer.claims["email"] = "ann@elsewhere.example"
    refused(nobody, provider, issuer, "is not at a mail domain")
    with writing():
        db.session.get(IdentityProvider, provider.id).domains = ["elsewhere.example"]
    refused(nobody, provider, issuer, "is not at a mail domain")


def test_nobody_gets_an_account_or_a_post_by_signing_in(nobody, make, ann, provider, issuer):
    heads = db.session.scalar(select(func.count()).select_from(Person))
    issuer.claims["email"] = "new@agency.example"
    refused(nobody, provider, issuer, "You have no account with a post at Fernshire Trust here")
    issuer.claims["email"] = make.person(agency=make.agency("Council")).email
    refused(nobody, provider, issuer, "You have no account with a post at Fernshire Trust here")
    left = make.person(agency=db.session.get(IdentityProvider, provider.id).agency, ends_on=date(2026, 2, 1))
    issuer.claims["email"] = left.email
    refused(nobody, provider, issuer, "You have no account with a post at Fernshire Trust here")
    assert db.session.scalar(select(func.count()).select_from(Person)) == heads + 2


def test_a_closed_account_stays_closed(nobody, ann, provider, issuer):
    with writing():
        db.session.get(Person, ann.id).active = False
    refused(nobody, provider, issuer, "Your account here is closed")


def test_a_way_back_is_taken_once_and_in_the_browser_that_began(app, nobody, ann, provider, issuer):
    there = nobody.get("oidc.go", provider_id=provider.id, expect=303).location
    old = nobody.client.get_cookie("common-ground").value
    code, state = issuer.authorize(there)
    back = f"/sign-in/agency/{provider.agency_id}/back?code={code}&state={state}"
    stranger = Visitor(app, app.test_client())
    assert "another browser" in stranger.get(back, expect=403).words
    assert "another browser" in nobody.get(back.replace(state, "x" + state[1:]), expect=403).words
    nobody.get(back, expect=303)
    assert "used already" in nobody.get(back, expect=403).words
    issuer.codes["code-again"] = issuer.codes.get("code-again") or {**_asks(there)}
    nobody.client.set_cookie("common-ground", old)
    page = nobody.get(back.replace(code, "code-again"), expect=403)
    assert "used already" in page.words
    assert why()[-1] == "replayed"


def _asks(address):
    return dict(parse_qsl(urlsplit(address).query))


def test_a_way_that_took_too_long(nobody, ann, provider, issuer, monkeypatch):
    back = go(nobody, provider, issuer)
    late = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert "took too long" in nobody.get(back, expect=403).words


def test_a_way_back_of_another_agency_or_issuer(nobody, make, ann, provider, issuer):
    back = go(nobody, provider, issuer)
    nobody.get(back.replace(str(provider.agency_id), str(make.agency().id)), expect=404)
    back = go(nobody, provider, issuer)
    assert "cannot be trusted" in nobody.get(f"{back}&iss=https://elsewhere.example", expect=403).words
    assert not is_in(nobody)


def test_somebody_who_says_no_over_there(nobody, ann, provider, issuer):
    _code, state = issuer.authorize(nobody.get("oidc.go", provider_id=provider.id, expect=303).location)
    back = f"/sign-in/agency/{provider.agency_id}/back?error=access_denied&state={state}"
    assert "not signed in over there" in nobody.get(back, expect=403).words


def test_an_address_that_is_told_on_asking_only(nobody, ann, provider, issuer):
    issuer.claims |= {"email": None, "email_verified": None}
    issuer.userinfo = {"sub": "s-9", "email": ann.email, "email_verified": True}
    refused(nobody, provider, issuer, "cannot be trusted")
    issuer.userinfo["sub"] = "s-1"
    come(nobody, provider, issuer)
    assert is_in(nobody)


def test_what_the_provider_says_of_a_second_step_counts_within_its_agency(app, nobody, make, trust, provider, issuer):
    manager = make.manager(agency=trust)
    issuer.claims["email"] = manager.email
    come(nobody, provider, issuer)
    assert nobody.get("/me/", expect=303).location.startswith("/second-step/")
    for says in ({"amr": ["pwd", "otp"]}, {"acr": "urn:example:mfa"}):
        issuer.claims |= {"amr": None, "acr": None, **says}
        again = Visitor(app, app.test_client())
        come(again, provider, issuer)
        assert is_in(again)


def test_whoever_reaches_beyond_the_agency_needs_their_own_second_step(nobody, make, setter, provider, issuer):
    issuer.claims |= {"email": setter.email, "amr": ["mfa"]}
    refused(nobody, provider, issuer, "Your roles reach beyond Fernshire Trust")
    make.save(phone_of(setter))
    come(nobody, provider, issuer)
    assert nobody.get("/me/", expect=303).location.startswith("/second-step/")


def test_where_the_provider_is_required_a_password_opens_nothing(app, nobody, make, trust, ann, provider, issuer):
    form = {"email": ann.email, "password": PASSWORD}
    nobody.post("/sign-in", form)
    with writing():
        db.session.get(IdentityProvider, provider.id).required = True
    other = Visitor(app, app.test_client())
    page = other.post("/sign-in", form, expect=422)
    assert "Your agency does not use passwords here. Choose “Fernshire Trust” below the form." in page.words
    assert "do not match" in other.post("/sign-in", {**form, "password": "wrong one"}, expect=422).words
    come(other, provider, issuer)
    assert is_in(other)


def test_no_agency_locks_out_who_looks_after_the_partnership(nobody, setter, provider):
    with writing():
        db.session.get(IdentityProvider, provider.id).required = True
        db.session.get(Person, setter.id).password_hash = passwords.hash_password(PASSWORD)
    nobody.post("/sign-in", {"email": setter.email, "password": PASSWORD})


def test_one_that_is_switched_off_is_gone(nobody, ann, provider, issuer):
    back = go(nobody, provider, issuer)
    with writing():
        db.session.get(IdentityProvider, provider.id).active = False
    nobody.get(back, expect=404)
    nobody.get("oidc.go", provider_id=provider.id, expect=404)
    assert provider.name not in nobody.get("signin.sign_in").words


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(nobody, ann, provider, issuer, target):
    assert come(nobody, provider, issuer, next=target).location == "/"
