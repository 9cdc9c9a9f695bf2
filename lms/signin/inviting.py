"""Invitations: an administrator says where somebody works and as what; the person sets name and password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import joinedload

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, start_writing
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Role, Scope
from lms.notifications.actions import Terms, queue
from lms.notifications.actions import withdraw as take_back_mail
from lms.notifications.models import OutboxMail
from lms.people import actions as joining
from lms.people import queries as people
from lms.people import reach
from lms.people.models import Agency, Person
from lms.signin import domains, passwords, strength
from lms.signin.invitation_models import Invitation
from lms.signin.recovering import TOKEN_BYTES, token_hash
from lms.web.links import absolute

LASTS = timedelta(days=7)
KEPT = timedelta(days=60)
KIND = "signin/invitation"
# What an invitation can give on top of being staff, in the words of the form.
GIVEN: dict[str, tuple[str, Role, Scope]] = {
    "manager:team": ("Manager of the team", Role.MANAGER, Scope.TEAM),
    "manager:agency": ("Manager of the whole agency", Role.MANAGER, Scope.AGENCY),
    "administrator:agency": ("Administrator of the agency", Role.ADMINISTRATOR, Scope.AGENCY),
    "trainer:partnership": ("Trainer of joint days", Role.TRAINER, Scope.PARTNERSHIP),
    "author:partnership": ("Author of content", Role.AUTHOR, Scope.PARTNERSHIP),
    "coordinator:partnership": ("Coordinator of the partnership", Role.COORDINATOR, Scope.PARTNERSHIP),
    "observer:partnership": ("Observer for the board", Role.OBSERVER, Scope.PARTNERSHIP),
    "administrator:partnership": ("Administrator of the partnership", Role.ADMINISTRATOR, Scope.PARTNERSHIP),
}
STAFF = "staff"


class InvitedAlready(Refusal):
    """One open invitation for one address."""

    sentence = "That address is invited already. Send the open invitation again, or withdraw it first."
    field = "email"


class HasAccount(Refusal):
    """The invited person was given an account in another way meanwhile, or by another invitation."""

    sentence = (
        "There is an account with this address already, so nothing was made. Sign in with it. Whoever invited you can "
        "have this post added to it."
    )


class OutsideDomains(Refusal):
    """The agency's domains are known, and the address is at none of them."""

    field = "email"


class TeamWanted(Refusal):
    """A manager needs a team to manage."""

    sentence = "Choose the team that the person is to manage."
    field = "team"


@dataclass(frozen=True)
class Wanted:
    """What the administrator filled in. `role` is a key of GIVEN, or staff; `outside` says that an address outside the
    agency's domains is meant.
    """

    email: str
    job: str
    role: str = STAFF
    team_id: UUID | None = None
    outside: bool = False


def roles_to_give(actor: Actor, agency: Agency) -> list[tuple[str, str]]:
    """The roles the actor can give at an agency, none higher than their own: key and words."""
    far = reach.over(actor, agency.id, agency.partnership)
    given = [(key, words) for key, (words, _, scope) in GIVEN.items() if reach.is_within(scope, far)]
    return [(STAFF, "Staff, no other role"), *given]


def invite(actor: Actor, agency: Agency, wanted: Wanted) -> Invitation:
    """Invite somebody by mail. Raises NotFound for a role or a team out of reach, NotAnAddress, AddressTaken,
    InvitedAlready, OutsideDomains or TeamWanted.
    """
    email = joining.checked_address(wanted.email)
    if wanted.role not in dict(roles_to_give(actor, agency)):
        raise NotFound
    if wanted.team_id and wanted.team_id not in {team.id for team in people.teams(actor, agency)}:
        raise NotFound
    if wanted.role == "manager:team" and not wanted.team_id:
        raise TeamWanted
    _check_domain(agency, email, wanted)
    db.session.scalar(select(Agency.id).where(Agency.id == agency.id).with_for_update())  # one at a time
    if db.session.scalar(_open().where(Invitation.email == email)):
        raise InvitedAlready
    _, role, scope = GIVEN.get(wanted.role, ("", "", ""))
    made = Invitation(email=email, agency_id=agency.id, team_id=wanted.team_id, job=wanted.job.strip())
    made.role, made.scope, made.invited_by = str(role), str(scope), actor.id
    db.session.add(made)
    db.session.flush()
    _send(actor, made, agency)
    audit.record(actor, "invitation.sent", made.id, role=wanted.role)
    return made


def _check_domain(agency: Agency, email: str, wanted: Wanted) -> None:
    known = domains.proven(agency)
    if not known or email.rpartition("@")[2] in known:
        return
    listed = " or ".join(known)
    if wanted.role != STAFF:
        raise OutsideDomains(f"Whoever has a role above staff needs an address at {listed}.")
    if not wanted.outside:
        raise OutsideDomains(
            f"That address is not at {listed}. Check it. If it is right all the same, tick the box below."
        )


