"""What a file would change: joiners, movers, leavers, and what it must not."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from lms.joining.plan import Kind, Known, Post, World, plan
from lms.joining.table import Row

TODAY = date(2027, 3, 1)
TRUST, COUNCIL = uuid4(), uuid4()
AGENCIES = {"trust": (TRUST, "Trust"), "council": (COUNCIL, "Council")}


def post(team="North", *, agency: UUID = TRUST, starts=date(2026, 1, 5), ends=None, lasting=()) -> Post:
    return Post(uuid4(), agency, team, "Nurse", starts, ends, lasting)


def known(*posts: Post, email="ann@trust.org", name="Ann Bell", ours=True, near=True, active=True) -> Known:
    return Known(uuid4(), email, name, active, ours, near, posts)


def row(number=2, email="ann@trust.org", name="Ann Bell", job="Nurse", **given) -> Row:
    return Row(number, email, name, job, **{"agency": "Trust", **given})


def planned(*rows: Row, people=(), **given):
    world = World(today=TODAY, agencies=AGENCIES, people={one.email: one for one in people}, **given)
    return plan(rows, world)


def only(*rows: Row, people=(), **given):
    found = planned(*rows, people=people, **given)
    assert not found.faults
    (change,) = found.changes
    return change


def test_an_unknown_address_joins_today_unless_the_file_says_when():
    assert (only(row()).kind, only(row()).starts) == (Kind.JOINS, TODAY)
    assert only(row(starts=date(2027, 4, 1))).starts == date(2027, 4, 1)


def test_what_is_there_already_stays_and_a_second_time_changes_nothing():
    ann = known(post())
    assert only(row(), people=[ann]).kind is Kind.SAME
    assert only(row(team="north", starts=date(2026, 1, 5)), people=[ann]).kind is Kind.SAME


def test_another_team_is_a_move_from_today_with_what_does_not_rest_on_the_team():
    ann = known(post(lasting=(("staff", "team"), ("trainer", "partnership"))))
    change = only(row(team="South"), people=[ann])
    assert (change.kind, change.team, change.starts, change.ends) == (Kind.MOVES, "South", TODAY, None)
    assert (change.before, change.after) == ("North", "South")


def test_a_post_that_began_today_is_put_right_instead_of_ended_before_it_began():
    ann = known(post(starts=TODAY))
    assert only(row(team="South"), people=[ann]).kind is Kind.CHANGES


def test_a_job_a_name_and_dates_are_written_into_the_post():
    ann = known(post())
    assert only(row(job="Matron"), people=[ann]).kind is Kind.CHANGES
    renamed = only(row(name="Ann Cole"), people=[ann])
    assert (renamed.kind, renamed.renamed, renamed.before, renamed.after) == (
        Kind.CHANGES, True, "Ann Bell", "Ann Cole"
    )  # fmt: skip
    assert only(row(ends=date(2027, 3, 31)), people=[ann]).kind is Kind.ENDS


def test_whoever_also_works_elsewhere_keeps_their_name():
    ann = known(post(), ours=False)
    change = only(row(name="Somebody Else"), people=[ann])
    assert (change.kind, change.name, change.renamed) == (Kind.SAME, "Ann Bell", False)


def test_somebody_who_left_comes_back_with_a_new_post():
    ann = known(post(ends=TODAY - timedelta(days=30)))
    change = only(row(starts=date(2026, 1, 5)), people=[ann])
    assert (change.kind, change.starts) == (Kind.POST, TODAY)


def test_a_row_of_somebody_who_has_left_changes_nothing():
    gone = date(2027, 1, 31)
    assert only(row(ends=gone, starts=date(2026, 1, 5))).kind is Kind.SAME
    assert only(row(ends=gone), people=[known(post(ends=gone))]).kind is Kind.SAME


@pytest.mark.parametrize("person", [known(post(agency=COUNCIL), ours=False, near=False), known(active=False)])
def test_nobody_of_another_employer_and_no_closed_account_is_taken_by_file(person):
    (fault,) = planned(row(), people=[person]).faults
    assert (fault.row, fault.column) == (2, "email")


def test_an_administrator_of_the_partnership_adds_a_second_post():
    ann = known(post(agency=COUNCIL), ours=False, near=True)
    assert only(row(), people=[ann]).kind is Kind.POST


def test_agencies_of_others_and_rows_without_one_are_faults():
    assert planned(row(agency="Elsewhere")).faults[0].column == "agency"
    assert planned(row(agency="")).faults[0].column == "agency"
    assert only(row(agency=""), fallback=TRUST).agency == TRUST


def test_two_rows_about_one_post_or_with_two_names_are_faults():
    assert [one.column for one in planned(row(), row(3)).faults] == ["email"]
    assert [one.column for one in planned(row(), row(3, agency="Council", name="Anne Bell")).faults] == ["name"]
    assert not planned(row(), row(3, agency="Council")).faults


def test_of_several_posts_at_one_agency_the_team_says_which():
    ann = known(post("North"), post("South"))
    assert planned(row(), people=[ann]).faults[0].column == "team"
    assert only(row(team="South", job="Matron"), people=[ann]).post == ann.posts[1]


def test_whoever_is_not_in_the_whole_list_leaves_today_and_nobody_without_that_tick():
    ann, bo = known(post()), known(post(), email="bo@trust.org")
    given = {"people": [ann], "there": [ann, bo], "fallback": TRUST}
    assert planned(row(), **given).counts == {"same": 1}
    found = planned(row(), whole=TRUST, **given)
    assert found.counts == {"same": 1, "leaves": 1}
    assert (found.changes[1].email, found.changes[1].ends) == ("bo@trust.org", TODAY)


def test_a_file_ends_neither_its_senders_post_nor_an_administrators():
    me = known(post(), email="me@trust.org")
    kept = frozenset({me.posts[0].id})
    found = planned(row(), there=[me], fallback=TRUST, whole=TRUST, kept=kept)
    assert [one.row for one in found.faults] == [1]
    ended = row(email="me@trust.org", ends=TODAY - timedelta(days=1))
    assert planned(ended, people=[me], kept=kept).faults[0].column == "ends"
    assert only(row(email="me@trust.org", job="Matron"), people=[me], kept=kept).kind is Kind.CHANGES


def test_whoever_left_for_another_employer_is_not_taken_back_by_a_file_of_the_old_one():
    ann = known(post(ends=TODAY - timedelta(days=30)), post(agency=COUNCIL), ours=False, near=False)
    assert [fault.column for fault in planned(row(), people=[ann]).faults] == ["email"]
    # A list that still says when they left is no fault.
    gone = only(row(ends=TODAY - timedelta(days=30)), people=[ann])
    assert gone.kind is Kind.SAME
