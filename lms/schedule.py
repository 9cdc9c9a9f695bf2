"""What runs by the clock and how often, and what wakes the worker at once: the whole list."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Flask

from lms.assignments import counts
from lms.assignments import keeping as ledger
from lms.certificates import actions as certificates
from lms.chasing import by_clock as chasing
from lms.cohorts.actions import arranging, filling, missed
from lms.config import Settings
from lms.core import clock
from lms.core.faults import written
from lms.exports.actions import keeping, making
from lms.jobs import clockwork
from lms.jobs.clockwork import Job
from lms.jobs.queue import answers, queue, ring
from lms.jobs.rhythm import daily, every, hourly
from lms.jobs.ticking import Clock, Duties
from lms.joining import actions as joining
from lms.notifications import carriers, delivering, retention
from lms.outcomes import actions as outcomes
from lms.planning.actions import solving
from lms.rights import housekeeping
from lms.rights import retention as keeping_times
from lms.signin import break_glass, challenges, inviting, providers, recovering, throttle
from lms.web import once

KEEP_TRIES = timedelta(days=1)
LONGEST_DELIVERY = 50.0  # seconds; a lane that still waits for the mail server goes on by itself


def jobs(settings: Settings) -> tuple[Job, ...]:
    """Every job by the clock, with its rhythm (times of day are UTC). A missed one is caught up; see
    `lms/jobs/clockwork.py`. A new job is a line here: an action that may run twice without harm.
    """
    return (
        Job("deliver_mail", "Sends the mails that are due", every(1), lambda: deliver_mail(settings)),
        Job("work_out_plans", "Works out plans of joint days that wait", every(1), solving.work_waiting),
        Job("end_offers", "Ends offers of places and releases held places", every(1), filling.catch_up_all),
        Job("ask_before_and_after", "Asks the questions before and after joint days", every(10), outcomes.ask_all),
        Job("note_no_shows", "Notes who did not come to a joint day", hourly(23), missed.note_all_no_shows),
        Job("sweep_wrong_tries", "Forgets failed sign-ins after a day", daily(3, 7), sweep_wrong_tries),
        Job(
            "issue_programmes", "Issues certificates of programmes", daily(3, 17), certificates.issue_missing_programmes
        ),
        Job("forget_needs", "Forgets what people needed on past days", daily(3, 37), arranging.forget_needs),
        Job("make_files", "Makes long files that wait", every(1), making.make_waiting),
        Job("clear_away_files", "Clears files away that are a week old", hourly(47), making.clear_away),
        Job("mail_views", "Mails views that people keep", daily(6, 12), keeping.mail_due),
        Job("remind", "Reminds people of what is due, managers once a week", daily(5, 5), chasing.remind_all),
        Job("work_out_standings", "Works out where people stand after changes", every(1), ledger.refresh_waiting),
        Job("store_month_ends", "Stores the counts of months that are over", daily(3, 27), store_month_ends),
        Job("sum_up_counts", "Sums up changes of counts", daily(3, 33), sum_up_counts),
        Job("forget_people_files", "Empties files of people that nobody took", hourly(53), forget_people_files),
        Job("forget_answers", "Forgets answers kept for forms sent twice", hourly(13), forget_answers),
        Job("clean_up", "Cleans the database's file after somebody was erased", every(1), housekeeping.clean),
        Job("apply_retention", "Removes what is over its time", daily(3, 57), keeping_times.apply),
        Job("forget_mails", "Empties the texts of old mails and deletes old rows", daily(3, 47), retention.forget_old),
    )


def deliver_mail(settings: Settings) -> int:
    """Send what is due, links to a new password too."""
    recovering.answer_asked()
    return delivering.deliver_waiting(carriers.carrier(settings), lanes=delivering.LANES, wait=LONGEST_DELIVERY)


def sweep_wrong_tries() -> None:
    """Forget failed sign-ins, links to a new password that are too old, and invitations that nobody took up."""
    recovering.sweep()
    written(_sweep_tries)


def _sweep_tries() -> None:
    throttle.sweep(clock.now() - KEEP_TRIES)
    inviting.sweep()
    break_glass.sweep()
    providers.sweep(clock.now() - KEEP_TRIES)
    challenges.sweep(clock.now() - KEEP_TRIES)


def forget_people_files() -> None:
    """Empty files of people that nobody took for a day."""
    written(joining.forget)


def forget_answers() -> None:
    """Forget answers that were kept in case their form is sent twice."""
    written(once.forget_old)


def store_month_ends() -> None:
    """Store the counts of months that are over."""
    written(counts.store_month_ends)


def sum_up_counts() -> None:
    """Sum up changes of the same count on the same day."""
    written(counts.sum_up)


def install(app: Flask, settings: Settings) -> None:
    """Give the application its queue, the jobs, and ways to call the worker after a commit."""
    huey = queue(settings)
    listed = jobs(settings)
    by_name = {job.name: job for job in listed}

    def in_app(work: Callable[..., object], *words: object) -> None:
        with app.app_context():
            work(*words)

    @huey.task(name="run_job")  # type: ignore[untyped-decorator]
    def run_job(name: str) -> None:
        in_app(clockwork.run, by_name[name])

    def due() -> list[str]:
        with app.app_context():
            return [job.name for job in clockwork.due(listed)]

    @huey.task(name="deliver_mail_now")  # type: ignore[untyped-decorator]
    def deliver_mail_now() -> None:
        in_app(deliver_mail, settings)

    @huey.task(name="work_out_plan_now")  # type: ignore[untyped-decorator]
    def work_out_plan_now(proposal_id: str) -> None:
        in_app(solving.work, UUID(proposal_id))

    @huey.task(name="make_file_now")  # type: ignore[untyped-decorator]
    def make_file_now(export_id: str) -> None:
        in_app(making.make, UUID(export_id))

    app.extensions["clock"] = Clock(
        Duties(
            due=due,
            call=run_job,
            run=lambda name: in_app(clockwork.run, by_name[name]),
            calls_missed=lambda: in_app(deliver_mail, settings),
            answers=lambda: answers(huey),
        )
    )
    app.extensions["jobs"] = listed
    app.extensions["huey"] = huey
    app.extensions["wake_worker"] = ring(huey, deliver_mail_now)
    app.extensions["solve_now"] = ring(huey, work_out_plan_now)
    app.extensions["make_file_now"] = ring(huey, make_file_now)
