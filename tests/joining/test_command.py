"""`lms people import`: says what a file would change, and takes it only when told to."""

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from lms.assignments import keeping
from lms.core.db import db
from lms.core.permissions import Role, Scope
from lms.joining.cli import people
from lms.people.models import Person

TEXT = "email,name,job\nann@trust.org,Ann,Nurse\nbo@trust.org,Bo,Cook\n"


@pytest.fixture
def run(app, make, tmp_path):
    trust = make.agency("Trust")
    admin = make.person("Trish", agency=trust, roles=((Role.ADMINISTRATOR, Scope.AGENCY),))
    file = tmp_path / "people.csv"

    def run(text=TEXT, *more, who=None):
        file.write_text(text)
        words = ["import", str(file), "--as", who or admin.email, *more]
        done = CliRunner().invoke(people, words, obj=lambda: app)
        db.session.rollback()
        return done

    return run


def number():
    return db.session.scalar(select(func.count()).select_from(Person).where(Person.email.like("%@trust.org")))


def test_it_only_says_what_would_change_until_it_is_told_to_go(run):
    looked = run()
    assert looked.exit_code == 0
    assert "row 2: New person: ann@trust.org" in looked.output
    assert "Nothing was changed" in looked.output
    assert number() == 0
    assert "Taken." in run(TEXT, "--go").output
    assert number() == 2
    assert keeping.untold() == 0
    assert "Stays as it is: 2" in run(TEXT, "--go").output
    assert number() == 2


def test_a_fault_is_told_by_row_and_column_and_ends_with_one(run):
    done = run(TEXT + "nobody,,Cook\n", "--go")
    assert done.exit_code == 1
    assert "row 4, name: This is empty" in done.output
    assert "row 4, email: Enter a work e-mail" in done.output
    assert number() == 0


def test_only_an_administrator_may_be_named(run, make):
    done = run(TEXT, "--go", who=make.person().email)
    assert (done.exit_code, "is no administrator here" in done.output) == (1, True)
    assert run(TEXT, "--agency", "Council").exit_code == 1
