"""The `lms bench` commands: data for measuring."""

import secrets
import time
from collections.abc import Callable

import click
from flask import Flask

from lms.audit import upgrading
from lms.catalogue import index
from lms.core.db import db
from lms.crowd import loading
from lms.crowd.lives import MAIL
from lms.crowd.making import Counted
from lms.crowd.scene import LARGEST_AGENCY, SMALLEST_TEAM, Scene
from lms.signin.passwords import SHORTEST, hash_password

LARGEST = 10_000_000


@click.group()
def bench() -> None:
    """Measure this installation."""


@bench.command()
@click.option("--people", required=True, type=click.IntRange(SMALLEST_TEAM, LARGEST), help="How many people.")
@click.option("--seed", default=2009, show_default=True, help="The same seed makes the same people.")
@click.option("--years", default=3, show_default=True, type=click.IntRange(1, 10), help="How far back records go.")
@click.option("--password", default="", help="Everybody's password; one is made when none is given.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="How many work at once.")
@click.pass_obj
def data(make_app: Callable[[], Flask], /, people: int, password: str, processes: int, **ways: int) -> None:
    """Fill an empty database with invented people, their posts, learning and standings over the years.

    Everyone is marked as invented, so a server refuses to show them beyond this machine.
    """
    if password and len(password) < SHORTEST:
        raise click.ClickException(f"The password is too short: it needs {SHORTEST} characters or more.")
    password = password or secrets.token_urlsafe(12)
    with make_app().app_context():
        upgrading.upgrade(db.engine)
        index.refresh()
        if not loading.is_empty():
            raise click.ClickException("There are people in this database already; nothing was added.")
        db.session.rollback()
        began = time.perf_counter()
        made = loading.prepare(people, hash_password(password), **ways)
        records = _load(made, make_app, people, processes)
        click.echo("Storing the counts at month-ends.")
        months = loading.finish()
    took = time.perf_counter() - began
    click.echo(
        f"{people:,} people of {len(made.agencies):,} agencies with {records:,} records and {months:,} month-ends"
        f" in {took:,.0f} s: {people / took:,.0f} people a second."
    )
    for address, about in accounts(made):
        click.echo(f"  {address:<34} {about}")
    click.echo(f"  Everyone's password: {password}")


def _load(made: Scene, make_app: Callable[[], Flask], people: int, processes: int) -> int:
    """Save everybody while a bar shows how far it is; returns the number of records."""
    records, shared = 0, Counted()
    with click.progressbar(length=people, label="People") as bar:
        for one in loading.load(made, make_app, processes if people > LARGEST_AGENCY else 1):
            records += one.records
            loading.add(shared, one.shared)
            if loading.is_large(shared):
                loading.save_shared(shared)
            bar.update(one.people)
    loading.save_shared(shared)
    return records


def accounts(made: Scene) -> list[tuple[str, str]]:
    """Whom to sign in as to see what, in the first partnership."""
    leading = made.agencies[0]
    largest = max((one for one in made.agencies if one.partnership == leading.partnership), key=lambda one: one.people)
    number, best = largest.first, None
    for team in largest.teams:
        if number != largest.first and (best is None or abs(team.people - 25) < abs(best[1] - 25)):
            best = (number, team.people)
        number += team.people
    best = best or (largest.first, largest.teams[0].people)
    found = [
        (leading.first + 1, f"coordinator of {leading.partnership}"),
        (leading.first + 2, f"observer of {leading.partnership}"),
        (largest.first, f"manager of {largest.name}: {largest.people:,} people"),
        (best[0], f"manager of a team of {best[1]} there"),
        (best[0] + 1, "staff"),
    ]
    return [(f"person-{place + 1}@{MAIL}", about) for place, about in found]
