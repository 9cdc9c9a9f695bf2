"""Whatever is sent, the answer is a page that says what to do, never a fault: in addresses, queries, forms, bodies."""

import io
import json
from urllib.parse import quote

import pytest

from tests.attacks.doors import names_read, package_of
from tests.support.browser import settle

pytestmark = pytest.mark.slow

ODD = (
    "", "..", "a\x00b", "x" * 5_000, "-1", "9" * 30, "nan", "[]", "é\u202e\uffff", "' OR '1'='1", "%s%n{{7*7}}",
    "\r\nSet-Cookie: a=b", "2026-02-31", "0000-00-00", "00000000-0000-0000-0000-000000000000", "²",
)  # fmt: skip
PART = b'Content-Disposition: form-data; name="a"\r\n\r\n1\r\n--x\r\n'
IN_PATHS = (*(quote(one, safe="") for one in ODD if one), "%2e%2e", "a%2fb", "%ff%fe", "%00", "a;b", "a:b")


def _faults(doors, method, rule, tries):
    """What was answered with a fault of ours, and what with something else than a plain answer."""
    [who, *_] = doors.welcome(rule, method)
    browser = doors.browser(who)
    token = browser.token() if method == "POST" else ""
    found = []
    for address, data in tries:
        settle()
        sent = {"data": {"csrf_token": token, **data}} if method == "POST" else {"query_string": data}
        answer = browser.client.open(address, method=method, **sent)
        if answer.status_code >= 500:
            found.append(f"{method} {address[:150]} {str(data)[:150]}: {answer.status_code}")
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_odd_parts_of_an_address(doors, method):
    faults = []
    for rule in doors.rules(method):
        values = doors.values(rule)
        tries = []
        for name in rule.arguments:
            marked = doors.app.url_map.bind("localhost").build(rule.endpoint, values)
            good = quote(str(values[name]), safe="")
            tries += [(marked.replace(good, odd, 1), {}) for odd in IN_PATHS]
        if tries:
            faults += _faults(doors, method, rule, tries)
    assert faults == []


def test_odd_queries(doors):
    names, faults = names_read(in_forms=False), []
    for rule in doors.rules("GET"):
        address = doors.address(rule)
        mine = sorted(names[package_of(doors.app, rule)])
        tries = [(address, dict.fromkeys(mine, odd)) for odd in ODD]
        tries += [(address, {name: odd}) for name in mine for odd in ("\x00", "9" * 30)]
        faults += _faults(doors, "GET", rule, tries)
    assert faults == []


def test_odd_fields_in_every_form_that_anybody_is_shown(doors):
    faults = []
    for form in doors.forms():
        browser = doors.browser(form.who)
        for name in dict.fromkeys(name for name, _ in form.fields if name != "csrf_token"):
            for odd in ODD:
                settle()
                answer = browser.client.post(form.action, data=form.data(**{name: [odd]}))
                if answer.status_code >= 500:
                    faults.append(f"{form.action} {name}={odd[:40]!r}: {answer.status_code}")
    assert faults == []


def test_odd_fields_at_every_address_that_takes_a_form(doors):
    names, faults = names_read(in_forms=True), []
    for rule in doors.rules("POST"):
        address, mine = doors.address(rule), names[package_of(doors.app, rule)] - {"csrf_token"}
        faults += _faults(doors, "POST", rule, [(address, dict.fromkeys(mine, odd)) for odd in ODD])
        faults += _faults(doors, "POST", rule, [(address, dict.fromkeys(mine, [odd] * 300)) for odd in ("1", "x")])
    assert faults == []


def test_bodies_that_are_too_large_too_deep_or_no_form(doors):
    deep = b"[" * 100_000
    bodies = (
        (deep, "application/json"),
        (json.dumps({"csrf_token": 1}).encode(), "application/json"),
        (b"x" * 1_100_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(5_000)), "application/x-www-form-urlencoded"),
        (b"\xff\xfe%zz=%", "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"no parts", "multipart/form-data"),
        (b"--x\r\n" + PART * 3_000, "multipart/form-data; boundary=x"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "text/xml"),
        (b"", "text/plain; charset=utf-99"),
    )  # fmt: skip
    faults = []
    for rule in doors.rules("POST"):
        browser = doors.browser(doors.welcome(rule, "POST")[0])
        token = browser.token()
        for body, kind in bodies:
            settle()
            answer = browser.client.post(
                doors.address(rule), data=body, content_type=kind, headers={"X-CSRFToken": token}
            )
            if answer.status_code >= 500:
                faults.append(f"{rule.endpoint} {kind} {body[:20]!r}: {answer.status_code}")
    assert faults == []


def test_files_where_a_file_is_taken_and_where_none_is(doors):
    kinds = (
        (b"\x00" * 5_000, "a.csv"),
        (b"PK\x03\x04rubbish", "a.xlsx"),
        (b"=1+1,@x\r\n", "../../a.csv"),
        (b"%PDF-1.7", "a.pdf"),
    )
    faults = []
    for rule in doors.rules("POST"):
        browser = doors.browser(doors.welcome(rule, "POST")[0])
        token, names = browser.token(), names_read(in_forms=True)[package_of(doors.app, rule)] | {"file"}
        for content, called in kinds:
            settle()
            files = {name: (io.BytesIO(content), called) for name in names}
            answer = browser.client.post(doors.address(rule), data={**files, "csrf_token": token})
            if answer.status_code >= 500:
                faults.append(f"{rule.endpoint} {called}: {answer.status_code}")
    assert faults == []
