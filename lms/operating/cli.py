"""The `lms backup` and `lms doctor` commands."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import NoReturn

import click
from flask import Flask

from lms.config import Settings
from lms.core import clock
from lms.core.db import db
from lms.operating import backing_up, doctor, manifest, proving
from lms.operating.manifest import BadBackup

FILE = click.Path(dir_okay=False, path_type=Path)
MAKE = "make"


class MakeUnlessToldOtherwise(click.Group):
    """`lms backup FILE` makes a backup; `lms backup verify FILE` proves one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read a word that is no command as the name of the file."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = [MAKE, *args]
        return super().parse_args(ctx, args)


@click.group(cls=MakeUnlessToldOtherwise)
def backup() -> None:
    """Make a backup (lms backup [FILE]), or prove one (lms backup verify FILE)."""


@backup.command(MAKE)
@click.argument("file", required=False, type=FILE)
@click.pass_obj
def make(make_app: Callable[[], Flask], file: Path | None) -> None:
    """Write the whole database as it stands now to FILE, while the server runs; to the folder of backups in the data
    folder when no FILE is named. Its manifest goes beside it. Both can be read by their owner only.
    """
    app = make_app()
    settings: Settings = app.extensions["settings"]
    began = monotonic()
    with app.app_context():
        target = (file or backing_up.usual_place(settings.data_dir, clock.now())).absolute()
        try:
            made = backing_up.back_up(db.engine, target)
            _remember(settings.data_dir, target, made.made_at)
        except BadBackup as fault:
            _stop(str(fault))
    rows, seconds = sum(made.rows.values()), monotonic() - began
    click.echo(f"{target}: {rows:,} rows, {made.bytes / 1e6:,.1f} MB, in {seconds:.1f} s. Manifest beside it.")
    click.echo(f"Prove it with: lms backup verify {target}")


def _remember(data_dir: Path, target: Path, made_at: str) -> None:
    with manifest.fresh_file(data_dir / backing_up.LAST) as making:
        making.write_text(json.dumps({"made_at": made_at, "file": str(target)}) + "\n")


@backup.command()
@click.argument("file", type=FILE)
@click.pass_obj
def verify(make_app: Callable[[], Flask], file: Path) -> None:
    """Prove that FILE is whole: open it, or restore it beside the database in use, and compare it with its manifest.

    Says what was done. Ends with status 1 when anything is wrong.
    """
    began = monotonic()
    with make_app().app_context():
        try:
            proof = proving.prove(file.absolute(), db.engine)
        except BadBackup as fault:
            _stop(str(fault))
    for sentence in proof.said:
        click.echo(sentence)
    click.echo(f"The backup of {proof.manifest.moment:%d %B %Y %H:%M} UTC is sound ({monotonic() - began:.1f} s).")


@click.command("doctor")
@click.pass_obj
def examine(make_app: Callable[[], Flask]) -> None:
    """Look at everything that must be right for this server to be trusted, a line for each thing.

    Ends with status 1 when anything is wrong; what is to be looked at alone is no fault. Changes nothing.
    """
    app = make_app()
    wrong = 0
    with app.app_context():
        for line in doctor.examine(app):
            click.echo(f"{line.how.value:<8} {line.name:<11} {line.says}")
            wrong += line.how is doctor.How.WRONG
    if wrong:
        sys.exit(1)


def _stop(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)
