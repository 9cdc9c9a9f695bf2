"""What is hidden from a visitor, made after they have looked once: another partnership, another employer, another team,
and what people they do see keep to themselves. All of it is called Canary, so that it is known where it comes out.
"""

from datetime import date, timedelta
from secrets import token_hex
from types import SimpleNamespace
from typing import Any

from sqlalchemy import update

from lms.assignments.models import Assignment, Exemption, Leave, PriorLearning, Requirement, RequirementVersion
from lms.catalogue.shelf import library
from lms.cohorts.calendar_models import CalendarFeed
from lms.cohorts.models import Attendance, Booking, Cohort, CohortAgency, CohortSession, CohortTrainer
from lms.core import clock
from lms.core.db import writing
from lms.core.permissions import Role, Scope
from lms.exports.models import Export, SavedView
from lms.interop.scim.models import ScimConnection
from lms.learning.models import Completion, PageRead, Reflection, Study
from lms.notifications.models import OutboxMail
from lms.people.sectors import Sector
from lms.planning.models import DateProgramme, KeepApart, Nomination
from lms.quizzes.models import Answer, Attempt
from lms.rights.models import ErasureRequest
from lms.signin.models import SignIn
from lms.signin.provider_models import IdentityProvider
from tests.contracts.test_matrix import belongings
from tests.support.belongings import invited, provider_of

FIRST = date(2025, 1, 6)
MODULES = ("lead-professional", "tiers-of-need")


def another_partnership(make: Any) -> tuple[SimpleNamespace, dict[str, Any]]:
    """A whole partnership with everybody in it and one of everything, and a crowd."""
    with make.together():
        agency = make.agency("Canary Away", Sector.HEALTH, partnership="Canary Islands")
        team = make.team(agency, "Canary team")
        make.agency("Canary Council", Sector.SOCIAL_CARE, partnership=agency.partnership)
        them = _everybody(make, agency, team)
        crowd = [make.person(f"Canary away {number}", team=team, starts_on=FIRST) for number in range(7)]
    things = belongings(them, agency, "7")
    with writing() as session:  # who signs in elsewhere is a list for everybody: what is not in use is hidden
        session.get_one(IdentityProvider, things["provider_id"]).active = False
    _lives(crowd, agency, them.manager)
    _held(crowd, agency, them.trainer, open_to_all=True)
    _private(crowd)
    return them, things


def another_agency(make: Any) -> tuple[SimpleNamespace, dict[str, Any]]:
    """Another employer of the partnership, with joint days for its own people alone, drafts and nominations."""
    with make.together():
        agency = make.agency("Canary Neighbour", Sector.POLICE)
        team = make.team(agency, "Canary neighbours")
        boss = make.manager(agency=agency, name="Canary boss", starts_on=FIRST)
        trainer = make.trainer(agency, name="Canary trainer", starts_on=FIRST)
        admin = make.person("Canary admin", agency=agency, roles=((Role.ADMINISTRATOR, Scope.AGENCY),))
        crowd = [make.person(f"Canary neighbour {number}", team=team, starts_on=FIRST) for number in range(3)]
    _lives(crowd, agency, boss)
    held = _held(crowd, agency, trainer, open_to_all=False)
    _private(crowd)
    asked = Requirement(agency_id=agency.id, partnership=agency.partnership, kind="module", target=MODULES[1])
    dates = DateProgramme(partnership=agency.partnership, title="Canary dates", created_by=trainer.id)
    with writing() as session:
        session.add_all([asked, dates])
        session.flush()
        begun = RequirementVersion(requirement_id=asked.id, first_day=FIRST, jobs=["Canary"], why="Canary")
        nominated = Nomination(programme_id=dates.id, person_id=crowd[0].id, agency_id=agency.id,
                               membership_id=crowd[0].memberships[0].id, job="Canary", stored_band=2,
                               nominated_by=trainer.id, state="approved")  # fmt: skip
        session.add_all([begun, nominated, *invited(SimpleNamespace(admin=admin), agency, "8")])
        session.add(connected := ScimConnection(agency_id=agency.id, name="Canary", token_hash=token_hex(32)))
        gate = provider_of(SimpleNamespace(admin=admin), agency)
        gate.active = False
        session.add(gate)
    return SimpleNamespace(owner=crowd[0], boss=boss), {
        "agency_id": agency.id, "team_id": team.id, "person_id": crowd[0].id, "programme_id": dates.id,
        "nomination_id": nominated.id, "requirement_id": asked.id, "connection_id": connected.id,
        "provider_id": gate.id, **held,
    }  # fmt: skip


def another_team(make: Any, agency: Any) -> tuple[SimpleNamespace, dict[str, Any]]:
    """Another team of the same employer, with its manager."""
    with make.together():
        team = make.team(agency, "Canary south")
        manager = make.manager(team=team, name="Canary south manager", starts_on=FIRST)
        crowd = [make.person(f"Canary south {number}", team=team, starts_on=FIRST) for number in range(3)]
    _lives(crowd, agency, manager)
    _private(crowd)
    return SimpleNamespace(owner=crowd[0]), {"team_id": team.id, "person_id": crowd[0].id, "agency_id": agency.id}


