"""A team's certificates as one zip: whose, which, how named, who is told, and how much memory it takes."""

import io
from datetime import date, timedelta
from uuid import uuid4
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry, RecordView
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.passport import team as bundles
from lms.passport.bundle import zipped
from lms.people.models import Membership
from tests.certificates.conftest import days_ago


@pytest.fixture
def team(make):
    return make.team(make.agency("Brackenford Community Health"), "Health visitors")


@pytest.fixture
def manager(make, team):
    return make.manager(team=team, name="Morgan Ellis")


def opened(visitor, **query) -> ZipFile:
    answer = visitor.get("bundle.certificates", query=query)
    assert answer.headers["Content-Type"] == "application/zip"
    return ZipFile(io.BytesIO(answer.data))


def test_the_zip_holds_the_certificates_in_date_named_after_the_people(make, team, manager, certified, as_user):
    leah = make.person("Łucja Stone", team=team, starts_on=date(2020, 1, 6))
    one = certified(leah, module="tiers-of-need", on=days_ago(40))
    certified(leah, on=days_ago(1200))
    gone = certified(leah, module="leading-integrated-services", on=days_ago(3))
    with writing() as session:
        session.get_one(Certificate, gone.id).revoked_at = clock.now()
    file = opened(as_user(manager))
    title = one.title.replace("?", "").replace(":", "")
    title = " ".join(title.split())
    assert file.testzip() is None
    assert file.namelist() == [f"Łucja Stone - {title} - {one.completed_on.isoformat()}.pdf"]
    assert file.read(file.namelist()[0]).startswith(b"%PDF")


def test_two_people_of_one_name_have_a_file_each(make, team, manager, certified, as_user):
    for _ in range(2):
        certified(make.person("Leah Stone", team=team), on=days_ago(5))
    names = opened(as_user(manager)).namelist()
    assert len(names) == len(set(names)) == 2
    assert names[1] == names[0].replace(".pdf", " (2).pdf")


def test_it_is_noted_for_each_person_and_each_reads_it(make, team, manager, certified, as_user):
    leah, ben = make.person("Leah Stone", team=team), make.person("Ben", team=team)
    make.person("Olu, who has none", team=team)
    certified(leah)
    certified(leah, module="tiers-of-need")
    certified(ben)
    opened(as_user(manager))
    views = db.session.scalars(select(RecordView)).all()
    assert sorted((one.person_id, one.what, one.role, one.why) for one in views) == sorted(
        (person.id, "certificate", "manager", "report") for person in (leah, ben)
    )
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "certificates.taken")).one()
    assert (entry.actor_id, entry.detail) == (manager.id, {"people": 2, "certificates": 3})
    assert "Saw: certificate" in as_user(leah).get("looked.listed").words


def test_only_ones_own_people_are_in_it(make, team, manager, certified, as_user):
    inside = make.person("Inside", team=team)
    elsewhere = make.person("Elsewhere", team=make.team(team.agency, "School nurses"))
    left = make.person("Left", team=team, ends_on=days_ago(1))
    other_agency = make.person("Other", agency=make.agency("Council"))
    for person in (inside, elsewhere, left, other_agency):
        certified(person)
    whole = make.manager(agency=team.agency)
    assert [name.split(" - ")[0] for name in opened(as_user(manager)).namelist()] == ["Inside"]
    assert [name.split(" - ")[0] for name in opened(as_user(whole)).namelist()] == ["Elsewhere", "Inside"]
    assert [name.split(" - ")[0] for name in opened(as_user(whole), team=team.id).namelist()] == ["Inside"]


def test_agency_and_team_in_the_address_never_widen_it(make, team, manager, certified, as_user):
    certified(make.person(team=team))
    council = make.agency("Council")
    certified(make.person(agency=council))
    visitor = as_user(manager)
    for query in ({"agency": council.id}, {"team": make.team(council).id}, {"team": uuid4()}, {"team": "x' OR 1=1"}):
        visitor.get("bundle.certificates", query=query, expect=404)
    assert len(opened(visitor, agency=team.agency_id, team="").namelist()) == 1
    assert {one.viewer_id for one in db.session.scalars(select(RecordView))} == {manager.id}


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.STAFF, 403),
        (Role.TRAINER, 403),
        (Role.AUTHOR, 403),
        (Role.OBSERVER, 403),
        (Role.ADMINISTRATOR, 403),
        (Role.COORDINATOR, 404),
        (Role.DEPUTY, 404),
    ],
)
def test_nobody_but_a_manager_gets_it(*, role, status, make, team, certified, as_user):
    certified(make.person(team=team))
    person = make.person(team=team, roles=((role, Scope.PARTNERSHIP),))
    as_user(person).get("bundle.certificates", expect=status)
    assert db.session.scalars(select(RecordView)).all() == []


def test_a_manager_whose_post_has_ended_gets_nothing(make, team, manager, certified, as_user):
    certified(make.person(team=team))
    with writing() as session:
        post = session.scalars(select(Membership).where(Membership.person_id == manager.id)).one()
        post.ends_on = clock.today() - timedelta(days=1)
    as_user(manager).get("bundle.certificates", expect=403)


def test_no_certificate_and_too_many_are_told_in_words_and_not_noted(
    *, make, team, manager, certified, as_user, monkeypatch
):
    leah = make.person(team=team)
    visitor = as_user(manager)

    def told() -> str:
        return visitor.follow(visitor.get("bundle.certificates", expect=303)).words

    assert "None of these people has a certificate in date" in told()
    certified(leah)
    certified(leah, module="tiers-of-need")
    with monkeypatch.context() as limit:
        limit.setattr(bundles, "MOST", 1)
        assert "the most that one file takes" in told()
    assert not [one for one in db.session.scalars(select(RecordView)) if one.what == "certificate"]


def test_a_name_no_font_can_draw_is_named_in_a_text_file(make, team, manager, certified, as_user):
    certified(make.person("Asha \U00012000", team=team))
    certified(make.person("Ben", team=team))
    file = opened(as_user(manager))
    assert [name.split(" - ")[0] for name in file.namelist()] == ["Ben", "Not in this file.txt"]
    assert "We cannot print" in file.read("Not in this file.txt").decode()


def test_memory_holds_one_file_at_a_time():
    made, size = [], 100_000

    def files():
        for number in range(50):
            made.append(number)
            yield f"{number}.pdf", bytes(size)

    pieces = zipped(files(), clock.now())
    first = next(pieces)
    assert made == [0], "nothing is made before it is sent"
    rest = list(pieces)
    assert max(map(len, [first, *rest])) < size + 10_000
    assert len(ZipFile(io.BytesIO(b"".join([first, *rest]))).namelist()) == 50


def test_the_file_asks_the_database_the_same_few_questions(*, make, team, manager, certified, as_user, count_queries):
    certified(make.person(team=team))
    visitor = as_user(manager)
    first = count_queries(lambda: opened(visitor))
    for _ in range(5):
        certified(make.person(team=team))
    assert count_queries(lambda: opened(visitor)) == first <= 9
