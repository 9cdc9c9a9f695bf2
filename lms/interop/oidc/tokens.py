"""Reading the token in which a provider says who somebody is. Pure: the keys and the time are handed in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

ALLOWED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
KINDS: Mapping[str, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}
LEEWAY = 60  # seconds that two clocks may differ
LONGEST_SUBJECT = 255
STRONG = frozenset({"mfa", "otp", "hwk"})


class BadToken(Exception):
    """The token does not prove what it says; the words are for the record, not for the person."""


class UnknownKey(BadToken):
    """Signed with a key that is not among those handed in."""


@dataclass(frozen=True)
class Expected:
    """What a token must say: who made it, for whom, and for which sign-in."""

    issuer: str
    client_id: str
    nonce: str


def read(token: str, keys: Sequence[Mapping[str, Any]], expected: Expected, now: int) -> dict[str, Any]:
    """The claims of a token signed by the issuer, for us, for this sign-in, and not too old. Raises BadToken."""
    try:
        header = jws.extract_compact(token.encode()).headers()
        algorithm = header.get("alg")
        if algorithm not in ALLOWED:
            raise BadToken("algorithm")
        found = jwt.decode(token, _key(keys, header.get("kid"), str(algorithm)), algorithms=[str(algorithm)])
        options = {
            "iss": {"essential": True, "value": expected.issuer},
            "aud": {"essential": True, "value": expected.client_id},
        }
        claims = CodeIDToken(
            found.claims, found.header, options, {"nonce": expected.nonce, "client_id": expected.client_id}
        )
        claims.validate(now, LEEWAY)
    except JoseError as fault:
        raise BadToken(fault.error) from fault
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as fault:
        raise BadToken("unreadable") from fault
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\x00" in subject:
        raise BadToken("sub")
    return dict(claims)


def _key(keys: Sequence[Mapping[str, Any]], name: object, algorithm: str) -> RSAKey | ECKey:
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    fitting = [
        one
        for one in keys
        if one.get("kty") == kind
        and one.get("use", "sig") == "sig"
        and one.get("alg", algorithm) == algorithm
        and (name is None or one.get("kid") == name)
    ]
    if len(fitting) != 1:
        raise UnknownKey("key")
    return KINDS[kind].import_key(dict(fitting[0]))


def is_strong(claims: Mapping[str, Any]) -> bool:
    """Whether the provider says that more than a password was asked."""
    methods = claims.get("amr")
    said = [one for one in methods if isinstance(one, str)] if isinstance(methods, list) else []
    level = claims.get("acr")
    return bool(STRONG & {*said, *(re.split(r"[^a-z0-9]+", level.lower()) if isinstance(level, str) else ())})


def proven_email(claims: Mapping[str, Any]) -> str | None:
    """The address that the provider has checked, in small letters; None when it has not."""
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return None
    return email.strip().lower()
