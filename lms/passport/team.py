"""The certificates of a manager's people as one file: which ones, their names, and the note of who took them."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from lms.audit import actions as audit
from lms.audit.models import AuditEntry, Why
from lms.certificates import pdf as paper
from lms.certificates.models import Certificate
from lms.certificates.sheets import snapshot
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, separate
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Role
from lms.passport import queries
from lms.passport.bundle import zipped
from lms.passport.file_names import file_name, numbered
from lms.people import policy
from lms.people.models import Membership

MOST = 300
READ_AT_MOST = 2_000  # rows, before of each module the one that lasts longest is chosen
SEEN = "certificate"
LEFT_OUT = "Not in this file.txt"


class TooMany(Refusal):
    """Each certificate is a PDF that is made for this file, so there is a limit."""

    sentence = f"These are more than {MOST} certificates, the most that one file takes. Choose one team and try again."


class NoneInDate(Refusal):
    """There is nothing to put into the file."""

    sentence = "None of these people has a certificate in date, so there is no file."


def reach(actor: Actor, agency_id: UUID | None, team_id: UUID | None) -> ColumnElement[bool]:
    """SQL on `Membership`: present memberships of the people the actor manages, of one agency or team where one is
    named. A coordinator manages nobody by being one. Raises NotFound for somebody who manages nobody.
    """
    scopes = []
    if actor.managed_agencies:
        scopes.append(Membership.agency_id.in_(actor.managed_agencies))
    if actor.managed_teams:
        scopes.append(Membership.team_id.in_(actor.managed_teams))
    if not scopes:
        raise NotFound
    rules = [or_(*scopes), policy.is_current(clock.today())]
    if agency_id:
        rules.append(Membership.agency_id == agency_id)
    if team_id:
        rules.append(Membership.team_id == team_id)
    return and_(*rules)


def certificates(actor: Actor, agency_id: UUID | None = None, team_id: UUID | None = None) -> list[Certificate]:
    """The certificates in date of the actor's people, by name and title; of each person and module the one that lasts
    longest. One query. Raises NotFound where the actor has no people, TooMany or NoneInDate.
    """
    people = select(Membership.person_id).where(reach(actor, agency_id, team_id))
    if db.session.scalar(people.limit(1)) is None:
        raise NotFound
    found = db.session.scalars(
        select(Certificate)
        .where(
            Certificate.person_id.in_(people),
            Certificate.valid_until >= clock.today(),
            Certificate.revoked_at.is_(None),
        )
        .limit(READ_AT_MOST + 1)
    ).all()
    by_person: dict[UUID, list[Certificate]] = {}
    for one in found:
        by_person.setdefault(one.person_id, []).append(one)
    chosen = [one for owned in by_person.values() for one in queries.in_date(owned)]
    if len(found) > READ_AT_MOST or len(chosen) > MOST:
        raise TooMany
    if not chosen:
        raise NoneInDate
    return sorted(chosen, key=lambda one: (one.name, one.title, one.completed_on, one.id))


def taken(actor: Actor, chosen: Sequence[Certificate]) -> None:
    """Note that the actor took these certificates away, and, for each person, that theirs is among them."""
    people = list(dict.fromkeys(one.person_id for one in chosen))
    with separate() as session:
        detail = {"people": len(people), "certificates": len(chosen)}
        session.add(AuditEntry(actor_id=actor.id, action="certificates.taken", detail=detail))
    audit.viewed(actor, people, SEEN, Why.REPORT, Role.MANAGER)


def bundle(chosen: Sequence[Certificate]) -> Iterator[bytes]:
    """The certificates as one zip of PDFs, made while it is sent. What no font can draw is named in a text file."""
    names = numbered(file_name(one.name, one.title, one.completed_on) for one in chosen)
    sheets = [(name, snapshot(one)) for name, one in zip(names, chosen, strict=True)]
    return zipped(_files(sheets), clock.local(clock.now()))


def _files(sheets: Sequence[tuple[str, paper.Snapshot]]) -> Iterator[tuple[str, bytes]]:
    left_out = []
    for name, sheet in sheets:
        try:
            yield name, paper.render(sheet)
        except paper.CannotPrint as fault:
            left_out.append(f"{name}: {fault.sentence}")
    if left_out:
        yield LEFT_OUT, "\r\n".join([*left_out, ""]).encode()
