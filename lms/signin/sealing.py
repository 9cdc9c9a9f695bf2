"""Sealing what must be read again and must not be read from a copy of the database: the secrets of second steps.

AES-256-GCM under a key derived from LMS_SECRET_KEY, bound to the person, so that one row's secret is of no use in
another's. With another LMS_SECRET_KEY nothing opens; people then use a recovery code and set up their phone anew.
"""

from os import urandom
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from lms.config import Settings

NONCE_BYTES = 12


def _cipher() -> AESGCM:
    settings: Settings = current_app.extensions["settings"]
    derive = HKDF(SHA256(), length=32, salt=None, info=b"common-ground second step")
    return AESGCM(derive.derive(settings.secret_key.encode()))


def sealed(person_id: UUID, secret: str) -> bytes:
    """What to store of a secret."""
    nonce = urandom(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, secret.encode(), person_id.bytes)


def opened(person_id: UUID, stored: bytes | None) -> str | None:
    """The secret, or None when there is none, or when it was sealed with another key or for somebody else."""
    if stored is None:
        return None
    try:
        return _cipher().decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], person_id.bytes).decode()
    except (InvalidTag, ValueError):
        return None
