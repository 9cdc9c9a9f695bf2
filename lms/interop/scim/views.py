"""SCIM over HTTP: JSON for directories, by a bearer token that belongs to one agency."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, current_app, g, request
from pydantic import ValidationError
from scim2_models import (
    Context,
    Error,
    InvalidSyntaxException,
    InvalidValueException,
    ListResponse,
    PatchOp,
    Resource,
    ResourceType,
    ResponseParameters,
    Schema,
    SCIMException,
    SearchRequest,
)
from werkzeug.exceptions import MethodNotAllowed

from lms.core.db import db
from lms.core.errors import NotFound
from lms.interop.scim import actions, queries, resource
from lms.interop.scim.resource import MOST_RESULTS, POLICY, User
from lms.people.models import Agency
from lms.signin import failing
from lms.web.access import public, reads_first
from lms.web.links import absolute

bp = Blueprint("scim", __name__, url_prefix="/scim/v2")

MEDIA = "application/scim+json"
NOT_THERE = "There is nothing here."
FARTHEST = 1_000_000_000  # more users than any agency has, and fewer than a database can count
View = Callable[..., Response]


def by_token(view: View) -> View:
    """Only a directory with a token; the view is given its agency. `@public` says that no sign-in is asked for."""

    @wraps(view)
    def checked(**values: str) -> Response:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        agency = queries.agency_of(token.strip()) if kind.lower() == "bearer" and token.strip() else None
        if agency is None:
            failing.note(None, failing.Why.TOKEN, request.remote_addr or "", {})
            answer = _error(401, "Send the token of a connection: Authorization: Bearer …")
            answer.headers["WWW-Authenticate"] = 'Bearer realm="scim"'
            return answer
        g.personal = True
        return view(agency, **values)

    return public(checked)


@bp.errorhandler(SCIMException)
def refused(fault: SCIMException) -> Response:
    """A rule of SCIM said no."""
    db.session.rollback()
    error = fault.to_error()
    return _error(error.status or 400, error.detail or "", error.scim_type)


@bp.errorhandler(ValidationError)
def misshapen(fault: ValidationError) -> Response:
    """What was sent is no such resource."""
    db.session.rollback()
    first = Error.from_validation_errors(fault)[0]
    return _error(first.status or 400, first.detail or "", first.scim_type)


@bp.errorhandler(NotFound)
def not_there(_fault: NotFound) -> Response:
    """Nobody of this agency has this id."""
    return _error(404, NOT_THERE)


@bp.get("/ServiceProviderConfig")
@by_token
def config(_agency: Agency) -> Response:
    """What this server can do."""
    return _answer(_placed(resource.provider_config(), "ServiceProviderConfig"))


@bp.get("/ResourceTypes")
@by_token
def resource_types(_agency: Agency) -> Response:
    """The kinds of resources."""
    return _answer(_list([_placed(one, f"ResourceTypes/{one.id}") for one in resource.resource_types()], ResourceType))


@bp.get("/ResourceTypes/<kind>")
@by_token
def resource_type(_agency: Agency, kind: str) -> Response:
    """One kind."""
    return _answer(_one(resource.resource_types(), kind, "ResourceTypes"))


@bp.get("/Schemas")
@by_token
def schemas(_agency: Agency) -> Response:
    """What is kept of a resource."""
    return _answer(_list([_placed(one, f"Schemas/{one.id}") for one in resource.schemas()], Schema))


@bp.get("/Schemas/<kind>")
@by_token
def schema(_agency: Agency, kind: str) -> Response:
    """One of them."""
    return _answer(_one(resource.schemas(), kind, "Schemas"))


@bp.get("/Users")
@by_token
def users(agency: Agency) -> Response:
    """The agency's users, all or those a filter finds."""
    return _found(agency, SearchRequest[User].model_validate(_plain_arguments()))


@bp.post("/.search")
@bp.post("/Users/.search")
@reads_first
@by_token
def search(agency: Agency) -> Response:
    """The same, asked for in the body, where a filter does not end up in anybody's log."""
    asked = SearchRequest[User].model_validate(_body(), scim_ctx=Context.SEARCH_REQUEST, scim_policy=POLICY)
    return _found(agency, asked)


def _found(agency: Agency, asked: "SearchRequest[User]") -> Response:
    count = MOST_RESULTS if asked.count is None else max(0, min(asked.count, MOST_RESULTS))
    start = max(1, min(asked.start_index or 1, FARTHEST))
    number, found = queries.listed(agency, str(asked.filter or ""), _base(), start, count)
    answer = ListResponse[User](total_results=number, start_index=start, items_per_page=len(found), resources=found)
    return _answer(answer, Context.RESOURCE_QUERY_RESPONSE, parameters=asked)


@bp.post("/Users")
@by_token
def create(agency: Agency) -> Response:
    """Take somebody new."""
    user = User.model_validate(_sent(), scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY)
    made = queries.shown(actions.create(agency, user), _base())
    answer = _answer(made, Context.RESOURCE_CREATION_RESPONSE, 201, _parameters())
    answer.headers["Location"] = f"{_base()}/Users/{made.id}"
    return answer


@bp.get("/Users/<user_id>")
@by_token
def user(agency: Agency, user_id: str) -> Response:
    """One user."""
    found = queries.shown(queries.user(agency, user_id), _base())
    return _answer(found, Context.RESOURCE_QUERY_RESPONSE, parameters=_parameters())


