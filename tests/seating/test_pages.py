"""The pages of tables: making them, the screen, the list, cards, one's own table, and who may see what."""

from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.cohorts.actions import arranging
from lms.cohorts.models import Booking, CohortTrainer
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people.models import Person
from lms.seating.models import Seat, SeatingPlan, SeatingRound
from lms.seating.queries import tables_in_words
from tests.cohorts.forms import edit_form

pytestmark = pytest.mark.slow


def here(cohort):
    return {"cohort_id": cohort.id, "session_id": cohort.sessions[0].id}


def typed(page):
    """What the fields of the form to make tables hold, as a browser would send them."""
    form = next(one for one in page.forms() if one.get("action").endswith("/tables/make"))
    sent = {one.get("name"): one.get("value") or "" for one in form.xpath(".//input[not(@type='radio')]")}
    sent |= {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='radio'][@checked]")}
    return sent | {one.get("name"): one.xpath("string(option[@selected]/@value)") for one in form.xpath(".//select")}


@pytest.fixture
def trainer(as_user, partnership):
    return as_user(partnership.trainer)


@pytest.fixture
def made(trainer, day):
    """The same day with tables, as the form proposes them."""
    page = trainer.get("seating.make", **here(day))
    trainer.post("seating.make", typed(page), **here(day))
    return day


def seats(number=None):
    db.session.rollback()
    rows = db.session.execute(
        select(SeatingRound.number, Seat, Person)
        .join(Seat, Seat.round_id == SeatingRound.id)
        .join(Person, Person.id == Seat.person_id)
        .execution_options(populate_existing=True)
    ).all()
    return {
        (round_, person.name) if number is None else person.name: seat.table_number
        for round_, seat, person in rows
        if number in (None, round_)
    }


def person(name):
    db.session.rollback()
    return db.session.scalar(select(Person).where(Person.name == name))


def people_of(day):
    return {row.person.name: row.person_id for row in db.session.scalars(select(Booking)).all()}


def test_everybody_sits_at_one_table_in_each_round(made):
    found = seats()
    assert {number for number, _ in found} == {1, 2, 3}
    for number in (1, 2, 3):
        tables = [table for (round_, _), table in found.items() if round_ == number]
        assert sorted(tables) == [1] * 6 + [2] * 6


def test_the_trainer_reads_how_well_the_tables_mix(trainer, made):
    page = trainer.get("seating.plan", **here(made))
    assert "new people from other agencies over 3 rounds; no seating can do better than" in page.words
    assert "Round 1" in page.words
    assert "Table 2" in page.words


def test_before_there_are_tables_the_page_says_what_to_do(trainer, day):
    page = trainer.get("seating.plan", **here(day))
    assert "No tables yet. 12 people have a place." in page.words
    trainer.get("seating.change", expect=404, **here(day))
    trainer.get("seating.listed", expect=404, **here(day))
    assert "There are no tables for this session yet." in trainer.get("seating.screen", **here(day)).words


def test_wrong_rounds_are_refused_and_what_was_typed_stays(trainer, day):
    sent = typed(trainer.get("seating.make", **here(day)))
    sent |= {"round-1-starts": "10:00", "round-1-ends": "09:00", "round-1-task": "One plan for Jayden"}
    page = trainer.post("seating.make", sent, expect=422, **here(day))
    assert "Round 1: It must end after it begins" in page.text
    assert page.all("//input[@name='round-1-task']/@value") == ["One plan for Jayden"]
    sent |= {"round-1-starts": "10:00", "round-1-ends": "11:00", "round-2-starts": "10:30", "round-2-ends": "11:30"}
    page = trainer.post("seating.make", sent, expect=422, **here(day))
    assert "Round 2: It must begin after round 1 has ended" in page.text
    assert seats() == {}


def test_whoever_is_marked_absent_gets_no_seat(trainer, day):
    booking = db.session.scalar(select(Booking).join(Booking.person).where(Person.name == "P03")).id
    trainer.post("attendance.register", {f"mark-{booking}": "absent"}, **here(day))
    trainer.post("seating.make", typed(trainer.get("seating.make", **here(day))), **here(day))
    assert "P03" not in seats(1)
    assert len(seats(1)) == 11


