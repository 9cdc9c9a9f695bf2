"""A way in for an administrator when nothing else works: once, soon, written down, and never unseen."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.notifications.models import OutboxMail
from lms.people.models import Person
from lms.signin.cli import person
from lms.signin.models import BreakGlassLink
from lms.signin.provider_models import IdentityProvider
from tests.support.belongings import phone_of
from tests.support.browser import Visitor, settle

WHY = "The provider is away"


def administrator(make, agency, name, scope=Scope.PARTNERSHIP):
    return make.person(name, agency=agency, roles=((Role.STAFF, Scope.TEAM), (Role.ADMINISTRATOR, scope)))


@pytest.fixture
def trust(make):
    return make.agency("Trust")


@pytest.fixture
def ada(make, trust):
    made = administrator(make, trust, "Ada Able")
    make.save(phone_of(made))
    return made


@pytest.fixture
def printed(app):
    """Run the command as on the machine; returns its answer."""

    def run(email, reason=WHY):
        settle()
        return CliRunner().invoke(person, ["break-glass", "--email", email, "--reason", reason], obj=lambda: app)

    return run


def link(answer):
    assert answer.exit_code == 0, answer.output
    return urlsplit(answer.stdout.strip()).path


def use(visitor, address, expect=303):
    page = visitor.get(address)
    return visitor.send(page, page.forms()[0], expect=expect)


def test_an_administrator_comes_in_once_without_a_second_step(app, nobody, ada, printed):
    address = link(printed(ada.email))
    assert len(address.rpartition("/")[2]) >= 32
    page = nobody.get(address)
    assert WHY in page.words
    assert ada.email in page.words
    other = Visitor(app, app.test_client())
    early = other.get(address)
    use(nobody, address)
    home = nobody.get("signin.me")
    assert "You came in by a link made on the server" in home.words
    assert other.get(address, expect=404).h1 == "This link no longer works"
    assert other.send(early, early.forms()[0], expect=404).h1 == "This link no longer works"
    settle()
    told = select(AuditEntry).where(AuditEntry.action.startswith("break_glass")).order_by(AuditEntry.at)
    assert [(one.action, one.subject_id, one.detail["reason"]) for one in db.session.scalars(told)] == [
        ("break_glass.made", ada.id, WHY), ("break_glass.used", ada.id, WHY),
    ]  # fmt: skip


def test_only_a_hash_of_it_is_stored(ada, printed):
    token = link(printed(ada.email)).rpartition("/")[2]
    kept = db.session.scalar(select(BreakGlassLink))
    assert token not in (kept.token_hash, kept.reason)


def test_the_other_administrators_of_the_partnership_are_told_and_nobody_else(make, trust, ada, printed):
    other = administrator(make, make.agency("Council"), "Olu Other")
    administrator(make, make.agency("Away", partnership="Westmark"), "Far Away")
    make.person(agency=trust)
    link(printed(ada.email))
    mails = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "signin/break_glass")).all()
    assert [one.person_id for one in mails] == [other.id]
    assert WHY in mails[0].body
    assert ada.name not in mails[0].body


def test_it_is_over_after_a_quarter_of_an_hour_and_when_a_newer_one_is_made(nobody, ada, printed):
    old, new = link(printed(ada.email)), link(printed(ada.email))
    nobody.get(old, expect=404)
    nobody.get(new)
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1)):
        nobody.get(new, expect=404)


def test_it_is_for_administrators_with_an_open_account_and_a_reason(make, trust, nobody, ada, printed):
    for email in (make.manager(agency=trust).email, "nobody@agency.example"):
        answer = printed(email)
        assert answer.exit_code == 1
        assert "No open account" in answer.output
    assert "Say why" in printed(ada.email, "  ").output
    assert "Say why" in printed(ada.email, "x" * 301).output
    address = link(printed(ada.email))
    with writing():
        db.session.get(Person, ada.id).active = False
    nobody.get(address, expect=404)
    assert printed(ada.email).exit_code == 1


def test_it_works_where_the_provider_is_required(make, trust, nobody, printed):
    local = administrator(make, trust, "Lou Local", Scope.AGENCY)
    given = {"name": "Trust", "issuer": "https://id.example", "client_id": "lms", "client_secret": b"", "domains": []}
    make.save(IdentityProvider(agency_id=trust.id, made_by=local.id, required=True, **given))
    use(nobody, link(printed(local.email)))
    nobody.get("signin.me")


def test_signing_in_the_usual_way_again_shows_no_banner(app, nobody, ada, printed, as_user):
    use(nobody, link(printed(ada.email)))
    assert "You came in by a link" not in as_user(ada).get("signin.me").words
    nobody.post("signin.sign_out")
    assert "You came in by a link" not in nobody.get("signin.sign_in").words
