"""Run a scanner over the demo, signed in as each of its people (docs/attacks.md):

    python -m tests.attacks.scan wapiti /path/to/wapiti --out /tmp/found
    python -m tests.attacks.scan schemathesis /path/to/schemathesis --out /tmp/found --roles staff admin

Scanners live in virtual environments of their own. Each role gets a fresh server on this machine, whose limits are off,
and whose forms may be sent twice with other content: a scanner sends each form hundreds of times. No role takes longer
than `--minutes`: the scanner is told so, and one that goes on is ended.
"""

import argparse
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

from flask import Flask

from lms.app import create_app
from lms.config import Settings
from lms.interop.openapi.document import describe
from lms.web import once
from tests.attacks.bounded import run_for, told_by
from tests.attacks.walking import Walk, sign_in
from tests.support.server import SECRET, serving

ROLES = ("nobody", "staff", "trainer", "manager", "coordinator", "author", "admin", "observer", "outsider")
MODULES = ("cookieflags,csp,csrf,http_headers,crlf,redirect,xss,sql,exec,file,ssrf,xxe,upload,methods,htaccess,ldap,"
           "backup,shellshock,buster,timesql,permanentxss")  # fmt: skip
LEFT_ALONE = ("/sign-out*", "/me/sign-out-everywhere*", "/me/sign-ins/*", "/second-step/*", "/me/everything/erase*")
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
          "unsupported_method,allow_header_conformance")  # fmt: skip
MINUTES = 10.0  # for one role
ENDING = 60  # seconds that a scanner has, after its time, to write its report


class Outside(BaseHTTPRequestHandler):
    """Where wapiti lures the server to, on this machine: whatever the server asks of it is a fault."""

    called: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Note who called; wapiti itself asks for what it was told, which is nothing."""
        if not self.path.startswith("/get_"):
            self.called.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def outside() -> Iterator[str]:
    """The address of that place, while it is there."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Outside) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def without_keys() -> Flask:
    """The application, whose forms carry keys that nobody asks for."""
    once.claim = lambda: None
    return create_app()


def wapiti(program: str, address: str, cookie: str, out: Path, role: str, given: argparse.Namespace) -> list[str]:
    """The command for wapiti: a quarter of the time for its walk, the rest in even parts for its modules."""
    walk = given.minutes * 60 / 4
    attack = max(1.0, 3 * walk / len(MODULES.split(",")))
    left = [word for path in LEFT_ALONE for word in ("-x", address + path)]
    starts = [word for path in _plain(_document()) for word in ("-s", address + path)]
    who = ["-C", cookie] if cookie else []
    return [program, "-u", f"{address}/", *starts, *who, *left, "-m", MODULES, "--scope", "folder", "-d", "4",
            "--max-links-per-page", "25", "--max-files-per-dir", "100", "--max-parameters", "30", "-t", "30",
            "--max-scan-time", f"{walk:.0f}", "--max-attack-time", f"{attack:.0f}", "--tasks", "4",
            "--endpoint", given.outside, "--flush-session", "--store-session", str(out / f"session-{role}"),
            "--no-bugreport", "-f", "json", "-o", str(out / f"wapiti-{role}.json"), "-v", "1"]  # fmt: skip


def schemathesis(program: str, address: str, cookie: str, out: Path, role: str, given: argparse.Namespace) -> list[str]:
    """The command for schemathesis, after a walk that finds things that exist."""
    walk = Walk(address, cookie, _document())
    walk.go()
    described = out / f"openapi-{role}.json"
    described.write_text(json.dumps(walk.filled()))
    headers = ["-H", f"Cookie: {cookie or 'none=none'}", "-H", f"X-CSRFToken: {walk.token or 'none'}"]
    return [program, "run", str(described), "-u", address, *headers, "--phases", given.phases, "--checks", CHECKS,
            "-n", str(given.examples), "--max-time", f"{given.minutes * 60:.0f}", "--no-shrink", "--seed",
            "1", "--continue-on-failure", "--suppress-health-check", "all", "--max-redirects", "0",
            "--request-timeout", "60", "--exclude-path-regex", "^/scim", "--no-color"]  # fmt: skip


TOOLS = {"wapiti": wapiti, "schemathesis": schemathesis}


def main() -> None:
    """Scan as each role asked for, and say what each found."""
    asked = argparse.ArgumentParser(description="Run a scanner over the demo.")
    asked.add_argument("tool", choices=sorted(TOOLS))
    asked.add_argument("program")
    asked.add_argument("--roles", nargs="+", choices=ROLES, default=ROLES)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--minutes", type=_minutes, default=MINUTES, help="for each role, however much is left to do")
    asked.add_argument("--examples", type=int, default=30, help="schemathesis: for each address")
    asked.add_argument("--phases", default="examples,coverage,fuzzing", help="schemathesis")
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with outside() as given.outside:
        for role in given.roles:
            print(f"{role}: {_scan(role, given)}", flush=True)  # noqa: T201 -- a command
    print(f"The server called out {len(Outside.called)} times. {Outside.called[:20]}")  # noqa: T201 -- a command


def _minutes(given: str) -> float:
    minutes = float(given)
    if not 0 < minutes < 24 * 60:
        raise ValueError(given)
    return minutes


def _scan(role: str, given: argparse.Namespace) -> str:
    log, answered = (given.out / f"{given.tool}-{role}.{ending}" for ending in ("log", "server.log"))
    report = given.out / f"wapiti-{role}.json"
    report.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "tests.attacks.scan:without_keys()") as address:
        cookie = "" if role == "nobody" else sign_in(address, f"{role}@demo.example")
        command = TOOLS[given.tool](given.program, address, cookie, given.out, role, given)
        early = run_for(command, log, given.minutes * 60 + ENDING)
        shutil.copy(Path(folder) / "server.log", answered)
    found = _levels(report) if given.tool == "wapiti" else _generated(log)
    ended = f" ENDED EARLY: it went on after its {given.minutes:g} minutes." if early else ""
    return f"{found or f'no result, see {log}'}.{ended} The server: {told_by(answered)}"


def _generated(log: Path) -> str:
    return next((line.strip() for line in log.read_text().splitlines() if " generated, " in line), "")


def _levels(report: Path) -> str:
    if not report.exists():
        return ""
    found = json.loads(report.read_text())
    kinds = ("vulnerabilities", "anomalies")
    counted = Counter((one["level"], name) for kind in kinds for name, ones in found[kind].items() for one in ones)
    told = [f"level {level} {name}: {number}" for (level, name), number in sorted(counted.items(), reverse=True)]
    return f"{found['infos']['crawled_pages_nbr']} addresses; {'; '.join(told) or 'nothing'}"


def _document() -> dict[str, Any]:
    """The description of the application, which needs no database."""
    with tempfile.TemporaryDirectory() as folder:
        return describe(create_app(Settings({"LMS_SECRET_KEY": SECRET, "LMS_DATA_DIR": folder})))


def _plain(document: dict[str, Any]) -> list[str]:
    return [path for path, told in document["paths"].items() if "{" not in path and "get" in told]


if __name__ == "__main__":
    main()
