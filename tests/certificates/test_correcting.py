"""Correcting the name on a certificate: who asks, who decides, what is kept, and what a checker is told."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from lms.audit.models import AuditEntry, RecordView
from lms.certificates.correction import NotAName, SameName, name_asked
from lms.certificates.correction_models import NameCorrection, ReplacedCertificate
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.notifications import delivering
from lms.notifications.models import OutboxMail
from lms.people.models import Membership
from tests.certificates.conftest import days_ago
from tests.notifications.conftest import Bag
from tests.support.leaving import LOSSES

WANTED = "Leah Stone-Hughes"


@pytest.fixture
def leah(make):
    return make.person("Leah Ston", agency=make.agency("Brackenford Community Health"))


@pytest.fixture
def coordinator(make, leah):
    return make.person("Cora", agency=make.agency("Council"), roles=((Role.COORDINATOR, Scope.PARTNERSHIP),))


def asked():
    db.session.rollback()
    return db.session.scalars(select(NameCorrection).execution_options(populate_existing=True)).one()


def now(certificate):
    db.session.rollback()
    return db.session.get(Certificate, certificate.id, populate_existing=True)


def ask(as_user, person, certificate, name=WANTED, says="I married", *, expect=303):
    data = {"name": name, "says": says}
    return as_user(person).post("correcting.ask", data, certificate_id=certificate.id, expect=expect)


def decide(as_user, person, do="approve", says="Checked with her agency", expect=303):
    data = {"do": do, "says": says}
    return as_user(person).post("correcting.decide", data, correction_id=asked().id, expect=expect)


def mails(kind):
    db.session.rollback()
    return db.session.scalars(select(OutboxMail).where(OutboxMail.kind == f"certificates/{kind}")).all()


def text_of(pdf: bytes) -> str:
    return " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


def test_the_whole_way_to_a_corrected_name(leah, coordinator, certified, as_user, nobody):
    one = certified(leah)
    old_code, owner = one.code, as_user(leah)
    page = owner.get("certificates.show", certificate_id=one.id)
    form_page = owner.get(page.all("//a[.='The name is not right']/@href")[0])
    owner.send(form_page, form_page.all("//main//form")[0], {"name": f"  {WANTED} ", "says": "I married"})
    (mail,) = mails("name_asked")
    assert mail.person_id == coordinator.id
    assert "Leah" not in mail.subject + mail.body
    decider = as_user(coordinator)
    assert "Names to correct: 1 person asks" in decider.get("certificates.record").words
    link = mail.body.split("http://localhost")[1].split()[0]
    page = decider.get(link)
    for words in ("Leah Ston", WANTED, "I married", one.title):
        assert words in page.words
    decide(as_user, coordinator)
    new = now(one)
    assert (new.name, new.completion_id, new.valid_until) == (WANTED, one.completion_id, one.valid_until)
    assert new.code != old_code
    old = db.session.scalars(select(ReplacedCertificate)).one()
    assert (old.code, old.name, old.certificate_id) == (old_code, "Leah Ston", one.id)
    assert mails("name_corrected")[0].person_id == leah.id
    assert "Leah" not in mails("name_corrected")[0].body
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == one.id)).all()
    assert {"certificate.correction_asked", "certificate.name_corrected"} <= set(actions)
    page = owner.get("certificates.show", certificate_id=one.id)
    assert page.h1 == WANTED
    assert "Checked with her agency" in page.words
    old_pdf = owner.get("certificates.before_pdf", certificate_id=one.id, replaced_id=old.id).data
    new_pdf = owner.get("certificates.pdf", certificate_id=one.id).data
    assert "Leah Ston" in text_of(old_pdf)
    assert "Replaced by a corrected certificate on" in text_of(old_pdf)
    assert WANTED in text_of(new_pdf)
    assert "Replaced" not in text_of(new_pdf)
    today = clock.today()
    page = nobody.get("certificates.check", code=old_code)
    assert page.h1 == f"Replaced by a corrected certificate on {today.day} {today:%B %Y}"
    for secret in ("Leah", WANTED, new.code, new.shown_code, one.title):
        assert secret not in page.text
    assert nobody.get("certificates.verify", query={"code": old.shown_code}, expect=303).location.endswith(old_code)
    page = nobody.get("certificates.check", code=new.code)
    assert WANTED in page.words
    assert "Replaced" not in page.words


def test_a_second_correction_keeps_both(leah, coordinator, certified, as_user):
    one = certified(leah)
    ask(as_user, leah, one)
    decide(as_user, coordinator)
    with writing() as session:
        session.scalars(select(NameCorrection)).one().asked_at = clock.now() - timedelta(days=1)
    ask(as_user, leah, one, "Leah Hughes")
    db.session.rollback()
    wanted = db.session.scalars(select(NameCorrection).where(NameCorrection.outcome == "open")).one()
    as_user(coordinator).post(
        "correcting.decide", {"do": "approve", "says": "Yes"}, correction_id=wanted.id, expect=303
    )
    page = as_user(leah).get("certificates.show", certificate_id=one.id)
    assert len(page.all("//a[contains(@href, '/before/')]")) == 2


def test_refusing_changes_nothing_and_gives_the_reason(leah, coordinator, certified, as_user, nobody):
    one = certified(leah)
    ask(as_user, leah, one)
    decide(as_user, coordinator, "keep", "That is not the name at your agency")
    assert (now(one).name, now(one).code) == ("Leah Ston", one.code)
    assert mails("name_kept")[0].person_id == leah.id
    assert "That is not the name at your agency" in as_user(leah).get("certificates.show", certificate_id=one.id).words
    assert nobody.get("certificates.check", code=one.code).h1.startswith("Valid until")


def test_only_coordinators_and_administrators_of_the_partnership_decide(leah, make, certified, as_user):
    one = certified(leah)
    ask(as_user, leah, one)
    wrong = {
        403: [make.trainer(), make.manager(agency=make.agency()), make.person()],
        404: [
            make.person(agency=make.agency(partnership="Westmark"), roles=((Role.COORDINATOR, Scope.PARTNERSHIP),)),
            make.person(roles=((Role.ADMINISTRATOR, Scope.AGENCY),)),
        ],
    }
    for status, people in wrong.items():
        for person in people:
            as_user(person).get("correcting.decide", correction_id=asked().id, expect=status)
            decide(as_user, person, expect=status)
    assert now(one).name == "Leah Ston"
    decide(as_user, make.person(roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),)))
    assert now(one).name == WANTED


def test_nobody_decides_about_themself(make, certified, as_user):
    cora = make.person("Cora", roles=((Role.COORDINATOR, Scope.PARTNERSHIP),))
    other = make.person("Carl", roles=((Role.COORDINATOR, Scope.PARTNERSHIP),))
    one = certified(cora)
    ask(as_user, cora, one)
    assert [mail.person_id for mail in mails("name_asked")] == [other.id]
    as_user(cora).get("correcting.decide", correction_id=asked().id, expect=404)
    decide(as_user, cora, expect=404)
    assert now(one).name == "Cora"


def test_nobody_asks_for_somebody_elses_certificate(leah, coordinator, make, certified, as_user):
    one = certified(leah)
    for person in (coordinator, make.person(), make.manager(agency=make.agency())):
        as_user(person).get("correcting.ask", certificate_id=one.id, expect=404)
        ask(as_user, person, one, expect=404)
    assert db.session.scalars(select(NameCorrection)).all() == []


def test_the_old_pdf_is_the_owners_alone(leah, coordinator, make, certified, as_user):
    one, other = certified(leah), certified(leah, module="tiers-of-need")
    ask(as_user, leah, one)
    decide(as_user, coordinator)
    old = db.session.scalars(select(ReplacedCertificate)).one()
    for person in (coordinator, make.person()):
        as_user(person).get("certificates.before_pdf", certificate_id=one.id, replaced_id=old.id, expect=404)
    as_user(leah).get("certificates.before_pdf", certificate_id=other.id, replaced_id=old.id, expect=404)


def test_one_request_at_a_time_and_one_decision(leah, coordinator, certified, as_user):
    one = certified(leah)
    ask(as_user, leah, one)
    assert "You have asked for a corrected name already" in ask(as_user, leah, one, "Else", expect=422).words
    decide(as_user, coordinator, "keep", "No")
    assert "Somebody has decided this already" in decide(as_user, coordinator, expect=422).words
    assert now(one).name == "Leah Ston"


def test_a_withdrawn_certificate_is_not_issued_again(leah, coordinator, certified, as_user):
    one = certified(leah)
    ask(as_user, leah, one)
    with writing() as session:
        session.get_one(Certificate, one.id).revoked_at = clock.now()
    assert "was withdrawn" in decide(as_user, coordinator, expect=422).words
    assert asked().is_open
    assert "was withdrawn" in ask(as_user, leah, one, expect=422).words


def test_words_are_needed_and_kept(leah, coordinator, certified, as_user):
    one = certified(leah)
    page = ask(as_user, leah, one, name="", says="", expect=422)
    assert "Write the name as it should stand" in page.words
    assert "Say why in a sentence" in page.words
    page = ask(as_user, leah, one, name="Leah Ston", says="No reason of note", expect=422)
    assert "stands on the certificate already" in page.words
    assert "No reason of note" in page.text
    ask(as_user, leah, one)
    page = decide(as_user, coordinator, do="", says="", expect=422)
    assert "Choose what you decide" in page.words


@pytest.mark.parametrize("text", ["", "   ", "x" * 121, "123", "Leah\u202eStone", "A\x07b", "\U000e0041bc"])
def test_what_is_no_name_is_refused(text):
    with pytest.raises(NotAName):
        name_asked(text, "Leah")


def test_names_of_every_script_are_names_and_spaces_are_folded():
    assert name_asked("  Zoe\u0308   Łuk ", "Leah") == "Zoë Łuk"
    assert name_asked("علی\u200cرضا", "Leah")
    with pytest.raises(SameName):
        name_asked(" Leah  Stone", "Leah Stone")


def test_looking_at_the_requests_is_noted(leah, coordinator, certified, as_user):
    one = certified(leah)
    ask(as_user, leah, one)
    as_user(coordinator).get("correcting.listed")
    view = db.session.scalars(select(RecordView)).one()
    assert (view.person_id, view.viewer_id, view.why) == (leah.id, coordinator.id, "request")


def test_somebody_who_has_left_still_has_a_name_corrected(leah, coordinator, certified, as_user):
    one = certified(leah, on=days_ago(30))
    with writing() as session:
        post = session.scalars(select(Membership).where(Membership.person_id == leah.id)).one()
        post.ends_on = days_ago(1)
    ask(as_user, leah, one)
    decide(as_user, coordinator)
    assert now(one).name == WANTED


@pytest.mark.parametrize("loss", [None, *LOSSES])
def test_who_does_not_decide_any_more_is_not_told_that_somebody_asks(leah, coordinator, certified, as_user, loss):
    one = certified(leah)
    delivering.deliver_waiting(Bag())
    ask(as_user, leah, one)
    if loss:
        LOSSES[loss](coordinator)
    delivering.deliver_waiting(bag := Bag())
    assert len(bag.mails) == (0 if loss else 1)
