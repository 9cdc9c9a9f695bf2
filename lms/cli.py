"""The `lms` command: run, worker, db upgrade, demo, content check."""

import sys

import click
from flask import Flask

from lms.app import create_app
from lms.config import BadSetting
from lms.core import schema
from lms.core.db import db


@click.group()
def cli() -> None:
    """Common Ground: training for everyone who works around the same child."""


@cli.group("db")
def database() -> None:
    """The database."""


@database.command()
def upgrade() -> None:
    """Bring the database to the present schema."""
    app = application()
    with app.app_context():
        before = schema.current(db.engine)
        schema.upgrade(db.engine)
        after = schema.current(db.engine)
    click.echo(
        f"The database is at {after}."
        if before == after
        else f"The database went from {before or 'nothing'} to {after}."
    )


@database.command()
@click.argument("subject")
def draft(subject: str) -> None:
    """Draft the next migration, for example: lms db draft cohorts."""
    app = application()
    with app.app_context():
        schema.upgrade(db.engine)
        click.echo(schema.draft(db.engine, subject))


def application() -> Flask:
    """The application, or one plain sentence and exit status 2."""
    try:
        return create_app()
    except BadSetting as bad:
        click.echo(str(bad), err=True)
        sys.exit(2)


def main() -> None:
    """Entry of the `lms` command."""
    cli()
