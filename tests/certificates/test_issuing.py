"""A completion brings one certificate, which says for ever what was true that day."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.audit.models import AuditEntry
from lms.catalogue.shelf import library
from lms.certificates import codes, validity
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.db import Base, db, writing
from lms.core.events import announce
from lms.notifications.models import OutboxMail
from lms.people.models import Agency, Membership, Person


def certificates() -> list[Certificate]:
    db.session.rollback()
    return list(db.session.scalars(select(Certificate).execution_options(populate_existing=True)))


def test_completing_a_module_brings_a_certificate_that_says_what_was_true(make, complete, app):
    leah = make.person("Łucja ap Gwilym", agency=make.agency("Brackenford Community Health"), job="Health visitor")
    fact = complete(leah, minutes=45)
    module = library().module(fact.module)
    (one,) = certificates()
    assert (one.person_id, one.completion_id) == (leah.id, fact.completion_id)
    assert (one.name, one.agency, one.job) == ("Łucja ap Gwilym", "Brackenford Community Health", "Health visitor")
    assert (one.module, one.title, one.version) == (module.slug, module.title, 2)
    assert (one.core_hash, one.minutes, one.completed_on) == (fact.core_hash, 45, clock.today())
    assert one.valid_until == validity.valid_until(clock.today(), module.valid_months)
    assert one.issued_by == app.extensions["settings"].partnership
    assert codes.read(one.code) == one.code
    assert (one.issued_at, one.revoked_at, one.revoked_reason) == (fact.at, None, "")


def test_it_is_in_date_for_as_many_months_as_its_module_says(make, complete, monkeypatch):
    one_year = SimpleNamespace(module=lambda slug: replace(library().module(slug), valid_months=12))
    monkeypatch.setattr("lms.certificates.actions.library", lambda: one_year)
    complete(make.person(), on=date(2026, 9, 19))
    assert [one.valid_until for one in certificates()] == [date(2027, 9, 19)]


def test_a_completion_announced_twice_has_one_certificate_and_one_mail(make, complete):
    fact = complete(make.person())
    with writing():
        announce(fact)
        announce(fact)
    assert len(certificates()) == 1
    assert db.session.scalar(select(func.count(OutboxMail.id))) == 1


def test_the_database_itself_refuses_a_second_certificate_for_a_completion(make, certified):
    first = certified(make.person())
    copied = {
        column.name: getattr(first, column.name) for column in Certificate.__table__.columns if column.name != "id"
    }
    with pytest.raises(IntegrityError), writing() as session:
        session.add(Certificate(**{**copied, "code": codes.new_code()}))


def test_completing_again_years_later_brings_another_certificate_beside_the_old_one(make, complete):
    leah = make.person()
    complete(leah, on=clock.today() - timedelta(days=1100))
    complete(leah)
    assert len(certificates()) == 2
    assert len({one.code for one in certificates()}) == 2


def test_a_certificate_stays_as_it_was_when_name_job_and_agency_change(make, certified):
    health = make.agency("Old Name Health")
    leah = make.person("Leah Stone", agency=health, job="Health visitor")
    issued = certified(leah).id
    with writing() as session:
        session.get_one(Person, leah.id).name = "Leah Woods"
        session.get_one(Agency, health.id).name = "New Name Health"
        session.query(Membership).filter_by(person_id=leah.id).one().job = "Head of service"
    db.session.expire_all()
    one = db.session.get_one(Certificate, issued)
    assert (one.name, one.agency, one.job) == ("Leah Stone", "Old Name Health", "Health visitor")


def test_of_two_posts_the_older_is_named_and_a_post_that_has_ended_is_not(make, certified):
    leah = make.person(
        agency=make.agency("Left"), starts_on=date(2020, 1, 1), ends_on=clock.today() - timedelta(days=1)
    )
    make.membership(leah, agency=make.agency("Main"), starts_on=date(2021, 1, 1), job="Teacher")
    make.membership(leah, agency=make.agency("Second"), starts_on=date(2022, 1, 1))
    one = certified(leah)
    assert (one.agency, one.job) == ("Main", "Teacher")


def test_a_past_completion_names_the_post_of_its_own_day(make, certified):
    leah = make.person(agency=make.agency("Then"), starts_on=date(2020, 1, 1), ends_on=date(2023, 12, 31))
    make.membership(leah, agency=make.agency("Now"), starts_on=date(2024, 1, 1))
    assert certified(leah, on=date(2023, 5, 1)).agency == "Then"


def test_somebody_without_a_post_gets_a_certificate_without_an_agency(make, certified, as_user):
    leaver = make.person("Sam Gone", ends_on=clock.today() - timedelta(days=3))
    one = certified(leaver)
    assert (one.agency, one.job) == ("", "")
    assert "Sam Gone has completed" in as_user(leaver).get("certificates.show", certificate_id=one.id).words


def test_the_person_is_told_by_a_mail_that_leads_to_the_page(make, certified, app):
    leah = make.person("Leah Stone")
    one = certified(leah)
    (mail,) = db.session.scalars(select(OutboxMail))
    assert (mail.person_id, mail.address, mail.kind) == (leah.id, leah.email, "certificates/issued")
    assert mail.subject == f"Your certificate: {one.title}"
    assert f"{app.extensions['settings'].base_url}/certificates/{one.id}\n" in mail.body
    assert one.code not in mail.body


def test_when_completing_fails_there_is_no_certificate_no_mail_and_no_audit_line(make, complete, monkeypatch):
    def fails(*_given: object, **_named: object) -> None:
        raise RuntimeError("the mail could not be written")

    monkeypatch.setattr("lms.certificates.actions.queue", fails)
    with pytest.raises(RuntimeError):
        complete(make.person())
    for table in ("certificates", "completions", "outbox_mails", "audit_entries"):
        assert db.session.scalar(select(func.count()).select_from(Base.metadata.tables[table])) == 0, table


def test_issuing_is_in_the_audit_record_without_names(make, certified):
    one = certified(make.person("Leah Stone"))
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.issued"))
    assert (entry.actor_id, entry.subject_id, entry.detail) == (None, one.id, {"module": one.module})
