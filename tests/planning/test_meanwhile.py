"""What others do while a plan is made and looked at, and what two names side by side would tell."""

import time
from datetime import timedelta
from uuid import UUID

import pytest

from lms.cohorts.actions import building as cohorts
from lms.cohorts.engine.problem import Allocation, Pair, Person, Session
from lms.core import clock
from lms.core.db import db, writing
from lms.people import queries as people
from lms.planning import clearing, nomination_file, queries
from lms.planning.actions import nominating, programmes, proposing
from lms.planning.actions.nominating import Wish
from lms.planning.figures import CANNOT, Board, Words
from lms.planning.models import Proposal
from lms.planning.states import ProposalState
from tests.planning.conftest import bookings, mails
from tests.planning.test_pages import version

pytestmark = pytest.mark.slow

WORDS = Words({"S": "14 January"}, {"A": "Health"}, {}, {"P": "Ben", "Q": "Cat", "R": "Dan"})


def person(id_):
    return Person(id_, "A", None, "", "", 1, 0, frozenset(), ("S",))


def problem(*apart):
    pins = (Pair("P", "S"), Pair("Q", "S"))
    session = Session("S", "2027-01-14", "", 12, 1, max_agency_share=1.0)
    return Allocation("Dates", tuple(map(person, "PQR")), (session,), keep_apart=apart, pins=pins)


def test_of_two_who_may_not_meet_and_do_one_alone_is_named():
    broken = Board(problem(("P", "Q"), ("Q", "R")), dict.fromkeys("PQR", "S")).broken(WORDS)
    said = [one.sentence for one in broken if one.firm]
    assert said == [f"Ben {CANNOT} (14 January).", f"Cat {CANNOT} (14 January)."]
    broken = Board(problem(("P", "Q")), dict.fromkeys("PQR", "S")).broken(WORDS)
    assert [one.sentence for one in broken if one.firm] == [f"Ben {CANNOT} (14 January)."]


def test_ways_out_never_name_both_who_may_not_meet():
    drops = [{"cost": 3, "edits": [{"rule": f"pin:{one}:S", "change": "drop"}]} for one in "PQ"]
    conflicts = [["pin:P:S", "pin:Q:S", "keep_apart:P:Q"]]
    found = clearing.ways_out(problem(("P", "Q")), drops, WORDS, conflicts)
    assert [one.sentences for one in found] == [("Let Ben go from 14 January.",)]
    assert len(clearing.ways_out(problem(), drops, WORDS, [["pin:P:S", "pin:Q:S", "capacity:S"]])) == 2


def test_two_pinned_together_before_they_were_kept_apart_are_not_told_by_the_page(crowd, as_user):
    seats = crowd.solve().assignment
    first, second = [one for one in crowd.people if seats[str(one.id)] == crowd.dates[0]][:2]
    crowd.adjust("pin", first, second)
    coordinator = people.actor(crowd.coordinator)
    db.session.rollback()
    with writing():
        programmes.keep_apart(coordinator, first.email, second.email, clock.today() + timedelta(days=90))
    trainer = as_user(crowd.trainer)
    for page in ("proposing.plan", "proposing.check"):
        assert trainer.get(page, programme_id=crowd.id).words.count(CANNOT) == 1
    assert crowd.solve().state == ProposalState.INFEASIBLE
    words = trainer.get("proposing.plan", programme_id=crowd.id).words
    assert [f"Let {one.name} go from" in words for one in (first, second)].count(True) == 1


def test_what_clashed_can_be_read_after_the_date_was_called_off(crowd, as_user):
    made = crowd.solve()
    date = crowd.dates[0]
    rules = [f"min_size:{date}", f"max_per_team:{date}:{crowd.teams[0][0].id}"]
    with writing():
        row = db.session.get(Proposal, made.id)
        row.state = ProposalState.INFEASIBLE.value
        row.plan = {
            "conflicts": [{"rules": rules}],
            "relaxations": [{"cost": 1, "edits": [{"rule": rules[0], "change": "lower to 5"}]}],
        }
    trainer = as_user(crowd.trainer)
    assert "Let " in trainer.get("proposing.plan", programme_id=crowd.id).words
    with writing():
        cohorts.call_off(crowd.actor, UUID(date))
    words = trainer.get("proposing.plan", programme_id=crowd.id).words
    assert clearing.GONE in words


