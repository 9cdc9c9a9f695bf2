"""Who sees which figures: a coordinator all, a trainer their cohorts, the head of an agency its own, the board no small
number, and nobody anything of another partnership.
"""

from datetime import date

import pytest
import time_machine

from lms.cohorts.models import CohortTrainer
from lms.cohorts.states import BookingState, CohortState, Mark
from lms.core.permissions import Role, Scope
from tests.together.conftest import LAST_QUARTER, NOW, WHOLE, rows, table

pytestmark = pytest.mark.slow

PAGES = ("together.figures", "together.mix", "together.matrix")
FILES = tuple(f"{page}_csv" for page in PAGES)
NO_FIGURES = [Role.STAFF, Role.AUTHOR, Role.ADMINISTRATOR]
YEAR_LATER = date(2027, 5, 4)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def busy(area):
    """A quarter with four people of one agency, and more of the others."""
    one, two = area.cohort(capacity=40), area.cohort(title="Tiers of need", capacity=40)
    area.came(one, Health=12, Schools=9, Care=7)
    area.came(two, Health=6, Schools=10, Police=4)
    area.enter(two, area.people("Schools", 3), mark=Mark.ABSENT)
    area.enter(two, area.people("Health", 2), BookingState.CANCELLED)
    return area


@pytest.mark.parametrize("role", NO_FIGURES)
def test_other_roles_cannot_open_figures(busy, as_user, make, role):
    visitor = as_user(make.person(agency=busy.agencies["Health"], roles=((role, WHOLE),)))
    for page in (*PAGES, *FILES):
        visitor.get(page, expect=403)


def test_who_manages_a_team_alone_is_told_who_sees_figures(busy, as_user, make):
    visitor = as_user(make.manager(team=make.team(busy.agencies["Health"])))
    assert "These figures are of whole agencies." in visitor.get("together.figures").words
    for page in ("reports.completion", "home.home"):
        assert f'href="{visitor.address("together.figures")}"' not in visitor.get(page).text
    for file in FILES:
        visitor.get(file, expect=404)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.TRAINER, Role.OBSERVER])
def test_another_partnership_sees_nothing(busy, as_user, make, role):
    away = make.person(agency=make.agency("Away", partnership="Westmark"), roles=((role, WHOLE),))
    visitor = as_user(away)
    for page in ("together.figures", "together.matrix"):
        found = visitor.get(page)
        assert not any(name in found.text for name in ("Who leads", "Tiers of need", "Police", "Schools"))
        visitor.get(f"{page}_csv", expect=404)


def test_the_head_of_an_agency_elsewhere_sees_nothing_of_this_partnership(busy, as_user, make):
    visitor = as_user(make.manager(agency=make.agency("Away", partnership="Westmark")))
    assert "No joint day has been held yet." in visitor.get("together.figures").words


def test_a_trainer_sees_the_cohorts_they_run_and_no_others(busy, as_user, make):
    other = make.trainer(busy.agencies["Care"])
    own = busy.cohort(title="Their own")
    busy.came(own, Care=2, Health=1)
    make.save(CohortTrainer(cohort_id=own.id, person_id=other.id))
    visitor = as_user(other)
    page = visitor.get("together.figures")
    assert set(table(page, "By course")) == {"Their own", "All together"}
    assert table(page, "By agency")["Schools"]["Attended"] == "0"
    assert {row["Cohort"] for row in rows(visitor.get("together.mix_csv"))} == {"Their own"}
    met = {row["Pairs met"] for row in rows(visitor.get("together.matrix_csv"))}
    assert met == {"0", "2"}


