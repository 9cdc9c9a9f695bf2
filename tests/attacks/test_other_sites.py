"""What another site, a forged host or a stolen token cannot do: writes, redirects, links and headers."""

import pytest

from lms.web.security import WATCHED
from tests.attacks.doors import fingerprint
from tests.support.browser import settle

pytestmark = pytest.mark.slow

OPEN_TO_ALL = {"signin.sign_in", "signin.sign_out"}  # said in lms/signin/views.py why they ask for no token
ELSEWHERE = (
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/", "https:evil.example",
    "/%0d%0aLocation:%20https://evil.example", "/\r\nLocation: https://evil.example", "\t//evil.example",
    " //evil.example", "/\t/evil.example", "///evil.example", "javascript:alert(1)", "http://localhost@evil.example",
    "/.//evil.example", "%2f%2fevil.example", "/%2fevil.example", "//localhost.evil.example", "\x00//evil.example",
    "https://localhost:1@evil.example",
)  # fmt: skip
NAMES = ("next", "return", "return_to", "back", "url", "to", "target", "redirect", "goto", "from")


def _leaves(location: str) -> bool:
    """Whether a browser would take this address for another site."""
    seen = location.replace("\\", "/").translate({ord(letter): None for letter in "\t\r\n"}).strip()
    return bool(location) and (not seen.startswith("/") or seen.startswith("//"))


def test_no_write_without_this_sign_ins_own_token(doors):
    tokens = {who: doors.browser(who).token() for who in ("mate", "other")}
    wrong, before = [], None
    for rule in doors.rules("POST"):
        if rule.endpoint in OPEN_TO_ALL or rule.endpoint.startswith("scim."):
            continue  # a directory shows a token of its own, which no browser adds: 401 without it
        who, address = doors.welcome(rule, "POST")[0], doors.address(rule)
        browser, stolen = doors.browser(who), tokens["mate" if who != "mate" else "other"]
        before = before or fingerprint()
        for sent in (
            {"data": {}},
            {"data": {"csrf_token": stolen}},
            {"data": {"csrf_token": ""}},
            {"data": {"csrf_token": "ImEi.x.y"}},
            {"json": {"csrf_token": stolen}},
            {"data": {"csrf_token": stolen}, "content_type": "multipart/form-data"},
            {"data": "csrf_token=" + stolen, "content_type": "text/plain"},
            {"data": {}, "headers": {"X-CSRFToken": stolen}},
        ):
            settle()
            answer = browser.client.post(address, **sent)
            if answer.status_code != 403:
                wrong.append(f"{rule.endpoint} {sent}: {answer.status_code}")
    assert wrong == []
    assert fingerprint() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_write_from_another_sites_page_even_with_the_token(doors, headers):
    wrong, before = [], None
    for rule in doors.rules("POST"):
        browser = doors.browser(doors.welcome(rule, "POST")[0])
        token = browser.token()
        before = before or fingerprint()
        settle()
        answer = browser.client.post(doors.address(rule), data={"csrf_token": token}, headers=headers)
        if answer.status_code != 403:
            wrong.append(f"{rule.endpoint}: {answer.status_code}")
    assert wrong == []
    assert fingerprint() == before


def test_no_redirect_leaves_the_site(doors):
    wrong = []
    for rule in doors.app.url_map.iter_rules():
        for method in {"GET", "POST"} & rule.methods:
            if rule.endpoint == "learning.picture":
                continue
            browser, address = doors.browser(doors.welcome(rule, method)[0]), doors.address(rule)
            token = browser.token() if method == "POST" else ""
            for target in ELSEWHERE if rule.endpoint == "signin.sign_in" else ELSEWHERE[1:4]:
                asked = dict.fromkeys(NAMES, target)
                settle()
                answer = browser.client.open(
                    address, method=method, query_string=asked,
                    data={**asked, "csrf_token": token} if method == "POST" else None,
                    headers={"Referer": "https://evil.example/x"},
                )  # fmt: skip
                if _leaves(answer.headers.get("Location", "")) or answer.status_code >= 500:
                    wrong.append(
                        f"{method} {rule.endpoint} {target!r}: {answer.status} {answer.headers.get('Location')}"
                    )
    assert wrong == []


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get", "POSTX"])
def test_no_other_method_writes(doors, method):
    for who in ("owner", "manager", "trainer", "admin", "coordinator", "author"):
        doors.browser(who)
    before, wrong = fingerprint(), []
    for rule in doors.app.url_map.iter_rules():
        if rule.endpoint == "learning.picture":
            continue
        allowed = "POST" if "POST" in rule.methods else "GET"
        browser = doors.browser(doors.welcome(rule, allowed)[0])
        settle()
        status = browser.client.open(doors.address(rule), method=method, data={"confirm": "yes"}).status_code
        if status >= 500 or (method not in ("HEAD", "OPTIONS", "get") and status < 400):
            wrong.append(f"{method} {rule.endpoint}: {status}")
    assert wrong == []
    assert fingerprint() == before


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_no_page_that_is_read_writes_because_a_header_or_field_names_another_method(doors, method):
    for who in ("owner", "manager", "trainer", "admin", "coordinator", "author"):
        doors.browser(who)
    before, wrong = fingerprint(), []
    for rule in doors.app.url_map.iter_rules():
        if rule.endpoint == "learning.picture":
            continue
        read = "GET" if "GET" in rule.methods else "POST"
        browser = doors.browser(doors.welcome(rule, read)[0])
        settle()
        answer = browser.client.get(
            doors.address(rule),
            query_string={"_method": method, "method": method},
            headers={"X-HTTP-Method-Override": method, "X-HTTP-Method": method, "X-Method-Override": method},
        )
        if answer.status_code >= 500:
            wrong.append(f"{rule.endpoint}: {answer.status_code}")
    assert wrong == []
    assert fingerprint() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil.example"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"X-Host": "evil.example", "X-Original-URL": "/operating/", "X-Rewrite-URL": "/operating/"},
    ],
)
def test_no_page_repeats_a_host_that_somebody_sent(doors, headers):
    wrong = []
    for rule in doors.rules("GET"):
        settle()
        answer = doors.browser(doors.welcome(rule, "GET")[0]).client.get(doors.address(rule), headers=headers)
        if b"evil.example" in answer.data or "evil.example" in str(answer.headers):
            wrong.append(rule.endpoint)
    assert wrong == []


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example", "", "[::1", "a b"]
)
def test_another_host_name_gets_nothing(doors, host):
    for rule in doors.rules("GET"):
        if rule.rule in WATCHED:
            continue  # says nothing of hosts and makes no links; see tests/operating/test_watching.py
        settle()
        browser = doors.browser("owner")
        answer = browser.client.get(doors.address(rule), headers={"Host": host})
        assert answer.status_code == 400, f"{rule.endpoint}: {answer.status_code}"
        assert b"evil.example" not in answer.data
