"""Headers, cookies, hosts and origins, the same for every answer of the server."""

from secrets import token_urlsafe

from flask import Flask, Request, Response, abort, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from itsdangerous import BadSignature
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.config import LOOPBACK, Settings
from lms.web.transactions import SAFE

MOST_BYTES = 1_000_000
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

csrf = CSRFProtect()


class SteadySessions(SecureCookieSessionInterface):
    """Flask's signed cookie, without its clock: how long a sign-in lasts is decided by its row in the database, and
    when the server's clock is put back, a cookie from what is now the future signs nobody out.
    """

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
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-common-ground" if settings.is_secure else "common-ground",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the sign-in: nobody loses a long answer to the clock
        WTF_CSRF_SSL_STRICT=False,  # the Origin check below does this for every address
        TRUSTED_HOSTS=[settings.host, *(sorted(LOOPBACK) if settings.host in LOOPBACK else [])],
    )
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.before_request(_check_origin)
    csrf.init_app(app)
    app.after_request(_add_headers)


def _check_origin() -> None:
    """Refuse a write that another site's page sends: browsers say where it comes from; programs without a browser
    say nothing.
    """
    if request.method in SAFE:
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin not in (f"https://{request.host}", f"http://{request.host}"):
        abort(403)
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        abort(403)


def _add_headers(response: Response) -> Response:
    response.headers.extend({name: value for name, value in HEADERS.items() if name not in response.headers})
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store" if g.get("personal", True) else "no-cache"
    return response


def fresh_session() -> None:
    """Forget everything the browser's cookie held, so that nothing from before a sign-in survives it."""
    session.clear()
    session["born"] = token_urlsafe(8)
