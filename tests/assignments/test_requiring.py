"""Setting, changing and ending requirements: who may, from when, and what it does to people's dates."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.assignments import facts as reading
from lms.assignments import keeping, queries, requirements
from lms.assignments.actions import levelling, requiring
from lms.assignments.asks import Reach, Subject
from lms.assignments.due import Status
from lms.assignments.ledger_models import Refreshing, StandingSpan
from lms.assignments.models import Requirement, RequirementVersion
from lms.assignments.rules import Kind
from lms.assignments.spans import stand
from lms.assignments.touching import touched
from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.people.models import Person
from tests.assignments.lives import at
from tests.assignments.pasts import BY_CHOICE, CORE, OTHER_CORE, complete, days_ago
from tests.assignments.requiring import FERNSHIRE, ask, little

MODULE = Subject(FERNSHIRE, Kind.MODULE, BY_CHOICE)
EVERYONES = Subject(FERNSHIRE, Kind.CORE)


@pytest.fixture
def world(make):
    return little(make)


@pytest.fixture
def asked(world, actor):
    """Set a requirement as the coordinator; it begins today."""

    def asked(subject=MODULE, who=None, **given) -> Requirement:
        with writing():
            return requiring.require(actor(who or world.coordinator), subject, given.pop("ask", ask(clock.today())))

    return asked


def cell(actor, person, target=BY_CHOICE):
    return next(one for one in queries.own(actor(person)) if one.module == target)


def versions() -> list[tuple]:
    rows = db.session.scalars(select(RequirementVersion).order_by(RequirementVersion.number))
    return [(one.number, one.first_day, one.last_day) for one in rows]


def test_a_coordinator_asks_a_job_of_the_partnership_and_nobody_else_is_asked(world, actor, asked):
    asked(ask=ask(clock.today(), "Health visitor", first_due=30))
    mine = cell(actor, world.sam)
    assert (mine.required, mine.due_on, mine.why) == (True, days_ago(-30), ("Because of a review",))
    assert not cell(actor, world.teacher).required
    (entry,) = db.session.scalars(select(AuditEntry)).all()
    assert (entry.action, entry.actor_id) == ("requirement.set", world.coordinator.id)
    assert "review" not in str(entry.detail)
    kept = db.session.scalar(
        select(StandingSpan).where(StandingSpan.person_id == world.sam.id, StandingSpan.target == BY_CHOICE)
    )
    assert (kept.required, kept.due_on) == (True, days_ago(-30))


def test_a_manager_of_an_agency_asks_that_agency_alone(world, actor, asked):
    asked(Subject(world.of_health, Kind.MODULE, BY_CHOICE), world.head)
    assert cell(actor, world.sam).required
    assert not cell(actor, world.teacher).required


@pytest.mark.parametrize("who", ["team_manager", "head", "sam", "outsider"])
def test_nobody_else_sets_or_changes_what_a_partnership_asks(world, actor, asked, who):
    someone = actor(getattr(world, who))
    made = asked()
    tries = [
        lambda: requiring.require(someone, Subject(FERNSHIRE, Kind.MODULE, CORE), ask(clock.today())),
        lambda: requiring.change(someone, made.id, ask(days_ago(-9))),
        lambda: requiring.end(someone, made.id, clock.today()),
        lambda: requiring.call_off(someone, made.id),
    ]
    for act in tries:
        with pytest.raises(NotFound), writing():
            act()
    assert len(versions()) == 1


def test_neither_a_coordinator_nor_another_agency_sets_what_an_agency_asks(world, actor, asked, make):
    of_health = Subject(world.of_health, Kind.MODULE, BY_CHOICE)
    made = asked(of_health, world.head)
    for someone in (world.coordinator, world.team_manager, make.manager(agency=world.care)):
        for act in (requiring.require, requiring.check_new):
            with pytest.raises(NotFound), writing():
                act(actor(someone), of_health, ask(clock.today(), "Health visitor"))
        with pytest.raises(NotFound), writing():
            requiring.change(actor(someone), made.id, ask(days_ago(-9)))


@pytest.mark.parametrize(
    ("subject", "given", "refusal"),
    [
        (replace(MODULE, target="no-such-module"), {}, requiring.NothingToAsk),
        (Subject(FERNSHIRE, Kind.LEVEL, "9"), {"minutes": 60}, requiring.NothingToAsk),
        (Subject(FERNSHIRE, Kind.CORE, "x"), {}, requiring.NothingToAsk),
        (MODULE, {"reach": Reach(jobs=("Astronaut",))}, requiring.NobodyThere),
        (MODULE, {"reach": Reach(teams=("x",))}, requiring.NobodyThere),
        (MODULE, {"first_day": days_ago(1)}, requiring.BeforeToday),
    ],
)
def test_what_cannot_be_asked_is_refused(world, actor, subject, given, refusal):
    with pytest.raises(refusal), writing():
        requiring.require(actor(world.coordinator), subject, replace(ask(clock.today()), **given))
    assert versions() == []


def test_the_same_of_the_same_people_is_one_requirement(world, actor, asked):
    asked(ask=ask(clock.today(), "Health visitor"))
    with pytest.raises(requiring.AskedAlready):
        asked(ask=ask(days_ago(-5), "Health visitor"))
    asked(ask=ask(days_ago(-5), "Teacher"))


def test_a_change_is_a_new_version_from_its_day_and_the_old_one_ends_the_day_before(world, actor, asked):
    made = asked()
    who, today = actor(world.coordinator), clock.today()
    for too_early in (today, days_ago(3)):
        with pytest.raises(requiring.TooEarly), writing():
            requiring.change(who, made.id, ask(too_early))
    with writing():
        requiring.change(who, made.id, ask(days_ago(-10), first_due=30))
    assert versions() == [(1, today, days_ago(-9)), (2, days_ago(-10), None)]
    with writing():  # it has not begun, so it is rewritten
        requiring.change(who, made.id, ask(days_ago(-5), first_due=20))
    assert versions() == [(1, today, days_ago(-4)), (2, days_ago(-5), None)]
    with writing():
        assert requiring.call_off(who, made.id)
    assert versions() == [(1, today, None)]
    with pytest.raises(requiring.HasBegun), writing():
        requiring.call_off(who, made.id)


def test_what_never_began_is_gone_when_it_is_called_off(world, actor, asked):
    made = asked(ask=ask(days_ago(-3)))
    with writing():
        assert not requiring.call_off(actor(world.coordinator), made.id)
    assert db.session.scalar(select(func.count()).select_from(Requirement)) == 0
    assert [one.action for one in db.session.scalars(select(AuditEntry).order_by(AuditEntry.at))][-1] == (
        "requirement.called_off"
    )
    assert not cell(actor, world.sam).required


def test_it_ends_after_a_day_which_can_be_moved_until_it_is_over(world, actor, asked):
    made, who = asked(), actor(world.coordinator)
    with pytest.raises(requiring.EndsTooEarly), writing():
        requiring.end(who, made.id, days_ago(1))
    with writing():
        requiring.end(who, made.id, days_ago(-20))
    with pytest.raises(requiring.HasEnded), writing():
        requiring.change(who, made.id, ask(days_ago(-30)))
    with writing():
        requiring.end(who, made.id, clock.today())
    assert cell(actor, world.sam).required
    with clock.acting_at(clock.now() + timedelta(days=1)):
        assert not cell(actor, world.sam).required
        with pytest.raises(requiring.HasEnded), writing():
            requiring.end(who, made.id, days_ago(-20))


def test_one_changed_requirement_over_time_says_each_day_what_was_asked_then(world, actor, asked):
    """The ledger, the pages and a slow recomputation agree on every day, and what was written is not rewritten."""
    today = clock.today()
    with writing():
        complete(world.sam, BY_CHOICE, days_ago(200), months=36)
    made = asked(ask=ask(today, "Health visitor", first_due=10))
    with writing():
        requiring.change(
            actor(world.coordinator), made.id, ask(days_ago(-10), "Health visitor", renew_months=6, first_due=10)
        )
    steps = {0: Status.CURRENT, 9: Status.CURRENT, 10: Status.EXPIRED, 29: Status.EXPIRED}
    with clock.acting_at(at(days_ago(-15))), writing():
        requiring.change(actor(world.coordinator), made.id, ask(today + timedelta(days=30), "Teacher"))
    written = {}
    for ahead in (0, 9, 10, 29, 30, 60):
        day = today + timedelta(days=ahead)
        with clock.acting_at(at(day)):
            found = cell(actor, world.sam)
        row = db.session.scalar(
            select(StandingSpan).where(
                StandingSpan.person_id == world.sam.id,
                StandingSpan.target == BY_CHOICE,
                StandingSpan.first_day <= day,
                StandingSpan.last_day >= day,
            )
        )
        assert (row.status, row.required) == (found.status.value, found.required), ahead
        assert found.required == (ahead < 30)
        if ahead in steps:
            assert found.status is steps[ahead], ahead
        written[day] = (row.status, row.required, row.valid_until)
    with clock.acting_at(at(today + timedelta(days=70))), writing():
        requiring.end(actor(world.coordinator), made.id, today + timedelta(days=80))
    for day, before in written.items():
        row = db.session.scalar(
            select(StandingSpan).where(
                StandingSpan.person_id == world.sam.id,
                StandingSpan.target == BY_CHOICE,
                StandingSpan.first_day <= day,
                StandingSpan.last_day >= day,
            )
        )
        assert (row.status, row.required, row.valid_until) == before


def test_moving_the_interval_moves_no_first_date(world, actor, asked):
    made = asked(ask=ask(clock.today(), "Health visitor", first_due=30))
    with writing():
        requiring.change(
            actor(world.coordinator), made.id, ask(days_ago(-10), "Health visitor", first_due=30, renew_months=12)
        )
    due = days_ago(-30)
    with clock.acting_at(at(days_ago(-20))):
        assert cell(actor, world.sam).due_on == due


def test_the_rule_about_the_core_modules_holds_until_the_partnership_sets_its_own(world, actor, asked):
    (standing,) = requirements.listed(actor(world.coordinator)).standing
    assert standing.last_day.year == 9999
    asked(EVERYONES, ask=ask(days_ago(-10), "Health visitor"))
    (standing,) = requirements.listed(actor(world.coordinator)).standing
    assert standing.last_day == days_ago(-9)
    assert cell(actor, world.teacher, CORE).required
    with clock.acting_at(at(days_ago(-10))):
        assert requirements.listed(actor(world.coordinator)).standing == []
        assert not cell(actor, world.teacher, CORE).required
        assert cell(actor, world.sam, CORE).required


def test_a_level_is_asked_of_its_jobs_by_hours(world, actor, asked):
    scheme = levelling.Scheme("Level 3", 1, jobs=("health VISITOR",))
    with writing():
        levelling.add(actor(world.coordinator), "Fernshire", "3", scheme)
    level = Subject(FERNSHIRE, Kind.LEVEL, "3")
    with pytest.raises(requiring.HoursMissing):
        asked(level, ask=replace(ask(clock.today()), reach=Reach(levels=("3",))))
    asked(level, ask=replace(ask(clock.today(), minutes=60, keeps_date=True), reach=Reach(levels=("3",))))
    assert cell(actor, world.sam, "level:3").required
    assert not [one for one in queries.own(actor(world.teacher)) if not one.is_module]
    assert versions()[0][0] == 1
    assert not db.session.scalar(select(RequirementVersion.keeps_date))


def test_the_preview_counts_who_is_touched_and_saves_nothing(world, actor, asked):
    with writing():
        complete(world.sam, BY_CHOICE, days_ago(30))
    wanted = ask(days_ago(-1), first_due=0)
    found = touched(MODULE, wanted)
    assert (found.people, found.agencies) == (5, [("Care", 2), ("Health", 3)])
    assert (found.late, found.late_before, found.released) == (0, 0, 0)
    assert found.names == ()
    old = asked(ask=ask(clock.today(), "Health visitor", first_due=0))
    with clock.acting_at(at(days_ago(-3))):
        fewer = touched(MODULE, ask(days_ago(-4), "Teacher", first_due=0), old)
        assert (fewer.people, fewer.released) == (1, 1)
    db.session.rollback()
    assert len(versions()) == 1


def test_the_preview_says_who_would_be_late_on_the_first_day_as_it_then_turns_out(world, actor, asked):
    """A shorter interval makes people late at once: the number is that of a slow recount on that day."""
    with writing():
        complete(world.sam, BY_CHOICE, days_ago(200))
        complete(world.teacher, BY_CHOICE, days_ago(20))
    old = asked(ask=ask(clock.today(), "Health visitor", "Teacher"))
    shorter = ask(days_ago(-7), "Health visitor", "Teacher", renew_months=6)
    found = touched(MODULE, shorter, old)
    assert (found.people, found.late, found.late_before) == (2, 1, 0)
    with writing():
        requiring.change(actor(world.coordinator), old.id, shorter)
    known = reading.load(select(Person.id).where(Person.id.in_([world.sam.id, world.teacher.id])))
    late = [
        facts
        for facts in known.values()
        if any(stand(facts, BY_CHOICE, agency, days_ago(-7)).is_late for agency in facts.agencies)
    ]
    assert len(late) == found.late


def test_the_preview_of_the_first_core_rule_counts_those_who_are_asked_no_longer(world, actor):
    found = touched(EVERYONES, ask(days_ago(-1), "Health visitor"))
    assert (found.people, found.released) == (1, 4)
    assert touched(EVERYONES, ask(days_ago(-1))).released == 0
    late = touched(EVERYONES, ask(days_ago(-1)))
    assert (late.late, late.late_before) == (5, 5)  # everyone has been here for over a year and completed nothing


def test_the_names_are_for_the_manager_of_the_agency_alone(world, monkeypatch):
    monkeypatch.setattr("lms.assignments.touching.NAMES_A_PAGE", 2)
    of_health = Subject(world.of_health, Kind.CORE)
    first, second = (touched(of_health, ask(days_ago(-1)), page=page) for page in (1, 2))
    assert [name for name, _ in (*first.names, *second.names)] == ["Head", "Manager of North", "Sam Whitlock"]
    assert (first.pages, second.page) == (2, 2)


def test_many_people_are_worked_out_by_the_worker_and_the_page_says_for_how_many(world, actor, asked, monkeypatch):
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    asked()
    assert requirements.waiting(["Fernshire"]) == 5
    assert requirements.waiting(["Westmark"]) == 0
    assert not db.session.scalars(select(StandingSpan).where(StandingSpan.target == BY_CHOICE)).all()
    with writing():
        keeping._next_portion(2)
    assert requirements.waiting(["Fernshire"]) == 3
    keeping.refresh_waiting()
    assert requirements.waiting(["Fernshire"]) == 0
    assert db.session.scalar(select(func.count()).select_from(Refreshing).where(Refreshing.finished_at.is_(None))) == 0
    assert len(db.session.scalars(select(StandingSpan).where(StandingSpan.target == BY_CHOICE)).all()) >= 5


def test_an_agencys_requirements_are_read_there_and_by_the_coordinator_alone(world, actor, asked, make):
    made = asked(Subject(world.of_health, Kind.MODULE, OTHER_CORE), world.head)
    for reader in (world.head, world.team_manager, world.coordinator):
        assert [one.id for one in requirements.listed(actor(reader)).shown] == [made.id]
    for reader in (make.manager(agency=world.care), world.outsider):
        assert requirements.listed(actor(reader)).shown == []
        with pytest.raises(NotFound):
            requirements.one(actor(reader), made.id)
    assert not requirements.one(actor(world.team_manager), made.id).may_set
    assert requirements.one(actor(world.head), made.id).may_set
