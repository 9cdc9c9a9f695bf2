"""Where the running application keeps the library it loaded at start."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app

from lms.catalogue import annex
from lms.catalogue.annex import Annex
from lms.catalogue.library import Library, load
from lms.config import Settings

_KEY = "library"
_ANNEX = "annex"
_DERIVED = "derived_from_library"

Made = TypeVar("Made")


def install(app: Flask, settings: Settings) -> None:
    """Load all modules and the local annex, if there is one. Raises ContentFaults."""
    app.extensions[_KEY] = loaded = load(settings.modules_dir, [root / "modules" for root in settings.more_content])
    app.extensions[_ANNEX] = annex.load(settings.annex_dir, loaded) if settings.annex_dir else None


def library() -> Library:
    """All modules, references and words, as loaded at start."""
    loaded: Library = current_app.extensions[_KEY]
    return loaded


def local() -> Annex | None:
    """What the area adds to the core, if anything."""
    loaded: Annex | None = current_app.extensions[_ANNEX]
    return loaded


def derived(make: Callable[[Library], Made]) -> Made:
    """What a function makes of the present library, worked out once and kept while the library stays the same."""
    kept: dict[object, tuple[Library, Made]] = current_app.extensions.setdefault(_DERIVED, {})
    present = library()
    known = kept.get(make)
    if known is None or known[0] is not present:
        known = kept[make] = (present, make(present))
    return known[1]


def is_loaded() -> str | None:
    """Why the content is not ready, or None."""
    return None if library().modules else "There is no module to learn from."
