"""Serving many with few threads: a thread is given to a request when the request is there."""

import gc
import logging
import re
import socket
import time
from typing import Any

from gunicorn.workers import gthread
from gunicorn.workers.gthread import ThreadWorker

WHOLE_WITHIN = 10.0  # seconds from the first look at half a request
LOOK_AGAIN = 0.05
MOST_LOOKED_AT, MOST_WAITED_FOR = 65_536, 32_768  # bytes; a longer body is read as it comes
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})", re.IGNORECASE)
EXPECTS = re.compile(rb"\r\nexpect:", re.IGNORECASE)


def keep_out_of_the_log(record: logging.LogRecord) -> bool:
    """Say of a request that cannot be read only that there was one. gunicorn would write down the remote end and the
    line as it came, which may hold anything.
    """
    text = str(record.msg)
    if text.startswith("Invalid request from"):
        record.msg, record.args = "A request that could not be read was refused.", ()
    elif text.startswith("Error handling request"):
        record.msg, record.args = "Error handling request", ()
    return True


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """A worker of gunicorn whose threads wait for nobody who dawdles: a thread takes a request up when all of it has
    arrived (of a long body, its beginning). Else some dozen clients that send half a line would keep all threads.
    """

    def load_wsgi(self) -> None:
        """Load the application, and leave what came with it (libraries, all content) out of every later search for
        rubbish: one such search of it all held every thread up for 0.3 to 0.5 s.
        """
        super().load_wsgi()
        gc.collect()
        gc.freeze()

    def init_process(self) -> None:
        """Begin to serve."""
        logging.getLogger("gunicorn.error").addFilter(keep_out_of_the_log)
        super().init_process()

    def handle(self, conn: Any) -> object:
        """Handle a request, unless some of it is still to come: then the connection goes back to those that wait."""
        if self.cfg.is_ssl or _has_arrived(conn):
            conn.whole_by = None
            return super().handle(conn)
        now = time.monotonic()
        conn.whole_by = getattr(conn, "whole_by", None) or now + WHOLE_WITHIN
        if now > conn.whole_by:
            return False
        time.sleep(LOOK_AGAIN)
        return gthread._DEFER  # noqa: SLF001 -- how its own handling says so


def _has_arrived(conn: Any) -> bool:
    """Whether a request can be read without waiting, as far as the first bytes tell."""
    if conn.initialized and conn.parser.unreader.buf.getvalue():
        return True
    try:
        seen = conn.sock.recv(MOST_LOOKED_AT, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True
    head, ended, body = seen.partition(b"\r\n\r\n")
    if not seen or not ended:
        return not seen or len(seen) == MOST_LOOKED_AT
    length = LENGTH.search(head)
    if not length or EXPECTS.search(head):
        return True
    return len(body) >= min(int(length[1]), MOST_WAITED_FOR)
