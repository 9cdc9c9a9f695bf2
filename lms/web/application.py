"""Flask as this program runs it."""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment


class Drawing(Environment):
    """Jinja, whose templates all look into the one dictionary of words for all of them."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The words of a template. Jinja lays an empty dictionary over those of all, key by key for every page and
        every import of a macro: 3 % of a page. One with words of its own gets them as ever.
        """
        return super().make_globals(d) if d else self.globals


class Application(Flask):
    """Flask without a question it asks two dozen times a request, of each function it calls: whether that is async. It
    took 1.5 % of a page.
    """

    jinja_environment = Drawing

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is async; Flask refuses what such a view would answer."""
        return func
