"""What is hidden is answered as what was never there: by the same bytes, after the same questions to the database, and
so in the same time. For every address that names a thing, read and written.
"""

from collections.abc import Iterator
from statistics import median
from time import process_time
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.attacks.doors import kinds
from tests.leaks import hidden
from tests.leaks.crawling import FRESH, NOT_COMPARED, statements
from tests.support.browser import settle

# Of another partnership everything is hidden from all of them.
ALL = ("owner", "manager", "deputy", "boss", "trainer", "coordinator", "admin", "author", "observer", "outsider")
# Of another employer of the partnership, and of another team, only from these.
NARROW = ("owner", "manager", "deputy", "trainer", "author", "outsider")
# What learners flagged is of the content, which all partnerships share: its authors read all of it, without names.
OF_THE_CONTENT = ("flags.show", "flags.answer")
MOST_SECONDS_APART = 0.005


@pytest.fixture
def away(make, area):
    """What is hidden, from whom."""
    _, _, trust = area
    found = [(ALL, hidden.another_partnership(make)[1]), (NARROW, hidden.another_agency(make)[1])]
    # A team's agency is the reader's own, and is not hidden.
    team = {name: one for name, one in hidden.another_team(make, trust)[1].items() if name != "agency_id"}
    settle()
    return [*found, (NARROW, team)]


def addresses(doors, things: dict[str, Any], method: str) -> Iterator[tuple[str, str, str]]:
    """Each rule that names things, filled with hidden ones and with ones that never were: all of them, and the last
    alone, beneath a thing of the reader's own world.
    """
    for rule in doors.rules(method):
        asked = [one for one, kind in kinds(rule).items() if kind == "UUIDConverter"]
        known = [one for one in asked if one in things]
        if not known:
            continue
        plain = doors.values(rule)
        nowhere = {one: uuid4() for one in asked}
        there = {**nowhere, **{one: things[one] for one in known}}
        yield rule.endpoint, _build(doors, rule, {**plain, **there}), _build(doors, rule, {**plain, **nowhere})
        if len(asked) > 1 and asked[-1] in things:
            last = asked[-1]
            yield (
                rule.endpoint,
                _build(doors, rule, {**plain, last: things[last]}),
                _build(doors, rule, {**plain, last: uuid4()}),
            )


def _build(doors, rule, values) -> str:
    return doors.app.url_map.bind("localhost").build(rule.endpoint, values)


def answer(browser, address: str, method: str, token: str) -> tuple[int, list[tuple[str, str]], bytes, int]:
    settle()
    with statements() as asked:
        sent = {"data": {"csrf_token": token}} if method == "POST" else {}
        response = browser.client.open(address, method=method, **sent)
    body = FRESH.sub(rb"\1-\2", response.data)
    for part in address.replace(".", "/").split("/"):
        if len(part) == 36:
            body = body.replace(str(UUID(part)).encode(), b"-" * 36)
    headers = sorted((k, v) for k, v in response.headers if k not in (*NOT_COMPARED, "Location"))
    return response.status_code, headers, body, len(asked)


@pytest.mark.slow
@pytest.mark.parametrize("who", ALL)
def test_the_answer_tells_nothing_of_what_is_there(doors, away, who):
    browser = doors.browser(who)
    token = browser.token()
    browser.client.get("/")
    wrong, tried = [], 0
    for whom, things in away:
        for method in ("GET", "POST") if who in whom else ():
            for endpoint, there, nowhere in addresses(doors, things, method):
                if who == "author" and endpoint in OF_THE_CONTENT:
                    continue
                first, second = (answer(browser, one, method, token) for one in (there, nowhere))
                tried += 1
                if first != second:
                    said = [name for name, a, b in zip(("status", "headers", "body", "statements"), first, second,
                                                       strict=True) if a != b]  # fmt: skip
                    wrong.append(f"{method} {endpoint} {there}: {said} {first[0]} {second[0]} {first[3]} {second[3]}")
    assert tried > 90
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_and_takes_no_longer(doors, away):
    """The time of the processor, so that what else the machine does counts for neither."""
    browser, gaps = doors.browser("manager"), {}
    token = browser.token()
    things = away[0][1]
    asked = {
        "cohorts.show",
        "reports.person",
        "exports.show",
        "certificates.show",
        "arriving.here",
        "assigning.withdraw",
    }
    for endpoint, there, nowhere in addresses(doors, things, "GET"):
        if endpoint in asked:
            took: dict[str, list[float]] = {there: [], nowhere: []}
            for _ in range(25):
                for one in (there, nowhere):
                    began = process_time()
                    answer(browser, one, "GET", token)
                    took[one].append(process_time() - began)
            gaps[endpoint] = abs(median(took[there]) - median(took[nowhere]))
    assert set(gaps) == asked
    assert max(gaps.values()) < MOST_SECONDS_APART, gaps