def test_the_head_of_an_agency_sees_its_own_people_alone(busy, as_user, make):
    visitor = as_user(make.manager(agency=busy.agencies["Police"], name="Head of Police"))
    page = visitor.get("together.figures")
    assert table(page, "By course") == {
        "Tiers of need": dict(table(page, "By course")["Tiers of need"], Booked="4", Attended="4"),
        "All together": dict(table(page, "By course")["All together"], Booked="4", Attended="4"),
    }
    assert "Capacity" not in table(page, "By course")["Tiers of need"]
    assert not any(name in page.words for name in ("Health", "Schools", "Care", "Who leads"))
    assert {row["By"] for row in rows(visitor.get("together.figures_csv"))} == {"Course", "Together"}
    visitor.get("together.mix", expect=404)
    visitor.get("together.mix_csv", expect=404)
    pairs = rows(visitor.get("together.matrix_csv"))
    met = "People who have met somebody of the other agency"
    assert [(row["Agency"], row["Other agency"], row[met]) for row in pairs] == [
        ("Police", "Care", "0"), ("Police", "Health", "4"), ("Police", "Schools", "4"),
    ]  # fmt: skip
    assert "Schools" in visitor.get("together.matrix").words


def test_the_head_of_an_agency_does_not_learn_how_few_of_another_came(busy, as_user, make):
    """Six of Health and four of Police were in one room: 24 pairs, divided by one's own six, are four of Police."""
    visitor = as_user(make.manager(agency=busy.agencies["Health"]))
    page = visitor.get("together.matrix")
    assert ["P Police", "6"] in [[" ".join(c.text_content().split()) for c in row] for row in page.all("//tbody/tr")]
    in_file = {row["Other agency"]: row for row in rows(visitor.get("together.matrix_csv"))}
    assert "24" not in page.words
    assert in_file["Police"]["People who have met somebody of the other agency"] == "6"
    assert not any("airs" in heading for heading in in_file["Police"])


def test_the_board_sees_fewer_than_5_and_cannot_subtract(busy, as_user):
    visitor = as_user(busy.board)
    page = visitor.get("together.figures")
    by_agency = table(page, "By agency")
    assert by_agency["Police"] == {"Booked": "Fewer than 5", "Attended": "Fewer than 5"}
    shown = [name for name, row in by_agency.items() if row["Attended"].isdigit()]
    assert "All together" in shown
    hidden = [name for name in by_agency if name not in shown]
    assert len(hidden) == 3
    rest = int(by_agency["All together"]["Attended"]) - sum(int(by_agency[name]["Attended"]) for name in shown[:-1])
    came = {"Health": 18, "Schools": 19}  # what the head of each knows; Police may still be any of 0 to 4
    assert all(rest - came[name] >= 9 for name in hidden if name != "Police")
    assert table(page, "All together")["No-show rate"]["Percent"] == "Not shown"
    assert "Fewer than 5” is 0 to 4" in page.words


def test_the_head_of_an_agency_on_the_board_cannot_subtract_their_own(busy, as_user, make):
    """What the board does not show of Police is not what is left when the head of Health takes away their own."""
    roles = ((Role.MANAGER, Scope.AGENCY), (Role.OBSERVER, WHOLE))
    for name in ("Health", "Schools"):
        visitor = as_user(make.person(agency=busy.agencies[name], roles=roles))
        own = table(visitor.get("together.figures", query={"of": "agency-1"}), "By course")["All together"]
        board = table(visitor.get("together.figures", query={"of": "board-2"}), "By agency")
        for count in ("Booked", "Attended"):
            shown = [int(row[count]) for key, row in board.items() if row[count].isdigit() and key != "All together"]
            left = int(board["All together"][count]) - sum(shown)
            if not board[name][count].isdigit():
                left -= int(own[count])
            assert left >= 9, (name, count)


def test_the_boards_file_holds_what_the_page_holds(busy, as_user):
    visitor = as_user(busy.board)
    shown = table(visitor.get("together.figures"), "By agency")
    for row in rows(visitor.get("together.figures_csv")):
        if row["By"] == "Agency":
            assert {name: row[name] for name in ("Booked", "Attended")} == shown[row["Name"]]
            assert not any(row[name] for name in ("No-show", "Cancelled", "Walk-in", "Not noted"))


