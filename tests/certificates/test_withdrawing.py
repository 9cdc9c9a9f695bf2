"""A certificate can be withdrawn at the server's command line: said to its owner, kept in the record, never deleted."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.catalogue.shelf import library
from lms.certificates import actions
from lms.certificates.models import Certificate
from lms.cli import cli
from lms.core import clock
from lms.core.db import db, writing
from lms.learning.models import Study
from lms.notifications.models import OutboxMail


@pytest.fixture
def run(app, monkeypatch):
    """Run an `lms certificates` command as it runs on the server, with the tests' application."""
    monkeypatch.setattr("lms.cli.application", lambda: app)

    def invoke(*words: str):
        db.session.rollback()
        result = CliRunner().invoke(cli, ["certificates", *words])
        db.session.expire_all()
        return result

    return invoke


def test_withdrawing_is_said_recorded_and_mailed_and_deletes_nothing(make, certified, run, app):
    leah = make.person("Leah Stone")
    one = certified(leah)
    result = run("revoke", one.shown_code, "--reason", "The register  was for another Leah.")
    assert result.exit_code == 0, result.output
    assert result.output == f"Withdrawn: {one.shown_code}, {one.title}.\n"
    kept = db.session.get_one(Certificate, one.id)
    assert clock.local(kept.revoked_at).date() == clock.today()
    assert kept.revoked_reason == "The register was for another Leah."
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.withdrawn"))
    assert (entry.actor_id, entry.subject_id, entry.detail) == (None, one.id, {"module": one.module})
    (mail,) = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "certificates/withdrawn"))
    assert mail.address == leah.email
    assert f"{app.extensions['settings'].base_url}/certificates/{one.id}" in mail.body
    assert "another Leah" not in mail.body


def test_a_certificate_is_withdrawn_once_and_the_first_reason_stands(make, certified, run):
    one = certified(make.person())
    run("revoke", one.code, "--reason", "First.")
    first = db.session.get_one(Certificate, one.id).revoked_at
    again = run("revoke", one.code, "--reason", "Second.")
    assert again.exit_code == 1
    assert "withdrawn before" in again.output
    kept = db.session.get_one(Certificate, one.id)
    assert (kept.revoked_at, kept.revoked_reason) == (first, "First.")
    assert len(list(db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "certificates/withdrawn")))) == 1


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_withdrawal_needs_a_reason_of_reasonable_length(reason, make, certified, run):
    one = certified(make.person())
    result = run("revoke", one.code, "--reason", reason)
    assert result.exit_code == 1
    assert "Give the reason" in result.output
    assert db.session.get_one(Certificate, one.id).revoked_at is None


def test_an_unknown_code_changes_nothing(make, certified, run):
    one = certified(make.person())
    result = run("revoke", "0" * 26, "--reason", "A slip.")
    assert result.exit_code == 1
    assert "No certificate has this code" in result.output
    assert db.session.get_one(Certificate, one.id).revoked_at is None


def test_who_withdrew_it_is_in_the_audit_record(make, certified, actor):
    one = certified(make.person())
    admin = actor(make.person())
    with writing() as session:
        actions.revoke(admin, session.get_one(Certificate, one.id), "A slip.")
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.withdrawn"))
    assert entry.actor_id == admin.id


def test_whoever_lost_a_certificate_can_study_the_module_anew_at_once(make, certified, run, as_user):
    leah = make.person("Leah Stone")
    one = certified(leah)
    run("revoke", one.shown_code, "--reason", "The register was for another Leah.")
    numbers = db.session.scalars(select(Study.number).where(Study.person_id == leah.id).order_by(Study.number)).all()
    assert numbers == [1, 2], "the old study stays beside the new one"
    page = as_user(leah).get("learning.module", module=one.module)
    first_page = library().module(one.module).pages[0].slug
    assert page.all("//main//a[contains(@class, 'btn')]/@href")[0] == f"/learn/{one.module}/{first_page}"
