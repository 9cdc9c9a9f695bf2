"""Files that the worker makes: once, as their owner is today, for their owner alone, and gone after seven days."""

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from lms.audit.models import AuditEntry, RecordView
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.exports import registry, store
from lms.exports.actions import making
from lms.exports.models import Export
from lms.exports.sheet import Format, Sheet
from lms.notifications.models import OutboxMail
from lms.people.models import Deputy, Membership
from tests.exports.conftest import START, csv_rows, move, pdf_text, xlsx_pages

pytestmark = pytest.mark.slow


@pytest.fixture
def long_files(app, readers):
    """Every file is long: more than one row goes to the worker. The folder is empty before and after."""
    settings = app.extensions["settings"]
    before, settings.export_rows = settings.export_rows, 1
    _empty(app)
    yield readers
    settings.export_rows = before
    _empty(app)


def _empty(app) -> None:
    with app.app_context():
        for one in store.folder().iterdir():
            one.unlink()


@pytest.fixture
def offered(app) -> Callable[..., None]:
    """Change what the completion sheet does for one test."""
    sheets = app.extensions["sheets"]
    before = sheets["completion"]
    yield lambda **changes: sheets.update(completion=replace(before, **changes))
    sheets["completion"] = before


def ordered(visitor, kind: str = "csv", name: str = "completion", query: dict | None = None) -> Export:
    page = visitor.get("exports.file", name=name, kind=kind, query=query)
    assert page.h1 == "A long file"
    answer = visitor.send(page, page.forms("@action and contains(@action, '/exports/')"[1:])[0])
    assert visitor.follow(answer).h1 == "Your file is waiting"
    return db.session.get_one(Export, UUID(answer.location.split("/")[2]))


def seen(export: Export) -> Export:
    db.session.rollback()
    return db.session.get(Export, export.id, populate_existing=True)


def held() -> list[str]:
    return sorted(one.name for one in store.folder().iterdir())


def mails() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMail.kind)))


