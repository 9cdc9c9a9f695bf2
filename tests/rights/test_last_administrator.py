"""The last administrator of a partnership stays, whichever door is tried; whoever decides about erasing hears of it."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.joining.cli import people as import_command
from lms.notifications.models import OutboxMail, State
from lms.people import keepers
from lms.people import queries as people
from lms.people.keepers import LastAdministrator
from lms.people.models import Membership, Person
from lms.rights import erasing
from lms.rights.cli import person as command
from lms.rights.models import ErasureRequest

OVER_ALL = ((Role.ADMINISTRATOR, Scope.PARTNERSHIP),)
OVER_ONE = ((Role.ADMINISTRATOR, Scope.AGENCY),)
SAYS = "This is the last administrator of Fernshire, so this account has to stay."


@pytest.fixture
def trust(make):
    return make.agency("Trust")


@pytest.fixture
def ada(make, trust):
    """The administrator of the whole partnership."""
    return make.person("Ada Admin", agency=trust, roles=OVER_ALL)


@pytest.fixture
def erase(app):
    def run(person, reason="test"):
        words = ["erase", "--email", person.email, "--reason", reason, "--yes"]
        done = CliRunner().invoke(command, words, obj=lambda: app)
        db.session.rollback()
        return done

    return run


@pytest.fixture
def send(app, tmp_path):
    def run(by, *lines, more=()):
        file = tmp_path / "people.csv"
        file.write_text("\n".join(lines))
        words = ["import", str(file), "--as", by.email, "--go", *more]
        done = CliRunner().invoke(import_command, words, obj=lambda: app)
        db.session.rollback()
        return done

    return run


def is_there(person):
    db.session.rollback()
    return db.session.scalar(select(Person.id).where(Person.email == person.email, Person.active)) is not None


def post_of(person):
    db.session.expire_all()
    return db.session.scalar(select(Membership).where(Membership.person_id == person.id))


def test_the_command_does_not_erase_the_last_one_and_says_how_to_mend_it(ada, erase):
    done = erase(ada)
    assert done.exit_code == 1
    assert SAYS in done.output
    assert "lms person add --role administrator:partnership" in done.output
    assert is_there(ada)


@pytest.mark.slow
def test_with_another_one_it_does(ada, make, trust, erase):
    make.person(agency=trust, roles=OVER_ALL)
    address = ada.email
    assert erase(ada).exit_code == 0
    assert people.by_email(address) is None


@pytest.mark.parametrize("why", ["leaves soon", "closed", "other partnership", "agency only", "not yet"])
def test_one_who_is_as_good_as_gone_does_not_count(ada, make, trust, erase, why):
    today = clock.today()
    other = make.person(
        agency=make.agency(partnership="Westmark") if why == "other partnership" else trust,
        roles=OVER_ONE if why == "agency only" else OVER_ALL,
        ends_on=today + timedelta(days=30) if why == "leaves soon" else None,
        starts_on=today + timedelta(days=1) if why == "not yet" else today,
    )
    if why == "closed":
        with writing() as session:
            session.get_one(Person, other.id).active = False
    assert SAYS in erase(ada).output
    assert is_there(ada)


def test_of_several_partnerships_each_keeps_one(ada, make, trust, erase):
    make.person(agency=trust, roles=OVER_ALL)
    make.membership(ada, agency=make.agency(partnership="Westmark"), roles=OVER_ALL)
    assert "the last administrator of Westmark" in erase(ada).output
    assert is_there(ada)


def test_the_last_one_cannot_ask_for_it_either(ada, as_user):
    page = as_user(ada).post("rights.erase", {"address": ada.email}, expect=422)
    assert SAYS in page.words


def test_two_others_cannot_carry_it_out_when_their_own_partnership_is_another(ada, make, trust, as_user):
    home = make.agency(partnership="Westmark")
    make.membership(ada, agency=home)
    spare = make.person(agency=trust, roles=OVER_ALL)
    one, two = make.person(agency=home, roles=OVER_ALL), make.person(agency=home, roles=OVER_ALL)
    as_user(ada).post("rights.erase", {"address": ada.email})
    asked = db.session.scalar(select(ErasureRequest.id))
    as_user(one).post("erasures.check", request_id=asked)
    with writing() as session:
        session.get_one(Person, spare.id).active = False
    page = as_user(two).post("erasures.carry_out", request_id=asked, expect=422)
    assert SAYS in page.words
    assert is_there(ada)


@pytest.mark.slow
def test_a_restore_erases_again_whoever_was_erased(ada):
    address = ada.email
    with writing() as session:
        erasing.erase(None, session.get_one(Person, ada.id), erasing.Reason.RESTORED)
    assert people.by_email(address) is None


@pytest.mark.parametrize("days", [-1, 0, 20, 400])
def test_no_file_of_an_agency_ends_an_administrator_of_the_partnership(ada, make, trust, send, days):
    far = make.person(agency=trust, roles=OVER_ONE)
    day = (clock.today() + timedelta(days=days)).isoformat()
    done = send(far, "email,name,job,ends", f"{ada.email},Ada Admin,Nurse,{day}")
    assert (done.exit_code, "Your file cannot end this post" in done.output) == (1, True)
    assert post_of(ada).ends_on is None


def test_no_file_puts_an_administrators_post_off(ada, make, trust, send):
    far = make.person(agency=trust, roles=OVER_ONE)
    day = (clock.today() + timedelta(days=9)).isoformat()
    assert "put it off" in send(far, "email,name,job,starts", f"{ada.email},Ada Admin,Nurse,{day}").output
    assert post_of(ada).starts_on <= clock.today()


def test_one_administrator_of_the_partnership_ends_anothers_post_and_never_the_last_ones(ada, make, trust, send):
    other = make.person("Bea", agency=trust, roles=OVER_ALL)
    today = clock.today().isoformat()
    own = send(ada, "email,name,job,ends", f"{ada.email},Ada Admin,Nurse,{today}")
    assert own.exit_code == 1
    ended = send(ada, "email,name,job,ends", f"{other.email},Bea,Nurse,{today}")
    assert (ended.exit_code, post_of(other).ends_on) == (0, clock.today())
    back = send(other, "email,name,job,ends", f"{ada.email},Ada Admin,Nurse,{today}")  # on Bea's last day
    assert (back.exit_code, post_of(ada).ends_on) == (1, None)


@pytest.mark.slow
def test_two_who_are_the_last_two_are_not_both_taken(ada, make, trust):
    make.person(agency=trust, roles=OVER_ALL)
    keepers.check_not_last(ada.id)
    with writing() as session:
        erasing.erase(None, session.get_one(Person, ada.id), erasing.Reason.TEST)
    (left,) = people.holding(Role.ADMINISTRATOR, "Fernshire")
    with pytest.raises(LastAdministrator):
        keepers.check_not_last(left.id)


def mails(kind):
    db.session.rollback()
    found = select(OutboxMail).where(OutboxMail.kind == f"rights/{kind}").order_by(OutboxMail.queued_at)
    return db.session.scalars(found).all()


def test_the_administrators_who_decide_are_told_by_mail_without_a_name(ada, make, trust, as_user):
    bea = make.person("Bea", agency=trust, roles=OVER_ALL)
    make.person("Cy", agency=trust, roles=OVER_ONE)
    make.person("Dee", agency=make.agency(partnership="Westmark"), roles=OVER_ALL)
    leah = make.person("Leah Stone", agency=trust)
    as_user(leah).post("rights.erase", {"address": leah.email})
    as_user(leah).post("rights.erase", {"address": leah.email})
    told = mails("erasure_asked")
    assert {mail.person_id for mail in told} == {ada.id, bea.id}
    assert len(told) == 2
    assert "Leah" not in told[0].subject + told[0].body
    assert "/operating/erasures/" in told[0].body
    as_user(ada).post("erasures.check", request_id=db.session.scalar(select(ErasureRequest.id)))
    assert [mail.person_id for mail in mails("erasure_checked")] == [bea.id]


def test_an_administrator_who_asks_is_not_told_of_it(ada, make, trust, as_user):
    bea = make.person("Bea", agency=trust, roles=OVER_ALL)
    as_user(bea).post("rights.erase", {"address": bea.email})
    assert [mail.person_id for mail in mails("erasure_asked")] == [ada.id]


def test_a_mail_about_a_request_that_was_taken_back_does_not_leave(ada, make, trust, as_user):
    leah = make.person(agency=trust)
    as_user(leah).post("rights.erase", {"address": leah.email})
    as_user(leah).post("rights.withdraw")
    assert [mail.state for mail in mails("erasure_asked")] == [State.WITHDRAWN.value]