def test_a_year_and_its_quarters_give_the_board_nothing_to_subtract(busy, as_user):
    """Police came in one quarter alone, so the year minus the other quarter would be what that quarter hides."""
    later = busy.cohort(date(2026, 7, 2), title="Later", capacity=60)
    busy.came(later, Health=12, Schools=12, Care=12, Police=11)
    with time_machine.travel(NOW.replace(month=12), tick=False):
        visitor = as_user(busy.board)
        quarters = [
            table(visitor.get("together.figures", query={"period": period}), "By agency")
            for period in ("2026-04", "2026-07")
        ]
        year = table(visitor.get("together.figures", query={"period": "2026-to-2027"}), "By agency")
    assert quarters[1]["Police"]["Attended"] == "11"
    assert year["Police"]["Attended"] == "Not shown"
    for name, row in year.items():
        parts = [quarter[name]["Attended"] for quarter in quarters]
        assert row["Attended"] == (str(sum(map(int, parts))) if all(one.isdigit() for one in parts) else "Not shown")


def test_the_board_sees_no_quarter_before_it_is_over(busy, as_user):
    busy.came(busy.cohort(NOW.date().replace(month=7), title="This quarter"), Health=30, Schools=30)
    visitor = as_user(busy.board)
    page = visitor.get("together.figures")
    assert "April to June 2026" in page.words
    visitor.get("together.figures", query={"period": "2026-07"}, expect=404)
    year = visitor.get("together.figures", query={"period": "2026-to-2027"})
    assert "This quarter" not in year.text
    assert table(year, "By course")["All together"] == table(page, "By course")["All together"]


def test_the_board_sees_no_single_cohort_and_nobody_who_waits(busy, as_user):
    coming = busy.cohort(date(2026, 9, 1), state=CohortState.OPEN)
    busy.enter(coming, busy.people("Care", 9), BookingState.WAITING, booked=False)
    visitor = as_user(busy.board)
    assert "Who waits now" not in visitor.get("together.figures").text
    visitor.get("together.mix", expect=404)
    visitor.get("together.mix_csv", expect=404)


def test_too_few_people_keep_a_quarter_back(area, as_user):
    area.came(area.cohort(), Health=3, Police=4)
    visitor = as_user(area.board)
    page = visitor.get("together.figures")
    assert "Too few people came for these figures to be shown." in page.words
    assert not page.all("//table")
    assert rows(visitor.get("together.figures_csv")) == []


def test_the_boards_matrix_hides_pairs_and_is_of_whole_years(busy, as_user):
    visitor = as_user(busy.board)
    assert "There is nothing to show yet." in visitor.get("together.matrix").words
    with time_machine.travel(NOW.replace(year=2027, month=4), tick=False):
        visitor = as_user(busy.board)
        page = visitor.get("together.matrix")
        found = {(row["Agency"], row["Other agency"]): row for row in rows(visitor.get("together.matrix_csv"))}
        for query in ({"period": "2026-04"}, {"locality": "North"}):
            visitor.get("together.matrix", query=query, expect=404)
    assert found["Care", "Police"]["Pairs met"] == found["Police", "Schools"]["Pairs met"] == "Fewer than 5"
    assert found["Care", "Health"]["Pairs met"] == "84"
    assert {row["Cold"] for row in found.values()} == {""}
    assert page.words.count("Fewer than 5") >= 3
    assert "Build the next cohort" not in page.text


