"""Every answer, of whatever kind, carries the headers; nothing personal is kept on the way; cookies stay where they
belong.
"""

import pytest

from lms.web.access import access_of
from lms.web.security import HEADERS
from tests.support.browser import settle

pytestmark = pytest.mark.slow


def _wrong(answer):
    headers = answer.headers
    missing = [name for name in HEADERS if name not in headers]
    policy = headers.get("Content-Security-Policy", "")
    if any(word in policy for word in ("unsafe", "*", "http:")):
        missing.append(f"policy: {policy}")
    if any(name in headers for name in ("Server", "X-Powered-By", "Access-Control-Allow-Origin")):
        missing.append("says too much")
    if "html" in (answer.content_type or "") and "charset=utf-8" not in answer.content_type:
        missing.append("no charset")
    asked = {"HttpOnly", "SameSite=Lax", "Path=/"}
    cookies = [cookie for cookie in headers.getlist("Set-Cookie") if not asked <= set(cookie.split("; "))]
    return missing + cookies


def test_on_every_address_for_everybody_and_refused_too(doors):
    wrong, statuses = [], set()
    for rule in doors.app.url_map.iter_rules():
        if rule.endpoint == "learning.picture":
            continue
        for method in ("GET", "POST", "PUT"):
            for client in (doors.app.test_client(), doors.browser("owner").client, doors.browser("admin").client):
                settle()
                answer = client.open(doors.address(rule), method=method, data={"x": "y"} if method == "POST" else None)
                statuses.add(answer.status_code)
                wrong += [f"{method} {rule.endpoint} {answer.status_code}: {name}" for name in _wrong(answer)]
                personal = not access_of(doors.app, rule.endpoint).anyone
                if personal and answer.headers.get("Cache-Control") != "no-store":
                    wrong.append(
                        f"{method} {rule.endpoint} {answer.status_code}: {answer.headers.get('Cache-Control')}"
                    )
    assert wrong == []
    assert {200, 303, 403, 404, 405} <= statuses


@pytest.mark.parametrize(
    "asked",
    [
        {"path": "/help", "headers": {"Host": "evil.example"}},
        {"path": "/sign-in", "method": "POST", "data": "x" * 1_100_000},
        {"path": "/" + "x" * 9_000},
        {"path": "/static/tokens.css"},
        {"path": "/static/../../pyproject.toml"},
        {"path": "/static/%2e%2e/app.py"},
        {"path": "/robots.txt"},
        {"path": "/favicon.ico"},
        {"path": "//evil.example/%2f.."},
        {"path": "/.git/config"},
        {"path": "/.env"},
    ],
)
def test_where_no_page_answers_too(app, nobody, asked):
    answer = nobody.client.open(**asked)
    assert answer.status_code < 500
    assert _wrong(answer) == []


def test_files_of_the_look_carry_what_keeps_a_browser_from_guessing(nobody):
    for address in nobody.get("/help").all("//link/@href | //script/@src"):
        with nobody.client.get(address) as answer:
            assert answer.status_code == 200, address
            assert _wrong(answer) == [], address
            assert "charset" in answer.content_type or "image" in answer.content_type, address


def test_a_fault_carries_them_too(app, as_user, make, monkeypatch):
    def fails():
        raise RuntimeError

    fails.access = access_of(app, "home.home")
    monkeypatch.setitem(app.view_functions, "home.home", fails)
    answer = as_user(make.person()).client.get("/")
    assert answer.status_code == 500
    assert _wrong(answer) == []
    assert answer.headers["Cache-Control"] == "no-store"
