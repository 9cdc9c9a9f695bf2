"""How gunicorn serves Common Ground: threads in a few processes. The web line of the Procfile reads it."""

import os

from lms.serving import refuse_demo_in_public

os.umask(0o077)  # what the server writes, its owner alone may read
bind = [f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"]  # noqa: S104 -- a public server is meant to be reached
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 20
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
preload_app = False
accesslog = None
errorlog = "-"
loglevel = "warning"


def on_starting(server: object) -> None:
    """Before the first worker starts: check the settings, and refuse to show invented accounts to the world."""
    refuse_demo_in_public(server.cfg.address)  # type: ignore[attr-defined]
