"""Things that belong to somebody, made in one go, for tests that only need them to be there."""

from datetime import timedelta

from lms.assignments.models import Equivalent, Leave, Level, PriorLearning, Requirement, RequirementVersion
from lms.certificates.correction_models import NameCorrection, as_it_was
from lms.core import clock
from lms.seating.models import SeatingPlan, SeatingRound
from lms.signin import one_time, sealing
from lms.signin.invitation_models import AgencyDomain, Invitation
from lms.signin.models import SecondFactor
from lms.signin.passkey_models import Passkey
from lms.signin.provider_models import IdentityProvider


def rules(session, partnership):
    """A level and a requirement of the partnership, which has not begun."""
    level = Level(partnership=partnership, code="3", name="Level 3")
    asked_of = Requirement(partnership=partnership, kind="module", target="tiers-of-need")
    session.add_all([level, asked_of])
    session.flush()
    begins = clock.today() + timedelta(days=9)
    session.add(RequirementVersion(requirement_id=asked_of.id, first_day=begins, jobs=["Nobody"], why="-"))
    return level, asked_of


def tables(session, trainer):
    rounds = [SeatingRound(number=1, starts_at=session.starts_at, ends_at=session.ends_at)]
    return SeatingPlan(
        session_id=session.id, table_size=6, shown_from=session.starts_at, made_by=trainer.id, rounds=rounds
    )


def corrected(session, certificate, owner, mark):
    """A correction of the name on a certificate, and the certificate as it was before."""
    correction = NameCorrection(
        certificate_id=certificate.id, person_id=owner.id, name="Olive Owner-Reed", reason="Married"
    )
    session.add(correction)
    session.flush()
    old = as_it_was(certificate, correction)
    old.code = mark * 26
    session.add(old)
    return correction, old


def phone_of(owner):
    """A second step that is on, and another phone about to be set up."""
    secret = sealing.sealed(owner.id, one_time.new_secret())
    return SecondFactor(
        person_id=owner.id, secret=secret, new_secret=secret, set_up_at=clock.now(), begun_at=clock.now()
    )


def passkey_of(owner, mark="0"):
    """A passkey that no device has."""
    return Passkey(person_id=owner.id, credential=mark.encode() * 32, public_key=b"0" * 77, name="Work phone")


def invited(them, agency, mark):
    """An open invitation to the agency, and a mail domain that is not proven yet."""
    asked = {"agency_id": agency.id}
    return [
        Invitation(email="new@agency.example", job="Nurse", invited_by=them.admin.id, token_hash=mark * 64, **asked),
        AgencyDomain(domain="agency.example", asked_by=them.admin.id, **asked),
    ]


def provider_of(them, agency):
    """A provider of the agency, which nothing answers for."""
    return IdentityProvider(
        agency_id=agency.id,
        name="Trust",
        issuer="http://127.0.0.1:9",
        client_id="lms",
        client_secret=b"0" * 40,
        domains=["agency.example"],
        made_by=them.admin.id,
    )


def learned(them, agency):
    """Long leave of the owner to come, what was accepted of theirs, and a course that counts as ours."""
    by, first = them.manager.id, clock.today() + timedelta(days=40)
    return [
        Leave(person_id=them.owner.id, agency_id=agency.id, first_day=first, recorded_by=by),
        PriorLearning(
            person_id=them.owner.id,
            agency_id=agency.id,
            target="tiers-of-need",
            title="Elsewhere",
            completed_on=clock.today(),
            evidence="-",
            accepted_by=by,
        ),
        Equivalent(
            partnership=agency.partnership,
            target="tiers-of-need",
            title="Thresholds",
            provider="Council",
            valid_months=36,
            accepted_by=by,
        ),
    ]
