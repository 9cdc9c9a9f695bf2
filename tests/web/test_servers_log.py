"""What the web server itself writes down of requests that it cannot read."""

import logging

import pytest

from lms.patience import keep_out_of_the_log


@pytest.mark.parametrize(
    "said",
    [
        ("Invalid request from ip=192.0.2.7: Invalid HTTP request line: 'GET  /people?name=Stone HTTP/1.1'",),
        ("Error handling request %s %s", "GET", "/people?name=Stone"),
    ],
)
def test_a_request_that_cannot_be_read_leaves_no_address_in_the_log(said, caplog):
    log = logging.getLogger("gunicorn.error.tried")
    log.addFilter(keep_out_of_the_log)
    log.warning(*said)
    assert "request" in caplog.text
    assert "192.0.2.7" not in caplog.text
    assert "Stone" not in caplog.text
