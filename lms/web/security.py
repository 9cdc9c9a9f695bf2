"""Headers, cookies, hosts and origins, the same for every answer of the server."""

from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any, TypeVar

from flask import Flask, Request, Response, abort, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix
from wtforms import ValidationError

from lms.config import LOOPBACK, Settings
from lms.web.bodies import WholeRequest
from lms.web.transactions import SAFE

WATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}

View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()


class SteadySessions(SecureCookieSessionInterface):
    """Flask's signed cookie, without its clock: how long a sign-in lasts is decided by its row in the database, and
    when the server's clock is put back, a cookie from what is now the future signs nobody out.
    """

    def __init__(self) -> None:
        self._made: tuple[object, URLSafeTimedSerializer | None] | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs and checks, kept while the key stays: made anew for each request, it took 1 % of a page."""
        key = (app.secret_key, app.config["SECRET_KEY_FALLBACKS"])
        if self._made is None or self._made[0] != key:
            self._made = (key, super().get_signing_serializer(app))
        return self._made[1]

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; nothing when it is not ours."""
        signed = self.get_signing_serializer(app)
        if signed is None:
            return None
        try:
            return self.session_class(signed.loads(request.cookies.get(self.get_cookie_name(app), "")))
        except BadSignature:
            return self.session_class()


def install(app: Flask, settings: Settings) -> None:
    """Set cookies, limits, trusted hosts and headers."""
    app.session_interface = SteadySessions()
    app.request_class = WholeRequest
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-common-ground" if settings.is_secure else "common-ground",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=settings.most_bytes,
        MAX_FORM_MEMORY_SIZE=settings.most_bytes,
        MAX_FORM_PARTS=settings.most_fields,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the sign-in: nobody loses a long answer to the clock
        WTF_CSRF_SSL_STRICT=False,  # the Origin check below does this for every address
        TRUSTED_HOSTS=[settings.host, *(sorted(LOOPBACK) if settings.host in LOOPBACK else [])],
    )
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.wsgi_app = _ForWatchers(app.wsgi_app, settings.host)  # type: ignore[method-assign]
    app.before_request(_allow_size)
    app.before_request(_check_origin)
    csrf.init_app(app)
    app.after_request(_add_headers)


def takes_bytes(most: int) -> Callable[[View], View]:
    """Mark a view that takes a file larger than other requests may be; `most` is the whole body in bytes."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def _allow_size() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "most_bytes", None)
    if most:
        request.max_content_length = most


class _ForWatchers:
    """Whoever watches the server asks by the machine's own address, under which no page is served: what they may ask
    for says nothing of hosts and makes no links.
    """

    def __init__(self, app: Any, host: str) -> None:
        self._app, self._host = app, host

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("PATH_INFO") in WATCHED:
            environ["HTTP_HOST"] = self._host
            environ.pop("HTTP_X_FORWARDED_HOST", None)
        return self._app(environ, start_response)


def _check_origin() -> None:
    """Refuse a write that another site's page sends: browsers say where it comes from; programs without a browser
    say nothing. To a site with https its own name without it is another site: anybody on the way could write that page.
    """
    if request.method in SAFE:
        return
    origin = request.headers.get("Origin")
    schemes = ("https",) if current_app.config["SESSION_COOKIE_SECURE"] else ("https", "http")
    if origin is not None and origin not in [f"{scheme}://{request.host}" for scheme in schemes]:
        abort(403)
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        abort(403)


def _add_headers(response: Response) -> Response:
    given = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 -- looking for each name took longer
    for name, value in HEADERS.items():
        if name.lower() not in given:
            response.headers.add(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store" if g.get("personal", True) else "no-cache"
    return response


def is_exempt(view: View) -> bool:
    """Whether the forms of this view may come without a token."""
    return f"{view.__module__}.{view.__name__}" in csrf._exempt_views  # noqa: SLF001 -- Flask-WTF names it nowhere else


def has_wrong_token() -> bool:
    """Whether this form carries a token that its browser was not given: for views that can do without one."""
    sent = request.form.get("csrf_token")
    if not sent:
        return False
    try:
        validate_csrf(sent)
    except ValidationError:
        return True
    return False


def fresh_session() -> None:
    """Forget everything the browser's cookie held, so that nothing from before a sign-in survives it."""
    session.clear()
    session["born"] = token_urlsafe(8)
