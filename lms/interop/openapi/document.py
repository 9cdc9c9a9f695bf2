"""The whole document: every address with its methods, what each takes, who may ask, and how it may answer."""

import inspect
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from lms.certificates.forms import LONGEST_CODE
from lms.config import Settings
from lms.interop.openapi import directories
from lms.interop.openapi.addresses import answered_by_others, parts_of, path_of
from lms.interop.openapi.taking import Taken, taken
from lms.interop.scim import views as scim
from lms.web.access import Access, access_of
from lms.web.security import is_exempt

Part = dict[str, Any]

VERSION = "3.1.0"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ANY_CASE = {"400": "It could not be read.", "405": "Not with this method.", "414": "The address is too long.",
            "429": "Asked too often: wait.", "500": "A fault of ours.", "503": "Not just now: wait."}  # fmt: skip
OF_A_PERSON = {"302": "Elsewhere.", "303": "To the page of signing in, or on.", "403": "Your role does not include it.",
               "404": "Nothing that you may see.", "422": "A rule says no, with the sentence."}  # fmt: skip
OF_A_FORM = {"409": "Sent twice at once: send it again.", "413": "Too large.", "415": "No form."}
PAGE, JSON = "text/html", "application/json"
BY_ENDING = {".csv": "text/csv", ".pdf": "application/pdf", ".json": JSON, ".zip": "application/zip",
             ".txt": "text/plain", ".ics": "text/calendar"}  # fmt: skip
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The one page that refuses what stands in its address.
CHECKING, CODE = "certificates.verify", {"type": "string", "minLength": 1, "maxLength": LONGEST_CODE}
# Who is through already is led on, whatever the form says; a check needs no seat, an unfinished plan leads to its page,
# and a name that does not come stays as it was.
TAKING_ANYTHING = {"signin.sign_in", "second_step.enter", "quizzes.start", "proposing.publish", "passkeys.rename"}
# What no ending tells.
OTHERS = {
    "health.alive": ("text/plain",),
    "health.ready": ("text/plain",),
    "watching.metrics": ("text/plain",),
    "exports.file": ("text/csv", SHEET, "application/pdf"),
    "exports.download": ("text/csv", SHEET, "application/pdf"),
    "learning.picture": ("image/svg+xml", "image/png", "image/jpeg", "image/webp"),
    "passkeys.question": (JSON,),
    "passkeys.step_question": (JSON,),
    "rights.download": ("application/zip",),
}


def describe(app: Flask) -> Part:
    """The document for this application, ready to be written as JSON."""
    settings: Settings = app.extensions["settings"]
    paths: dict[str, Part] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if app.view_functions[rule.endpoint] is scim.nothing:
            continue
        for method in METHODS:
            if method in (rule.methods or ()):
                paths.setdefault(path_of(rule), {})[method.lower()] = _operation(app, rule, method)
    _add_answered_by_others(app, paths)
    return {
        "openapi": VERSION,
        "info": {"title": "Common Ground", "version": "1", "description": inspect.cleandoc(ABOUT)},
        "servers": [{"url": settings.base_url.rstrip("/")}],
        "paths": paths,
        "components": {"securitySchemes": _ways_in(app), "schemas": directories.schemas()},
    }


ABOUT = """
Pages and forms for people, and SCIM 2.0 for directories. A page is HTML. A form is sent as a browser sends it; the
token of its page goes as the field `csrf_token` or as the header `X-CSRFToken`. A thing that you may not see is not
there: 404. Where a sign-in is asked for (`sign_in` under `security`) and none comes, the answer is the page of signing
in (303); so `{}` stands beside it.
"""


def _add_answered_by_others(app: Flask, paths: dict[str, Part]) -> None:
    """Add the methods that another address with more parts in it answers here: /learn/0/notes is a page of a module."""
    own = [rule for rule in app.url_map.iter_rules() if path_of(rule) in paths]
    for told, rule in [(paths[path_of(rule)], rule) for rule in own]:
        for method, other in answered_by_others(app.url_map, rule, {name.upper() for name in told}):
            if app.view_functions[other.endpoint] is not scim.nothing:
                made = _operation(app, other, method)
                beside = [one for one in made["parameters"] if one["in"] != "path"]
                name = f"{other.endpoint}@{path_of(rule)}.{method.lower()}"
                told[method.lower()] = {**made, "operationId": name, "parameters": [*parts_of(rule), *beside]}


def _ways_in(app: Flask) -> Part:
    return {
        "sign_in": {"type": "apiKey", "in": "cookie", "name": app.config["SESSION_COOKIE_NAME"]},
        "page_token": {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
        "directory": {"type": "http", "scheme": "bearer"},
    }


def _operation(app: Flask, rule: Rule, method: str) -> Part:
    view = app.view_functions[rule.endpoint]
    access = access_of(app, rule.endpoint) or Access()
    about = inspect.getdoc(view) or ""
    made: Part = {
        "operationId": f"{rule.endpoint}.{method.lower()}",
        "summary": about.partition("\n\n")[0].replace("\n", " "),
        "tags": [rule.endpoint.partition(".")[0]],
        "parameters": parts_of(rule),
    }
    if rule.endpoint.startswith("scim."):
        made["parameters"] += directories.asked(rule.endpoint)
        return {**made, **directories.operation(rule.endpoint)}
    found = taken(view)
    made["responses"] = _answers(rule, method)
    made["security"] = _asks(access, method, without_token=is_exempt(view))
    if access.permission:
        made["x-permission"] = access.permission.value
    if method == "GET":
        made["parameters"] += [
            {"name": name, "in": "query", "schema": CODE if rule.endpoint == CHECKING and name == "code" else asked}
            for name, asked in found.asked.items()
        ]
    else:
        made["requestBody"] = _body(found.as_words() if rule.endpoint in TAKING_ANYTHING else found)
    return made


def _asks(access: Access, method: str, *, without_token: bool) -> list[dict[str, list[str]]]:
    token: dict[str, list[str]] = {} if method == "GET" or without_token else {"page_token": []}
    return [token] if access.anyone else [{"sign_in": [], **token}, token]


def _answers(rule: Rule, method: str) -> Part:
    kinds = OTHERS.get(rule.endpoint) or next(
        ((kind,) for ending, kind in BY_ENDING.items() if rule.rule.endswith(ending)), (PAGE,)
    )
    said = {**ANY_CASE, **OF_A_PERSON, **(OF_A_FORM if method != "GET" else {})}
    page: Part = {PAGE: {"schema": {"type": "string"}}}
    plain: Part = {kind: {} if kind == JSON else {"schema": {"type": "string"}} for kind in kinds}
    answers: Part = {status: {"description": sentence, "content": page} for status, sentence in said.items()}
    if method != "GET":
        answers["204"] = {"description": "Done; there is nothing to say."}
        answers["422"]["content"] = {**page, JSON: {}}
        plain = {**plain, JSON: {}}
    return {"200": {"description": "Here it is.", "content": plain}, **answers}


def _body(found: Taken) -> Part:
    shape: Part = {"type": "object", "properties": {**found.sent, "csrf_token": {"type": "string"}}}
    if found.needed:
        shape["required"] = sorted(found.needed)
    kind = "multipart/form-data" if found.files else "application/x-www-form-urlencoded"
    return {"required": bool(found.needed), "content": {kind: {"schema": shape}}}
