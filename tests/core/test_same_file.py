"""A database's file that goes away while it is in use: nothing is told saved, and no empty one takes its place."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from lms.core.db import prepare_engine
from lms.core.faults import Trouble, trouble


@pytest.fixture
def engine(tmp_path):
    made = create_engine(f"sqlite:///{tmp_path / 'here.db'}")
    prepare_engine(made)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE kept (word TEXT)"))
    yield made
    made.dispose()


def _save(engine):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO kept VALUES ('note')"))


def _saved(engine):
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM kept"))


def test_nothing_is_saved_into_a_file_that_is_gone(engine, tmp_path):
    _save(engine)
    neighbour = create_engine(engine.url)  # of another process, which has not asked for anything yet
    prepare_engine(neighbour)
    away = tmp_path / "away"
    away.mkdir()
    for part in tmp_path.glob("here.db*"):
        part.rename(away / part.name)
    for _ in range(2):
        with pytest.raises(OperationalError) as gone:
            _save(engine)
        assert trouble(gone.value) is Trouble.AWAY
    neighbour.dispose()
    with pytest.raises(OperationalError):
        _saved(neighbour)
    assert not list(tmp_path.glob("here.db*"))
    for part in away.iterdir():
        part.rename(tmp_path / part.name)
    _save(engine)
    assert _saved(engine) == 2


def test_another_file_under_the_name_is_taken_up(engine, tmp_path):
    _save(engine)
    other = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    with other.begin() as connection:
        connection.execute(text("CREATE TABLE kept (word TEXT)"))
    other.dispose()
    for part in tmp_path.glob("here.db*"):
        part.unlink()
    (tmp_path / "other.db").rename(tmp_path / "here.db")
    assert _saved(engine) == 0


def test_a_file_that_could_only_be_read_is_written_again_once_it_may(engine):
    with engine.connect() as connection:
        connection.execute(text("PRAGMA query_only = ON"))  # as one opened while the file's rights forbade it
    with pytest.raises(OperationalError) as refused:
        _save(engine)
    assert trouble(refused.value) is Trouble.AWAY
    _save(engine)
    assert _saved(engine) == 1
