"""The passport as page, PDF and signed file, and the page on which anyone checks the file."""

import io
import json
from datetime import timedelta

import pytest
import time_machine
from pdfua import Severity, validate
from pypdf import PdfReader
from sqlalchemy import event

from lms.catalogue.shelf import library
from lms.certificates.models import Certificate
from lms.cohorts.states import Mark
from lms.core import clock
from lms.core.db import db, writing


@pytest.fixture
def leah(partnership, joint_day, certified):
    """Somebody with a certificate and a joint day; `.certificate` is the first."""
    person = partnership.person(1, name="Łucja Stone")
    person.certificate = certified(person, minutes=40)
    joint_day([(person, Mark.PRESENT), (partnership.person(2), Mark.PRESENT)], title="Who leads")
    return person


@pytest.fixture
def taken(leah, as_user):
    """Her passport file, as she downloaded it."""
    return as_user(leah).get("passport.file")


def hand_in(visitor, data: bytes, expect: int = 200):
    page = visitor.get("passport.check")
    token = page.all("//input[@name='csrf_token']/@value")[0]
    answer = visitor.client.post(
        "/verify/passport",
        data={"csrf_token": token, "file": (io.BytesIO(data), "passport.json")},
        content_type="multipart/form-data",
    )
    return visitor._page(answer, expect)


def test_the_page_says_what_the_file_says(leah, as_user, taken):
    page = as_user(leah).get("passport.show")
    for words in ("Łucja Stone", leah.certificate.title, leah.certificate.shown_code, "Who leads"):
        assert words in page.words
        assert words in taken.data.decode()
    assert taken.headers["Content-Type"] == "application/json"
    assert taken.headers["Content-Disposition"].startswith('attachment; filename="passport-')


def test_the_file_holds_no_score_employer_job_address_or_identity(leah, taken):
    text = taken.data.decode()
    for secret in (leah.email, "Agency B", "Health visitor", "score", str(leah.id), str(leah.certificate.id)):
        assert secret not in text
    entry = json.loads(text)["entries"][0]
    assert entry["course"] == leah.certificate.title
    assert entry["level"] == library().module("lead-professional").level
    assert entry["minutes"] == 40


def test_anyone_checks_the_file_without_an_account(nobody, taken, leah):
    page = hand_in(nobody, taken.data)
    assert page.h1.startswith("This passport is good until")
    assert "Łucja Stone" in page.words
    row = page.all("//tbody/tr[1]")[0].text_content()
    assert "Valid" in row
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_a_certificate_withdrawn_since_says_so_today(nobody, taken, leah):
    with writing() as session:
        session.get_one(Certificate, leah.certificate.id).revoked_at = clock.now()
    assert "Withdrawn on" in hand_in(nobody, taken.data).words


def test_a_changed_file_is_refused_and_nothing_of_it_is_shown(nobody, taken):
    page = hand_in(nobody, taken.data.replace("Łucja Stone".encode(), b"Eve Stone"), expect=422)
    assert "This file was changed after it was made" in page.words
    assert "Eve Stone" not in page.text


def test_no_file_is_refused_in_words(nobody):
    assert "This is not a passport file" in hand_in(nobody, b"", expect=422).words
    assert "This is not a passport file" in hand_in(nobody, b"%PDF-1.7", expect=422).words


def test_a_file_that_ran_out_is_refused(nobody, taken):
    with time_machine.travel(clock.now() + timedelta(days=367), tick=False):
        assert "This file ended on" in hand_in(nobody, taken.data, expect=422).words


def test_the_check_page_answers_for_nobody_without_a_file(nobody, leah):
    page = nobody.get("passport.check", query={"name": "Łucja Stone", "code": leah.certificate.code})
    assert "Łucja" not in page.text
    assert page.h1 == "Check a passport"


def test_checking_writes_nothing(nobody, taken, app):
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement.split()[0])

    event.listen(db.engine, "before_cursor_execute", note)
    hand_in(nobody, taken.data)
    event.remove(db.engine, "before_cursor_execute", note)
    assert set(sent) <= {"SELECT", "BEGIN"}


def test_the_pdf_is_accessible_and_says_the_same(leah, as_user, tmp_path):
    answer = as_user(leah).get("passport.pdf")
    file = tmp_path / "passport.pdf"
    file.write_bytes(answer.data)
    assert [one.message for one in validate(str(file)).findings if one.severity >= Severity.WARNING] == []
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split())
    for words in ("Łucja Stone", leah.certificate.title, "Who leads", "This sheet itself is not signed"):
        assert words in text
    assert "".join(leah.certificate.shown_code.split()) in text.replace(" ", "")


def test_somebody_new_can_have_a_passport_that_says_nothing_yet(make, as_user, nobody):
    visitor = as_user(make.person("Ben"))
    assert "None." in visitor.get("passport.show").words
    assert visitor.get("passport.pdf").data.startswith(b"%PDF")
    assert hand_in(nobody, visitor.get("passport.file").data).status == 200


def test_a_stranger_is_sent_to_sign_in(nobody):
    for endpoint in ("passport.show", "passport.pdf", "passport.file"):
        assert nobody.get(endpoint, expect=303).location.startswith("/sign-in")
