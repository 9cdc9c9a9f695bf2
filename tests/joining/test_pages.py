"""An administrator sends a file of people, sees what it would change, and takes it whole or not at all."""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, select, update

from lms.assignments import keeping
from lms.assignments.ledger_models import PostSpan, Refreshing
from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from lms.joining import actions, queries
from lms.joining.models import PeopleFile
from lms.joining.plan import ELSEWHERE
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from lms.people.models import Membership, Person
from lms.people.sectors import Sector

HEADER = "email,name,agency,team,job,starts,ends\n"
TODAY = clock.today()


@pytest.fixture
def trust(make):
    return make.agency("Trust")


@pytest.fixture
def council(make):
    return make.agency("Council", Sector.SOCIAL_CARE)


@pytest.fixture
def admin(make, council):
    return make.person("Sunil", agency=council, roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),))


@pytest.fixture
def of_trust(make, trust):
    return make.person("Trish", agency=trust, roles=((Role.ADMINISTRATOR, Scope.AGENCY),))


def send(browser, data: bytes | str, expect=303, name="people.csv", **given):
    data = data.encode() if isinstance(data, str) else data
    form = {"csrf_token": browser.token(), "upload": (io.BytesIO(data), name), **given}
    answer = browser.client.post(browser.address("joining.send"), data=form, content_type="multipart/form-data")
    assert answer.status_code == expect, answer.text
    return answer


def shown(browser):
    one = db.session.scalars(select(PeopleFile).order_by(PeopleFile.sent_at.desc())).first()
    db.session.rollback()
    return one.id, browser.get("joining.show", file_id=one.id)


def take(browser, expect=303):
    file_id, page = shown(browser)
    (form,) = [one for one in page.all("//form") if "take" in one.get("action", "")]
    mark = form.xpath(".//input[@name='shown']/@value")[0]
    return browser.post("joining.take", {"shown": mark}, expect=expect, file_id=file_id)


def posts(email):
    wanted = select(Membership).join(Person).where(Person.email == email).order_by(Membership.starts_on)
    found = db.session.scalars(wanted).all()
    return [(one.agency.name, one.team.name if one.team else "", one.job, one.starts_on, one.ends_on) for one in found]


def test_a_list_is_looked_at_then_taken_and_a_second_time_changes_nothing(admin, trust, council, make, as_user):
    mover = make.person("Mo", team=make.team(trust, "North"))
    text = (
        HEADER
        + f"new@trust.org,New Nurse,Trust,South,Nurse,01/09/2026,\n{mover.email},Mo,Trust,South,Health visitor,,\n"
    )
    browser = as_user(admin)
    send(browser, text)
    _, page = shown(browser)
    assert "<dt>New person</dt><dd>1</dd><dt>Moves to another team today</dt><dd>1</dd>" in page.text
    assert "North → South" in page.words
    assert posts("new@trust.org") == []
    take(browser)
    assert posts("new@trust.org") == [("Trust", "South", "Nurse", clock.today().replace(2026, 9, 1), None)]
    assert posts(mover.email) == [
        ("Trust", "North", "Health visitor", mover.memberships[0].starts_on, TODAY - timedelta(days=1)),
        ("Trust", "South", "Health visitor", TODAY, None),
    ]
    found = people.actor(people.by_email("new@trust.org"))
    assert [(grant.role, grant.scope) for grant in found.seats[0].grants] == [(Role.STAFF, Scope.TEAM)]
    assert db.session.scalar(select(func.count()).where(PostSpan.person_id == found.id)) == 1
    db.session.rollback()
    send(browser, text)
    assert "everything is as the file says already" in shown(browser)[1].words


def test_a_fault_is_told_by_row_and_column_and_nothing_is_taken(admin, trust, as_user):
    answer = send(as_user(admin), HEADER + "a@trust.org,A,Trust,,Nurse,,\nb@trust.org,B,Thrust,,Nurse,,\n", 422)
    assert "The file has one fault" in answer.text
    assert '<td class="num">3</td><td>agency</td>' in answer.text
    assert db.session.scalar(select(func.count()).select_from(PeopleFile)) == 0


