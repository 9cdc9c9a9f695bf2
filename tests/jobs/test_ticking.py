"""A worker's clock: what is due goes through the queue, or is done here while the queue is away."""

import threading
import time

import pytest
from sqlalchemy.exc import OperationalError

from lms.jobs.ticking import EVERY, MOST_HERE, SOON, Clock, Duties, Hands


class Stage:
    """A queue and a list of what is due, to be set by a test."""

    def __init__(self):
        self.is_there, self.due = True, ["mail", "files"]
        self.called, self.ran, self.missed = [], [], []

    def call(self, name):
        if not self.is_there:
            raise ConnectionError
        self.called.append(name)

    def names(self):
        if isinstance(self.due, Exception):
            raise self.due
        return self.due

    def clock(self):
        return Clock(
            Duties(
                due=self.names,
                call=self.call,
                run=self.ran.append,
                calls_missed=lambda: self.missed.append("mail"),
                answers=lambda: self.is_there,
            )
        )


def looked(clock):
    pause = clock.look()
    clock.hands.wait(10)
    return pause


def test_what_is_due_is_called_through_the_queue_once_a_minute():
    stage = Stage()
    assert looked(stage.clock()) == EVERY
    assert (stage.called, stage.ran, stage.missed) == (["mail", "files"], [], [])


def test_with_the_queue_away_it_is_done_here_and_soon_again():
    stage = Stage()
    stage.is_there = False
    assert looked(stage.clock()) == SOON
    assert (stage.called, sorted(stage.ran), stage.missed) == ([], ["files", "mail"], ["mail"])


def test_after_the_queue_is_back_it_looks_once_more_for_what_no_call_told():
    stage = Stage()
    clock, stage.is_there = stage.clock(), False
    looked(clock)
    stage.is_there = True
    assert looked(clock) == SOON
    assert (stage.called, stage.missed) == (["mail", "files"], ["mail", "mail"])
    assert looked(clock) == EVERY
    assert len(stage.missed) == 2


def test_a_queue_that_goes_between_two_calls_loses_none():
    stage = Stage()
    gone = Duties(stage.names, lambda _name: 1 / 0, stage.ran.append, lambda: stage.missed.append("mail"), lambda: True)
    clock = Clock(gone)
    looked(clock)
    assert sorted(stage.ran) == ["files", "mail"]
    assert looked(clock) == SOON, "and it is taken for away until a look goes well"


@pytest.mark.parametrize("fault", [OperationalError("", None, Exception()), RuntimeError("any other")])
def test_a_database_that_is_away_stops_no_clock(fault):
    stage = Stage()
    clock, stage.due = stage.clock(), fault
    assert looked(clock) == SOON
    stage.due = ["mail"]
    assert looked(clock) == EVERY
    assert stage.called == ["mail"]


def test_hands_do_a_thing_once_at_a_time_and_no_more_than_they_can_hold():
    hands, gate, begun = Hands(), threading.Event(), []

    def work(name):
        def do():
            begun.append(name)
            gate.wait(10)

        return do

    for name in ["mail", "mail", *map(str, range(MOST_HERE + 3))]:
        hands.take(name, work(name))
    gate.set()
    hands.wait(10)
    assert sorted(begun) == sorted(["mail", *map(str, range(MOST_HERE - 1))])
    hands.take("bad", lambda: 1 / 0)
    hands.wait(10)
    hands.take("bad", lambda: begun.append("bad"))
    hands.wait(10)
    assert begun[-1] == "bad", "what failed can be taken up again"


def test_it_looks_at_once_and_ends_when_told():
    stage, stop, looked_once = Stage(), threading.Event(), threading.Event()
    stage.call = lambda _name: looked_once.set()
    thread = threading.Thread(target=stage.clock().run, args=(stop,))
    thread.start()
    assert looked_once.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_it_does_not_wait_for_its_minute_when_the_queue_goes(monkeypatch):
    monkeypatch.setattr("lms.jobs.ticking.SOON", 0.05)
    stage, stop = Stage(), threading.Event()
    thread = threading.Thread(target=stage.clock().run, args=(stop,))
    thread.start()
    until = time.monotonic() + 10
    while not stage.called and time.monotonic() < until:
        time.sleep(0.01)
    stage.is_there = False
    while not stage.ran and time.monotonic() < until:
        time.sleep(0.01)
    stop.set()
    thread.join(10)
    assert set(stage.ran) == {"mail", "files"}
