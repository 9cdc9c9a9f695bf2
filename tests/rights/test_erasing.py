"""Whoever is erased is nowhere any more: no table, no byte of the database's files, no file; and stays erased."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import String, cast, delete, select

from lms import cli as commands
from lms.assignments import checking
from lms.assignments.ledger_models import StandingBalance
from lms.audit import actions as audit
from lms.audit import checking as chain
from lms.certificates.models import Certificate
from lms.cohorts.actions import booking, building
from lms.cohorts.models import Booking
from lms.cohorts.plan import Plan, PlannedSession
from lms.core import clock
from lms.core.db import Base, db, writing
from lms.exports import store
from lms.notifications.models import OutboxMail
from lms.operating import backing_up
from lms.people.models import Membership, Person
from lms.rights import erasing, housekeeping
from lms.rights.cli import person as command
from lms.rights.models import Erasure
from lms.rights.register import REGISTER, End
from tests.rights.canaries import Aviary

pytestmark = pytest.mark.slow

RECORD = ("audit_entries", "record_views")
NAME, ADDRESS = "Zqfirst Zqlast", "zqaddress@agency.example"
on_sqlite = pytest.mark.skipif("LMS_TEST_POSTGRES_URL" in os.environ, reason="speaks of SQLite's file")


@pytest.fixture
def them(make):
    subject = make.person(NAME)
    with writing() as session:
        session.get_one(Person, subject.id).email = ADDRESS
    other = make.person("Other Bird")
    db.session.expunge_all()
    return subject, other


def erase(person_id):
    with writing() as session:
        erasing.erase(None, session.get_one(Person, person_id), erasing.Reason.REQUEST)
    db.session.expunge_all()
    return housekeeping.clean()


def everywhere():
    """Every word of every table."""
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            texts = db.session.connection().execute(select(cast(column, String)).where(column.is_not(None))).scalars()
            found += [(table.name, column.name, text) for text in texts]
    db.session.rollback()
    return found


def speaking_of(words):
    return {(table, column) for table, column, text in everywhere() if any(word in text for word in words)}


def to_be_gone(aviary):
    return {
        bird
        for (table, column), bird in aviary.birds.items()
        if (REGISTER[table].is_about_people and column not in REGISTER[table].stays) or column in REGISTER[table].words
    }


def test_no_canary_is_left_in_any_table(them):
    subject, other = them
    with writing():
        mine = Aviary("m", subject.id, other.id).fill(without=RECORD)
    birds = to_be_gone(mine)
    assert len(birds) > 80
    assert speaking_of(birds)
    erase(subject.id)
    assert speaking_of(birds) == set()
    assert speaking_of({NAME, ADDRESS, NAME.casefold(), str(subject.id), subject.id.hex}) == set()


def test_what_others_have_is_left_alone(them, make):
    subject, other = them
    with writing():
        yours = Aviary("y", other.id, make.person().id).fill(without=RECORD)
    before = [one for one in everywhere() if one[0] not in ("erasures", "audit_entries", "audit_chains", "people")]
    erase(subject.id)
    after = everywhere()
    lost = {(table, column) for table, column, text in set(before) - set(after) if "zqy" in text}
    assert lost == set()
    assert yours.birds


@on_sqlite
def test_no_byte_is_left_in_the_files_of_the_database_or_the_data_folder(them, settings):
    subject, other = them
    with writing() as session:
        mine = Aviary("m", subject.id, other.id).fill(without=RECORD)
        session.add(OutboxMail(person_id=other.id, address=other.email, kind="x", subject="Hello", body=f"{NAME} asks"))
    folder = settings.data_dir / "mail"
    folder.mkdir(exist_ok=True)
    (folder / "one.eml").write_bytes(f"To: {ADDRESS}\nSubject: Hello\n\nGood day\n".encode())
    with store.writing("one.csv") as to:
        to.write(NAME.encode())
    words = [word.encode() for word in (*to_be_gone(mine), NAME, ADDRESS)]
    assert erase(subject.id) == 1
    files = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    assert Path(db.engine.url.database) in files
    for path in files:
        data = path.read_bytes()
        assert [word for word in words if word in data] == [], path


def test_the_record_of_acts_stays_whole_and_names_them_no_more(them, actor):
    subject, other = them
    with writing():
        audit.record(actor(subject), "thing.done", other.id)
        audit.record(actor(other), "thing.done", subject.id, what="a module")
    erase(subject.id)
    assert str(subject.id) not in str(everywhere())
    assert chain.check(db.engine)
    assert db.session.scalar(select(Erasure)).wiped_at


def test_counts_stay_right_and_places_to_come_are_free(make, actor):
    trainer, subject = make.trainer(), make.person(NAME, agency=make.agency(), job="Nurse")
    ids = trainer.id, subject.id
    starts = clock.now() + timedelta(days=20)
    plan = Plan("A day", (PlannedSession(starts, starts + timedelta(hours=3), "Fern Hall"),), minimum_agencies=2)
    with writing():
        cohort = building.create(actor(trainer), plan)
        building.open_for_booking(actor(trainer), cohort.id)
        booking.book(actor(subject), cohort.id, needs=["loop"])
    erase(ids[1])
    assert db.session.scalars(select(Booking)).all() == []
    left = db.session.scalars(select(Person.id).where(Person.name == erasing.NAME)).all()
    assert list(checking.wrong_pages([*left, ids[0]])) == []
    assert list(checking.wrong_counts()) == []
    assert db.session.scalar(select(Person.active).where(Person.id == left[0])) is False


@pytest.mark.parametrize("stays", [True, False])
def test_a_job_that_nobody_else_has_goes_with_them(them, make, stays):
    subject, _ = them
    make.membership(subject, agency=make.agency(), job="Keeper of zqowls")
    make.person(job="Keeper of zqowls" if stays else erasing.UNSAID)
    with writing() as session:
        for job in ("Keeper of zqowls", erasing.UNSAID):
            key = {"partnership": "Fernshire", "day": clock.today(), "grouping": "job", "target": "", "state": "due"}
            session.add(StandingBalance(**key, value=job, people=2))
    erase(subject.id)
    nobody = db.session.scalar(select(Person.id).where(Person.name == erasing.NAME))
    jobs = db.session.scalars(select(Membership.job).where(Membership.person_id == nobody)).all()
    assert ("Keeper of zqowls" in jobs, erasing.UNSAID in jobs) == (stays, not stays)
    assert bool(speaking_of({"zqowls"})) is stays
    assert sum(db.session.scalars(select(StandingBalance.people))) == 4
    with writing() as session:
        session.execute(delete(StandingBalance))
    assert list(checking.wrong_pages([nobody])) == []
    assert list(checking.wrong_counts()) == []


def test_certificates_stay_where_the_site_says_so(them, app, monkeypatch):
    subject, other = them
    with writing():
        Aviary("m", subject.id, other.id).fill(without=RECORD)
    monkeypatch.setattr(app.extensions["settings"], "erasure_keeps_proof", True)
    erase(subject.id)
    kept = db.session.scalar(select(Certificate))
    assert kept.name.startswith("zqm")
    assert kept.person_id != subject.id
    assert REGISTER["certificates"].end is End.PROOF


def test_a_restore_of_an_older_backup_erases_them_again(them, app, tmp_path, monkeypatch):
    subject, _ = them
    target = tmp_path / "before.backup"
    backing_up.back_up(db.engine, target)
    erase(subject.id)
    monkeypatch.setattr(commands, "application", lambda: app)
    db.session.rollback()
    db.engine.dispose()  # a restore is begun when nobody is connected
    done = CliRunner().invoke(commands.cli, ["restore", str(target), "--replace"])
    assert done.exit_code == 0, done.output
    assert "1 people who had been erased since were erased again" in done.output
    assert speaking_of({NAME, ADDRESS, str(subject.id), subject.id.hex}) == set()


def test_a_spoilt_list_of_erasures_stops_a_restore_with_a_sentence(them, app, settings, tmp_path, monkeypatch):
    target, kept = tmp_path / "before.backup", settings.data_dir / housekeeping.FILE
    backing_up.back_up(db.engine, target)
    monkeypatch.setattr(commands, "application", lambda: app)
    kept.write_text("{spoilt\n")
    db.session.rollback()
    db.engine.dispose()
    done = CliRunner().invoke(commands.cli, ["restore", str(target), "--replace"])
    kept.unlink()
    assert (done.exit_code, "nobody knows whom to erase again" in done.stderr) == (1, True)


def test_somebody_who_comes_back_under_the_same_address_is_not_erased_again(them, make):
    subject, _ = them
    erase(subject.id)
    with writing() as session:
        session.add(Person(name="Back Again", email=ADDRESS, password_hash="-", created_at=clock.now()))
    assert housekeeping.again() == 0


def test_from_the_machine_it_asks_twice(them, app):
    asked = ["erase", "--email", ADDRESS, "--reason", "request"]
    wrong = CliRunner().invoke(command, asked, obj=lambda: app, input="y\nno@body.example\n")
    assert wrong.exit_code == 1
    assert "Nothing was erased" in wrong.output
    right = CliRunner().invoke(command, asked, obj=lambda: app, input=f"y\n{ADDRESS}\n")
    assert right.exit_code == 0, right.output
    assert speaking_of({ADDRESS}) == set()
