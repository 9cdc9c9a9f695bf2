"""The certificate of a programme: issued with the last required module, once, and frozen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, create_engine, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from lms.audit.models import AuditEntry
from lms.catalogue.content import Module
from lms.catalogue.shelf import library
from lms.certificates import actions, codes
from lms.certificates.models import Certificate
from lms.cli import cli
from lms.core import clock, schema
from lms.core.clock import months_later
from lms.core.db import Base, db, prepare_engine, writing
from lms.learning.models import Study
from lms.notifications.models import OutboxMail
from lms.people.models import Person
from tests.support.offering import ELEYS, LEAD, TIERS, finish, offering, programme

LONG_AGO = date(2020, 1, 6)


@pytest.fixture
def core(app):
    """A programme of two modules and an optional third."""
    with offering(app, programme("core", LEAD, TIERS, optional=(ELEYS,))):
        yield


@pytest.fixture
def run(app, monkeypatch):
    """Run an `lms certificates` command with the tests' application."""
    monkeypatch.setattr("lms.cli.application", lambda: app)

    def invoke(*words: str) -> str:
        db.session.rollback()
        result = CliRunner().invoke(cli, ["certificates", *words])
        db.session.expire_all()
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


def programmes(person: Person) -> list[Certificate]:
    db.session.rollback()
    wanted = select(Certificate).where(Certificate.person_id == person.id, Certificate.programme != "")
    return list(db.session.scalars(wanted.order_by(Certificate.issued_at).execution_options(populate_existing=True)))


def own(person: Person, module: str) -> Certificate:
    """The newest certificate of a module."""
    wanted = select(Certificate).where(Certificate.person_id == person.id, Certificate.module == module)
    return db.session.scalars(wanted.order_by(Certificate.completed_on.desc())).first()


def module_of(slug: str) -> Module:
    found = library().module(slug)
    assert found is not None
    return found


def by_the_clock() -> None:
    db.session.rollback()
    actions.issue_missing_programmes()


def days_ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def test_the_last_required_module_brings_the_certificate_and_says_what_was_true(core, make, app):
    leah = make.person("Leah Stone", agency=make.agency("Brackenford Health"), starts_on=LONG_AGO)
    finish(leah, LEAD, on=days_ago(100))
    assert programmes(leah) == []
    finish(leah, TIERS)
    (one,) = programmes(leah)
    lead, tiers = module_of(LEAD), module_of(TIERS)
    assert (one.name, one.agency, one.job) == ("Leah Stone", "Brackenford Health", "Health visitor")
    assert (one.programme, one.title, one.version) == ("core", "Programme core", 3)
    assert [(part["module"], part["title"], part["version"]) for part in one.modules] == [
        (LEAD, lead.title, lead.version),
        (TIERS, tiers.title, tiers.version),
    ]
    assert one.minutes == lead.minutes + tiers.minutes
    assert one.core_hash == sha256(f"{lead.hash}\n{tiers.hash}".encode()).hexdigest()
    assert (one.completed_on, one.valid_until) == (clock.today(), own(leah, LEAD).valid_until)
    assert one.issued_by == app.extensions["settings"].partnership
    assert codes.read(one.code) == one.code
    assert (one.completion_id, one.module) == (None, "")


def test_an_optional_module_finished_for_it_is_on_it_and_does_not_shorten_it(core, make):
    leah = make.person(starts_on=LONG_AGO)
    finish(leah, ELEYS, on=days_ago(400))
    finish(leah, LEAD, TIERS)
    (one,) = programmes(leah)
    assert [part["module"] for part in one.modules] == [LEAD, TIERS, ELEYS]
    assert one.minutes == sum(module_of(slug).minutes for slug in (LEAD, TIERS, ELEYS))
    assert one.valid_until == own(leah, LEAD).valid_until > own(leah, ELEYS).valid_until


def test_the_order_of_finishing_does_not_matter_and_optional_ones_alone_bring_nothing(core, make):
    one, other = make.person(), make.person()
    finish(one, TIERS, LEAD)
    finish(other, ELEYS, LEAD)
    assert [part["module"] for part in programmes(one)[0].modules] == [LEAD, TIERS]
    assert programmes(other) == []


def test_it_lasts_no_longer_than_the_programme_says(app, make):
    with offering(app, programme("short", LEAD, TIERS, months=6), programme("long", LEAD, TIERS, months=120)):
        leah = make.person()
        finish(leah, LEAD, TIERS)
    ends = {one.programme: one.valid_until for one in programmes(leah)}
    assert ends == {"short": months_later(clock.today(), 6), "long": own(leah, LEAD).valid_until}


