"""Spans against asking on every single day, so that no boundary is off by one."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from lms.assignments.due import Status
from lms.assignments.hours import Learnt, Wanted
from lms.assignments.rules import Away, Begun, Done, Facts, Given, Lifted, Post, Rule
from lms.assignments.spans import spans, stand

AGENCY = uuid4()
FIRST, DAYS = date(2027, 12, 1), 900
TARGET = "lead-professional"


def post(starts: date, ends: date | None = None) -> Post:
    return Post(uuid4(), AGENCY, "Fernshire", "health", None, "Teacher", starts, ends)


def rule(**given) -> Rule:
    return Rule(frozenset({given.pop("target", TARGET)}), "-", "Fernshire", **given)


LIVES = {
    "never done": Facts(posts=[post(FIRST)], rules=[rule()]),
    "begun": Facts(posts=[post(FIRST)], rules=[rule()], begun=[Begun(TARGET, date(2028, 1, 9), None)]),
    "runs out": Facts(posts=[post(FIRST)], rules=[rule()], done=[Done(TARGET, date(2028, 2, 29), date(2029, 2, 28))]),
    "renewed by a kept date": Facts(
        posts=[post(FIRST)],
        rules=[rule(renew_months=12, keeps_date=True)],
        done=[Done(TARGET, date(2028, 1, 10), None), Done(TARGET, date(2028, 12, 1), None)],
    ),
    "withdrawn": Facts(
        posts=[post(FIRST)],
        rules=[rule()],
        done=[Done(TARGET, date(2028, 1, 10), date(2031, 1, 10), withdrawn_on=date(2028, 6, 1))],
    ),
    "exempt and away": Facts(
        posts=[post(FIRST)],
        rules=[rule()],
        lifted=[Lifted(AGENCY, TARGET, date(2028, 3, 26), date(2028, 6, 30))],
        away=[Away(AGENCY, date(2028, 8, 1), date(2028, 10, 29))],
    ),
    "moves, leaves and comes back": Facts(
        posts=[post(FIRST, date(2028, 5, 31)), post(date(2028, 6, 1), date(2028, 9, 30)), post(date(2029, 1, 1))],
        rules=[rule()],
    ),
    "assigned, and a rule that ends": Facts(
        posts=[post(FIRST)],
        rules=[rule(first_day=date(2028, 2, 1), last_day=date(2028, 12, 31), since=date(2028, 2, 1))],
        given=[Given(AGENCY, TARGET, date(2028, 1, 15), date(2027, 12, 20), "-")],
    ),
    "hours of a level": Facts(
        posts=[post(FIRST)],
        rules=[rule(target="level:3", wanted=Wanted(minutes=120, months=12, participatory=50))],
        learnt=[Learnt(date(2028, 1, 9), 60), Learnt(date(2028, 4, 30), 60, participatory=True)],
    ),
}


@pytest.mark.parametrize("life", LIVES)
def test_every_day_of_a_span_is_as_asked_on_that_day(life):
    facts = LIVES[life]
    target = "level:3" if "level" in life else TARGET
    found = spans(facts, target, AGENCY, FIRST)
    changes = 0
    for day in (FIRST + timedelta(days=number) for number in range(DAYS)):
        said = [span.cell for span in found if span.first <= day <= span.last]
        works_here = any(one.covers(day) for one in facts.posts)
        asked = stand(facts, target, AGENCY, day)
        if not works_here or asked.status is Status.NOT_REQUIRED:
            assert said == [], day
            continue
        (cell,) = said
        assert replace(cell, standing=replace(cell.standing, today=day)) == asked, day
        changes += any(span.first == day for span in found)
    assert changes == len([span for span in found if (span.first - FIRST).days < DAYS])
    assert changes > 1
