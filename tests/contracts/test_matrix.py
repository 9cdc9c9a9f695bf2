"""Who may open or send what, tried: every address of the application, as every kind of person. The answers that are
expected stand in `matrix.py`.
"""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import RecordView
from lms.catalogue.shelf import library
from lms.certificates import actions as certificates
from lms.cohorts.actions import booking, building
from lms.cohorts.contest_models import Contest
from lms.cohorts.models import Arrangement, MissedPlace, OtherDate
from lms.cohorts.plan import Plan, PlannedSession
from lms.compliance.models import ImpactPack
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.exports.models import Export, SavedView
from lms.flags import actions as flagging
from lms.interop.scim.models import ScimConnection
from lms.joining.models import PeopleFile
from lms.learning import actions as learning
from lms.learning.events import ModuleCompleted
from lms.learning.models import Completion, Reflection, Study
from lms.outcomes.models import PracticeExample
from lms.people import queries as people
from lms.people.sectors import Sector
from lms.planning.actions import nominating
from lms.planning.actions import programmes as planning
from lms.planning.models import KeepApart
from lms.planning.rules import Rules
from lms.quizzes import actions as quizzing
from lms.quizzes.shelf import quizzes
from lms.rights.models import ErasureRequest
from lms.signin.models import SignIn
from lms.web.access import access_of
from tests.contracts.matrix import MATRIX, VISITORS
from tests.support.belongings import corrected, invited, learned, passkey_of, phone_of, provider_of, rules, tables
from tests.support.chased import chased
from tests.support.offering import offering, programme


@pytest.fixture
def world(app: Flask, make):
    """A small Fernshire, with one of everything that belongs to somebody."""
    trust, council = make.agency("Trust"), make.agency("Council", Sector.SOCIAL_CARE)
    away = make.agency("Away", partnership="Westmark")
    team = make.team(trust, "Health visitors")
    whole = Scope.PARTNERSHIP
    them = SimpleNamespace(
        owner=make.person("Olive Owner", team=team),
        mate=make.person(team=team),
        manager=make.manager(team=team),
        boss=make.manager(agency=council),
        trainer=make.trainer(agency=council),
        other=make.trainer(agency=council),
        coordinator=make.person(agency=council, roles=((Role.COORDINATOR, whole),)),
        admin=make.person(agency=council, roles=((Role.ADMINISTRATOR, whole),)),
        author=make.person(agency=council, roles=((Role.AUTHOR, whole),)),
        outsider=make.manager(agency=away),
    )
    with offering(app, programme("core", "lead-professional")):
        yield them, belongings(them, trust)


