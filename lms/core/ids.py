"""How things are named inside the database."""

from uuid import UUID, uuid4


def new_id() -> UUID:
    """A fresh identity for a row. Not a secret: whoever needs one takes it from `secrets`."""
    return uuid4()
