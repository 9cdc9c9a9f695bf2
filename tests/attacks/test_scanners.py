"""What a scanner does, signed in as each role: made-up requests to every address of `lms openapi` that the role may
open, and to all that anybody may. No answer is a fault, and each is one that the document tells of.

The real scanners are run by hand (docs/attacks.md); this is the bounded run that stays with the project.
"""

import os
from urllib.parse import quote_plus

import pytest
from hypothesis import HealthCheck, given, settings

from lms.core.db import writing
from lms.interop.openapi.addresses import path_of
from lms.interop.openapi.document import describe
from lms.interop.scim import actions
from lms.people import queries as people
from tests.attacks.cases import Case, cases
from tests.contracts.matrix import MATRIX, VISITORS
from tests.support.browser import settle

pytestmark = pytest.mark.slow

# Requests to each address with each method, as each role: more by LMS_SCAN_EXAMPLES=50, for a long look.
EXAMPLES = int(os.environ.get("LMS_SCAN_EXAMPLES", "2"))
LEAST = 40  # such addresses, for the role that may least
ROLES = ("nobody", "owner", "manager", "trainer", "coordinator", "admin", "author", "outsider")
# These end the sign-in that the rest needs.
LEAVING = frozenset({"signin.sign_out", "signin.sign_out_everywhere", "signin.end_sign_in", "passwords.change"})
IMPLICIT = {"HEAD", "OPTIONS"}


@pytest.mark.parametrize("who", ROLES)
def test_made_up_requests_are_answered_as_the_document_says(doors, who):
    document, faults = describe(doors.app), []
    scanner = Scanner(doors, who, document)
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            if scanner.may(told, method):
                faults += scanner.scan(path, method.upper(), told)
    assert faults == []
    assert scanner.sent >= LEAST * EXAMPLES


class Scanner:
    """One visitor with the document in hand."""

    def __init__(self, doors, who, document):
        self.doors, self.who, self.document, self.sent = doors, who, document, 0
        self.client = doors.app.test_client() if who == "nobody" else doors.browser(who).client
        self.token = "" if who == "nobody" else doors.browser(who).token()
        self.bearer = self._bearer() if who == "admin" else ""

    def may(self, told, method):
        """Whether the scanner asks there: where anybody may, and where this role gets further than the door."""
        endpoint = told["operationId"].rpartition(".")[0]
        if endpoint in LEAVING:
            return False
        row = MATRIX.get(f"{endpoint} {method.upper()}")
        if row is None:
            return self.who in ("nobody", "owner", "admin")
        return self.who != "nobody" and row[VISITORS.index(self.who)] == "o"

    def scan(self, path, method, told):
        """What is wrong with the answers of one address."""
        found = []
        known = self._known(path, method)

        @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(cases(path, method, told, known))
        def ask(case):
            self.sent += 1
            found.extend(self._wrong(path, told, case))

        ask()
        return found

    def _bearer(self):
        them = self.doors.them
        with writing():
            return actions.connect(people.actor(them.admin), them.admin.memberships[0].agency_id, "Scanner")[1]

    def _known(self, path, method):
        for rule in self.doors.rules(method):
            if path_of(rule) == path:
                return self.doors.values(rule)
        return {}

    def _wrong(self, path, told, case: Case):
        settle()
        headers = {"X-CSRFToken": self.token, **case.headers} if self.token else dict(case.headers)
        if path.startswith("/scim") and self.bearer:
            headers = {**headers, "Authorization": f"Bearer {self.bearer}"}
        query = "&".join(f"{_coded(name)}={_coded(text)}" for name, text in case.query)
        body, kind = case.body or (None, None)
        if case.fields is not None:
            body = "&".join(f"{_coded(name)}={_coded(text)}" for name, text in case.fields).encode()
            kind = "application/x-www-form-urlencoded"
        answer = self.client.open(
            case.path, method=case.method, query_string=query, data=body, content_type=kind, headers=headers
        )
        return [f"{case}: {answer.status_code} {fault}" for fault in self._faults(path, told, case, answer)]

    def _faults(self, path, told, case, answer):
        status, declared = str(answer.status_code), told["responses"]
        if answer.status_code >= 500 or b"Traceback" in answer.data[:5_000]:
            yield "a fault"
        if answer.status_code == 405:
            if "GET" not in answer.allow and "POST" not in answer.allow:
                yield "names no methods"
        elif case.method not in {*IMPLICIT, *(name.upper() for name in self.document["paths"][path])}:
            if answer.status_code < 300:
                yield "takes a method that is not there"
        elif case.method == told["operationId"].rpartition(".")[2].upper() and "%" not in case.path:
            if status not in declared and answer.status_code not in (301, 308):
                yield "a status that is not told"
            kinds = declared.get(status, {}).get("content")
            if kinds and answer.data and answer.mimetype not in kinds:
                yield f"content that is not told: {answer.mimetype}"


def _coded(text):
    return quote_plus(text, errors="replace")
