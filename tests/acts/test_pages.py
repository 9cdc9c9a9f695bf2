"""The record of acts and What I did, over HTTP."""

import gzip
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.acts import actions
from lms.acts.queries import LINES_A_PAGE
from lms.audit.models import AuditEntry, RecordView
from lms.core import clock
from lms.core.db import db
from lms.core.permissions import Role, Scope
from tests.support.browser import settle

REFUSED = "Was refused a page"
ROWS = "//main//tbody/tr"


def whats(page):
    return [" ".join(row.findall("td")[-1].text_content().split()) for row in page.all(ROWS)]


def refused_lines(page):
    return [one for one in whats(page) if one == REFUSED]


@pytest.mark.parametrize("who", ["leah", "manager", "trainer"])
def test_nobody_but_administrators_reads_the_record(world, as_user, who):
    browser = as_user(getattr(world, who))
    browser.get("acts.record", expect=403)
    assert "What I did" in browser.get("acts.mine").h1


def test_it_is_read_alone(world, as_user):
    browser = as_user(world.ours)
    for address in ("acts.record", "acts.mine"):
        for method in ("post", "put", "delete", "patch"):
            answer = getattr(browser.client, method)(browser.address(address), data={"csrf_token": browser.token()})
            assert answer.status_code == 405


def test_administrators_find_it_where_they_look(world, as_user):
    assert as_user(world.ours).get("people.agencies").all("//a[@href='/acts/']")
    assert as_user(world.whole).get("operating.overview").all("//a[@href='/acts/']")
    assert as_user(world.trainer).get("signin.me").all("//a[@href='/me/acts/']")


def test_when_who_and_what_are_said_and_nothing_from_the_detail(world, did, as_user):
    did(None, "break_glass.made", world.leah.id, reason="Canary reason")
    did(None, "sign_in.failed", world.leah.id, why="password", address="192.0.2.7")
    page = as_user(world.ours).get("acts.record")
    assert "Tried to sign in, and something was wrong" in page.words
    day = clock.today()
    assert f"{day.day} {day:%b} {day.year}" in page.words
    assert "Canary" not in page.text
    assert "192.0.2.7" not in page.text


def test_days_kinds_and_people_narrow_the_list(world, did, as_user):
    did(world.leah, "access.refused", ago=timedelta(days=40))
    did(world.manager, "report.exported")
    did(world.whole, "second_step.reset", world.leah.id)
    browser = as_user(world.ours)

    def lines(**query):
        found = whats(browser.get("acts.record", query=query))
        return [one for one in found if one != "Read the record of acts"]

    reset, took = "Reset a lost second stepLeah Stone", "Took a report along as a file"
    assert lines() == [reset, took, REFUSED]
    today = clock.today()
    assert lines(**{"from": str(today)}) == [reset, took]
    assert lines(to=str(today - timedelta(days=1))) == [REFUSED]
    assert lines(to=f"{today:%d/%m/%Y}") == [reset, took, REFUSED]
    assert lines(kind="report.exported") == [took]
    assert lines(kind="all:looking") == [took, REFUSED]
    assert lines(who="stone") == [reset, REFUSED]
    assert lines(who=world.manager.email) == [took]
    assert lines(who="Mona", kind="all:ways_in") == []
    assert lines(**{"from": "0001-01-01", "to": "9999-12-31"}) == [reset, took, REFUSED]


def test_a_filter_by_person_tells_nothing_of_a_line_that_does_not_name_them(world, did, as_user):
    did(world.manager, "exemption.granted", world.leah.id, person=str(world.leah.id))
    page = as_user(world.ours).get("acts.record", query={"who": "Leah"})
    assert "Exempted somebody from a module" not in whats(page)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"from": "soon"}, "Enter the first day as a date, like 31 March 2027."),
        ({"to": "31/02/2026"}, "Enter the last day as a date, like 31 March 2027."),
        ({"from": "2026-05-02", "to": "2026-05-01"}, "The last day is before the first."),
        ({"kind": "person.signed_in"}, "Choose from the list what was done."),
        ({"kind": "all:nothing"}, "Choose from the list what was done."),
        ({"who": "x" * 121}, "Keep the name within 120 characters."),
        ({"who": "Omar"}, "Nobody you look after is called that."),
        ({"who": "Zebedee%"}, "Nobody you look after is called that."),
    ],
)
def test_what_is_wrong_is_said_and_kept(world, as_user, query, sentence):
    page = as_user(world.ours).get("acts.record", query=query, expect=422)
    assert sentence in page.words
    assert not page.all(ROWS)
    for name, value in query.items():
        if name != "kind":
            assert page.all(f"//form//input[@name='{name}']/@value") == [value]


def test_a_name_that_too_many_have_is_refused(world, make, as_user):
    for _ in range(21):
        make.person("Sam Same", agency=world.trust)
    page = as_user(world.ours).get("acts.record", query={"who": "same"}, expect=422)
    assert "More than 20 people are called that." in page.words


@pytest.mark.parametrize("before", ["x", "9" * 60, "-1", "1-1-1", "999999999999999999-1"])
def test_a_page_that_nobody_handed_out_is_the_newest_or_empty_never_a_fault(world, did, as_user, before):
    did(world.leah, "access.refused")
    for address in ("acts.record", "acts.mine"):
        as_user(world.ours).get(address, query={"before": before})


