"""Who sees whom in reports: nobody beyond their own reach, on no page and in no file."""

import pytest
from sqlalchemy import func, select

from lms.assignments.models import Exemption
from lms.audit.models import AuditEntry, RecordView
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.learning.models import Reflection
from lms.quizzes.models import Answer, Attempt
from tests.assignments.pasts import CORE, complete, days_ago
from tests.learning.reading import counting
from tests.reports.conftest import names, rows

NO_REPORTS = [Role.STAFF, Role.TRAINER, Role.AUTHOR, Role.OBSERVER, Role.ADMINISTRATOR]


def seen_by(visitor) -> set[str]:
    """Names on the page; the file must hold the same people."""
    on_page = set(names(visitor.get("reports.completion")))
    assert {row["Name"] for row in rows(visitor.get("reports.completion_csv"))} == on_page
    return on_page


def test_a_team_manager_sees_their_team_and_not_the_rest_of_the_agency(fernshire, as_user):
    assert seen_by(as_user(fernshire.north_manager)) == {"Manager of North", "Ben Whitlock", "Carys Bevan"}
    assert seen_by(as_user(fernshire.south_manager)) == {"Manager of South", "Dele Adeyemi"}


def test_an_agency_manager_sees_the_agency_and_no_other_employer(fernshire, as_user):
    expected = fernshire.everyone - {"Elin Rhys", "Manager of Kestrel", "Coordinator"}
    assert seen_by(as_user(fernshire.head)) == expected


def test_a_coordinator_sees_the_whole_partnership_and_no_other(fernshire, as_user, make):
    make.person("Westmark Worker", agency=make.agency(partnership="Westmark"))
    assert seen_by(as_user(fernshire.coordinator)) == fernshire.everyone


def test_a_manager_of_another_partnership_sees_nothing_of_this_one(fernshire, as_user, make):
    outsider = make.manager(agency=make.agency(partnership="Westmark"), name="Olwen Tate")
    assert seen_by(as_user(outsider)) == {"Olwen Tate"}
    page = as_user(outsider).get("reports.completion", query={"q": "Ben"})
    assert "Ben Whitlock" not in page.text
    assert "North" not in page.text


@pytest.mark.parametrize("role", NO_REPORTS)
def test_other_roles_cannot_open_reports(fernshire, as_user, make, role):
    someone = make.person(agency=fernshire.health, roles=((role, Scope.PARTNERSHIP),))
    visitor = as_user(someone)
    visitor.get("reports.completion", expect=403)
    visitor.get("reports.completion_csv", expect=403)
    visitor.get("reports.person", person_id=fernshire.ben.id, expect=403)


@pytest.mark.parametrize("role", [Role.STAFF, Role.COORDINATOR])
def test_who_manages_nobody_cannot_send_an_exemption(fernshire, as_user, make, role):
    someone = make.person(agency=fernshire.health, roles=((role, Scope.PARTNERSHIP),))
    sent = {"module": CORE, "reason": "Leave"}
    as_user(someone).post("reports.exempt", sent, person_id=fernshire.ben.id, expect=403)
    assert db.session.scalar(select(func.count()).select_from(Exemption)) == 0


def test_the_page_of_somebody_elses_person_is_not_there(fernshire, as_user, make):
    outsider = make.manager(agency=make.agency(partnership="Westmark"))
    for manager, person in (
        (fernshire.north_manager, fernshire.dele),
        (fernshire.north_manager, fernshire.head),
        (fernshire.head, fernshire.elin),
        (fernshire.care_manager, fernshire.ben),
        (outsider, fernshire.ben),
    ):
        as_user(manager).get("reports.person", person_id=person.id, expect=404)
        as_user(manager).post("reports.exempt", {"module": CORE, "reason": "x"}, person_id=person.id, expect=404)
    assert as_user(fernshire.north_manager).get("reports.person", person_id=fernshire.ben.id).h1 == "Ben Whitlock"
    assert as_user(fernshire.coordinator).get("reports.person", person_id=fernshire.elin.id).h1 == "Elin Rhys"


def test_filters_cannot_reach_beyond_the_reader(fernshire, as_user):
    visitor = as_user(fernshire.north_manager)
    for query in ({"team": fernshire.south.id}, {"agency": fernshire.care.id}, {"team": "nonsense"}, {"status": "x"}):
        visitor.get("reports.completion", query=query, expect=404)
        visitor.get("reports.completion_csv", query=query, expect=404)
    for query in ({"q": "Dele"}, {"q": "Elin"}):
        page = visitor.get("reports.completion", query=query)
        assert "Nobody here matches" in page.words
        assert rows(visitor.get("reports.completion_csv", query=query)) == []
    chosen = visitor.get("reports.completion", query={"agency": fernshire.health.id, "sort": "-name", "page": 9})
    assert names(chosen) == ["Manager of North", "Carys Bevan", "Ben Whitlock"]


