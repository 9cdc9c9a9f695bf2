"""The `lms` command: run, worker, db upgrade, demo, content check."""

import logging
import os
import sys
from pathlib import Path
from threading import Thread
from typing import NoReturn

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from lms import after_restore, serving
from lms import demo as demonstration
from lms.app import create_app
from lms.assignments.cli import standings, tell_history
from lms.audit import upgrading
from lms.audit.cli import audit
from lms.catalogue import index
from lms.catalogue.strict_yaml import ContentFaults
from lms.certificates.cli import certificates
from lms.cohorts.cli import cohorts
from lms.config import LOOPBACK, BadSetting, Settings, from_environment
from lms.core import schema
from lms.core.db import db
from lms.crowd.cli import bench
from lms.interop.openapi.cli import openapi
from lms.jobs import queue as queues
from lms.jobs.ticking import Clock
from lms.joining.cli import people
from lms.learning.preview import create_preview
from lms.notifications import delivering
from lms.operating import proving, restoring
from lms.operating.cli import backup, examine, verify
from lms.operating.manifest import BadBackup
from lms.quizzes.cli import content
from lms.rights import housekeeping
from lms.rights.cli import person, retention

DEMO_ACCOUNTS_SHOWN = 7
LONGEST_STOP = 8  # seconds a worker takes to finish what it has in hand, once for its tasks and once for mails


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """Common Ground: training for everyone who works around the same child."""
    context.obj = with_database  # features' commands that need the application call this


cli.add_command(audit)
cli.add_command(backup)
cli.add_command(bench)
cli.add_command(content)
cli.add_command(certificates)
cli.add_command(cohorts)
cli.add_command(examine)
cli.add_command(openapi)
cli.add_command(people)
cli.add_command(person)
cli.add_command(retention)
cli.add_command(standings)
cli.add_command(verify)


