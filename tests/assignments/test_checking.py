"""Whether the ledger is right can be asked, and it can be put right; people from before it get their past told."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from lms.assignments import checking, counts, keeping
from lms.assignments.cli import standings, tell_history
from lms.assignments.counting import Group
from lms.assignments.ledger_models import PostSpan, StandingChange, StandingSpan
from lms.core import clock
from lms.core.db import db, writing
from tests.assignments.pasts import CORE, complete, days_ago
from tests.assignments.test_ledger import compare, evening, live_and_compare


@pytest.fixture
def crew(make):
    """Five people of one agency, one of whom has completed something."""
    agency = make.agency()
    people = [make.person(agency=agency, starts_on=days_ago(100 * n + 50)) for n in range(5)]
    with writing():
        complete(people[0], CORE, days_ago(20))
    return people


def run(app, *words):
    db.session.rollback()
    return CliRunner().invoke(standings, words, obj=lambda: app)


def test_a_right_ledger_is_said_to_be_right(app, crew):
    done = run(app, "check", "--everybody")
    assert (done.exit_code, done.output.splitlines()[-1]) == (
        0,
        "5 pages compared, 0 differ; 0 changes to counts differ.",
    )


def test_a_sample_is_compared_when_asked_for(app, crew):
    assert "2 pages compared" in run(app, "check", "--sample", "2").output


@pytest.mark.parametrize("seed", [31, 32])
def test_whatever_happens_the_ledger_is_found_right(app, make, seed):
    live_and_compare(make, seed, days=8)
    assert list(checking.wrong_counts()) == []


def spoil_pages():
    with writing() as session:
        session.execute(update(StandingSpan).where(StandingSpan.target == CORE).values(status="current"))


def spoil_counts():
    with writing() as session:
        wrong = session.scalars(select(StandingChange).where(StandingChange.day > clock.today())).first()
        wrong.change += 3


def spoil_counts_of_today():
    with writing() as session:
        known = session.scalars(select(StandingChange).where(StandingChange.day <= clock.today())).first()
        session.delete(known)


def lose_a_page(person):
    with writing() as session:
        for table in (PostSpan, StandingSpan):
            session.query(table).filter_by(person_id=person.id).delete()


@pytest.mark.parametrize("spoil", [spoil_pages, spoil_counts, spoil_counts_of_today])
def test_what_was_spoiled_is_found_and_put_right(app, crew, spoil):
    spoil()
    found = run(app, "check", "--everybody")
    assert found.exit_code == 1
    assert "Put it right with: lms standings rebuild" in found.output
    done = run(app, "rebuild")
    assert done.exit_code == 0, done.output
    assert run(app, "check", "--everybody").exit_code == 0
    today = clock.today()
    for day in (today, today + timedelta(days=60)):
        compare(day, evening(day))


def test_a_lost_page_is_named_and_written_again(app, crew):
    lose_a_page(crew[1])
    assert f"The page of person {crew[1].id} is not what their facts say" in run(app, "check").output
    assert "5 people worked out anew: 1 pages" in run(app, "rebuild").output
    assert run(app, "check").exit_code == 0


def test_putting_right_leaves_what_was_said_of_past_days(app, crew):
    past = days_ago(30)
    before = counts.count("Fernshire", Group.ALL, past)
    rows = select(StandingSpan.target, StandingSpan.first_day).where(StandingSpan.last_day < clock.today())
    told = set(map(tuple, db.session.execute(rows)))
    spoil_pages()
    run(app, "rebuild")
    assert counts.count("Fernshire", Group.ALL, past) == before
    assert told <= set(map(tuple, db.session.execute(rows)))


def test_the_past_of_people_from_before_the_ledger_is_told_at_an_upgrade_and_only_then(app, crew, capsys):
    with writing() as session:
        for table in (StandingChange, StandingSpan, PostSpan):
            session.query(table).delete()
    assert keeping.untold() == 5
    db.session.rollback()
    tell_history()
    assert keeping.untold() == 0
    assert "Working out where everybody stands" in capsys.readouterr().out
    compare(clock.today(), evening(clock.today()))
    db.session.rollback()
    tell_history()
    assert capsys.readouterr().out == ""
