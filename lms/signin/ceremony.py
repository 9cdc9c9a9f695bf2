"""What a browser is asked about passkeys, and whether what it answers is right: WebAuthn level 2, by `webauthn`.

Knows no request: where the site stands comes from the settings, and whose the passkey is from whoever calls.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import (
    options_to_json,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier as Algorithm
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

NAME = "Common Ground"
ALGORITHMS = [Algorithm.EDDSA, Algorithm.ECDSA_SHA_256, Algorithm.RSASSA_PKCS1_v1_5_SHA_256]
PORTS = {"https": 443, "http": 80}
PATIENCE = 120_000  # milliseconds in which somebody finds their key
VERIFIED = UserVerificationRequirement.REQUIRED


class NotRight(Exception):
    """An answer that cannot be read, or that proves nothing."""


class WentBack(NotRight):
    """A right answer whose count did not go on: there may be a copy of the device."""


@dataclass(frozen=True)
class Site:
    """For whom passkeys are made (`rp_id`), and the one origin whose pages may ask for them."""

    rp_id: str
    origin: str


def site_of(base_url: str) -> Site | None:
    """The site at this address. None at a bare number, to which no passkey can be bound; the machine's own number
    stands for `localhost`, where browsers allow them.
    """
    parts = urlsplit(base_url)
    host = _name(parts.hostname or "")
    if not host:
        return None
    port = f":{parts.port}" if parts.port and parts.port != PORTS.get(parts.scheme) else ""
    return Site(host, f"{parts.scheme}://{host}{port}")


def _name(host: str) -> str | None:
    try:
        return "localhost" if ip_address(host).is_loopback else None
    except ValueError:
        return host


@dataclass(frozen=True)
class Holder:
    """For whom a passkey is made: `handle` is what it keeps of them, and says nothing to anybody else."""

    handle: bytes
    email: str
    name: str


def to_make(site: Site, holder: Holder, challenge: bytes, known: Sequence[bytes]) -> str:
    """The question that makes a passkey which is found without a name, on a device that has none of these yet."""
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=site.rp_id,
            rp_name=NAME,
            user_id=holder.handle,
            user_name=holder.email,
            user_display_name=holder.name,
            challenge=challenge,
            timeout=PATIENCE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, require_resident_key=True, user_verification=VERIFIED
            ),
            exclude_credentials=_described(known),
            supported_pub_key_algs=ALGORITHMS,
        )
    )


def to_prove(site: Site, challenge: bytes, known: Sequence[bytes] = ()) -> str:
    """The question that one of the known passkeys answers; any of the device's, when none is named."""
    return options_to_json(
        webauthn.generate_authentication_options(
            rp_id=site.rp_id,
            challenge=challenge,
            timeout=PATIENCE,
            allow_credentials=_described(known),
            user_verification=VERIFIED,
        )
    )


def _described(known: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one) for one in known]


@dataclass(frozen=True)
class Made:
    """A new passkey: its number, its public key (COSE), and what it has counted."""

    credential: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class Answer:
    """What a browser sent, taken apart and not yet believed. `handle` says whose the passkey is, as the device says."""

    sent: AuthenticationCredential | RegistrationCredential
    challenge: bytes
    credential: bytes
    handle: bytes | None = None


def read_made(text: str) -> Answer:
    """Take apart what came back when a passkey was made. Raises NotRight."""
    with _nothing_else():
        sent = parse_registration_credential_json(text)
        return Answer(sent, _challenge(sent.response.client_data_json), sent.raw_id)


def read_proof(text: str) -> Answer:
    """Take apart what came back when one was asked for. Raises NotRight."""
    with _nothing_else():
        sent = parse_authentication_credential_json(text)
        challenge = _challenge(sent.response.client_data_json)
        return Answer(sent, challenge, sent.raw_id, sent.response.user_handle)


def _challenge(client_data: bytes) -> bytes:
    said = parse_client_data_json(client_data)
    if said.cross_origin:
        raise NotRight("asked inside another site's page")
    return said.challenge


def made(site: Site, answer: Answer) -> Made:
    """The new passkey. Raises NotRight for another site or origin, and where the person was not verified. Whether the
    challenge was ours, the caller knows.
    """
    assert isinstance(answer.sent, RegistrationCredential)
    with _nothing_else():
        found = webauthn.verify_registration_response(
            credential=answer.sent,
            expected_challenge=answer.challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
    return Made(found.credential_id, found.credential_public_key, found.sign_count)


def proven(site: Site, answer: Answer, public_key: bytes, sign_count: int) -> int:
    """What the passkey has counted now. Raises NotRight for another site, origin or key, and where the person was not
    verified; WentBack where a device that counts did not count on.
    """
    assert isinstance(answer.sent, AuthenticationCredential)
    with _nothing_else():
        found = webauthn.verify_authentication_response(
            credential=answer.sent,
            expected_challenge=answer.challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,  # compared below, after the signature, so that nobody cries wolf
            require_user_verification=True,
        )
    if (sign_count or found.new_sign_count) and found.new_sign_count <= sign_count:
        raise WentBack
    return found.new_sign_count


@contextmanager
def _nothing_else() -> Iterator[None]:
    """Whatever the library trips over in what a stranger sent, it is not right: no other fault gets out."""
    try:
        yield
    except NotRight:
        raise
    except Exception as fault:
        raise NotRight(str(fault)) from fault
