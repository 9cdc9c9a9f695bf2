"""Two worlds that differ only in what a visitor may not see, walked through as every role: every page, file, order,
number, header and size is the same, and so is the number of questions to the database.
"""

import pytest
import time_machine

from lms.core import clock
from tests.leaks import hidden
from tests.leaks.crawling import Crawl, differences
from tests.support.browser import Visitor, settle

# Who has to do with all employers of the partnership: that there is another, and who works there, is not hidden.
WIDE = ("coordinator", "admin", "observer", "trainer", "other")
SAME_EMPLOYER = ("head",)
NARROW = ("owner", "mate", "manager", "deputy", "boss", "author", "outsider", "nobody")
# How the service is doing as a whole, for whoever runs it: no page of it names or counts people.
OF_THE_SITE = ("/metrics", "/healthz", "/readyz")
OF_ADMINISTRATORS = ("/operating/:", "/operating/?", "/operating/mail", "/acts/")
# What this walk itself was refused stands in the record; that of others changes no byte: tests/acts/test_policy.py.
OF_THE_WALK = ("/me/acts/",)
# What learners flagged is of the content, which all partnerships share: its authors read all of it, without names. How
# questions were answered is of their own partnership alone.
OF_THE_CONTENT = ("/content/:", "/content/flags/")
ANSWERED = "/content/answers"
# Whoever hands on a place looks for a colleague of their own employer by name: of another team, not another agency.
COLLEAGUES = "/send?"


@pytest.fixture
def walks(app, doors) -> dict[str, Crawl]:
    """A way through the world as it is, for each visitor."""

    def walk(who: str) -> Crawl:
        visitor = Visitor(app, app.test_client()) if who == "nobody" else doors.browser(who)
        return Crawl(app, visitor.client)

    found = {who: walk(who) for who in (*WIDE, *SAME_EMPLOYER, *NARROW)}
    settle()
    return found


@pytest.mark.slow
def test_what_is_hidden_changes_no_answer(make, area, doors, walks):
    them, _, trust = area
    starts = [doors.address(rule) for rule in doors.rules("GET")]
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False):
        for walk in walks.values():
            walk.walk(starts)
        assert sum(len(one.answers) for one in walks.values()) > 150 * len(walks)
        hidden.another_partnership(make)
        hidden.kept_to_themselves([them.peer, them.second], them.third)
        leaks = _changes(walks, WIDE) + _changes(walks, ("author",), ANSWERED)
        hidden.another_agency(make)
        leaks += _changes(walks, SAME_EMPLOYER) + _changes(walks, NARROW, COLLEAGUES)
        hidden.another_team(make, trust)
        leaks += [one for one in _changes(walks, NARROW) if COLLEAGUES not in one and ANSWERED not in one]
    assert not leaks, "\n".join(leaks)


def _changes(walks: dict[str, Crawl], whose: tuple[str, ...], part: str = "") -> list[str]:
    """What became different, but for what is meant to; of the addresses alone that hold this part."""
    settle()
    found = [(who, one) for who in whose for one in differences(walks[who].answers, walks[who].again(part))]
    return [f"{who}: {one}" for who, one in found if not one.startswith(_meant(who))]


def _meant(who: str) -> tuple[str, ...]:
    return OF_THE_SITE + OF_THE_WALK + {"admin": OF_ADMINISTRATORS, "author": OF_THE_CONTENT}.get(who, ())
