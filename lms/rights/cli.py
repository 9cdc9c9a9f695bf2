"""`lms person export` and `lms person erase`: the rights of somebody, from the machine itself."""

from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from lms.audit import actions as audit
from lms.core.db import db, writing
from lms.core.errors import Refusal
from lms.operating import manifest
from lms.people import queries as people
from lms.people.models import Person
from lms.rights import dormant, erasing, housekeeping, packing
from lms.rights import retention as times
from lms.rights.finding import Who
from lms.signin.cli import person as person  # noqa: PLC0414 -- handed on with its two commands more

NOBODY = "Nobody here has that address."
REASONS = [one.value for one in erasing.Reason if one not in (erasing.Reason.RESTORED, erasing.Reason.DORMANT)]


def _found(email: str) -> Person:
    found = people.by_email(email)
    if found is None:
        raise click.ClickException(NOBODY)
    return found


@person.command("export")
@click.option("--email", required=True, help="Whose.")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.pass_obj
def export(make_app: Callable[[], Flask], email: str, target: Path | None) -> None:
    """Write everything that is held about a person to one ZIP, readable by its owner only."""
    to = (target or Path(packing.file_name())).absolute()
    if to.exists():
        raise click.ClickException(f"There is a file at {to} already. Choose another name with --to.")
    app = make_app()
    with app.app_context():
        found = _found(email)
        try:
            with app.test_request_context(), writing(), manifest.fresh_file(to) as making:
                making.write_bytes(packing.pack(Who(found.id, found.email)))
                audit.record(None, "person.told", found.id)
        except manifest.BadBackup as fault:
            raise click.ClickException(str(fault)) from None
        db.session.rollback()
    click.echo(f"Everything about {found.email} is in {to}. Hand it over safely, and delete it here.")


@person.command("erase")
@click.option("--email", required=True, help="Whom.")
@click.option("--reason", required=True, type=click.Choice(REASONS), help="Why.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(make_app: Callable[[], Flask], email: str, reason: str, *, yes: bool) -> None:
    """Take a person out of everything. Nothing brings them back; asks twice."""
    app = make_app()
    with app.app_context():
        found = _found(email)
        _sure(found, yes=yes)
        try:
            with writing():
                erasing.erase(None, _found(email), erasing.Reason(reason))
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from None
        cleaned = housekeeping.clean()
        old_copies = housekeeping.old_copies()
    click.echo("Erased. A restore of an older backup does it again, as long as the data folder is the same.")
    for one in old_copies:
        click.echo(f"It may still hold them; delete it when you can: {one}")
    if not cleaned:
        click.echo("The database's file is cleaned of what is left in it by the worker, as soon as nobody reads it.")


@person.command("reopen")
@click.option("--email", required=True, help="Whose account was closed because nobody used it.")
@click.pass_obj
def reopen(make_app: Callable[[], Flask], email: str) -> None:
    """Open an account again that was closed because nobody used it."""
    with make_app().app_context():
        try:
            with writing():
                dormant.reopen(_found(email))
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from None
        click.echo(
            f"{email} is open again for 30 days, and for good once somebody signs in. The password is set by a link."
        )


def _sure(found: Person, *, yes: bool) -> None:
    address = found.email
    db.session.rollback()
    if yes:
        return
    click.confirm(f"Erase {found.name}, {address}, and everything that speaks of them?", abort=True)
    if click.prompt("Nothing brings it back. Type the address once more").strip().lower() != address:
        raise click.ClickException("That is another address. Nothing was erased.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say how many rows are over their time.")
@click.pass_obj
def retention(make_app: Callable[[], Flask], *, dry_run: bool) -> None:
    """Remove what is over its time, as the settings say. The worker does so every night."""
    with make_app().app_context():
        found = times.due() if dry_run else times.apply()
        for one in found:
            said = "would be removed" if dry_run else "removed"
            after = f"{one.kept.months} months" if one.kept.months else "never"
            click.echo(f"{one.number:>9,} {said}: {one.kept.words} ({after})")
