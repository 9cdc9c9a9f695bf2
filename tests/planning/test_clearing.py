"""When rules cannot all hold: what clashes, what would help, and one press that does it."""

from collections import Counter

import pytest

from lms.cohorts.engine.problem import Allocation, Pair, Person, Session
from lms.core.db import db, writing
from lms.planning import clearing
from lms.planning.actions import programmes, solving
from lms.planning.figures import Words
from lms.planning.states import ProposalState
from tests.planning.conftest import frame
from tests.planning.test_pages import version

WORDS = Words({"S": "14 January"}, {"A": "Health"}, {"T": "Kestrel House"}, {"P": "Ben", "Q": "Cat"})


def person(id_):
    return Person(id_, "A", "T", "", "", 1, 0, frozenset(), ("S",))


PROBLEM = Allocation(
    "Dates",
    (person("P"), person("Q")),
    (Session("S", "2027-01-14", "", 12, 2, max_agency_share=0.4),),
    cover={"T": 1},
    pins=(Pair("P", "S"), Pair("Q", "S")),
)


def test_what_clashes_is_named_and_who_may_not_meet_is_not():
    said = clearing.conflict(PROBLEM, ["pin:P:S", "pin:Q:S", "team_cover:T:2027-01-14"], WORDS)
    assert said == (
        "These cannot all hold: Ben is pinned to 14 January; Cat is pinned to 14 January; "
        "Kestrel House can spare 1 on 14 January."
    )
    for silent in ("keep_apart:P:Q", "manager:P:Q"):
        said = clearing.conflict(PROBLEM, ["pin:P:S", "pin:Q:S", silent], WORDS)
        assert said == "Somebody you pinned on 14 January cannot be placed in this session."


def test_ways_out_are_sentences_and_pins_can_go_with_one_press():
    drop = {"cost": 1, "edits": [{"rule": "pin:P:S", "change": "drop"}]}
    spare = {"cost": 2, "edits": [{"rule": "team_cover:T:2027-01-14", "change": "raise to 2"}]}
    meet = {"cost": 3, "edits": [{"rule": "manager:P:Q", "change": "drop"}]}
    found = clearing.ways_out(PROBLEM, [drop, spare, meet], WORDS)
    assert [(one.sentences, one.people) for one in found] == [
        (("Let Ben go from 14 January.",), ("P",)),
        (("Let 2 of Kestrel House be away on 14 January.",), ()),
    ]


@pytest.mark.slow
def test_pins_that_break_a_stricter_rule_are_named_and_let_go_by_one_press(crowd, as_user):
    seats = crowd.solve().assignment
    places = Counter((one.memberships[0].team_id, seats[str(one.id)]) for one in crowd.people if seats[str(one.id)])
    (team, date), number = places.most_common(1)[0]
    assert number > 2
    pinned = [one for one in crowd.people if (one.memberships[0].team_id, seats[str(one.id)]) == (team, date)]
    crowd.adjust("pin", *pinned)
    with writing():
        stricter = frame(cover_share=20, per_team=10, per_team_large=10)
        programmes.change(crowd.actor, crowd.id, stricter, "Fewer can be spared")
    assert crowd.solve().state == ProposalState.INFEASIBLE
    trainer = as_user(crowd.trainer)
    page = trainer.get("proposing.plan", programme_id=crowd.id)
    assert "These rules cannot all hold" in page.words
    assert " can spare 2 on " in page.words
    assert sum(f"{one.name} is pinned to " in page.words for one in pinned) == 3
    way = next(one for one in page.all("//section[h2[@id='cannot']]//form") if one.xpath(".//input[@name='go']"))
    sent = {"version": version(page), "go": way.xpath(".//input[@name='go']/@value")}
    assert len(sent["go"]) == number - 2
    trainer.post("proposing.solve", sent, programme_id=crowd.id)
    db.session.rollback()
    solving.work_waiting()
    assert crowd.proposal().state == ProposalState.DONE
    assert "These rules cannot all hold" not in trainer.get("proposing.plan", programme_id=crowd.id).words