def test_several_roles_are_several_sets_of_figures(busy, as_user, make):
    roles = ((Role.TRAINER, WHOLE), (Role.MANAGER, Scope.AGENCY), (Role.OBSERVER, WHOLE))
    visitor = as_user(make.person(agency=busy.agencies["Police"], roles=roles))
    page = visitor.get("together.figures", query={"of": "agency-2"})
    keys = [option.get("value") for option in page.all("//select[@id='of']/option")]
    assert keys == ["cohorts-1", "agency-2", "board-3"]
    assert table(page, "By course")["All together"]["Attended"] == "4"
    visitor.get("together.mix", query={"of": "board-3"}, expect=404)
    assert (
        table(visitor.get("together.figures", query={"of": "board-3"}), "By agency")["Police"]["Booked"]
        == "Fewer than 5"
    )


def test_each_finds_the_figures_from_where_they_work(busy, as_user, make):
    links = {
        "building.cohorts": busy.trainer,
        "reports.completion": make.manager(agency=busy.agencies["Police"]),
        "home.home": busy.board,
    }
    for page, person in links.items():
        visitor = as_user(person)
        assert visitor.address("together.figures") in visitor.get(page).text
    menu = as_user(busy.board).get("together.figures").all("//nav[@aria-label='Main']//a[@aria-current]")
    assert [" ".join(one.text_content().split()) for one in menu] == ["Reports"]
    menu = as_user(busy.coordinator).get("together.figures").all("//nav[@aria-label='Main']//a[@aria-current]")
    assert [" ".join(one.text_content().split()) for one in menu] == ["Reports"]
    assert LAST_QUARTER.year == 2026


def test_the_mix_is_planned_and_actual(area, as_user):
    cohort = area.cohort()
    area.came(cohort, Health=4, Schools=2)
    area.enter(cohort, area.people("Care", 2), mark=Mark.ABSENT)
    area.enter(cohort, area.people("Police", 1), BookingState.WALK_IN, Mark.PRESENT, booked=False)
    area.enter(cohort, area.people("Police", 3), BookingState.CANCELLED)
    page = as_user(area.coordinator).get("together.mix")
    found = {row["Agency"]: row for row in rows(as_user(area.coordinator).get("together.mix_csv"))}
    planned, came = "Planned (still booked when the day came)", "On the day (attended)"
    assert {name: (row[planned], row[came]) for name, row in found.items()} == {
        "Health": ("4", "4"), "Schools": ("2", "2"), "Care": ("2", "0"), "Police": ("0", "1"),
    }  # fmt: skip
    assert "Planned: 8 people of 3 agencies, index 0.62" in page.words
    assert "On the day: 7 people of 3 agencies, index 0.57" in page.words
    assert "Came alone: Police." in page.words
    assert "Had places, but nobody came: Care." in page.words
    assert "Never present: Social care." in page.words
    planned_bar, came_bar = page.all("//svg[contains(@class, 'mix')]")[2:4]
    assert _width(planned_bar) == pytest.approx(100)
    assert _width(came_bar) == pytest.approx(100 * 7 / 8, abs=0.1)
    parts = table(page, "1 cohort together")
    assert parts["E Schools"]["Of those who came"] == "28.6%"


def _width(bar) -> float:
    return sum(float(one.get("width").removesuffix("%")) for one in bar.xpath(".//rect"))


def test_the_head_of_an_agency_does_not_learn_when_others_were_taught_alone(area, as_user, make):
    """The quarters on offer and the days without a register are of the joint days that the agency's people were on."""
    area.came(area.cohort(), Health=6, Care=5)
    head = make.manager(agency=area.agencies["Health"])
    addresses = ("together.figures", "together.matrix", "together.waiting")
    before = [as_user(head).get(one).all("//main//option/text()") for one in addresses]
    words = [as_user(head).get(one).words for one in addresses]
    area.came(area.cohort(date(2025, 11, 12), title="Ours alone", all_agencies=False), Care=6)
    area.enter(area.cohort(date(2026, 7, 8), title="No register"), area.people("Care", 6))
    assert [as_user(head).get(one).all("//main//option/text()") for one in addresses] == before
    assert [as_user(head).get(one).words for one in addresses] == words
    assert as_user(area.coordinator).get("together.figures").all("//main//option/text()") != before[0]
