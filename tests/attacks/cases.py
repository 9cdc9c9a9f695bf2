"""Requests made up from the description of the application: parts, questions, fields, headers and bodies of every kind,
right ones among wrong ones. Hypothesis chooses, from one seed, so that each run sends the same.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

WORDS = (
    "", " ", "a\x00b", "x" * 3_000, "-1", "0", "1", str(2**31), str(2**63), "9" * 30, "1e400", "nan", "[]", "{}",
    "null", "é\u202e\uffff", "' OR '1'='1", "%s%n{{7*7}}", "\r\nSet-Cookie: a=b", "2026-02-31", "0000-00-00",
    "9999-12-31", "10000-01-01", "00000000-0000-0000-0000-000000000000", "²", "..", "\ud800", "http://evil.example/",
    "on", "true",
)  # fmt: skip
PARTS = (
    *(quote(word, safe="", errors="replace") for word in WORDS if word),
    "%ff%fe",
    "%00",
    "%",
    "%zz",
    "a%2fb",
    "%2e%2e",
)
HEADERS = (
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cookie", "Forwarded", "Idempotency-Key",
    "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Range", "Referer",
    "Sec-Fetch-Site", "User-Agent", "X-CSRFToken", "X-Forwarded-For", "X-HTTP-Method-Override", "X-Requested-With",
)  # fmt: skip
IN_HEADERS = (
    "", "x" * 3_000, "\x80\xff", "bytes=0-", "bytes=9-1,,-", "W/\"", "*", "*/*;q=x", "Thu, 99 Foo 99999 99:99:99 GMT",
    "Sat, 29 Oct 1994 19:43:31 +9999", "9" * 400, "Basic %%%", "Bearer ", "common-ground=.", "cross-site", "DELETE",
    "a=b; ;=;",
)  # fmt: skip
BODIES = (
    (b"", "application/x-www-form-urlencoded"),
    (b"\xff%zz=%&&==&a", "application/x-www-form-urlencoded; charset=utf-99"),
    (b"a=1", "multipart/form-data"),
    (b'--x\r\nContent-Disposition: form-data; name="a"; filename="\xff"\r\n\r\n', "multipart/form-data; boundary=x"),
    (b"--x\r\nContent-Disposition: form-data; name*=utf-99''a\r\n\r\n1\r\n--x--", "multipart/form-data; boundary=x"),
    (b"[" * 5_000, "application/json"),
    (b'{"a": 1e999, "csrf_token": {}}', "application/json"),
    (b"<a/>", "text/xml"),
    (b"\x00", ""),
)
OTHER_METHODS = ("TRACE", "QUERY", "JUNK", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Case:
    """One request."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    fields: list[tuple[str, str]] | None = None
    body: tuple[bytes, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)


def cases(path: str, method: str, told: dict[str, Any], known: dict[str, Any]) -> st.SearchStrategy[Case]:
    """Requests to one address; `known` holds values of parts that lead to something that exists."""
    parts = [one["name"] for one in told["parameters"] if one["in"] == "path"]
    asked = {one["name"]: one["schema"] for one in told["parameters"] if one["in"] == "query"}
    sent = [one["schema"].get("properties", {}) for one in told.get("requestBody", {}).get("content", {}).values()]

    @st.composite
    def made(draw: Any) -> Case:
        filled = path
        for name in parts:
            right = quote(str(known.get(name, "wrong")), safe="")
            filled = filled.replace(f"{{{name}}}", draw(mostly(right, PARTS)))
        chosen = draw(mostly(method, OTHER_METHODS))
        body = draw(mostly(None, BODIES)) if method != "GET" else None
        fields = draw(pairs(sent[0])) if sent and body is None and chosen == method else None
        return Case(chosen, filled, draw(pairs(asked)), fields, body, draw(headers()))

    return made()


def mostly(right: Any, wrong: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """The right one three times of four."""
    return st.integers(0, 3).flatmap(lambda one: st.sampled_from(wrong) if one == 3 else st.just(right))


def pairs(shapes: dict[str, Any]) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Names with values, some left out, some twice, and one that nobody knows."""
    named = st.sampled_from([*shapes, "strange"])
    return st.lists(
        named.flatmap(lambda name: st.tuples(st.just(name), value(shapes.get(name, {})))), max_size=len(shapes) + 2
    )


def value(shape: dict[str, Any]) -> st.SearchStrategy[str]:
    """Something that fits the shape, or does not."""
    fitting = {"date": "2027-03-31", "uuid": "6f1c0a3e-8b1d-4f58-9d34-2a0e7c5b9f11"}.get(
        shape.get("format", ""), "Words"
    )
    if "enum" in shape:
        fitting = str(shape["enum"][0])
    if shape.get("type") == "integer":
        fitting = str(shape.get("minimum", 2))
    return st.one_of(st.just(fitting), st.sampled_from(WORDS), st.text(max_size=20))


def headers() -> st.SearchStrategy[dict[str, str]]:
    """None, or a few that are wrong."""
    return st.one_of(st.just({}), st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(IN_HEADERS), max_size=3))
