"""The `lms people` commands: a list of people from a file, looked at or taken."""

import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import click
from flask import Flask

from lms.assignments import keeping
from lms.core.actor import Actor
from lms.core.db import db, writing
from lms.core.errors import Refusal
from lms.core.permissions import Permission
from lms.joining import actions, queries
from lms.joining.actions import FileRefused
from lms.joining.plan import Kind, Plan
from lms.joining.views import WORDS
from lms.people import queries as people_queries

SHOWN = 40


@click.group()
def people() -> None:
    """Everybody of an agency at once."""


@people.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "email", required=True, help="Address of the administrator in whose name it is done.")
@click.option("--agency", default=None, help="Agency of rows that name none.")
@click.option("--whole-list", is_flag=True, help="Whoever works at that agency and is not in the file leaves today.")
@click.option("--go", is_flag=True, help="Take it. Without this, only say what it would change.")
@click.pass_obj
def import_people(make_app: Callable[[], Flask], /, file: Path, email: str, agency: str | None, **how: bool) -> None:
    """Take a CSV or Excel file of people, whole or not at all.

    Ends with status 1 when the file has a fault; each is told by row and column.
    """
    with make_app().app_context():
        actor = _administrator(email)
        try:
            found = _take(actor, file, _agency(actor, agency), **how)
        except FileRefused as refused:
            for fault in refused.faults[:SHOWN]:
                click.echo(f"row {fault.row}, {fault.column}: {fault.sentence}", err=True)
            raise click.ClickException(refused.sentence) from None
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from None
        _say(found, taken=how["go"])
        if how["go"]:
            _work_out(queries.waiting(actor))


def _administrator(email: str) -> Actor:
    person = people_queries.by_email(email)
    actor = people_queries.actor(person) if person and person.active else None
    if actor is None or not actor.can(Permission.AGENCY_EDIT):
        raise click.ClickException(f"{email} is no administrator here. Name one with --as.")
    return actor


def _agency(actor: Actor, name: str | None) -> UUID | None:
    if name is None:
        return None
    found = {one.name.casefold(): one.id for one in queries.agencies(actor)}
    if name.casefold() not in found:
        raise click.ClickException(f"{actor.email} looks after no agency called “{name}”.")
    return found[name.casefold()]


def _take(actor: Actor, file: Path, agency: UUID | None, *, whole_list: bool, go: bool) -> Plan:
    rows, found = actions.look_at(actor, file.read_bytes(), agency, whole=whole_list)
    db.session.rollback()
    if go and not found.is_empty:
        with writing():
            kept = actions.keep(actor, file.name, rows, agency, whole=whole_list)
            actions.take(actor, kept.id, actions.mark(found))
    return found


def _say(found: Plan, *, taken: bool) -> None:
    for one in [line for line in found.changes if line.kind is not Kind.SAME][:SHOWN]:
        where = f"row {one.row}" if one.row else "not in the file"
        says = f"{one.before} → {one.after}" if one.before else one.after
        click.echo(f"{where}: {WORDS[one.kind]}: {one.email}{f' ({says})' if says else ''}")
    for kind in Kind:
        if found.counts[kind.value]:
            click.echo(f"{WORDS[kind]}: {found.counts[kind.value]:,}")
    click.echo("Taken." if taken else "Nothing was changed. Add --go to take it.")


def _work_out(waiting: int) -> None:
    """Work out what is asked of everybody who is new, with a bar; the worker would do it within a minute."""
    if not waiting:
        return
    bar = click.progressbar(length=waiting, label="Working out what is asked of them", file=sys.stderr)
    with bar:
        keeping.refresh_waiting(say=bar.update)
