"""What is done for somebody who is not there: by the clock, by mail, by a link or a token. Who has lost a right gets
nothing by it, whether they lost it before it was done or before they came for it.
"""

import ast
import re
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from lms import wiring
from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.exports import store
from lms.exports.actions import keeping, making, ordering
from lms.exports.models import Export, SavedView
from lms.exports.sheet import Format
from lms.notifications import delivering
from lms.notifications.kinds import KINDS, topic_of
from lms.notifications.models import OutboxMail
from lms.notifications.rechecking import TO_ANYBODY
from lms.people import queries as people
from lms.signin import recovering
from lms.web.access import access_of
from tests.contracts.jobs import ABOUT_OTHERS, DOORS, JOBS, MAIL_KINDS, TASKS
from tests.exports.conftest import at_now, readers  # noqa: F401
from tests.notifications.conftest import Bag
from tests.support.leaving import LOSSES, closed

PROJECT = Path(__file__).resolve().parents[2]


def test_every_job_and_every_task_of_the_worker_has_a_row(app):
    assert sorted(JOBS) == sorted(job.name for job in app.extensions["jobs"])
    tasks = app.extensions["huey"]._registry._registry
    assert sorted(TASKS) == sorted(one.rpartition(".")[2] for one in tasks)
    assert {one for one in TASKS.values() if one} <= set(JOBS)


def test_every_kind_of_mail_has_a_row_and_those_about_others_are_looked_at_again():
    assert sorted(MAIL_KINDS) == sorted(KINDS)
    assert set(ABOUT_OTHERS) <= set(wiring.RECHECKS)
    for_managers = {kind for kind, topic in KINDS.items() if topic.for_managers}
    assert for_managers <= set(ABOUT_OTHERS)


def test_every_door_without_a_sign_in_has_a_row(app):
    open_ = {rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint).anyone}
    assert sorted(open_) == sorted(DOORS)


@pytest.mark.parametrize("named", sorted({one for one in (*JOBS.values(), *MAIL_KINDS.values(), *DOORS.values())
                                          if "::" in one}))  # fmt: skip
