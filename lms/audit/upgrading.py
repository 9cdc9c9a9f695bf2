"""Bringing a database to the present schema together with what guards the record in it."""

from sqlalchemy import Engine

from lms.audit import triggers
from lms.core import schema


def upgrade(engine: Engine) -> None:
    """Migrate, and create the guards that are missing, under one lock and in one transaction. Raises BrokenReferences.

    Guards may be newer than the newest migration, and a table that SQLite rebuilt has lost its own.
    """
    schema.upgrade(engine, then=triggers.guard)
