"""`lms person export` and `lms person erase`: the rights of somebody, from the machine itself."""

from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from lms.audit import actions as audit
from lms.core.db import db, writing
from lms.operating import manifest
from lms.people import queries as people
from lms.people.models import Person
from lms.rights import packing
from lms.rights.finding import Who
from lms.signin.cli import person

NOBODY = "Nobody here has that address."


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
    app = make_app()
    with app.app_context():
        found = _found(email)
        with app.test_request_context(), writing():
            made = packing.pack(Who(found.id, found.email))
            audit.record(None, "person.told", found.id)
        db.session.rollback()
    to = (target or Path(packing.file_name())).absolute()
    if to.exists():
        raise click.ClickException(f"There is a file at {to} already. Choose another name with --to.")
    with manifest.fresh_file(to) as making:
        making.write_bytes(made)
    click.echo(f"Everything about {found.email} is in {to}. Hand it over safely, and delete it here.")
