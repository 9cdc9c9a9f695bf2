"""One transaction a request: committed at the edge when a write succeeded, rolled back otherwise. A GET never
writes. An act that another was in the way of is done again from its beginning.
"""

import time
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request

from lms.core import faults, limits
from lms.core.db import choose_mode, db, is_writing
from lms.web import once

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_ERROR = 400
AGAIN = "lms.again"
LONGEST = 5.0  # seconds; whoever waited longer is told so instead of waiting as long again

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Choose the mode before anything asks the database."""
    app.wsgi_app = Again(app.wsgi_app)  # type: ignore[method-assign]

    @app.before_request
    def begin() -> None:
        app.extensions["limits"].begin()
        view = current_app.view_functions.get(request.endpoint or "")
        writes = request.method not in SAFE or getattr(view, "writes_on_get", False)
        choose_mode(writing=writes and not getattr(view, "reads_first", False))

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        choose_mode(writing=False)
        limits.end()


def install_end(app: Flask) -> None:
    """Commit or roll back once the view has answered. Installed last, because what is installed last comes first: a
    page that says the commit failed gets its headers like any other.
    """

    @app.after_request
    def end(response: Response) -> Response:
        try:
            return _end(app, response)
        except Exception as fault:  # the commit failed: the page of the fault, in place of the one that says it is done
            return app.make_response(app.handle_user_exception(fault))
        finally:
            limits.end()  # what is sent in pieces may take as long as it takes


def _end(app: Flask, response: Response) -> Response:
    if "_sqlalchemy_sessions" not in g or (request.method in SAFE and not is_writing()):
        return response  # what was only read ends when its session closes, right after this
    if is_writing() and response.status_code < FIRST_ERROR:
        once.store(response)
        g.committing = True
        db.session.commit()
        g.committing = False
        _wake_worker(app)
    else:
        db.session.rollback()
    return response


def _wake_worker(app: Flask) -> None:
    wake = app.extensions.get("wake_worker")
    if wake and g.pop("mail_waits", False):
        wake()


def is_committing() -> bool:
    """Whether the database was asked to commit when it failed."""
    return bool(g.get("committing"))


def ask_again() -> None:
    """Have this request done again from its beginning: nothing of it was saved, or its key tells what was."""
    request.environ[AGAIN] = True


class Again:
    """Runs a request again, up to three times in all, when its answer asks for that: sign-in, view and commit, in a new
    context with nothing left of the first.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer the request."""
        sent = None if environ["REQUEST_METHOD"] in SAFE else Remembered(environ["wsgi.input"])
        began = time.monotonic()
        for tries in range(1, faults.MOST_TRIES + 1):
            own = dict(environ) if sent is None else {**environ, "wsgi.input": sent}
            head: list[Any] = []
            answer: Iterable[bytes] = self._app(own, _keeping(head))
            late = time.monotonic() - began > LONGEST
            if AGAIN not in own or tries == faults.MOST_TRIES or late:
                break
            getattr(answer, "close", lambda: None)()
            if sent is not None:
                sent.rewind()
            log.info("a request begins again", tries=tries)
            faults.pause(tries)
        start_response(*head)
        return answer


def _keeping(head: list[Any]) -> Any:
    def start(*given: Any) -> None:
        head[:] = given

    return start


class Remembered:
    """A request's body that can be read from its beginning again. Flask reads no more than it allows, so neither does
    this keep more.
    """

    def __init__(self, stream: Any) -> None:
        self._stream, self._past, self._replay = stream, BytesIO(), BytesIO()

    def rewind(self) -> None:
        """Begin again."""
        self._replay = BytesIO(self._past.getvalue())

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        return self._kept(self._replay.read(size), "read", size)

    def readline(self, size: int = -1) -> bytes:
        """The next line."""
        return self._kept(self._replay.readline(size), "readline", size)

    def _kept(self, old: bytes, how: str, size: int) -> bytes:
        whole = len(old) == size or (how == "readline" and old.endswith(b"\n"))
        if size == 0 or whole:
            return old
        new: bytes = getattr(self._stream, how)(size if size < 0 else size - len(old))
        self._past.write(new)
        return old + new
