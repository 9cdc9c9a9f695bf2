"""From sixty nominations to a published plan: solved, adjusted, solved around pins, published once."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.cohorts.actions import booking
from lms.cohorts.models import Cohort
from lms.core import clock
from lms.core.db import db, writing
from lms.people import queries as people
from lms.planning import building, queries
from lms.planning.actions import proposing, publishing, solving
from lms.planning.figures import Board
from lms.planning.models import Hold, Override, Proposal
from lms.planning.states import ProposalState
from tests.planning.conftest import bookings, mails, waiting_one

pytestmark = pytest.mark.slow


def test_a_plan_places_as_many_as_there_are_places_and_tells_nobody(crowd):
    proposal = crowd.solve()
    assert proposal.state == ProposalState.DONE
    placed = Counter(seat for seat in proposal.assignment.values() if seat)
    assert set(placed) <= set(crowd.dates)
    assert sum(placed.values()) >= 36
    loaded = building.load(crowd.fresh())
    assert Board(loaded.problem, proposal.assignment).broken(loaded.words) == []
    assert mails() == []
    assert bookings("booked") == {}


def test_publishing_seats_people_once_and_tells_each_of_them(crowd):
    seats = crowd.solve().assignment
    said = crowd.publish()
    booked = bookings("booked")
    assert booked == {one: [seat] for one, seat in seats.items() if seat}
    assert said.startswith(f"Published. {len(booked)} people have a place")
    waiting = bookings("waiting")
    assert waiting == {}
    assert Counter(mail.kind for mail in mails()) == {"cohorts/place_booked": 60}
    assert {one.state for one in db.session.scalars(select(Cohort))} == {"closed"}
    before = len(mails())
    assert crowd.publish() == publishing.PUBLISHED_ALREADY
    assert len(mails()) == before


def test_those_who_wait_queue_from_the_day_they_asked(crowd):
    with writing():
        rows = queries.nominations(queries.get_run(crowd.actor, crowd.id))
        for number, row in enumerate(rows):
            row.asked_at = clock.now() - timedelta(days=number)
        asked = {str(row.person_id): row.asked_at for row in rows}
    with writing():
        for date in db.session.scalars(select(Cohort)):
            date.capacity = 14
    crowd.solve()
    crowd.publish()
    assert bookings("waiting")
    for row in db.session.scalars(select(booking.Booking)):
        assert row.asked_at == asked[str(row.person_id)]
        assert (row.booked_at is not None) == (row.state == "booked")


def test_moving_pins_and_says_what_it_did_and_undo_puts_it_back(crowd):
    seats = crowd.solve().assignment
    who = next(one for one in crowd.people if seats[str(one.id)] == crowd.dates[0])
    two = [one for one in crowd.people if seats[str(one.id)] == crowd.dates[1]][:2]
    crowd.adjust("leave", *two, reason="They cannot be spared")
    said = crowd.adjust("move", who, to=crowd.dates[1], reason="She asked for it")
    assert said.startswith(f"{who.name} moved to ")
    assert "Average " in said
    assert " → " in said
    assert crowd.seats()[str(who.id)] == crowd.dates[1]
    assert db.session.scalar(select(Hold).where(Hold.person_id == who.id)).kind == "pin"
    assert crowd.solve().assignment[str(who.id)] == crowd.dates[1]
    crowd.adjust("leave", who, reason="They asked to")
    assert crowd.seats()[str(who.id)] is None
    crowd.adjust("undo")
    assert crowd.seats()[str(who.id)] == crowd.dates[1]
    assert db.session.scalar(select(Hold).where(Hold.person_id == who.id)).kind == "pin"
    crowd.adjust("free", who)
    assert db.session.scalar(select(Hold).where(Hold.person_id == who.id)) is None


def test_whoever_was_left_out_stays_out_and_can_be_moved_back_in(crowd):
    seats = crowd.solve().assignment
    who = next(one for one in crowd.people if seats[str(one.id)] == crowd.dates[0])
    crowd.adjust("leave", who, reason="They asked to")
    again = crowd.solve().assignment
    assert again[str(who.id)] is None
    emptiest = min(crowd.dates, key=list(again.values()).count)
    crowd.adjust("move", who, to=emptiest, reason="Their manager asked")
    assert crowd.seats()[str(who.id)] == emptiest


def test_a_move_that_breaks_a_rule_needs_a_reason_which_is_kept(tight):
    seats = tight.solve().assignment
    who = waiting_one(tight)
    with pytest.raises(proposing.RuleBroken) as refused:
        tight.adjust("move", who, to=tight.dates[0])
    assert "would have 3 away on" in refused.value.sentence
    assert tight.seats() == seats
    assert db.session.scalars(select(Override)).all() == []
    tight.adjust("move", who, to=tight.dates[0], reason="The team has a locum that day")
    kept = db.session.scalars(select(Override)).all()
    assert [(one.reason, one.by_id) for one in kept] == [("The team has a locum that day", tight.trainer.id)]
    assert "rule.overridden" in set(db.session.scalars(select(AuditEntry.action)))


def test_a_plan_worked_out_again_keeps_what_was_set_aside_and_sets_nothing_else_aside(tight):
    tight.solve()
    who = waiting_one(tight)
    tight.adjust("move", who, to=tight.dates[0], reason="The team has a locum that day")
    team, seats = who.memberships[0].team_id, tight.seats()
    mates = [one for one in tight.people if one.memberships[0].team_id == team and seats[str(one.id)] == tight.dates[0]]
    assert len(mates) == 3
    tight.adjust("pin", *mates)
    again = tight.solve()
    assert again.state == ProposalState.DONE
    assert again.assignment[str(who.id)] == tight.dates[0]
    loaded = building.load(tight.fresh())
    broken = Board(loaded.problem, again.assignment).broken(loaded.words)
    assert [one.rule.split(":")[0] for one in broken] == ["team_cover"]


def test_no_reason_puts_more_people_on_a_date_than_it_has_places(crowd):
    seats = crowd.solve().assignment
    some = [one for one in crowd.people if seats[str(one.id)] not in (crowd.dates[0], None)]
    with pytest.raises(proposing.CannotBeThere) as refused:
        crowd.adjust("move", *some, to=crowd.dates[0], reason="They will stand")
    assert "for 24 places" in refused.value.sentence
    assert crowd.seats() == seats


def test_a_later_plan_keeps_what_people_were_told_and_tells_only_those_who_change(crowd):
    seats = crowd.solve().assignment
    crowd.publish()
    before = {mail.id for mail in mails()}
    again = crowd.solve().assignment
    assert {one: seat for one, seat in again.items() if seat} == {one: seat for one, seat in seats.items() if seat}
    full, emptiest = (Counter(again.values()).most_common()[place][0] for place in (0, -1))
    who = next(one for one in crowd.people if again[str(one.id)] == full)
    crowd.adjust("move", who, to=emptiest, reason="Asked for")
    crowd.publish()
    new = [mail for mail in mails() if mail.id not in before]
    assert sorted((mail.person_id, mail.kind, mail.calendar_method) for mail in new) == [
        (who.id, "cohorts/another_date", "CANCEL"),
        (who.id, "planning/moved", "REQUEST"),
    ]
    assert bookings("booked")[str(who.id)] == [emptiest]


def test_publishing_is_refused_when_somebody_booked_meanwhile(crowd):
    crowd.solve()
    crowd.publish()
    crowd.solve()
    gone, cohort = next(iter(bookings("booked").items()))
    person = next(one for one in crowd.people if str(one.id) == gone)
    actor = people.actor(person)
    db.session.rollback()
    with writing():
        booking.cancel(actor, db.session.get(Cohort, UUID(cohort[0])).id)
    with pytest.raises(publishing.BookedMeanwhile) as refused:
        crowd.publish()
    assert person.name in refused.value.sentence


def test_only_one_plan_is_worked_out_at_a_time_and_a_dead_worker_is_followed_by_another(crowd):
    version = crowd.fresh().version
    db.session.rollback()
    with writing():
        made = proposing.start(crowd.actor, crowd.id, version)
    with pytest.raises(proposing.AtWork), writing():
        proposing.start(crowd.actor, crowd.id, version + 1)
    assert solving._claim(made.id)
    assert not solving.work(made.id)  # another worker has it
    with writing():
        db.session.get(Proposal, made.id).lease_until = clock.now() - timedelta(seconds=1)
    assert solving.work_waiting() == 1
    assert crowd.proposal().state == ProposalState.DONE


def test_an_engine_that_falls_over_is_told_and_can_be_started_again(crowd, monkeypatch):
    def fall(*_given, **_more):
        raise RuntimeError("no memory")

    monkeypatch.setattr(solving, "_solve", fall)
    assert crowd.solve().state == ProposalState.FAILED
    monkeypatch.undo()
    assert crowd.solve().state == ProposalState.DONE


def test_stopping_keeps_the_best_so_far(crowd, monkeypatch):
    version = crowd.fresh().version
    db.session.rollback()
    with writing():
        made = proposing.start(crowd.actor, crowd.id, version)
    with writing():
        proposing.stop(crowd.actor, crowd.id)
    monkeypatch.setattr(solving, "LOOK_EVERY", 0.0)
    solving.work(made.id)
    proposal = crowd.proposal()
    assert proposal.state == ProposalState.STOPPED
    assert any(proposal.assignment.values())
