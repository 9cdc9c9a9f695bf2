"""What a directory's words do here: accounts and posts follow, records stay."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from scim2_models import ConflictException, InvalidValueException, UniquenessException
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.interop.scim import resource
from lms.interop.scim.models import ScimConnection, ScimUser
from lms.interop.scim.resource import User
from lms.joining import actions as joining
from lms.joining import queries
from lms.joining.queries import Reach
from lms.joining.table import Row
from lms.notifications.actions import queue
from lms.people import policy
from lms.people import queries as people
from lms.people.actions import ADDRESS, LONGEST_ADDRESS
from lms.people.models import Agency, Membership, Person
from lms.signin import domains, providers, sessions
from lms.web.links import absolute

TOKEN_BYTES = 32
UNSAID_JOB = "Not said"
DAY = timedelta(days=1)
TAKEN = "An account with this address is not this agency’s alone. Ask the administrator of the partnership."
KEPT = (
    "This is the post of an administrator of the partnership. Another administrator of the partnership has to end "
    "it, by a file of people."
)
FURTHER = "The roles of this person reach beyond the agency, so its directory gives them no other address."


def connect(actor: Actor, agency_id: UUID, name: str) -> tuple[ScimConnection, str]:
    """Give an agency's directory a token; it is shown this once. Raises NotFound for an agency of others."""
    looked_after = select(Agency.id).where(Agency.id == agency_id, policy.administered(actor))
    if db.session.scalar(looked_after) is None:
        raise NotFound
    token = token_urlsafe(TOKEN_BYTES)
    made = ScimConnection(agency_id=agency_id, name=name, token_hash=token_hash(token), made_by=actor.id)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "scim.connected", made.id, agency=str(agency_id))
    return made, token


def disconnect(actor: Actor, connection_id: UUID) -> ScimConnection:
    """End a connection; the people stay as they are. Raises NotFound."""
    wanted = select(ScimConnection).join(Agency).where(ScimConnection.id == connection_id, policy.administered(actor))
    found = db.session.scalar(wanted.with_for_update(of=ScimConnection))
    if found is None:
        raise NotFound
    if found.ended_at is None:
        found.ended_at = clock.now()
        audit.record(actor, "scim.disconnected", found.id, agency=str(found.agency_id))
    return found


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return sha256(token.encode()).hexdigest()


def create(agency: Agency, user: User) -> ScimUser:
    """Take a new user of the agency; somebody with an open post there is taken over as they are.

    Raises InvalidValueException or UniquenessException.
    """
    made = ScimUser(agency_id=agency.id, user_name="", described={})
    _describe(made, user)
    db.session.add(made)
    _flush()
    _follow(agency, made, user)
    return made


def replace(agency: Agency, one: ScimUser, user: User) -> ScimUser:
    """Take a user as they are described now. Raises as `create`, and ConflictException."""
    _describe(one, user)
    one.changed_at = clock.now()
    _flush()
    _follow(agency, one, user)
    return one


def remove(agency: Agency, one: ScimUser) -> None:
    """The directory no longer knows them: their post ends, their record stays. Raises ConflictException."""
    _leave(agency, one)
    db.session.delete(one)
    db.session.flush()


def _describe(one: ScimUser, user: User) -> None:
    if not user.user_name or len(user.user_name) > LONGEST_ADDRESS:
        raise InvalidValueException(detail=f"userName needs 1 to {LONGEST_ADDRESS} characters.")
    if len(user.external_id or "") > LONGEST_ADDRESS:
        raise InvalidValueException(detail=f"externalId may have {LONGEST_ADDRESS} characters at most.")
    email = resource.address(user)
    if len(email) > LONGEST_ADDRESS or not ADDRESS.fullmatch(email):
        raise InvalidValueException(detail="emails needs an address that a mail can reach.")
    one.user_name, one.external_id = user.user_name.lower(), user.external_id
    one.described = resource.described(user)