def test_a_seat_that_stays_is_the_same_in_every_round_and_after_a_change(trainer, day):
    sent = typed(trainer.get("seating.make", **here(day)))
    sent |= {"kept-1-person": str(people_of(day)["P05"]), "kept-1-table": "2"}
    trainer.post("seating.make", sent, **here(day))
    assert {table for (_, name), table in seats().items() if name == "P05"} == {2}
    gone = [id_ for name, id_ in people_of(day).items() if seats(1)[name] == 1][:3]
    trainer.post("seating.change", {"missing": [str(one) for one in gone], "first": "1"}, **here(day))
    assert {table for (_, name), table in seats().items() if name == "P05"} == {2}
    for odd in ("²", "0", "-1"):
        person = {"kept-1-person": str(people_of(day)["P05"]), "kept-1-table": odd}
        answer = trainer.post("seating.make", sent | person, expect=422, **here(day))
        assert "Enter the number of the table" in answer.words
    sent = typed(trainer.get("seating.make", **here(day))) | {"kept-1-table": "9"}
    page = trainer.post("seating.make", sent, expect=422, **here(day))
    assert "There are 2 tables" in page.words


def test_the_screen_shows_names_until_when_and_the_task(trainer, day):
    sent = typed(trainer.get("seating.make", **here(day)))
    sent |= {"round-1-task": "One plan for Jayden", "shown": "00:01"}
    trainer.post("seating.make", sent, **here(day))
    page = trainer.get("seating.screen", query={"round": 1}, **here(day))
    assert page.h1 == "Round 1: find your table"
    assert "One plan for Jayden" in page.text
    assert "Until" in page.text
    assert len(page.all("//section//li")) == 12
    assert page.all("/html/@data-theme") == ["light"]
    trainer.get("seating.screen", query={"round": 9}, expect=404, **here(day))


def test_before_their_time_tables_are_not_on_the_screen_nor_on_phones(as_user, trainer, partnership, made):
    partnership.begin(made, hours=-5)
    with writing():
        plan = db.session.scalar(select(SeatingPlan))
        plan.shown_from = clock.now() + timedelta(hours=1)
    page = trainer.get("seating.screen", **here(made))
    assert "Tables appear at" in page.words
    assert "P01" not in page.text
    own = as_user(person("P01"))
    page = own.get("seating.mine", **here(made))
    assert "Tables appear at" in page.words
    assert "Round 1: table" not in page.words


def test_tables_are_not_shown_before_the_day(trainer, partnership, made):
    partnership.begin(made, days=-3)
    with writing():
        db.session.scalar(select(SeatingPlan)).shown_from = clock.now() + timedelta(days=3)
    page = trainer.post("seating.show", expect=422, **here(made))
    assert "Tables are shown on the day of the session" in page.words
    partnership.begin(made, minutes=1)
    trainer.post("seating.show", **here(made))
    db.session.rollback()
    assert db.session.scalar(select(SeatingPlan)).is_shown


def test_people_see_their_own_table_and_who_sits_there(as_user, trainer, made):
    trainer.post("seating.show", **here(made))
    page = as_user(person("P01")).get("seating.mine", **here(made))
    assert f"Round 1: table {seats(1)['P01']}" in page.words
    with_me = {name for name, table in seats(1).items() if table == seats(1)["P01"]} - {"P01"}
    first = page.all("//section")[0].text_content()
    assert all(name in first for name in with_me)


def test_who_has_no_place_sees_no_table(as_user, partnership, made):
    stranger = as_user(partnership.person(1))
    stranger.get("seating.mine", expect=404, **here(made))
    for page in ("plan", "screen", "listed", "cards", "change", "make"):
        stranger.get(f"seating.{page}", expect=403, **here(made))


def test_a_trainer_of_another_cohort_finds_nothing(as_user, make, partnership, made):
    other = as_user(make.trainer(partnership.agencies[1]))
    for page in ("plan", "screen", "listed", "cards", "change", "make"):
        other.get(f"seating.{page}", expect=404, **here(made))
    other.post("seating.change", {"missing": str(people_of(made)["P00"]), "first": "1"}, expect=404, **here(made))


def test_the_list_goes_from_a_to_z_with_a_table_for_each_round(trainer, made):
    page = trainer.get("seating.listed", **here(made))
    names = [row.xpath("string(th/text())").strip() for row in page.all("//tbody/tr")]
    assert len(names) == 12
    assert names == sorted(names)
    cells = page.all("//tbody/tr")[0].xpath("td/text()")
    assert [cell.strip() for cell in cells] == [str(seats()[number, "P00"]) for number in (1, 2, 3)]


