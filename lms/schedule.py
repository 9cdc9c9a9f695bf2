"""What runs by the clock and how often, and the queue that wakes the worker: the whole list."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Flask
from huey import SqliteHuey, crontab

from lms.certificates import actions as certificates
from lms.chasing import by_clock as chasing
from lms.cohorts.actions import arranging, filling, missed
from lms.config import Settings
from lms.core import clock
from lms.core.db import writing
from lms.exports.actions import keeping, making
from lms.notifications import carriers, delivering
from lms.outcomes import actions as outcomes
from lms.planning.actions import solving
from lms.signin import throttle

KEEP_TRIES = timedelta(days=1)
LONGEST_DELIVERY = 50.0  # seconds; a lane that still waits for the mail server goes on by itself


def queue(settings: Settings) -> SqliteHuey:
    """The job queue, in a SQLite file of its own, so that jobs never wait for the training database."""
    return SqliteHuey("common-ground", filename=str(settings.data_dir / "queue.db"), utc=True, results=False)


def install(app: Flask, settings: Settings) -> None:
    """Give the application its queue, the jobs, and a way to wake the worker after a commit."""
    huey = queue(settings)

    def in_app(job: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            with app.app_context():
                job()

        run.__name__ = job.__name__
        return run

    def deliver_mail() -> int:
        return delivering.deliver_waiting(carriers.carrier(settings), lanes=delivering.LANES, wait=LONGEST_DELIVERY)

    def sweep_wrong_tries() -> None:
        with writing():
            throttle.sweep(clock.now() - KEEP_TRIES)

    mail_now = huey.task(name="deliver_mail_now")(in_app(deliver_mail))
    huey.periodic_task(crontab(minute="*"), name="deliver_mail")(in_app(deliver_mail))
    huey.periodic_task(crontab(minute="7", hour="3"), name="sweep_wrong_tries")(in_app(sweep_wrong_tries))
    huey.periodic_task(crontab(minute="17", hour="3"), name="issue_programmes")(
        in_app(certificates.issue_missing_programmes)
    )
    huey.periodic_task(crontab(minute="*"), name="work_out_plans")(in_app(solving.work_waiting))

    def work_out_plan(proposal_id: str) -> None:
        with app.app_context():
            solving.work(UUID(proposal_id))

    app.extensions["solve_now"] = huey.task(name="work_out_plan_now")(work_out_plan)

    def make_file(export_id: str) -> None:
        with app.app_context():
            making.make(UUID(export_id))

    app.extensions["make_file_now"] = huey.task(name="make_file_now")(make_file)
    huey.periodic_task(crontab(minute="*"), name="make_files")(in_app(making.make_waiting))
    huey.periodic_task(crontab(minute="47"), name="clear_away_files")(in_app(making.clear_away))
    huey.periodic_task(crontab(minute="12", hour="6"), name="mail_views")(in_app(keeping.mail_due))
    huey.periodic_task(crontab(minute="*"), name="end_offers_and_release_places")(in_app(filling.catch_up_all))
    huey.periodic_task(crontab(minute="23"), name="note_no_shows")(in_app(missed.note_all_no_shows))
    huey.periodic_task(crontab(minute="*/10"), name="ask_before_and_after")(in_app(outcomes.ask_all))
    huey.periodic_task(crontab(minute="37", hour="3"), name="forget_needs")(in_app(arranging.forget_needs))
    huey.periodic_task(crontab(minute="5", hour="5"), name="remind")(in_app(chasing.remind_all))
    app.extensions["huey"] = huey
    app.extensions["wake_worker"] = mail_now