def test_excel_is_taken_too(admin, trust, as_user):
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["email", "name", "job", "agency"])
    book.active.append(["x@trust.org", "X", "Nurse", "Trust"])
    book.save(out)
    browser = as_user(admin)
    send(browser, out.getvalue(), name="people.xlsx")
    take(browser)
    assert posts("x@trust.org") == [("Trust", "", "Nurse", TODAY, None)]


def test_whoever_is_missing_from_the_whole_list_leaves_today(admin, trust, make, as_user):
    stays, goes = make.person(agency=trust), make.person(agency=trust)
    browser = as_user(admin)
    send(browser, HEADER + f"{stays.email},{stays.name},,,Health visitor,,\n", agency=str(trust.id), whole="y")
    assert "1 post ends today" in shown(browser)[1].words
    take(browser)
    assert [one[-1] for one in posts(goes.email)] == [TODAY]
    assert [one[-1] for one in posts(stays.email)] == [None]


def test_the_whole_list_of_no_agency_is_asked_about(admin, trust, council, as_user):
    answer = send(as_user(admin), HEADER + "a@trust.org,A,Trust,,Nurse,,\n", 422, whole="y")
    assert "Choose the agency of which this file is the whole list." in answer.text


def test_what_was_shown_is_what_is_taken_or_nothing(admin, trust, make, as_user):
    browser = as_user(admin)
    send(browser, HEADER + "a@trust.org,A,Trust,,Nurse,,\nb@trust.org,B,Trust,,Nurse,,\n")
    file_id, page = shown(browser)
    mark = page.all("//input[@name='shown']/@value")[0]
    with writing():
        db.session.execute(update(Person).values(name=Person.name))
        db.session.add(Person(email="a@trust.org", name="Somebody", password_hash="none"))
    answer = browser.post("joining.take", {"shown": mark}, expect=422, file_id=file_id)
    assert posts("b@trust.org") == []
    assert "cannot be taken" in answer.words


def test_taken_once_and_only_once_and_its_rows_are_emptied(admin, trust, as_user):
    browser = as_user(admin)
    send(browser, HEADER + "a@trust.org,A,Trust,,Nurse,,\n")
    file_id, page = shown(browser)
    mark = page.all("//input[@name='shown']/@value")[0]
    browser.post("joining.take", {"shown": mark}, file_id=file_id)
    again = browser.post("joining.take", {"shown": mark}, expect=422, file_id=file_id)
    assert "taken or put away meanwhile" in again.words
    one = db.session.scalars(select(PeopleFile)).one()
    assert (one.rows, one.counts) == ([], {"joins": 1, "agencies": 1})
    assert len(posts("a@trust.org")) == 1
    acts = select(AuditEntry.action).where(AuditEntry.actor_id == admin.id)
    assert {"people_file.sent", "people_file.taken", "person.added"} <= set(db.session.scalars(acts))


def test_an_administrator_of_one_agency_takes_nobody_of_another(of_trust, council, make, as_user):
    other = make.person("Ola", agency=council)
    browser = as_user(of_trust)
    text = HEADER + f"{other.email},Ola,,,Nurse,,\nn@council.org,N,Council,,Nurse,,\n"
    answer = send(browser, text, 422)
    assert answer.text.count('<td class="num">') == 2
    with pytest.raises(NotFound), writing():
        actions.look_at(people.actor(of_trust), (HEADER + "a@b.org,A,,,N,,\n").encode(), council.id, whole=False)


def test_a_file_is_its_senders_alone(admin, of_trust, trust, as_user):
    send(as_user(admin), HEADER + "a@trust.org,A,Trust,,Nurse,,\n")
    one = db.session.scalars(select(PeopleFile)).one()
    for endpoint in ("joining.show", "joining.report"):
        as_user(of_trust).get(endpoint, expect=404, file_id=one.id)


def test_the_report_has_every_line_and_no_formula(admin, trust, as_user):
    browser = as_user(admin)
    send(browser, HEADER + "a@trust.org,=HYPERLINK(1),Trust,,Nurse,,\n")
    file_id, _ = shown(browser)
    text = browser.client.get(browser.address("joining.report", file_id=file_id)).text
    assert "2,New person,a@trust.org,'=HYPERLINK(1),,Nurse" in text