def test_every_test_that_a_row_names_exists(named):
    path, _, name = named.partition("::")
    tree = ast.parse((PROJECT / path).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.slow
def test_a_closed_account_gets_no_mail_but_about_itself_and_its_record(make):
    leah, noor = make.person("Leah Stone"), make.person("Noor Aziz")
    kinds = [kind for kind in KINDS if MAIL_KINDS[kind] and kind not in wiring.RECHECKS]
    for one in (leah, noor):
        make.save(*(OutboxMail(person_id=one.id, address=one.email, kind=kind, subject=f"{one.name}: {kind}",
                               body="-") for kind in kinds))  # fmt: skip
    closed(leah)
    delivering.deliver_waiting(bag := Bag())
    assert {one for one in bag.mails if one.startswith("Noor")} == {f"Noor Aziz: {kind}" for kind in kinds}
    still = {f"Leah Stone: {kind}" for kind in kinds if topic_of(kind) in TO_ANYBODY}
    assert {one for one in bag.mails if one.startswith("Leah")} == still


def test_a_mail_about_what_is_gone_does_not_leave(make):
    leah = make.manager(agency=make.agency())
    for kind in ABOUT_OTHERS:
        make.save(OutboxMail(person_id=leah.id, address=leah.email, kind=kind, subject=kind, body="-", about=uuid4()))
    delivering.deliver_waiting(bag := Bag())
    assert bag.mails == []


def who_may(app, readers):  # noqa: F811
    """Each sheet with each of the readers who may ask for it."""
    for offered in app.extensions["sheets"].values():
        for role, person in readers.by_role.items():
            if role != "outsider" and offered.is_for(people.actor(person)):
                yield offered, role, person


def made(person, offered) -> Export:
    with writing():
        return ordering.order(people.actor(person), offered.name, Format.CSV, {"quiz": "tiers-of-need-check"})


def state(export) -> SimpleNamespace:
    db.session.rollback()
    found = db.session.get_one(Export, export.id, populate_existing=True)
    return SimpleNamespace(state=found.state, file=found.file)


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES)
def test_no_file_is_made_for_who_lost_the_right_and_none_is_handed_out(app, readers, as_user, loss):  # noqa: F811
    pairs = list(who_may(app, readers))
    assert {offered.name for offered, *_ in pairs} == set(app.extensions["sheets"])
    ready, waiting = [], {}
    visitors = {person.id: as_user(person) for *_, person in pairs}
    for offered, role, person in pairs:
        try:
            export = made(person, offered)
        except NotFound:  # no figures were released yet, say
            continue
        assert making.make(export.id)
        if state(export).state == "done":
            ready.append((export, person))
            waiting[person.id] = (offered, role, person)
    assert {export.sheet for export, _ in ready} == set(app.extensions["sheets"])
    waiting = {key: (made(person, offered), role, person) for key, (offered, role, person) in waiting.items()}
    for _, _, person in waiting.values():
        LOSSES[loss](person)
    making.make_waiting()
    for export, role, person in waiting.values():
        after = state(export)
        sees_nothing = loss != "moved"  # who does the same elsewhere gets a file of elsewhere
        assert (after.state == "failed" and not after.file) or not sees_nothing, (role, export.sheet)
        if after.file:
            text = store.path(after.file).read_text("utf-8-sig")
            others = {"Stan Staff", "Olga Other", "Bill Boss", "Health 1"} - {person.name}
            assert not [one for one in others if one in text], role
    for export, person in ready:
        db.session.rollback()
        answer = visitors[person.id].client.get(f"/exports/{export.id}/file")
        assert answer.status_code == (303 if loss == "account closed" else 410), (export.sheet, answer.status_code)
        assert b"Stan Staff" not in answer.data
    delivering.deliver_waiting(bag := Bag())
    assert not [one for one in bag.mails if "ready" in one], bag.mails
    for one in store.folder().iterdir():
        one.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES)
def test_no_link_of_a_view_is_mailed_to_who_lost_the_right(app, readers, make, loss):  # noqa: F811
    pairs = [one for one in who_may(app, readers) if one[1] != "outsider"]
    for offered, _, person in pairs:
        view = SavedView(owner_id=person.id, sheet=offered.name, name=offered.name, every="week")
        view.next_mail_on = clock.today()
        make.save(view)
    db.session.rollback()
    assert keeping.mail_due() == len(pairs)  # they leave later, and are looked at again then
    for *_, person in {person.id: (role, person) for _, role, person in pairs}.values():
        LOSSES[loss](person)
    if loss != "moved":
        delivering.deliver_waiting(bag := Bag())
        assert bag.mails == []
        with writing() as session:
            session.execute(update(SavedView).values(next_mail_on=clock.today()))
        assert keeping.mail_due() == 0
    views = db.session.scalars(select(SavedView)).all()
    assert {bool(one.every) for one in views} == {loss == "moved"}


def ask(nobody, person) -> None:
    page = nobody.get("passwords.ask")
    nobody.send(page, page.all("//main//form")[0], {"email": person.email}, at="/password/forgotten")


def test_a_link_to_a_new_password_opens_no_closed_account(make, nobody):
    late, early = make.person("Leah Stone"), make.person("Noor Aziz")
    ask(nobody, early)
    recovering.answer_asked()
    db.session.rollback()
    (body,) = db.session.scalars(select(OutboxMail.body).where(OutboxMail.kind == "signin/reset"))
    (link,) = re.findall(r"/password/new/[\w-]+", body)
    ask(nobody, late)
    nobody.get(link)
    closed(late)
    closed(early)
    recovering.answer_asked()
    nobody.get(link, expect=404)
    assert db.session.scalars(select(OutboxMail.person_id)).all() == [early.id]
