"""Promises that hold for the whole application, so that no new page, setting or table can forget them."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from lms.config import Settings
from lms.core import schema
from lms.core.db import db, prepare_engine
from lms.core.permissions import GRANTS, Permission, Role
from lms.people.sectors import LOOKS, Sector
from lms.web.access import access_of

PROJECT = Path(__file__).resolve().parents[2]

PUBLIC = {
    "health.alive",
    "health.ready",
    "watching.metrics",  # answers to its token, or on this machine; figures without anybody's data
    "signin.sign_in",
    "break_glass.enter",  # the address holds the secret that was printed on the machine
    "oidc.choose",
    "oidc.go",
    "oidc.back",  # asks the provider who came back, and only in the browser that began
    "passkeys.question",  # asks whoever is at the door, and knows nobody
    "passkeys.enter",
    "passwords.ask",
    "passwords.asked",
    "inviting.accept",  # the address holds the secret that was mailed
    "passwords.new",  # the address holds the secret that was mailed
    "home.help_page",
    "home.who_sees_what",
    "home.privacy",
    "home.accessibility",
    "certificates.verify",
    "certificates.check",
    "passport.check",  # answers for the file handed in, and lists nobody
    "calendar.feed",  # a calendar program cannot sign in; the address holds a secret of the person's
}


def test_every_page_says_who_may_open_it(app: Flask):
    undeclared = [rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None]
    assert undeclared == []


def test_only_these_pages_are_open_to_the_world(app: Flask):
    open_pages = {rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint).anyone}
    by_token = {endpoint for endpoint in open_pages if endpoint.startswith("scim.")}
    assert open_pages - by_token == PUBLIC


def test_every_address_of_a_directory_asks_for_its_token(app: Flask, database: None):
    asked = 0
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"OPTIONS"}) if rule.endpoint.startswith("scim.") else ():
            address = rule.rule.replace("<path:rest>", "x").replace("<user_id>", "x").replace("<kind>", "User")
            answer = app.test_client().open(address, method=method, json={})
            assert answer.status_code == 401, (method, address, answer.text)
            asked += 1
    assert asked > 20


def test_no_page_writes_when_it_is_only_read(app: Flask):
    assert [name for name, view in app.view_functions.items() if getattr(view, "writes_on_get", False)] == ["oidc.back"]


def test_every_page_that_is_not_public_sends_a_stranger_to_sign_in(app: Flask, nobody):
    for rule in app.url_map.iter_rules():
        if access_of(app, rule.endpoint).anyone:
            continue
        values = {name: _sample(rule, name) for name in rule.arguments}
        address = nobody.address(rule.endpoint, **values)
        if "GET" in rule.methods:
            page = nobody.get(address, expect=303)
        else:
            page = nobody.client.post(address, data={})
            assert page.status_code in (303, 403), address
            continue
        assert page.location.startswith("/sign-in"), address


def _sample(rule, name):
    converter = rule._converters[name]
    kind = type(converter).__name__
    if kind == "UUIDConverter":
        return "00000000-0000-4000-8000-000000000000"
    return 1 if kind == "IntegerConverter" else "nothing-here"


def test_every_link_in_a_template_leads_somewhere(app: Flask):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    for template in (PROJECT / "lms").rglob("templates/**/*.*"):
        for endpoint in re.findall(r"url_for\(\s*['\"]([\w.]+)['\"]", template.read_text()):
            assert endpoint in endpoints, f"{template.name}: {endpoint}"


def test_every_setting_is_documented():
    headings = re.findall(r"^## (LMS_\w+)$", (PROJECT / "docs" / "settings.md").read_text(), re.MULTILINE)
    assert headings == list(Settings.names())


def test_every_permission_and_role_is_documented():
    page = (PROJECT / "docs" / "permissions.md").read_text()
    assert [p for p in Permission if f"`{p.value}`" not in page] == []
    assert [r for r in Role if r.value not in page] == []


def test_permissions_are_in_alphabetical_order_and_every_role_is_decided():
    names = [permission.value for permission in Permission]
    assert names == sorted(names)
    assert set(GRANTS) == set(Role)


def test_every_sector_has_a_word_a_letter_and_a_colour_of_its_own():
    assert set(LOOKS) == set(Sector)
    assert len({look.letter for look in LOOKS.values()}) == len(LOOKS)
    assert len({look.css for look in LOOKS.values()}) == len(LOOKS)


@pytest.mark.slow
def test_migrations_build_exactly_the_models(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'new.db'}")
    prepare_engine(engine)
    schema.upgrade(engine)
    assert schema.differences(engine) == []
    assert schema.current(engine) == schema.newest()


def test_the_database_in_use_is_exactly_the_models_on_postgresql_too(app: Flask, database):
    assert schema.differences(db.engine) == []


@pytest.mark.slow
def test_the_comparison_sees_a_table_too_many_and_one_too_few(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    prepare_engine(engine)
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE indexed_content")
        connection.exec_driver_sql("CREATE TABLE search_party (name TEXT)")
    assert sorted((kind, table.name) for kind, table in schema.differences(engine)) == [
        ("add_table", "indexed_content"), ("remove_table", "search_party"),
    ]  # fmt: skip


@pytest.mark.slow
def test_migrating_a_filled_database_keeps_its_rows(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    prepare_engine(engine)
    schema.upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO agencies (id, name, sector, partnership) VALUES ('a', 'Old trust', 'health', 'Fernshire')"
            )
        )
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM agencies")) == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.slow
def test_rebuilding_a_table_on_sqlite_keeps_the_rows_that_hang_on_it(tmp_path):
    """Foreign keys are off meanwhile: with them on, SQLite empties what hangs on a table by cascade, or refuses."""
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    prepare_engine(engine)
    schema.upgrade(engine, "0013")
    with engine.begin() as connection:
        for row in (
            "agencies (id, name, sector, partnership) VALUES ('1', 'Trust', 'health', 'Fernshire')",
            "people (id, email, name, password_hash, active, demo, theme, created_at)"
            " VALUES ('1', 'a@b.example', 'Sam', '', 1, 0, '', '2026-01-05 09:00:00')",
            "cohorts (id, partnership, title, about, state, capacity, minimum_agencies, largest_share, all_agencies,"
            " created_at) VALUES ('1', 'Fernshire', 'A day', '', 'open', 4, 1, 40, 1, '2026-01-05 09:00:00')",
            "cohort_sessions (id, cohort_id, starts_at, ends_at, place)"
            " VALUES ('1', '1', '2026-02-05 09:00:00', '2026-02-05 15:00:00', 'Fern Hall')",
            "bookings (id, cohort_id, person_id, agency_id, job, state, asked_at, changed_at, moved_up, access_needs)"
            " VALUES ('00000000000000000000000000000001', '1', '1', '1', 'Nurse', 'booked', '2026-01-05 09:00:00',"
            " '2026-01-05 09:00:00', '', 'A loop\n\nA chair')",
        ):
            connection.execute(text(f"INSERT INTO {row}"))
    schema.upgrade(engine)
    with engine.connect() as connection:
        for table, number in (("cohort_sessions", 1), ("bookings", 1), ("arrangements", 2)):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == number, table
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_migrations_are_numbered_one_after_another():
    names = sorted(path.name for path in (PROJECT / "migrations" / "versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]


@pytest.mark.parametrize("pragma", ["foreign_keys", "synchronous", "journal_mode"])
def test_sqlite_connections_are_safe_and_strict(tmp_path, pragma):
    engine = create_engine(f"sqlite:///{tmp_path / 'safe.db'}")
    prepare_engine(engine)
    with engine.connect() as connection:
        found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
    assert found == {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal"}[pragma]


@pytest.mark.slow
def test_a_row_that_points_nowhere_is_refused(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'refs.db'}")
    prepare_engine(engine)
    schema.upgrade(engine)
    with engine.connect() as connection, pytest.raises(IntegrityError, match="FOREIGN KEY"):
        connection.execute(text("INSERT INTO teams (id, agency_id, name, locality) VALUES ('t', 'nobody', 'Team', '')"))


def test_nothing_that_a_person_reads_shouts():
    """UK plain English: no exclamation marks in pages and mails."""
    for template in (PROJECT / "lms").rglob("templates/**/*.*"):
        text_only = re.sub(r"{[%#{].*?[%#}]}|<[^>]*>", "", template.read_text(), flags=re.DOTALL)
        assert "!" not in text_only, template


def test_beside_every_box_for_free_text_stands_that_nobody_watches_it_and_where_to_get_help():
    free_text = re.compile(r"<textarea|rows=|form\.reason")
    boxes = [path for path in (PROJECT / "lms").rglob("templates/**/*.html") if free_text.search(path.read_text())]
    assert len(boxes) == 18
    assert [path.name for path in boxes if "{{ not_watched() }}" not in path.read_text()] == []


def test_files_stay_small_enough_to_read():
    for path in [*PROJECT.glob("lms/**/*.py"), *PROJECT.glob("tests/**/*.py")]:
        assert len(path.read_text().splitlines()) <= 400, path


def test_no_room_is_called_a_junk_drawer():
    names = {path.stem for path in PROJECT.glob("lms/**/*.py")}
    assert names & {"utils", "helpers", "common", "misc"} == set()
