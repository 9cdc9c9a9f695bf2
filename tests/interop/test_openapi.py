"""`lms openapi` tells of all that the server answers, in words that other programs understand."""

import json
import re

import pytest
from click.testing import CliRunner

from lms.cli import cli
from lms.interop.openapi import taking
from lms.interop.openapi.addresses import path_of
from lms.interop.openapi.document import METHODS, describe


@pytest.fixture(scope="module")
def document(app):
    return describe(app)


def test_every_address_and_every_method_is_there_and_nothing_else(app, document):
    wanted = {
        (path_of(rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods & set(METHODS)
        if rule.endpoint != "scim.nothing"
    }
    assert {(path, method) for path, told in document["paths"].items() for method in told} == wanted
    assert len(wanted) > 300


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
        ("/cohorts/new", "application/x-www-form-urlencoded", "title", {"type": "string", "maxLength": 160}),
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


def test_who_may_ask_is_said(document):
    paths = document["paths"]
    assert paths["/help"]["get"]["security"] == [{}]
    assert paths["/me/theme"]["post"]["security"] == [{"sign_in": [], "page_token": []}]
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
    assert paths["/scim/v2/Users/{user_id}"]["delete"]["responses"]["204"] == {"description": "Done."}


def test_an_error_of_scim_is_described_as_it_is_sent(app, document):
    sent = app.test_client().get("/scim/v2/Users").json
    shape = document["components"]["schemas"]["Error"]["properties"]
    assert (sent["status"], shape["status"]) == ("401", {"type": "string"})
    assert sent.keys() <= shape.keys()


def test_what_stands_for_the_present_request_is_no_form():
    from flask import request  # noqa: PLC0415 -- the proxy itself

    assert not taking._is_ours(request)
