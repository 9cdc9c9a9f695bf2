"""What a request costs inside the product, counted in this process: queries, and the bytes of its page."""

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Engine, event

from bench.load import Call

NOT_QUERIES = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Cost:
    """The most that any of the requests cost."""

    queries: int
    size: int
    zipped: int


def cost(app: Flask, engine: Engine, calls: Iterable[Call]) -> Cost:
    """Send these requests without a server. Raises WrongAnswer."""
    found = [_one(app, engine, call) for call in calls]
    return Cost(*(max(getattr(one, part) for one in found) for part in ("queries", "size", "zipped")))


def _one(app: Flask, engine: Engine, call: Call) -> Cost:
    with counted(engine) as queries:
        answer = app.test_client(use_cookies=False).open(
            call.path, method=call.method, data=call.body, headers=call.headers, base_url="http://127.0.0.1"
        )
        call.check(answer.status_code, answer.headers.get("Location", ""), answer.data)
    return Cost(len(queries), len(answer.data), len(gzip.compress(answer.data, 6)))


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent to the database within the block."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(NOT_QUERIES):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
