"""What is over its time goes, as many rows as were said beforehand, and nothing else."""

from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from lms.audit import actions as audit
from lms.audit import checking as chain
from lms.audit.models import AuditEntry, RecordView
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.learning.models import Reflection
from lms.people import queries as people
from lms.quizzes.models import Answer as QuizAnswer
from lms.quizzes.models import Attempt as QuizAttempt
from lms.rights import retention
from lms.rights.cli import retention as command
from lms.signin import failing
from lms.signin.models import SignIn

OLD = timedelta(days=365 * 4)
NONE = [0] * 5


def rows(person_id, at, number):
    attempt = QuizAttempt(person_id=person_id, quiz="q", module="m", kind="check", content_hash="-", number=number,
                          seed="s", state={}, finished_at=at, started_at=at, out_of=1)  # fmt: skip
    note = Reflection(person_id=person_id, module="m", key=f"k{number}", text="Mine", saved_at=at)
    return attempt, note, SignIn(person_id=person_id, token_hash=f"{number:064}", last_used_at=at, started_at=at)


@pytest.fixture
def lived(make):
    """Somebody with things of long ago, and of today."""
    them = make.person()
    with writing() as session:
        for number, at in enumerate((clock.now() - OLD, clock.now()), start=1):
            made = rows(them.id, at, number)
            session.add_all(made)
            session.flush()
            session.add(QuizAnswer(attempt_id=made[0].id, position=1, key="k", given={}, right=True))
    return them


def left():
    tables = (QuizAttempt, QuizAnswer, Reflection, SignIn)
    found = [db.session.scalar(select(func.count()).select_from(table)) for table in tables]
    db.session.rollback()
    return found


def test_as_many_go_as_were_said_beforehand(lived, app):
    said = CliRunner().invoke(command, ["--dry-run"], obj=lambda: app)
    assert said.exit_code == 0, said.output
    assert said.output.count("1 would be removed") == 3
    assert left() == [2, 2, 2, 2]
    before = [one.number for one in retention.due()]
    db.session.rollback()
    assert [one.number for one in retention.apply()] == before == [1, 1, 1, *NONE]
    assert left() == [1, 1, 1, 1]
    assert [one.number for one in retention.apply()] == [0] * 8
    assert set(db.session.scalars(select(AuditEntry.action))) == {"retention.applied"}
    assert chain.check(db.engine)


def test_many_go_in_portions(lived, monkeypatch):
    monkeypatch.setattr(retention, "AT_A_TIME", 2)
    with writing() as session:
        for number in range(3, 8):
            session.add(rows(lived.id, clock.now() - OLD, number)[1])
    assert [one.number for one in retention.apply()] == [1 + 5, 1, 1, *NONE]


def test_another_number_of_months_holds(lived, app, monkeypatch):
    monkeypatch.setattr(app.extensions["settings"], "keep_notes_months", 60)
    assert [one.number for one in retention.due()] == [0, 1, 1, *NONE]


def test_the_administrator_reads_the_same_numbers(lived, make, as_user):
    admin = make.person(roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),))
    page = as_user(admin).get("retaining.kept")
    assert "3 rows are over their time" in page.words
    assert [row.xpath("string(td[2])") for row in page.all("//tbody/tr")] == ["1"] * 3 + ["0"] * 5


@pytest.fixture
def looked(make):
    """A manager looked three times at somebody's record: twice long ago, and today."""
    leah, mo = make.person("Leah Stone"), make.manager(agency=make.agency(), starts_on=date(2015, 1, 5))
    for at in (clock.now() - OLD, clock.now() - OLD, clock.now()):
        with clock.acting_at(at), writing():
            audit.viewed(people.actor(mo), [leah.id], "completion")
            audit.record(None, failing.FAILED, leah.id, why="password", address="192.0.2.7")
    return leah, mo


@pytest.mark.parametrize("portion", [1, 500])
def test_who_looked_at_whom_long_ago_is_emptied_and_the_record_still_holds(looked, monkeypatch, portion):
    monkeypatch.setattr(retention, "AT_A_TIME", portion)
    leah, mo = looked
    before = [one.number for one in retention.due()]
    db.session.rollback()
    assert [one.number for one in retention.apply()] == before == [0, 0, 0, 2, 2, 0, 0, 0]
    seen = db.session.execute(select(RecordView.viewer_id, RecordView.person_id, RecordView.what, RecordView.role)
                              .order_by(RecordView.number)).all()  # fmt: skip
    assert seen == [(None, None, "completion", "manager")] * 2 + [(mo.id, leah.id, "completion", "manager")]
    failed = select(AuditEntry.detail).where(AuditEntry.action == failing.FAILED).order_by(AuditEntry.id)
    assert [detail.get("address") for detail in db.session.scalars(failed)] == [None, None, "192.0.2.7"]
    db.session.rollback()
    assert chain.check(db.engine).faults == []
    assert [one.number for one in retention.apply()] == [0] * 8


def test_a_look_emptied_by_hand_is_still_found_out(looked):
    retention.apply()
    with writing() as session:
        last = session.connection().exec_driver_sql("SELECT max(number) FROM record_views").scalar()
        session.connection().exec_driver_sql(
            f"UPDATE record_views SET viewer_id = NULL, salt = '', erased = '{{\"seals\": {{}}, \"salts\": {{}}}}'"
            f" WHERE number = {last}"
        )
    assert chain.check(db.engine).faults == [f"views: row {last} is not as it was written."]


def test_years_of_nights_are_read_as_one_span():
    assert chain._together([range(5, 9), range(1, 5), range(20, 22), range(9, 12), range(3, 6)]) == [
        range(1, 12), range(20, 22)
    ]  # fmt: skip
