"""The kinds of work the bench compares: what people ask of the product, and the same kind asked of the floor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, cycle
from random import Random
from urllib.parse import urlencode

from markupsafe import escape

from bench import floor
from bench.load import Call
from bench.people import SEED, Crowd, Go, name
from lms.catalogue.library import Library
from lms.quizzes.quiz import Matching, Ordering

AT_ONCE = 4
PAGES_EACH = 3


@dataclass(frozen=True)
class Work:
    """One kind of work, with what each of the people at work at once asks of the product and of the floor."""

    name: str
    product: Sequence[Iterator[Call]]
    floor: Sequence[Iterator[Call]]


def works(library: Library, crowd: Crowd, goes: Sequence[Go], floor_cookies: Sequence[str]) -> list[Work]:
    """All kinds of work, in the order of the table. The answers of the product are used up, all else goes round."""
    floor_pages = [
        Call(f"/page/{n}", cookie, f"<h1>Page {n}</h1>") for cookie in floor_cookies for n in range(1, floor.PAGES + 1)
    ]
    floor_answers = [
        Call(f"/answer/{n}", cookie, "/page/1", "POST", status=303) for n, cookie in enumerate(floor_cookies)
    ]
    listed, as_csv = report(crowd)
    floor_listed = Call("/report", floor_cookies[0], name(0))
    floor_csv = Call("/report.csv", floor_cookies[0], as_csv.marker)
    return [
        Work("module page", _round(pages(library, crowd)), _round(floor_pages)),
        Work("quiz answer", _shared(goes), _round(floor_answers)),
        Work("completion report", _round([listed]), _round([floor_listed])),
        Work("the report as CSV", _round([as_csv]), _round([floor_csv])),
    ]


def pages(library: Library, crowd: Crowd) -> list[Call]:
    """Module pages as they are read: different people, different pages, in no order."""
    chance = Random(SEED)  # noqa: S311 -- a shuffle, no secret
    every = [(module, page) for module in library.modules for page in module.pages]
    found = []
    for browser in crowd.staff:
        for module, page in chance.sample(every, PAGES_EACH):
            found.append(Call(f"/learn/{module.slug}/{page.slug}", browser.cookie, f"<h1>{escape(page.title)}</h1>"))
    chance.shuffle(found)
    return found


def answers(go: Go) -> list[Call]:
    """Every answer of a begun check, one after the other, whatever comes first on the page; each leads to the next."""
    address, last = f"/quizzes/{go.sitting.check.slug}/{go.attempt_id}", go.sitting.size
    return [
        Call(
            f"{address}/{position}",
            go.browser.cookie,
            f"{address}/{position + 1 if position < last else 'result'}",
            "POST",
            urlencode({"csrf_token": go.browser.token, **_given(go, position)}),
            status=303,
        )
        for position in range(1, last + 1)
    ]


def report(crowd: Crowd) -> tuple[Call, Call]:
    """The completion report of everybody, as a page and as a file; known by its pager, and by a person far down."""
    cookie = crowd.coordinator.cookie
    return (
        Call("/reports/completion", cookie, "Page 1 of"),
        Call("/reports/completion.csv", cookie, name(len(crowd.staff) - 1)),
    )


def _given(go: Go, position: int) -> dict[str, int]:
    """An answer as the page's form sends it."""
    drawn = go.sitting.drawn.questions[position - 1]
    if isinstance(drawn.question, Ordering):
        return {f"answer-{n}": n + 1 for n in range(len(drawn.order))}
    if isinstance(drawn.question, Matching):
        return {f"answer-{n}": n for n in range(len(drawn.order))}
    return {"answer": 0}


def _shared(goes: Sequence[Go]) -> list[Iterator[Call]]:
    """The checks shared out, each to one person at work, so that its questions come in order."""
    return [chain.from_iterable(map(answers, goes[n::AT_ONCE])) for n in range(AT_ONCE)]


def _round(calls: Sequence[Call]) -> list[Iterator[Call]]:
    return [cycle(calls[n::AT_ONCE] or calls) for n in range(AT_ONCE)]
