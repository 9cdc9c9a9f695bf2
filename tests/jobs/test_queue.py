"""The queue that wakes the worker: a bell that may fail without harm, in SQLite, PostgreSQL or Redis."""

import logging
import os
import time

import pytest
from huey import MemoryHuey
from huey.serializer import Serializer

from lms.config import BadSetting, Settings
from lms.jobs.queue import MOST_RINGS, PATIENCE, REST_SECONDS, _is_news, answers, prepare, queue, ring
from tests.support.redis_server import redis_running

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


@pytest.fixture
def redis():
    with redis_running() as made:
        yield made


def test_a_call_goes_through_redis_and_one_that_is_not_signed_is_not_opened(tmp_path, redis):
    huey = queue(settings(tmp_path, redis.url))
    assert through(huey) == ["now"]
    huey.storage.enqueue(Serializer().serialize(("no", "call", "of", "ours")))
    with pytest.raises(ValueError, match=r"not found|mismatch"):
        huey.dequeue()
    huey.storage.pool.disconnect()


@pytest.mark.slow
def test_redis_that_is_gone_or_hangs_keeps_nobody_waiting_and_is_left_alone_for_a_while(tmp_path, redis):
    huey = queue(settings(tmp_path, redis.url))
    call, heard = ring(huey, huey.task(name="hear")(print)), answers(huey)
    redis.hang()
    assert heard
    first, second = seconds(call), seconds(call)
    redis.go_on()
    assert first < PATIENCE + 1
    assert second < 0.1
    redis.kill()
    call = ring(huey, huey.task(name="hear_again")(print))
    assert seconds(call) < 0.5
    assert not answers(huey)
    huey.storage.pool.disconnect()


def seconds(call):
    began = time.monotonic()
    call("now")
    return time.monotonic() - began


def test_after_its_rest_the_queue_is_called_again(tmp_path, monkeypatch):
    huey = queue(settings(tmp_path))
    prepare(huey)
    call = ring(huey, huey.task(name="hear")(print))
    now = [100.0]
    monkeypatch.setattr("lms.jobs.queue.time.monotonic", lambda: now[0])
    with monkeypatch.context() as away:
        away.setattr(huey, "pending_count", lambda: 1 / 0)
        call("lost")
    call("in the rest")
    now[0] += REST_SECONDS
    call("heard")
    assert huey.pending_count() == 1


def test_a_worker_does_not_say_five_times_a_second_that_the_queue_is_away():
    told = [record(ConnectionError()), record(ValueError()), record(None)]
    assert [_is_news(one) for one in told] == [False, True, True]


def record(fault):
    info = (type(fault), fault, None) if fault else None
    return logging.LogRecord("huey.consumer.Worker", logging.ERROR, "", 1, "Error reading from queue", (), info)


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
