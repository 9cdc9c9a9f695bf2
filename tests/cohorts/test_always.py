"""Whatever people do in whatever order: never oversold, no share broken, and nobody waits while a place is free."""

from typing import ClassVar

import pytest
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

from lms.cohorts import queries
from lms.cohorts.actions import booking as actions
from lms.cohorts.actions import building
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.plan import PlannedSession
from lms.core.actor import Actor
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.people import queries as people
from tests.cohorts.conftest import Partnership, a_plan, mails

AGENCY_OF = (0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 3, 3, 3, 3)
who = st.integers(0, len(AGENCY_OF) - 1)


class Acts(RuleBasedStateMachine):
    """One cohort, fourteen people of four agencies, and everything that can happen to its places."""

    partnership: ClassVar[Partnership]
    trainer: ClassVar[Actor]
    people: ClassVar[list[Actor]]

    @initialize(places=st.integers(1, 6), share=st.sampled_from([10, 30, 40, 100]))
    def begin(self, places, share):
        self.share = share
        self.cohort = self.partnership.cohort(capacity=places, largest_share=share)

    def now(self) -> Cohort:
        db.session.rollback()
        return db.session.get(Cohort, self.cohort.id, populate_existing=True)

    def entries(self, *states: str) -> list[Booking]:
        wanted = select(Booking).where(Booking.cohort_id == self.cohort.id, Booking.state.in_(states))
        return list(db.session.scalars(wanted.order_by(Booking.id).execution_options(populate_existing=True)))

    def ids(self, *states: str):
        return {one.person_id for one in self.entries(*states)}

    @rule(who=who)
    def book(self, who):
        try:
            with writing():
                assert actions.book(self.people[who], self.cohort.id).booking.state in ("booked", "waiting")
        except actions.TakenOff:
            assert self.people[who].id in self.ids("removed")

    @rule(who=who)
    def cancel(self, who):
        queued, had_place = len(mails("moved_up")), self.people[who].id in self.ids("booked")
        waited = len(self.entries("waiting"))
        try:
            with writing():
                actions.cancel(self.people[who], self.cohort.id)
        except NotFound:
            assert not had_place
        moved = len(mails("moved_up")) - queued
        assert moved <= 1 if had_place and waited else moved == 0

    @rule(who=who)
    def add(self, who):
        with writing():
            actions.add(self.trainer, self.cohort.id, [self.people[who].id])
        assert self.people[who].id in self.ids("booked", "waiting", "invited")

    @rule(who=who)
    def invite(self, who):
        with writing():
            actions.invite(self.trainer, self.cohort.id, [self.people[who].id])

    @precondition(lambda self: self.entries("booked", "waiting"))
    @rule(data=st.data())
    def remove(self, data):
        entry = data.draw(st.sampled_from(self.entries("booked", "waiting")))
        with writing():
            actions.remove(self.trainer, self.cohort.id, entry.id)
        assert entry.person_id not in self.ids("booked", "waiting")

    @rule(more=st.integers(-2, 3))
    def change_capacity(self, more):
        cohort = self.now()
        kept = tuple(PlannedSession(one.starts_at, one.ends_at, one.place, one.id) for one in cohort.sessions)
        plan = a_plan(capacity=max(1, cohort.capacity + more), largest_share=self.share, sessions=kept)
        try:
            with writing():
                building.edit(self.trainer, self.cohort.id, plan)
        except building.TooFewPlaces:
            assert more < 0

    @invariant()
    def never_oversold_and_no_share_broken(self):
        if hasattr(self, "cohort"):
            room = queries.room(self.now())
            assert room.booked <= room.limits.capacity
            assert all(number <= room.limits.for_one_agency for number in room.taken.values())

    @invariant()
    def nobody_waits_while_a_place_is_free_for_them(self):
        if hasattr(self, "cohort"):
            room = queries.room(self.now())
            assert all(room.obstacle(one.agency_id) for one in self.entries("waiting"))


@pytest.mark.slow
def test_the_rules_hold_in_every_order_of_acts(partnership):
    Acts.partnership, Acts.trainer = partnership, people.actor(partnership.trainer)
    Acts.people = [people.actor(partnership.person(agency)) for agency in AGENCY_OF]
    effort = settings(max_examples=8, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Acts, settings=effort)
