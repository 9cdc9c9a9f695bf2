"""Reads about certificates: a person's own, and the one that a code belongs to."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from lms.catalogue.content import Programme
from lms.certificates import codes, policy
from lms.certificates.models import Certificate
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound


def own(actor: Actor) -> Sequence[Certificate]:
    """The actor's certificates, newest first: in date, expired and withdrawn ones. One query."""
    return db.session.scalars(
        select(Certificate)
        .where(policy.visible(actor))
        .order_by(Certificate.completed_on.desc(), Certificate.issued_at.desc(), Certificate.id)
    ).all()


def counted_in(certificates: Iterable[Certificate], year: int) -> list[Certificate]:
    """Of some certificates, those whose minutes count as hours of that year: a programme's do not, because each of its
    modules has its own.
    """
    return [
        one
        for one in certificates
        if one.completed_on.year == year and not one.programme and one.state.kind != "revoked"
    ]


def get(actor: Actor, certificate_id: UUID) -> Certificate:
    """One of the actor's own certificates. Raises NotFound for anyone else's."""
    found = db.session.scalar(select(Certificate).where(Certificate.id == certificate_id, policy.visible(actor)))
    if found is None:
        raise NotFound
    return found


def held(person_id: UUID, modules: Collection[str], today: date) -> dict[str, Certificate]:
    """The certificates of a person that are in date on a day, by module (of these only); of several of one module, the
    one that lasts longest. For actions that have chosen the person themselves.
    """
    wanted = select(Certificate).where(
        Certificate.person_id == person_id, Certificate.module.in_(modules), *_counts(today)
    )
    found = db.session.scalars(wanted.order_by(Certificate.valid_until, Certificate.completed_on, Certificate.id))
    return {one.module: one for one in found}


def holds_programme(person_id: UUID, programme: str, today: date) -> bool:
    """Whether a person has a certificate of this programme that is in date on a day."""
    wanted = select(Certificate.id).where(
        Certificate.person_id == person_id, Certificate.programme == programme, *_counts(today)
    )
    return db.session.scalar(wanted.limit(1)) is not None


def waiting_for_programme(programme: Programme, today: date) -> Sequence[tuple[UUID, date]]:
    """People who hold all required modules of a programme in date and have no certificate of it in date, each with the
    day the last of these modules was finished; without those who finished nothing for it since their last certificate
    of it, be it run out or withdrawn. One query, for the clock alone.
    """
    ready = (
        select(Certificate.person_id, func.max(Certificate.completed_on).label("finished_on"))
        .where(Certificate.module.in_(programme.required), *_counts(today))
        .group_by(Certificate.person_id)
        .having(func.count(Certificate.module.distinct()) == len(programme.required))
        .subquery()
    )
    has_one = (
        select(Certificate.id)
        .where(Certificate.person_id == ready.c.person_id, Certificate.programme == programme.slug)
        .where(or_(Certificate.completed_on >= ready.c.finished_on, and_(*_counts(today))))
    )
    found = db.session.execute(select(ready.c.person_id, ready.c.finished_on).where(~has_one.exists()))
    return [(person_id, finished_on) for person_id, finished_on in found]


def _counts(today: date) -> tuple[ColumnElement[bool], ...]:
    """SQL on `Certificate`: in date on that day and not withdrawn."""
    return Certificate.valid_until >= today, Certificate.revoked_at.is_(None)


def by_code(text: str) -> Certificate | None:
    """The certificate whose code a person typed, however they typed it; None when no certificate has it.

    Needs no actor: whoever holds the code may check it. What a checker is shown is the check page's business.
    """
    code = codes.read(text)
    return db.session.scalar(select(Certificate).where(Certificate.code == code)) if code else None
