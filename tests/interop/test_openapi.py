"""`lms openapi` tells of all that the server answers, in words that other programs understand."""

import json
import re
from uuid import uuid4

import pytest
from click.testing import CliRunner

from lms.certificates.forms import LONGEST_CODE
from lms.cli import cli
from lms.interop.openapi import taking
from lms.interop.openapi.addresses import path_of
from lms.interop.openapi.document import METHODS, describe


@pytest.fixture(scope="module")
def document(app):
    return describe(app)


@pytest.mark.slow
def test_every_address_and_every_method_is_there_and_nothing_else(app, document):
    wanted = {
        (path_of(rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods & set(METHODS)
        if rule.endpoint != "scim.nothing"
    }
    told = {(path, method): one for path, methods in document["paths"].items() for method, one in methods.items()}
    assert {at for at, one in told.items() if "@" not in one["operationId"]} == wanted
    assert len(wanted) > 300


@pytest.mark.slow
def test_a_method_that_another_rule_answers_at_the_same_address_is_told_too(app, document):
    """What `Allow` names there and what the description tells are the same: a scanner compares them."""
    for path, told in document["paths"].items():
        sample = re.sub(r"{\w*(id)}", str(uuid4()), path)
        allowed = app.url_map.bind("localhost").allowed_methods(re.sub(r"{\w+}", "1", sample))
        if not path.startswith("/scim"):  # where nothing but an error answers some
            assert {method.upper() for method in told} == {*allowed} - {"HEAD", "OPTIONS"}, path
    assert document["paths"]["/learn/{module}/start-again"]["get"]["operationId"].startswith("learning.page@")
    assert {"get", "post", "put", "patch", "delete"} == document["paths"]["/scim/v2/Users/.search"].keys()


def test_nothing_in_an_address_is_refused_for_its_length_or_kind_so_none_is_told(document):
    """A page takes from its address what it understands; the fields of a form are read from what a form sends."""
    asked = [one for told in document["paths"].values() for one in told.get("get", {}).get("parameters", ())
             if one["in"] == "query"]  # fmt: skip
    told = {one["name"] for one in document["paths"]["/cohorts/new"]["get"]["parameters"]}
    assert asked
    assert "title" not in told
    needed = [one for one in asked if one["schema"].keys() - {"type", "minimum"}]
    [check] = document["paths"]["/verify/"]["get"]["parameters"]
    assert needed == [check], "the only page that refuses what stands in its address"
    assert check["schema"] == {"type": "string", "minLength": 1, "maxLength": LONGEST_CODE}


def test_each_part_of_an_address_is_described_as_what_it_is(document):
    for path, told in document["paths"].items():
        for one in told.values():
            parts = {part["name"]: part["schema"] for part in one["parameters"] if part["in"] == "path"}
            assert list(parts) == re.findall(r"{(\w+)}", path)
    [cohort] = document["paths"]["/cohorts/{cohort_id}/"]["get"]["parameters"][:1]
    assert cohort["schema"] == {"type": "string", "format": "uuid"}
    position = document["paths"]["/quizzes/{quiz}/{attempt_id}/{position}"]["get"]["parameters"][2]
    assert position["schema"] == {"type": "integer", "minimum": 0}


@pytest.mark.parametrize(
    ("path", "kind", "name", "shape"),
    [
        ("/cohorts/new", "application/x-www-form-urlencoded", "title",
         {"type": "string", "pattern": taking.SAYING, "maxLength": 160}),
        ("/password/forgotten", "application/x-www-form-urlencoded", "email",
         {"type": "string", "minLength": 1, "maxLength": 254}),
        ("/me/theme", "application/x-www-form-urlencoded", "theme",
         {"type": "string", "enum": ["", "light", "dark"]}),
        ("/reports/people/{person_id}/leave/new", "application/x-www-form-urlencoded", "first_day",
         {"type": "string", "format": "date"}),
        ("/people/files/", "multipart/form-data", "upload", {"type": "string", "format": "binary"}),
        ("/requirements/new", "application/x-www-form-urlencoded", "do", {"type": "string"}),
        ("/sign-in", "application/x-www-form-urlencoded", "next", {"type": "string"}),
    ],
)  # fmt: skip
def test_a_form_is_described_by_its_fields_and_by_names_read_beside_it(document, path, kind, name, shape):
    told = document["paths"][path]["post"]["requestBody"]["content"][kind]["schema"]["properties"]
    assert told[name] == shape
    assert "csrf_token" in told


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("/password/change", ["password", "present"]),
        ("/me/theme", ["theme"]),  # an option has to be taken
        ("/me/notifications/", None),  # nothing is needed
        ("/chasing/assign", None),  # it hangs on the button
        ("/passkeys/enter", None),  # its view shows a second form, whose fields it does not read
        ("/sign-in", None),  # whoever is signed in is led on, whatever comes
    ],
)
def test_what_a_form_needs_is_said_where_that_is_always_so(document, path, needed):
    body = document["paths"][path]["post"]["requestBody"]
    [told] = body["content"].values()
    assert told["schema"].get("required") == needed
    assert body["required"] == bool(needed)


def test_who_may_ask_is_said(document):
    paths = document["paths"]
    assert paths["/help"]["get"]["security"] == [{}]
    assert paths["/me/theme"]["post"]["security"] == [{"sign_in": [], "page_token": []}, {"page_token": []}]
    assert paths["/sign-out"]["post"]["security"] == [{"sign_in": []}, {}]  # leaving needs no token
    assert paths["/sign-in"]["post"]["security"] == [{}]
    assert paths["/cohorts/new"]["post"]["x-permission"] == "cohort:edit"
    assert paths["/scim/v2/Users"]["post"]["security"] == [{"directory": []}]


def test_everything_pointed_at_is_there_and_it_is_json(app, document):
    text = json.dumps(document)
    pointed = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert pointed == pointed & document["components"]["schemas"].keys()
    assert {"User", "PatchOp_User", "Error"} <= pointed
    printed = CliRunner().invoke(cli.commands["openapi"], obj=lambda: app)
    assert json.loads(printed.output) == json.loads(text)


def test_what_an_answer_is_made_of_is_said(document):
    paths = document["paths"]
    assert list(paths["/record/passport.pdf"]["get"]["responses"]["200"]["content"]) == ["application/pdf"]
    assert list(paths["/me/"]["get"]["responses"]["200"]["content"]) == ["text/html"]
    assert paths["/passkeys/question"]["get"]["responses"]["200"]["content"] == {"application/json": {}}
    assert paths["/scim/v2/Users/{user_id}"]["delete"]["responses"]["204"] == {"description": "Done."}


def test_an_error_of_scim_is_described_as_it_is_sent(app, document):
    sent = app.test_client().get("/scim/v2/Users").json
    shape = document["components"]["schemas"]["Error"]["properties"]
    assert (sent["status"], shape["status"]) == ("401", {"type": "string"})
    assert sent.keys() <= shape.keys()


def test_what_stands_for_the_present_request_is_no_form():
    from flask import request  # noqa: PLC0415 -- the proxy itself

    assert not taking._is_ours(request)
