"""People with a password, and a key with a passkey, for tests of signing in."""

from datetime import UTC, datetime

import pytest
import time_machine

from lms.signin.passwords import hash_password
from tests.support.authenticator import PASSWORD, Authenticator, add

NOON = datetime(2026, 11, 27, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as travel:
        yield travel


@pytest.fixture
def sam(make):
    return make.person("Sam Staff", agency=make.agency("Trust"), password_hash=hash_password(PASSWORD))


@pytest.fixture
def mo(make):
    return make.manager(agency=make.agency("Council"), name="Mo Manager", password_hash=hash_password(PASSWORD))


@pytest.fixture
def key(sam, as_user):
    """A key whose passkey Sam has added."""
    made = Authenticator()
    add(as_user(sam), made)
    return made
