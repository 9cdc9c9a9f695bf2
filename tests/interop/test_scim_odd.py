"""A directory that sends rubbish gets a SCIM error that says so, never a fault of ours; on both databases."""

import json

import pytest

from lms.core.db import db
from tests.interop import test_scim
from tests.interop.test_scim import BASE, CORE, PATCH, Directory, ann, token_of

admin, trust = test_scim.admin, test_scim.trust

ODD = ("a\x00b", "\ud800", "x" * 5_000, "é\u202e\uffff", "' OR '1'='1", "", " ", "\r\nA: b", "²")
NUMBERS = ("0", "-1", "9" * 9, str(2**63 - 1), str(2**63), "9" * 30, "-" + "9" * 30, "1e400", "nan", "")
JUNK = (
    b"", b"null", b"[]", b"1", b'"a"', b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
    b'{"userName": 1e999}', b'{"userName": ' + b"9" * 5_000 + b"}", b"NaN", b'{"a": 1, "a": 2}', b"\xef\xbb\xbf{}",
)  # fmt: skip


@pytest.fixture
def directory(app, trust, admin):
    return Directory(app, token_of(admin, trust))


def _ask(directory, method, path, **given):
    """The answer; a test fails when it is a fault of ours, or no SCIM."""
    headers = {**directory.headers, **given.pop("headers", {})}
    answer = directory.client.open(BASE + path, method=method, headers=headers, **given)
    db.session.rollback()
    told = f"{method} {path[:200]} {str(given)[:200]}: {answer.status_code} {answer.text[:300]}"
    assert answer.status_code < 500, told
    assert answer.status_code == 204 or answer.mimetype == "application/scim+json", told
    return answer


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_that_no_list_is_long_enough_for(directory, number):
    for query in (f"startIndex={number}", f"count={number}", f"startIndex={number}&count={number}&filter=title+pr"):
        _ask(directory, "GET", f"/Users?{query}")
    if number.lstrip("-").isdigit():
        for path in ("/.search", "/Users/.search"):
            _ask(directory, "POST", path, json={"startIndex": int(number), "count": int(number)})


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_words_in_every_attribute(directory, odd):
    mary = directory("POST", "/Users", ann(userName="mary", externalId="m", emails=[{"value": "m@a.example"}]), 201)
    for name in ("userName", "externalId", "displayName", "title", "active", "name", "emails", "schemas", "id", "meta"):
        for value in (odd, [odd], {"formatted": odd}, [{"value": odd, "type": odd}]):
            body = json.dumps(ann(**{name: value}))
            _ask(directory, "POST", "/Users", data=body)
            _ask(directory, "PUT", f"/Users/{mary['id']}", data=body)
            one = {"op": "replace", "path": name, "value": value}
            _ask(directory, "PATCH", f"/Users/{mary['id']}", data=json.dumps({"schemas": [PATCH], "Operations": [one]}))
    for op in ("add", "remove", "replace", odd):
        one = {"op": op, "path": odd, "value": odd}
        _ask(directory, "PATCH", f"/Users/{mary['id']}", data=json.dumps({"schemas": [PATCH], "Operations": [one]}))


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_words_in_addresses_and_filters(directory, odd):
    sent = odd.encode("utf-8", "surrogatepass").decode("latin-1")
    for name in ("filter", "attributes", "excludedAttributes", "sortBy", "sortOrder", "cursor", "strange", sent):
        _ask(directory, "GET", "/Users", query_string={name: odd.encode("utf-8", "surrogatepass")})
    plain = odd.replace('"', "")
    for text in (
        f'userName eq "{plain}"',
        f'externalId eq "{plain}"',
        f'emails[value eq "{plain}"]',
        f"title {plain} 1",
    ):
        _ask(directory, "GET", "/Users", query_string={"filter": text.encode("utf-8", "surrogatepass")})
        _ask(directory, "POST", "/.search", data=json.dumps({"filter": text}))


@pytest.mark.slow
def test_bodies_that_are_no_resource(directory):
    one = f"/Users/{directory('POST', '/Users', ann(), 201)['id']}"
    for body in JUNK:
        for kind in ("application/scim+json", "text/xml", "application/json; charset=utf-99", ""):
            for method, path in (("POST", "/Users"), ("POST", "/.search"), ("PUT", one), ("PATCH", one)):
                answer = _ask(directory, method, path, data=body, content_type=kind)
                assert answer.status_code in (200, 400), (body[:20], kind, method, path)


def test_a_method_that_is_not_there_is_refused_with_those_that_are(directory):
    for path, methods in (
        ("/Users", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("/Users/x", {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}),
        ("/.search", {"OPTIONS", "POST"}),
        ("/Schemas", {"GET", "HEAD", "OPTIONS"}),
    ):
        for method in {"PUT", "PATCH", "DELETE", "TRACE", "QUERY", "JUNK", "POST"} - methods:
            answer = _ask(directory, method, path)
            assert (answer.status_code, set(answer.allow)) == (405, methods), (method, path)
        asked = directory.client.open(BASE + path, method="OPTIONS", headers=directory.headers)
        assert set(asked.allow) == methods, path


def test_what_no_database_can_keep_is_refused_with_a_sentence(directory):
    for odd in ({"displayName": "Ann\x00 Bell"}, {"title": "Nurse\ud800"}, {"a\x00": 1}, {"name": {"a": ["\udfff"]}}):
        answer = _ask(directory, "POST", "/Users", data=json.dumps(ann(**odd)))
        assert (answer.status_code, answer.json["scimType"]) == (400, "invalidValue"), odd
    assert CORE in directory("POST", "/Users", ann(displayName="Ann \U0001f469"), 201)["schemas"]
