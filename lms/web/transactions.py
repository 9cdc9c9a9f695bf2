"""One transaction a request: committed at the edge when a write succeeded, rolled back otherwise. A GET never
writes.
"""

from flask import Flask, Response, current_app, g, request

from lms.core.db import choose_mode, db, is_writing

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_ERROR = 400


def install(app: Flask) -> None:
    """Choose the mode before anything asks the database, and end the transaction after the answer is made."""

    @app.before_request
    def begin() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if request.method in SAFE:
            choose_mode(writing=getattr(view, "writes_on_get", False))
        else:
            choose_mode(writing=not getattr(view, "reads_first", False))

    @app.after_request
    def end(response: Response) -> Response:
        if "_sqlalchemy_sessions" not in g or (request.method in SAFE and not is_writing()):
            return response  # what was only read ends when its session closes, right after this
        if is_writing() and response.status_code < FIRST_ERROR:
            db.session.commit()
            _wake_worker(app)
        else:
            db.session.rollback()
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        choose_mode(writing=False)


def _wake_worker(app: Flask) -> None:
    wake = app.extensions.get("wake_worker")
    if wake and g.pop("mail_waits", False):
        wake()