def test_every_line_is_on_one_page_and_no_address_counts(world, did, as_user):
    for number in range(2 * LINES_A_PAGE + 5):
        did(world.leah, "access.refused", page=str(number))
    browser = as_user(world.ours)
    page = browser.get("acts.record")
    sizes, lines = [len(page.all(ROWS))], len(refused_lines(page))
    while older := page.all("//nav[@class='pager']/a[text()='Older']/@href"):
        page = browser.get("acts.record", query=dict([older[0].partition("?")[2].split("=")]))
        sizes.append(len(page.all(ROWS)))
        lines += len(refused_lines(page))
    assert lines == 2 * LINES_A_PAGE + 5
    assert sizes[:2] == [LINES_A_PAGE, LINES_A_PAGE]
    assert page.all("//nav[@class='pager']/a[text()='Newest']/@href") == ["/acts/"]


def test_a_page_asks_the_same_few_times_however_many_lines(world, did, as_user, count_queries, make):
    team = make.team(world.trust, "North")
    kinds = [("access.refused", None), ("team.locality_set", team.id), ("second_step.reset", world.leah.id)]
    for action, subject in kinds:
        did(world.manager, action, subject)
    browser = as_user(world.ours)
    for address in ("acts.record", "acts.mine"):
        browser.get(address)
        few = count_queries(lambda address=address: browser.get(address))
        for number in range(LINES_A_PAGE):
            action, subject = kinds[number % 3]
            did(make.person(agency=world.trust), action, subject)
            did(world.ours, action, subject)
        assert count_queries(lambda address=address: browser.get(address)) == few
        assert few <= 12


def test_a_full_page_is_light(world, make, did, as_user):
    for number in range(LINES_A_PAGE):
        one = make.person(f"Somebody {number * 7919} With A Long Name", agency=world.trust)
        did(one, "second_step.reset", one.id if number % 2 else world.leah.id)
    page = as_user(world.whole).get("acts.record")
    assert len(page.all(ROWS)) == LINES_A_PAGE
    assert len(gzip.compress(page.text.encode(), 6)) < 14_000


def reading(who):
    settle()
    wanted = select(func.count()).where(AuditEntry.action == actions.READ, AuditEntry.actor_id == who.id)
    return db.session.scalar(wanted)


def test_a_look_is_noted_once_and_its_pages_with_it(world, did, as_user):
    for number in range(LINES_A_PAGE + 5):
        did(world.leah, "access.refused", page=str(number))
    browser = as_user(world.ours)
    page = browser.get("acts.record")
    browser.client.get(page.all("//nav[@class='pager']/a[text()='Older']/@href")[0])
    browser.get("acts.record")
    assert reading(world.ours) == 1
    browser.get("acts.record", query={"kind": "all:looking"})
    assert reading(world.ours) == 2
    assert "Read the record of acts" in whats(browser.get("acts.record"))
    assert reading(world.leah) == 0


def test_who_is_looked_for_by_name_is_told(world, as_user):
    browser = as_user(world.ours)
    browser.get("acts.record")
    assert db.session.scalar(select(func.count()).select_from(RecordView)) == 0
    browser.get("acts.record", query={"who": "Leah"})
    browser.get("acts.record", query={"who": "Leah"})
    settle()
    looks = db.session.scalars(select(RecordView)).all()
    assert [(one.viewer_id, one.person_id, one.role) for one in looks] == [
        (world.ours.id, world.leah.id, Role.ADMINISTRATOR.value)
    ]
    assert "Saw: what you did, in the record of acts" in as_user(world.leah).get("looked.listed").words


def test_what_is_refused_is_not_noted_as_a_look(world, as_user):
    as_user(world.ours).get("acts.record", query={"who": "Omar"}, expect=422)
    assert reading(world.ours) == 0


def test_my_own_acts_are_all_there_and_those_of_nobody_else(world, did, as_user):
    did(world.manager, "leave.recorded", world.leah.id, person=str(world.leah.id))
    did(world.manager, "person.signed_in", world.manager.id)
    did(world.manager, "thing.done")
    did(world.trainer, "attendance.noted")
    did(world.whole, "second_step.reset", world.manager.id)
    found = whats(as_user(world.manager).get("acts.mine"))
    assert found == ["Did something that this page has no words for", "Signed in", "Recorded long leaveLeah Stone"]


def test_people_who_are_mine_no_more_are_not_named(world, did, as_user):
    for person in (world.leah, world.omar):
        did(world.manager, "exemption.granted", person=str(person.id), module="lead-professional")
        did(world.manager, "second_step.reset", person.id)
    found = " ".join(whats(as_user(world.manager).get("acts.mine")))
    assert found.count("Leah Stone") == 2
    assert "Omar" not in found


def test_joint_days_are_named_to_whoever_ran_them_and_to_administrators_of_all_of_it(partnership, make, did, as_user):
    cohort = partnership.cohort()
    did(partnership.trainer, "attendance.noted", cohort.sessions[0].id, people=3)
    did(partnership.trainer, "cohort.approved", make.person().id, cohort=str(cohort.id))
    home = partnership.trainer.memberships[0].agency
    whole = make.person(agency=home, roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),))
    ours = make.person(agency=home, roles=((Role.ADMINISTRATOR, Scope.AGENCY),))
    for who, address, named in (
        (partnership.trainer, "acts.mine", True),
        (whole, "acts.record", True),
        (ours, "acts.record", False),
    ):
        found = [one for one in whats(as_user(who).get(address)) if "Noted who came" in one or "Approved" in one]
        assert len(found) == 2
        assert all((cohort.title in one) == named for one in found), (address, found)
