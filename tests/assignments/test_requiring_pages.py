"""The pages of requirements and levels, as those see them who keep them."""

import pytest
from sqlalchemy import select

from lms.assignments.models import Level, Requirement, RequirementVersion
from lms.core import clock
from lms.core.db import db, writing
from tests.assignments.pasts import BY_CHOICE, days_ago
from tests.assignments.requiring import little


@pytest.fixture
def world(make):
    return little(make)


def typed(**changed):
    return {
        "what": f"module:{BY_CHOICE}",
        "jobs": "Health visitor",
        "first_due": "30",
        "why": "A review asked for it",
        "first_day": days_ago(-5).isoformat(),
        "keeps_date": "no",
        "multi_agency": "no",
        **changed,
    }


def the_form(page):
    return next(one for one in page.forms("method='post'") if "/requirements/" in one.get("action"))


def test_a_coordinator_sees_who_is_touched_and_then_sets_it(world, as_user):
    visitor = as_user(world.coordinator)
    page = visitor.get("requiring.new")
    assert "Ask something of Fernshire" in page.words
    preview = visitor.post("requiring.new", typed(do="show"), expect=200)
    assert "1 person is asked from" in preview.words
    assert "0 of them would be late on that day." in preview.words
    assert "Nothing is saved yet." in preview.words
    assert "Health" in preview.words
    assert "Sam Whitlock" not in preview.words  # a coordinator is nobody's employer
    assert db.session.scalars(select(Requirement)).all() == []
    again = visitor.send(preview, the_form(preview), {"do": "edit"}, expect=200)
    assert again.all("//input[@name='why']/@value") == ["A review asked for it"]
    assert again.all("//input[@name='jobs'][@checked]/@value") == ["Health visitor"]
    shown = visitor.follow(visitor.send(preview, the_form(preview), {"do": "save"}))
    assert "Set. Everybody concerned sees it from its first day." in shown.words
    assert "It begins on" in shown.words
    (made,) = db.session.scalars(select(RequirementVersion)).all()
    assert (made.jobs, made.first_due_days, made.first_day) == (["Health visitor"], 30, days_ago(-5))
    assert "Asked in Fernshire of Health visitor." in visitor.get("requiring.listed").words


def test_a_manager_of_an_agency_reads_the_names(world, as_user):
    visitor = as_user(world.head)
    preview = visitor.post("requiring.new", typed(do="show"), expect=200)
    assert "Sam Whitlock" in preview.words
    shown = visitor.follow(visitor.send(preview, the_form(preview), {"do": "save"}))
    assert "Asked at Health of Health visitor." in shown.words


def test_wrong_input_is_explained_and_kept(world, as_user):
    visitor = as_user(world.coordinator)

    def refused(**changed):
        return visitor.post("requiring.new", typed(**changed), expect=422)

    assert "Say why it is asked, in one sentence." in refused(why="").words
    assert "Enter a whole number from 0 to 730" in refused(first_due="soon").words
    page = refused(first_day=days_ago(2).isoformat())
    assert "Enter a day that is today or later." in page.words
    assert page.all("//input[@name='why']/@value") == ["A review asked for it"]
    assert "Enter the day from which it is asked." in refused(first_day="").words
    refused(what="module:nonsense")
    refused(jobs="Astronaut")
    assert db.session.scalars(select(Requirement)).all() == []


def test_changing_and_ending_it_are_kept_as_history(world, as_user):
    visitor = as_user(world.coordinator)
    visitor.post("requiring.new", typed(do="save", first_day=clock.today().isoformat()))
    (made,) = db.session.scalars(select(Requirement.id)).all()
    page = visitor.get("requiring.change", requirement_id=made)
    assert page.all("//input[@name='first_day']/@value") == [days_ago(-1).isoformat()]
    changed = {**typed(do="show", renew_months="12", first_day=days_ago(-3).isoformat())}
    preview = visitor.post("requiring.change", changed, requirement_id=made, expect=200)
    shown = visitor.follow(visitor.send(preview, the_form(preview), {"do": "save"}))
    assert "Renewed every 1 year, counted from the day it was last completed." in shown.words
    assert len(shown.all("//section[@aria-labelledby='history']//li")) == 2
    assert "by Coordinator" in shown.words
    assert "Changes on" in visitor.get("requiring.listed").words
    off = next(one for one in shown.forms("method='post'") if one.get("action").endswith("call-off"))
    shown = visitor.follow(visitor.send(shown, off))
    assert "It goes on as before." in shown.words
    refused = visitor.post("requiring.end", {"last_day": ""}, requirement_id=made, expect=422)
    assert "Enter the last day on which it is asked." in refused.words
    shown = visitor.follow(visitor.post("requiring.end", {"last_day": clock.today().isoformat()}, requirement_id=made))
    assert "and no longer" in shown.words


def test_the_rule_that_holds_without_any_is_listed_and_can_be_changed(world, as_user):
    page = as_user(world.coordinator).get("requiring.listed")
    assert "This holds until Fernshire sets a rule of its own about the core modules." in page.words
    (link,) = [one for one in page.all("//a/@href") if "what=core" in one]
    page = as_user(world.coordinator).get("requiring.new", of="Fernshire", what="core")
    assert link == "/requirements/new?of=Fernshire&what=core"
    assert page.all("//option[@selected]/@value") == ["core"]
    page = as_user(world.team_manager).get("requiring.listed")
    assert "Change this rule" not in page.words
    assert not [one for one in page.all("//a/@href") if "/requirements/new" in one]


def test_the_scheme_of_levels_lists_jobs_without_one(world, as_user):
    visitor = as_user(world.coordinator)
    page = visitor.get("levels.listed")
    assert "No levels yet." in page.words
    sent = {"code": "3", "title": "Level 3", "position": "1", "jobs": "Health visitor", "module_levels": "practitioner"}
    page = visitor.follow(visitor.post("levels.new", sent))
    assert "Health visitor." in page.words
    without = [one.text_content() for one in page.all("//h3[text()='Jobs without a level']/following-sibling::ul/li")]
    assert without == ["Head of service", "Teacher", "Team manager", "Training coordinator"]
    assert "There is a level with that code already." in visitor.post("levels.new", sent, expect=422).words
    assert "Use letters, digits" in visitor.post("levels.new", {**sent, "code": "level:3"}, expect=422).words
    (level,) = db.session.scalars(select(Level)).all()
    page = visitor.get("levels.change", level_id=level.id)
    assert page.all("//input[@name='jobs'][@checked]/@value") == ["Health visitor"]
    visitor.post("levels.change", {**sent, "jobs": "Teacher", "title": "Three"}, level_id=level.id)
    db.session.expire_all()
    assert (level.name, level.jobs, level.code) == ("Three", ["Teacher"], "3")


def test_levels_of_another_partnership_are_hidden(world, as_user, make):
    with writing() as session:
        other = Level(partnership="Westmark", code="1", name="Theirs")
        session.add(other)
    visitor = as_user(world.coordinator)
    assert "Theirs" not in visitor.get("levels.listed").words
    visitor.get("levels.change", level_id=other.id, expect=404)
    visitor.post("levels.new", {"code": "9"}, of="Westmark", expect=404)
