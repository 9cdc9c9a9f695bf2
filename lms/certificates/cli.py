"""The `lms certificates` commands, for whoever runs the server."""

from collections.abc import Callable

import click
from flask import Flask

from lms.certificates import actions, queries
from lms.core.db import writing
from lms.core.errors import Refusal


@click.group()
def certificates() -> None:
    """Certificates."""


@certificates.command()
@click.argument("code")
@click.option("--reason", required=True, help="Why, in one sentence. The owner of the certificate reads it.")
@click.pass_obj
def revoke(make_app: Callable[[], Flask], code: str, reason: str) -> None:
    """Withdraw the certificate with this CODE. Its check page says so from now on; nothing is deleted."""
    with make_app().app_context():
        try:
            with writing():
                certificate = queries.by_code(code)
                if certificate is None:
                    raise click.ClickException("No certificate has this code. Check 0 and O.")
                actions.revoke(None, certificate, reason)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from None
        click.echo(f"Withdrawn: {certificate.shown_code}, {certificate.title}.")