def test_a_plan_that_moves_people_to_a_date_called_off_since_is_refused_in_words(crowd, as_user):
    crowd.solve()
    crowd.publish()
    seats = crowd.solve().assignment
    date, other = crowd.dates[:2]
    who = next(one for one in crowd.people if seats[str(one.id)] == other)
    with writing():
        row = db.session.get(Proposal, crowd.proposal().id)
        row.assignment = {**row.assignment, str(who.id): date}
    with writing():
        cohorts.call_off(crowd.actor, UUID(date))
    trainer = as_user(crowd.trainer)
    page = trainer.get("proposing.check", programme_id=crowd.id)
    assert f"{who.name}: from" in page.words
    trainer.post("proposing.publish", {"version": version(page)}, expect=422, programme_id=crowd.id)


def test_whoever_is_nominated_after_the_plan_was_made_is_told_nothing_of_it(crowd, as_user):
    late = crowd.people.pop()
    with writing():
        row = next(one for one in queries.nominations(crowd.fresh()) if one.person_id == late.id)
        nominating.take_off(crowd.actor, crowd.id, row.id)
    seats = crowd.solve().assignment
    assert str(late.id) not in seats
    with writing():
        nominating.add(crowd.actor, crowd.id, [late.email], Wish())
    crowd.adjust("pin", next(one for one in crowd.people if seats[str(one.id)]))
    words = as_user(crowd.trainer).get("proposing.check", programme_id=crowd.id).words
    assert "1 person came on the list after this plan was made, and hears nothing yet." in words
    crowd.publish()
    assert not any(mail.person_id == late.id for mail in mails())
    assert str(late.id) not in bookings("booked") | bookings("waiting")
    crowd.solve()
    crowd.publish()
    assert any(mail.person_id == late.id for mail in mails())


def test_a_decision_without_a_press_declines_nobody(crowd, as_user, make):
    team = crowd.teams[0][0]
    staff, manager = make.person("Sam Staff", team=team), make.manager(team=team)
    as_user(staff).post("nominating.ask", {"dates": crowd.dates[:1]}, programme_id=crowd.id)
    row = next(one for one in queries.nominations(crowd.fresh()) if one.state == "asked")
    for sent in ({"people": str(row.id)}, {"do": "decline"}):
        page = as_user(manager).post("nominating.decide", sent, expect=422, programme_id=crowd.id)
        assert "Tick at least one person, then press Approve or Decline." in page.words
    assert queries.counts(crowd.fresh())["asked"] == 1


@pytest.mark.parametrize(
    "data",
    [
        b'email\n"anna@example.org\n' + b"bob@example.org\n" * 20_000,
        b"email\na@" + b"." * 60_000 + b"@\n",
        b"email,dates\na@example.org," + b"x|" * 100_000 + b"\n",
        b"email,needs\na@example.org,x" + b" " * 60_000 + b"x\n",
    ],
    ids=["open quotation mark", "endless address", "endless dates", "endless space"],
)
def test_a_file_with_an_endless_cell_is_a_fault_at_once(data):
    began = time.process_time()
    read = nomination_file.read(data, {})
    assert time.process_time() - began < 2
    assert [one.sentence for one in read.faults] == [
        "From here on, a cell is too long. Perhaps a quotation mark is not closed."
    ]


def test_leaving_so_many_out_that_a_rule_breaks_needs_a_reason_which_is_kept(crowd, as_user):
    seats = crowd.solve().assignment
    there = [one for one in crowd.people if seats[str(one.id)] == crowd.dates[0]]
    out = there[: len(there) - 5]
    with pytest.raises(proposing.RuleBroken, match="it runs with at least 12"):
        crowd.adjust("leave", *out)
    trainer = as_user(crowd.trainer)
    page = trainer.get("proposing.plan", programme_id=crowd.id)
    sent = {"version": version(page), "person": [str(one.id) for one in out], "do": "leave"}
    asked = trainer.post("proposing.adjust", sent, expect=422, programme_id=crowd.id)
    assert "Write it, then press Leave out all the same, below." in asked.words
    trainer.post("proposing.adjust", {**sent, "reason": "The hall lost a room"}, programme_id=crowd.id)
    assert "The hall lost a room" in {one.reason for one in queries.overrides(crowd.fresh())}
