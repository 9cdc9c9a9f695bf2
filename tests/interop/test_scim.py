"""An agency's directory tells who joins, changes and leaves: what follows here, and what it can never reach."""

from datetime import timedelta

import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server
from sqlalchemy import select

from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.interop.scim import actions
from lms.interop.scim.models import ScimConnection, ScimUser
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from lms.people.models import Membership, Person
from lms.signin.models import SignIn

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
WORK = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BASE = "/scim/v2"


class Directory:
    """A directory with a token."""

    def __init__(self, app, token: str) -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, body=None, expect: int = 200):
        answer = self.client.open(BASE + path, method=method, json=body, headers=self.headers)
        db.session.rollback()
        assert answer.status_code == expect, answer.text
        return answer.json if answer.data else None

    def patch(self, one, *operations, expect=200):
        return self("PATCH", f"/Users/{one['id']}", {"schemas": [PATCH], "Operations": operations}, expect)


def ann(**more):
    return {
        "schemas": [CORE, WORK], "userName": "ann", "externalId": "e-1", "displayName": "Ann Bell", "title": "Nurse",
        "emails": [{"value": "Ann@Trust.example", "primary": True}], "active": True, WORK: {"department": "North"},
        **more,
    }  # fmt: skip


@pytest.fixture
def trust(make):
    return make.agency("Trust")


@pytest.fixture
def admin(make, trust):
    return make.person("Trish", agency=trust, roles=((Role.ADMINISTRATOR, Scope.AGENCY),))


def token_of(admin, agency):
    with writing():
        return actions.connect(people.actor(admin), agency.id, "Personnel")[1]


@pytest.fixture
def directory(app, trust, admin):
    return Directory(app, token_of(admin, trust))


def posts(email="ann@trust.example"):
    rows = select(Membership).join(Person).where(Person.email == email).order_by(Membership.starts_on)
    return [(one.team.name if one.team else "", one.job, one.ends_on is None) for one in db.session.scalars(rows)]


def person(email="ann@trust.example"):
    return db.session.scalar(select(Person).where(Person.email == email))


def test_whoever_joins_there_has_an_account_and_a_post_here(directory):
    made = directory("POST", "/Users", ann(), 201)
    assert (made["userName"], made["active"], made["emails"][0]["value"]) == ("ann", True, "Ann@trust.example")
    assert posts() == [("North", "Nurse", True)]
    seats = people.actor(person()).seats
    assert [[(grant.role, grant.scope) for grant in seat.grants] for seat in seats] == [[(Role.STAFF, Scope.TEAM)]]
    found = directory("GET", '/Users?filter=userName eq "ANN"')
    assert [one["id"] for one in found["Resources"]] == [made["id"]]


@pytest.mark.slow
def test_a_change_there_is_a_change_here(directory):
    made = directory("POST", "/Users", ann(), 201)
    directory("PUT", f"/Users/{made['id']}", ann(displayName="Ann Cole", title="Matron"))
    assert (person().name, posts()) == ("Ann Cole", [("North", "Matron", True)])
    directory.patch(made, {"op": "replace", "path": "emails[primary eq true].value", "value": "cole@trust.example"})
    assert posts("cole@trust.example") == [("North", "Matron", True)]
    (mail,) = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "signin/readdressed"))
    assert (mail.address, "no longer to this address" in mail.body) == ("ann@trust.example", True)
    directory.patch(made, {"op": "Add", "path": f"{WORK}:department", "value": "South"})
    assert posts("cole@trust.example") == [("South", "Matron", True)]  # on the day it began, it is put right


def test_whoever_leaves_there_is_signed_out_at_once_and_the_record_stays(directory, as_user):
    made = directory("POST", "/Users", ann(), 201)
    browser = as_user(person())
    browser.get("home.home")
    directory.patch(made, {"op": "replace", "value": {"active": False}})
    assert not person().active
    assert db.session.scalars(select(SignIn.ended_at).where(SignIn.person_id == person().id)).one() is not None
    browser.get("home.home", expect=303)
    assert directory("GET", f"/Users/{made['id']}")["active"] is False
    back = directory.patch(made, {"op": "replace", "path": "active", "value": True})
    assert (back["active"], person().active) == (True, True)
    assert [is_open for *_, is_open in posts()][-1]


def test_deleting_ends_the_post_and_keeps_the_person(directory):
    made = directory("POST", "/Users", ann(), 201)
    directory("DELETE", f"/Users/{made['id']}", expect=204)
    directory("GET", f"/Users/{made['id']}", expect=404)
    assert person() is not None
    assert not person().active
    directory("POST", "/Users", ann(active=False), 201)


