"""Threads of one process write in turn, without the database refusing anybody or anybody holding a turn too long."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, create_engine, text

from lms.core import db

THREADS = 8


@pytest.fixture
def engine(tmp_path) -> Iterator[Engine]:
    """A database whose own waiting is switched off: whoever finds it locked is refused at once."""
    made = create_engine(f"sqlite:///{tmp_path / 'turns.db'}", connect_args={"timeout": 0})
    db.prepare_engine(made)
    in_mode(True, made, "CREATE TABLE turns (n INTEGER)")
    yield made
    made.dispose()


def in_mode(writing: bool, engine: Engine, *statements: str, pause: float = 0.0) -> int:
    """Run statements in one transaction of this mode; returns how many turns the table then holds."""
    db.choose_mode(writing=writing)
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
            time.sleep(pause)
            connection.commit()
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM turns")).scalar_one())
    finally:
        db.choose_mode(writing=False)


def test_threads_that_write_at_once_take_turns_and_none_is_refused(engine):
    with ThreadPoolExecutor(THREADS) as threads:
        writes = [threads.submit(in_mode, True, engine, "INSERT INTO turns VALUES (1)", pause=0.01) for _ in range(40)]
        assert max(write.result() for write in writes) == 40


def test_a_reader_waits_for_nobody(engine):
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(in_mode, True, engine, "INSERT INTO turns VALUES (1)", pause=0.5)
        time.sleep(0.1)
        assert threads.submit(in_mode, False, engine).result() == 0
        assert not slow.done()
        assert slow.result() == 1


@pytest.mark.parametrize("statement", ["INSERT INTO nowhere VALUES (1)", "INSERT INTO turns SELECT * FROM nowhere"])
def test_a_write_that_fails_gives_its_turn_back(engine, statement):
    with pytest.raises(Exception, match="nowhere"):
        in_mode(True, engine, "INSERT INTO turns VALUES (1)", statement)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(in_mode, True, engine, "INSERT INTO turns VALUES (2)").result() == 1
    assert time.monotonic() - began < db.BUSY_SECONDS / 3


def test_a_connection_that_writes_twice_does_not_wait_for_itself(engine):
    db.choose_mode(writing=True)
    try:
        began = time.monotonic()
        with engine.connect() as connection:
            for _ in range(2):
                connection.execute(text("INSERT INTO turns VALUES (1)"))
                connection.commit()
        assert time.monotonic() - began < db.BUSY_SECONDS / 3
    finally:
        db.choose_mode(writing=False)
    assert in_mode(False, engine) == 2


@pytest.mark.slow
def test_another_process_gets_in_between_two_portions_of_long_work(tmp_path):
    busy, other = (
        create_engine(f"sqlite:///{tmp_path / 'portions.db'}", connect_args={"timeout": 1.5}) for _ in range(2)
    )
    db.prepare_engine(busy)
    db.prepare_engine(other)
    in_mode(True, busy, "CREATE TABLE turns (n INTEGER)")

    def long_work() -> None:
        for _ in range(12):
            in_mode(True, busy, "INSERT INTO turns VALUES (1)", pause=0.3)
            time.sleep(db.GIVE_WAY_SECONDS)  # what `give_way` does on SQLite

    with ThreadPoolExecutor(2) as threads:
        long = threads.submit(long_work)
        for _ in range(4):
            threads.submit(in_mode, True, other, "INSERT INTO turns VALUES (2)").result()
        assert not long.done()
        long.result()
    busy.dispose()
    other.dispose()
