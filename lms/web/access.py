"""Who may open a page: each view says so with exactly one of three marks, and silence means no."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from lms.config import Settings
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])
ActorLoader = Callable[[str, timedelta, timedelta], Actor | None]


@dataclass(frozen=True)
class Access:
    """What a view asks of its visitor."""

    anyone: bool = False
    permission: Permission | None = None


def public(view: View) -> View:
    """Anyone may open this, signed in or not."""
    return _mark(view, Access(anyone=True))


def signed_in(view: View) -> View:
    """Anyone who is signed in may open this; which rows they see is the query's business."""
    return _mark(view, Access())


def requires(permission: Permission) -> Callable[[View], View]:
    """Only people with a role that carries the permission may open this."""
    return lambda view: _mark(view, Access(permission=permission))


def writes_on_get(view: View) -> View:
    """This view may write although it answers a GET. Few do; a test prints the list."""
    view.writes_on_get = True  # type: ignore[attr-defined]
    return view


def reads_first(view: View) -> View:
    """This act begins by reading and does slow work; it calls `db.start_writing()` itself before it writes."""
    view.reads_first = True  # type: ignore[attr-defined]
    return view


def opens_when_held(view: View) -> View:
    """This view belongs to the second step of signing in: it opens for somebody who has given the password alone."""
    view.opens_when_held = True  # type: ignore[attr-defined]
    return view


def settles_repeats(view: View) -> View:
    """This view itself knows what to do when its form comes twice: no key is claimed for it."""
    view.settles_repeats = True  # type: ignore[attr-defined]
    return view


def _mark(view: View, access: Access) -> View:
    if hasattr(view, "access"):
        raise TypeError(f"{view.__name__} says twice who may open it")
    view.access = access  # type: ignore[attr-defined]
    return view


def access_of(app: Flask, endpoint: str | None) -> Access | None:
    """What the view behind an endpoint asks for; None when it says nothing."""
    view = app.view_functions.get(endpoint or "")
    return getattr(view, "access", None)


class SignedInPerson(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of an actor."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """The person's identity as text."""
        return str(self.actor.id)


def current_actor() -> Actor:
    """The signed-in person of this request. Only for views that are not public."""
    return cast(Actor, current_user.actor)


def actor_or_none() -> Actor | None:
    """The signed-in person, or None on a public page."""
    return getattr(current_user, "actor", None)


COOKIE_KEY = "sign_in"


def install(
    app: Flask, settings: Settings, load_actor: ActorLoader, note_refusal: Callable[[Actor | None, str], None]
) -> None:
    """Check every request against its view's mark. `load_actor` turns the cookie's token into an actor."""
    manager = LoginManager(app)
    manager.session_protection = None  # the sign-in's row in the database decides; nothing is guessed from addresses
    idle, longest = timedelta(hours=settings.sign_in_idle_hours), timedelta(days=settings.sign_in_days)

    def load(_request: object) -> SignedInPerson | None:
        token = session.get(COOKIE_KEY)
        actor = load_actor(token, idle, longest) if token else None
        view = current_app.view_functions.get(request.endpoint or "")
        if actor and actor.held and not getattr(view, "opens_when_held", False):
            g.held = True
            return None
        return SignedInPerson(actor) if actor else None

    manager.request_loader(load)

    @app.before_request
    def check_access() -> ResponseReturnValue | None:
        if request.endpoint is None or request.routing_exception is not None:
            return None
        access = access_of(current_app, request.endpoint)
        if access and access.anyone:
            return None
        actor = actor_or_none()
        if actor is None:
            door = "second_step.enter" if g.get("held") else "signin.sign_in"
            target = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for(door, next=target), 303)
        if access is None or (access.permission and not actor.can(access.permission)):
            db.session.rollback()  # gives back the write lock that a POST holds, which the note needs
            note_refusal(actor, request.endpoint)
            abort(403)
        return None
