"""When mails come: people choose by topic, mails of a day or week come together, floods become one mail, nights are
quiet.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.notifications import actions, delivering, gathering, kinds, queries
from lms.notifications.hours import Quiet, next_daily, next_weekly
from lms.notifications.kinds import Choice
from lms.notifications.models import MailChoice, OutboxMail
from lms.people import queries as people
from tests.notifications.conftest import Bag, mail, put_in, state

PROJECT = Path(__file__).resolve().parents[2]
CERTIFICATE = "certificates/issued"
NIGHTS = Quiet((datetime(2026, 1, 1, 19).time(), datetime(2026, 1, 1, 8).time()), True)


@pytest.fixture(autouse=True)
def _text(a_text):
    """Every mail here has the same text."""


def choose(person, **chosen):
    with writing():
        actions.choose(people.actor(person), {topic: Choice(choice) for topic, choice in chosen.items()})


def deliver(bag, moment):
    with clock.acting_at(moment):
        return delivering.deliver_waiting(bag)


def test_every_mail_there_is_has_a_topic_and_every_topic_that_is_always_sent_says_why():
    texts = {f"{path.parent.parent.name}/{path.stem}" for path in (PROJECT / "lms").rglob("templates/*/emails/*.txt")}
    assert texts == set(kinds.KINDS)
    assert [topic.key for topic in kinds.TOPICS if Choice.NEVER not in topic.choices and not topic.why] == []
    documented = (PROJECT / "docs" / "mail.md").read_text()
    assert [topic.key for topic in kinds.TOPICS if f"`{topic.key.upper()}`" not in documented] == []


@pytest.mark.parametrize(
    ("text", "quiet"), [("07:59", True), ("08:00", False), ("18:59", False), ("19:00", True), ("00:00", True)]
)
def test_quiet_hours_go_over_midnight(at, text, quiet):
    assert NIGHTS.covers(clock.local(at(text))) is quiet


def test_quiet_hours_within_a_day_weekends_and_none(at):
    noon = Quiet((datetime(2026, 1, 1, 12).time(), datetime(2026, 1, 1, 13).time()), False)
    assert [noon.covers(clock.local(at(text))) for text in ("11:59", "12:00", "13:00")] == [False, True, False]
    saturday, monday = clock.local(at("12:00", day=28)), clock.local(at("12:00", day=30))
    assert NIGHTS.covers(saturday)
    assert not NIGHTS.covers(monday)
    assert not Quiet(None, False).covers(saturday)


def test_quiet_hours_follow_the_partnerships_clock_in_summer_too(app, leah, monkeypatch):
    monkeypatch.setattr(queries, "quiet_hours", lambda: NIGHTS)
    waiting, bag = put_in(leah, moment=datetime(2026, 7, 2, 18, 30, tzinfo=UTC)), Bag()
    assert deliver(bag, datetime(2026, 7, 2, 18, 30, tzinfo=UTC)) == 0, "half past seven in the evening there"
    assert state(waiting).tries == 0
    assert deliver(bag, datetime(2026, 7, 3, 7, 0, tzinfo=UTC)) == 1, "eight in the morning there"


@pytest.mark.parametrize(
    ("day", "text", "daily", "weekly"),
    [(26, "08:29", (26, 11), (30, 11)), (26, "08:30", (27, 11), (30, 11)), (27, "12:00", (30, 11), (30, 11)),
     (29, "12:00", (30, 11), (30, 11)), (30, "09:00", (1, 12), (7, 12))],
)  # fmt: skip
def test_gathered_mails_are_due_at_half_past_eight_on_working_days_or_mondays(at, day, text, daily, weekly):
    now = clock.local(at(text, day=day))
    for found, expected in ((next_daily(now), daily), (next_weekly(now), weekly)):
        assert (found.day, found.month, found.hour, found.minute) == (*expected, 8, 30)


def test_at_night_a_mail_waits_for_the_morning_and_an_urgent_one_does_not(leah, at, monkeypatch):
    monkeypatch.setattr(queries, "quiet_hours", lambda: NIGHTS)
    night = at("21:00")
    later = put_in(leah, moment=night)
    now = put_in(leah, moment=night, terms=actions.Terms(urgent=True), title="Tomorrow’s room")
    bag = Bag()
    assert deliver(bag, night) == 1
    assert bag.mails == ["Tomorrow’s room"]
    assert deliver(bag, at("07:59", day=27)) == 0
    assert (state(later).state, state(now).state) == ("waiting", "sent")
    assert deliver(bag, at("08:00", day=27)) == 1


def test_a_certificate_earned_at_night_answers_its_reader_and_comes_at_once(leah, monkeypatch):
    monkeypatch.setattr(actions, "actor_or_none", lambda: people.actor(leah))
    assert mail(put_in(leah, CERTIFICATE)).urgent
    monkeypatch.setattr(actions, "actor_or_none", lambda: None)
    assert not mail(put_in(leah, CERTIFICATE)).urgent


def test_the_first_mail_of_an_hour_comes_by_itself_and_the_others_together(leah, at):
    bag = Bag()
    put_in(leah, CERTIFICATE, at("10:00"), title="First")
    assert deliver(bag, at("10:00")) == 1
    ids = []
    for minute, title in (("10:05", "Second"), ("10:20", "Third"), ("10:59", "Fourth")):
        ids.append(put_in(leah, CERTIFICATE, at(minute), title=title, link=f"http://x/{title}"))
        assert deliver(bag, at(minute)) == 0
    assert deliver(bag, at("11:00")) == 1
    assert bag.mails == ["First", "3 messages from Common Ground"]
    for title in ("Second", "Third", "Fourth"):
        assert f"{title}\nhttp://x/{title}\n" in bag.bodies[1]
    assert "New certificates" in bag.bodies[1]
    assert "/me/notifications/" in bag.bodies[1]
    assert {state(one).state for one in ids} == {"gathered"}
    assert deliver(bag, at("12:30")) == 0, "each line once"


def test_several_that_are_due_at_the_same_moment_come_together_at_once(make, leah, at):
    other, bag = make.person("Ben"), Bag()
    for title in ("One", "Two"):
        put_in(leah, CERTIFICATE, at("10:00"), title=title)
    put_in(other, CERTIFICATE, at("10:00"), title="Alone")
    assert deliver(bag, at("10:00")) == 2
    assert sorted(bag.mails) == ["2 messages from Common Ground", "Alone"]


def test_mails_about_places_are_never_put_together(leah, at):
    bag = Bag()
    for title in ("One", "Two"):
        put_in(leah, "cohorts/changed", at("10:00"), title=title)
    assert deliver(bag, at("10:00")) == 2
    assert sorted(bag.mails) == ["One", "Two"]


def test_what_is_wanted_daily_comes_in_one_mail_in_the_morning(leah, at):
    choose(leah, certificates="daily", invitations="weekly")
    for title in ("One", "Two"):
        put_in(leah, CERTIFICATE, at("10:00"), title=title)
    put_in(leah, "cohorts/invitation", at("11:00"), title="Come")
    bag = Bag()
    assert deliver(bag, at("18:00")) == 0
    assert deliver(bag, at("08:30", day=27)) == 1
    assert "You chose to have these together" in bag.bodies[0]
    assert "Come" not in bag.bodies[0]
    assert deliver(bag, at("08:29", day=30)) == 0
    assert deliver(bag, at("08:30", day=30)) == 1
    assert bag.mails == ["2 messages from Common Ground", "Come"]


def test_never_means_never_and_keeps_no_text(leah, at):
    choose(leah, certificates="never")
    unwanted, bag = put_in(leah, CERTIFICATE), Bag()
    assert deliver(bag, clock.now() + timedelta(days=9)) == 0
    assert (state(unwanted).state, mail(unwanted).body) == ("unwanted", "")
    put_in(leah, "certificates/withdrawn")
    assert deliver(bag, clock.now()) == 1, "a correction comes in any case"


def test_a_choice_that_a_topic_does_not_leave_is_ignored(leah):
    choose(leah, place="never", decisions="never", questions="weekly")
    assert db.session.scalars(select(MailChoice)).all() == []
    with writing() as session:  # and one that was stored when it was still left
        session.add(MailChoice(person_id=leah.id, topic="decisions", choice="never"))
    assert queries.choice_of(leah.id, kinds.DECISIONS) is Choice.AT_ONCE


def test_a_new_choice_counts_for_what_waits(leah, at):
    choose(leah, certificates="weekly")
    first = put_in(leah, CERTIFICATE)
    choose(leah, certificates="at-once")
    assert deliver(Bag(), clock.now()) == 1
    choose(leah, certificates="weekly")
    second = put_in(leah, CERTIFICATE)
    choose(leah, certificates="never")
    assert (state(first).state, state(second).state) == ("sent", "unwanted")
    topics = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "mail.chosen")).all()
    assert {one["topic"] for one in topics} == {"certificates"}
    assert len(topics) == 4


def test_a_mail_taken_back_is_not_sent_and_one_that_has_left_is_not_taken_back(make, leah):
    day, other = leah.id, make.person("Ben")
    terms = actions.Terms(about=day)
    hers, his, sent = (put_in(one, terms=terms) for one in (leah, other, other))
    with writing():
        mail(sent).state = "sent"
        assert actions.withdraw(day, "tests/other") == 0
        assert actions.withdraw(day, "tests/hello", person_id=leah.id) == 1
    assert (state(hers).state, state(his).state) == ("withdrawn", "waiting")
    with writing():
        assert actions.withdraw(day, "tests/hello") == 1
    assert (state(sent).state, delivering.deliver_waiting(Bag())) == ("sent", 0)


def test_a_mail_with_a_date_for_the_calendar_is_not_taken_back(leah):
    event = actions.ForCalendar("REQUEST", "BEGIN:VCALENDAR")
    put_in(leah, terms=actions.Terms(about=leah.id), event=event)
    with writing():
        assert actions.withdraw(leah.id, "tests/hello") == 0


def test_what_is_taken_back_leaves_its_digest_too(leah, at):
    terms = actions.Terms(about=leah.id)
    for title, more in (("Stays", {}), ("Goes", {"terms": terms})):
        put_in(leah, CERTIFICATE, at("10:00"), title=title, **more)
    with clock.acting_at(at("10:00")):
        assert gathering.gather_due() == 1
    with writing():
        assert actions.withdraw(leah.id, CERTIFICATE) == 1
    bag = Bag()
    assert deliver(bag, at("10:01")) == 1
    assert "Stays" in bag.bodies[0]
    assert "Goes" not in bag.bodies[0]


def test_a_digest_of_which_nothing_is_left_is_not_sent_and_one_that_left_stays_as_it_was(leah, at):
    terms = actions.Terms(about=leah.id)
    for title in ("One", "Two"):
        put_in(leah, CERTIFICATE, at("10:00"), title=title, terms=terms)
    with clock.acting_at(at("10:00")):
        gathering.gather_due()
    with writing():
        assert actions.withdraw(leah.id, CERTIFICATE) == 2
    assert deliver(Bag(), at("10:01")) == 0
    for title in ("Three", "Four"):
        put_in(leah, CERTIFICATE, at("12:00"), title=title, terms=terms)
    assert deliver(Bag(), at("12:00")) == 1
    with writing():
        assert actions.withdraw(leah.id, CERTIFICATE) == 0


def test_after_its_time_a_mail_is_not_sent(leah, at):
    late = put_in(leah, moment=at("10:00"), terms=actions.Terms(until=at("12:00")))
    assert deliver(Bag(), at("12:00")) == 0
    assert (state(late).state, state(late).fault) == ("withdrawn", "too late")


def test_the_page_keeps_what_is_chosen_and_says_what_always_comes(as_user, leah):
    browser = as_user(leah)
    page = browser.get("notifications.choices")
    assert page.h1 == "Notifications"
    assert "others count on you" in page.words
    assert "Summaries about your team" not in page.words
    sent = {topic.key: "at-once" for topic in kinds.TOPICS if topic.gathers and not topic.for_managers}
    browser.post("notifications.choices", {**sent, "reminders": "weekly"})
    page = browser.get("notifications.choices")
    assert page.tree.xpath("string(//select[@name='reminders']/option[@selected]/@value)") == "weekly"
    refused = browser.post("notifications.choices", {**sent, "asked": "never"}, expect=422)
    assert "There is a problem" in refused.words
    assert queries.choice_of(leah.id, kinds.ASKED) is Choice.AT_ONCE


def test_managers_choose_for_their_teams_mails_too(as_user, make):
    manager = make.manager(agency=make.agency())
    assert "Summaries about your team" in as_user(manager).get("notifications.choices").words
    author = make.person(roles=((Role.AUTHOR, Scope.PARTNERSHIP),))
    assert "Summaries about your team" not in as_user(author).get("notifications.choices").words


def test_no_subject_of_a_mail_that_may_be_gathered_can_break_the_digest(leah, at):
    for title in ("{{ 7*7 }}", "<b>x</b>"):
        put_in(leah, CERTIFICATE, at("10:00"), title=title)
    bag = Bag()
    deliver(bag, at("10:00"))
    assert "{{ 7*7 }}" in bag.bodies[0]
    assert re.search("<b>x</b>", bag.bodies[0])
    assert len(db.session.scalars(select(OutboxMail)).all()) == 3
