"""Who has looked at my record: every look by name, in words, and asking about one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from lms.audit import actions as audit
from lms.audit.models import AuditEntry, RecordView, Why
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.notifications.models import OutboxMail
from lms.passport.looks import Looked, summary
from lms.people import queries as people
from lms.people.models import Membership, Person
from tests.support.browser import settle

CONTACT = "data.protection@fernshire.example"


@pytest.fixture
def contact(app):
    """The partnership has named somebody to ask."""
    settings = app.extensions["settings"]
    settings.data_protection_contact = CONTACT
    yield CONTACT
    settings.data_protection_contact = ""


@pytest.fixture
def team(make):
    return make.team(make.agency("Brackenford Community Health"), "Health visitors")


@pytest.fixture
def leah(make, team):
    return make.person("Leah Stone", team=team)


@pytest.fixture
def manager(make, team):
    return make.manager(team=team, name="Morgan Ellis")


def look(viewer: Person, person: Person, what: str = "status and dates", ago: timedelta = timedelta(), **how) -> None:
    with time_machine.travel(clock.now() - ago, tick=False):
        actor = people.actor(viewer)
        settle()
        audit.viewed(actor, [person.id], what, **how)
    settle()


def lines(page) -> list[str]:
    return [" ".join(li.text_content().split()) for li in page.all("//h2[@id='looks']/following-sibling::ul/li")]


def test_nobody_has_looked(leah, as_user):
    page = as_user(leah).get("looked.listed")
    assert "Nobody but you in the last 24 months." in page.words
    assert "A report that showed only numbers is not here" in page.words


def test_a_report_by_name_is_on_the_page_with_role_agency_what_and_why(leah, manager, as_user):
    as_user(manager).get("reports.completion")
    as_user(manager).get("reports.person", person_id=leah.id)
    page = as_user(leah).get("looked.listed")
    assert "In the last 24 months: your manager 2 times." in page.words
    assert len(lines(page)) == 2
    for line in lines(page):
        assert "Morgan Ellis, manager, Brackenford Community Health" in line
        assert "Saw: status and dates · Why: report" in line


@pytest.mark.parametrize(
    ("looked", "said"),
    [
        ([], "Nobody but you in the last 24 months."),
        ([Looked("manager", 1, 1)], "In the last 24 months: your manager once."),
        (
            [Looked("coordinator", 1, 1), Looked("manager", 3, 1)],
            "In the last 24 months: your manager 3 times, the training team once.",
        ),
        ([Looked("manager", 4, 2)], "In the last 24 months: your managers 4 times."),
        ([Looked("", 2, 1)], "In the last 24 months: somebody whose role was not noted 2 times."),
    ],
)
def test_the_summary_in_words(looked, said):
    assert summary(looked) == said


def test_role_and_agency_stay_as_they_were(leah, manager, as_user, make):
    look(manager, leah, what="certificate", why=Why.REQUEST)
    with writing() as session:
        post = session.scalars(select(Membership).where(Membership.person_id == manager.id)).one()
        post.ends_on = clock.today() - timedelta(days=1)
    (line,) = lines(as_user(leah).get("looked.listed"))
    assert "manager, Brackenford Community Health" in line
    assert "Saw: certificate · Why: request" in line


def test_the_role_that_reaches_furthest_is_named_unless_another_opened_the_record(leah, make, as_user):
    both = make.person(
        agency=make.agency("Council"), roles=((Role.MANAGER, Scope.AGENCY), (Role.COORDINATOR, Scope.PARTNERSHIP))
    )
    look(both, leah)
    look(both, leah, role=Role.MANAGER, ago=timedelta(days=1))
    newer, older = lines(as_user(leah).get("looked.listed"))
    assert "training coordinator, Council" in newer
    assert "manager, Council" in older


def test_looks_older_than_24_months_have_gone_from_the_page(leah, manager, as_user):
    with time_machine.travel(datetime(2026, 11, 26, 12, tzinfo=UTC), tick=False):
        visitor = as_user(leah)
        with writing() as session:
            for at in (datetime(2024, 11, 25, 12, tzinfo=UTC), datetime(2024, 11, 26, 1, tzinfo=UTC)):
                session.add(RecordView(at=at, viewer_id=manager.id, person_id=leah.id, what="status and dates"))
        page = visitor.get("looked.listed")
    assert len(lines(page)) == 1
    assert "26 November 2024" in lines(page)[0]


def test_own_looks_are_folded_away_and_counted_apart(manager, as_user):
    visitor = as_user(manager)
    visitor.get("reports.completion")
    page = visitor.get("looked.listed")
    assert "Nobody but you in the last 24 months." in page.words
    assert lines(page) == []
    assert "1 time it was you" in " ".join(page.all("string(//details/summary)").split())


def test_figures_without_names_leave_nothing(leah, make, as_user):
    board = make.person(roles=((Role.OBSERVER, Scope.PARTNERSHIP),))
    as_user(board).get("together.figures")
    assert db.session.scalars(select(RecordView)).all() == []


def test_looking_at_the_page_is_no_look(leah, manager, as_user):
    look(manager, leah)
    as_user(leah).get("looked.listed")
    assert len(db.session.scalars(select(RecordView)).all()) == 1


def test_only_looks_at_oneself_are_shown(leah, manager, make, team, as_user):
    look(manager, make.person("Ben", team=team))
    assert lines(as_user(leah).get("looked.listed")) == []
    assert lines(as_user(manager).get("looked.listed")) == []


def test_the_page_is_paged_and_asks_few_questions(leah, manager, as_user, count_queries):
    look(manager, leah)
    visitor = as_user(leah)
    first = count_queries(lambda: visitor.get("looked.listed"))
    for days in range(1, 31):
        look(manager, leah, ago=timedelta(days=days))
    assert count_queries(lambda: visitor.get("looked.listed")) == first <= 8
    assert len(lines(visitor.get("looked.listed"))) == 25
    second = visitor.get("looked.listed", query={"page": 2})
    assert len(lines(second)) == 6
    assert "Page 2 of 2" in second.words


def test_asking_sends_the_row_to_the_contact_once_and_names_nobody(leah, manager, as_user, contact):
    look(manager, leah)
    visitor = as_user(leah)
    page = visitor.get("looked.listed")
    form_page = visitor.get(page.all("//a[starts-with(., 'Ask about this')]/@href")[0])
    assert "Morgan Ellis, manager, Brackenford Community Health" in form_page.words
    form = form_page.all("//form[@method='post']")[0]
    visitor.send(form_page, form, {"says": "Why was this looked at in August?"})
    (mail,) = db.session.scalars(select(OutboxMail))
    view = db.session.scalars(select(RecordView)).one()
    assert mail.address == CONTACT
    for words in ("manager, Brackenford Community Health", "status and dates", "Why was this looked at", str(view.id)):
        assert words in mail.body
    assert leah.email in mail.body
    assert "Morgan" not in mail.body
    assert "Leah" not in mail.body
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "record.asked_about")).one()
    assert (entry.actor_id, entry.subject_id) == (leah.id, view.id)
    assert "You asked about this on" in lines(visitor.get("looked.listed"))[0]
    again = visitor.post("looked.ask", {"says": "Again"}, look_id=view.id, expect=422)
    assert "You have asked about this already." in again.words
    assert len(db.session.scalars(select(OutboxMail)).all()) == 1


def test_an_empty_question_keeps_the_page_and_says_so(leah, manager, as_user, contact):
    look(manager, leah)
    view = db.session.scalars(select(RecordView)).one()
    page = as_user(leah).post("looked.ask", {"says": " "}, look_id=view.id, expect=422)
    assert "Write what you want to know" in page.words
    long = "x" * 1001
    page = as_user(leah).post("looked.ask", {"says": long}, look_id=view.id, expect=422)
    assert long in page.text


def test_without_a_contact_nothing_is_offered_and_nothing_sent(leah, manager, as_user):
    look(manager, leah)
    visitor = as_user(leah)
    page = visitor.get("looked.listed")
    assert "Ask about this" not in page.words
    assert "has not named a data protection contact here yet" in page.words
    view = db.session.scalars(select(RecordView)).one()
    visitor.post("looked.ask", {"says": "Hello"}, look_id=view.id, expect=422)
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_nobody_else_asks_about_a_look_at_me(leah, manager, make, as_user, contact):
    look(manager, leah)
    look(leah, leah)
    theirs, own = db.session.scalars(select(RecordView).order_by(RecordView.at)).all()
    for person in (manager, make.person()):
        as_user(person).get("looked.ask", look_id=theirs.id, expect=404)
        as_user(person).post("looked.ask", {"says": "Why"}, look_id=theirs.id, expect=404)
    as_user(leah).get("looked.ask", look_id=own.id, expect=404)
    assert db.session.scalars(select(OutboxMail)).all() == []
