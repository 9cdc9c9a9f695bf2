"""Calling PostgreSQL's own programs, with the password in the environment, where no list of processes shows it."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from sqlalchemy import URL

from lms.operating.manifest import BadBackup

LONGEST = 4 * 3600


def run(program: str, words: Sequence[str], url: URL | None = None) -> str:
    """What a program answers. Raises BadBackup with the first line of its complaint."""
    if shutil.which(program) is None:
        raise BadBackup(f"{program} is not installed. It comes with PostgreSQL's client programs.")
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "15"}
    if url is not None and url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(  # noqa: S603 -- a program of PostgreSQL's with words of ours
        [program, *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    if done.returncode:
        complaint = (done.stderr.strip() or "it said nothing").partition("\n")[0]
        raise BadBackup(f"{program} failed: {complaint.rstrip('.')}.")
    return done.stdout


def where(url: URL) -> str:
    """How these programs are told which database, without the password."""
    from psycopg import conninfo  # noqa: PLC0415 -- an extra, which a site on SQLite does without

    query = {name: str(value) for name, value in url.query.items()}
    parts = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database, **query}
    return conninfo.make_conninfo("", **{name: value for name, value in parts.items() if value is not None})
