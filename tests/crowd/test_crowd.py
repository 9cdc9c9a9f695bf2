"""The invented crowd: its figures are those that the rules give for its facts, and it is loaded once."""

from datetime import timedelta
from itertools import islice
from random import Random

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from lms.assignments import counts, ledger
from lms.assignments.counting import Group
from lms.assignments.facts import load
from lms.assignments.ledger_models import StandingBalance
from lms.assignments.rules import ALWAYS
from lms.certificates import codes
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.db import db
from lms.core.permissions import Role
from lms.crowd import bulk, lives, scene
from lms.crowd.cli import bench
from lms.learning.models import Completion
from lms.people.models import Membership, MembershipRole, Person, Team
from tests.assignments.test_ledger import as_counter, compare, evening, expected_counts

pytestmark = pytest.mark.usefixtures("database")


def bench_data(app, *words):
    return CliRunner().invoke(bench, ["data", "--password", "integrated-working", *words], obj=lambda: app)


@pytest.mark.slow
def test_the_ledger_and_the_counts_of_a_crowd_are_what_its_facts_say(app):
    done = bench_data(app, "--people", "300")
    assert done.exit_code == 0, done.output
    assert "300 people of" in done.output
    assert "person-2@crowd.example" in done.output
    assert db.session.scalar(select(func.count()).select_from(Person)) == 300
    assert set(db.session.scalars(select(Person.demo))) == {True}
    assert db.session.scalar(select(func.count()).select_from(Completion)) > 600
    today = clock.today()
    for day in (today, today - timedelta(days=400), today + timedelta(days=200)):
        compare(day, evening(day))
    for person, facts in load(select(Person.id)).items():
        assert ledger.pages([person], ALWAYS)[person].says_the_same_as(ledger.page(facts, ALWAYS))


@pytest.mark.slow
def test_month_ends_of_a_crowd_are_stored(app):
    bench_data(app, "--people", "60")
    day = db.session.scalar(select(func.max(StandingBalance.day)))
    assert day == clock.today().replace(day=1) - timedelta(days=1)
    found = {value: as_counter(one) for value, one in counts.count("Fernshire", Group.JOB, day).items()}
    assert found == expected_counts(evening(day), Group.JOB)


@pytest.mark.slow
def test_a_crowd_has_managers_an_overseer_movers_leavers_and_sensible_sizes(app):
    bench_data(app, "--people", "300")
    roles = set(map(tuple, db.session.execute(select(MembershipRole.role, MembershipRole.scope))))
    assert {
        ("manager", "agency"),
        ("manager", "team"),
        ("coordinator", "partnership"),
        ("observer", "partnership"),
    } <= (roles)
    posts = select(Membership.person_id).group_by(Membership.person_id).having(func.count() > 1)
    assert len(db.session.scalars(posts).all()) > 15
    left = select(func.count()).where(Membership.ends_on < clock.today())
    assert db.session.scalar(left) > 20
    assert db.session.scalar(select(func.count()).select_from(Team)) > 8
    assert all(codes.read(code) == code for code in db.session.scalars(select(Certificate.code)))


def test_people_are_only_made_where_there_are_none(app, make):
    make.person("Sam")
    done = bench_data(app, "--people", "60")
    assert done.exit_code == 1
    assert "There are people in this database already; nothing was added." in done.output
    db.session.rollback()
    assert db.session.scalars(select(Person.name)).all() == ["Sam"]


def test_a_password_too_short_is_refused(app):
    done = CliRunner().invoke(bench, ["data", "--people", "60", "--password", "short"], obj=lambda: app)
    assert done.exit_code == 1
    assert "The password is too short" in done.output


def courses():
    return [
        scene.Course(f"module-{n}", f"Module {n}", 1, "0" * 64, 40, 36, n < 5, ("one", "two"), ("check",))
        for n in range(8)
    ]


def make_scene(people, seed=1):
    return scene.Scene(seed, clock.today(), 3, "hash", courses(), scene.agencies(people, Random(seed)))


def test_the_same_seed_makes_the_same_lives_and_another_seed_others():
    one, same, other = make_scene(700), make_scene(700), make_scene(700, seed=2)
    assert one.agencies == same.agencies
    for seat in islice(lives.seats(one.agencies[0]), 20):
        assert lives.live(one, seat).rows == lives.live(same, seat).rows
        assert lives.live(one, seat).rows != lives.live(other, seat).rows


@pytest.mark.parametrize("people", [8, 300, 20_000, 250_000])
def test_agencies_hold_exactly_the_people_asked_for(people):
    made = scene.agencies(people, Random(3))
    assert sum(one.people for one in made) == people
    assert len({one.name for one in made}) == len(made)
    assert len({one.partnership for one in made}) == max(1, round(people / 100_000))
    if people > 200:
        assert all(200 <= one.people < 5_200 for one in made)
    assert all(8 <= team.people < 38 for one in made for team in one.teams)
    firsts = [one.first for one in made]
    assert firsts == [sum(one.people for one in made[:n]) for n in range(len(made))]


def test_who_sees_a_whole_partnership_has_a_post_today():
    made = make_scene(700)
    overseers = [seat for one in made.agencies for seat in lives.seats(one) if seat.oversees]
    assert [seat.oversees for seat in overseers] == [Role.COORDINATOR, Role.OBSERVER]
    assert all(lives.live(made, seat).facts.at(made.today) for seat in overseers)


def test_rows_have_a_value_for_every_column():
    made = make_scene(700)
    for seat in islice(lives.seats(made.agencies[0]), 200):
        for name, rows in lives.live(made, seat).rows.items():
            assert {len(row) for row in rows} == {len(bulk.COLUMNS[name])}, name
