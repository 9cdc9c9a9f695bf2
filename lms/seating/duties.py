"""Who leads, writes and reports back at each table, so that no agency always speaks. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from lms.cohorts.engine.plan import Tables


class Duty(StrEnum):
    """What one person at a table does in a round."""

    LEADS = "leads"
    WRITES = "writes"
    REPORTS = "reports"

    @property
    def words(self) -> str:
        """The duty as people read it."""
        return {"leads": "leads", "writes": "writes", "reports": "reports back"}[self]


def deal(rounds: Sequence[Tables], agency: Mapping[str, str]) -> list[dict[str, Duty]]:
    """The duties of each round, by person. A duty goes to whoever has had the fewest, from the agency that has had this
    one least for its size; nobody has two in a round while others at the table have none.
    """
    size = Counter(agency.values())
    had: Counter[str] = Counter()
    of_agency: Counter[tuple[str, Duty]] = Counter()
    dealt = []
    for tables in rounds:
        now: dict[str, Duty] = {}
        for table in tables:
            for duty in list(Duty)[: len(table)]:
                free = [person for person in table if person not in now]
                chosen = min(free, key=lambda one: (had[one], of_agency[agency[one], duty] / size[agency[one]], one))
                now[chosen] = duty
                had[chosen] += 1
                of_agency[agency[chosen], duty] += 1
        dealt.append(now)
    return dealt
