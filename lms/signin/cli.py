"""The `lms person` commands: giving somebody an account from the machine itself."""

from collections.abc import Callable
from typing import Any

import click
from flask import Flask

from lms.core.db import writing
from lms.core.errors import Refusal
from lms.core.permissions import Role, Scope
from lms.people import actions
from lms.people import queries as people
from lms.people.sectors import Sector
from lms.signin import break_glass, second_step, strength
from lms.signin.passwords import hash_password

GIVEN = {role.value: role for role in Role if role is not Role.DEPUTY}  # a manager names their deputy


@click.group()
def person() -> None:
    """People and their accounts."""


def _roles(
    _context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[Role, Scope], ...]:
    """Read `manager:agency` and the like; a role without a reach reaches the team."""
    try:
        pairs = [word.partition(":") for word in given]
        return tuple((GIVEN[role], Scope(scope or "team")) for role, _, scope in pairs)
    except (KeyError, ValueError):
        roles, scopes = ", ".join(GIVEN), ", ".join(Scope)
        raise click.BadParameter(f"Write ROLE or ROLE:REACH. Roles: {roles}. Reaches: {scopes}.") from None


@person.command()
@click.option("--email", required=True, prompt="Work e-mail")
@click.option("--name", required=True, prompt="Name")
@click.option("--agency", required=True, prompt="Agency")
@click.option("--sector", required=True, prompt="Sector", type=click.Choice([sector.value for sector in Sector]))
@click.option("--partnership", required=True, prompt="Partnership")
@click.option("--team", default=None, help="Team in the agency, if there is one.")
@click.option("--job", required=True, prompt="Job")
@click.option("--role", "roles", multiple=True, default=("staff",), callback=_roles, help="Repeat for several.")
@click.password_option(help="At least 12 characters; asked for when not given.")
@click.pass_obj
def add(make_app: Callable[[], Flask], /, email: str, name: str, password: str, **post: Any) -> None:
    """Add a person with one post, for example the first administrator: --role administrator:partnership."""
    where = actions.Post(**{**post, "sector": Sector(post["sector"])})
    with make_app().app_context():
        try:
            strength.check(password, [name, email.partition("@")[0], post["agency"]])
            with writing():
                made = actions.add_person(None, email, name, hash_password(password), where)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from None
        click.echo(f"{made.name} can sign in as {made.email}.")


@person.command("reset-second-factor")
@click.option("--email", required=True, help="Whose phone and recovery codes are lost.")
@click.pass_obj
def reset_second_factor(make_app: Callable[[], Flask], email: str) -> None:
    """Take away a person's second step and passkeys; they are told by mail, and their sign-ins end."""
    with make_app().app_context():
        found = people.by_email(email)
        if found is None:
            raise click.ClickException("Nobody here has that address.")
        if not second_step.has_proof(found.id):
            raise click.ClickException(f"{found.email} has neither a second step nor a passkey.")
        with writing():
            second_step.reset(None, found)
        click.echo(f"The second step of {found.email} is reset.")


@person.command("break-glass")
@click.option("--email", required=True, help="The administrator who cannot get in.")
@click.option("--reason", required=True, help="Why. It is kept in the record and mailed to the other administrators.")
@click.pass_obj
def let_in(make_app: Callable[[], Flask], email: str, reason: str) -> None:
    """Print a link that signs an administrator in once, within 15 minutes, without password or second step."""
    with make_app().app_context():
        try:
            with writing():
                link = break_glass.make(email, reason)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from None
        click.echo(link)
        click.echo("It works once, for 15 minutes. The other administrators are told by mail.", err=True)
