"""Why no plan can keep every rule, and the cheapest changes that make one possible, with proof. Pure.

A conflict is exact: its rules cannot all hold, and leaving out any one of them lets the others. It is found by leaving
out whole families of rules, then ever smaller parts of those that matter, as long as what stays still clashes. Where
`eligibility:P` is left out of a conflict, P could come to any session.

Relaxations are ranked by price (`elastic` says what each costs). The first is of the lowest price there is; each later
one is the cheapest that does not contain an earlier one, and there are some of another kind where there are any.
"""

from lms.cohorts.engine.clashes import clashes, family
from lms.cohorts.engine.elastic import Elastic
from lms.cohorts.engine.explain_tables import explain_tables
from lms.cohorts.engine.plan import Conflict, Relaxation
from lms.cohorts.engine.problem import Problem, Rotation

MOST_CONFLICTS = 3
ALTERNATIVES = 3
OTHER_KINDS = 2

Explanation = tuple[tuple[Conflict, ...], tuple[Relaxation, ...]]


def explain(problem: Problem) -> Explanation:
    """What clashes and what would help; both empty where a plan can keep every rule."""
    if isinstance(problem, Rotation):
        return explain_tables(problem), ()
    if not problem.pins and not problem.must_place:
        return (), ()
    elastic = Elastic(problem)
    if elastic.holds_without(()) is not None:
        return (), ()
    return tuple(clashes(elastic, MOST_CONFLICTS)), tuple(_ranked(elastic))


def _ranked(elastic: Elastic) -> list[Relaxation]:
    """The cheapest ways out, none of which holds another, then the cheapest of kinds not among them."""
    found: list[Relaxation] = []
    seen: set[str] = set()
    for others in (False,) * ALTERNATIVES + (True,) * OTHER_KINDS:
        values = elastic.cheapest(seen if others else ())
        if values is None:
            continue
        taken = elastic.gives_way(values)
        found.append(
            Relaxation(sum(offer.price * steps for offer, steps, _ in taken), tuple(edit for _, _, edit in taken))
        )
        seen.update(family(offer.rule) for offer, _, _ in taken)
        elastic.program.forbid_all((flag for offer, _, _ in taken for flag in offer.flags), len(taken) - 1)
    return sorted(found, key=lambda one: one.cost)
