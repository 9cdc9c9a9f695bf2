"""Anyone can check a certificate by its code, and learns four things and no more."""

from datetime import date

import pytest

from lms.certificates import codes
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.db import db, writing
from tests.certificates.conftest import days_ago, title_of

WRONG = "No certificate has this code. Check 0 and O."


@pytest.fixture
def leahs(make, certified) -> Certificate:
    """A certificate of somebody with an unmistakable agency, job and address."""
    leah = make.person(
        "Łucja ap Gwilym", agency=make.agency("Brackenford Health"), job="Orthoptist", starts_on=date(2020, 1, 6)
    )
    return certified(leah, minutes=47)


def test_a_checker_reads_state_name_module_and_dates_and_nothing_else(leahs, nobody):
    page = nobody.get("certificates.check", code=leahs.code)
    until, completed = leahs.valid_until, leahs.completed_on
    valid_until = f"Valid until {until.day} {until:%B %Y}"
    assert page.h1 == valid_until
    assert page.words == (
        f"{valid_until} Name Łucja ap Gwilym Module {title_of()} Completed {completed.day} {completed:%B %Y} "
        "Check another certificate"
    )
    person = leahs.person_id
    for kept_back in (
        "Brackenford", "Orthoptist", "@", "47 minutes", str(leahs.id), str(person), leahs.core_hash[:8], "Version",
    ):  # fmt: skip
        assert kept_back not in page.text, kept_back


def test_what_a_checker_sees_does_not_depend_on_who_looks(leahs, make, nobody, as_user):
    seen = nobody.get("certificates.check", code=leahs.code).words
    assert as_user(make.manager(agency=make.agency())).get("certificates.check", code=leahs.code).words == seen


def test_an_expired_certificate_says_when_it_expired(make, certified, nobody):
    old = certified(make.person(starts_on=date(2020, 1, 6)), on=days_ago(1200))
    page = nobody.get("certificates.check", code=old.code)
    assert page.h1 == f"Expired on {old.valid_until.day} {old.valid_until:%B %Y}"
    assert "Valid" not in page.words


def test_a_withdrawn_certificate_says_when_and_keeps_the_reason_to_its_owner(leahs, nobody):
    with writing() as session:
        row = session.get_one(Certificate, leahs.id)
        row.revoked_at, row.revoked_reason = clock.now(), "Somebody else sat there."
    page = nobody.get("certificates.check", code=leahs.code)
    today = clock.today()
    assert page.h1 == f"Withdrawn on {today.day} {today:%B %Y}"
    assert "Somebody else" not in page.text
    assert "Valid" not in page.words
    assert f"{leahs.valid_until.year}" not in page.words


@pytest.mark.parametrize(
    "typed",
    [
        codes.shown,
        lambda code: code.lower(),
        lambda code: " ".join(code) + " ",
        lambda code: code.replace("0", "o").replace("1", "l"),
    ],
    ids=["as printed", "small letters", "with spaces", "O for 0 and l for 1"],
)
def test_a_code_typed_in_another_way_leads_to_the_one_address(typed, leahs, nobody):
    with writing() as session:
        leahs = session.get_one(Certificate, leahs.id)
        leahs.code = "20K71QF2M9XD4TA8WHP6RCEJ3A"
    text = typed(leahs.code)
    assert text != leahs.code
    for page in (
        nobody.get("certificates.check", code=text, expect=303),
        nobody.get("certificates.verify", query={"code": text}, expect=303),
    ):
        assert page.location == f"/verify/{leahs.code}"
        assert nobody.follow(page).h1.startswith("Valid until")


def test_the_form_leads_to_the_check_page(leahs, nobody):
    page = nobody.get("certificates.verify")
    (form,) = page.forms()
    assert (form.get("method") or "get").lower() == "get"
    assert form.xpath(".//input[@name='code']")
    answer = nobody.get(form.get("action"), query={"code": leahs.code}, expect=303)
    assert answer.location == f"/verify/{leahs.code}"


@pytest.mark.parametrize("text", ["hello", "K7QF-2M9X", "0" * 26, "<b>bold</b>", "Z" * 26, "0" * 25 + "\N{DIGIT NINE}"])
def test_a_wrong_code_is_answered_with_the_form_and_what_was_typed(text, leahs, nobody):
    for page in (
        nobody.get("certificates.verify", query={"code": text}, expect=404),
        nobody.get("certificates.check", code=text, expect=404) if "/" not in text else None,
    ):
        if page is None:
            continue
        assert page.h1 == "Check a certificate"
        assert WRONG in page.words
        assert page.all("//input[@name='code']/@value") == [text]
        assert page.all("//input[@name='code']/@aria-invalid") == ["true"]
        assert page.all("string(//title)").startswith("Error: ")


def test_an_empty_code_is_asked_for(nobody):
    page = nobody.get("certificates.verify", query={"code": ""}, expect=422)
    assert "Enter the code from the certificate" in page.words


def test_something_very_long_is_refused_before_the_database_is_asked(nobody):
    page = nobody.get("certificates.verify", query={"code": "0" * 5000}, expect=422)
    assert "longer than any code" in page.words


def test_the_address_printed_on_paper_shows_the_form_with_and_without_a_slash(nobody):
    assert nobody.get("/verify/").h1 == "Check a certificate"
    assert nobody.follow(nobody.get("/verify", expect=308)).h1 == "Check a certificate"


def test_no_search_engine_may_list_any_check_page(leahs, nobody):
    for page in (
        nobody.get("certificates.check", code=leahs.code),
        nobody.get("certificates.check", code=leahs.code.lower(), expect=303),
        nobody.get("certificates.verify"),
        nobody.get("certificates.check", code="hello", expect=404),
    ):
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert page.headers["Cache-Control"] == "no-store"


def test_the_name_is_shown_as_it_was_issued(leahs, nobody):
    with writing() as session:
        session.get_one(Certificate, leahs.id).name = "<script>alert(1)</script>"
    db.session.rollback()
    page = nobody.get("certificates.check", code=leahs.code)
    assert "<script>alert(1)</script>" in page.words
    assert not page.all("//main//script")
