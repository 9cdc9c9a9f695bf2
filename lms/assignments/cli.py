"""The `lms standings` commands: whether the ledger of where people stand is right, and putting it right."""

import sys
from collections.abc import Callable

import click
from flask import Flask

from lms.assignments import checking, keeping

SHOWN = 20


@click.group()
def standings() -> None:
    """Where everybody stands from day to day, and the counts of it."""


@standings.command()
@click.option("--sample", default=1_000, show_default=True, type=click.IntRange(1), help="How many people to compare.")
@click.option("--everybody", is_flag=True, help="Compare everybody.")
@click.pass_obj
def check(make_app: Callable[[], Flask], sample: int, *, everybody: bool) -> None:
    """Compare people's pages of the ledger with their facts, and the counts with the pages. Changes nothing.

    Ends with status 1 when anything differs.
    """
    with make_app().app_context():
        people = checking.everybody(None if everybody else sample)
        with click.progressbar(length=len(people), label="Pages") as bar:
            wrong = list(checking.wrong_pages(people, bar.update))
            pages = [f"The page of person {person} is not what their facts say" for person in wrong]
        counts = [one.sentence for one in checking.wrong_counts()]
    for sentence in [*pages[:SHOWN], *counts[:SHOWN]]:
        click.echo(sentence)
    click.echo(f"{len(people):,} pages compared, {len(pages):,} differ; {len(counts):,} changes to counts differ.")
    if pages or counts:
        click.echo("Put it right with: lms standings rebuild")
        sys.exit(1)


@standings.command()
@click.pass_obj
def rebuild(make_app: Callable[[], Flask]) -> None:
    """Work everybody out anew from today on, and put the counts right. What was said of past days stays.

    Stop the web server and the worker first.
    """
    with make_app().app_context():
        people = len(checking.everybody())
        with click.progressbar(length=people, label="People") as bar:
            pages, counts = checking.put_right(bar.update)
    click.echo(f"{people:,} people worked out anew: {pages:,} pages and {counts:,} changes to counts were wrong.")


def tell_history() -> None:
    """Tell the past of everybody who was here before the ledger, with a bar; nothing where there is nobody."""
    waiting = keeping.untold()
    if not waiting:
        return
    with click.progressbar(length=waiting, label="Working out where everybody stands") as bar:
        done = 0

        def say(count: int) -> None:
            nonlocal done
            bar.update(count - done)
            done = count

        keeping.tell_all(say)
