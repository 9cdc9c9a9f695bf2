"""What one agency asks of one person, as sentences."""

from datetime import date, timedelta
from uuid import uuid4

from lms.assignments.due import FOREVER
from lms.assignments.hours import Learnt, Wanted, runs
from lms.assignments.rules import (
    Asked,
    Away,
    Done,
    Facts,
    Given,
    Lifted,
    Post,
    Renewal,
    Rule,
    Who,
    asked,
    last_good_day,
)

TODAY = date(2026, 11, 22)
A, B = uuid4(), uuid4()
CORE = "core-module"


def post(agency=A, starts=date(2026, 1, 1), ends=None, **given) -> Post:
    said = {"partnership": "Fernshire", "sector": "health", "team": None, "job": "Health visitor"}
    return Post(uuid4(), agency, starts=starts, ends=ends, **{**said, **given})


def rule(**given) -> Rule:
    said = {"targets": frozenset({CORE}), "why": "Everyone learns it.", "partnership": "Fernshire"}
    return Rule(**{**said, **given})


def facts(*posts, rules=None, **given) -> Facts:
    return Facts(posts=posts, rules=[rule()] if rules is None else rules, **given)


def test_a_core_module_is_due_ninety_days_after_the_start_also_over_a_leap_day():
    for starts, due in [
        (date(2027, 12, 1), date(2028, 2, 29)),
        (date(2027, 12, 2), date(2028, 3, 1)),
        (date(2026, 12, 1), date(2027, 3, 1)),
    ]:
        assert asked(facts(post(starts=starts)), CORE, A, starts).due_on == due


def test_moving_between_teams_moves_no_date_but_a_break_does():
    first = post(starts=date(2026, 1, 1), ends=date(2026, 5, 31), team=uuid4())
    next_day, week_later = post(starts=date(2026, 6, 1), team=uuid4()), post(starts=date(2026, 6, 8))
    assert asked(facts(first, next_day), CORE, A, TODAY).due_on == date(2026, 4, 1)
    assert asked(facts(first, week_later), CORE, A, TODAY).due_on == date(2026, 9, 6)


def test_nothing_is_asked_without_a_post_without_a_rule_or_by_another_agency():
    assert not asked(facts(), CORE, A, TODAY).required
    assert not asked(facts(post(), rules=[]), CORE, A, TODAY).required
    assert not asked(facts(post()), "another", A, TODAY).required
    assert not asked(facts(post()), CORE, B, TODAY).required
    assert not asked(facts(post(ends=TODAY - timedelta(days=1))), CORE, A, TODAY).required
    assert not asked(facts(post(partnership="Westmark")), CORE, A, TODAY).required


def test_a_rule_speaks_to_the_jobs_sectors_teams_and_levels_it_names():
    team = uuid4()
    holder = facts(post(job=" health  Visitor", team=team, levels=("3",)))

    def speaks(**who) -> bool:
        return asked(Facts(posts=holder.posts, rules=[rule(who=Who(**who))]), CORE, A, TODAY).required

    assert speaks(jobs=frozenset({"health visitor"}), teams=frozenset({team}), levels=frozenset({"3", "4"}))
    assert speaks(sectors=frozenset({"health"}))
    assert not speaks(jobs=frozenset({"teacher"}))
    assert not speaks(jobs=frozenset({"health visitor"}), sectors=frozenset({"police"}))
    assert not speaks(levels=frozenset({"4"}))


def test_a_new_requirement_counts_from_its_own_first_day():
    new = rule(since=date(2026, 11, 1), first_day=date(2026, 11, 1), first_due=60)
    assert asked(facts(post(), rules=[new]), CORE, A, TODAY).due_on == date(2026, 12, 31)
    assert not asked(facts(post(), rules=[new]), CORE, A, date(2026, 10, 31)).required


def test_a_job_that_a_rule_speaks_to_counts_from_when_it_was_taken_on():
    before = post(ends=date(2026, 9, 30), job="Nursery nurse")
    now = post(starts=date(2026, 10, 1))
    speaking = rule(who=Who(jobs=frozenset({"health visitor"})))
    assert asked(facts(before, now, rules=[speaking]), CORE, A, TODAY).due_on == date(2026, 12, 30)


def test_an_assignment_asks_by_its_own_date_and_the_earliest_date_wins():
    given = Given(A, CORE, date(2026, 12, 1), TODAY, "Before the panel")
    alone = asked(facts(post(), rules=[], given=[given]), CORE, A, TODAY)
    assert (alone.required, alone.due_on, alone.why) == (True, date(2026, 12, 1), ("Before the panel",))
    both = asked(facts(post(starts=date(2026, 11, 1)), given=[given]), CORE, A, TODAY)
    assert both.due_on == date(2026, 12, 1)
    assert both.why == ("Everyone learns it.", "Before the panel")
    assert not asked(facts(post(agency=B), rules=[], given=[given]), CORE, B, TODAY).required


