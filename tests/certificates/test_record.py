"""A person's own record: the list, the certificate and its PDF, for them and nobody else."""

import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from pdfua import Severity, validate
from pypdf import PdfReader
from sqlalchemy import event

from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from tests.certificates.conftest import days_ago, title_of


@pytest.fixture
def statements(app):
    """Every statement the database is asked, as it happens."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            asked.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        yield asked
        event.remove(db.engine, "before_cursor_execute", note)


def withdraw(certificate: Certificate, reason: str = "Issued by mistake.") -> None:
    with writing() as session:
        row = session.get_one(Certificate, certificate.id)
        row.revoked_at, row.revoked_reason = clock.now(), reason


def test_somebody_new_reads_where_the_first_certificate_will_be(make, as_user):
    page = as_user(make.person()).get("certificates.record")
    assert page.h1 == "Certificates"
    assert "Your first certificate appears here when you finish a module." in page.words


def test_the_record_lists_what_was_completed_newest_first_with_its_state(make, certified, as_user):
    leah = make.person(starts_on=date(2020, 1, 6))
    old = certified(leah, module="tiers-of-need", on=days_ago(1200))
    gone = certified(leah, module="leading-integrated-services", on=days_ago(40))
    new = certified(leah, module="lead-professional")
    withdraw(gone)
    page = as_user(leah).get("certificates.record")
    rows = page.all("//ul[contains(@class,'rows')]/li")
    assert [row.xpath("string(.//h3)") for row in rows] == [new.title, gone.title, old.title]
    said = [" ".join(row.text_content().split()) for row in rows]
    today = clock.today()
    assert f"In date until {new.valid_until.day} {new.valid_until:%B %Y}" in said[0]
    assert f"Withdrawn on {today.day} {today:%B %Y}" in said[1]
    assert f"Expired on {old.valid_until.day} {old.valid_until:%B %Y}" in said[2]
    pdfs = [bool(row.xpath(".//a[contains(@href,'.pdf')]")) for row in rows]
    assert pdfs == [True, False, True], "a withdrawn certificate offers no PDF"


def test_the_record_adds_up_the_hours_of_this_year_only(make, certified, as_user):
    leah = make.person(starts_on=date(2020, 1, 6))
    certified(leah, module="lead-professional", minutes=50)
    certified(leah, module="tiers-of-need", minutes=40)
    certified(leah, module="leading-integrated-services", minutes=33, on=date(clock.today().year - 1, 12, 31))
    words = as_user(leah).get("certificates.record").words
    assert "This year you have completed 2 modules: 1 h 30 min of training." in words


def test_a_withdrawn_certificate_counts_no_hours(make, certified, as_user):
    leah = make.person()
    withdraw(certified(leah))
    assert "You have not completed a module yet this year." in as_user(leah).get("certificates.record").words


def test_the_certificate_shows_what_it_records_and_how_to_check_it(make, certified, as_user, app):
    leah = make.person("Łucja ap Gwilym", agency=make.agency("Brackenford Community Health"), job="health visitor")
    one = certified(leah, minutes=40)
    page = as_user(leah).get("certificates.show", certificate_id=one.id)
    address = f"{app.extensions['settings'].base_url}/verify/{one.code}"
    assert page.h1 == "Łucja ap Gwilym"
    assert page.all("string(//title)").startswith("Łucja ap Gwilym")
    for words in ("health visitor, Brackenford Community Health", title_of(), "40 minutes", one.shown_code):
        assert words in page.words
    assert page.all("//input[@id='address']/@value") == [address]
    assert page.all("//*[@class='qr'][@role='img'][@aria-label]/*[name()='svg']/*[name()='path']")
    assert not page.all("//main//button"), "without script there must be no button that does nothing"
    assert as_user(leah).get(f"/verify/{one.code}").h1.startswith("Valid until")


def test_a_withdrawn_certificate_says_so_and_why_to_its_owner(make, certified, as_user):
    leah = make.person()
    one = certified(leah)
    withdraw(one, "The register was for another Leah.")
    visitor = as_user(leah)
    page = visitor.get("certificates.show", certificate_id=one.id)
    assert "Withdrawn on" in page.words
    assert "The register was for another Leah." in page.words
    assert not page.all("//a[contains(@href, '.pdf')]")
    refused = visitor.get("certificates.pdf", certificate_id=one.id, expect=422)
    assert "withdrawn" in refused.words


def test_the_pdf_is_accessible_and_holds_the_name(make, certified, as_user, tmp_path):
    leah = make.person("Łucja Żółć-Gwilym")
    one = certified(leah)
    answer = as_user(leah).get("certificates.pdf", certificate_id=one.id)
    assert answer.headers["Content-Type"] == "application/pdf"
    file = tmp_path / "certificate.pdf"
    file.write_bytes(answer.data)
    assert [finding.message for finding in validate(str(file)).findings if finding.severity >= Severity.WARNING] == []
    (sheet,) = PdfReader(io.BytesIO(answer.data)).pages
    text = " ".join(sheet.extract_text().split())
    for words in ("Łucja Żółć-Gwilym", title_of(), one.shown_code):
        assert words in text


def test_the_pdfs_file_name_says_the_module_in_plain_letters_and_never_the_person(make, certified, as_user):
    leah = make.person("Łucja Gwilym")
    one = certified(leah)
    answer = as_user(leah).get("certificates.pdf", certificate_id=one.id)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="certificate-lead-professional.pdf"'


def test_a_name_no_font_can_draw_is_refused_in_plain_words(make, certified, as_user):
    one_name = make.person("Asha \U00012000\U00012001")
    one = certified(one_name)
    page = as_user(one_name).get("certificates.pdf", certificate_id=one.id, expect=422)
    assert "We cannot print" in page.words
    assert as_user(one_name).get("certificates.show", certificate_id=one.id).h1 == one_name.name


@pytest.fixture
def others(make):
    """Everyone else who might try: same team, same agency, the whole partnership, another one."""
    team = make.team(make.agency("Brackenford Community Health"))
    owner = make.person("Leah Stone", team=team)
    everywhere = {
        "colleague": make.person(team=team),
        "trainer": make.trainer(agency=team.agency),
        "team manager": make.manager(team=team),
        "agency manager": make.manager(agency=team.agency),
        "coordinator": make.person(roles=((Role.COORDINATOR, Scope.PARTNERSHIP),)),
        "administrator": make.person(roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),)),
        "observer": make.person(roles=((Role.OBSERVER, Scope.PARTNERSHIP),)),
        "author": make.person(roles=((Role.AUTHOR, Scope.PARTNERSHIP),)),
        "other partnership": make.manager(agency=make.agency(partnership="Westmark")),
    }
    return owner, everywhere


@pytest.mark.parametrize("endpoint", ["certificates.show", "certificates.pdf"])
def test_nobody_else_opens_a_certificate_whatever_their_role(endpoint, others, certified, as_user):
    owner, everyone_else = others
    one = certified(owner)
    as_user(owner).get(endpoint, certificate_id=one.id)
    missing = as_user(owner).get(endpoint, certificate_id=uuid4(), expect=404)
    for role, person in everyone_else.items():
        page = as_user(person).get(endpoint, certificate_id=one.id, expect=404)
        assert page.words == missing.words, f"{role} can tell that it exists"


def test_nobody_elses_record_holds_it(others, certified, as_user):
    owner, everyone_else = others
    one = certified(owner)
    for role, person in everyone_else.items():
        page = as_user(person).get("certificates.record")
        assert str(one.id) not in page.text, role
        assert "Your first certificate appears here" in page.words


@pytest.mark.parametrize("endpoint", ["certificates.show", "certificates.pdf", "certificates.record"])
def test_somebody_who_has_not_signed_in_is_sent_to_sign_in(endpoint, make, certified, nobody):
    given = {} if endpoint == "certificates.record" else {"certificate_id": certified(make.person()).id}
    page = nobody.get(endpoint, expect=303, **given)
    assert page.location.startswith("/sign-in?next=")


def test_a_leaver_keeps_their_record(make, certified, as_user):
    leah = make.person(ends_on=clock.today() - timedelta(days=1))
    one = certified(leah, on=days_ago(30))
    visitor = as_user(leah)
    assert one.title in visitor.get("certificates.record").words
    assert visitor.get("certificates.pdf", certificate_id=one.id).data.startswith(b"%PDF")


@pytest.mark.slow
def test_pages_ask_the_database_the_same_few_questions_however_long_the_record(make, certified, as_user, statements):
    leah = make.person(starts_on=date(2020, 1, 6))
    one = certified(leah)
    visitor = as_user(leah)

    def asked(endpoint: str, **given: object) -> int:
        statements.clear()
        visitor.get(endpoint, **given)
        return len(statements)

    with_one = asked("certificates.record")
    for day in range(1, 30):
        certified(leah, on=days_ago(day))
    assert asked("certificates.record") == with_one
    assert with_one <= 3
    assert asked("certificates.show", certificate_id=one.id) <= 5
    assert asked("certificates.pdf", certificate_id=one.id) <= 3
    assert asked("certificates.check", code=one.code) <= 3
