"""A security key made of software: answers what a browser is asked about passkeys, and lies when a test says so; and
what a person does with it.
"""

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

from tests.support.browser import Visitor

PASSWORD = "a long enough password"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def packed(data: bytes) -> str:
    """As browsers write bytes: base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One device with one passkey at most. `counts` says whether it counts its answers."""

    origin: str = "http://localhost"
    rp_id: str = "localhost"
    is_verified: bool = True
    counts: bool = True
    count: int = 0
    credential: bytes = field(default_factory=lambda: token_bytes(32))
    handle: bytes | None = None
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, question: dict[str, Any]) -> str:
        """Make a passkey, as the question asks; the answer as the script sends it."""
        self.handle = unpacked(question["user"]["id"])
        client = self._client("webauthn.create", question)
        length = len(self.credential).to_bytes(2)
        data = self._data(ATTESTED) + bytes(16) + length + self.credential + self._public()
        told = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": packed(client), "attestationObject": packed(told)})

    def prove(self, question: dict[str, Any], **more: Any) -> str:
        """Answer with the passkey; `more` goes into what the browser says it was asked."""
        client, data = self._client("webauthn.get", question, **more), self._data()
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        told = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        if self.handle is not None:
            told["userHandle"] = self.handle
        return self._answer({name: packed(part) for name, part in told.items()})

    def _answer(self, response: dict[str, str]) -> str:
        number = packed(self.credential)
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": response})

    def _client(self, kind: str, question: dict[str, Any], **more: Any) -> bytes:
        said = {"type": kind, "challenge": question["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **more}).encode()

    def _data(self, more: int = 0) -> bytes:
        self.count += self.counts
        flags = PRESENT | more | (VERIFIED if self.is_verified else 0)
        return sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _public(self) -> bytes:
        point = self.key.public_key().public_numbers()
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})


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