def belongings(them, agency, mark="0"):
    """One of everything that belongs to somebody, in the partnership of the agency; `mark` keeps two worlds apart."""
    module, now = library().module("lead-professional"), clock.now()
    owner, trainer = people.actor(them.owner), people.actor(them.trainer)
    starts = now + timedelta(days=20)
    plan = Plan("A joint day", (PlannedSession(starts, starts + timedelta(hours=5), "Fern Hall"),), minimum_agencies=2,
                modules=(module.slug,), must_prepare=True)  # fmt: skip
    with writing() as session:
        cohort = building.create(trainer, plan)
        building.open_for_booking(trainer, cohort.id)
        place = booking.book(owner, cohort.id, needs=["loop"]).booking
        missed = MissedPlace(cohort_id=cohort.id, agency_id=agency.id, booking_id=place.id, kind="late")
        example = PracticeExample(cohort_id=cohort.id, booking_id=place.id, says="Rang the school")
        session.add_all([missed, example, OtherDate(cohort_id=cohort.id, other_id=building.create(trainer, plan).id)])
        session.add(tables(cohort.sessions[0], them.trainer))
        check = quizzing.start_check(owner, quizzes().quiz("tiers-of-need-check"))
        scenario = quizzes().quiz("tiers-of-need-scenario")
        play = quizzing.take_seat(owner, scenario, next(iter(scenario.seats)).key)
        note = learning.save_reflection(owner, module.slug, _reflecting(module).reflection.key, "Mine alone", "")
        study = Study(person_id=owner.id, module=module.slug, number=1, version=module.version, completed_at=now)
        session.add(study)
        session.flush()
        done = Completion(person_id=owner.id, study_id=study.id, module=module.slug, version=1, core_hash=module.hash,
                          minutes=40, completed_on=clock.today(), completed_at=now)  # fmt: skip
        session.add(done)
        session.flush()
        fact = ModuleCompleted(owner.id, module.slug, 1, module.hash, done.id, done.completed_on, now, 40)
        certificate = certificates.certify(fact) or session.scalar(
            select(certificates.Certificate).where(certificates.Certificate.person_id == owner.id)
        )
        flag = flagging.raise_flag(owner, module, _reflecting(module), flagging.Wrong("unclear"))
        dates = planning.create(
            trainer, planning.Frame("Dates", "", Rules(min_agencies=2, min_sectors=2), True, False, None)
        )
        planning.add_date(trainer, dates.id, plan.sessions[0], (), ())
        asked = nominating.ask(owner, dates.id, nominating.Wish())
        planning.keep_apart(trainer, them.owner.email, them.mate.email, clock.today() + timedelta(days=30))
        deputy, reminded, assigned = chased(session, them, agency, module)
        sign_in = SignIn(person_id=owner.id, token_hash=mark * 64)
        level, asked_of = rules(session, agency.partnership)
        look = RecordView(person_id=owner.id, viewer_id=them.manager.id, what="status and dates", role="manager")
        contest = Contest(session_id=cohort.sessions[0].id, booking_id=place.id, says="I was there", was="absent||")
        session.add_all([sign_in, look, contest, phone_of(owner), key := passkey_of(owner, mark)])
        session.add_all(doors := invited(them, agency, mark))
        correction, old = corrected(session, certificate, owner, mark)
        kept = SavedView(owner_id=them.manager.id, sheet="completion", name="Mine")
        made = Export(owner_id=them.manager.id, sheet="completion", format="csv", expires_at=now + timedelta(days=7))
        pack = ImpactPack(
            partnership=agency.partnership, year=2024, number=1, sections=[], limits="-", signed_by=trainer.id
        )
        joiners = PeopleFile(owner_id=them.admin.id, file_name="people.csv")
        connected = ScimConnection(agency_id=agency.id, name="Personnel", token_hash=mark * 64)
        erasure = ErasureRequest(person_id=owner.id)
        session.add(gate := provider_of(them, agency))
        session.add_all([erasure, kept, made, pack, joiners, connected, *(elsewhere := learned(them, agency))])
    assert isinstance(note, Reflection)
    arrangement = db.session.scalar(select(Arrangement.id).where(Arrangement.booking_id == place.id))
    pair = db.session.scalar(select(KeepApart.id).where(KeepApart.person_id.in_((them.owner.id, them.mate.id))))
    return {
        "cohort_id": cohort.id, "session_id": cohort.sessions[0].id, "agency_id": agency.id, "person_id": owner.id,
        "booking_id": place.id, "certificate_id": certificate.id, "attempt_id": check.id,
        "play_id": play.id, "reflection_id": note.id, "sign_in_id": sign_in.id, "exemption_id": note.id,
        "arrangement_id": arrangement, "missed_id": missed.id,
        "programme_id": dates.id, "nomination_id": asked.id, "pair_id": pair,
        "leave_id": elsewhere[0].id, "learning_id": elsewhere[1].id, "equivalent_id": elsewhere[2].id,
        "requirement_id": asked_of.id, "level_id": level.id, "team_id": owner.main_seat.team_id,
        "look_id": look.id, "correction_id": correction.id, "replaced_id": old.id, "contest_id": contest.id,
        "example_id": example.id, "deputy_id": deputy.id, "assignment_id": assigned.id, "round_id": reminded.id,
        "wave": "before", "year": now.year - 1,
        "code": "wrong", "module": module.slug, "page": _reflecting(module).slug, "quiz": "tiers-of-need-check",
        "flag_id": flag.id, "programme": "core", "mail_id": note.id, "position": 1, "number": 1, "name": "completion",
        "kind": "csv", "export_id": made.id, "view_id": kept.id, "pack_id": pack.id, "partnership": agency.partnership,
        "request_id": erasure.id, "file_id": joiners.id, "connection_id": connected.id, "provider_id": gate.id,
        "invitation_id": doors[0].id, "domain_id": doors[1].id, "passkey_id": key.id,
    }  # fmt: skip


def _reflecting(module):
    return next(page for page in module.pages if page.reflection)


def _values(rule, things):
    values = {name: things[name] for name in rule.arguments}
    if rule.endpoint in ("quizzes.scene", "quizzes.scene_now", "quizzes.choose"):
        values |= {"quiz": "tiers-of-need-scenario", "attempt_id": things["play_id"]}
    return values


def _answer(browser, rule, method, things):
    address = browser.address(rule.endpoint, **_values(rule, things))
    if method == "GET":
        status = browser.client.get(address).status_code
    else:
        status = browser.client.post(address, data={"csrf_token": browser.token()}).status_code
    return {403: "f", 404: "h"}.get(status, "o" if status in (200, 303, 409, 422) else str(status))


def _rows(app: Flask):
    for rule in app.url_map.iter_rules():
        if not access_of(app, rule.endpoint).anyone and rule.endpoint != "learning.picture":
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                yield f"{rule.endpoint} {method}", rule, method


def test_every_address_has_a_row(app: Flask):
    assert sorted(row for row, *_ in _rows(app)) == sorted(MATRIX)


@pytest.mark.slow
@pytest.mark.parametrize("row", MATRIX)
def test_everybody_gets_the_answer_of_the_table(app: Flask, as_user, world, row):
    them, things = world
    rule, method = next((rule, method) for name, rule, method in _rows(app) if name == row)
    # Those who must be turned away come first, so that what they ask for is still there to be refused.
    expected = dict(zip(VISITORS, MATRIX[row], strict=True))
    order = sorted(VISITORS, key=lambda name: "fhog".index(expected[name]) // 2 + (expected[name] == "g"))
    got = {name: _answer(as_user(getattr(them, name)), rule, method, things) for name in order}
    assert "".join(got[name] for name in VISITORS) == MATRIX[row].replace("g", "h")