def _follow(agency: Agency, one: ScimUser, user: User) -> None:
    """Bring account and post to what was described."""
    if user.active is False:
        _leave(agency, one)
        return
    person = db.session.get(Person, one.person_id, with_for_update=True) if one.person_id else None
    if person:
        _readdress(agency, person, resource.address(user))
        _return(agency, person)
    email = person.email if person else resource.address(user)
    row = Row(1, email, resource.name(user) or email, _job(agency, person, user), team=resource.team(user))
    found = queries.planned(Reach([agency]), [row], agency.id, whole=False)
    if found.faults:
        raise UniquenessException(detail=TAKEN)
    try:
        made = joining.carry_out(None, found, by="scim")
    except IntegrityError:
        raise UniquenessException(detail=TAKEN) from None
    if person is None:
        one.person_id = made.get(email) or next(change.person for change in found.changes)
        _flush()


def _job(agency: Agency, person: Person | None, user: User) -> str:
    """The job that was said, else the one they have."""
    said = resource.job(user)
    if said or person is None:
        return said or UNSAID_JOB
    posts = select(Membership.job).where(Membership.person_id == person.id, Membership.agency_id == agency.id)
    return db.session.scalar(posts.order_by(Membership.starts_on.desc()).limit(1)) or UNSAID_JOB


def _readdress(agency: Agency, person: Person, email: str) -> None:
    """Give the account its new address, where the person works for this agency alone. Raises ConflictException where
    their roles reach beyond it: else whoever holds the agency's token could come in with them. The old address is told.
    """
    if email == person.email or _works_elsewhere(agency, person):
        return
    if providers.reaches_beyond(people.seats(person.id), agency.id):
        raise ConflictException(detail=FURTHER)  # who reads the mailbox gets the links to new passwords
    if db.session.scalar(select(Person.id).where(Person.email == email)):
        raise UniquenessException(detail=TAKEN)
    old = domains.Mailbox(person.id, person.email)
    person.email = email
    _flush()
    queue("signin/readdressed", to=old, agency=agency.name, link=absolute("signin.sign_ins"))
    audit.record(None, "person.readdressed", person.id, agency=str(agency.id), by="scim")


def _return(agency: Agency, person: Person) -> None:
    """Open again what the directory had closed: the account, and a post that was to end today or later."""
    if not person.active and not _works_elsewhere(agency, person):
        person.active = True
        audit.record(None, "person.opened", person.id, agency=str(agency.id), by="scim")
    for post in _open_posts(agency, person.id):
        post.ends_on = None
    db.session.flush()


def _leave(agency: Agency, one: ScimUser) -> None:
    """End the posts at the agency and every sign-in; close the account of whoever works nowhere else."""
    if one.person_id is None:
        return
    person = db.session.get_one(Person, one.person_id, with_for_update=True)
    posts, kept = _open_posts(agency, person.id), queries.kept(Reach([agency]))
    if any(post.id in kept for post in posts):
        raise ConflictException(detail=KEPT)
    for post in posts:
        post.ends_on = max(post.starts_on, clock.today() - DAY)
        audit.record(None, "post.ended", person.id, agency=str(agency.id), by="scim")
    if not _works_elsewhere(agency, person) and person.active:
        person.active = False
        audit.record(None, "person.closed", person.id, agency=str(agency.id), by="scim")
    if posts:
        sessions.end_all(person.id)
    db.session.flush()


def _open_posts(agency: Agency, person_id: UUID) -> list[Membership]:
    is_open = or_(Membership.ends_on.is_(None), Membership.ends_on >= clock.today())
    wanted = select(Membership).where(Membership.person_id == person_id, Membership.agency_id == agency.id, is_open)
    return list(db.session.scalars(wanted))


def _works_elsewhere(agency: Agency, person: Person) -> bool:
    is_open = or_(Membership.ends_on.is_(None), Membership.ends_on >= clock.today())
    elsewhere = select(Membership.id).where(
        Membership.person_id == person.id, Membership.agency_id != agency.id, is_open
    )
    return db.session.scalar(elsewhere.limit(1)) is not None


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError:
        raise UniquenessException(detail="This agency has told of somebody with this userName or address.") from None
