"""What the log and the figures say of a request: what kind, how long, how it went; and nothing of anybody."""

import json
from urllib.parse import quote

import pytest
from sqlalchemy import text

from lms.core.db import db, writing
from lms.people.models import Person
from lms.web.access import access_of
from tests.support.browser import settle

CANARY = "Zanzibaria"
TYPED = "quetzalcoatlus"


@pytest.fixture
def logged(settings, monkeypatch, capsys):
    """The lines logged since it was last asked."""
    monkeypatch.setattr(settings, "log_requests", True)

    def lines():
        return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]

    return lines


def test_a_request_is_one_line_of_its_kind_and_cost(as_user, make, logged):
    browser = as_user(make.person())
    logged()
    browser.client.get("/certificates/?x=1")
    [line] = logged()
    assert {"event", "level", "at", "method", "route", "status", "ms", "queries"} == set(line)
    assert (line["event"], line["method"], line["route"], line["status"]) == ("request", "GET", "/certificates/", 200)
    assert line["queries"] >= 1


def test_a_fault_and_its_request_share_their_reference(app, nobody, logged, monkeypatch):
    _breaks(app, monkeypatch, lambda: 1 / 0)
    answer = nobody.client.get("/help")
    fault, line = logged()
    assert fault["reference"] == line["reference"]
    assert fault["reference"] in answer.text
    assert "ZeroDivisionError" in fault["exception"]


def test_an_address_that_is_not_there_is_not_logged(nobody, logged):
    nobody.client.get(f"/{CANARY}")
    nobody.client.open("/help", method="SECRETS")
    assert [line["route"] for line in logged()] == ["no such address", "no such address"]


@pytest.mark.slow
def test_no_line_tells_of_anybody_on_any_page(app, as_user, make, logged):
    agency = make.agency(f"{CANARY} Trust")
    team = make.team(agency, f"{CANARY} team")
    manager = make.manager(team=team, name=f"{CANARY} Manager")
    person = make.person(f"{CANARY} Person", team=team)
    with writing() as session:
        session.get(Person, person.id).email = f"{CANARY}@agency.example"
    settle()
    said = ""
    for browser in (as_user(manager), as_user(person)):
        token = browser.token()
        for rule in app.url_map.iter_rules():
            values = {name: _part(converter) for name, converter in rule._converters.items()}
            address = quote(app.url_map.bind("localhost").build(rule.endpoint, values))
            settle()
            asked = {"q": TYPED, "name": TYPED, "next": f"/{TYPED}", "code": TYPED, "person": str(person.id)}
            if "GET" in rule.methods:
                browser.client.get(address, query_string=asked)
            if "POST" in rule.methods and rule.endpoint not in ("signin.sign_out", "signin.sign_out_everywhere"):
                browser.client.post(address, query_string=asked, data={**asked, "says": TYPED, "csrf_token": token})
    lines = logged()
    said = json.dumps(lines)
    assert len(lines) > 300
    for secret in (CANARY, TYPED, str(person.id), str(manager.id), "agency.example", "127.0.0.1", "csrf"):
        assert secret not in said, secret


def _part(converter):
    kind = type(converter).__name__
    return {"UUIDConverter": "00000000-0000-4000-8000-000000000000", "IntegerConverter": 1}.get(kind, TYPED)


def test_the_trace_of_a_fault_leaves_out_what_was_typed_and_who_asked(app, as_user, make, logged, monkeypatch):
    def fails():
        return int(__import__("flask").request.args["age"]), db.session.execute(text("SELECT 1"))

    _breaks(app, monkeypatch, fails)
    browser = as_user(make.person(f"{CANARY} Person"))
    assert browser.client.get("/help", query_string={"age": TYPED}).status_code == 500
    said = json.dumps(logged())
    assert "invalid literal for int()" in said
    assert TYPED not in said
    assert CANARY not in said


def test_what_goes_wrong_after_the_view_is_a_fault_with_a_reference_too(app, as_user, make, logged, monkeypatch):
    browser = as_user(make.person())
    token = browser.token()
    logged()
    with monkeypatch.context() as patched:
        patched.setattr("lms.web.transactions._wake_worker", lambda _app: 1 / 0)
        answer = browser.client.post("/me/theme", data={"csrf_token": token, "theme": "dark"})
    assert answer.status_code == 500
    fault, line = logged()
    assert fault["event"] == "fault"
    assert fault["reference"] in answer.text
    assert line["status"] == 500


def _breaks(app, monkeypatch, fails):
    fails.access = access_of(app, "home.help_page")
    monkeypatch.setitem(app.view_functions, "home.help_page", fails)
