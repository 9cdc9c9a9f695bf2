"""Nobody sets a role, an owner, a score or a date by adding fields to a form: what is asked for is taken, no more."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from lms.core.db import db
from lms.people import queries as people
from tests.attacks.doors import NOTED, names_read, package_of, tables
from tests.support.browser import settle

pytestmark = pytest.mark.slow


KEEPS_ITS_ADDRESS = {"exports.save", "exports.order"}  # what stands in the address is what is kept: a page's filters


def _extras(doors) -> dict[str, str]:
    """Fields that would be worth adding, each with a value that could be stored."""
    other, away = doors.them.mate, people.actor(doors.them.outsider)
    return {
        "role": "administrator", "roles": "administrator", "scope": "partnership", "is_admin": "1", "admin": "yes",
        "active": "0", "demo": "1", "score": "100", "passed": "1", "right": "1", "correct": "1", "minutes": "9999",
        "person": str(other.id), "person_id": str(other.id), "owner_id": str(other.id), "by": str(other.id),
        "made_by": str(other.id), "accepted_by": str(other.id), "created_by": str(other.id), "user_id": str(other.id),
        "agency": str(away.main_seat.agency_id), "agency_id": str(away.main_seat.agency_id),
        "partnership": "Westmark", "id": "00000000-0000-4000-8000-000000000001", "code": "A" * 26,
        "issued_by": "Nobody", "completed_on": "2020-01-01", "completed_at": "2020-01-01T00:00",
        "created_at": "2020-01-01", "issued_at": "2020-01-01", "valid_until": "2099-01-01", "ends_on": "2099-12-31",
        "expires_at": "2099-01-01", "version": "99", "password_hash": "x", "email": "taken@over.example",
        "token_hash": "0" * 64, "revoked": "1", "signed_by": str(other.id), "_method": "DELETE", "confirmed": "1",
        "capacity": "1000", "position": "0", "locality": "Evil",
    }  # fmt: skip


def _known() -> set[str]:
    """Everything that stands in the database now."""
    settle()
    return {str(value) for table in tables() for row in db.session.execute(select(table)) for value in row}


def _contents(known: set[str]) -> dict[str, list[str]]:
    """What every table holds; identities, moments and secrets that are new are all alike."""

    def plain(value):
        secret = isinstance(value, str) and (re.fullmatch(r"[\w-]{20,}", value) or "BEGIN:VCALENDAR" in value)
        fresh = secret or isinstance(value, UUID | bytes) or hasattr(value, "tzinfo")
        if fresh and str(value) not in known:
            return "new"
        return re.sub(r"[\w-]{20,}", "new", value) if isinstance(value, str) and "http" in value else str(value)

    settle()
    return {
        table.name: sorted(repr([plain(value) for value in row]) for row in db.session.execute(select(table)))
        for table in tables()
        if table.name not in NOTED
    }


def test_fields_that_no_form_shows_change_nothing(doors, rewind):
    forms, extras = doors.forms(), _extras(doors)
    rewind_to, known = rewind.__class__(), _known()
    wrong, taken = [], 0
    for form in forms:
        shown = {name for name, _ in form.fields}
        more = {name: value for name, value in extras.items() if name not in shown}
        results = []
        query = {} if form.endpoint in KEEPS_ITS_ADDRESS else more
        for data, asked in ((form.data(), {}), ({**form.data(), **more}, query)):
            rewind_to()
            answer = doors.browser(form.who).client.post(form.action, data=data, query_string=asked)
            results.append((answer.status_code, _contents(known)))
        taken += results[0][0] == 303
        if results[0] != results[1]:
            changed = [name for name in results[0][1] if results[0][1][name] != results[1][1][name]]
            wrong.append(f"{form.endpoint} by {form.who}: {results[0][0]} {results[1][0]} {changed}")
    assert wrong == []
    assert taken > len(forms) / 3, f"only {taken} of {len(forms)} forms were taken"


def test_an_empty_form_with_every_worthwhile_field_does_what_the_empty_form_does(doors, rewind):
    extras = _extras(doors)
    for rule in doors.rules("POST"):
        doors.browser(doors.welcome(rule, "POST")[0])
    rewind_to, known, wrong, names = rewind.__class__(), _known(), [], names_read(in_forms=True)
    for rule in doors.rules("POST"):
        browser = doors.browser(doors.welcome(rule, "POST")[0])
        more = {name: value for name, value in extras.items() if name not in names[package_of(doors.app, rule)]}
        results = []
        for data in ({}, more):
            rewind_to()
            status = browser.client.post(doors.address(rule), data={"csrf_token": browser.token(), **data}).status_code
            results.append((status, _contents(known)))
        if results[0] != results[1]:
            wrong.append(rule.endpoint)
    assert wrong == []
