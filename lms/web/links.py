"""Whole addresses of our pages, for what leaves the browser: mails, certificates, QR codes."""

from flask import current_app

from lms.config import Settings


def absolute(endpoint: str, **values: object) -> str:
    """The address of a page as people type it, beginning with LMS_BASE_URL; also outside a request, as in the worker.

    Never made from the request's own host, which a visitor can forge.
    """
    settings: Settings = current_app.extensions["settings"]
    path: str = current_app.url_map.bind("").build(endpoint, values)
    return settings.base_url + path
