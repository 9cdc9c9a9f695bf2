"""One module served to its author while they write: no database, no sign-in, this machine only.

The same templates and stylesheet as the reader's, read anew whenever a file changes. What is wrong stands on top of the
page; a page that cannot be read for the moment is shown as it was before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock
from types import SimpleNamespace

from flask import Blueprint, Flask, Response, abort, redirect, render_template, send_from_directory
from flask.typing import ResponseReturnValue
from jinja2 import FileSystemLoader

from lms.catalogue import library
from lms.catalogue.content import Module, Page
from lms.catalogue.folder import shown
from lms.catalogue.markdown import PICTURE
from lms.catalogue.schema import SLUG
from lms.catalogue.strict_yaml import Fault
from lms.config import LOOPBACK, Settings
from lms.learning.outlines import Step
from lms.web import templating
from lms.web.security import HEADERS

bp = Blueprint("preview", __name__, template_folder="templates")

PACKAGE = Path(__file__).resolve().parents[1]
ELSEWHERE = "/elsewhere"  # where links lead to what only the site itself has


@dataclass(frozen=True)
class View:
    """The module as it stood when `state` did. `module` and `pages` keep what could be read before, if need be."""

    state: str = ""
    faults: Sequence[Fault] = ()
    module: Module | None = None
    pages: dict[str, Page] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()


class Desk:
    """Where an author works on one module: looks at its files and reads them again when they are not what they were."""

    def __init__(self, places: Sequence[Path], slug: str) -> None:
        self.slug = slug
        self.folder = next((place / slug for place in places if (place / slug).is_dir()), places[0] / slug)
        self._places = places
        self._view = View()
        self._lock = Lock()

    def is_there(self) -> bool:
        """Whether there is such a module."""
        return bool(SLUG.fullmatch(self.slug)) and self.folder.is_dir()

    def state(self) -> str:
        """A name for the present state of the module's files and of those that all modules share."""
        digest = sha256()
        shared = [path for place in self._places for path in place.glob("*.yaml")]
        for path in sorted([*self.folder.rglob("*"), *shared]):
            try:
                about = path.stat()
            except FileNotFoundError:  # gone since it was listed, as happens when an editor saves
                continue
            digest.update(f"{path} {about.st_mtime_ns} {about.st_size}\n".encode())
        return digest.hexdigest()[:16]

    def view(self) -> View:
        """The module as it stands now."""
        with self._lock:
            state = self.state()
            if state != self._view.state:
                self._view = self._read(state, self._view)
            return self._view

    def _read(self, state: str, before: View) -> View:
        try:
            reading = library.read(self._places[0], more=self._places[1:], only=self.slug)
        except OSError as gone:
            return View(
                state, [Fault(shown(self.folder), 1, 1, f"This cannot be read just now: {gone}.")], before.module
            )
        ours = (f"{shown(self.folder)}/", *(shown(place / "references.yaml") for place in self._places))
        faults = [fault for fault in reading.faults if fault.file.startswith(ours)]
        module = reading.library.module(self.slug)
        if module is None:
            return View(state, faults, before.module, before.pages)
        fresh = {page.slug: page for page in module.pages}
        written = {page.slug for one in reading.folders if one.slug == self.slug for page in one.pages}
        kept = {slug: page for slug, page in before.pages.items() if slug in written}
        return View(state, faults, module, {**kept, **fresh}, frozenset(fresh))


def create_preview(settings: Settings, slug: str) -> Flask:
    """The server of one module's pages, for loopback addresses only."""
    app = Flask("lms", static_folder=None, template_folder="web/templates")
    app.jinja_loader = FileSystemLoader(sorted(PACKAGE.glob("*/templates")))  # every feature's
    app.url_build_error_handlers.append(lambda _error, _endpoint, _values: ELSEWHERE)
    app.config["TRUSTED_HOSTS"] = sorted(LOOPBACK)
    templating.install(app, settings)
    app.jinja_env.globals["actor"] = lambda: None
    places = (settings.modules_dir, *(root / "modules" for root in settings.more_content))
    app.extensions["desk"] = desk = Desk(places, slug)
    app.register_blueprint(bp)
    app.add_url_rule("/", "start", lambda: redirect(f"/learn/{slug}/"))
    app.add_url_rule("/preview/state", "state", lambda: Response(desk.state(), mimetype="text/plain"))
    app.add_url_rule(f"/learn/{slug}/", "front", lambda: _shown(desk, None))
    app.add_url_rule(f"/learn/{slug}/<page>", "page", lambda page: _shown(desk, page))
    app.add_url_rule(f"/learn/{slug}/media/<name>", "picture", lambda name: _picture(desk, name))
    app.register_error_handler(404, lambda _: (_nothing(slug), 404))
    app.after_request(_guarded)
    return app


def _shown(desk: Desk, slug: str | None) -> ResponseReturnValue:
    """A page of the module, or its front."""
    view = desk.view()
    page = view.pages.get(slug) if slug else None
    if slug and page is None and not view.faults:
        abort(404)
    steps = [
        Step("page", one.slug, one.title, f"/learn/{desk.slug}/{one.slug}", one.number, one.minutes)
        for one in sorted(view.pages.values(), key=lambda page: page.number)
    ]
    return render_template(
        "learning/preview.html",
        desk=desk,
        view=view,
        module=view.module,
        page=page,
        is_old=page.slug not in view.fresh if page else not view.fresh,
        plan=SimpleNamespace(steps=steps),
        all_words=sorted(view.module.glossary.values(), key=lambda word: word.term.casefold()) if view.module else (),
        local_names={},
    )


def _picture(desk: Desk, name: str) -> ResponseReturnValue:
    if not PICTURE.fullmatch(f"media/{name}"):
        abort(404)
    return send_from_directory(desk.folder / "media", name)


def _nothing(slug: str) -> str:
    sentence = (
        f"The preview shows the module {slug} only. Links to other modules, and quizzes, work on the site itself."
    )
    return render_template("fault.html", title="Not in this preview", sentence=sentence)


def _guarded(response: Response) -> Response:
    """The headers of the site itself, so that what works here works there."""
    response.headers.extend(HEADERS)
    response.headers["Cache-Control"] = "no-store"
    return response