def test_cards_for_tables_and_for_people(trainer, made):
    page = trainer.get("seating.cards", **here(made))
    assert len(page.all("//div[contains(@class, 'cards')]/section")) == 6
    page = trainer.get("seating.cards", query={"each": "person"}, **here(made))
    assert len(page.all("//div[contains(@class, 'cards')]/section")) == 12
    assert page.all("//div[contains(@class, 'cards')]/section/h2")[0].text == "P00"


def test_whoever_came_without_a_place_finds_a_seat_and_nobody_moves(trainer, partnership, made):
    before = seats()
    late = partnership.person(2, name="Late Walker")
    trainer.post("attendance.walk_in", {"person": str(late.id)}, **here(made))
    assert "Late Walker sits at no table" in trainer.get("seating.plan", **here(made)).words
    answer = trainer.post("seating.change", {"came": str(late.id), "first": "1"}, **here(made))
    assert "Nobody else moves now." in trainer.follow(answer).text
    after = seats()
    assert {key: table for key, table in after.items() if key[1] != "Late Walker"} == before
    assert {number for number, name in after if name == "Late Walker"} == {1, 2, 3}


def test_nobody_but_those_of_the_room_can_be_named_as_missing_or_come(trainer, partnership, made):
    stranger = str(partnership.person(2).id)
    for sent in ({"missing": stranger}, {"came": stranger}, {"missing": "nonsense"}):
        trainer.post("seating.change", {**sent, "first": "1"}, expect=404, **here(made))
    page = trainer.post("seating.change", {"first": "1"}, expect=422, **here(made))
    assert "Tick who is missing, or who came" in page.words


def test_what_was_done_to_the_tables_is_audited_without_names(trainer, made):
    trainer.post("seating.change", {"missing": str(people_of(made)["P00"]), "first": "1"}, **here(made))
    db.session.rollback()
    rows = {row.action: row.detail for row in db.session.scalars(select(AuditEntry)) if "tables" in row.action}
    assert rows["tables.made"] == {"people": 12, "rounds": 3}
    assert rows["tables.changed"]["missing"] == 1
    assert "P00" not in str(rows)


@pytest.mark.parametrize(("page", "most"), [("plan", 17), ("screen", 14), ("listed", 14), ("cards", 14)])
def test_pages_of_tables_ask_the_database_as_often_for_many_as_for_few(trainer, made, count_queries, page, most):
    assert count_queries(lambda: trainer.get(f"seating.{page}", **here(made))) <= most


def test_the_page_of_the_room_code_names_my_table_once_tables_are_shown(as_user, actor, trainer, made):
    with writing():
        db.session.scalar(select(SeatingPlan)).shown_from = clock.now() + timedelta(hours=1)
    me = person("P01")
    assert tables_in_words(actor(me), made.sessions[0].id) == ""
    trainer.post("seating.show", **here(made))
    room = trainer.get("arriving.room", **here(made))
    code = room.all("//p[contains(., '/here/')]")[0].text_content().rpartition("/")[2].strip()
    page = as_user(me).get("arriving.here", session_id=made.sessions[0].id, code=code)
    assert ". ".join(f"Round {n}: table {seats(n)['P01']}" for n in (1, 2, 3)) in page.words


def test_rounds_and_when_tables_are_shown_move_with_their_session(trainer, day):
    def times():
        db.session.rollback()
        plan = db.session.scalar(select(SeatingPlan).execution_options(populate_existing=True))
        return [plan.shown_from, *(moment for one in plan.rounds for moment in (one.starts_at, one.ends_at))]

    trainer.post("building.edit", edit_form(day), cohort_id=day.id)  # to the minute
    trainer.post("seating.make", typed(trainer.get("seating.make", **here(day))), **here(day))
    before = times()
    trainer.post("building.edit", edit_form(day, **{"session-1-starts": "10:55"}), cohort_id=day.id)
    assert [after - was for after, was in zip(times(), before, strict=True)] == [timedelta(hours=1)] * 7
    page = trainer.get("seating.screen", **here(day))
    assert "Tables appear at 10:40" in page.text.replace("\xa0", " ")
    assert page.all("//@data-renew")


