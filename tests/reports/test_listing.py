"""The list of reports: nobody finds one there that they cannot open, and each opens for whom it is listed."""

import pytest

from lms.core.permissions import Role, Scope
from lms.people import queries as people
from lms.reports import offered

ROLES = [
    (Role.STAFF, Scope.TEAM),
    (Role.TRAINER, Scope.PARTNERSHIP),
    (Role.MANAGER, Scope.TEAM),
    (Role.MANAGER, Scope.AGENCY),
    (Role.AUTHOR, Scope.PARTNERSHIP),
    (Role.COORDINATOR, Scope.PARTNERSHIP),
    (Role.OBSERVER, Scope.PARTNERSHIP),
    (Role.ADMINISTRATOR, Scope.PARTNERSHIP),
]


@pytest.fixture(params=ROLES, ids=lambda grant: f"{grant[0]}-{grant[1]}")
def person(request, make):
    team = make.team(make.agency())
    return make.person(team=team, roles=(request.param,))


def test_each_report_on_the_list_opens_and_no_other_page_of_figures_does(person, as_user):
    visitor, actor = as_user(person), people.actor(person)
    page = visitor.get("listing.reports")
    assert page.h1 == "Reports"
    listed = {one.endpoint for group in offered.offered_to(actor) for one in group.reports}
    for group in offered.REPORTS:
        for one in group.reports:
            assert (f'href="{visitor.address(one.endpoint)}"' in page.text) is (one.endpoint in listed)
            if one.endpoint in listed:
                opened = visitor.get(one.endpoint)
                assert "These figures are of whole agencies." not in opened.words


def test_every_question_and_page_is_listed_once():
    every = [one for group in offered.REPORTS for one in group.reports]
    assert len({one.endpoint for one in every}) == len({one.question for one in every}) == len(every)
    assert all(one.question.endswith("?") for one in every)


def test_the_board_and_whoever_else_has_figures_find_the_list_in_the_menu(make, as_user):
    agency = make.agency()
    for role, there in ((Role.OBSERVER, True), (Role.COORDINATOR, True), (Role.TRAINER, True), (Role.STAFF, False)):
        page = as_user(make.person(agency=agency, roles=((role, Scope.PARTNERSHIP),))).get("home.home")
        menu = [" ".join(one.text_content().split()) for one in page.all("//nav[@aria-label='Main']//a")]
        assert ("Reports" in menu) is there
        assert len(menu) <= 7