def test_a_manager_whose_post_ended_yesterday_sees_nobody(fernshire, as_user, make):
    gone = make.manager(team=fernshire.north, ends_on=days_ago(1))
    as_user(gone).get("reports.completion", expect=403)
    make.membership(gone, team=fernshire.south, roles=((Role.MANAGER, Scope.TEAM),))
    assert seen_by(as_user(gone)) == {"Manager of South", "Dele Adeyemi", gone.name}


def test_leavers_are_out_from_the_day_after_their_last(fernshire, as_user, make):
    make.person("Last Day", team=fernshire.north, ends_on=days_ago(0))
    left = make.person("Left Yesterday", team=fernshire.north, ends_on=days_ago(1))
    visitor = as_user(fernshire.north_manager)
    assert "Last Day" in seen_by(visitor)
    assert "Left Yesterday" not in seen_by(visitor)
    visitor.get("reports.person", person_id=left.id, expect=404)


def test_somebody_who_moved_is_seen_by_the_new_manager_only(fernshire, as_user, make):
    moved = make.person("Moved", team=fernshire.south, ends_on=days_ago(1))
    make.membership(moved, team=fernshire.north, starts_on=days_ago(0))
    assert "Moved" in seen_by(as_user(fernshire.north_manager))
    assert "Moved" not in seen_by(as_user(fernshire.south_manager))


def test_a_person_of_two_agencies_is_one_person_with_the_posts_the_reader_manages(fernshire, as_user, make):
    make.membership(fernshire.ben, team=fernshire.kestrel, job="Family worker", starts_on=days_ago(30))
    health = as_user(fernshire.head).get("reports.completion")
    care = as_user(fernshire.care_manager)
    assert names(health).count("Ben Whitlock") == 1
    assert "Family worker" not in health.text
    assert "Kestrel" not in health.text
    page = care.get("reports.person", person_id=fernshire.ben.id)
    assert "Family worker, Kestrel House" in page.words
    assert "North" not in page.words
    (row,) = [one for one in rows(care.get("reports.completion_csv")) if one["Name"] == "Ben Whitlock"][:1]
    assert (row["Agency"], row["Team"], row["Job"]) == ("Fernshire Care", "Kestrel House", "Family worker")
    both = as_user(fernshire.coordinator)
    assert names(both.get("reports.completion")).count("Ben Whitlock") == 1
    (row,) = [one for one in rows(both.get("reports.completion_csv")) if one["Name"] == "Ben Whitlock"][:1]
    assert row["Agency"] == "Fernshire Health; Fernshire Care"


@pytest.mark.slow
def test_scores_answers_choices_and_notes_are_in_no_answer(fernshire, as_user):
    secret = "kept between Ben and the page"
    with writing() as session:
        complete(fernshire.ben, CORE, days_ago(10))
        attempt = Attempt(
            person_id=fernshire.ben.id,
            quiz="lead-professional-check",
            module=CORE,
            kind="knowledge",
            content_hash="0" * 64,
            number=1,
            seed="1",
            state={"drawn": [secret]},
            passed=False,
            points=98761,
            out_of=98762,
            finished_at=None,
        )
        session.add(attempt)
        session.flush()
        session.add(Answer(attempt_id=attempt.id, position=1, key="q1", given={"chosen": secret}, right=False))
        session.add(Reflection(person_id=fernshire.ben.id, module=CORE, key="note", text=secret))
    for reader in (fernshire.north_manager, fernshire.head, fernshire.coordinator):
        visitor = as_user(reader)
        with counting() as sent:
            answers = [
                visitor.get("reports.completion"),
                visitor.get("reports.completion", query={"sort": CORE, "status": "current"}),
                visitor.get("reports.completion_csv"),
                visitor.get("reports.person", person_id=fernshire.ben.id),
            ]
        for answer in answers:
            assert b"Ben Whitlock" in answer.data
            for told in (secret, "98761", "98762"):
                assert told.encode() not in answer.data
        for table in ("reflections", "quiz_attempts", "quiz_answers", "quiz_passes", "page_reads"):
            assert not [statement for statement in sent if table in statement]


def test_it_is_noted_whose_dates_were_shown_and_that_a_file_was_taken(fernshire, as_user):
    visitor = as_user(fernshire.north_manager)

    def views() -> list[tuple]:
        return sorted(
            (view.what, str(view.person_id), str(view.viewer_id))
            for view in db.session.scalars(select(RecordView).where(RecordView.person_id != RecordView.viewer_id))
        )

    manager = str(fernshire.north_manager.id)
    shown = sorted(("status and dates", str(one.id), manager) for one in (fernshire.ben, fernshire.carys))
    visitor.get("reports.completion")
    assert views() == shown
    visitor.get("reports.person", person_id=fernshire.ben.id)
    visitor.get("reports.person", person_id=fernshire.dele.id, expect=404)
    assert views() == sorted([*shown, ("status and dates", str(fernshire.ben.id), manager)])
    visitor.get("reports.completion_csv", query={"q": "Carys"})
    assert ("status and dates, as a file", str(fernshire.carys.id), manager) in views()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "report.exported")).one()
    assert entry.actor_id == fernshire.north_manager.id
    assert entry.detail == {"report": "completion", "format": "csv", "people": 1, "rows": 2}
