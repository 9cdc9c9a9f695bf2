"""Invitations and mail domains: nobody picks their own agency, and nobody gives more than they have."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from lms.people.models import Membership, Person
from lms.signin import domains, inviting
from lms.signin.invitation_models import AgencyDomain, Invitation
from tests.support.browser import Visitor

PASSWORD = "pebble tractor lampshade"
NEW = "new.colleague@trust.example"


@pytest.fixture
def trust(make):
    return make.agency("Fernshire Trust")


@pytest.fixture
def visiting(make, trust):
    return make.team(trust, "Visiting")


@pytest.fixture
def ada(make, trust):
    """The administrator of the agency alone."""
    return make.person("Ada Admin", agency=trust, roles=((Role.ADMINISTRATOR, Scope.AGENCY),))


@pytest.fixture
def office(as_user, ada):
    return as_user(ada)


def invite(visitor, agency, expect=303, **more):
    wanted = {"email": NEW, "job": "Nurse", "team": "", "role": "staff", **more}
    return visitor.post("inviting.invite", wanted, agency_id=agency.id, expect=expect)


def link():
    mails = select(OutboxMail).where(OutboxMail.kind == "signin/invitation", OutboxMail.body != "")
    mail = db.session.scalars(mails.order_by(OutboxMail.queued_at)).all()[-1]
    return re.search(r"http://localhost(/invitation/\S+)", mail.body)[1]


def accept(visitor, where, expect=303, **more):
    page = visitor.get(where)
    return visitor.send(page, page.forms()[0], {"name": "Nia New", "password": PASSWORD, **more}, expect=expect)


def prove(visitor, agency, address="office@trust.example"):
    visitor.post("inviting.ask_domain", {"email": address}, agency_id=agency.id)
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "signin/domain")).all()[-1]
    domain = db.session.scalar(select(AgencyDomain).where(AgencyDomain.domain == address.partition("@")[2]))
    return mail, domain, re.search(r"^\d{8}$", mail.body, re.MULTILINE)[0]


def test_somebody_invited_makes_an_account_with_the_post_they_were_given(office, nobody, trust, visiting, ada):
    invite(office, trust, team=str(visiting.id), role="manager:team")
    assert "Manager of the team" in office.get("inviting.listed", agency_id=trust.id).words
    done = accept(nobody, where := link())
    assert done.location == "/sign-in"
    nia = people.by_email(NEW)
    (seat,) = people.actor(nia).seats
    assert (nia.name, seat.agency, seat.team, seat.job) == ("Nia New", "Fernshire Trust", "Visiting", "Nurse")
    assert people.actor(nia).roles == {Role.STAFF, Role.MANAGER}
    nobody.post("signin.sign_in", {"email": NEW, "password": PASSWORD})
    assert nobody.get("signin.me", expect=303).location.startswith("/second-step/")
    assert nobody.get(where, expect=404).h1 == "This invitation no longer works"
    acts = db.session.execute(select(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.id)).all()
    assert ("invitation.sent", ada.id) in acts
    assert ("invitation.accepted", nia.id) in acts


def test_the_mail_goes_to_the_invited_alone_and_only_a_hash_is_stored(office, trust):
    invite(office, trust)
    assert db.session.scalars(select(OutboxMail.address)).all() == [NEW]
    assert db.session.scalar(select(Invitation.token_hash)) not in link()


def test_nobody_picks_agency_team_or_role_by_adding_fields(office, nobody, trust, make):
    invite(office, trust)
    accept(nobody, link(), agency=str(make.agency("Other").id), role="administrator:partnership", email="x@y.example")
    nia = people.by_email(NEW)
    assert [(seat.agency, seat.grants) for seat in people.actor(nia).seats] == [
        ("Fernshire Trust", people.actor(nia).seats[0].grants)
    ]
    assert people.actor(nia).roles == {Role.STAFF}


@pytest.mark.parametrize("role", ["administrator:partnership", "coordinator:partnership", "trainer:partnership"])
def test_nobody_gives_a_role_higher_than_their_own(office, trust, role):
    invite(office, trust, role=role, expect=422)
    assert role not in office.get("inviting.invite", agency_id=trust.id).text
    assert db.session.scalars(select(Invitation)).all() == []


def test_an_administrator_of_the_partnership_gives_every_role(as_user, make, trust):
    whole = make.person(agency=make.agency("Council"), roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),))
    invite(as_user(whole), trust, role="administrator:partnership")


def test_an_administrator_of_another_agency_invites_nobody(as_user, make, trust, office):
    other = as_user(make.person(agency=make.agency("Other"), roles=((Role.ADMINISTRATOR, Scope.AGENCY),)))
    invite(other, trust, expect=404)
    invite(office, trust)
    made = db.session.scalar(select(Invitation.id))
    for act in ("inviting.again", "inviting.withdraw"):
        other.post(act, invitation_id=made, expect=404)
    other.get("inviting.listed", agency_id=trust.id, expect=404)


def test_a_team_of_another_agency_is_none_of_the_choices(office, trust, make):
    elsewhere = make.team(make.agency("Other"), "Elsewhere")
    invite(office, trust, team=str(elsewhere.id), expect=422)


def test_an_address_with_an_account_or_an_open_invitation_is_refused(office, trust, ada):
    assert "account with this address already" in invite(office, trust, email=ada.email, expect=422).words
    invite(office, trust)
    assert "invited already" in invite(office, trust, expect=422).words


def test_a_withdrawn_invitation_is_worth_nothing(office, nobody, trust):
    invite(office, trust)
    where = link()
    office.post("inviting.withdraw", invitation_id=db.session.scalar(select(Invitation.id)))
    nobody.get(where, expect=404)
    assert "There are none" in office.get("inviting.listed", agency_id=trust.id).words
    invite(office, trust)


def test_sent_again_only_the_new_link_works(office, nobody, trust):
    invite(office, trust)
    older = link()
    office.post("inviting.again", invitation_id=db.session.scalar(select(Invitation.id)))
    nobody.get(older, expect=404)
    accept(nobody, link())


def test_a_link_works_for_a_week(office, nobody, trust):
    invite(office, trust)
    where = link()
    with writing():
        db.session.execute(update(Invitation).values(sent_at=clock.now() - timedelta(days=7, minutes=1)))
    nobody.get(where, expect=404)
    assert "its week is over" in office.get("inviting.listed", agency_id=trust.id).words
    office.post("inviting.again", invitation_id=db.session.scalar(select(Invitation.id)))
    nobody.get(link())


def test_what_somebody_could_give_ends_with_their_own_role(office, nobody, trust, ada):
    invite(office, trust)
    where = link()
    with writing():
        post = db.session.scalar(select(Membership).where(Membership.person_id == ada.id))
        post.ends_on = clock.today() - timedelta(days=1)
    nobody.get(where, expect=404)


def test_a_weak_password_or_no_name_is_refused_and_the_link_stays(office, nobody, trust):
    invite(office, trust)
    where = link()
    assert "Leave out “fernshire”" in accept(nobody, where, password="fernshire tractors", expect=422).words
    assert "Enter your name" in accept(nobody, where, name=" ", expect=422).words
    accept(nobody, where)


def test_a_domain_is_proven_by_a_code_mailed_to_it(office, trust, ada):
    mail, domain, code = prove(office, trust)
    assert mail.address == "office@trust.example"
    assert "Not proven yet" in office.get("inviting.listed", agency_id=trust.id).words
    wrong = office.post("inviting.prove_domain", {"code": "00000000"}, domain_id=domain.id, expect=422)
    assert "does not fit" in wrong.words
    office.post("inviting.prove_domain", {"code": f"{code[:4]} {code[4:]}"}, domain_id=domain.id)
    assert domains.proven(trust) == ["trust.example"]
    office.post("inviting.remove_domain", domain_id=domain.id)
    assert domains.proven(trust) == []


def test_a_domain_code_is_not_guessed_and_does_not_last(office, trust):
    _, domain, code = prove(office, trust)
    for _ in range(5):
        office.post("inviting.prove_domain", {"code": "00000000"}, domain_id=domain.id, expect=422)
    office.post("inviting.prove_domain", {"code": code}, domain_id=domain.id, expect=429)
    with writing():
        db.session.execute(update(AgencyDomain).values(asked_at=clock.now() - timedelta(hours=25)))
    assert domains.proven(trust) == []


@pytest.mark.parametrize("address", ["somebody@gmail.com", "no address", "a@localhost"])
def test_a_domain_open_to_all_proves_nothing(office, trust, address):
    office.post("inviting.ask_domain", {"email": address}, agency_id=trust.id, expect=422)


@pytest.mark.slow
def test_only_proven_domains_count_and_outside_them_one_looks_twice(office, trust):
    _, domain, code = prove(office, trust)
    invite(office, trust, email="one@elsewhere.example")  # not proven yet, so nothing is compared
    office.post("inviting.prove_domain", {"code": code}, domain_id=domain.id)
    page = invite(office, trust, email="two@elsewhere.example", expect=422)
    assert "That address is not at trust.example" in page.words
    invite(office, trust, email="two@elsewhere.example", outside="y")
    invite(office, trust, email="three@elsewhere.example", outside="y", role="manager:agency", expect=422)
    invite(office, trust, email="three@trust.example", role="manager:agency")


def test_invitations_nobody_took_up_go_after_two_months(office, trust):
    invite(office, trust)
    with writing():
        db.session.execute(update(Invitation).values(sent_at=clock.now() - timedelta(days=61)))
    with writing():
        assert inviting.sweep() == 1


def test_a_page_kept_open_makes_no_second_account(office, nobody, trust):
    invite(office, trust)
    where = link()
    page = nobody.get(where)
    other = Visitor(nobody.app, nobody.app.test_client())
    accept(other, where)
    nobody.send(page, page.forms()[0], {"name": "Nia New", "password": PASSWORD}, expect=404)
    assert len(db.session.scalars(select(Person).where(Person.email == NEW)).all()) == 1
