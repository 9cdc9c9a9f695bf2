"""Forms of which only a part arrives change nothing."""

from io import BytesIO
from urllib.parse import urlencode

import pytest


def _post(visitor, body, more):
    """Send a body as gunicorn hands it over: the stream ends where the line broke, or where the chunks are over."""
    environ = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True, "REQUEST_METHOD": "POST", **more}
    return visitor.client.open("/me/theme", environ_overrides=environ, content_type="application/x-www-form-urlencoded")


@pytest.fixture
def body(as_user, make):
    """A visitor, and a form of theirs whose first part alone would do something."""
    visitor = as_user(make.person())
    return visitor, urlencode({"csrf_token": visitor.token(), "theme": "dark", "note": "y" * 40_000}).encode()


def _is_dark(visitor):
    return 'data-theme="dark"' in visitor.get("signin.me").text


def test_half_a_form_before_a_line_that_broke_is_not_taken_for_all_of_it(body):
    visitor, form = body
    answer = _post(visitor, form, {"CONTENT_LENGTH": str(len(form) + 1)})
    assert answer.status_code == 400
    assert not _is_dark(visitor)


def test_a_form_without_a_stated_length_is_taken_whole_or_refused(body):
    visitor, form = body
    answer = _post(visitor, form + b"z" * 1_500_000, {"HTTP_TRANSFER_ENCODING": "chunked"})
    assert answer.status_code == 413
    assert not _is_dark(visitor)
    assert _post(visitor, form, {"HTTP_TRANSFER_ENCODING": "chunked"}).status_code == 303
    assert _is_dark(visitor)