def test_an_agency_lifts_what_it_asks_to_the_last_day_and_not_what_another_asks():
    lifted = Lifted(A, CORE, date(2026, 3, 1), TODAY)
    both = facts(post(A), post(B), lifted=[lifted])
    assert asked(both, CORE, A, TODAY).exempt_until == TODAY
    assert asked(both, CORE, A, TODAY + timedelta(days=1)).exempt_until is None
    assert asked(both, CORE, A, date(2026, 2, 28)).exempt_until is None
    assert asked(both, CORE, B, TODAY).exempt_until is None


def test_long_leave_lifts_everything_and_leaves_thirty_days_afterwards():
    away = facts(post(), away=[Away(A, date(2026, 3, 1), date(2026, 11, 30))])
    during, after = asked(away, CORE, A, TODAY), asked(away, CORE, A, date(2026, 12, 30))
    assert (during.exempt_until, during.on_leave) == (date(2026, 11, 30), True)
    assert (after.exempt_until, after.not_before) == (None, date(2026, 12, 30))
    assert asked(away, CORE, A, date(2026, 12, 31)).not_before is None
    endless = facts(post(), away=[Away(A, date(2026, 3, 1), FOREVER)])
    assert asked(endless, CORE, A, date(2030, 1, 1)).exempt_until == FOREVER


def done(on: date, until: date | None = None, **given) -> Done:
    return Done(CORE, on, until, **given)


def test_without_an_interval_the_certificate_that_lasts_longest_decides():
    found = last_good_day(
        [done(date(2024, 1, 1), date(2027, 1, 1)), done(date(2025, 1, 1), date(2026, 1, 1))], Renewal()
    )
    assert found is not None
    assert found[1] == date(2027, 1, 1)
    assert last_good_day([], Renewal()) is None
    assert last_good_day([done(date(2020, 1, 1))], Renewal())[1] is None


def test_an_interval_counts_from_the_completion_early_or_late():
    yearly = Renewal(12)
    assert last_good_day([done(date(2025, 1, 10), date(2028, 1, 10))], yearly)[1] == date(2026, 1, 10)
    early = [done(date(2025, 1, 10)), done(date(2025, 12, 1))]
    assert last_good_day(early, yearly)[1] == date(2026, 12, 1)
    assert last_good_day([done(date(2024, 2, 29))], yearly)[1] == date(2025, 2, 28)


def test_a_kept_date_stays_when_renewed_within_its_last_ninety_days_and_no_sooner():
    kept = Renewal(12, keeps_date=True)
    assert last_good_day([done(date(2025, 1, 10)), done(date(2025, 12, 1))], kept)[1] == date(2027, 1, 10)
    assert last_good_day([done(date(2025, 1, 10)), done(date(2025, 6, 1))], kept)[1] == date(2026, 6, 1)
    assert last_good_day([done(date(2025, 1, 10)), done(date(2026, 2, 1))], kept)[1] == date(2027, 2, 1)


def test_an_accepted_equivalent_never_counts_beyond_its_own_last_day():
    foreign = done(date(2026, 1, 1), date(2026, 7, 1), by="equivalent")
    assert last_good_day([foreign], Renewal(12))[1] == date(2026, 7, 1)


def test_what_one_agency_accepted_does_not_count_for_another_nor_what_was_withdrawn():
    prior = done(date(2026, 1, 1), by="prior", agency=A)
    assert prior.counts(A, TODAY)
    assert not prior.counts(B, TODAY)
    assert not prior.counts(A, date(2025, 12, 31))
    assert not done(date(2026, 1, 1), withdrawn_on=TODAY).counts(A, TODAY)
    assert done(date(2026, 1, 1), withdrawn_on=TODAY).counts(A, TODAY - timedelta(days=1))


def test_several_rules_ask_together():
    strict = rule(renew_months=12, first_due=30, why="Ours.", agency=A)
    found = asked(facts(post(), rules=[rule(), strict]), CORE, A, TODAY)
    assert found.due_on == date(2026, 1, 31)
    assert found.renewals == {Renewal(), Renewal(12)}
    assert found.why == ("Everyone learns it.", "Ours.")
    assert asked(facts(post(B), rules=[strict]), CORE, B, TODAY) == Asked(required=False)


# --- hours


def test_hours_are_enough_from_the_day_they_add_up_until_the_first_of_them_runs_out():
    wanted = Wanted(minutes=600, months=36)
    learnt = [Learnt(date(2024, 1, 1), 300), Learnt(date(2025, 1, 1), 300), Learnt(date(2026, 6, 1), 120)]
    assert runs(learnt, wanted) == [(date(2025, 1, 1), date(2027, 1, 1))]
    assert runs(learnt[:1], wanted) == []


def test_hours_need_their_participatory_share_other_agencies_and_the_right_level():
    online = Learnt(date(2025, 1, 1), 600, levels=frozenset({"practitioner"}))
    together = Learnt(date(2025, 3, 1), 300, participatory=True, multi_agency=True)
    half = Wanted(minutes=600, months=12, participatory=50, multi_agency=True)
    assert runs([online], half) == []
    assert runs([online, together], half) == [(date(2025, 3, 1), date(2026, 1, 1))]
    leaders = Wanted(minutes=600, months=12, levels=frozenset({"leader"}))
    assert runs([online, together], leaders) == []
