"""The pages of building, opened as people do: made, nominated, solved, adjusted and published without any script."""

import io
import re
from datetime import timedelta
from uuid import UUID

import pytest

from lms.core import clock
from lms.core.db import db
from lms.planning import queries
from lms.planning.actions import solving
from tests.planning.conftest import bookings, mails, waiting_one

pytestmark = pytest.mark.slow

RULES = {
    "title": "Who leads",
    "about": "A day together.",
    "needs_approval": "yes",
    "opens": "no",
    "min_size": "12",
    "max_size": "24",
    "min_agencies": "4",
    "min_sectors": "3",
    "largest_share": "40",
    "per_team": "10",
    "per_team_large": "10",
    "cover_share": "100",
    "known_months": "12",
}


def version(page) -> str:
    return page.all("//input[@name='version']/@value")[0]


def solved(visitor, world) -> None:
    page = visitor.get("proposing.plan", programme_id=world.id)
    visitor.post("proposing.solve", {"version": version(page)}, programme_id=world.id)
    visitor.get("proposing.plan", programme_id=world.id)
    db.session.rollback()
    solving.work_waiting()


def test_a_trainer_builds_adjusts_and_publishes_through_pages_alone(world, as_user):
    world.crowd()
    trainer = as_user(world.trainer)
    assert "No programme yet" in trainer.get("planning.listed").words
    answer = trainer.post("planning.new", RULES)
    world.id = UUID(re.search(r"programmes/([0-9a-f-]{36})", answer.location)[1])
    for days in (20, 27):
        day = (clock.now() + timedelta(days=days)).date().isoformat()
        typed = {
            "session-1-day": day,
            "session-1-starts": "09:30",
            "session-1-ends": "15:30",
            "session-1-place": "Hall",
        }
        trainer.post("planning.add_date", typed | {"session-1-features": "step-free"}, programme_id=world.id)
    page = trainer.get("planning.show", programme_id=world.id)
    assert "No agency has more than 40% of those who come." in page.words
    assert "step free" in page.words
    dates = [str(one.cohort_id) for one in world.fresh().in_order]
    emails = "\n".join(one.email for one in world.people)
    trainer.post("nominating.add", {"emails": emails, "dates": dates}, programme_id=world.id)
    assert "60 people are on the list" in trainer.get("nominating.nominations", programme_id=world.id).words
    solved(trainer, world)
    page = trainer.get("proposing.plan", programme_id=world.id)
    assert "The average person will meet" in page.words
    assert "12 people wait, and why" in page.words
    first = page.all("//div[@class='groups'][1]//input[@name='person']/@value")[:1]
    sent = {"version": version(page), "person": first, "do": "leave", "reason": "Asked to"}
    after = trainer.follow(trainer.post("proposing.adjust", sent, programme_id=world.id, date=dates[0]))
    assert "left out. Average" in after.words
    page = trainer.get("proposing.check", programme_id=world.id)
    assert "Publish and tell" in page.words
    assert mails() == []
    said = trainer.follow(trainer.post("proposing.publish", {"version": version(page)}, programme_id=world.id))
    assert "Published. " in said.words
    assert bookings("booked")
    assert "This plan is published" in trainer.get("proposing.plan", programme_id=world.id).words


def test_a_rule_that_a_move_breaks_is_shown_with_a_place_for_the_reason(tight, as_user):
    tight.solve()
    trainer, who = as_user(tight.trainer), str(waiting_one(tight).id)
    page = trainer.get("proposing.plan", programme_id=tight.id)
    sent = {"version": version(page), "person": [who], "do": "move", "to": tight.dates[0]}
    page = trainer.post("proposing.adjust", sent, expect=422, programme_id=tight.id)
    assert "would have 3 away on" in page.words
    assert page.all("//input[@name='person'][@checked]/@value") == [who]
    sent = {**sent, "version": version(page), "reason": "A locum comes"}
    trainer.post("proposing.adjust", sent, programme_id=tight.id)
    assert "A locum comes" in trainer.get("planning.show", programme_id=tight.id).words


