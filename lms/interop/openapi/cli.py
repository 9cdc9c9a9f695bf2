"""The `lms openapi` command."""

import json
from collections.abc import Callable

import click
from flask import Flask

from lms.interop.openapi.document import describe


@click.command()
@click.pass_obj
def openapi(make_app: Callable[[], Flask]) -> None:
    """Print what the server answers as an OpenAPI document, for programs that test it from outside. Changes nothing."""
    click.echo(json.dumps(describe(make_app()), indent=1, ensure_ascii=False))
