"""Somebody whose posts have ended: what is theirs stays with them, and nothing of the agencies does."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.cohorts.states import Mark
from lms.core import clock
from lms.core.db import writing
from lms.people.models import Membership
from tests.certificates.conftest import days_ago
from tests.passport.test_passport import hand_in


@pytest.fixture
def leaver(partnership, joint_day, certified):
    """A trainer and manager with a record, who left yesterday."""
    person = partnership.make.manager(agency=partnership.agencies[1], name="Leah Stone")
    person.certificate = certified(person, on=days_ago(40))
    person.day = joint_day([(person, Mark.PRESENT), (partnership.person(2, name="Noor Aziz"), Mark.PRESENT)])
    with writing() as session:
        for post in session.scalars(select(Membership).where(Membership.person_id == person.id)):
            post.ends_on = clock.today() - timedelta(days=1)
    return person


def test_a_leaver_signs_in_and_has_their_record(leaver, as_user):
    visitor = as_user(leaver)
    assert visitor.get("home.home").h1 == "My training"
    words = visitor.get("record.record").words
    assert leaver.certificate.title in words
    assert "Who leads, and who decides" in words
    assert visitor.get("certificates.show", certificate_id=leaver.certificate.id).h1 == "Leah Stone"
    assert visitor.get("certificates.pdf", certificate_id=leaver.certificate.id).data.startswith(b"%PDF")
    visitor.get("looked.listed")


def test_a_leaver_takes_a_passport_along_that_a_new_employer_checks(leaver, as_user, nobody):
    visitor = as_user(leaver)
    assert visitor.get("passport.pdf").data.startswith(b"%PDF")
    page = hand_in(nobody, visitor.get("passport.file").data)
    assert leaver.certificate.title in page.words
    assert "Agency B" not in page.text


@pytest.mark.slow
def test_a_leaver_sees_nothing_of_agencies(leaver, as_user):
    visitor = as_user(leaver)
    for endpoint in ("reports.completion", "bundle.certificates", "people.agencies", "building.cohorts"):
        visitor.get(endpoint, expect=403)
    page = visitor.get("cohorts.show", cohort_id=leaver.day.id)
    assert "Noor" not in page.text
    assert visitor.get("cohorts.joint_days").status == 200
    menu = visitor.get("record.record").all("//nav[@aria-label='Main']//a/text()")
    assert menu == ["My training", "Modules", "Joint days", "Record"]


def test_nobody_at_the_agency_sees_a_leaver_and_the_certificate_still_checks(leaver, partnership, as_user, nobody):
    boss = partnership.make.manager(agency=partnership.agencies[1])
    assert "Leah Stone" not in as_user(boss).get("reports.completion").text
    assert nobody.get("certificates.check", code=leaver.certificate.code).h1.startswith("Valid until")