@pytest.mark.parametrize("kind", Format)
def test_a_long_file_is_asked_for_made_told_by_mail_and_opened_by_its_owner(long_files, as_user, kind):
    manager = long_files.by_role["manager"]
    visitor = as_user(manager)
    export = ordered(visitor, kind.value, query={"q": "St"})
    assert held() == []
    assert making.make_waiting() == 1
    export = seen(export)
    assert (export.state, export.done, export.total) == ("done", 2, 2)
    assert held() == [export.file]
    assert stat.S_IMODE(os.stat(store.path(export.file)).st_mode) == 0o600
    assert stat.S_IMODE(store.folder().stat().st_mode) == 0o700
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.kind, mail.person_id) == ("exports/ready", manager.id)
    assert "http" in mail.body
    assert not any(word in mail.body + mail.subject for word in ("Stan", "North", "Mona"))
    page = visitor.get("exports.show", export_id=export.id)
    assert page.h1 == "Your file is ready"
    assert "Only you" in page.words
    assert "2 rows about North" in page.words
    answer = visitor.get("exports.download", export_id=export.id)
    assert answer.headers["Content-Disposition"].endswith(f"completion-2026-08-05.{kind}")
    assert answer.headers["Cache-Control"] == "no-store"
    if kind is Format.CSV:
        assert [row[0] for row in csv_rows(answer.data)] == ["Name", "Stan Staff", "Stan Staff"]
    elif kind is Format.XLSX:
        assert [row[0] for row in xlsx_pages(answer.data)["completion"]] == ["Name", "Stan Staff", "Stan Staff"]
    else:
        assert "Stan Staff" in pdf_text(answer.data)[0]
    acts = [one.action for one in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert acts == ["export.ordered", "report.exported", "export.opened"]
    assert (
        len(db.session.scalars(select(RecordView).where(RecordView.what == "status and dates, as a file")).all()) == 1
    )


def test_nobody_else_opens_it_and_nothing_tells_that_it_is_there(long_files, as_user):
    export = ordered(as_user(long_files.by_role["manager"]))
    making.make_waiting()
    for role in ("staff", "other manager", "boss", "coordinator", "administrator", "outsider"):
        visitor = as_user(long_files.by_role[role])
        for endpoint in ("exports.show", "exports.download"):
            visitor.get(endpoint, export_id=export.id, expect=404)
        for endpoint in ("exports.stop", "exports.again", "exports.delete"):
            visitor.post(endpoint, export_id=export.id, expect=404)
        assert "There is none now" in visitor.get("exports.mine").words
    assert seen(export).state == "done"


def test_who_no_longer_sees_the_team_finds_the_file_closed_and_deleted(long_files, make, as_user):
    manager = long_files.by_role["manager"]
    visitor = as_user(manager)
    export = ordered(visitor)
    making.make_waiting()
    move(manager, team_id=make.team(long_files.area.agencies["Health"], "South").id)
    for _ in range(2):
        page = visitor.get("exports.download", export_id=export.id, expect=410)
        assert "You no longer see North, so the file is closed." in page.words
        visitor.get("exports.show", export_id=export.id, expect=410)
    assert held() == []
    assert seen(export).state == "closed"
    acts = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert acts == ["export.ordered", "report.exported", "export.closed"]
    assert "Closed" in visitor.get("exports.mine").words


def test_who_manages_nobody_any_more_finds_it_closed_and_a_wider_reach_keeps_it_open(long_files, make, as_user):
    manager = long_files.by_role["manager"]
    visitor = as_user(manager)
    export = ordered(visitor)
    making.make_waiting()
    care = long_files.area.agencies["Care"]
    make.membership(manager, agency=care, roles=((Role.MANAGER, Scope.AGENCY),), starts_on=date(2026, 8, 1))
    visitor.get("exports.download", export_id=export.id)
    move(manager, ends_on=date(2026, 8, 4))
    visitor.get("exports.download", export_id=export.id, expect=410)


def test_it_holds_what_its_owner_sees_when_it_is_made_not_when_it_was_asked_for(long_files, make, as_user):
    manager = long_files.by_role["manager"]
    visitor = as_user(manager)
    export = ordered(visitor)
    south = make.team(long_files.area.agencies["Health"], "South")
    make.person("Sue South", team=south, starts_on=date(2025, 1, 6))
    move(manager, team_id=south.id)
    making.make_waiting()
    rows = csv_rows(visitor.get("exports.download", export_id=export.id).data)
    assert {row[0] for row in rows[1:]} == {"Sue South", "Mona Manager"}


def test_who_lost_the_role_meanwhile_gets_no_file_and_is_told(long_files, as_user):
    manager = long_files.by_role["manager"]
    visitor = as_user(manager)
    export = ordered(visitor)
    move(manager, ends_on=date(2026, 8, 4))
    making.make_waiting()
    assert held() == []
    page = visitor.get("exports.show", export_id=export.id)
    assert page.h1 == "Your file could not be made"
    assert "You no longer see these people" in page.words
    assert mails() == ["exports/failed"]
    visitor.get("exports.download", export_id=export.id, expect=404)


def test_the_same_file_asked_for_twice_is_one_and_nobody_has_many_at_once(long_files, as_user):
    visitor = as_user(long_files.by_role["coordinator"])
    first = ordered(visitor)
    assert ordered(visitor).id == first.id
    for kind in ("xlsx", "pdf"):
        visitor.post("exports.order", name="completion", kind=kind)
    page = visitor.post("/exports/completion.csv?status=late", expect=422)
    assert "3 files are being made for you already" in page.words
    assert len(db.session.scalars(select(Export)).all()) == 3


class Killed(BaseException):
    """The worker was killed: nothing of ours runs after it."""


def _killed_at(number: int, before: Callable) -> Callable:
    def build(actor, arguments) -> Sheet:
        found = before(actor, arguments)

        def rows():
            for place, row in enumerate(found.rows):
                if place == number:
                    raise Killed
                yield row

        return replace(found, rows=rows())

    return build


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_killed_worker_leaves_no_half_file_and_the_next_one_makes_it_whole(
    long_files, as_user, offered, monkeypatch, place
):
    visitor = as_user(long_files.by_role["manager"])
    export = ordered(visitor)
    build = registry.offered()["completion"].build
    offered(build=_killed_at(place, build))
    monkeypatch.setattr(store.Path, "unlink", lambda *_given, **_named: None)  # a killed process clears nothing away
    with pytest.raises(Killed):
        making.make(export.id)
    monkeypatch.undo()
    db.session.rollback()
    left = held()
    assert [one.endswith(".part") for one in left] == [True]
    assert making.make_waiting() == 0  # the dead worker's lease still runs
    visitor.get("exports.download", export_id=export.id, expect=404)
    offered(build=build)
    with writing() as session:
        session.execute(update(Export).values(lease_until=clock.now() - timedelta(seconds=1)))
    assert making.make_waiting() == 1
    export = seen(export)
    assert (export.state, export.tries) == ("done", 2)
    assert held() == [export.file]
    assert len(csv_rows(visitor.get("exports.download", export_id=export.id).data)) == export.total + 1
    assert mails() == ["exports/ready"]


def test_two_workers_never_make_the_same_and_a_late_one_leaves_nothing(long_files, as_user, offered, monkeypatch):
    export = ordered(as_user(long_files.by_role["manager"]))
    build, others = registry.offered()["completion"].build, []
    monkeypatch.setattr(making, "LOOK_AT", 1)
    monkeypatch.setattr(making, "LOOK_EVERY", 0.0)

    def slow(actor, arguments) -> Sheet:
        found = build(actor, arguments)

        def rows():
            for place, row in enumerate(found.rows):
                if place == 1 and not others:
                    others.append(making.make(export.id))  # while the lease runs, it is nobody else's
                    with db.sessionmaker() as session, writing():
                        session.execute(update(Export).values(lease_until=clock.now() - timedelta(seconds=1)))
                        session.commit()
                    others.append(making.make(export.id))  # the lease ran out: the second one takes and makes it
                yield row

        return replace(found, rows=rows())

    offered(build=slow)
    making.make(export.id)
    assert others == [False, True]
    export = seen(export)
    assert export.state == "done"
    assert held() == [export.file]
    assert mails() == ["exports/ready"]


def test_stop_ends_it_while_it_waits_and_while_it_runs(long_files, as_user, offered, monkeypatch):
    visitor = as_user(long_files.by_role["manager"])
    waiting = ordered(visitor)
    visitor.post("exports.stop", export_id=waiting.id)
    assert making.make_waiting() == 0
    page = visitor.get("exports.show", export_id=waiting.id)
    assert page.h1 == "Your file was stopped"
    running = ordered(visitor)
    build = registry.offered()["completion"].build
    monkeypatch.setattr(making, "LOOK_AT", 1)
    monkeypatch.setattr(making, "LOOK_EVERY", 0.0)

    def pressed(actor, arguments) -> Sheet:
        found = build(actor, arguments)

        def rows():
            for place, row in enumerate(found.rows):
                if place == 2:
                    page = visitor.client.get(visitor.address("exports.show", export_id=running.id)).text
                    assert "2 of " in page
                    token = visitor.token()
                    visitor.client.post(
                        visitor.address("exports.stop", export_id=running.id), data={"csrf_token": token}
                    )
                yield row

        return replace(found, rows=rows())

    offered(build=pressed)
    making.make_waiting()
    assert seen(running).state == "stopped"
    assert held() == []
    assert mails() == []


def test_a_fault_is_told_plainly_and_trying_again_makes_it(long_files, as_user, offered):
    visitor = as_user(long_files.by_role["manager"])
    export = ordered(visitor)
    build = registry.offered()["completion"].build
    offered(build=lambda _actor, _arguments: 1 / 0)
    making.make_waiting()
    page = visitor.get("exports.show", export_id=export.id)
    assert page.h1 == "Your file could not be made"
    assert "the fault is ours" in page.words
    assert held() == []
    offered(build=build)
    answer = visitor.post("exports.again", export_id=export.id)
    assert visitor.follow(answer).h1 == "Your file is waiting"
    making.make_waiting()
    assert mails() == ["exports/failed", "exports/ready"]
    assert [one.state for one in db.session.scalars(select(Export))] == ["done"]


def test_a_server_that_stops_three_times_gives_up_and_says_so(long_files, as_user):
    visitor = as_user(long_files.by_role["manager"])
    export = ordered(visitor)
    with writing() as session:
        session.execute(update(Export).values(tries=3))
    making.make_waiting()
    assert "The server was stopped 3 times" in visitor.get("exports.show", export_id=export.id).words


def test_after_seven_days_file_and_row_are_gone_and_so_is_what_no_row_knows(long_files, as_user):
    visitor = as_user(long_files.by_role["manager"])
    export = ordered(visitor)
    making.make_waiting()
    stray, fresh = store.path("0" * 32 + ".csv.part"), store.path("1" * 32 + ".csv")
    for one in (stray, fresh):
        one.write_bytes(b"left")
    os.utime(stray, (1, 1))
    os.utime(store.path(seen(export).file), (1, 1))
    assert making.clear_away() == 0
    assert stray.exists() is False
    visitor.get("exports.download", export_id=export.id)
    fresh.unlink()
    with writing() as session:
        session.execute(update(Export).values(expires_at=clock.now()))
    visitor.get("exports.download", export_id=export.id, expect=404)
    assert making.clear_away() == 1
    assert held() == []
    assert db.session.scalars(select(Export)).all() == []


def test_its_owner_deletes_it_before_its_time(long_files, as_user):
    visitor = as_user(long_files.by_role["manager"])
    export = ordered(visitor)
    making.make_waiting()
    visitor.post("exports.delete", export_id=export.id)
    visitor.get("exports.show", export_id=export.id, expect=404)
    assert held() == []


def test_a_file_that_is_gone_from_the_disk_is_not_found(long_files, as_user):
    visitor = as_user(long_files.by_role["manager"])
    export = ordered(visitor)
    making.make_waiting()
    store.remove(seen(export).file)
    visitor.get("exports.download", export_id=export.id, expect=404)


def test_asking_without_pressing_makes_nothing_and_the_old_address_offers_the_same(long_files, as_user):
    visitor = as_user(long_files.by_role["manager"])
    for endpoint, values in (("exports.file", {"name": "completion", "kind": "csv"}), ("reports.completion_csv", {})):
        page = visitor.get(endpoint, query={"status": "late"}, **values)
        assert page.h1 == "A long file"
        assert page.all("//form[@method='post']/@action") == ["/exports/completion.csv?status=late"]
    assert db.session.scalars(select(Export)).all() == []
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "report.exported")).all() == []


