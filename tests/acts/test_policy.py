"""Who reads which lines: what is tied to what an administrator looks after, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from lms.audit import actions as audit
from lms.audit import keeping
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people.models import Membership
from lms.signin.invitation_models import Invitation

WORK = "exemption.granted"
REFUSED = "Was refused a page"
EXEMPTED = "Exempted somebody from a module"
RESET = "Reset a lost second step"


def test_an_act_of_work_is_read_where_its_actor_works(world, did, reads):
    for who in (world.manager, world.trainer, world.priya):
        did(who, WORK)
    assert reads(world.whole) == [("Theo Trainer", EXEMPTED), ("Mona Manager", EXEMPTED)]
    assert reads(world.ours) == [("Mona Manager", EXEMPTED)]
    assert reads(world.other) == [("Priya Away", EXEMPTED)]


def test_whom_it_was_about_is_not_said(world, did, as_user):
    did(world.manager, WORK, world.leah.id, person=str(world.leah.id))
    for who in (world.whole, world.ours):
        words = as_user(who).get("acts.record").words
        assert EXEMPTED in words
        assert "Leah" not in words


def test_an_account_is_read_about_where_its_person_works_whoever_it_was(world, did, reads):
    did(world.whole, "second_step.reset", world.leah.id)
    did(world.whole, "second_step.reset", world.omar.id)
    both = [("Wanda Whole", f"{RESET}Omar Field"), ("Wanda Whole", f"{RESET}Leah Stone")]
    assert reads(world.whole) == both
    assert reads(world.ours) == both[1:]
    assert reads(world.other) == []


def test_what_somebody_of_ours_did_about_another_agencys_person_is_not_ours(world, did, reads, make):
    lent = make.person("Lena Lent", agency=world.trust, roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),))
    did(lent, "second_step.reset", world.omar.id)
    assert reads(world.ours) == []
    assert reads(world.whole) == [("Lena Lent", f"{RESET}Omar Field")]


def test_somebody_of_two_employers_is_read_about_by_who_looks_after_both(world, did, reads, make):
    make.membership(world.leah, agency=world.council)
    did(world.leah, "access.refused")
    did(None, "sign_in.failed", world.leah.id)
    assert reads(world.ours) == []
    assert [one[1] for one in reads(world.whole)] == ["Tried to sign in, and something was wrongLeah Stone", REFUSED]
    make.membership(world.leah, agency=world.away)
    assert reads(world.whole) == []
    assert reads(world.other) == []


def test_a_new_employer_reads_from_the_first_day_on_and_the_old_one_to_the_last(world, did, reads, make):
    yesterday, today = clock.today() - timedelta(days=1), clock.today()
    mover = make.person("Mo Mover", agency=world.trust, ends_on=yesterday)
    make.membership(mover, agency=world.away, starts_on=today)
    did(mover, WORK, ago=timedelta(days=3))
    did(mover, "access.refused")
    assert reads(world.ours) == [("Mo Mover", EXEMPTED)]
    assert reads(world.other) == [("Mo Mover", REFUSED)]


@pytest.mark.parametrize(
    ("at", "old", "new"),
    [
        (datetime(2026, 5, 31, 21, 30, tzinfo=UTC), True, False),  # half past ten in the evening of the last day
        (datetime(2026, 5, 31, 23, 30, tzinfo=UTC), False, False),  # half past midnight: the first day of the new post
        (datetime(2026, 6, 1, 8, 0, tzinfo=UTC), False, True),
    ],
)
def test_at_midnight_in_summer_nobody_reads_what_is_not_theirs(world, did, reads, make, at, old, new):
    mover = make.person("Mo Mover", agency=world.trust, ends_on=date(2026, 5, 31))
    make.membership(mover, agency=world.away, starts_on=date(2026, 6, 1))
    with time_machine.travel(at, tick=False):
        did(mover, WORK)
    assert bool(reads(world.ours)) == old
    assert bool(reads(world.other)) == new


def test_without_a_post_that_day_no_administrator_reads_it(world, did, reads):
    with writing() as session:
        session.get(Membership, world.leah.memberships[0].id).ends_on = clock.today() - timedelta(days=1)
    did(world.leah, "password.changed", world.leah.id)
    assert reads(world.ours) == reads(world.whole) == []


def test_what_is_ones_own_no_administrator_reads(world, did, reads):
    for action in ("person.signed_in", "cohort.place_booked", "reflection.deleted", "flag.raised", "leave.recorded"):
        did(world.leah, action, world.leah.id)
    did(world.leah, "thing.done", world.leah.id)
    assert reads(world.ours) == reads(world.whole) == []


def test_posts_agencies_teams_and_invitations_are_read_about_by_their_agency(world, did, reads, make):
    joiner = make.person("Jo Joiner", agency=world.trust, starts_on=clock.today() + timedelta(days=9))
    did(world.whole, "post.added", joiner.id, agency=str(world.trust.id), by="file")
    did(None, "post.ended", world.omar.id, agency=str(world.council.id), by="scim")
    did(world.whole, "domain.proven", world.trust.id)
    did(world.whole, "scim.connected", world.trust.id, agency=str(world.trust.id))
    did(world.whole, "team.locality_set", make.team(world.trust, "North").id)
    invited = make.save(
        Invitation(email="x@trust.example", agency_id=world.trust.id, job="Nurse", invited_by=world.whole.id)
    )
    did(world.whole, "invitation.sent", invited.id, role="manager")
    ours = [
        ("Wanda Whole", "Sent an invitationTrust, as manager"),
        ("Wanda Whole", "Said in which locality a team worksNorth"),
        ("Wanda Whole", "Connected an agency’s directoryTrust"),
        ("Wanda Whole", "Proved a mail domainTrust"),
        ("Wanda Whole", "Added a postJo Joiner, Trust"),
    ]
    assert reads(world.ours) == ours
    assert reads(world.whole) == [*ours[:4], ("The agency’s directory", "Ended a postOmar Field, Council"), ours[4]]
    assert reads(world.other) == []


def test_who_asked_to_be_erased_is_read_by_administrators_of_a_partnership_alone(world, did, reads):
    did(world.leah, "erasure.asked", world.leah.id)
    assert reads(world.ours) == reads(world.other) == []
    assert reads(world.whole) == [("Leah Stone", "Asked to be erased")]


def test_what_is_of_the_site_is_read_by_whoever_runs_it(world, did, reads):
    did(None, "backup.restored")
    did(None, "sign_in.failed")
    lines = [("Somebody not signed in", "Tried to sign in, and something was wrong"),
             ("The service, by itself", "Put a backup back in place")]  # fmt: skip
    assert reads(world.whole) == reads(world.other) == lines
    assert reads(world.ours) == []


def test_somebody_who_was_erased_is_not_named_and_no_line_comes_to_light_by_it(world, did, reads):
    did(world.manager, "second_step.reset", world.leah.id)
    did(world.leah, "sign_in.failed", world.leah.id)
    did(world.priya, "password.changed", world.priya.id)
    did(world.leah, WORK)
    with writing():
        for gone in (world.leah, world.priya):
            keeping.erase(None, gone.id, {gone.id})
    assert reads(world.ours) == [("Mona Manager", f"{RESET}somebody who was erased")]
    site = [one for one in reads(world.other) if one[1] != "Emptied lines of the record of whom they spoke of"]
    assert site == []


def test_who_acted_and_was_erased_is_said_to_be(world, did, reads):
    did(world.omar, "second_step.reset", world.leah.id)
    with writing():
        keeping.erase(None, world.omar.id, {world.omar.id})
    assert reads(world.ours) == [("Somebody who was erased", f"{RESET}Leah Stone")]


def test_nothing_of_others_changes_a_byte(world, did, as_user, monkeypatch):
    monkeypatch.setattr(audit, "viewed", lambda *_args, **_kwargs: None)
    for number in range(60):
        did(world.leah, "access.refused", page=str(number))
    queries = ({}, {"who": "Leah"}, {"kind": "all:looking"}, {"to": "2026-01-01"})
    browser = as_user(world.ours)

    def pages():
        found = []
        for query in queries:
            page = browser.get("acts.record", query=query)
            found += [page.text, *(browser.client.get(one).text for one in page.all("//nav[@class='pager']/a/@href"))]
        return found

    pages()  # each question is noted once
    before = pages()
    assert "Older" in before[0]
    for _ in range(30):
        did(world.omar, "access.refused")
        did(world.priya, "access.refused")
        did(world.whole, "second_step.reset", world.omar.id)
        did(None, "backup.restored")
    db.session.rollback()
    assert pages() == before
