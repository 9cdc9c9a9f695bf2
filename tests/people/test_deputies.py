"""A manager away names a deputy: from when to when they see and chase, what they never may, and how it ends early."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.assignments.actions import exempting
from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.core.permissions import Permission, Role, Scope
from lms.notifications.models import OutboxMail
from lms.people import deputies, queries
from lms.people.deputies import Absence, DeputyAlready, NoColleague, PastDay, WrongEnd, Yourself
from lms.people.models import Deputy, Membership, Person
from lms.people.policy import managed
from tests.assignments.pasts import CORE, days_ago
from tests.reports.conftest import fernshire, names

__all__ = ["fernshire"]


@pytest.fixture(autouse=True)
def _three_modules(three_modules: None) -> None:
    """Ask for them."""


def later(days: int):
    return clock.today() + timedelta(days=days)


def on(day):
    return clock.acting_at(clock.from_local(datetime.combine(day, time(9))))


def post_of(person) -> Membership:
    return db.session.scalar(select(Membership).where(Membership.person_id == person.id))


def lend(f, deputy=None, manager=None, first=0, last=13) -> Deputy:
    manager = manager or f.north_manager
    with writing() as session:
        made = Deputy(membership_id=post_of(manager).id, deputy_id=(deputy or f.ben).id,
                      first_day=later(first), last_day=later(last))  # fmt: skip
        session.add(made)
    return made


def seen(person, day=None) -> set[str]:
    """Whom somebody sees today by the one policy, as the ordinary lists do."""
    day = day or clock.today()
    with on(day):
        wanted = select(Person.name).join(Membership).where(managed(queries.actor(person), day))
        return set(db.session.scalars(wanted))


NORTH = {"Manager of North", "Ben Whitlock", "Carys Bevan"}


@pytest.mark.parametrize(("day", "sees"), [(-1, False), (0, True), (13, True), (14, False)])
def test_a_deputy_sees_the_managers_people_from_the_first_to_the_last_day(fernshire, day, sees):
    lend(fernshire)
    assert seen(fernshire.ben, later(day)) == (NORTH if sees else set())
    assert seen(fernshire.north_manager, later(day)) == NORTH


def test_a_deputy_of_another_team_and_of_a_whole_agency(fernshire):
    lend(fernshire, fernshire.dele)
    assert seen(fernshire.dele) == NORTH
    lend(fernshire, fernshire.dele, fernshire.head)
    assert seen(fernshire.dele) == NORTH | {"Head of Health", "Manager of South", "Dele Adeyemi"}
    assert seen(fernshire.carys) == set()


def test_it_ends_with_either_post_and_with_the_managers_account_and_role(fernshire, make):
    lend(fernshire, fernshire.dele)
    for person, change in (
        (fernshire.north_manager, lambda: setattr(post_of(fernshire.north_manager), "ends_on", days_ago(1))),
        (fernshire.dele, lambda: setattr(post_of(fernshire.dele), "ends_on", days_ago(1))),
    ):
        with writing():
            change()
        assert seen(fernshire.dele) == set()
        with writing():
            post_of(person).ends_on = None
        assert seen(fernshire.dele) == NORTH
    with writing() as session:
        session.get(Person, fernshire.north_manager.id).active = False
    assert seen(fernshire.dele) == set()
    with writing() as session:
        session.get(Person, fernshire.north_manager.id).active = True
        post_of(fernshire.north_manager).roles = []
    assert seen(fernshire.dele) == set()


def test_working_elsewhere_as_well_lends_nothing_there(fernshire, make):
    lend(fernshire, fernshire.dele)
    make.membership(fernshire.dele, team=fernshire.kestrel)
    assert seen(fernshire.dele) == NORTH
    with writing():
        db.session.scalar(
            select(Membership).where(
                Membership.person_id == fernshire.dele.id, Membership.team_id == fernshire.south.id
            )
        ).ends_on = days_ago(1)
    assert seen(fernshire.dele) == set()


def test_a_deputy_of_two_managers_is_one_of_both_and_roles_of_their_own_stay(fernshire):
    lend(fernshire, fernshire.south_manager)
    lend(fernshire, fernshire.south_manager, fernshire.head)
    actor = queries.actor(fernshire.south_manager)
    assert actor.managed_teams == {fernshire.south.id}
    assert actor.followed_teams == {fernshire.south.id, fernshire.north.id}
    assert actor.followed_agencies == {fernshire.health.id}
    assert actor.managed_agencies == frozenset()
    assert len(actor.seats) == 1


def test_every_list_of_status_obeys_and_the_deputy_reminds(fernshire, as_user):
    before = as_user(fernshire.ben)
    before.get("reports.completion", expect=403)
    lend(fernshire)
    visitor = as_user(fernshire.ben)
    page = visitor.get("reports.completion")
    assert page.h1 == "North: who has done what"
    assert set(names(page)) == NORTH
    assert "Carys Bevan" in visitor.get("reports.completion_csv").text
    assert visitor.get("reports.person", person_id=fernshire.carys.id).h1 == "Carys Bevan"
    visitor.get("reports.person", person_id=fernshire.dele.id, expect=404)
    check = visitor.get("chasing.check")
    assert "Carys Bevan" in check.words
    assert "Whoever stands in for your manager has sent you this reminder." in check.words


def test_a_deputy_decides_nothing_and_names_no_deputy(fernshire, as_user):
    lend(fernshire)
    actor, visitor = queries.actor(fernshire.ben), as_user(fernshire.ben)
    assert actor.roles == {Role.STAFF, Role.DEPUTY}
    assert not actor.can(Permission.REQUIREMENT_EXEMPT)
    assert not actor.can(Permission.JOINT_READ)
    with pytest.raises(NotFound), writing():
        exempting.exempt(actor, fernshire.carys.id, CORE, "Leave", None)
    assert "Exempt from a module" not in visitor.get("reports.person", person_id=fernshire.carys.id).words
    visitor.post("reports.exempt", {"module": CORE, "reason": "x"}, person_id=fernshire.carys.id, expect=403)
    visitor.get("together.figures", expect=403)
    sent = {"post": str(post_of(fernshire.north_manager).id), "who": "Carys Bevan"}
    visitor.post("people.name_deputy", sent, expect=404)
    assert "Name a deputy" not in visitor.get("people.deputies").words


def name(f, visitor, expect=303, **typed):
    given = {
        "post": str(post_of(f.north_manager).id), "who": "Ben Whitlock",
        "first_day": later(1).isoformat(), "last_day": later(14).isoformat(),
    } | typed  # fmt: skip
    return visitor.post("people.name_deputy", given, expect=expect)


def test_naming_one_on_the_page_tells_them_and_both_pages_and_the_team_show_it(fernshire, as_user, make):
    f = fernshire
    visitor = as_user(f.north_manager)
    page = visitor.follow(name(f, visitor))
    assert "Ben Whitlock is your deputy from " in page.words
    assert "Ben Whitlock stands in for you From " in page.words
    theirs = as_user(f.ben).get("people.deputies")
    assert "You stand in for Manager of North" in theirs.words
    for member, is_told in ((f.carys, True), (f.dele, False), (f.elin, False)):
        assert ("Ben Whitlock, for Manager of North" in as_user(member).get("reports.mine").words) is is_told
    (mail,) = db.session.scalars(select(OutboxMail)).all()
    assert mail.person_id == f.ben.id
    assert "Manager of North" not in mail.body + mail.subject
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "deputy.named"))
    assert entry.detail["deputy"] == str(f.ben.id)


@pytest.mark.parametrize("side", ["manager", "deputy"])
def test_either_of_the_two_ends_it_at_once_and_the_other_is_told(fernshire, as_user, side):
    f, made = fernshire, lend(fernshire)
    ends, told = (f.north_manager, f.ben) if side == "manager" else (f.ben, f.north_manager)
    for other in (f.carys, f.head, f.care_manager):
        as_user(other).post("people.end_deputy", deputy_id=made.id, expect=404)
    visitor = as_user(ends)
    for _ in range(2):
        visitor.post("people.end_deputy", deputy_id=made.id)
    assert seen(f.ben) == set()
    assert "It has ended." in visitor.get("people.deputies").words
    mails = db.session.scalars(select(OutboxMail)).all()
    assert [mail.person_id for mail in mails] == [told.id]
    acts = db.session.execute(select(AuditEntry.actor_id, AuditEntry.action)).all()
    assert [tuple(act) for act in acts if act.action.startswith("deputy")] == [(ends.id, "deputy.ended")]


@pytest.mark.slow
def test_wrong_input_is_told_beside_its_field_and_kept(fernshire, as_user, make):
    f = fernshire
    visitor = as_user(f.north_manager)
    make.person("Twin Name", team=f.north)
    make.person("Twin Name", team=f.south)
    make.person("Leaves Soon", team=f.north, ends_on=later(5))
    make.person("Gone Already", team=f.north, starts_on=days_ago(90), ends_on=days_ago(1))
    for typed, sentence in (
        ({"who": ""}, "Enter the name or the work e-mail of a colleague."),
        ({"who": "Nobody Known"}, "Nobody at Fernshire Health has that name or address."),
        ({"who": "Elin Rhys"}, "Nobody at Fernshire Health has that name or address."),
        ({"who": f.elin.email}, "Nobody at Fernshire Health has that name or address."),
        ({"who": "Gone Already"}, "Nobody at Fernshire Health has that name or address."),
        ({"who": "Twin Name"}, "Several people at Fernshire Health have that name."),
        ({"who": "Leaves Soon"}, "Leaves Soon leaves Fernshire Health on "),
        ({"who": "manager of north"}, "You cannot be your own deputy."),
        ({"first_day": days_ago(1).isoformat()}, "Enter a first day that is today or later."),
        ({"first_day": "soon"}, "Enter the first day as a date, like 31 March 2027."),
        ({"last_day": ""}, "Enter the last day."),
        ({"last_day": later(0).isoformat()}, "Enter a last day that is not before the first."),
        ({"last_day": later(400).isoformat()}, "A deputy is for a year at most."),
    ):
        page = name(f, visitor, 422, **typed)
        assert sentence in page.words, typed
        assert page.all("//input[@name='who']/@value") == [typed.get("who", "Ben Whitlock")]
    assert db.session.scalars(select(Deputy)).all() == []
    name(f, visitor, who=f"  {f.ben.email.upper()} ")
    page = name(f, visitor, 422, who="Carys Bevan", first_day=later(14).isoformat(), last_day=later(20).isoformat())
    assert "Ben Whitlock is your deputy from " in page.words
    name(f, visitor, who="Carys Bevan", first_day=later(15).isoformat(), last_day=later(20).isoformat())
    name(f, visitor, 422, post=str(post_of(f.south_manager).id), who="Dele Adeyemi")
    name(f, visitor, 422, post=str(uuid4()), who="Dele Adeyemi")


def test_the_rules_hold_without_the_page_too(fernshire):
    f = fernshire
    actor, post = queries.actor(f.north_manager), post_of(f.north_manager).id
    week = Absence(later(0), later(7))
    for who, absence, refusal in (
        ("Manager of North", week, Yourself),
        ("Elin Rhys", week, NoColleague),
        ("Ben Whitlock", Absence(later(-1), later(1)), PastDay),
        ("Ben Whitlock", Absence(later(2), later(1)), WrongEnd),
    ):
        with pytest.raises(refusal), writing():
            deputies.name(actor, post, who, absence)
    with writing():
        deputies.name(actor, post, "Ben Whitlock", week)
    with pytest.raises(DeputyAlready), writing():
        deputies.name(actor, post, "Carys Bevan", Absence(later(7), later(9)))
    with pytest.raises(NotFound), writing():
        deputies.name(queries.actor(f.ben), post, "Carys Bevan", Absence(later(20), later(21)))
    with pytest.raises(NotFound), writing():
        deputies.name(actor, post_of(f.south_manager).id, "Dele Adeyemi", Absence(later(20), later(21)))
    with pytest.raises(NotFound), writing():
        deputies.end(queries.actor(f.carys), uuid4())


@pytest.mark.slow
def test_the_weekly_number_goes_to_the_deputy_too(fernshire):
    lend(fernshire, fernshire.dele, fernshire.head)
    actor = queries.actor(fernshire.dele)
    assert actor.followed_agencies == {fernshire.health.id}
    assert Scope.AGENCY in {grant.scope for seat in actor.seats for grant in seat.grants}
