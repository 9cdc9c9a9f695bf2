"""Whatever people and the clock do in whatever order: never oversold, no share broken, held places respected, approval
never bypassed, nobody passed over for ever, and nobody waits while a place is free for them.
"""

from datetime import timedelta
from typing import ClassVar

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.cohorts import queries
from lms.cohorts.actions import approving, building, filling, offers, substituting
from lms.cohorts.actions import booking as actions
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.places import MOST_PASSED_OVER
from lms.cohorts.plan import PlannedSession
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.people import queries as people
from tests.cohorts.conftest import SECTORS, Partnership, a_plan

AGENCY_OF = (0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 3, 3, 3, 3)
LONGEST = timedelta(days=13)
who = st.integers(0, len(AGENCY_OF) - 1)


class Acts(RuleBasedStateMachine):
    """One cohort, fourteen people of four agencies, a manager of the first, and everything that can happen."""

    partnership: ClassVar[Partnership]
    trainer: ClassVar[Actor]
    manager: ClassVar[Actor]
    people: ClassVar[list[Actor]]

    @initialize(
        places=st.integers(1, 6),
        share=st.sampled_from([10, 30, 40, 100]),
        held=st.integers(0, 3),
        approval=st.booleans(),
        offered=st.booleans(),
    )
    def begin(self, places, share, held, approval, offered):
        self.began = clock.now()
        self.time = time_machine.travel(self.began, tick=False)
        self.traveller = self.time.start()
        held = {SECTORS[2].value: min(held, places)} if held else {}
        self.wanted = {
            "largest_share": share,
            "needs_approval": approval,
            "offers_places": offered,
            "held": held,
            "release_on": (clock.local(self.began) + timedelta(days=5)).date() if held else None,
        }
        self.cohort = self.partnership.cohort(capacity=places, **self.wanted)
        self.approved, self.holders, self.last = set(), set(), 0
        self.room, self.grew = queries.room(self.now()), 0

    def teardown(self):
        if hasattr(self, "time"):
            self.time.stop()

    def now(self) -> Cohort:
        db.session.rollback()
        return db.session.get(Cohort, self.cohort.id, populate_existing=True)

    def entries(self, *states: str) -> list[Booking]:
        wanted = select(Booking).where(Booking.cohort_id == self.cohort.id, Booking.state.in_(states))
        return list(db.session.scalars(wanted.order_by(Booking.person_id).execution_options(populate_existing=True)))

    def ids(self, *states: str):
        return {one.person_id for one in self.entries(*states)}

    @rule(who=who)
    def book(self, who):
        try:
            with writing():
                assert actions.book(self.people[who], self.cohort.id).booking.state in ("booked", "waiting", "asked")
        except actions.TakenOff:
            assert self.people[who].id in self.ids("removed")

    @rule(who=who)
    def cancel(self, who):
        try:
            with writing():
                actions.cancel(self.people[who], self.cohort.id)
            self.approved.discard(self.people[who].id)
        except NotFound:
            assert self.people[who].id not in self.ids("booked")

    @rule(who=who)
    def add(self, who):
        with writing():
            actions.add(self.trainer, self.cohort.id, [self.people[who].id])
        assert self.people[who].id in self.ids("booked", "waiting", "invited", "asked", "offered")

    @rule(who=who)
    def invite(self, who):
        with writing():
            actions.invite(self.trainer, self.cohort.id, [self.people[who].id])

    @precondition(lambda self: self.entries("booked", "waiting", "offered", "asked"))
    @rule(data=st.data())
    def remove(self, data):
        entry = data.draw(st.sampled_from(self.entries("booked", "waiting", "offered", "asked")))
        with writing():
            actions.remove(self.trainer, self.cohort.id, entry.id)
        assert entry.person_id not in self.ids("booked", "waiting", "offered", "asked")
        self.approved.discard(entry.person_id)

    @precondition(lambda self: self.entries("asked"))
    @rule(data=st.data(), yes=st.booleans(), by_manager=st.booleans())
    def decide(self, data, yes, by_manager):
        entry = data.draw(st.sampled_from(self.entries("asked")))
        is_managed = entry.agency_id == self.partnership.agencies[0].id
        try:
            with writing():
                act = approving.approve if yes else approving.decline
                act(self.manager if by_manager else self.trainer, entry.id)
            assert by_manager == is_managed
            if yes:
                self.approved.add(entry.person_id)
        except NotFound:
            assert by_manager != is_managed

    @rule(who=who, takes=st.booleans())
    def answer_an_offer(self, who, takes):
        offered = self.people[who].id in self.ids("offered")
        try:
            with writing():
                (offers.take if takes else offers.let_pass)(self.people[who], self.cohort.id)
        except (offers.OfferEnded, NotFound):
            overdue = [one for one in self.entries("offered") if one.offer_until <= clock.now()]
            assert not offered or self.people[who].id in {one.person_id for one in overdue}

    @rule(who=who, colleague=who)
    def send_a_colleague(self, who, colleague):
        sender, sent = self.people[who].id, self.people[colleague].id
        same = AGENCY_OF[who] == AGENCY_OF[colleague]
        might = sender in self.ids("booked") and same and sent not in self.ids("booked", "offered", "removed")
        try:
            with writing():
                substituting.send(self.people[who], self.cohort.id, sent)
            assert might or sent in self.ids("booked")
            if sender in self.approved:
                self.approved = (self.approved - {sender}) | {sent}
        except (substituting.NoPlace, substituting.NotThisOne, NotFound):
            assert not might or who == colleague or self.entries("offered")

    @rule(more=st.integers(-2, 3))
    def change_capacity(self, more):
        cohort = self.now()
        kept = tuple(PlannedSession(one.starts_at, one.ends_at, one.place, one.id) for one in cohort.sessions)
        plan = a_plan(capacity=max(1, cohort.capacity + more), sessions=kept, **self.wanted)
        try:
            with writing():
                building.edit(self.trainer, self.cohort.id, plan)
            self.grew = max(0, more)
        except (building.TooFewPlaces, building.TooManyHeld):
            assert more < 0

    @rule(hours=st.sampled_from([1, 30, 70, 130]), worker_runs=st.booleans())
    def time_passes(self, hours, worker_runs):
        if clock.now() + timedelta(hours=hours) < self.began + LONGEST:
            self.traveller.shift(timedelta(hours=hours))
        if worker_runs:
            filling.catch_up_all()
            assert not [one for one in self.entries("offered") if one.offer_until <= clock.now()]
            cohort = self.now()
            assert not cohort.held or cohort.released_at or cohort.release_on > clock.today()

    @invariant()
    def the_rules_hold(self):
        if hasattr(self, "room"):
            room, holders = queries.room(self.now()), self.ids("booked", "offered")
            assert room.booked == len(holders) <= room.limits.capacity
            assert all(number <= room.limits.for_one_agency for number in room.taken.values())
            if self.wanted["needs_approval"]:
                assert holders <= self.approved
            self._held_places_go_to_their_sector(room)
            self._each_free_place_goes_once(holders)
            self.holders, self.room, self.grew = holders, room, 0
            self.traveller.shift(timedelta(seconds=1))  # nobody asks at the very same moment

    def _held_places_go_to_their_sector(self, room):
        for sector, number in room.held.items():
            others = room.booked - room.of_sector(sector)
            if others > self.room.booked - self.room.of_sector(sector):
                assert others + max(number, room.of_sector(sector)) <= room.limits.capacity

    def _each_free_place_goes_once(self, holders):
        acts = db.session.scalars(select(AuditEntry).where(AuditEntry.id > self.last).order_by(AuditEntry.id)).all()
        self.last = max((one.id for one in acts), default=self.last)
        done = [one.action for one in acts if one.detail.get("cohort") == str(self.cohort.id)]
        ended, freed = done.count("cohort.offer_ended"), len(self.holders - holders)
        promoted = done.count("cohort.moved_up") + done.count("cohort.place_offered")
        assert promoted <= self.room.left + freed + self.grew + ended

    @invariant()
    def nobody_is_passed_over_for_ever(self):
        if hasattr(self, "room"):
            assert all(one.passed_over <= MOST_PASSED_OVER for one in self.entries("waiting", "booked", "offered"))

    @invariant()
    def nobody_waits_while_a_place_is_free_for_them(self):
        if hasattr(self, "room"):
            room = queries.room(self.now())
            able = [one for one in self.entries("waiting") if not one.sits_out]
            assert all(room.obstacle(one.agency_id) for one in able)


@pytest.mark.slow
def test_the_rules_hold_in_every_order_of_acts(make, partnership):
    teams = [make.team(agency) for agency in partnership.agencies]
    Acts.partnership, Acts.trainer = partnership, people.actor(partnership.trainer)
    Acts.manager = people.actor(make.manager(agency=partnership.agencies[0]))
    Acts.people = [people.actor(make.person(team=teams[agency])) for agency in AGENCY_OF]
    effort = settings(max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Acts, settings=effort)
