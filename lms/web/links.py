"""Addresses of our pages: within the site, and whole ones for what leaves the browser, such as mails and QR codes."""

from flask import current_app, url_for

from lms.config import Settings

_KEY = "addresses"


def address(endpoint: str, **values: object) -> str:
    """The address of a page within the site; templates know it as `url_for`.

    A page without parts has one address, so it is worked out once: menu and footer took a twentieth of a page's time.
    """
    if values or endpoint.startswith("."):
        return url_for(endpoint, **values)  # type: ignore[arg-type]
    known: dict[str, str] = current_app.extensions.setdefault(_KEY, {})
    if endpoint not in known:
        known[endpoint] = url_for(endpoint)
    return known[endpoint]


def absolute(endpoint: str, **values: object) -> str:
    """The address of a page as people type it, beginning with LMS_BASE_URL; also outside a request, as in the worker.

    Never made from the request's own host, which a visitor can forge.
    """
    settings: Settings = current_app.extensions["settings"]
    path: str = current_app.url_map.bind("").build(endpoint, values)
    return settings.base_url + path