def test_whoever_has_a_seat_and_is_not_in_the_room_is_named(trainer, made):
    booking = db.session.scalar(select(Booking).join(Booking.person).where(Person.name == "P03")).id
    assert "not in the room" not in trainer.get("seating.plan", **here(made)).words
    trainer.post("attendance.register", {f"mark-{booking}": "absent"}, **here(made))
    assert "P03 has a seat, and is not in the room." in trainer.get("seating.plan", **here(made)).words
    trainer.post("seating.change", {"missing": str(people_of(made)["P03"]), "first": "1"}, **here(made))
    assert "not in the room" not in trainer.get("seating.plan", **here(made)).words


def test_whoever_must_be_kept_from_a_table_makes_others_move_and_never_sits_there(
    trainer, partnership, made, monkeypatch
):
    late = partnership.person(2, name="Late Walker")
    everybody = people_of(made)
    at_one = [everybody[name] for name, table in seats(1).items() if table == 1]
    apart = [(late.id, at_one[0]), *((late.id, everybody[name]) for name, table in seats(1).items() if table == 2)][:3]
    monkeypatch.setitem(current_app.extensions, "apart_pairs", lambda ids: [p for p in apart if {*p} <= {*ids}])
    trainer.post("attendance.walk_in", {"person": str(late.id)}, **here(made))
    answer = trainer.post("seating.change", {"came": str(late.id), "first": "1"}, **here(made))
    assert "Seated anew." in trainer.follow(answer).text
    names = {id_: name for name, id_ in everybody.items()}
    for number in (1, 2, 3):
        now = seats(number)
        assert len(now) == 13
        assert all(now[names[other]] != now["Late Walker"] for _, other in apart)


def test_two_trainers_make_tables_at_once_and_the_second_is_told(as_user, make, trainer, partnership, day):
    """Case 10, at the tables."""
    other = make.trainer(name="Other Trainer")
    with writing():
        db.session.add(CohortTrainer(cohort_id=day.id, person_id=other.id))
    mine = typed(trainer.get("seating.make", **here(day)))
    colleague = as_user(other)
    colleague.post("seating.make", typed(colleague.get("seating.make", **here(day))), **here(day))
    before = seats()
    page = trainer.post("seating.make", mine | {"table_size": "4"}, expect=422, **here(day))
    assert "Somebody else has made or changed these tables" in page.words
    assert page.all("//input[@name='table_size']/@value") == ["4"]
    assert seats() == before
    trainer.post("seating.make", typed(page), **here(day))
    assert max(seats().values()) == 3


def test_two_trainers_who_miss_the_same_person_seat_the_room_once(as_user, trainer, partnership, made):
    """Case 10, when somebody is missing."""
    sent = {"missing": str(people_of(made)["P00"]), "first": "1"}
    booking = db.session.scalar(select(Booking).join(Booking.person).where(Person.name == "P00")).id
    trainer.post("attendance.register", {f"mark-{booking}": "absent"}, **here(made))
    trainer.post("seating.change", sent, **here(made))
    before = seats()
    page = trainer.post("seating.change", sent, expect=422, **here(made))
    assert "The room is seated so already." in page.words
    assert seats() == before


def test_after_the_day_the_figures_are_of_those_who_came(trainer, made):
    """The page counts the pairs that really met."""
    absent = [row for row in db.session.scalars(select(Booking)) if row.person.name not in ("P00", "P01", "P02", "P03")]
    trainer.post("attendance.register", {f"mark-{row.id}": "absent" for row in absent}, **here(made))
    page = trainer.get("seating.plan", **here(made))
    four = ["P00", "P01", "P02", "P03"]  # of four agencies
    tables = [{name: seats(number)[name] for name in four} for number in (1, 2, 3)]
    met = {(p, q) for at in tables for p in four for q in four if p < q and at[p] == at[q]}
    assert f"meets on average {len(met) / 2:.1f} new people from other agencies over 3 rounds." in page.words
    assert "8 people marked absent are left out." in page.words
    assert "no seating can do better" not in page.words


def test_trainers_are_reminded_of_who_needs_a_seat_that_stays_and_nobody_else_reads_it(
    as_user, make, trainer, partnership, day
):
    with writing():
        row = db.session.scalar(select(Booking).join(Booking.person).where(Person.name == "P07"))
        arranging.write(row, ["loop", "parking"], "")
    page = trainer.get("seating.make", **here(day))
    assert "P07: a hearing loop" in page.words
    assert "parking" not in page.words
    coordinator = as_user(make.person(agency=partnership.agencies[0], roles=((Role.COORDINATOR, Scope.PARTNERSHIP),)))
    assert "P07: " not in coordinator.get("seating.make", **here(day)).words
