"""Facts: a lower feature announces what happened, and `lms/wiring.py` says who listens.

Handlers run at once, in the same transaction, in the order they were registered. A handler that fails undoes the
whole act.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app

_KEY = "common_ground_listeners"
Fact = TypeVar("Fact")


class Listeners:
    """The register of one application: which handler hears which fact."""

    def __init__(self) -> None:
        self._handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)

    def on(self, fact: type[Fact], handler: Callable[[Fact], None]) -> None:
        """Let the handler hear every announced fact of this type."""
        self._handlers[fact].append(handler)

    def announce(self, fact: object) -> None:
        """Call every handler of this fact's type, in order."""
        for handler in self._handlers[type(fact)]:
            handler(fact)


def announce(fact: object) -> None:
    """Tell whoever listens that this has happened, within the running transaction."""
    current_app.extensions[_KEY].announce(fact)


def install(extensions: dict[str, Any]) -> Listeners:
    """Give an application its register and return it for wiring."""
    listeners = Listeners()
    extensions[_KEY] = listeners
    return listeners
