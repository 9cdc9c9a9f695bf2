"""What is done for somebody who is not there, in three tables: jobs by the clock and tasks of the worker, kinds of
mail, and doors that open without a sign-in. A new one without a row fails. A row names the test that shows that who has
lost a right gets nothing by it: their role or post ended, they moved, their account was closed.
"""

HOUSE = "hands nothing to anybody: it counts, removes or ends what is over"
PROVEN_HERE = "tests/contracts/test_jobs.py::"
FILES = PROVEN_HERE + "test_no_file_is_made_for_who_lost_the_right_and_none_is_handed_out"
MAILS = PROVEN_HERE + "test_a_closed_account_gets_no_mail_but_about_itself_and_its_record"

JOBS = {
    # Their own place, questions and certificates, which stay theirs; told by mail.
    "end_offers": MAILS,
    "ask_before_and_after": MAILS,
    "issue_programmes": MAILS,
    "deliver_mail": MAILS,
    "remind": "tests/chasing/test_by_clock.py::test_nobody_exempt_on_leave_gone_or_without_an_account_is_reminded",
    "mail_views": PROVEN_HERE + "test_no_link_of_a_view_is_mailed_to_who_lost_the_right",
    "make_files": FILES,
    # Makes a proposal, which its page shows to whoever builds the programme then.
    "work_out_plans": "tests/planning/test_pages.py::"
    "test_another_partnership_finds_nothing_and_another_trainer_does_not_build_it",
    **dict.fromkeys(
        ("note_no_shows", "sweep_wrong_tries", "forget_needs", "clear_away_files", "work_out_standings",
         "store_month_ends", "sum_up_counts", "forget_people_files", "forget_answers", "clean_up", "apply_retention",
         "forget_mails"),
        HOUSE,
    ),
}  # fmt: skip

# Tasks of the worker, each the early call of a job by the clock.
TASKS = {
    "run_job": "",
    "deliver_mail_now": "deliver_mail",
    "work_out_plan_now": "work_out_plans",
    "make_file_now": "make_files",
}

OWN = "speaks of its reader's own account, place, learning or record"
ABOUT_OTHERS = {
    "certificates/name_asked": "tests/certificates/test_correcting.py::"
    "test_who_does_not_decide_any_more_is_not_told_that_somebody_asks",
    "chasing/team": "tests/chasing/test_undone.py::test_a_managers_number_is_that_of_the_moment_it_leaves",
    "cohorts/approval": "tests/cohorts/test_approving.py::"
    "test_who_does_not_decide_any_more_is_not_told_that_somebody_asks",
    "cohorts/contested": "tests/cohorts/test_contesting.py::"
    "test_who_does_not_run_the_day_any_more_is_not_told_of_a_contest",
    "exports/failed": FILES,
    "exports/ready": FILES,
    "exports/view": PROVEN_HERE + "test_no_link_of_a_view_is_mailed_to_who_lost_the_right",
    "outcomes/to_co_sign": "tests/outcomes/test_examples.py::"
    "test_who_does_not_manage_the_writer_any_more_is_not_told_of_an_example",
    **dict.fromkeys(
        ("rights/erasure_asked", "rights/erasure_checked"),
        "tests/rights/test_asking.py::test_who_is_no_administrator_any_more_is_not_told_of_a_request",
    ),
    "people/deputy_named": "tests/chasing/test_undone.py::"
    "test_a_deputation_that_ended_before_its_mail_left_is_not_mailed",
}
MAIL_KINDS = {
    **dict.fromkeys(
        ("certificates/issued", "certificates/name_corrected", "certificates/name_kept",
         "certificates/programme_issued", "certificates/withdrawn", "chasing/asked", "chasing/assigned",
         "chasing/reminder", "chasing/withdrawn", "cohorts/another_date", "cohorts/asked", "cohorts/cancelled",
         "cohorts/changed", "cohorts/contest_answered", "cohorts/declined", "cohorts/given_up", "cohorts/invitation",
         "cohorts/moved_up", "cohorts/offer", "cohorts/offer_ended", "cohorts/place_booked", "cohorts/removed",
         "cohorts/replaced", "cohorts/sent", "cohorts/waiting", "flags/answered", "joining/post_added",
         "notifications/digest",
         "outcomes/co_signed", "outcomes/questions", "passport/question", "people/deputy_ended", "planning/lost",
         "planning/moved", "planning/queued", "planning/unplaced", "rights/dormant", "signin/break_glass",
         "signin/domain", "signin/invitation", "signin/passkey_added", "signin/passkey_removed",
         "signin/password_changed", "signin/readdressed", "signin/recovery_used", "signin/reset",
         "signin/second_step_off", "signin/second_step_on", "signin/wrong_codes"),
        OWN,
    ),
    **ABOUT_OTHERS,
}  # fmt: skip

NOBODYS = "says the same to everybody"
SCIM = "tests/interop/test_scim.py::"
OIDC = "tests/interop/test_oidc.py::"
# Every address that opens without a sign-in.
DOORS = {
    **dict.fromkeys(
        ("home.accessibility", "home.help_page", "home.privacy", "home.who_sees_what", "health.alive", "health.ready",
         "signin.sign_in", "passkeys.question", "passwords.asked", "oidc.choose", "certificates.verify", "scim.config",
         "scim.resource_types", "scim.resource_type", "scim.schemas", "scim.schema"),
        NOBODYS,
    ),
    "break_glass.enter": "tests/signin/test_break_glass.py::"
    "test_it_is_for_administrators_with_an_open_account_and_a_reason",
    "calendar.feed": "tests/cohorts/test_calendar_feed.py::test_who_has_left_or_is_closed_is_read_no_more",
    "certificates.check": "tests/certificates/test_checking.py::"
    "test_a_checker_reads_state_name_module_and_dates_and_nothing_else",
    "inviting.accept": "tests/signin/test_inviting.py::test_what_somebody_could_give_ends_with_their_own_role",
    "oidc.back": OIDC + "test_a_closed_account_stays_closed",
    "oidc.go": OIDC + "test_one_that_is_switched_off_is_gone",
    "passkeys.enter": "tests/signin/test_passkey_answers.py::test_a_closed_account_is_not_let_in",
    "passport.check": "tests/passport/test_passport.py::test_the_check_page_answers_for_nobody_without_a_file",
    "passwords.ask": "tests/signin/test_passwords.py::test_an_unknown_address_gets_the_same_answer_by_the_same_work",
    "passwords.new": PROVEN_HERE + "test_a_link_to_a_new_password_opens_no_closed_account",
    "watching.metrics": "tests/operating/test_watching.py::"
    "test_with_a_token_its_holder_reads_from_anywhere_and_nobody_else",
    **dict.fromkeys(
        ("scim.users", "scim.user", "scim.search"), SCIM + "test_nobody_of_another_employer_is_reached"
    ),
    **dict.fromkeys(
        ("scim.create", "scim.replace", "scim.patch", "scim.remove", "scim.nothing"),
        SCIM + "test_a_token_that_was_ended_opens_nothing_and_a_sign_in_does_not_stand_in_for_one",
    ),
}  # fmt: skip