@bp.put("/Users/<user_id>")
@by_token
def replace(agency: Agency, user_id: str) -> Response:
    """Take a user as they are described now."""
    one = queries.user(agency, user_id, lock=True)
    said = User.model_validate(_sent(), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST, scim_policy=POLICY)
    said.replace(queries.shown(one, _base()))
    found = queries.shown(actions.replace(agency, one, said), _base())
    return _answer(found, Context.RESOURCE_REPLACEMENT_RESPONSE, parameters=_parameters())


@bp.patch("/Users/<user_id>")
@by_token
def patch(agency: Agency, user_id: str) -> Response:
    """Change parts of a user's description."""
    one = queries.user(agency, user_id, lock=True)
    asked = PatchOp[User].model_validate(_body(), scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY)
    said = queries.shown(one, _base())
    asked.patch(said, scim_policy=POLICY)
    found = queries.shown(actions.replace(agency, one, said), _base())
    return _answer(found, Context.RESOURCE_PATCH_RESPONSE, parameters=_parameters())


@bp.delete("/Users/<user_id>")
@by_token
def remove(agency: Agency, user_id: str) -> Response:
    """The directory no longer knows this user."""
    actions.remove(agency, queries.user(agency, user_id, lock=True))
    return Response(status=204)


@bp.route("/", defaults={"rest": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@bp.route("/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@by_token
def nothing(_agency: Agency, rest: str) -> Response:  # noqa: ARG001 -- part of the address
    """Everything else under this address, and other methods on what is there."""
    return _not_so() if _methods() else _error(404, NOT_THERE)


@bp.before_app_request
def not_with_this_method() -> Response | None:
    """Methods that nothing here knows, such as TRACE, are refused as SCIM says it."""
    is_ours = request.path.startswith(f"{bp.url_prefix}/")
    return _not_so() if is_ours and isinstance(request.routing_exception, MethodNotAllowed) else None


@bp.after_request
def name_methods(answer: Response) -> Response:
    """Where the methods of an address are named, those that `nothing` refuses are not among them."""
    if answer.headers.get("Allow"):
        answer.headers["Allow"] = ", ".join(sorted(_methods()))
    return answer


def _not_so() -> Response:
    answer = _error(405, f"{request.method} is not possible here.")
    answer.headers["Allow"] = ", ".join(sorted(_methods())) or "OPTIONS"
    return answer


def _methods() -> set[str]:
    """The methods that something answers at this address."""
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None  # there is a request
    found = {"OPTIONS"}
    for method in adapter.allowed_methods(request.path):
        endpoint, _ = adapter.match(request.path, method)
        if endpoint != "scim.nothing":
            found.add(method)
    return found if len(found) > 1 else set()


def _base() -> str:
    return absolute("scim.config").removesuffix("/ServiceProviderConfig")


def _body() -> dict[str, Any]:
    try:
        sent = json.loads(request.get_data(cache=False) or b"null")
    except (ValueError, RecursionError):
        raise InvalidSyntaxException(detail="The body is no JSON.") from None
    if not isinstance(sent, dict):
        raise InvalidSyntaxException(detail="The body must be a JSON object.")
    return _storable(sent)


def _sent() -> dict[str, Any]:
    """What was sent of a user; a userName that is an address stands in where no address was sent."""
    sent = _body()
    plain = {key.lower(): key for key in sent}
    name = sent.get(plain.get("username", ""))
    if "emails" not in plain and isinstance(name, str) and "@" in name:
        sent["emails"] = [{"value": name, "primary": True}]
    return sent


def _plain_arguments() -> dict[str, Any]:
    return _storable({name: request.args[name] for name in request.args if name != "cursor"})


def _storable(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent. Raises InvalidValueException where it holds what no database can keep."""
    if resource.has_unstorable(sent):
        raise InvalidValueException(detail="NUL and halves of a character (surrogates) cannot be kept.")
    return sent


def _parameters() -> "ResponseParameters[User]":
    names = ("attributes", "excludedAttributes")
    return ResponseParameters[User].model_validate({name: request.args[name] for name in names if name in request.args})


def _placed(one: Any, path: str) -> Any:
    one.meta = {"resourceType": type(one).__name__, "location": f"{_base()}/{path}"}
    return one


def _one(found: list[Any], kind: str, path: str) -> Any:
    for one in found:
        if one.id == kind:
            return _placed(one, f"{path}/{one.id}")
    raise NotFound


def _list(found: list[Any], model: type[Resource[Any]]) -> Any:
    number = len(found)
    return ListResponse[model](total_results=number, start_index=1, items_per_page=number, resources=found)  # type: ignore[valid-type]


def _answer(
    said: Any, context: Context = Context.RESOURCE_QUERY_RESPONSE, status: int = 200, parameters: Any = None
) -> Response:
    body = said.model_dump_json(scim_ctx=context, response_parameters=parameters)
    return Response(body, status=status, content_type=MEDIA)


def _error(status: int, detail: str, kind: str | None = None) -> Response:
    error = Error(status=status, detail=detail, scim_type=kind)
    return Response(error.model_dump_json(), status=status, content_type=MEDIA)
