"""Asking a provider over the network: only the provider itself, briefly, and never more than a little."""

import json
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR, socket
from ssl import create_default_context
from threading import Timer
from typing import Any
from urllib.parse import SplitResult, urlsplit

from lms.config import LOOPBACK

SECONDS = 4  # for connecting, and between two pieces
LONGEST = 8  # for the whole
MOST_BYTES = 256_000
GOOD = 200


class Away(Exception):
    """The provider does not answer, or not in time."""


class Strange(Exception):
    """The provider answers, but not what it should."""


def origin(address: str, *, loopback: bool = False) -> tuple[str, str, int]:
    """Scheme, host and port of an address that may be asked: https, or http on this machine where `loopback` says so.
    Raises Strange.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise Strange("not an address") from None
    plain = loopback and parts.scheme == "http" and parts.hostname in LOOPBACK
    odd = any(not 32 < ord(letter) < 127 for letter in address)
    if odd or not parts.hostname or parts.username or parts.fragment or not (parts.scheme == "https" or plain):
        raise Strange("not an address that may be asked")
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


def ask(
    address: str, *, loopback: bool = False, body: bytes | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """What the provider answers, as a JSON object; no redirect is followed. Raises Away or Strange."""
    scheme, host, port = origin(address, loopback=loopback)
    kind = (
        HTTPConnection(host, port, timeout=SECONDS)
        if scheme == "http"
        else HTTPSConnection(host, port, timeout=SECONDS, context=create_default_context())
    )
    try:
        kind.connect()
        bell = Timer(LONGEST, _hang_up, [kind.sock])
        bell.daemon = True
        bell.start()
        try:
            status, text = _asked(kind, urlsplit(address), body, headers or {})
        finally:
            bell.cancel()
    except (OSError, HTTPException) as fault:
        raise Away(type(fault).__name__) from fault
    finally:
        kind.close()
    return _read(status, text)


def _hang_up(line: socket) -> None:
    with suppress(OSError):
        line.shutdown(SHUT_RDWR)


def _asked(line: HTTPConnection, parts: SplitResult, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    line.request("GET" if body is None else "POST", path, body, {"Accept": "application/json", **headers})
    answer = line.getresponse()
    return answer.status, answer.read(MOST_BYTES + 1)


def _read(status: int, text: bytes) -> dict[str, Any]:
    if status >= 500:
        raise Away(f"answered {status}")
    if status != GOOD or len(text) > MOST_BYTES:
        raise Strange(f"answered {status} with {len(text)} bytes")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Strange("answered no JSON") from None
    if not isinstance(found, dict):
        raise Strange("answered no JSON object")
    return found