def test_a_file_is_taken_whole_or_not_at_all(crowd, as_user, make):
    new = make.person("Newly Come", agency=crowd.agencies[0])
    trainer = as_user(crowd.trainer)

    def send(text: str, expect: int):
        data = {"csrf_token": trainer.token(), "upload": (io.BytesIO(text.encode("utf-8-sig")), "list.csv")}
        answer = trainer.client.post(
            trainer.address("nominating.upload", programme_id=crowd.id), data=data, content_type="multipart/form-data"
        )
        assert answer.status_code == expect
        return answer.text

    text = send(f"email;dates;needs\n{new.email};99/99/2030;\nnobody@x.example;;wings\n", 422)
    assert "Nothing was taken: the file has 3 faults" in text
    assert queries.counts(crowd.fresh())["approved"] == 60
    send(f"Email;Dates;Needs\r\n{new.email};all;step-free access\r\n", 303)
    assert queries.counts(crowd.fresh())["approved"] == 61


def test_rules_change_with_a_reason_once_people_are_nominated(crowd, as_user):
    trainer = as_user(crowd.trainer)
    page = trainer.post("planning.rules", RULES | {"min_agencies": "5"}, expect=422, programme_id=crowd.id)
    assert "Say why the rules change" in page.words
    trainer.post("planning.rules", RULES | {"min_agencies": "5", "reason": "Police joined"}, programme_id=crowd.id)
    assert "Min agencies: 4 became 5" in trainer.get("planning.show", programme_id=crowd.id).words


def test_staff_ask_a_manager_approves_and_neither_sees_more(crowd, as_user, make):
    team = crowd.teams[0][0]
    staff, manager = make.person("Sam Staff", team=team), make.manager(team=team)
    other = make.manager(team=crowd.teams[1][0])
    me = as_user(staff)
    assert "Who leads" in me.get("nominating.offered").words
    page = me.get("nominating.ask", programme_id=crowd.id)
    assert "Nominee" not in page.words
    me.post("nominating.ask", {"dates": crowd.dates[:1], "needs": "loop"}, programme_id=crowd.id)
    assert queries.counts(crowd.fresh()) == {"approved": 60, "asked": 1}
    page = as_user(manager).get("nominating.team", programme_id=crowd.id)
    assert "Sam Staff" in page.words
    assert {f"Nominee {one:02d}" in page.words for one in range(0, 60, 6)} == {True}
    assert not any(f"Nominee {one:02d}" in page.words for one in range(60) if one % 6)
    row = next(one for one in queries.nominations(crowd.fresh()) if one.state == "asked")
    act = {"people": str(row.id), "do": "approve"}
    as_user(other).post("nominating.decide", act, expect=404, programme_id=crowd.id)
    as_user(manager).post("nominating.decide", act, programme_id=crowd.id)
    assert queries.counts(crowd.fresh())["approved"] == 61
    me.post("nominating.withdraw", programme_id=crowd.id)
    assert queries.counts(crowd.fresh())["withdrawn"] == 1
    me.get("nominating.team", expect=404, programme_id=crowd.id)
    me.get("planning.show", expect=403, programme_id=crowd.id)


def test_another_partnership_finds_nothing_and_another_trainer_does_not_build_it(crowd, as_user, make):
    away = make.trainer(make.agency("Away", partnership="Westmark"))
    other = make.trainer(crowd.agencies[0])
    for visitor in (as_user(away), as_user(other)):
        for page in ("planning.show", "planning.rules", "nominating.nominations", "proposing.plan", "proposing.check"):
            visitor.get(page, expect=404, programme_id=crowd.id)
    as_user(away).get("nominating.ask", expect=404, programme_id=crowd.id)
    as_user(crowd.coordinator).get("proposing.plan", programme_id=crowd.id)


def test_a_page_of_a_plan_asks_the_same_few_times_however_many_people(world, as_user, count_queries):
    world.crowd(24)
    world.programme(cover_share=100, per_team=10, per_team_large=10)
    world.nominate()
    world.solve()
    trainer = as_user(world.trainer)
    few = count_queries(lambda: trainer.get("proposing.plan", programme_id=world.id))
    more = [world.make.person(f"Late {one}", agency=world.agencies[one % 6]) for one in range(30)]
    world.nominate(*more)
    world.solve()
    assert count_queries(lambda: trainer.get("proposing.plan", programme_id=world.id)) <= few + 1
    assert few <= 26
