"""Where the running application keeps the library it loaded at start."""

from flask import Flask, current_app

from lms.catalogue.library import Library, load
from lms.config import Settings

_KEY = "library"


def install(app: Flask, settings: Settings) -> None:
    """Load all modules. Raises ContentFaults."""
    app.extensions[_KEY] = load(settings.modules_dir)


def library() -> Library:
    """All modules, references and words, as loaded at start."""
    loaded: Library = current_app.extensions[_KEY]
    return loaded


def is_loaded() -> str | None:
    """Why the content is not ready, or None."""
    return None if library().modules else "There is no module to learn from."