def test_one_module_may_finish_several_programmes(app, make):
    with offering(app, programme("core", LEAD), programme("both", LEAD, TIERS), programme("other", ELEYS)):
        leah = make.person()
        finish(leah, LEAD)
        assert [one.programme for one in programmes(leah)] == ["core"]
        finish(leah, TIERS)
        assert {one.programme for one in programmes(leah)} == {"core", "both"}


def test_a_required_module_that_has_run_out_holds_it_back_until_it_is_renewed(core, make):
    leah = make.person(starts_on=LONG_AGO)
    finish(leah, LEAD, on=days_ago(1200))
    finish(leah, TIERS)
    assert programmes(leah) == []
    finish(leah, LEAD)
    assert len(programmes(leah)) == 1


def test_a_withdrawn_module_holds_it_back(core, make, run):
    leah = make.person(starts_on=LONG_AGO)
    finish(leah, LEAD, on=days_ago(10))
    run("revoke", own(leah, LEAD).code, "--reason", "Somebody else sat there.")
    finish(leah, TIERS)
    assert programmes(leah) == []


def test_there_is_no_second_one_while_one_is_in_date_and_another_after_it_has_run_out(core, make):
    leah = make.person(starts_on=LONG_AGO)
    finish(leah, LEAD, TIERS, on=days_ago(1090))
    finish(leah, LEAD, on=days_ago(30))
    assert len(programmes(leah)) == 1, "renewed early: the old certificate is still in date"
    finish(leah, TIERS, on=days_ago(30))
    assert len(programmes(leah)) == 1
    old = programmes(leah)[0]
    with writing() as session:
        session.get_one(Certificate, old.id).valid_until = days_ago(1)
    by_the_clock()
    by_the_clock()
    first, second = programmes(leah)
    assert (first.id, second.completed_on) == (old.id, days_ago(30))
    assert second.valid_until == own(leah, LEAD).valid_until


def test_renewing_after_it_has_run_out_brings_the_next_one_at_once(core, make):
    leah = make.person(starts_on=LONG_AGO)
    finish(leah, LEAD, TIERS, on=days_ago(1200))
    finish(leah, LEAD)
    assert len(programmes(leah)) == 1
    finish(leah, TIERS)
    assert [one.completed_on for one in programmes(leah)] == [days_ago(1200), clock.today()]
    assert [one.state.kind for one in programmes(leah)] == ["expired", "valid"]


def test_whoever_had_finished_the_modules_before_the_programme_came_gets_it_by_the_clock(app, make):
    leah, sam = make.person("Leah", starts_on=LONG_AGO), make.person("Sam", starts_on=LONG_AGO)
    with offering(app):
        finish(leah, LEAD, TIERS, on=days_ago(50))
        finish(sam, LEAD, on=days_ago(50))
    with offering(app, programme("core", LEAD, TIERS), programme("monthly", LEAD, months=1)):
        by_the_clock()
        by_the_clock()
    assert [(one.completed_on, one.name) for one in programmes(leah)] == [(days_ago(50), "Leah")]
    assert programmes(sam) == []


def test_the_clock_brings_nothing_anew_for_what_was_finished_before(app, make, run):
    """Neither after the programme's own months, nor after a withdrawal: something must have been finished since."""
    with offering(app, programme("yearly", LEAD, months=12), programme("core", LEAD)):
        leah = make.person(starts_on=LONG_AGO)
        finish(leah, LEAD, on=days_ago(500))
        core = next(one for one in programmes(leah) if one.programme == "core")
        run("revoke", core.code, "--reason", "A slip.")
        by_the_clock()
        assert len(programmes(leah)) == 2


def test_withdrawing_a_modules_certificate_leaves_the_programmes_and_the_other_way_round(core, make, run):
    leah = make.person()
    finish(leah, LEAD, TIERS)
    run("revoke", own(leah, LEAD).code, "--reason", "A slip.")
    (one,) = programmes(leah)
    assert one.state.kind == "valid"
    said = run("revoke", one.code, "--reason", "Issued by mistake.")
    assert said == f"Withdrawn: {one.shown_code}, Programme core.\n"
    (one,) = programmes(leah)
    assert (one.state.kind, own(leah, TIERS).state.kind) == ("revoked", "valid")
    studies = db.session.scalars(select(Study.module).where(Study.person_id == leah.id)).all()
    assert sorted(studies) == [LEAD, LEAD, TIERS], "only the module's withdrawal opens a study"


