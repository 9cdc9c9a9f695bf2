"""A provider for tests, our own: it says whatever the test wants, right or wrong, on a free port of this machine."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey


class Issuer:
    """Signs in whoever the test says. `claims` go over what a right token says; `about` over the description; `plain`
    is the answer to whatever is asked, in place of all else.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.sign_with: Any = self.key
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.claims: dict[str, Any] = {}
        self.about: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.status, self.dawdles, self.token = 200, 0.0, ""
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.address = ""

    def authorize(self, address: str) -> tuple[str, str]:
        """What a browser does there: returns the code and the state that come back."""
        asks = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asks["code_challenge_method"] == "S256"
        assert asks["response_type"] == "code"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asks
        return code, asks["state"]

    def answer(self, path: str, body: dict[str, str]) -> tuple[int, Any]:
        self.asked.append(path)
        time.sleep(self.dawdles)
        if self.status != 200:
            return self.status, {}
        if path == "/.well-known/openid-configuration":
            return 200, self._described()
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        return (200, self._token(body)) if path == "/token" else (200, self.userinfo)

    def _described(self) -> dict[str, Any]:
        places = {"authorization_endpoint": "/go", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {
            "issuer": self.address,
            **{name: self.address + path for name, path in places.items()},
            "userinfo_endpoint": f"{self.address}/me",
            **self.about,
        }

    def _token(self, body: dict[str, str]) -> dict[str, str]:
        asks = self.codes.pop(body["code"])
        made = urlsafe_b64encode(sha256(body["code_verifier"].encode()).digest()).decode().rstrip("=")
        assert made == asks["code_challenge"]
        assert body["redirect_uri"] == asks["redirect_uri"]
        now = int(time.time())
        says = {
            "iss": self.address, "sub": "s-1", "aud": asks["client_id"], "iat": now, "exp": now + 300,
            "nonce": asks["nonce"], "email_verified": True, **self.claims,
        }  # fmt: skip
        said = {name: value for name, value in says.items() if value is not None}
        return {"id_token": self.token or self.signed(said), "access_token": "access", "token_type": "Bearer"}

    def signed(self, says: dict[str, Any]) -> str:
        if self.header["alg"] == "none":
            parts = [urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in (self.header, says)]
            return ".".join([*parts, ""])
        return jwt.encode(self.header, says, self.sign_with, algorithms=[self.header["alg"]])

    def sign_with_public_key_as_secret(self) -> None:
        self.sign_with = OctKey.import_key(self.key.as_pem(private=False).replace(b"-----", b"_____"))
        self.header = {"alg": "HS256", "kid": "one"}


@contextmanager
def issuing() -> Iterator[Issuer]:
    """Serve a provider; ends what it began."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            status, says = issuer.answer(urlsplit(self.path).path, body)
            text = says if isinstance(says, bytes) else json.dumps(says).encode()
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", f"{issuer.address}/keys")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            try:
                self.wfile.write(text)
            except OSError:
                return

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_said: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    issuer.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