def test_somebody_with_a_post_there_is_taken_over_as_they_are(directory, make, trust):
    known = make.person("Ben", team=make.team(trust, "North"), job="Porter")
    made = directory("POST", "/Users", ann(emails=[{"value": known.email}], displayName="Ben", title="Porter"), 201)
    assert db.session.scalar(select(ScimUser.person_id).where(ScimUser.external_id == "e-1")) == known.id
    assert posts(known.email) == [("North", "Porter", True)]
    assert made["active"] is True


def test_nobody_of_another_employer_is_reached(app, directory, make):
    council = make.agency("Council")
    other = make.person("Ola", agency=council)
    directory("POST", "/Users", ann(emails=[{"value": other.email}]), 409)
    assert db.session.scalar(select(ScimUser)) is None
    boss = make.person("Boss", agency=council, roles=((Role.ADMINISTRATOR, Scope.AGENCY),))
    theirs = Directory(app, token_of(boss, council))
    made = theirs("POST", "/Users", ann(emails=[{"value": other.email}]), 201)
    for method in ("GET", "PUT", "DELETE"):
        directory(method, f"/Users/{made['id']}", ann() if method == "PUT" else None, 404)
    directory.patch(made, {"op": "replace", "path": "active", "value": False}, expect=404)
    assert directory("GET", "/Users")["totalResults"] == 0
    assert person(other.email).active


def test_somebody_who_left_for_another_employer_is_not_taken_back(directory, make):
    ann_there = directory("POST", "/Users", ann(), expect=201)
    directory.patch(ann_there, {"op": "replace", "path": "active", "value": False})
    person = people.by_email("ann@trust.example")
    with writing():
        person = db.session.get(Person, person.id)
        person.active = True
        person.memberships[0].starts_on = person.memberships[0].ends_on = clock.today() - timedelta(days=30)
    make.membership(person, agency=make.agency("Council"), starts_on=clock.today() - timedelta(days=9))
    directory.patch(ann_there, {"op": "replace", "path": "active", "value": True}, expect=409)
    directory("DELETE", f"/Users/{ann_there['id']}", expect=204)
    directory("POST", "/Users", ann(), expect=409)
    assert [is_open for *_, is_open in posts()] == [False, True]


def test_whoever_also_works_elsewhere_stays_signed_up_and_keeps_name_and_address(directory, make, trust):
    both = make.person("Bo", agency=trust)
    make.membership(both, agency=make.agency("Council"))
    made = directory("POST", "/Users", ann(emails=[{"value": both.email}], displayName="X"), 201)
    directory.patch(made, {"op": "replace", "path": "emails", "value": [{"value": "new@trust.example"}]})
    directory.patch(made, {"op": "replace", "path": "active", "value": False})
    found = db.session.get(Person, both.id)
    assert (found.name, found.email, found.active) == ("Bo", both.email, True)
    open_ones = select(Membership.agency_id).where(Membership.person_id == both.id, Membership.ends_on.is_(None))
    assert trust.id not in db.session.scalars(open_ones).all()


def test_an_administrator_of_the_partnership_is_not_ended(directory, make, trust):
    boss = make.person("Boss", agency=trust, roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),))
    made = directory("POST", "/Users", ann(emails=[{"value": boss.email}]), 201)
    directory.patch(made, {"op": "replace", "path": "active", "value": False}, expect=409)
    directory("DELETE", f"/Users/{made['id']}", expect=409)
    assert person(boss.email).active


