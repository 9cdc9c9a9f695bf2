"""The certificate of a programme on every page that shows certificates, and never taken for that of a module."""

import io
from types import SimpleNamespace

import pytest
from pdfua import Severity, validate
from pypdf import PdfReader
from sqlalchemy import select

from lms.assignments import queries as assignments
from lms.assignments.due import Status
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.db import db, writing
from lms.home import queries as home
from lms.people.models import Person
from tests.certificates.conftest import title_of
from tests.support.offering import LEAD, TIERS, finish, offering, programme


@pytest.fixture
def leah(app, make):
    """Somebody with a manager, who has finished a programme of two modules."""
    team = make.team(make.agency("Brackenford Health"))
    them = SimpleNamespace(person=make.person("Leah Stone", team=team, job="Orthoptist"), boss=make.manager(team=team))
    with offering(app, programme("core", LEAD, TIERS)):
        finish(them.person, LEAD, TIERS)
        them.certificate = db.session.scalar(select(Certificate).where(Certificate.programme == "core"))
        yield them


def withdraw(person: Person, module: str) -> None:
    with writing() as session:
        row = session.scalar(
            select(Certificate).where(Certificate.person_id == person.id, Certificate.module == module)
        )
        row.revoked_at, row.revoked_reason = clock.now(), "A slip."


def test_the_record_lists_it_beside_the_modules_and_counts_no_minute_twice(leah, as_user):
    page = as_user(leah.person).get("certificates.record")
    rows = [" ".join(row.text_content().split()) for row in page.all("//ul[contains(@class,'rows')]/li")]
    assert len(rows) == 3
    (row,) = (row for row in rows if row.startswith("Programme core"))
    assert "Programme · completed" in row
    assert "In date until" in row
    minutes = leah.certificate.minutes
    assert f"completed 2 modules: {minutes // 60} h {minutes % 60} min of training" in page.words


def test_my_training_has_it_in_date_and_counts_no_minute_twice(leah, as_user):
    page = as_user(leah.person).get("home.home")
    (row,) = page.all(f"//section[@aria-labelledby='done']//li[.//a[contains(@href, '{leah.certificate.id}')]]")
    assert "Programme · finished" in row.text_content()
    minutes = leah.certificate.minutes
    assert f"{minutes // 60} h {minutes % 60} min" in page.words
    assert page.all("count(//section[@aria-labelledby='done']//li)") == 3


def test_the_certificate_says_programme_and_lists_its_modules_with_their_versions(leah, as_user):
    page = as_user(leah.person).get("certificates.show", certificate_id=leah.certificate.id)
    assert page.h1 == "Leah Stone"
    assert "has completed the programme Programme core" in page.words
    for part in leah.certificate.modules:
        assert f"{part['title']}, version {part['version']}" in page.words
    assert "Version 3" in page.words
    assert "Your name, the programme and its modules, the dates" in page.words


def test_a_checker_reads_the_programme_and_its_modules_and_nothing_else(leah, nobody):
    one = leah.certificate
    page = nobody.get("certificates.check", code=one.code)
    until, completed = (f"{day.day} {day:%B %Y}" for day in (one.valid_until, one.completed_on))
    assert page.words == (
        f"Valid until {until} Name Leah Stone Programme Programme core Its modules {title_of(LEAD)} {title_of(TIERS)} "
        f"Completed {completed} Check another certificate"
    )
    for kept_back in ("Brackenford", "Orthoptist", "@", str(one.id), one.core_hash[:8], "ersion"):
        assert kept_back not in page.text, kept_back


def test_the_pdf_is_accessible_and_lists_the_modules(leah, as_user, tmp_path):
    answer = as_user(leah.person).get("certificates.pdf", certificate_id=leah.certificate.id)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="certificate-core.pdf"'
    file = tmp_path / "certificate.pdf"
    file.write_bytes(answer.data)
    assert [finding.message for finding in validate(str(file)).findings if finding.severity >= Severity.WARNING] == []
    (sheet,) = PdfReader(io.BytesIO(answer.data)).pages
    text = " ".join(sheet.extract_text().split())
    for words in ("has completed the programme Programme core", title_of(LEAD), leah.certificate.shown_code):
        assert words in text


def test_nobody_else_opens_it(leah, make, as_user):
    for other in (leah.boss, make.person()):
        for endpoint in ("certificates.show", "certificates.pdf"):
            as_user(other).get(endpoint, certificate_id=leah.certificate.id, expect=404)


def test_it_stands_for_no_module_in_what_is_required_or_reported(leah, actor, as_user):
    """A module whose own certificate was withdrawn is not in date because a programme's is."""
    withdraw(leah.person, LEAD)
    db.session.rollback()
    found = {one.module: one for one in assignments.own(actor(leah.person))}
    assert found[LEAD].status is not Status.CURRENT
    assert found[LEAD].valid_until is None
    assert found[TIERS].status is Status.CURRENT
    history = assignments.history(select(Person.id).where(Person.id == leah.person.id))
    assert sorted(past.module for past in history) == [LEAD, TIERS]
    assert "Programme core" not in as_user(leah.boss).get("reports.person", person_id=leah.person.id).words
    assert "Programme core" not in as_user(leah.boss).get("reports.completion_csv").text


def test_what_is_to_be_renewed_next_is_a_module_never_a_programme(app, leah, actor):
    with writing() as session:
        session.get_one(Certificate, leah.certificate.id).valid_until = clock.today()
    db.session.rollback()
    with app.test_request_context("/"):
        mine = home.my_training(actor(leah.person))
    assert {one.programme for one in mine.in_date} == {"core", ""}
    assert mine.renew_next.module in (LEAD, TIERS)
