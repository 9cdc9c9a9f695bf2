"""Nobody sets a rule aside, approves or signs off for themself, by any door: a coordinator who learns too."""

import io

import pytest

from lms.catalogue.shelf import library
from lms.cohorts.actions import booking
from lms.cohorts.models import MissedPlace
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people import queries as people
from lms.planning.actions import programmes
from tests.cohorts.test_offers import entry
from tests.planning.conftest import frame, session


@pytest.fixture
def helen(make, partnership):
    """A coordinator, who runs every day of the partnership and can learn on each."""
    roles = ((Role.STAFF, Scope.TEAM), (Role.COORDINATOR, Scope.PARTNERSHIP))
    return make.person("Helen", agency=partnership.agencies[1], roles=roles)


def test_a_coordinator_does_not_let_herself_come_without_the_preparation(helen, as_user, partnership):
    cohort = partnership.cohort(modules=(library().modules[0].slug,), must_prepare=True)
    with writing():
        booking.book(people.actor(helen), cohort.id)
    browser, own = as_user(helen), entry(cohort, helen).id
    partnership.begin(cohort, days=-1)
    page = browser.get("building.manage", cohort_id=cohort.id)
    assert "has not finished the preparation" in page.words
    assert not [one for one in page.forms() if one.get("action", "").endswith("/unprepared")]
    at = {"cohort_id": cohort.id, "booking_id": own}
    page = browser.post("building.waive_preparation", {"reason": "I wrote it"}, expect=422, **at)
    assert "You cannot let yourself come without it." in page.words
    assert entry(cohort, helen).waived_by is None
    as_user(partnership.trainer).post("building.waive_preparation", {"reason": "She wrote it"}, **at)
    assert entry(cohort, helen).waived_by == partnership.trainer.id


def test_nor_waives_the_place_she_missed(helen, make, as_user, partnership):
    cohort = partnership.cohort()
    with writing():
        booking.book(people.actor(helen), cohort.id)
    missed = MissedPlace(cohort_id=cohort.id, agency_id=partnership.agencies[1].id, kind="late",
                         booking_id=entry(cohort, helen).id)  # fmt: skip
    make.save(missed)
    at = {"cohort_id": cohort.id, "missed_id": missed.id}
    browser = as_user(helen)
    page = browser.get("building.manage", cohort_id=cohort.id)
    assert not [one for one in page.forms() if "/missed/" in one.get("action", "")]
    page = browser.post("building.waive_missed", {"reason": "I was ill"}, expect=422, **at)
    assert "You cannot waive a place that you missed yourself" in page.words
    as_user(partnership.trainer).post("building.waive_missed", {"reason": "She was ill"}, **at)
    db.session.rollback()
    assert db.session.get(MissedPlace, missed.id, populate_existing=True).cleared_how == "waived"


@pytest.mark.parametrize("door", ["addresses", "file"])
def test_nor_approves_her_own_wish_for_a_programme(helen, as_user, partnership, door):
    with writing():
        made = programmes.create(people.actor(partnership.trainer), frame())
        programmes.add_date(people.actor(partnership.trainer), made.id, session(20), (), ())
    assert made.needs_approval
    browser, at = as_user(helen), {"programme_id": made.id}
    if door == "addresses":
        page = browser.post("nominating.add", {"emails": helen.email}, expect=422, **at)
        assert "whoever manages you decides" in page.words
    else:
        upload = (io.BytesIO(f"email\n{helen.email}\n".encode()), "people.csv")
        sent = {"upload": upload, "csrf_token": browser.token()}
        answer = browser.client.post(
            browser.address("nominating.upload", **at), data=sent, content_type="multipart/form-data"
        )
        assert answer.status_code == 422
        assert "whoever manages you decides" in answer.text
    assert "Helen" not in as_user(partnership.trainer).get("nominating.nominations", **at).words
