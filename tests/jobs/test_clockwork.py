"""Jobs by the clock: once for each of their times, caught up, tried again, and never twice by two workers."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.core import clock
from lms.core.db import db, writing
from lms.jobs import clockwork, workers
from lms.jobs.clockwork import Job
from lms.jobs.models import ClockRun, Worker
from lms.jobs.rhythm import daily, every
from lms.people.models import Agency

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def noted(name="count", rhythm=None, fails=0):
    """A job that notes when it ran, and fails so many times before."""
    ran, left = [], [fails]

    def run():
        ran.append(clock.now())
        if left[0]:
            left[0] -= 1
            raise ZeroDivisionError

    return Job(name, "Counts", rhythm or daily(3, 17), run), ran


def at(moment, *jobs):
    with clock.acting_at(moment):
        return clockwork.run_due(jobs)


def row(job):
    db.session.rollback()
    return db.session.get(ClockRun, job.name, populate_existing=True)


def test_a_job_runs_once_for_each_of_its_times(app, database):
    job, ran = noted()
    moments = [NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=15), NOON + timedelta(hours=15, minutes=17)]
    assert [at(one, job) for one in moments] == [1, 0, 0, 1]
    assert ran == [moments[0], moments[3]]


def test_what_was_missed_while_no_worker_was_there_is_caught_up_once(app, database):
    job, ran = noted()
    at(NOON, job)
    assert at(NOON + timedelta(days=5), job) == 1
    assert at(NOON + timedelta(days=5, minutes=1), job) == 0
    assert len(ran) == 2


def test_a_job_that_fails_is_noted_and_tried_again_and_the_others_go_on(app, database):
    (bad, tries), (good, ran) = noted("bad", fails=2), noted("good")
    assert at(NOON, bad, good) == 2
    assert (len(ran), row(good).fault, row(bad).fault, row(bad).failures) == (1, "", "ZeroDivisionError", 1)
    assert row(bad).worker_id is None
    assert at(NOON + timedelta(seconds=30), bad, good) == 0
    assert at(NOON + timedelta(minutes=1), bad, good) == 1
    assert at(NOON + timedelta(minutes=5), bad, good) == 0, "five minutes after the second time"
    assert at(NOON + timedelta(minutes=6), bad, good) == 1
    found = row(bad)
    assert (len(tries), found.failures, found.went_well_at) == (3, 0, NOON + timedelta(minutes=6))
    assert found.fault_at == NOON + timedelta(minutes=1), "the last fault stays to be read"


def test_what_a_failing_job_began_to_write_is_undone(app, database):
    def half():
        with writing() as session:
            session.add(Agency(name="Half", sector="health", partnership="Fernshire"))
            session.flush()
            raise ZeroDivisionError

    assert at(NOON, Job("half", "Half", every(1), half)) == 1
    assert db.session.scalars(select(Agency)).all() == []


def test_a_job_held_by_a_living_worker_is_left_alone_and_a_dead_ones_is_taken_up(app, database):
    job, ran = noted()
    other = workers.begin()
    with writing() as session:
        session.add(ClockRun(job=job.name, worker_id=other.id, began_at=NOON))
    for moment in (NOON, NOON + timedelta(days=400), NOON - timedelta(days=400)):
        assert at(moment, job) == 0
    assert clockwork.standings([job])[0].is_running
    other.end()
    assert at(NOON, job) == 1
    assert len(ran) == 1


def test_two_workers_never_run_a_job_for_the_same_time(app: Flask, database):
    """Eight threads look at the same clock at once, over and over."""
    job, ran = noted(rhythm=every(1))
    ready = threading.Barrier(8)

    def look():
        for minute in range(4):
            ready.wait(20)
            with app.app_context(), clock.acting_at(NOON + timedelta(minutes=minute)):
                clockwork.run(job)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(ran) == [NOON + timedelta(minutes=minute) for minute in range(4)]
    assert db.session.scalar(select(func.count()).select_from(Worker)) == 0


def test_who_lost_a_job_to_another_worker_does_not_note_how_theirs_ended(app, database):
    job, _ = noted()
    with writing() as session:
        session.add(ClockRun(job=job.name, worker_id=(other := workers.begin()).id))
    clockwork._note_success(job, workers.new_id(), NOON)
    assert row(job).done_for is None
    other.end()


def test_every_job_of_the_schedule_runs_and_says_what_it_does(app: Flask, database):
    jobs = app.extensions["jobs"]
    assert len({job.name for job in jobs}) == len(jobs)
    assert clockwork.run_due(jobs) == len(jobs)
    for standing in clockwork.standings(jobs):
        assert (standing.row.fault, standing.row.failures) == ("", 0), standing.job.name
        assert standing.job.does[0].isupper()


@pytest.mark.parametrize("name", ["run_job", "deliver_mail_now", "work_out_plan_now", "make_file_now"])
def test_the_queue_knows_its_calls(app: Flask, name):
    assert any(known.endswith(f".{name}") for known in app.extensions["huey"]._registry._registry)