@pytest.mark.parametrize("role", [Role.TRAINER, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_a_directory_gives_no_other_mailbox_to_whoever_reaches_beyond_the_agency(directory, make, trust, role):
    known = make.person("Ann Bell", agency=trust, roles=((role, Scope.PARTNERSHIP),))
    made = directory("POST", "/Users", ann(emails=[{"value": known.email}]), 201)
    other = [{"value": "thief@elsewhere.example", "primary": True}]
    directory.patch(made, {"op": "replace", "path": "emails", "value": other}, expect=409)
    directory("PUT", f"/Users/{made['id']}", ann(emails=other), 409)
    assert (person("thief@elsewhere.example"), person(known.email).id) == (None, known.id)
    directory.patch(made, {"op": "replace", "path": "title", "value": "Matron"})


def test_two_people_cannot_have_one_name_or_one_address(directory):
    directory("POST", "/Users", ann(), 201)
    directory("POST", "/Users", ann(), 409)
    directory("POST", "/Users", ann(userName="other"), 409)


@pytest.mark.parametrize(
    "body",
    [
        {"schemas": [CORE]}, {"userName": "x"}, [], "x", None, ann(emails=[{"value": "nobody"}]), ann(userName=""),
        ann(userName="x" * 300), ann(active="perhaps"), ann(emails="x"), ann(name="x"),
    ],
)  # fmt: skip
def test_what_is_no_user_is_refused_in_the_words_of_scim(directory, body):
    answer = directory("POST", "/Users", body, 400)
    assert answer["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert answer["status"] == "400"
    assert db.session.scalar(select(ScimUser)) is None


@pytest.mark.parametrize("text", ["userName eq", "(", 'userName zz "x"', "nothing eq 3", "x" * 5_000])
def test_a_filter_that_cannot_be_read_is_refused(directory, text):
    answer = directory.client.get(f"{BASE}/Users", query_string={"filter": text}, headers=directory.headers)
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("field", ["displayName", "externalId", "title", "nickName", "userName"])
@pytest.mark.parametrize("letter", ["\ud800", "\x00"])
def test_text_that_no_database_holds_is_refused(directory, field, letter):
    directory("POST", "/Users", ann(**{field: f"a{letter}b"}), 400)
    made = directory("POST", "/Users", ann(displayName=r"Ann \\u0000"), 201)
    directory.patch(made, {"op": "replace", "path": "displayName", "value": letter}, expect=400)
    directory("POST", "/Users/.search", {"filter": f'userName eq "{letter}"'}, 400)


def test_a_page_far_beyond_the_last_is_empty(directory):
    directory("POST", "/Users", ann(), 201)
    found = directory("GET", "/Users?startIndex=99999999999999999999&count=1")
    assert found["totalResults"] == 1
    assert not found.get("Resources")


@pytest.mark.slow
def test_pages_of_users_and_filters_on_any_attribute(directory):
    for number in range(5):
        directory("POST", "/Users", ann(userName=f"u{number}", emails=[{"value": f"u{number}@t.example"}]), 201)
    assert directory("GET", "/Users?startIndex=2&count=2")["itemsPerPage"] == 2
    assert directory("GET", "/Users?count=0")["totalResults"] == 5
    assert directory("GET", '/Users?filter=emails.value eq "u3@t.example"')["totalResults"] == 1
    assert directory("GET", '/Users?filter=title co "urs" and active eq true&attributes=userName')["totalResults"] == 5


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer wrong", "Basic YTpi"])
def test_without_a_token_nothing_is_told(app, directory, header):
    directory("POST", "/Users", ann(), 201)
    client = app.test_client()
    for method, path in (("GET", "/Users"), ("POST", "/Users"), ("GET", "/ServiceProviderConfig"), ("GET", "/x")):
        answer = client.open(BASE + path, method=method, headers={"Authorization": header} if header else {})
        assert answer.status_code == 401
        assert "WWW-Authenticate" in answer.headers
        assert "ann" not in answer.text


def test_a_token_that_was_ended_opens_nothing_and_a_sign_in_does_not_stand_in_for_one(directory, admin, trust, as_user):
    browser = as_user(admin)
    assert browser.client.get(f"{BASE}/Users").status_code == 401
    page = browser.post("directory.connect", {"name": "Second"}, expect=200, agency_id=trust.id)
    assert "It is shown this once" in page.words
    token = page.all("//section[@aria-labelledby='token']//code/text()")[0]
    assert token not in browser.get("directory.show", agency_id=trust.id).text
    assert directory.client.get(f"{BASE}/Users", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    one = db.session.scalar(select(ScimConnection).where(ScimConnection.name == "Second"))
    browser.post("directory.disconnect", {}, connection_id=one.id)
    assert directory.client.get(f"{BASE}/Users", headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.slow
def test_a_tester_of_scim_finds_nothing_to_say(app, directory):
    """scim2-tester, made beside the library we read SCIM with; scim-sanity (test_scim_sanity.py) is by others."""
    client = WSGISCIMClient(app, base_url=f"http://localhost{BASE}", headers=directory.headers)
    results = check_server(client)
    wrong = [f"{one.title}: {one.reason}" for one in results if one.status in (Status.ERROR, Status.CRITICAL)]
    assert wrong == [], "\n".join(wrong)
    assert sum(one.status is Status.SUCCESS for one in results) > 20
