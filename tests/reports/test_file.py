"""The report as a file: the same people and words as the page, and nothing a spreadsheet would run."""

import pytest

from lms.core import clock
from lms.core.db import writing
from tests.assignments.pasts import CORE, OTHER_CORE, complete, days_ago
from tests.reports.conftest import names, rows


@pytest.mark.slow
def test_the_file_holds_what_the_page_shows_in_the_same_order(fernshire, as_user):
    with writing():
        complete(fernshire.ben, CORE, days_ago(100))
    visitor = as_user(fernshire.head)
    for query in ({}, {"sort": "name"}, {"status": "current"}, {"team": fernshire.south.id}, {"q": "manager"}):
        page = visitor.get("reports.completion", query=query)
        shown = [
            (name, title, label.strip())
            for name, row in zip(names(page), page.all("//table//tbody/tr"), strict=True)
            for title, label in zip(
                [one.strip() for one in page.all("//thead/tr/th[position()>1]/a/text()")],
                [cell.xpath("string(span)") for cell in row.xpath("td")],
                strict=True,
            )
        ]
        held = rows(visitor.get("reports.completion_csv", query=query))
        labels = {"current": "In date", "overdue": "Overdue", "not required": "Not required"}
        assert [(row["Name"], row["Module"], labels[row["Status"]]) for row in held] == shown


def test_a_row_says_who_where_what_and_when(fernshire, as_user):
    with writing():
        complete(fernshire.ben, CORE, days_ago(100), months=12)
    visitor = as_user(fernshire.north_manager)
    answer = visitor.get("reports.completion_csv", query={"q": "Ben"})
    today = clock.today().isoformat()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="completion-{today}.csv"'
    done, late = rows(answer)
    assert done["E-mail"] == fernshire.ben.email
    assert (done["Agency"], done["Team"], done["Job"]) == ("Fernshire Health", "North", "Health visitor")
    assert (done["Module"], done["Module code"], done["Required"]) == ("The lead professional", CORE, "yes")
    assert (done["Status"], done["Completed on"]) == ("current", days_ago(100).isoformat())
    assert done["In words"].startswith("In date until ")
    assert done["First due"] == days_ago(400 - 90).isoformat()
    assert done["In date until"].endswith(days_ago(100).isoformat()[4:])
    assert (late["Module code"], late["Status"], late["Completed on"]) == (OTHER_CORE, "overdue", "")
    assert (done["As at"], done["Scope"]) == (today, "North")


def test_names_that_look_like_formulas_are_neutral(fernshire, as_user, make):
    for name in ("=cmd|' /C calc'!A0", "+SUM(1)", "-2+3", "@name"):
        make.person(name, team=fernshire.south, job="=1+1")
    answer = as_user(fernshire.south_manager).get("reports.completion_csv")
    for row in rows(answer):
        for value in row.values():
            assert not value.startswith(("=", "+", "-", "@", "\t", "\r")), value
    assert "'=cmd|' /C calc'!A0" in answer.text
    assert "'=1+1" in answer.text