def kept_to_themselves(people: Any, setter: Any) -> None:
    """What people keep to themselves whom a visitor sees; and pairs kept apart, set by somebody else."""
    _private(people)
    with writing() as session:
        until = clock.today() + timedelta(days=60)
        pair = {"person_id": people[0].id, "other_id": people[1].id, "set_by": setter.id}
        session.add(KeepApart(partnership="Canary Islands", until=until, **pair))


def _everybody(make: Any, agency: Any, team: Any) -> SimpleNamespace:
    whole = Scope.PARTNERSHIP
    return SimpleNamespace(
        owner=make.person("Canary owner", team=team, starts_on=FIRST),
        mate=make.person("Canary mate", team=team, starts_on=FIRST),
        manager=make.manager(team=team, name="Canary manager", starts_on=FIRST),
        boss=make.manager(agency=agency, name="Canary boss away", starts_on=FIRST),
        trainer=make.trainer(agency, name="Canary trainer away", starts_on=FIRST),
        coordinator=make.person("Canary coordinator", agency=agency, roles=((Role.COORDINATOR, whole),)),
        admin=make.person("Canary admin away", agency=agency, roles=((Role.ADMINISTRATOR, whole),)),
        observer=make.person("Canary observer", agency=agency, roles=((Role.OBSERVER, whole),)),
    )


def _lives(people: Any, agency: Any, manager: Any) -> None:
    """Learning, leave, exemptions and assignments of each."""
    module, now = library().module(MODULES[0]), clock.now()
    own = {"agency_id": agency.id}
    with writing() as session:
        for number, one in enumerate(people):
            done = now - timedelta(days=30 + number)
            study = Study(person_id=one.id, module=module.slug, version=1, completed_at=done)
            session.add(study)
            session.flush()
            about = {"person_id": one.id}
            session.add_all([
                Completion(study_id=study.id, module=module.slug, version=1, core_hash=module.hash, minutes=40,
                           completed_on=done.date(), completed_at=done, **about),
                ErasureRequest(**about),
                PageRead(study_id=study.id, page=module.pages[0].slug, version=1),
                Leave(first_day=clock.today() + timedelta(days=number), recorded_by=manager.id, **own, **about),
                PriorLearning(target=MODULES[1], title="Canary course", completed_on=done.date(), evidence="Canary",
                              accepted_by=manager.id, **own, **about),
                Exemption(module=MODULES[1], reason="Canary", granted_by=manager.id, **own, **about),
                Assignment(target=MODULES[1], due_on=clock.today(), assigned_by=manager.id, why="Canary", **own,
                           **about),
            ])  # fmt: skip


def _held(people: Any, agency: Any, trainer: Any, *, open_to_all: bool) -> dict[str, Any]:
    """A joint day that was held and one that is open, each for the agency alone, and a draft."""
    made = []
    with writing() as session:
        for state, days in (("closed", -40), ("open", 40), ("draft", 50)):
            at = clock.now() + timedelta(days=days)
            cohort = Cohort(partnership=agency.partnership, title=f"Canary {state}", capacity=24, minimum_agencies=1,
                            largest_share=100, state=state, all_agencies=open_to_all)  # fmt: skip
            cohort.sessions = [CohortSession(starts_at=at, ends_at=at + timedelta(hours=5), place="Canary Hall")]
            cohort.trainers = [CohortTrainer(person_id=trainer.id)]
            if not open_to_all:
                cohort.agencies = [CohortAgency(agency_id=agency.id)]
            session.add(cohort)
            session.flush()
            booked = [
                Booking(cohort_id=cohort.id, person_id=one.id, agency_id=agency.id, job="Canary", state="booked",
                        booked_at=clock.now()) for one in people
            ]  # fmt: skip
            session.add_all(booked)
            session.flush()
            if state == "closed":
                at_it = {"session_id": cohort.sessions[0].id, "mark": "present", "noted_by": trainer.id}
                session.add_all(Attendance(booking_id=one.id, **at_it) for one in booked)
            made.append((cohort, booked))
    cohort, booked = made[1]
    return {"cohort_id": cohort.id, "session_id": cohort.sessions[0].id, "booking_id": booked[0].id}


def _private(people: Any) -> None:
    """Notes, goes at quizzes, files, views, sign-ins, a calendar and mails of each."""
    now = clock.now()
    with writing() as session:
        for one in people:
            about = {"person_id": one.id}
            play = Attempt(quiz="tiers-of-need-scenario", module=MODULES[1], kind="scenario", content_hash="0" * 64,
                           number=90, seed="canary", state={}, finished_at=now, passed=False, points=1, out_of=9,
                           started_at=now, **about)  # fmt: skip
            session.add(play)
            session.flush()
            session.add_all([
                Answer(attempt_id=play.id, position=1, key="canary", given={"said": "Canary"}, right=False),
                Reflection(module=MODULES[1], key="canary", text="Canary", **about),
                SavedView(owner_id=one.id, sheet="completion", name="Canary"),
                Export(owner_id=one.id, sheet="completion", format="csv", expires_at=now + timedelta(days=7)),
                SignIn(token_hash=token_hex(32), **about),
                CalendarFeed(number=token_hex(16), **about),
                OutboxMail(address=one.email, kind="cohorts/waiting", subject="Canary", body="Canary", **about),
            ])  # fmt: skip
        session.execute(update(OutboxMail).values(state="sent", sent_at=now))
