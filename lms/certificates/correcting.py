"""Correcting the name on a certificate: the owner asks, somebody else decides, and the old certificate is kept."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import joinedload

from lms.audit import actions as audit
from lms.certificates import codes, queries
from lms.certificates.correction import Outcome, name_asked
from lms.certificates.correction_models import NameCorrection, ReplacedCertificate, as_it_was
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Role
from lms.notifications.actions import Terms, queue
from lms.notifications.models import OutboxMail
from lms.notifications.rechecking import Text, as_it_is
from lms.people import queries as people
from lms.people.models import Agency, Membership, Person
from lms.web.links import absolute

LONGEST_REASON = 300
DECIDERS = (Role.COORDINATOR, Role.ADMINISTRATOR)


class Withdrawn(Refusal):
    """A withdrawn certificate is not issued anew."""

    sentence = "This certificate was withdrawn, so it cannot be issued again."


class AskedBefore(Refusal):
    """One request at a time for each certificate."""

    sentence = "You have asked for a corrected name already, and nobody has decided yet."


class DecidedBefore(Refusal):
    """A request is decided once; the first answer went out."""

    sentence = "Somebody has decided this already. Their decision stands, and nothing was changed."


def decides(actor: Actor) -> ColumnElement[bool]:
    """SQL on `NameCorrection`: requests of people who work or have worked in a partnership of which the actor is
    coordinator or administrator; never one's own.
    """
    whole = frozenset().union(*(actor.partnerships(role) for role in DECIDERS))
    worked = exists().where(
        Membership.person_id == NameCorrection.person_id,
        Membership.agency_id == Agency.id,
        Agency.partnership.in_(whole),
    )
    return and_(NameCorrection.person_id != actor.id, worked.correlate(NameCorrection))


def ask(actor: Actor, certificate_id: UUID, name: str, reason: str) -> NameCorrection:
    """Ask that one of one's own certificates is issued anew with another name; those who decide get a mail.

    Raises NotFound, Withdrawn, NotAName, SameName or AskedBefore.
    """
    certificate = queries.get(actor, certificate_id)
    db.session.refresh(certificate, with_for_update=True)
    if certificate.revoked_at is not None:
        raise Withdrawn
    wanted = name_asked(name, certificate.name)
    last = latest(certificate)
    if last is not None and last.is_open:
        raise AskedBefore
    made = NameCorrection(certificate_id=certificate.id, person_id=actor.id, name=wanted, reason=reason)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "certificate.correction_asked", certificate.id)
    for person in _who_decides(actor):
        link = absolute("correcting.decide", correction_id=made.id)
        queue("certificates/name_asked", to=person, terms=Terms(about=made.id), link=link)
    return made


def still_asked(mail: OutboxMail) -> Text | None:
    """What the mail to whoever decides says now; None when it was decided, or is not theirs to decide any more."""
    if mail.about is None:
        return as_it_is(mail)
    reader = people.actor(db.session.get_one(Person, mail.person_id))
    open_ = select(NameCorrection.id).where(NameCorrection.id == mail.about, NameCorrection.outcome == Outcome.OPEN)
    return as_it_is(mail) if db.session.scalar(open_.where(decides(reader))) else None


def _who_decides(owner: Actor) -> Sequence[Person]:
    """The coordinators of the owner's partnerships, or else their administrators; never the owner."""
    worked = select(Agency.partnership).join(Membership).where(Membership.person_id == owner.id).distinct()
    partnerships = sorted(db.session.scalars(worked))
    for role in DECIDERS:
        found = {one.id: one for place in partnerships for one in people.holding(role, place) if one.id != owner.id}
        if found:
            return list(found.values())
    return []


