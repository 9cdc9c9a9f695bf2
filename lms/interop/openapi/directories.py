"""SCIM in the document: what a directory sends and gets, with the schemas that our own checks are made from."""

from typing import Any

from scim2_models import Error, PatchOp, SearchRequest

from lms.interop.scim.resource import User
from lms.interop.scim.views import MEDIA

Part = dict[str, Any]

HOME = "#/components/schemas/{model}"
USER, PATCH, SEARCH, ERROR = "User", "PatchOp_User", "SearchRequest_User", "Error"
MODELS: dict[str, Any] = {
    USER: User,
    PATCH: PatchOp[User],
    SEARCH: SearchRequest[User],
    ERROR: Error,
}
BODIES = {"scim.create": USER, "scim.replace": USER, "scim.patch": PATCH, "scim.search": SEARCH}
DONE = {"scim.create": "201", "scim.remove": "204"}
OF_USERS = ("scim.create", "scim.users", "scim.user", "scim.replace", "scim.patch")
WRONG = {"400": "It could not be read, or a value is wrong.", "401": "No token of a connection.",
         "404": "Nobody of this agency.", "405": "Not with this method.", "409": "Taken already.",
         "413": "Too large.", "429": "Asked too often: wait.", "500": "A fault of ours.",
         "503": "Not just now: wait."}  # fmt: skip
NARROWED: dict[str, Part] = {"attributes": {"type": "string"}, "excludedAttributes": {"type": "string"}}
LISTED: dict[str, Part] = {
    "filter": {"type": "string"},
    "startIndex": {"type": "integer", "minimum": 1},
    "count": {"type": "integer", "minimum": 0},
}


def schemas() -> Part:
    """The schemas of everything that is sent and given, by name."""
    found: Part = {}
    for name, model in MODELS.items():
        shape = model.model_json_schema(by_alias=True, ref_template=HOME)
        found.update(shape.pop("$defs", {}))
        found[name] = shape
    found[ERROR]["properties"]["status"] = {"type": "string"}  # RFC 7644, section 3.12: as text
    return found


def operation(endpoint: str) -> Part:
    """What one of SCIM's addresses takes and answers; parameters of the path are not said here."""
    status = DONE.get(endpoint, "200")
    answers: Part = {code: {"description": said, "content": _json(ERROR)} for code, said in WRONG.items()}
    answers["429"]["content"] = answers["503"]["content"] = answers["500"]["content"] = {"text/html": {}}
    answers[status] = {"description": "Done."}
    if status != "204":
        answers[status]["content"] = {MEDIA: {"schema": {"type": "object"}}}
    made: Part = {"responses": answers, "security": [{"directory": []}]}
    if endpoint in BODIES:
        made["requestBody"] = {"required": True, "content": _json(BODIES[endpoint])}
    return made


def asked(endpoint: str) -> list[Part]:
    """What can be asked for after the question mark."""
    names = {**(NARROWED if endpoint in OF_USERS else {}), **(LISTED if endpoint == "scim.users" else {})}
    return [{"name": name, "in": "query", "schema": schema} for name, schema in names.items()]


def _json(model: str) -> Part:
    return {MEDIA: {"schema": {"$ref": HOME.format(model=model)}}}