def _send(actor: Actor, invitation: Invitation, agency: Agency) -> None:
    token = token_urlsafe(TOKEN_BYTES)
    invitation.token_hash, invitation.sent_at = token_hash(token), clock.now()
    terms = Terms(about=invitation.id, until=clock.now() + LASTS, urgent=True)
    to = domains.Mailbox(actor.id, invitation.email)
    queue(KIND, to=to, terms=terms, address=absolute("inviting.accept", token=token), agency=agency)


def send_again(actor: Actor, invitation_id: UUID) -> Invitation:
    """Send an open invitation once more, with a new link and another week; the old link stops working. Raises NotFound,
    also where its role is higher than the actor's own.
    """
    invitation = _get(actor, invitation_id)
    if not _may_give(actor, invitation):
        raise NotFound
    _forget_mail(invitation)
    invitation.invited_by = actor.id
    _send(actor, invitation, invitation.agency)
    audit.record(actor, "invitation.sent_again", invitation.id)
    return invitation


def withdraw(actor: Actor, invitation_id: UUID) -> Invitation:
    """Take an open invitation back; its link stops working. Raises NotFound."""
    invitation = _get(actor, invitation_id)
    invitation.withdrawn_at, invitation.token_hash = clock.now(), None
    _forget_mail(invitation)
    audit.record(actor, "invitation.withdrawn", invitation.id)
    return invitation


def of_agency(agency: Agency) -> Sequence[Invitation]:
    """Open invitations to an agency, newest first. The agency was loaded for somebody who looks after it."""
    wanted = _open().where(Invitation.agency_id == agency.id).order_by(Invitation.sent_at.desc())
    return db.session.scalars(wanted.options(joinedload(Invitation.team), joinedload(Invitation.inviter))).all()


def is_over(invitation: Invitation) -> bool:
    """Whether its week is over."""
    return invitation.sent_at <= clock.now() - LASTS


def of_token(token: str, *, lock: bool = False) -> Invitation:
    """The open invitation with this link. Raises NotFound when it was accepted, withdrawn, or is too old, and when
    whoever sent it may no longer give what it gives.
    """
    wanted = _open().where(Invitation.token_hash == token_hash(token), Invitation.sent_at > clock.now() - LASTS)
    found = db.session.scalar(wanted.with_for_update(of=Invitation) if lock else wanted)
    if found is None or not found.inviter.active or not _may_give(people.actor(found.inviter), found):
        raise NotFound
    return found


def accept(token: str, name: str, password: str) -> Person:
    """Make the account, with the agency, team, job and role of the invitation. Raises NotFound, WeakPassword,
    Unnamed or HasAccount. Of two at the same moment, by one link or by two for one address, the first makes it.
    """
    invitation = of_token(token)
    strength.check(password, [name, invitation.email.partition("@")[0], invitation.agency.name])
    made = passwords.hash_password(password)
    start_writing()
    invitation = of_token(token, lock=True)
    roles = [(Role.STAFF, Scope.TEAM)]
    if invitation.role:
        roles.append((Role(invitation.role), Scope(invitation.scope)))
    place = joining.Place(invitation.agency_id, invitation.team_id, invitation.job, tuple(roles))
    try:
        person = joining.admit(invitation.email, name, made, place)
    except joining.AddressTaken:
        raise HasAccount from None
    invitation.accepted_at, invitation.person_id, invitation.token_hash = clock.now(), person.id, None
    _forget_mail(invitation)
    audit.record(Actor(person.id, person.name, person.email), "invitation.accepted", invitation.id)
    return person


def sweep() -> int:
    """Remove invitations that nobody took up, weeks after; returns how many. In a writing transaction."""
    old = or_(Invitation.withdrawn_at < clock.now() - KEPT, Invitation.sent_at < clock.now() - KEPT)
    gone = db.session.execute(delete(Invitation).where(Invitation.accepted_at.is_(None), old))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _open() -> Select[Invitation]:
    return select(Invitation).where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))


def _get(actor: Actor, invitation_id: UUID) -> Invitation:
    """An open invitation to an agency the actor looks after. Raises NotFound; hidden or missing, after one question."""
    theirs = Invitation.agency_id.in_(people.administered_ids(actor))
    wanted = _open().where(Invitation.id == invitation_id, theirs)
    found = db.session.scalar(wanted.with_for_update(of=Invitation))
    if found is None:
        raise NotFound
    return found


def _may_give(actor: Actor, invitation: Invitation) -> bool:
    far = reach.over(actor, invitation.agency_id, invitation.agency.partnership)
    return reach.is_within(Scope(invitation.scope or Scope.TEAM), far)


def _forget_mail(invitation: Invitation) -> None:
    """Take back what has not left, and empty the text of what has: it holds a link that is worth nothing now."""
    take_back_mail(invitation.id, KIND)
    db.session.execute(update(OutboxMail).where(OutboxMail.about == invitation.id).values(body=""))
