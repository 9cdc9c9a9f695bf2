"""How much of the database a web page may take, and that commands may take more."""

import pytest
from sqlalchemy import create_engine, text

from lms.core.db import db, prepare_engine
from lms.core.limits import Limits

NAMES = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


@pytest.fixture
def _on_postgresql(app, database):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no limits of its own: see tests/web/test_again.py")


@pytest.mark.usefixtures("_on_postgresql")
@pytest.mark.parametrize(("lifted", "said"), [(False, ["7s", "6s", "5s"]), (True, ["0", "0", "0"])])
def test_postgresql_keeps_to_the_limits(lifted, said):
    engine = create_engine(db.engine.url)
    prepare_engine(engine, Limits(statement=7, lock=6, idle=5, lifted=lifted))
    with engine.connect() as connection:
        assert [connection.scalar(text(f"SHOW {name}")) for name in NAMES] == said
    engine.dispose()


@pytest.mark.usefixtures("_on_postgresql")
def test_the_application_has_the_limits_of_its_settings(app, settings):
    assert db.session.scalar(text("SHOW statement_timeout")) == f"{settings.db_statement_seconds}s"
    assert app.extensions["limits"].lock == settings.db_lock_seconds
