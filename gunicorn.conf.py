"""How gunicorn serves Common Ground: threads in a few processes. The web line of the Procfile reads it."""

import os
import shutil
import tempfile

# Where the processes write what they count, to be added up at /metrics; has to stand before anything is imported.
_mine = "PROMETHEUS_MULTIPROC_DIR" not in os.environ
if _mine:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="common-ground-metrics-")

from prometheus_client.multiprocess import mark_process_dead  # noqa: E402

from lms.serving import end_when_stuck, refuse_demo_in_public  # noqa: E402

os.umask(0o077)  # what the server writes, its owner alone may read
bind = [f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"]  # noqa: S104 -- a public server is meant to be reached
worker_class = "lms.patience.PatientWorker"
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
limit_request_line = 4_094
limit_request_fields = 100
limit_request_field_size = 8_190


def on_starting(server: object) -> None:
    """Before the first worker starts: check the settings, and refuse to show invented accounts to the world."""
    refuse_demo_in_public(server.cfg.address)  # type: ignore[attr-defined]


def post_worker_init(worker: object) -> None:  # noqa: ARG001 -- gunicorn's signature
    """In each new worker: have it end by itself should a page hang in it."""
    end_when_stuck(graceful_timeout + 5)


def child_exit(server: object, worker: object) -> None:  # noqa: ARG001 -- gunicorn's signature
    """After a worker ended: what it counted is kept, what stood at its moment is not."""
    mark_process_dead(worker.pid)  # type: ignore[attr-defined]


def on_exit(server: object) -> None:  # noqa: ARG001 -- gunicorn's signature
    """After the last worker: the counts go."""
    if _mine:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
