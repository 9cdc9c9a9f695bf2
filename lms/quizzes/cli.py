"""The `lms content` commands: what authors need beside their text editor, from the first line to a changed module."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import click

from lms.catalogue.folder import shown
from lms.catalogue.strict_yaml import Fault
from lms.config import BadSetting, Settings, from_environment
from lms.core import clock
from lms.core.errors import Refusal
from lms.quizzes import beginning, differences, editors, graph, reader, snapshots

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def content() -> None:
    """Modules and quizzes."""


@content.command()
@click.option("--modules", type=FOLDER, help="Folder of the modules; LMS_MODULES_DIR unless given.")
@click.option("--quizzes", type=FOLDER, help="Folder of the quizzes; LMS_QUIZZES_DIR unless given.")
@click.option("--annex", type=FOLDER, help="Folder of the local annex; LMS_ANNEX_DIR unless given.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json: a list of objects with file, line, column, level, message and rule.",
)
def check(modules: Path | None, quizzes: Path | None, annex: Path | None, shape: str) -> None:
    """Find every fault at once, with file, line and column; exit status 1 if there is any."""
    settings = _settings()
    faults = reader.check(
        modules or settings.modules_dir,
        quizzes or settings.quizzes_dir,
        () if modules else settings.more_content,
        annex or settings.annex_dir,
    )
    click.echo(_as_json([asdict(fault) for fault in faults]) if shape == "json" else _as_text(faults))
    sys.exit(1 if any(fault.level == "fault" for fault in faults) else 0)


@content.command()
@click.argument("name", required=False, type=click.Choice(list(editors.FILES)))
@click.option("--out", type=FOLDER, help="Write the schemas into this folder instead, one file each.")
def schema(name: str | None, out: Path | None) -> None:
    """JSON Schemas of the files that authors write, for editors; all of them unless one is named."""
    names = [name] if name else list(editors.FILES)
    if out is None:
        every = {one: editors.schema(one) for one in names}
        click.echo(_as_json(every[name] if name else every))
        return
    for one in names:
        path = out / f"{one}.schema.json"
        _write(path, f"{_as_json(editors.schema(one))}\n")
        click.echo(str(path))


@content.group()
def new() -> None:
    """Begin a module or a quiz: files that pass the check and say what to write where."""


@new.command("module")
@click.argument("slug")
@click.option("--code", required=True, help="The prefix of its fact ids, like M15.")
@click.option("--title", required=True, help="What the module is called.")
def new_module(slug: str, code: str, title: str) -> None:
    """Begin the module SLUG in LMS_MODULES_DIR: header, three pages, a fact and a word."""
    _begin(lambda: beginning.module(_settings().modules_dir, slug, code, title))


@new.command("quiz")
@click.argument("slug")
@click.option("--module", "of", required=True, help="The module it belongs to, by its folder.")
@click.option("--kind", required=True, type=click.Choice(["check", "scenario"]))
@click.option("--title", help="What the quiz is called; “Knowledge check” or “Scenario” unless given.")
def new_quiz(slug: str, of: str, kind: str, title: str | None) -> None:
    """Begin the quiz SLUG in LMS_QUIZZES_DIR, and name it in the module's header."""
    settings = _settings()
    called = title or {"check": "Knowledge check", "scenario": "Scenario"}[kind]
    wanted = beginning.NewQuiz(slug, of, kind, called)
    _begin(lambda: beginning.quiz(settings.modules_dir, settings.quizzes_dir, wanted))


@content.command("graph")
@click.argument("quiz")
@click.option("--out", type=FILE, help="Write the drawing into this file; on the screen unless given.")
def draw(quiz: str, out: Path | None) -> None:
    """Draw the scenario QUIZ (its name or its file) as SVG: scenes, choices, and where they lead."""
    path = Path(quiz) if quiz.endswith(".yaml") else _settings().quizzes_dir / f"{quiz}.yaml"
    scenario, faults = reader.scenario(path)
    if scenario is None or faults:
        click.echo("\n".join([*map(str, faults), "Mend this first; then it can be drawn."]), err=True)
        sys.exit(1)
    drawing = graph.svg(scenario)
    if out is None:
        click.echo(drawing, nl=False)
    else:
        _write(out, drawing)


@content.command()
@click.argument("old", required=False, type=FOLDER)
@click.argument("new", required=False, type=FOLDER)
@click.option("--git", "revision", metavar="REV", help="Compare with this commit instead of a folder.")
def diff(old: Path | None, new: Path | None, revision: str | None) -> None:
    """What changed between two versions of the content, and the entry for `changes` to paste.

    OLD and NEW are folders of modules, or folders with modules/ and quizzes/ in them; NEW is the present content unless
    given.
    """
    if (old is None) == (revision is None):
        _stop("Say what to compare with: a folder, or --git and a commit.")
    settings = _settings()
    try:
        after = snapshots.at(new) if new else snapshots.Folders(settings.modules_dir, settings.quizzes_dir)
        with TemporaryDirectory() as room:
            before = snapshots.at(old) if old else snapshots.of_commit(str(revision), after, Path(room))
            found = differences.compared(snapshots.read(before), snapshots.read(after))
    except Refusal as refusal:
        _stop(refusal.sentence)
    for line in differences.report(found, clock.today()):
        click.echo(line)


def _write(path: Path, text: str) -> None:
    """Write a file, in a new folder if need be; or say in one sentence why it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        _stop(f"{shown(path)} cannot be written: {error.strerror}.")


def _begin(write: Callable[[], Sequence[Path]]) -> None:
    """Write, and say what was written; or say in one sentence why nothing was."""
    try:
        written = write()
    except Refusal as refusal:
        _stop(refusal.sentence)
    for path in written:
        click.echo(shown(path))
    if written[-1].suffix == ".yaml" and len(written) == 1:
        click.echo(f"Add `{written[0].stem}` to `quizzes` in the module's header.")


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _as_text(faults: Sequence[Fault]) -> str:
    warnings = sum(fault.level == "warning" for fault in faults)
    last = f"{_counted(len(faults) - warnings, 'fault')}, {_counted(warnings, 'warning')}."
    return "\n".join([*map(str, faults), last])


def _settings() -> Settings:
    try:
        return from_environment()
    except BadSetting as bad:
        _stop(str(bad))


def _stop(sentence: str) -> NoReturn:
    """Say why nothing was done, with exit status 2."""
    click.echo(sentence, err=True)
    sys.exit(2)


def _counted(number: int, word: str) -> str:
    """A number with its word, as people say it: no faults, 1 fault, 2 faults."""
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"
