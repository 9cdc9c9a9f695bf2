"""The queue that wakes the worker: a bell that may fail without harm, in SQLite, PostgreSQL or Redis."""

import os

import pytest
from huey import MemoryHuey

from lms.config import BadSetting, Settings
from lms.jobs.queue import MOST_RINGS, prepare, queue, ring

SECRET = "tests-only-0123456789-abcdefghijklmnop"


def settings(tmp_path, url=""):
    return Settings({"LMS_SECRET_KEY": SECRET, "LMS_DATA_DIR": str(tmp_path), "LMS_QUEUE_URL": url})


def through(huey):
    """A call goes in and comes out as what it was."""
    heard = []
    call = ring(huey, huey.task(name="hear")(heard.append))
    prepare(huey)
    call("now")
    huey.execute(huey.dequeue())
    return heard


def test_a_call_goes_through_the_file(tmp_path):
    assert through(queue(settings(tmp_path))) == ["now"]


@pytest.mark.skipif(not os.environ.get("LMS_TEST_POSTGRES_URL"), reason="needs PostgreSQL")
def test_a_call_goes_through_postgresql(tmp_path):
    url = os.environ["LMS_TEST_POSTGRES_URL"].replace("+psycopg", "")
    huey = queue(settings(tmp_path, url))
    try:
        assert through(huey) == ["now"]
    finally:
        for table in ("kv", "schedule", "task", "counter"):
            huey.storage.sql(f"drop table huey_{table}", commit=True)
        huey.storage.close()


def test_a_queue_that_is_away_costs_nothing_but_a_minute(tmp_path):
    away = queue(settings(tmp_path, "postgresql://nobody@127.0.0.1:1/none"))
    ring(away, away.task(name="hear")(print))("now")


def test_nobody_rings_for_ever_when_nobody_hears():
    huey = MemoryHuey()
    call = ring(huey, huey.task(name="hear")(print))
    for _ in range(MOST_RINGS + 20):
        call("now")
    assert huey.pending_count() == MOST_RINGS


def test_a_queue_of_another_kind_or_without_its_driver_is_refused_in_words(tmp_path, monkeypatch):
    with pytest.raises(BadSetting, match="must begin with postgresql"):
        settings(tmp_path, "amqp://x")
    monkeypatch.setattr("lms.config.find_spec", lambda _name: None)
    with pytest.raises(BadSetting, match="driver, redis, is not installed"):
        settings(tmp_path, "redis://127.0.0.1/0")
