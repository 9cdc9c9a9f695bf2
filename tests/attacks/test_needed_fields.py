"""What `lms openapi` calls needed is needed: a form without it, or with an option that there is not, is refused."""

import pytest

from lms.interop.openapi.addresses import path_of
from lms.interop.openapi.document import describe
from tests.attacks.doors import fingerprint
from tests.support.browser import settle

pytestmark = pytest.mark.slow

RULE = 422  # a rule says no, with a sentence
DOOR = (403, 404)  # before the form is read: not for this visitor, or nothing there just now
LEAST = 60  # refusals by a rule; there were 85 when this was written


def test_a_form_without_what_it_needs_is_refused_and_changes_nothing(doors):
    before, answers = fingerprint(), {}
    for rule, shape in _forms(doors):
        for sent in _wrong(shape):
            answers[rule.endpoint, str(sent)] = _send(doors, rule, sent)
    assert {at: status for at, status in answers.items() if status not in (RULE, *DOOR)} == {}
    assert list(answers.values()).count(RULE) >= LEAST
    assert fingerprint() == before


def _forms(doors):
    """Every address with a form that needs something, and the shape of that form."""
    paths = describe(doors.app)["paths"]
    for rule in doors.rules("POST"):
        body = paths.get(path_of(rule), {}).get("post", {}).get("requestBody", {})
        for told in body.get("content", {}).values() if not rule.endpoint.startswith("scim.") else ():
            if told["schema"].get("required"):
                yield rule, told["schema"]


def _wrong(shape):
    """The form with one needed field missing, with one empty, and with an option that there is not."""
    fields = shape["properties"]
    right = {name: fields[name].get("enum", ["Words"])[-1] for name in shape["required"]}
    for name in right:
        yield {one: value for one, value in right.items() if one != name}
        if "enum" in fields[name]:
            yield {**right, name: "none such"}
        elif "minLength" in fields[name] or "pattern" in fields[name]:
            yield {**right, name: ""}


def _send(doors, rule, sent):
    settle()
    who = doors.browser(doors.welcome(rule, "POST")[0])
    return who.client.post(doors.address(rule), data=sent, headers={"X-CSRFToken": who.token()}).status_code
