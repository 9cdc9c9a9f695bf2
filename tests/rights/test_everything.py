"""One click gives a person everything about them, and nothing that is secret or somebody else's."""

import io
import json
import re
import zipfile

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core.db import Base, db, writing
from lms.rights import packing
from lms.rights.cli import person
from lms.rights.finding import Who
from lms.rights.register import REGISTER
from tests.rights.canaries import Aviary

BIRDS = re.compile(r"zq[a-z]\d{3}x")


@pytest.fixture
def them(make):
    return make.person("Canary Bird"), make.person("Other Bird"), make.person("Third Bird")


def opened(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.namelist() == ["everything.json", "everything.html"]
        return [file.read(name).decode() for name in file.namelist()]


def test_every_table_has_its_line_and_every_line_its_columns():
    assert sorted(REGISTER) == sorted(Base.metadata.tables)
    for name, held in REGISTER.items():
        columns = set(Base.metadata.tables[name].c.keys())
        spoken = {
            *held.whose,
            *held.through,
            *held.words,
            *held.secret,
            *held.others,
            *held.named,
            *held.stays,
            *held.codes,
        }
        assert spoken <= columns, name
        assert not held.address or held.address in columns, name


def test_whatever_refers_to_a_person_by_the_usual_name_is_theirs():
    for name, table in Base.metadata.tables.items():
        if "person_id" in table.c:
            assert "person_id" in REGISTER[name].whose, name


def test_whatever_looks_like_a_secret_is_called_one():
    for name, table in Base.metadata.tables.items():
        for column in table.c:
            if re.search(r"(token|code|password)_hash|secret", column.name):
                assert column.name in REGISTER[name].secret, (name, column.name)


@pytest.mark.slow
def test_every_canary_comes_back_and_no_secret_and_nobody_elses(database, them):
    subject, other, third = them
    with writing():
        mine = Aviary("m", subject.id, other.id).fill()
        yours = Aviary("y", other.id, third.id).fill()
    texts = opened(packing.pack(Who(subject.id, subject.email)))
    for text in texts:
        found = set(BIRDS.findall(text))
        assert mine.expected() - found == set()
        assert found & mine.expected(secret=True) == set()
        assert found & set(yours.birds.values()) == set()
    assert len(mine.expected()) > 100


@pytest.mark.slow
def test_who_was_kept_apart_from_them_and_by_whom_is_not_told(database, them):
    subject, other, _ = them
    with writing():
        Aviary("m", subject.id, other.id).fill()
    [row] = json.loads(opened(packing.pack(Who(subject.id, subject.email)))[0])["tables"]["keep_apart_pairs"]["yours"]
    assert (row["person_id"], row["other_id"], row["set_by"]) == ("you", "somebody else", "somebody else")
    assert row["until"]


def test_who_looked_is_told_by_name(database, them):
    subject, other, _ = them
    with writing():
        made = Aviary("m", subject.id, other.id)
        made.fill()
        table = Base.metadata.tables["record_views"]
        look = {**made.rows["record_views"], "id": subject.id, "number": 77, "viewer_id": other.id}
        db.session.connection().execute(table.insert().values(look))
    rows = json.loads(opened(packing.pack(Who(subject.id, subject.email)))[0])["tables"]["record_views"]["yours"]
    assert {row["viewer_id"] for row in rows} == {"you", "Other Bird"}


def test_the_page_says_what_is_held_and_the_download_is_noted(make, as_user):
    browser = as_user(make.person("Leah Stone"))
    page = browser.get("rights.everything")
    assert page.h1 == "Everything about me"
    assert "Memberships: 1 row" in page.words
    browser.post("rights.download", expect=200)
    assert db.session.scalars(select(AuditEntry.action)).all() == ["person.told"]


def test_the_same_from_the_machine_itself(app, make, tmp_path):
    them = make.person("Leah Stone")
    target = tmp_path / "leah.zip"
    done = CliRunner().invoke(person, ["export", "--email", them.email, "--to", str(target)], obj=lambda: app)
    assert done.exit_code == 0, done.output
    assert "Leah Stone" in opened(target.read_bytes())[0]
    assert target.stat().st_mode & 0o777 == 0o600
    wrong = CliRunner().invoke(person, ["export", "--email", "no@body.example"], obj=lambda: app)
    assert wrong.exit_code == 1
    assert "Nobody here has that address." in wrong.output
