"""The `lms content` commands: what is wrong with the modules and quizzes, before anyone meets them."""

import sys
from pathlib import Path

import click

from lms.config import BadSetting, from_environment
from lms.quizzes import reader

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def content() -> None:
    """Modules and quizzes."""


@content.command()
@click.option("--modules", type=FOLDER, help="Folder of the modules; LMS_MODULES_DIR unless given.")
@click.option("--quizzes", type=FOLDER, help="Folder of the quizzes; LMS_QUIZZES_DIR unless given.")
@click.option("--annex", type=FOLDER, help="Folder of the local annex; LMS_ANNEX_DIR unless given.")
def check(modules: Path | None, quizzes: Path | None, annex: Path | None) -> None:
    """Find every fault at once, with file, line and column; exit status 1 if there is any."""
    try:
        settings = from_environment()
    except BadSetting as bad:
        click.echo(str(bad), err=True)
        sys.exit(2)
    faults = reader.check(
        modules or settings.modules_dir,
        quizzes or settings.quizzes_dir,
        () if modules else settings.more_content,
        annex or settings.annex_dir,
    )
    for fault in faults:
        click.echo(str(fault))
    warnings = sum(fault.level == "warning" for fault in faults)
    click.echo(f"{_counted(len(faults) - warnings, 'fault')}, {_counted(warnings, 'warning')}.")
    sys.exit(1 if len(faults) > warnings else 0)


def _counted(number: int, word: str) -> str:
    """A number with its word, as people say it: no faults, 1 fault, 2 faults."""
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"