def test_standing_in_for_another_manager_later_opens_nothing_of_the_first(long_files, make, as_user):
    """A deputy's file is about the team of the manager they stood in for, not about their own."""
    area = long_files.area
    post = db.session.scalar(select(Membership).where(Membership.person_id == long_files.by_role["manager"].id))
    other = make.manager(team=make.team(area.agencies["Health"], "South"), name="Sue South", starts_on=START)
    deputy = make.person("Dora Deputy", team=make.team(area.agencies["Health"], "East"), starts_on=START)
    today = clock.today()
    with writing() as session:
        first = Deputy(membership_id=post.id, deputy_id=deputy.id, first_day=today, last_day=today + timedelta(days=3))
        session.add(first)
    visitor = as_user(deputy)
    export = ordered(visitor)
    making.make_waiting()
    assert b"Mona Manager" in visitor.get("exports.download", export_id=export.id).data
    with writing() as session:
        session.get(Deputy, first.id).ended_at = clock.now()
        theirs = session.scalar(select(Membership.id).where(Membership.person_id == other.id))
        session.add(Deputy(membership_id=theirs, deputy_id=deputy.id, first_day=today, last_day=today))
    assert "Sue South" in visitor.get("reports.completion").words
    assert "You no longer see North" in visitor.get("exports.download", export_id=export.id, expect=410).words
    assert seen(export).state == "closed"
    assert held() == []