def test_its_owner_is_told_by_mail_and_the_audit_record_names_no_one(core, make, run):
    leah = make.person("Leah Stone")
    finish(leah, LEAD, TIERS)
    (one,) = programmes(leah)
    (mail,) = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "certificates/programme_issued"))
    assert (mail.person_id, mail.subject) == (leah.id, "Your certificate of the programme: Programme core")
    assert f"/certificates/{one.id}\n" in mail.body
    assert one.code not in mail.body
    run("revoke", one.code, "--reason", "Issued by mistake.")
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == one.id).order_by(AuditEntry.at))
    assert [(entry.action, entry.detail) for entry in entries] == [
        ("certificate.issued", {"programme": "core"}),
        ("certificate.withdrawn", {"programme": "core"}),
    ]


def test_when_it_cannot_be_issued_the_module_is_not_completed_either(core, make, monkeypatch):
    def fails(_hashes: object) -> str:
        raise RuntimeError("no hash today")

    leah = make.person()
    finish(leah, LEAD)
    monkeypatch.setattr("lms.certificates.actions.core_hash_of", fails)
    with pytest.raises(RuntimeError):
        finish(leah, TIERS)
    for table, rows in (("completions", 1), ("certificates", 1)):
        assert len(db.session.execute(select(Base.metadata.tables[table])).all()) == rows, table


def test_it_stays_as_it_was_when_programme_and_modules_change(core, make, app):
    leah = make.person("Leah Stone")
    finish(leah, LEAD, TIERS)
    before = programmes(leah)[0]
    said = (before.title, before.version, before.modules, before.core_hash, before.valid_until)
    with offering(app, replace(programme("core", LEAD), title="Renamed", version=4)), writing() as session:
        session.get_one(Person, leah.id).name = "Leah Woods"
    after = programmes(leah)[0]
    assert (after.title, after.version, after.modules, after.core_hash, after.valid_until) == said
    assert after.name == "Leah Stone"


@pytest.mark.parametrize("changes", [{"module": LEAD}, {"programme": ""}])
def test_the_database_refuses_a_certificate_of_both_or_of_nothing(core, make, changes):
    leah = make.person()
    finish(leah, LEAD, TIERS)
    (one,) = programmes(leah)
    with pytest.raises(IntegrityError), writing() as session:
        session.execute(update(Certificate).where(Certificate.id == one.id).values(changes))


def insert(connection: Connection, table: str, **row: object) -> None:
    names = ", ".join(row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(row)})"), row)


@pytest.mark.slow
def test_a_certificate_from_before_there_were_programmes_stays_one_of_its_module(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    prepare_engine(engine)
    schema.upgrade(engine, "0011")
    day, tiers = "2026-01-05", {"module": TIERS, "version": 1}
    taught = {**tiers, "core_hash": "", "minutes": 40, "completed_on": day}
    says = {"name": "Leah", "agency": "", "job": "", "issued_by": "F", "issued_at": day, "revoked_reason": ""}
    with engine.begin() as connection:
        insert(connection, "people", id="p", email="l@x", name="Leah", password_hash="", active=1, demo=0, theme="",
               created_at=day)  # fmt: skip
        insert(connection, "studies", id="s", person_id="p", number=1, started_at=day, last_page="", **tiers)
        insert(connection, "completions", id="d", person_id="p", study_id="s", completed_at=day, **taught)
        insert(connection, "certificates", id="c", code="C" * 26, person_id="p", completion_id="d", valid_until=day,
               module_title="Tiers of need", **taught, **says)  # fmt: skip
    schema.upgrade(engine)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT title, module, programme, modules, completion_id FROM certificates"))
        assert kept.all() == [("Tiers of need", TIERS, "", "[]", "d")]
        indexed = {index["name"] for index in inspect(connection).get_indexes("certificates")}
    assert "ix_certificates_person_id_completed_on" in indexed


def test_the_clock_looks_once_a_night(app):
    rhythm = {job.name: job.rhythm for job in app.extensions["jobs"]}["issue_programmes"]
    times = {rhythm.last(datetime(2026, 11, 26, hour, 30, tzinfo=UTC)) for hour in range(3, 24)}
    assert times == {datetime(2026, 11, 26, 3, 17, tzinfo=UTC)}
