"""A record with some acts and looks in it, and the means to change it by hand."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from lms.audit import actions as audit
from lms.audit import triggers
from lms.audit.checking import check
from lms.core import schema
from lms.core.db import db, writing


@pytest.fixture
def record(make, actor):
    """Six acts and six looks of a manager at two people, in twelve transactions; returns the three."""
    manager, leah, omar = make.manager(), make.person(), make.person()
    for number in range(6):
        with writing():
            audit.record(actor(manager), "thing.done", (leah, omar)[number % 2].id, times=number)
        with writing():
            audit.viewed(actor(manager), [(leah, omar)[number % 2].id], "status and dates")
    return manager, leah, omar


def schema_before():
    """The schema before the record was chained, whatever number that migration has."""
    (path,) = (schema.MIGRATIONS / "versions").glob("*_audit_chain.py")
    return re.search(r'^down_revision = "(\d+)"', path.read_text(), re.MULTILINE)[1]


@contextmanager
def by_hand():
    """A connection of somebody who may change the schema: the triggers are away meanwhile."""
    db.session.rollback()
    with writing(), db.engine.connect() as connection:
        triggers.drop(connection)
        yield connection
        triggers.create(connection)
        connection.commit()


def change(*statements):
    with by_hand() as connection:
        for statement in statements:
            connection.execute(text(statement))


def faults(kept=()):
    db.session.rollback()
    return check(db.engine, kept).faults
