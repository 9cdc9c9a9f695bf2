"""Setting a provider up, and one that is away, slow or not to be believed."""

import pytest
from sqlalchemy import func, select

from lms.core import clock
from lms.core.db import db, writing
from lms.interop.oidc import discovery, fetching
from lms.signin import sealing
from lms.signin.invitation_models import AgencyDomain
from lms.signin.provider_models import IdentityProvider, ProviderPerson
from tests.interop.coming import come, go
from tests.interop.issuer import issuing
from tests.support.browser import settle


def test_a_provider_that_is_away_or_dawdles(nobody, ann, provider, issuer, monkeypatch, app):
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    back = go(nobody, provider, issuer)
    issuer.status = 502
    assert "does not answer at this moment" in nobody.get(back, expect=503).words
    issuer.status, issuer.dawdles = 200, 1
    app.extensions.pop(discovery.STORE)
    page = nobody.get("oidc.go", provider_id=provider.id, expect=503)
    assert page.h1 == "You are not signed in"
    asked = len(issuer.asked)
    nobody.get("oidc.go", provider_id=provider.id, expect=503)
    assert len(issuer.asked) == asked  # left alone for a while: a dead provider holds up nobody


def test_a_provider_that_sends_forever_is_cut_off(monkeypatch):
    monkeypatch.setattr(fetching, "LONGEST", 0.5)
    with issuing() as slow:
        slow.dawdles = 3
        with pytest.raises(fetching.Away):
            fetching.ask(f"{slow.address}/keys", loopback=True)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404])
def test_no_redirect_is_followed(issuer, status):
    issuer.status = status
    with pytest.raises(fetching.Strange):
        fetching.ask(f"{issuer.address}/token", loopback=True)
    assert issuer.asked == ["/token"]


def test_more_than_a_little_is_not_read(issuer):
    issuer.userinfo = {"x": "y" * fetching.MOST_BYTES}
    with pytest.raises(fetching.Strange):
        fetching.ask(f"{issuer.address}/me", loopback=True)


@pytest.mark.parametrize(
    "address", ["http://provider.example", "ftp://a.example", "https://u:p@a.example", "https://", "x", "https://a b",
                "file:///etc/passwd", "http://127.0.0.1.example", "https://a.example:x"],
)  # fmt: skip
def test_only_https_is_asked_but_on_this_machine(address):
    with pytest.raises(fetching.Strange):
        fetching.origin(address, loopback=True)


def test_http_on_this_machine_only_where_we_are_for_this_machine():
    with pytest.raises(fetching.Strange):
        fetching.origin("http://127.0.0.1:9", loopback=False)


def test_keys_and_addresses_on_another_host_are_not_believed(nobody, ann, provider, issuer):
    for name in ("jwks_uri", "token_endpoint", "authorization_endpoint", "userinfo_endpoint"):
        issuer.about = {name: "http://127.0.0.1:9/x"}
        nobody.get("oidc.go", provider_id=provider.id, expect=503)
    issuer.about = {"issuer": "http://127.0.0.1:9"}
    nobody.get("oidc.go", provider_id=provider.id, expect=503)


def test_an_administrator_sets_a_provider_up(as_user, make, trust, setter, issuer):
    admin = as_user(setter)
    page = admin.get("providers.listed", agency_id=trust.id)
    assert "First prove a mail domain" in page.words
    assert page.all("//nav[@aria-label='Main']//a[@aria-current]/text()") == ["Agencies and people"]
    assert f"/sign-in/agency/{trust.id}/back" in page.words
    make.save(AgencyDomain(agency_id=trust.id, domain="agency.example", asked_by=setter.id, proven_at=clock.now()))
    form = {"name": "Trust account", "issuer": issuer.address, "client_id": "lms", "secret": "hidden"}
    form["domains"] = "agency.example"
    at = {"agency_id": trust.id}
    wrong = admin.post("providers.add", {**form, "domains": "gmail.com"}, expect=422, **at)
    assert "gmail.com is not proven" in wrong.words
    wrong = admin.post("providers.add", {**form, "issuer": "http://provider.example"}, expect=422, **at)
    assert "beginning with https://" in wrong.words
    wrong = admin.post("providers.add", {**form, "issuer": issuer.address + "/other"}, expect=422, **at)
    assert "Nothing at that address answers as a provider should" in wrong.words
    assert len(admin.post("providers.add", {}, expect=422, **at).all("//div[@id='problems']//li")) == 5
    admin.post("providers.add", form, **at)
    made = db.session.scalar(select(IdentityProvider))
    assert b"hidden" not in made.client_secret
    assert sealing.opened(made.id, made.client_secret) == "hidden"
    assert "Trust account" in admin.get("providers.listed", **at).words


def test_a_provider_is_required_only_after_somebody_came_that_way(as_user, nobody, ann, setter, provider, issuer):
    admin, at = as_user(setter), {"provider_id": provider.id}
    form = {"name": "Trust", "domains": "agency.example", "active": "y", "required": "y", "secret": ""}
    assert "Have somebody sign in with it once" in admin.post("providers.change", form, expect=422, **at).words
    come(nobody, provider, issuer)
    admin.post("providers.change", form, **at)
    settle()
    kept = db.session.get(IdentityProvider, provider.id, populate_existing=True)
    assert kept.required
    assert sealing.opened(kept.id, kept.client_secret) == "hidden"
    admin.post("providers.anew", **at)
    assert db.session.scalar(select(func.count()).select_from(ProviderPerson)) == 0


def test_a_secret_that_can_no_longer_be_read_is_said(nobody, ann, provider):
    with writing():
        db.session.get(IdentityProvider, provider.id).client_secret = b"0" * 40
    assert "set up anew" in nobody.get("oidc.go", provider_id=provider.id, expect=403).words
