"""Two worlds that differ only in what a visitor may not see, walked through as every role: every page, file, order,
number, header and size is the same, and so is what the database is asked.
"""


import pytest
import time_machine

from lms.core import clock
from tests.leaks import hidden
from tests.leaks.crawling import Crawl, differences
from tests.support.browser import Visitor, settle

EVERYBODY = ("owner", "mate", "manager", "deputy", "head", "boss", "trainer", "other", "coordinator", "admin",
             "author", "observer", "outsider", "nobody")  # fmt: skip
# Who sees all employers of the partnership: of its other agencies nothing is hidden from them as a whole.
WIDE = ("coordinator", "admin", "observer")
SAME_EMPLOYER = ("head",)
# How the service is doing as a whole, for whoever runs it: no page of it names or counts people.
OF_THE_SITE = ("/operating/", "/metrics", "/healthz", "/readyz")


import os

ONLY = os.environ.get('ONLY', ' '.join(EVERYBODY)).split()

@pytest.fixture
def crawls(app, doors):
    """A walk of each visitor through the world as it is."""
    starts = [doors.address(rule) for rule in doors.rules("GET")]
    starts = [one for one in starts if not one.startswith(OF_THE_SITE)]
    settle()

    def crawl(who: str) -> Crawl:
        visitor = Visitor(app, app.test_client()) if who == "nobody" else doors.browser(who)
        return Crawl(app, visitor.client)

    return {who: crawl(who) for who in EVERYBODY}, starts


@pytest.mark.slow
def test_what_is_hidden_changes_no_answer(make, area, crawls):
    them, _, trust = area
    walks, starts = crawls
    walks = {who: one for who, one in walks.items() if who in ONLY}
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False):
        for walk in walks.values():
            walk.walk(starts)
        assert sum(len(one.answers) for one in walks.values()) > 150 * len(walks)
        hidden.another_partnership(make)
        hidden.kept_to_themselves([them.peer, them.second], them.other)
        settle()
        found = [(who, *_changes(walks[who])) for who in WIDE if who in walks]
        hidden.another_agency(make)
        settle()
        found += [(who, *_changes(walks[who])) for who in SAME_EMPLOYER if who in walks]
        hidden.another_team(make, trust)
        settle()
        found += [(who, *_changes(walks[who])) for who in walks if who not in (*WIDE, *SAME_EMPLOYER)]
    leaks = [f"{who}: {one}" for who, *differing in found for one in differing]
    assert not leaks, "\n".join(leaks)


def _changes(walk: Crawl) -> list[str]:
    return differences(walk.answers, walk.again())
