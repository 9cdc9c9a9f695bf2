"""What this server keeps of a SCIM user, and what it announces about itself. Attributes beyond these are left out."""

from typing import Annotated, Any

from pydantic import EmailStr
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Patch,
    Required,
    Resource,
    ResourceType,
    Returned,
    Schema,
    ScimPolicy,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

MOST_RESULTS = 200
LONGEST = 120
# Directories send attributes that nobody here keeps, and some write "remove" and filters in their own way (RFC 7644,
# section 3.5.2, as Microsoft Entra reads it).
POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


class Name(ComplexAttribute):
    """The parts of a name."""

    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class Email(ComplexAttribute):
    """A mail address; the primary one, or the first, is where mails go."""

    value: Annotated[EmailStr | None, Required.true] = None
    type: str | None = None
    primary: bool | None = None


class Work(Extension):
    """Where in the agency somebody works."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    department: str | None = None


class User(Resource[Work]):
    """One person of an agency."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Required.true, Uniqueness.server, Returned.default, CaseExact.false] = None
    name: Name | None = None
    display_name: str | None = None
    title: str | None = None
    active: bool | None = None
    emails: Annotated[list[Email] | None, Required.true] = None


def address(user: User) -> str:
    """The mail address of somebody, in small letters; empty when there is none."""
    emails = user.emails or []
    chosen = next((one for one in emails if one.primary), emails[0] if emails else None)
    return str(chosen.value).lower() if chosen and chosen.value else ""


def name(user: User) -> str:
    """What somebody is called."""
    parts = user.name or Name()
    together = " ".join(part for part in (parts.given_name, parts.family_name) if part)
    said = user.display_name or parts.formatted or together or user.user_name or ""
    return " ".join(said.split())[:LONGEST]


def job(user: User) -> str:
    """What somebody works as; empty when it is not said."""
    return " ".join((user.title or "").split())[:LONGEST]


def team(user: User) -> str:
    """The team somebody works in; empty when it is not said."""
    work = user[Work]
    return " ".join(((work and work.department) or "").split())[:LONGEST]


def provider_config() -> ServiceProviderConfig:
    """What this server can do."""
    bearer = AuthenticationScheme(
        type=AuthenticationScheme.Type.oauthbearertoken,
        name="Bearer token",
        description="A token that an administrator of the agency makes under Agencies and people.",
        primary=True,
    )
    return ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=False),
        authentication_schemes=[bearer],
    )


def resource_types() -> list[ResourceType]:
    """The one kind of resource: users."""
    extension = {"schema": str(Work.__schema__), "required": False}
    said = {"id": "User", "name": "User", "endpoint": "/Users", "description": "People of the agency"}
    kind = ResourceType.model_validate({**said, "schema": str(User.__schema__), "schemaExtensions": [extension]})
    return [kind]


def schemas() -> list[Schema]:
    """What is kept of a user."""
    return [User.to_schema(), Work.to_schema()]


def described(user: User) -> dict[str, Any]:
    """A user as it is stored."""
    return user.model_dump(exclude={"meta", "id"})


def has_unstorable(sent: Any) -> bool:
    """Whether JSON that was read holds text that no database can keep: NUL, or half of a pair of surrogates."""
    rest = [sent]
    while rest:
        one = rest.pop()
        if isinstance(one, dict):
            rest += [*one, *one.values()]
        elif isinstance(one, list):
            rest += one
        elif isinstance(one, str) and any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in one):
            return True
    return False