@cli.command()
@click.option("--port", default=8000, type=click.IntRange(1, 65535), show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--demo", "with_demo", is_flag=True, help="Load invented people if there are none.")
def run(port: int, host: str, *, with_demo: bool) -> None:
    """Serve on this machine, with a worker beside it. The real thing is started by the Procfile."""
    if host not in LOOPBACK:
        _stop("lms run is for this machine only. To serve others, start the lines of the Procfile.")
    os.environ.setdefault("LMS_BASE_URL", f"http://127.0.0.1:{port}")
    if with_demo:
        os.environ.setdefault("LMS_ANNEX_DIR", str(demonstration.ANNEX))
        os.environ.setdefault("LMS_QUIET_HOURS", "none")  # the demo's mails are files, which wake nobody
        os.environ.setdefault("LMS_QUIET_WEEKENDS", "no")
    os.environ.setdefault("LMS_LOG_REQUESTS", "no")
    try:
        serving.refuse_taken_port(host, port)
        settings = from_environment()
        settings.make_data_dir()
    except BadSetting as bad:
        _stop(str(bad))
    os.environ.setdefault("LMS_SECRET_KEY", serving.kept_secret(settings.data_dir))
    app = with_database()
    with app.app_context():
        _prepare()
        if with_demo:
            demonstration.load_if_empty()
        accounts = demonstration.accounts()
    _be_known(app)
    click.echo(f"\nCommon Ground is at http://{host}:{port}  (Ctrl-C stops it)\n")
    for account in accounts:
        click.echo(f"  {account.email:<26} {account.about}")
    if accounts:
        click.echo(
            f"\n  Everyone's password: {demonstration.PASSWORD}   Mails arrive in {settings.data_dir / 'mail'}\n",
            nl=True,
        )
    serving.serve_here(app, host, port)


@content.command()
@click.argument("module")
@click.option("--port", default=8010, type=click.IntRange(1, 65535), show_default=True, help="Port to listen on.")
def preview(module: str, port: int) -> None:
    """Show MODULE in a browser on this machine while you write it: the page follows your files."""
    try:
        settings = from_environment()
        serving.refuse_taken_port(serving.HERE, port)
    except BadSetting as bad:
        _stop(str(bad))
    app = create_preview(settings, module)
    if not app.extensions["desk"].is_there():
        _stop(f"There is no module `{module}` in {settings.modules_dir}.")
    click.echo(f"{module} is at http://{serving.HERE}:{port}/  (Ctrl-C stops it)")
    serving.LocalServer(app, serving.HERE, port).run()


@cli.command()
def worker() -> None:
    """Deliver mail, work out plans and run what runs by the clock, until stopped. Four at once, so mail never waits."""
    app = application()
    _be_known(app)
    logging.getLogger("huey").setLevel(logging.WARNING)
    huey = app.extensions["huey"]
    queues.prepare(huey)
    consumer = huey.create_consumer(
        workers=4, periodic=False, graceful_signal="TERM", shutdown_timeout=LONGEST_STOP, max_delay=1.0
    )
    delivering.stop_with(consumer.stop_flag)
    clock: Clock = app.extensions["clock"]
    Thread(target=clock.run, args=(consumer.stop_flag,), name="clock", daemon=True).start()
    consumer.run()
    clock.hands.wait(LONGEST_STOP)
    delivering.wait_for_lanes(LONGEST_STOP)


@cli.command()
def demo() -> None:
    """Load the invented agencies, people and histories, and list their accounts."""
    app = with_database()
    with app.app_context():
        _prepare()
        if not demonstration.load_if_empty():
            click.echo("There are people in this database already; nothing was added.")
        for account in demonstration.accounts():
            click.echo(f"{account.email:<26} {account.about}")


@cli.group("db")
def database() -> None:
    """The database."""


@database.command()
def upgrade() -> None:
    """Bring the database to the present schema, the search index to the present content, and tell the ledger of
    standings about everybody who was here before it.
    """
    app = with_database()
    with app.app_context():
        before = schema.current(db.engine)
        _prepare()
        after = schema.current(db.engine)
    moved = f"The database went from {before or 'nothing'} to {after}."
    click.echo(f"The database is at {after}." if before == after else moved)


@database.command()
@click.argument("subject")
def draft(subject: str) -> None:
    """Draft the next migration, for example: lms db draft cohorts."""
    app = with_database()
    with app.app_context():
        upgrading.upgrade(db.engine)
        click.echo(Path(schema.draft(db.engine, subject)).name)


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Restore although there are people in the database in use.")
def restore(file: Path, *, replace: bool) -> None:
    """Put the backup FILE in the place of the database in use, when no server and no worker runs.

    The backup is proved first. What is of an older schema is brought to the present one.
    """
    app = application()
    settings: Settings = app.extensions["settings"]
    with app.app_context():
        try:
            wanted = proving.prove(file.absolute(), db.engine).manifest
            with restoring.with_nobody_else(db.engine, settings.data_dir):
                if not replace and restoring.has_people(db.engine):
                    _stop("There are people in the database in use. To put the backup in its place: --replace", 1)
                housekeeping.remember()
                said = restoring.restore(file.absolute(), wanted, db.engine)
                _prepare()
                proving.check_record(db.engine, wanted)
                rest = after_restore.settle(wanted.moment)
                again = housekeeping.again()
        except (BadBackup, restoring.Refused) as refusal:
            _stop(str(refusal), 1)
        except DBAPIError as fault:
            _stop(f"The database cannot be used: {_reason(fault)}.", 1)
    rows, at = sum(wanted.rows.values()), f"{wanted.moment:%d %B %Y %H:%M} UTC"
    click.echo(f"{rows:,} rows of {at} are restored, and the record is as it was written.")
    erased = f"{again:,} people who had been erased since were erased again." if again else ""
    for sentence in filter(None, (said, *rest, erased)):
        click.echo(sentence)


def _prepare() -> None:
    """Bring the database to the present schema, with the guards of the record, the search index to the present content,
    and tell the ledger about everybody who was here before it.
    """
    upgrading.upgrade(db.engine)
    index.refresh()
    tell_history()


def application() -> Flask:
    """The application, or the reason why not in plain sentences and exit status 2."""
    try:
        app = create_app()
        app.extensions["limits"].lifted = True
        return app
    except BadSetting as bad:
        _stop(str(bad))
    except ContentFaults as broken:
        _stop("\n".join([*map(str, broken.faults), "The content has faults, so the server does not start."]))


def with_database() -> Flask:
    """The application with its database within reach, or the reason why not. The worker does without: it waits."""
    app = application()
    try:
        with app.app_context(), db.engine.connect():
            return app
    except DBAPIError as fault:
        _stop(f"The database cannot be opened: {_reason(fault)}. Check LMS_DATABASE_URL and LMS_DATA_DIR.")


def _reason(fault: DBAPIError) -> str:
    return str(fault.orig).partition("\n")[0].rstrip(".")


def _be_known(app: Flask) -> None:
    try:
        serving.be_known(app)
    except BadSetting as bad:
        _stop(str(bad))


def _stop(sentence: str, status: int = 2) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(status)


def main() -> None:
    """Entry of the `lms` command. What it writes, its owner alone may read."""
    os.umask(0o077)
    cli()


if __name__ == "__main__":
    main()
