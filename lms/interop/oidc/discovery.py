"""What a provider says about itself: where to send people, and with which keys it signs. Kept for an hour."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from authlib.oidc.discovery import get_well_known_url
from flask import current_app

from lms.config import LOOPBACK, Settings
from lms.interop.oidc import fetching
from lms.interop.oidc.fetching import Away, Strange

KEPT = 3600.0
KEYS_AGAIN = 60.0  # for a key nobody knows, keys are fetched anew this often at most
AWAY_FOR = 15.0  # whoever did not answer is left alone for so long, so that a dead provider holds up nobody
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
STORE = "oidc"


@dataclass(frozen=True)
class About:
    """A provider as it describes itself. Every address is on the issuer's own host."""

    issuer: str
    authorize: str
    token: str
    keys: str
    userinfo: str
    auth_methods: tuple[str, ...]
    says_issuer: bool


def may_be_plain() -> bool:
    """Whether a provider on this machine may be asked without https: only where we ourselves are for this machine."""
    settings: Settings = current_app.extensions["settings"]
    return settings.host in LOOPBACK


def about(issuer: str) -> About:
    """What the provider says of itself. Raises Away or Strange."""
    found: About = _kept(("about", issuer), KEPT, lambda: _described(issuer))
    return found


def keys(of: About, *, anew: bool = False) -> list[dict[str, Any]]:
    """The provider's public keys; `anew` asks again, at most once a minute. Raises Away or Strange."""
    seconds = KEYS_AGAIN if anew else KEPT
    found: list[dict[str, Any]] = _kept(("keys", of.issuer), seconds, lambda: _keys(of.keys))
    return found


def _described(issuer: str) -> About:
    plain = may_be_plain()
    said = fetching.ask(get_well_known_url(issuer, external=True), loopback=plain)
    if said.get("issuer") != issuer:
        raise Strange("names another issuer")
    for name in ENDPOINTS:
        if not isinstance(said.get(name), str):
            raise Strange(f"says no {name}")
    userinfo = said.get("userinfo_endpoint")
    places = [*(said[name] for name in ENDPOINTS), *([userinfo] if isinstance(userinfo, str) else [])]
    own = fetching.origin(issuer, loopback=plain)
    if any(fetching.origin(place, loopback=plain) != own for place in places):
        raise Strange("names an address on another host")
    methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return About(
        issuer=issuer,
        authorize=said["authorization_endpoint"],
        token=said["token_endpoint"],
        keys=said["jwks_uri"],
        userinfo=places[-1] if len(places) > len(ENDPOINTS) else "",
        auth_methods=tuple(str(one) for one in methods) if isinstance(methods, list) else (),
        says_issuer=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _keys(address: str) -> list[dict[str, Any]]:
    found = fetching.ask(address, loopback=may_be_plain()).get("keys")
    if not isinstance(found, list):
        raise Strange("shows no keys")
    return [one for one in found if isinstance(one, dict)]


def _kept(what: tuple[str, str], seconds: float, fetch: Callable[[], Any]) -> Any:
    """What was fetched of late; a failure counts for a few seconds too."""
    store: dict[tuple[str, str], tuple[float, Any]] = current_app.extensions.setdefault(STORE, {})
    now = time.monotonic()
    at, found = store.get(what, (-KEPT, None))
    if found is not None and now - at < (AWAY_FOR if isinstance(found, Away) else seconds):
        if isinstance(found, Away):
            raise Away(str(found))
        return found
    try:
        found = fetch()
    except Away as fault:
        store[what] = (now, fault)
        raise
    store[what] = (now, found)
    return found
