"""The `lms audit` commands: whether the record is as it was written, and the ends of its chains to keep elsewhere."""

import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from lms.audit import checking
from lms.audit.chain import KINDS
from lms.core.db import db


@click.group()
def audit() -> None:
    """The record of who did what, and of who looked at whom."""


@audit.command()
@click.option(
    "--kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that `lms audit ends` wrote before: the record must still hold what it held then.",
)
@click.pass_obj
def verify(make_app: Callable[[], Flask], kept: Path | None) -> None:
    """Read the whole record and say which row is the first that was changed, taken out, put in or moved.

    Ends with status 1 when there is one. Changes nothing, and may run while the server does.
    """
    wanted = read_ends(kept) if kept else []
    with make_app().app_context():
        found = checking.check(db.engine, wanted)
    for sentence in found.faults:
        click.echo(sentence)
    if found.faults:
        click.echo("The record was changed by hand. See docs/audit.md for what to do.")
        sys.exit(1)
    click.echo(f"The record is as it was written: {found.rows:,} rows read.")
    for end in found.ends:
        click.echo(end.line)


@audit.command()
@click.pass_obj
def ends(make_app: Callable[[], Flask]) -> None:
    """Print the ends of the chains, to be kept where nobody with access to the database can change them."""
    with make_app().app_context(), db.engine.connect() as connection:
        for end in checking.ends_of(connection):
            click.echo(end.line)


def read_ends(path: Path) -> list[checking.End]:
    """The ends that were printed into a file; other lines are passed over. Raises ClickException when it has none."""
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if len(words) == 3 and words[0] in KINDS and words[1].isdecimal() and len(words[2]) == 64:
            found.append(checking.End(words[0], int(words[1]), words[2]))
    if not found:
        raise click.ClickException(f"{path} holds no ends of chains. Write one with: lms audit ends > FILE")
    return found