def test_a_file_that_nobody_took_is_forgotten_after_a_day(admin, trust, as_user):
    send(as_user(admin), HEADER + "a@trust.org,A,Trust,,Nurse,,\n")
    with clock.acting_at(clock.now() + timedelta(hours=25)), writing():
        assert actions.forget() == 1
    assert db.session.scalars(select(PeopleFile)).one().rows == []


@pytest.mark.slow
def test_many_at_once_are_saved_at_once_and_worked_out_by_the_worker(admin, trust, make, as_user):
    gone = make.person(agency=trust)
    browser = as_user(admin)
    lines = "".join(f"p{number}@trust.org,P {number},Trust,,Nurse,,\n" for number in range(350))
    yesterday = TODAY - timedelta(days=1)
    send(browser, HEADER + lines + f"{gone.email},{gone.name},Trust,,Health visitor,,{yesterday.isoformat()}\n")
    page = browser.follow(take(browser))
    assert "351 people are still being worked out" in page.words
    assert db.session.scalar(select(func.count()).select_from(Refreshing)) == 1
    db.session.rollback()
    keeping.refresh_waiting()
    assert queries.waiting(people.actor(admin)) == 0
    still = select(func.count()).where(PostSpan.person_id == gone.id, PostSpan.last_day >= TODAY)
    assert db.session.scalar(still) == 0
    db.session.rollback()
    file_id, _ = shown(browser)
    assert "Everybody’s training is worked out too" in browser.get("joining.show", file_id=file_id).words


def test_looking_at_a_list_costs_the_same_queries_for_more_people(admin, trust, make):
    actor = people.actor(admin)
    text = HEADER + "".join(f"p{number}@trust.org,P {number},Trust,,Nurse,,\n" for number in range(400))
    rows, found = actions.look_at(actor, text.encode(), None, whole=False)
    assert found.counts == {"joins": 400}
    assert queries.planned(queries.reach(actor), rows, None, whole=False).counts == {"joins": 400}


@pytest.mark.slow
def test_an_employer_that_somebody_has_left_does_not_get_to_see_them_by_adding_a_post(
    of_trust, trust, council, make, as_user
):
    """The last employer may take back whoever works nowhere now; one before it may not, and sees nothing."""
    left, start = TODAY - timedelta(days=90), TODAY - timedelta(days=400)
    ann, bob, cat = (
        make.person(name, agency=trust, starts_on=start, ends_on=left) for name in ("Ann Bell", "Bob Cole", "Cat Dunn")
    )
    make.membership(ann, agency=council, starts_on=left + timedelta(days=1))
    make.membership(bob, agency=council, starts_on=left + timedelta(days=1), ends_on=TODAY - timedelta(days=5))
    boss, browser = make.manager(agency=trust), as_user(of_trust)
    for one in (ann, bob):
        answer = send(browser, HEADER + f"{one.email},{one.name},Trust,,Nurse,,\n", expect=422)
        assert ELSEWHERE in answer.text
        as_user(boss).get("reports.person", person_id=one.id, expect=404)
    send(browser, HEADER + f"{cat.email},{cat.name},Trust,,Nurse,,\n")
    take(browser)
    as_user(boss).get("reports.person", person_id=cat.id)


def test_whoever_has_an_account_is_told_of_every_post_that_is_added_to_it(admin, trust, council, make, as_user):
    ann = make.person("Ann Bell", agency=council)
    browser = as_user(admin)
    send(browser, HEADER + f"{ann.email},{ann.name},Trust,,Nurse,,\nnew@trust.org,New One,Trust,,Nurse,,\n")
    take(browser)
    (mail,) = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "joining/post_added"))
    assert (mail.address, mail.person_id) == (ann.email, ann.id)
    assert "Trust says that you work there" in mail.body
    assert "Sunil" not in mail.body


def test_a_manager_put_into_another_team_on_their_first_day_does_not_manage_that_team(admin, trust, make, as_user):
    north = make.team(trust, "North")
    mona = make.manager(team=north, name="Mona", starts_on=TODAY)
    browser = as_user(admin)
    send(browser, HEADER + f"{mona.email},Mona,Trust,South,Nurse,,\n")
    take(browser)
    (seat,) = people.seats(mona.id)
    assert (seat.team, [grant.role for grant in seat.grants]) == ("South", [Role.STAFF])
