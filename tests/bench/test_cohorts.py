"""The bench of cohorts runs, and its rivals do what they say."""

import re

import pytest
from click.testing import CliRunner

from bench.cohorts.instances import joint_days, tables
from bench.cohorts.rivals import Desk, climbed, counted_off, dealt, first_come, shuffled


def test_the_same_people_every_time():
    assert joint_days(60, 3) == joint_days(60, 3)
    assert tables(24, 6, 4) == tables(24, 6, 4)


@pytest.mark.parametrize("way", [first_come, climbed])
def test_a_desk_refuses_whoever_would_break_a_rule(way):
    problem = joint_days(60, 3)
    plan = way(problem)
    desk = Desk(problem)
    for person, session in plan.assignment.items():
        if session is not None:
            assert desk.fits(person, session)
            desk.put(person, session)
    assert sum(map(len, desk.members.values())) > 30


def test_a_deal_asks_nobody_and_gives_everybody_a_place():
    problem = joint_days(60, 3)
    assert sorted(dealt(problem).assignment) == sorted(one.id for one in problem.people)
    assert any(session not in problem.eligible[person] for person, session in dealt(problem).assignment.items())


@pytest.mark.parametrize("way", [shuffled, counted_off])
def test_everybody_sits_once_in_each_round(way):
    problem = tables(24, 6, 4)
    for one in way(problem).rounds:
        assert sorted(person for table in one for person in table) == [guest.id for guest in problem.people]
        assert tuple(map(len, one)) == problem.table_sizes


@pytest.mark.slow
def test_make_bench_cohorts_prints_a_line_for_each_way():
    pytest.importorskip("lms.cohorts.engine.allocation")
    pytest.importorskip("lms.cohorts.engine.judge")
    from bench.cohorts.__main__ import main  # noqa: PLC0415

    said = CliRunner().invoke(main, ["--size", "30", "2", "--room", "12", "3", "2"], catch_exceptions=False).output
    for way in ("a random deal", "first come first served", "hill climbing"):
        assert re.search(rf"^{way} +\d+ +[\d,]+ +[\d.]+ +\d+ +\d+ +[\d.]+$", said, re.MULTILINE)
    assert re.search(r"^Common Ground +0 +[\d,]+ +[\d.]+ +\d+ +0 +[\d.]+$", said, re.MULTILINE)
    assert re.search(r"^Common Ground +0 +\d+ +\d+ +[\d.]+ +\d+ +[\d.]+$", said, re.MULTILINE)
