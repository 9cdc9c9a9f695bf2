"""The cases that joint training must get right, by name: those of tables. Those of booking stand with the cohorts."""

from collections import Counter
from itertools import combinations

import pytest
from flask import current_app
from sqlalchemy import select

from lms.cohorts.actions import booking
from lms.cohorts.engine.problem import Rotation
from lms.cohorts.models import Booking
from lms.core.db import db, writing
from lms.seating import actions
from lms.seating.company import company
from lms.seating.models import Seat, SeatingRound
from lms.seating.rounds import PlannedRound, usual
from tests.seating.test_pages import here, typed

pytestmark = pytest.mark.slow

MORE = ("Agency E", "Agency F")


@pytest.fixture
def room(make, actor, partnership):
    """Twenty-four people of six agencies, two of them in one team of each agency, on a day about to begin."""
    agencies = [*partnership.agencies, *(make.agency(name) for name in MORE)]
    cohort = partnership.cohort(largest_share=100)
    ids = []
    for n, agency in enumerate(agencies):
        team = make.team(agency)
        ids += [make.person(f"N{n}{k}", agency=agency, team=team if k < 2 else None).id for k in range(4)]
    with writing():
        booking.add(actor(partnership.trainer), cohort.id, ids)
    partnership.begin(cohort, minutes=-5)
    return cohort


def tables():
    """Who sits where: by round and table, the names."""
    db.session.rollback()
    found = {}
    rows = db.session.execute(
        select(SeatingRound.number, Seat)
        .join(Seat, Seat.round_id == SeatingRound.id)
        .execution_options(populate_existing=True)
    )
    for number, seat in rows:
        found.setdefault((number, seat.table_number), set()).add(seat.person_id)
    return found


def test_three_missing_five_minutes_before_are_re_seated_with_the_fewest_moves(as_user, partnership, room):
    """Case 6: rule T7. Whoever keeps a seat keeps it."""
    trainer = as_user(partnership.trainer)
    sent = typed(trainer.get("seating.make", **here(room)))
    kept = {one.person.name: one.person_id for one in db.session.scalars(select(Booking))}["N33"]
    trainer.post("seating.make", sent | {"kept-1-person": str(kept), "kept-1-table": "2"}, **here(room))
    before = tables()
    assert all(kept in before[number, 2] for number in (1, 2, 3))
    gone = sorted(before[1, 1])[:3]
    sent = {"missing": [str(one) for one in gone], "first": "1"}
    answer = trainer.post("seating.change", sent, **here(room))
    after = tables()
    sizes = [len(after[1, table]) for table in (1, 2, 3, 4)]
    assert sorted(sizes) == [5, 5, 5, 6]
    stayed = {one: table for (number, table), seated in before.items() if number == 1 for one in seated - set(gone)}
    moved = [one for (n, table), seated in after.items() if n == 1 for one in seated if stayed[one] != table]
    assert len(moved) == 2  # three of table 1 are gone; tables of 3, 6, 6, 6 become 5, 5, 5, 6 by two moves, not fewer
    assert "people move" in trainer.follow(answer).text
    assert all(kept in after[number, 2] for number in (1, 2, 3))
    page = trainer.get("seating.listed", **here(room))
    assert "moved" in page.words
    assert not any(one in seated for seated in after.values() for one in gone)


def test_twenty_four_people_of_six_agencies_over_three_rounds(actor, partnership, room):
    """Case 7: no table seats two of one team, every table has three agencies, and few pairs sit together twice."""
    acting = actor(partnership.trainer)
    wish_rounds = _rounds(room)
    found = actions.find(acting, room.id, room.sessions[0].id, actions.Wish(6, wish_rounds))
    team = {one.id: one.team for one in found.group.guests}
    agency = found.group.agencies
    together = Counter()
    for tables_ in found.plan.rounds:
        for table in tables_:
            teams = [team[one] for one in table if team[one]]
            assert len(teams) == len(set(teams)), "two of one team at a table"
            assert len({agency[one] for one in table}) >= 3
            together.update(combinations(sorted(table), 2))
    assert sum(times - 1 for times in together.values()) <= 24
    assert {len(tables_) for tables_ in found.plan.rounds} == {4}


def _rounds(room):
    session = room.sessions[0]
    return tuple(PlannedRound(one.starts_at, one.ends_at) for one in usual(session.starts_at, session.ends_at))


def test_a_team_and_its_manager_are_known_to_the_engine(make, actor, partnership, room):
    agency = partnership.agencies[0]
    team = make.team(agency)
    boss, member = make.manager(team, name="Boss"), make.person("Member", team=team)
    found = company(room.sessions[0], {boss.id: agency.id, member.id: agency.id}, {member.id: 3})
    assert [(one.team == str(team.id), one.manager, one.seat) for one in found.guests] == [
        (True, None, None),
        (True, "P001", 2),
    ]


def test_who_sat_together_before_or_was_at_one_cohort_is_known(as_user, actor, partnership, room):
    trainer = as_user(partnership.trainer)
    trainer.post("seating.make", typed(trainer.get("seating.make", **here(room))), **here(room))
    later = partnership.cohort(title="Later", largest_share=100)
    ids = sorted(tables()[1, 1])
    with writing():
        booking.add(actor(partnership.trainer), later.id, ids)
    agency = {one.person_id: one.agency_id for one in db.session.scalars(select(Booking)).all()}
    found = company(later.sessions[0], {one: agency[one] for one in ids}, {})
    assert len(found.known) == 15  # all pairs of a table of six
    marks = {row.person_id: row.id for row in db.session.scalars(select(Booking).where(Booking.cohort_id == room.id))}
    trainer.post("attendance.register", {f"mark-{marks[ids[0]]}": "absent"}, **here(room))
    db.session.rollback()
    assert len(company(later.sessions[0], {one: agency[one] for one in ids}, {}).known) == 10
    everybody = {one: agency[one] for one in list(agency)[:6]}
    before = len(company(later.sessions[0], everybody, {}).known)
    trainer.post("attendance.register", {f"mark-{marks[one]}": "present" for one in everybody}, **here(room))
    db.session.rollback()
    assert len(company(later.sessions[0], everybody, {}).known) == 15 > before


def test_pairs_to_keep_apart_reach_the_engine_and_no_page(as_user, actor, partnership, room, monkeypatch):
    """Case 3, as far as tables go."""
    asked = {}

    def pairs(ids):
        two = sorted(ids)[:2]
        asked["pair"] = tuple(two)
        return [tuple(two)]

    monkeypatch.setitem(current_app.extensions, "apart_pairs", pairs)
    found = actions.find(actor(partnership.trainer), room.id, room.sessions[0].id, actions.Wish(6, _rounds(room)))
    assert {found.group.person[one] for one in found.group.apart[0]} == set(asked["pair"])
    assert isinstance(found.group.problem((6,) * 4, 3), Rotation)
    trainer = as_user(partnership.trainer)
    trainer.post("seating.make", typed(trainer.get("seating.make", **here(room))), **here(room))
    for page in ("plan", "listed", "cards", "screen", "change", "make"):
        assert "apart" not in trainer.get(f"seating.{page}", **here(room)).words