def decide(actor: Actor, correction_id: UUID, *, approve: bool, answer: str) -> NameCorrection:
    """Issue the certificate anew with the name that was asked for and keep the old one, or say why not; the owner gets
    a mail. Raises NotFound, DecidedBefore or Withdrawn.
    """
    found = get(actor, correction_id)
    certificate = found.certificate
    db.session.refresh(certificate, with_for_update=True)
    db.session.refresh(found)
    if not found.is_open:
        raise DecidedBefore
    if approve and certificate.revoked_at is not None:
        raise Withdrawn
    found.outcome = (Outcome.CORRECTED if approve else Outcome.KEPT).value
    found.answer, found.decided_by, found.decided_at = answer, actor.id, clock.now()
    if approve:
        db.session.add(as_it_was(certificate, found))
        certificate.name, certificate.code = found.name, codes.new_code()
        db.session.flush()
    audit.record(actor, f"certificate.name_{found.outcome}", certificate.id)
    link = absolute("certificates.show", certificate_id=certificate.id)
    queue(f"certificates/name_{found.outcome}", to=found.person, title=certificate.title, link=link)
    return found


def get(actor: Actor, correction_id: UUID) -> NameCorrection:
    """One request that the actor decides. Raises NotFound for every other."""
    wanted = select(NameCorrection).where(NameCorrection.id == correction_id, decides(actor))
    found = db.session.scalar(wanted.options(joinedload(NameCorrection.certificate), joinedload(NameCorrection.person)))
    if found is None:
        raise NotFound
    return found


def listed(actor: Actor, most: int) -> Sequence[NameCorrection]:
    """Requests the actor decides: open ones first, then the latest. One query."""
    return db.session.scalars(
        select(NameCorrection)
        .where(decides(actor))
        .options(joinedload(NameCorrection.certificate), joinedload(NameCorrection.person))
        .order_by(NameCorrection.decided_at.is_not(None), NameCorrection.asked_at.desc(), NameCorrection.id)
        .limit(most)
    ).all()


def waiting(actor: Actor) -> int:
    """How many requests wait for the actor; 0 for somebody who decides none. One query, or none."""
    if not any(actor.partnerships(role) for role in DECIDERS):
        return 0
    open_ = select(func.count()).select_from(NameCorrection)
    return db.session.scalar(open_.where(decides(actor), NameCorrection.outcome == Outcome.OPEN)) or 0


def latest(certificate: Certificate) -> NameCorrection | None:
    """The latest request about a certificate; the caller has loaded it as its owner."""
    return db.session.scalar(
        select(NameCorrection)
        .where(NameCorrection.certificate_id == certificate.id)
        .order_by(NameCorrection.asked_at.desc(), NameCorrection.id)
        .limit(1)
    )


def before(certificate: Certificate) -> Sequence[ReplacedCertificate]:
    """What a certificate was before each correction, newest first; the caller has loaded it as its owner."""
    return db.session.scalars(
        select(ReplacedCertificate)
        .where(ReplacedCertificate.certificate_id == certificate.id)
        .order_by(ReplacedCertificate.replaced_at.desc(), ReplacedCertificate.id)
    ).all()


def get_before(actor: Actor, certificate_id: UUID, replaced_id: UUID) -> ReplacedCertificate:
    """One of the actor's own certificates as it was. Raises NotFound."""
    certificate = queries.get(actor, certificate_id)
    for one in before(certificate):
        if one.id == replaced_id:
            return one
    raise NotFound


def replaced(text: str) -> ReplacedCertificate | None:
    """The replaced certificate whose code a person typed; None when there is none."""
    code = codes.read(text)
    return db.session.scalar(select(ReplacedCertificate).where(ReplacedCertificate.code == code)) if code else None


def words_of(shown_codes: Sequence[str]) -> dict[str, str]:
    """How the certificates with these codes stand today, in words, by code as it was given; for whoever holds the
    codes. Two queries.
    """
    asked = {code: shown for shown in shown_codes if (code := codes.read(shown))}
    now = db.session.scalars(select(Certificate).where(Certificate.code.in_(list(asked))))
    old = db.session.scalars(select(ReplacedCertificate).where(ReplacedCertificate.code.in_(list(asked))))
    return {asked[one.code]: one.state.words for one in now} | {asked[one.code]: one.words for one in old}
