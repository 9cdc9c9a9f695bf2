"""Where the running application keeps the library it loaded at start."""

from flask import Flask, current_app

from lms.catalogue import annex
from lms.catalogue.annex import Annex
from lms.catalogue.library import Library, load
from lms.config import Settings

_KEY = "library"
_ANNEX = "annex"


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


def is_loaded() -> str | None:
    """Why the content is not ready, or None."""
    return None if library().modules else "There is no module to learn from."
