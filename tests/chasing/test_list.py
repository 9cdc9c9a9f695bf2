"""From My team to the page before a reminder: the button, the ticks, and who is offered neither."""

import pytest

from lms.core.db import writing
from lms.core.permissions import Role, Scope
from lms.people.models import MembershipRole
from tests.assignments.pasts import CORE, OTHER_CORE, complete, days_ago


@pytest.fixture
def f(fernshire):
    """Ben has done all; everybody else is late."""
    with writing():
        for module in (CORE, OTHER_CORE):
            complete(fernshire.ben, module, days_ago(100))
    return fernshire


def button(page) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.all("//main//a[contains(@href, '/chasing/remind')]")]


def ticks(page) -> set[str]:
    """Whom the table and the list for phones let tick; both offer the same."""
    table = page.all("//table//input[@name='person']/@value")
    phone = page.all("//ul[@class='fold']//input[@name='person']/@value")
    assert table == phone
    return set(table)


def test_the_button_counts_exactly_who_stands_on_the_page_it_opens(f, as_user):
    visitor = as_user(f.head)
    page = visitor.get("reports.completion")
    assert button(page) == ["Remind the 4 who are late"]  # the head is late too, and reminds not themself
    assert visitor.get(page.all("//main//a[contains(@href, '/chasing/remind')]/@href")[0]).h1 == "Remind 4 people"
    page = visitor.get("reports.completion", query={"team": str(f.south.id), "status": "current", "q": "Ben"})
    assert button(page) == ["Remind the 2 who are late"]
    assert visitor.get(page.all("//main//a[contains(@href, '/chasing/remind')]/@href")[0]).h1 == "Remind 2 people"


def test_ticking_on_the_list_selects_those_people_and_no_others(f, as_user):
    visitor = as_user(f.north_manager)
    page = visitor.get("reports.completion")
    assert ticks(page) == {str(f.ben.id), str(f.carys.id)}
    (form,) = page.forms("action='/chasing/remind'")
    assert form.get("method") == "get"
    page = visitor.get(f"/chasing/remind?of=ticked&person={f.carys.id}&person={f.carys.id}&person={f.ben.id}")
    assert page.h1 == "Remind 1 person"
    assert "Ben Whitlock has nothing overdue or due soon." in page.words
    page = visitor.get("/chasing/remind?of=ticked")
    assert "You ticked nobody on the list, so these are all who are late." in page.words


def test_one_person_is_reminded_from_their_page(f, as_user):
    visitor = as_user(f.north_manager)
    page = visitor.get("reports.person", person_id=f.carys.id)
    assert button(page) == ["Remind Carys Bevan"]
    assert visitor.get(page.all("//main//a[contains(@href, '/chasing/remind')]/@href")[0]).h1 == "Remind 1 person"
    assert button(visitor.get("reports.person", person_id=f.ben.id)) == []
    assert button(visitor.get("reports.person", person_id=f.north_manager.id)) == []


def test_a_coordinator_is_offered_none_of_it_unless_they_manage_a_team(f, as_user):
    page = as_user(f.coordinator).get("reports.completion")
    assert (button(page), ticks(page)) == ([], set())
    assert button(as_user(f.coordinator).get("reports.person", person_id=f.carys.id)) == []
    with writing() as session:
        post = session.merge(f.coordinator).memberships[0]
        post.team_id = f.kestrel.id
        post.roles.append(MembershipRole(role=Role.MANAGER.value, scope=Scope.TEAM.value))
    page = as_user(f.coordinator).get("reports.completion")
    assert button(page) == ["Remind the 2 who are late"]
    assert ticks(page) == {str(f.elin.id), str(f.care_manager.id)}


def test_a_past_day_is_for_reading_only(f, as_user):
    page = as_user(f.head).get("reports.completion", query={"as_at": days_ago(30).isoformat()})
    assert (button(page), ticks(page)) == ([], set())
