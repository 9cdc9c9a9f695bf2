"""Alembic's entry: runs the numbered migrations on the connection it is handed by `lms.core.schema`."""

from typing import Any

from alembic import context

from lms.core.db import Base, Moment
from lms.core.schema import is_modelled

connection = context.config.attributes["connection"]


def plain_types(kind: str, thing: Any, _autogen: Any) -> str | bool:
    """Write our own column type into migrations as the plain type it is stored as, so that they never import the
    application.
    """
    return "sa.DateTime()" if kind == "type" and isinstance(thing, Moment) else False


context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=plain_types,
    include_name=is_modelled,
    transactional_ddl=True,
)
context.run_migrations()
