"""Who listens to which fact: the whole list, in reading order."""

from lms.core.events import Listeners


def wire(listeners: Listeners) -> None:
    """Register every handler."""
