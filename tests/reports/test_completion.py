"""My team: the sentence, the filters, the order, the pages of the list, and what it costs."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from lms.assignments.models import Exemption, Leave
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people.models import Membership
from lms.reports.forms import MOST_TEAMS
from tests.assignments.pasts import BY_CHOICE, CORE, OTHER_CORE, begin, complete, days_ago
from tests.learning.reading import counting
from tests.reports.conftest import names, rows

TITLES = ["The lead professional", "Tiers of need and their limits"]


@pytest.fixture
def pasts(fernshire):
    """Ben is in date with all, Carys is late with one, Dele is due with one and exempt from the other."""
    f = fernshire
    with writing() as session:
        for module in (CORE, OTHER_CORE):
            complete(f.ben, module, days_ago(100))
        complete(f.carys, CORE, days_ago(1200))
        complete(f.carys, OTHER_CORE, days_ago(100))
        complete(f.dele, CORE, days_ago(1060))
        session.add(
            Exemption(
                person_id=f.dele.id, agency_id=f.health.id, module=OTHER_CORE, reason="Leave", granted_by=f.head.id
            )
        )
    return f


def cells(page, name: str) -> list[str]:
    (row,) = [one for one in page.all("//table//tbody/tr") if name in one.xpath("string(th)")]
    return [" ".join(" ".join(part.split()) for part in one.itertext() if part.strip()) for one in row.xpath("td")]


def test_the_sentence_says_it_first_and_the_counting_is_explained(pasts, as_user):
    page = as_user(pasts.head).get("reports.completion")
    assert page.h1 == "Fernshire Health: who has done what"
    # head, two team managers and Ben, Carys, Dele: 12 requirements, one of them exempt
    assert "4 of 11 requirements are in date (36%). 4 of 6 people have something overdue or expired." in page.words
    assert "1 more has something due soon." in page.words
    assert "11 requirements count, without 1 exempt and 0 not required" in page.words
    assert "People of Fernshire Health, once each" in page.words


def test_each_cell_says_status_and_date_in_words(pasts, as_user):
    page = as_user(pasts.head).get("reports.completion")
    assert [" ".join(one.text_content().split()) for one in page.all("//thead/tr/th")] == ["Person", *TITLES]
    assert cells(page, "Ben Whitlock")[0].startswith("In date until ")
    assert cells(page, "Carys Bevan")[0].startswith("Expired on ")
    assert cells(page, "Dele Adeyemi")[0].startswith("Due by ")
    assert cells(page, "Dele Adeyemi")[1] == "Exempt"
    assert cells(page, "Manager of North")[0].startswith("Overdue since ")


def test_a_module_by_choice_becomes_a_column_once_somebody_has_begun_it(pasts, as_user):
    visitor = as_user(pasts.head)
    assert "Leading integrated services" not in visitor.get("reports.completion").words
    with writing():
        begin(pasts.ben, BY_CHOICE)
    page = visitor.get("reports.completion")
    assert cells(page, "Ben Whitlock")[2] == "In progress not required"
    assert cells(page, "Carys Bevan")[2] == "Not required"
    assert "4 of 11 requirements" in page.words
    assert "Leading integrated services" not in as_user(pasts.care_manager).get("reports.completion").words


@pytest.mark.slow
def test_those_needing_attention_stand_first_and_headings_sort(pasts, as_user):
    visitor = as_user(pasts.head)
    page = visitor.get("reports.completion")
    worst = ["Head of Health", "Manager of North", "Manager of South", "Carys Bevan", "Dele Adeyemi", "Ben Whitlock"]
    assert names(page) == worst
    assert page.all("//th/@aria-sort") == []
    by_name = visitor.get(page.all("//thead//a[text()='Person']/@href")[0])
    assert names(by_name) == sorted(worst)
    assert by_name.all("//th[@aria-sort='ascending']/a/text()") == ["Person"]
    assert names(visitor.get(by_name.all("//thead//a[text()='Person']/@href")[0])) == sorted(worst, reverse=True)
    by_module = visitor.get(page.all(f"//thead//a[text()='{TITLES[0]}']/@href")[0])
    assert names(by_module)[-2:] == ["Dele Adeyemi", "Ben Whitlock"]
    assert by_module.all("//th[@aria-sort='descending']/a/text()") == [TITLES[0]]
    other_way = visitor.get(by_module.all(f"//thead//a[text()='{TITLES[0]}']/@href")[0])
    assert names(other_way)[0] == "Ben Whitlock"
    assert other_way.all("//th[@aria-sort='ascending']/a/text()") == [TITLES[0]]


@pytest.mark.slow
def test_the_team_changes_the_figures_and_status_and_name_only_the_list(pasts, as_user):
    visitor = as_user(pasts.head)
    north = visitor.get("reports.completion", query={"team": pasts.north.id})
    assert north.h1 == "North: who has done what"
    assert set(names(north)) == {"Manager of North", "Ben Whitlock", "Carys Bevan"}
    assert "3 of 6 requirements are in date (50%). 2 of 3 people have" in north.words
    late = visitor.get("reports.completion", query={"team": pasts.north.id, "status": "late"})
    assert names(late) == ["Manager of North", "Carys Bevan"]
    assert "3 of 6 requirements are in date" in late.words
    assert "2 of 3 people shown." in late.words
    for status, expected in (
        ("expired", ["Carys Bevan"]),
        ("due", ["Dele Adeyemi"]),
        ("exempt", ["Dele Adeyemi"]),
        ("current", ["Carys Bevan", "Ben Whitlock"]),
    ):
        assert names(visitor.get("reports.completion", query={"status": status})) == expected
    assert names(visitor.get("reports.completion", query={"q": " bEv "})) == ["Carys Bevan"]


def test_agencies_are_a_choice_only_for_who_sees_several(pasts, as_user):
    assert as_user(pasts.head).get("reports.completion").all("//select[@name='agency']") == []
    visitor = as_user(pasts.coordinator)
    page = visitor.get("reports.completion", query={"agency": pasts.care.id})
    assert page.h1 == "Fernshire Care: who has done what"
    assert set(names(page)) == {"Manager of Kestrel", "Coordinator", "Elin Rhys"}
    teams = page.all("//select[@name='team']/option/text()")
    assert "North" not in teams
    stale = visitor.get("reports.completion", query={"agency": pasts.care.id, "team": pasts.north.id})
    assert stale.h1 == "Fernshire Care: who has done what"


def test_what_was_chosen_stays_chosen_in_every_link(pasts, as_user):
    chosen = {"team": str(pasts.north.id), "status": "late", "q": "a"}
    page = as_user(pasts.head).get("reports.completion", query={**chosen, "sort": "name"})
    for link in (*page.all("//thead//a/@href"), *page.all("//section[@aria-labelledby='take']/p//a/@href")):
        for name, value in chosen.items():
            assert f"{name}={value}" in link
    assert page.all("//select[@name='team']/option[@selected]/@value") == [chosen["team"]]
    assert page.all("//select[@name='status']/option[@selected]/@value") == ["late"]
    assert page.all("//input[@name='q']/@value") == ["a"]
    assert page.all("//form//input[@name='sort']/@value") == ["name"]


@pytest.mark.slow
def test_a_long_list_has_pages_that_keep_what_was_chosen(fernshire, as_user, make):
    for number in range(28):
        make.person(f"Extra {number:02d}", team=fernshire.south)
    visitor = as_user(fernshire.south_manager)
    first = visitor.get("reports.completion", query={"q": "extra", "sort": "-name"})
    assert names(first) == [f"Extra {number:02d}" for number in range(27, 2, -1)]
    assert first.all("//nav[@class='pager']/span/text()") == ["Page 1 of 2"]
    second = visitor.get(first.all("//nav[@class='pager']/a[text()='Next']/@href")[0])
    assert names(second) == ["Extra 02", "Extra 01", "Extra 00"]
    assert names(visitor.get(second.all("//nav[@class='pager']/a[text()='Previous']/@href")[0])) == names(first)
    assert len(rows(visitor.get("reports.completion_csv", query={"q": "extra", "page": 2}))) == 28 * 2
    for page in ("99", "-1", "x"):
        visitor.get("reports.completion", query={"page": page})


def test_everyone_in_date_is_said_with_the_next_date(fernshire, as_user):
    with writing():
        for person in (fernshire.south_manager, fernshire.dele):
            for module in (CORE, OTHER_CORE):
                complete(person, module, days_ago(300 if person is fernshire.dele else 20))
    words = as_user(fernshire.south_manager).get("reports.completion").words
    assert "Everyone is in date. Next date: " in words
    assert ", Dele Adeyemi." in words


def test_who_manages_nobody_yet_is_told_so(as_user, make):
    lone = make.person(agency=make.agency(), roles=((Role.MANAGER, Scope.TEAM),))
    page = as_user(lone).get("reports.completion")
    assert "You have no people yet." in page.words
    assert rows(as_user(lone).get("reports.completion_csv")) == []


@pytest.mark.slow
def test_the_cost_does_not_grow_with_the_people_and_the_page_stays_small(fernshire, as_user, make):
    visitor = as_user(fernshire.south_manager)

    def fill(people: int) -> None:
        for number in range(people):
            person = make.person(f"Somebody with a long name {number}", team=fernshire.south, starts_on=days_ago(200))
            with writing():
                complete(person, CORE, days_ago(number + 1))
                complete(person, BY_CHOICE, days_ago(number + 1))

    def cost(endpoint: str, **values) -> int:
        with counting() as sent:
            visitor.get(endpoint, **values)
        return len(sent)

    fill(3)
    few = cost("reports.completion"), cost("reports.completion_csv")
    fill(57)
    assert (cost("reports.completion"), cost("reports.completion_csv")) == few
    assert few[0] <= 18  # two of them keep the record of looks in one chain
    assert cost("reports.person", person_id=fernshire.dele.id) <= 23
    page = visitor.get("reports.completion")
    assert len(names(page)) == 25
    assert len(gzip.compress(page.data)) <= 14_000


def test_a_past_day_is_shown_as_it_was_known_then_and_no_other_day_is(fernshire, as_user, make):
    with time_machine.travel(datetime.now(UTC) + timedelta(days=40)):
        visitor, then = as_user(fernshire.south_manager), clock.today()
        before = visitor.get("reports.completion", query={"as_at": days_ago(5).isoformat()})
        with writing():
            complete(fernshire.dele, CORE, days_ago(30))
            for post in db.session.query(Membership).filter_by(person_id=fernshire.south_manager.id):
                post.job = "Head of South"
        again = visitor.get("reports.completion", query={"as_at": days_ago(5).isoformat()})
        assert names(again) == names(before)
        assert cells(again, "Dele Adeyemi") == cells(before, "Dele Adeyemi")
        assert "Head of South" not in again.words
        assert f"This is how it stood on {days_ago(5):%A}" in again.words
        assert cells(visitor.get("reports.completion"), "Dele Adeyemi")[0].startswith("In date until")
        for wrong in ((then + timedelta(days=1)).isoformat(), "yesterday"):
            refused = visitor.get("reports.completion", query={"as_at": wrong}, expect=422)
            assert "Enter a day that is today or earlier" in refused.words
        held = rows(visitor.get("reports.completion_csv", query={"as_at": days_ago(5).isoformat()}))
        assert {row["As at"] for row in held} == {days_ago(5).isoformat()}


def test_before_anybody_was_known_nobody_is_counted(fernshire, as_user):
    page = as_user(fernshire.south_manager).get("reports.completion", query={"as_at": "2020-01-31"})
    assert "Nobody was known to work here then." in page.words


def test_who_is_on_long_leave_is_counted_apart(pasts, as_user):
    with writing() as session:
        session.add(
            Leave(person_id=pasts.carys.id, agency_id=pasts.health.id, first_day=days_ago(3), recorded_by=pasts.head.id)
        )
    page = as_user(pasts.head).get("reports.completion")
    assert "10 requirements count, without 1 exempt, 1 on long leave and 0 not required" in page.words


@pytest.mark.slow
def test_of_many_teams_one_is_found_by_its_name(fernshire, make, as_user):
    teams = [make.team(fernshire.health, f"Locality {number:02}") for number in range(MOST_TEAMS + 1)]
    for team in teams[:13]:
        make.person(f"Worker of {team.name}", team=team)
    visitor = as_user(fernshire.head)
    few = visitor.get("reports.completion")
    assert not few.all("//input[@name='team_name']")  # nobody works in most of these teams
    for team in teams[13:]:
        make.person(f"Worker of {team.name}", team=team)
    many = visitor.get("reports.completion")
    assert many.all("//input[@name='team_name']")
    assert not many.all("//select[@name='team']")
    several = visitor.get("reports.completion", query={"team_name": "LOCALITY 1"})
    assert "10 teams have this in their name. Choose one of them." in several.words
    assert len(several.all("//select[@name='team']/option")) == 1 + 10
    assert "Worker of Locality 40" in names(visitor.get("reports.completion", query={"q": "40"}))
    chosen = visitor.get("reports.completion", query={"team_name": "locality 40"})
    assert chosen.h1 == "Locality 40: who has done what"
    assert names(chosen) == ["Worker of Locality 40"]
    by_id = {"team": str(teams[7].id)}
    assert names(visitor.get("reports.completion", query=by_id)) == ["Worker of Locality 07"]
    another = visitor.get("releasing.due", query=by_id | {"team_name": "12"})
    assert another.h1 == "Locality 12: due and overdue"
    nothing = visitor.get("releasing.cover", query={"team_name": "nowhere"})
    assert "No team here has this in its name. Type a part of the name." in nothing.words
    everywhere = visitor.get("releasing.due", query={"team_name": "o"})
    assert f"{MOST_TEAMS + 3} teams have this in their name. Type more of it." in everywhere.words


def test_a_manager_who_is_late_themself_is_told_so(pasts, as_user):
    assert "You are one of them: see what you need." in as_user(pasts.north_manager).get("reports.completion").words
    late = {"team": pasts.south.id}  # whose figures do not hold the head of all
    assert "You are one of them" not in as_user(pasts.head).get("reports.completion", query=late).words
