"""Who may open or send what: every address of the application, as every kind of person, in one table.

Each letter is one visitor's answer: `o` opened or done (or an empty form refused with 422), `f` refused as a function
(403), `h` hidden (404), `g` gone because the one before did it. A new address without a row fails. Things with an
owner (a certificate, an attempt, a note, a sign-in, a booking) are the owner’s; the cohort is the trainer’s and open to
all of Fernshire; the outsider manages an agency of another partnership, and so has a report of their own people.
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
from lms.cohorts.models import Arrangement, Booking, MissedPlace, OtherDate
from lms.cohorts.plan import Plan, PlannedSession
from lms.compliance.models import ImpactPack
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.exports.models import Export, SavedView
from lms.flags import actions as flagging
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
from lms.signin.models import SignIn
from lms.web.access import access_of
from tests.support.belongings import corrected, rules, tables
from tests.support.chased import chased
from tests.support.offering import offering, programme

VISITORS = ("owner", "mate", "manager", "boss", "trainer", "other", "coordinator", "admin", "author", "outsider")

#                                              owner, mate (same team), manager (of the team), boss (manager of another
#                                              agency), trainer (of the cohort), other trainer, coordinator, admin,
#                                              author, outsider
MATRIX = {
    "approvals.answer POST": "hhohhhhhhh",
    "approvals.asked GET": "oooooooooo",
    "arriving.here GET": "hhhhhhhhhh",  # the code is wrong; tests of the room try the right one
    "arriving.new_code POST": "ffffohofff",
    "arriving.room GET": "ffffohofff",
    "arriving.say_here POST": "hhhhhhhhhh",
    "assigning.assign GET": "ffoofffffo",
    "assigning.listed GET": "ffoofffffo",
    "assigning.look POST": "ffoofffffo",
    "assigning.withdraw GET": "ffohfffffh",
    "attendance.register GET": "ffffohofff",
    "attendance.register POST": "ffffohofff",
    "attendance.sheet GET": "ffffohofff",
    "attendance.walk_in POST": "ffffohofff",
    "authoring.content GET": "ffffffffof",
    "building.add_trainer POST": "ffffohofff",
    "building.arrange POST": "ffffohofff",
    "building.call_off GET": "ffffohofff",
    "building.cohorts GET": "ffffooofff",
    "building.edit GET": "ffffohofff",
    "building.edit POST": "ffffohofff",
    "building.manage GET": "ffffohofff",
    "building.new GET": "ffffooofff",
    "building.new POST": "ffffooofff",
    "building.take POST": "ffffohofff",
    "building.waive_missed POST": "ffffohofff",
    "building.waive_preparation POST": "ffffohofff",
    "bundle.certificates GET": "ffooffhffo",  # a coordinator manages nobody
    "calendar.download GET": "ohhhhhhhhh",
    "calendar.feed_page GET": "oooooooooo",
    "calendar.renew POST": "oooooooooo",
    "calendar.switch_off POST": "oooooooooo",
    "catalogue.evidence GET": "oooooooooo",
    "catalogue.glossary GET": "oooooooooo",
    "catalogue.references GET": "oooooooooo",
    "certificates.before_pdf GET": "ohhhhhhhhh",
    "certificates.pdf GET": "ohhhhhhhhh",
    "certificates.record GET": "oooooooooo",
    "certificates.show GET": "ohhhhhhhhh",
    "chasing.check GET": "ffoofffffo",
    "chasing.remind POST": "ffoofffffo",
    "chasing.sent GET": "ffohfffffh",
    "cohorts.joint_days GET": "oooooooooo",
    "cohorts.needs POST": "ohhhhhhhhh",
    "cohorts.show GET": "oooooooooh",
    "compliance.course GET": "ffooffoffo",
    "compliance.draft GET": "ffffffofff",
    "compliance.packs GET": "ffooffoffo",
    "compliance.show GET": "ffhhffoffh",
    "compliance.sign POST": "ffffffofff",
    "compliance.table GET": "ffooffoffo",
    "contesting.answer GET": "ffffohofff",
    "contesting.answer POST": "ffffohofff",
    "contesting.contest GET": "ohhhhhhhhh",
    "contesting.contest POST": "ohhhhhhhhh",
    "correcting.ask GET": "ohhhhhhhhh",
    "correcting.ask POST": "ohhhhhhhhh",
    "correcting.decide GET": "ffffffooff",
    "correcting.decide POST": "ffffffooff",
    "correcting.listed GET": "ffffffooff",
    "exports.again POST": "hhohhhhhhh",  # the file and the view are the manager's
    "exports.change_view POST": "hhohhhhhhh",
    "exports.download GET": "hhhhhhhhhh",  # it is not there yet
    "exports.file GET": "ffooffoffo",  # the completion report: every other sheet in tests/exports
    "exports.mine GET": "oooooooooo",
    "exports.open_view GET": "hhohhhhhhh",
    "exports.order POST": "ffooffoffo",
    "exports.save POST": "ffooffoffo",
    "exports.show GET": "hhohhhhhhh",
    "exports.views GET": "oooooooooo",
    "flags.answer POST": "ffffffffof",
    "flags.form GET": "oooooooooo",
    "flags.listed GET": "ffffffffof",
    "flags.mine GET": "oooooooooo",
    "flags.new POST": "oooooooooo",
    "flags.show GET": "ffffffffof",
    "home.home GET": "oooooooooo",
    "learning.catalogue GET": "oooooooooo",
    "learning.delete_reflection POST": "ohhhhhhhhh",
    "learning.download_reflections GET": "oooooooooo",
    "learning.module GET": "oooooooooo",
    "learning.page GET": "oooooooooo",
    "learning.read_on POST": "oooooooooo",
    "learning.reflections GET": "oooooooooo",
    "learning.refresh POST": "oooooooooo",
    "learning.save_reflection POST": "oooooooooo",
    "learning.start_again POST": "oooooooooo",
    "learning.summary GET": "oooooooooo",
    "looked.ask GET": "ohhhhhhhhh",
    "looked.ask POST": "ohhhhhhhhh",
    "looked.listed GET": "oooooooooo",
    "missed.listed GET": "ffooffoffo",
    "moving.other_dates GET": "ohhhhhhhhh",
    "moving.take POST": "ohhhhhhhhh",
    "nominating.add POST": "ffffohofff",
    "nominating.ask GET": "oooooooooh",
    "nominating.ask POST": "oooooooooh",
    "nominating.decide POST": "hhoohhhhhh",
    "nominating.nominate POST": "hhoohhhhhh",
    "nominating.nominations GET": "ffffohofff",
    "nominating.offered GET": "oooooooooo",
    "nominating.team GET": "hhoohhhhhh",
    "nominating.upload GET": "ffffohofff",
    "nominating.upload POST": "ffffohofff",
    "planning.add_date POST": "ffffohofff",
    "planning.apart GET": "ffffooofff",
    "planning.apart POST": "ffffooofff",
    "planning.listed GET": "ffffooofff",
    "planning.new GET": "ffffooofff",
    "planning.new POST": "ffffooofff",
    "planning.rules GET": "ffffohofff",
    "planning.rules POST": "ffffohofff",
    "planning.show GET": "ffffohofff",
    "proposing.adjust POST": "ffffohofff",
    "proposing.check GET": "ffffohofff",
    "proposing.compare GET": "ffffohofff",
    "proposing.plan GET": "ffffohofff",
    "proposing.publish POST": "ffffohofff",
    "proposing.solve POST": "ffffohofff",
    "proposing.stop POST": "ffffohofff",
    "notifications.choices GET": "oooooooooo",
    "notifications.choices POST": "oooooooooo",
    "offers.let_pass POST": "ohhhhhhhhh",
    "offers.offer GET": "ohhhhhhhhh",
    "offers.take POST": "ohhhhhhhhh",
    "operating.again POST": "fffffffhff",  # there is no such mail
    "operating.all_again POST": "fffffffoff",
    "operating.drop POST": "fffffffhff",
    "operating.mail GET": "fffffffoff",
    "operating.overview GET": "fffffffoff",
    "outcomes.co_sign POST": "ffohffhffh",
    "outcomes.examples GET": "ffooffoffo",
    "outcomes.form GET": "ohhhhhhhhh",
    "outcomes.mine GET": "ohhhhhhhhh",
    "outcomes.outcome GET": "ffffohofff",
    "outcomes.send POST": "ohhhhhhhhh",
    "passport.file GET": "oooooooooo",
    "passport.pdf GET": "oooooooooo",
    "passport.show GET": "oooooooooo",
    "people.agencies GET": "fffffffoff",
    "people.agency GET": "fffffffoff",
    "people.deputies GET": "oooooooooo",
    "people.name_deputy POST": "hhoohhhhho",
    "people.set_locality POST": "fffffffoff",
    "programmes.listed GET": "oooooooooo",
    "programmes.show GET": "oooooooooo",
    "quizzes.answer POST": "ohhhhhhhhh",
    "quizzes.carry_on GET": "ohhhhhhhhh",
    "quizzes.choose POST": "ohhhhhhhhh",
    "quizzes.front GET": "oooooooooo",
    "quizzes.question GET": "ohhhhhhhhh",
    "quizzes.result GET": "ohhhhhhhhh",
    "quizzes.scene GET": "ohhhhhhhhh",
    "quizzes.scene_now GET": "ohhhhhhhhh",
    "quizzes.start POST": "oooooooooo",
    "levels.change GET": "ffffffofff",
    "levels.change POST": "ffffffofff",
    "levels.listed GET": "ffffffofff",
    "levels.new GET": "ffffffofff",
    "levels.new POST": "ffffffofff",
    "requiring.change GET": "ffhhffoffh",
    "requiring.change POST": "ffhhffoffh",
    "requiring.end POST": "ffhhffoffh",
    "requiring.listed GET": "ffooffoffo",
    "requiring.new GET": "ffhoffoffo",  # the manager manages a team alone
    "requiring.new POST": "ffhoffoffo",
    "requiring.show GET": "ffooffoffh",
    "record.needed GET": "oooooooooo",
    "record.record GET": "oooooooooo",
    "reports.completion GET": "ffooffoffo",
    "reports.completion_csv GET": "ffooffoffo",
    "reports.exempt POST": "ffohfffffh",
    "reports.mine GET": "oooooooooo",
    "reports.person GET": "ffohffoffh",
    "seating.cards GET": "ffffohofff",
    "seating.change GET": "ffffohofff",
    "seating.change POST": "ffffohofff",
    "seating.listed GET": "ffffohofff",
    "seating.make GET": "ffffohofff",
    "seating.make POST": "ffffohofff",
    "seating.mine GET": "ohhhhhhhhh",
    "seating.plan GET": "ffffohofff",
    "seating.screen GET": "ffffohofff",
    "seating.show POST": "ffffohofff",
    "sending.choose GET": "ohhhhhhhhh",
    "sending.send POST": "ohhhhhhhhh",
    "signin.end_sign_in POST": "ohhhhhhhhh",
    "signin.me GET": "oooooooooo",
    "signin.theme POST": "oooooooooo",
    "together.figures GET": "ffoooooffo",
    "together.figures_csv GET": "ffhhhhhffh",
    "together.matrix GET": "ffoooooffo",
    "together.matrix_csv GET": "ffhhhhhffh",
    "together.mix GET": "ffhhoooffh",
    "together.mix_csv GET": "ffhhhhhffh",
    # These end what the rows above look at, so each is tried last, by those who must not be able to, then by the rest.
    "building.remove POST": "ffffohgfff",
    "building.remove_trainer POST": "ffffhhhfff",  # the owner does not run it
    "building.close POST": "ffffohofff",
    "building.open_for_booking POST": "ffffohofff",
    "building.call_off POST": "ffffohofff",
    "cohorts.book POST": "oooooooooh",
    "cohorts.cancel POST": "ohhhhhhhhh",
    "exports.delete_view POST": "hhohhhhhhh",
    "exports.stop POST": "hhohhhhhhh",
    "exports.delete POST": "hhohhhhhhh",
    "nominating.take_off POST": "ffffohofff",
    "nominating.withdraw POST": "ohhhhhhhhh",
    "planning.end_apart POST": "ffffohofff",
    "outcomes.take_back POST": "ohhhhhhhhh",
    "assigning.withdraw POST": "ffohfffffh",
    "people.end_deputy POST": "hoohhhhhhh",  # the mate is to stand in for the manager
    "reports.end_exemption POST": "ffhhfffffh",
    "requiring.call_off POST": "ffhhffoffh",
    "signin.sign_out POST": "oooooooooo",
    "signin.sign_out_everywhere POST": "oooooooooo",
}


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
        yield them, _belongings(them, trust)


def _belongings(them, agency):
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
        certificate = certificates.certify(fact) or session.scalar(select(certificates.Certificate))
        flag = flagging.raise_flag(owner, module, _reflecting(module), flagging.Wrong("unclear"))
        dates = planning.create(
            trainer, planning.Frame("Dates", "", Rules(min_agencies=2, min_sectors=2), True, False, None)
        )
        planning.add_date(trainer, dates.id, plan.sessions[0], (), ())
        asked = nominating.ask(owner, dates.id, nominating.Wish())
        planning.keep_apart(trainer, them.owner.email, them.mate.email, clock.today() + timedelta(days=30))
        deputy, reminded, assigned = chased(session, them, agency, module)
        sign_in = SignIn(person_id=owner.id, token_hash="0" * 64)
        level, asked_of = rules(session)
        look = RecordView(person_id=owner.id, viewer_id=them.manager.id, what="status and dates", role="manager")
        contest = Contest(session_id=cohort.sessions[0].id, booking_id=place.id, says="I was there", was="absent||")
        session.add_all([sign_in, look, contest])
        correction, old = corrected(session, certificate, owner)
        kept = SavedView(owner_id=them.manager.id, sheet="completion", name="Mine")
        made = Export(owner_id=them.manager.id, sheet="completion", format="csv", expires_at=now + timedelta(days=7))
        pack = ImpactPack(partnership="Fernshire", year=2024, number=1, sections=[], limits="-", signed_by=trainer.id)
        session.add_all([kept, made, pack])
    assert isinstance(note, Reflection)
    return {
        "cohort_id": cohort.id, "session_id": cohort.sessions[0].id, "agency_id": agency.id, "person_id": owner.id,
        "booking_id": db.session.scalar(select(Booking.id)), "certificate_id": certificate.id, "attempt_id": check.id,
        "play_id": play.id, "reflection_id": note.id, "sign_in_id": sign_in.id, "exemption_id": note.id,
        "arrangement_id": db.session.scalar(select(Arrangement.id)), "missed_id": missed.id,
        "programme_id": dates.id, "nomination_id": asked.id, "pair_id": db.session.scalar(select(KeepApart.id)),
        "requirement_id": asked_of.id, "level_id": level.id,
        "look_id": look.id, "correction_id": correction.id, "replaced_id": old.id, "contest_id": contest.id,
        "example_id": example.id, "deputy_id": deputy.id, "assignment_id": assigned.id, "round_id": reminded.id,
        "wave": "before",
        "flag_id": flag.id, "programme": "core",
        "code": "wrong", "module": module.slug, "page": _reflecting(module).slug, "quiz": "tiers-of-need-check",
        "mail_id": note.id,
        "position": 1, "number": 1, "name": "completion", "kind": "csv",
        "export_id": made.id, "view_id": kept.id, "pack_id": pack.id, "partnership": "Fernshire", "year": now.year - 1,
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


@pytest.mark.parametrize("row", MATRIX)
def test_everybody_gets_the_answer_of_the_table(app: Flask, as_user, world, row):
    them, things = world
    rule, method = next((rule, method) for name, rule, method in _rows(app) if name == row)
    # Those who must be turned away come first, so that what they ask for is still there to be refused.
    expected = dict(zip(VISITORS, MATRIX[row], strict=True))
    order = sorted(VISITORS, key=lambda name: "fhog".index(expected[name]) // 2 + (expected[name] == "g"))
    got = {name: _answer(as_user(getattr(them, name)), rule, method, things) for name in order}
    assert "".join(got[name] for name in VISITORS) == MATRIX[row].replace("g", "h")
