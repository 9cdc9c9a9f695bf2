"""scim-sanity, a tester that has nothing to do with the library we read SCIM with, against a real server."""

import subprocess
import sys
from collections.abc import Iterator
from threading import Thread

import pytest
from werkzeug.serving import make_server

from lms.core.db import writing
from lms.core.permissions import Role, Scope
from lms.interop.scim import actions
from lms.people import queries as people


@pytest.fixture
def address(app) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/scim/v2"
    server.shutdown()
    thread.join(10)


@pytest.mark.slow
def test_scim_sanity_finds_no_failure(address, make):
    trust = make.agency("Trust")
    admin = make.person(agency=trust, roles=((Role.ADMINISTRATOR, Scope.AGENCY),))
    with writing():
        _, token = actions.connect(people.actor(admin), trust.id, "Personnel")
    words = [sys.executable, "-m", "scim_sanity", "probe", address, "--token", token, "--i-accept-side-effects"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout.replace("0 FAIL", "").replace("Failed: 0", ""), done.stdout
