"""There and back: sending somebody to their agency's provider, and what the provider says when they return.

Nothing here touches the database: the network is slow, and nobody waits for us meanwhile.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from secrets import compare_digest, token_urlsafe
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from lms.core import clock
from lms.interop.oidc import discovery, fetching, tokens
from lms.interop.oidc.fetching import Strange
from lms.interop.oidc.tokens import BadToken, UnknownKey

LASTS = 600  # seconds for signing in over there
SCOPE = "openid email"
LONGEST_CODE = 4000
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Client:
    """Who we are at a provider."""

    issuer: str
    client_id: str
    secret: str
    back: str


@dataclass(frozen=True)
class Started:
    """What one browser keeps of one way there, so that only it can come back, once."""

    provider: str
    state: str
    nonce: str
    verifier: str
    target: str
    at: int

    @property
    def kept(self) -> dict[str, Any]:
        """For the browser's cookie."""
        return asdict(self)

    @property
    def is_over(self) -> bool:
        """Whether it took too long."""
        return not 0 <= clock.now().timestamp() - self.at < LASTS


def begin(provider_id: str, target: str) -> Started:
    """A new way there."""
    return Started(
        provider_id, token_urlsafe(24), token_urlsafe(24), token_urlsafe(48), target, int(clock.now().timestamp())
    )


def started(kept: object, state: str) -> Started | None:
    """The way there that this browser began with this state."""
    for one in kept if isinstance(kept, list) else []:
        if compare_digest(str(one.get("state")).encode(), state.encode()):
            return Started(**one)
    return None


def address(client: Client, way: Started) -> str:
    """Where to send the person. Raises Away or Strange."""
    authorize = discovery.about(client.issuer).authorize
    asks = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.back,
        "scope": SCOPE,
        "state": way.state,
        "nonce": way.nonce,
        "code_challenge": create_s256_code_challenge(way.verifier),
        "code_challenge_method": "S256",
    }
    return f"{authorize}{'&' if '?' in authorize else '?'}{urlencode(asks)}"


def finish(client: Client, way: Started, said: Mapping[str, str]) -> dict[str, Any]:
    """What the provider says about who came back. Raises Away, Strange or BadToken."""
    about = discovery.about(client.issuer)
    if said.get("iss", client.issuer) != client.issuer or (about.says_issuer and "iss" not in said):
        raise BadToken("another issuer came back")
    code = said.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise BadToken("no code")
    answer = _exchange(about, client, way, code)
    text = answer.get("id_token")
    if not isinstance(text, str):
        raise Strange("gives no token")
    claims = _verified(about, client, way, text)
    if "email" not in claims and about.userinfo and isinstance(answer.get("access_token"), str):
        claims = {**_more(about, answer["access_token"], claims["sub"]), **claims}
    return claims


def _exchange(about: discovery.About, client: Client, way: Started, code: str) -> dict[str, Any]:
    sends = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.back,
        "code_verifier": way.verifier,
    }
    headers = {"Content-Type": FORM}
    if "client_secret_post" in about.auth_methods and "client_secret_basic" not in about.auth_methods:
        sends |= {"client_id": client.client_id, "client_secret": client.secret}
    else:
        pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return fetching.ask(about.token, loopback=discovery.may_be_plain(), body=urlencode(sends).encode(), headers=headers)


def _verified(about: discovery.About, client: Client, way: Started, text: str) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    expected = tokens.Expected(client.issuer, client.client_id, way.nonce)
    try:
        return tokens.read(text, discovery.keys(about), expected, now)
    except UnknownKey:
        return tokens.read(text, discovery.keys(about, anew=True), expected, now)


def _more(about: discovery.About, access: str, subject: str) -> dict[str, Any]:
    """The address, from a provider that does not put it into the token."""
    if not access.isascii() or not access.isprintable():
        raise Strange("gives no token that can be sent")
    headers = {"Authorization": f"Bearer {access}"}
    said = fetching.ask(about.userinfo, loopback=discovery.may_be_plain(), headers=headers)
    if said.get("sub") != subject:
        raise BadToken("tells of somebody else")
    return {name: said[name] for name in ("email", "email_verified") if name in said}
