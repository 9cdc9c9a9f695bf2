"""The smallest sets of rules that cannot all hold, found by leaving out whatever is not needed for the clash. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lms.cohorts.engine.clash_words import why
from lms.cohorts.engine.elastic import Elastic
from lms.cohorts.engine.plan import Conflict

# The order in which families are left out. What is tried late tends to stay, so what a trainer can act on comes last.
FAMILIES = (
    "min_sectors",
    "min_agencies",
    "agency_share",
    "max_per_team",
    "keep_together",
    "manager",
    "keep_apart",
    "eligibility",
    "min_size",
    "team_cover",
    "capacity",
    "must_place",
    "pin",
)
PROMISES = ("must_place", "pin")


def clashes(elastic: Elastic, most: int) -> Iterator[Conflict]:
    """Up to `most` exact conflicts, no promise in two of them."""
    out: set[str] = set()
    for _ in range(most):
        if elastic.holds_without(out) is not None:
            return
        rules = _Thinning(elastic, set(out)).done()
        yield Conflict(rules, why(elastic.problem, rules))
        out.update(rule for rule in rules if family(rule) in PROMISES)


def family(rule: str) -> str:
    """The kind of rule an id speaks of."""
    return rule.partition(":")[0]


@dataclass
class _Thinning:
    """One conflict in the making: `out` are rules that are not needed, `needed` those without which the rest holds."""

    elastic: Elastic
    out: set[str]
    needed: list[str] = field(default_factory=list)

    def done(self) -> tuple[str, ...]:
        """The rules of the conflict, in the order of families and then of ids."""
        families = [[rule for rule in sorted(self.elastic.open_) if family(rule) == name] for name in FAMILIES]
        families = [[rule for rule in rules if rule not in self.out] for rules in families]
        for rules in [rules for rules in families if not self._is_idle(rules)]:
            self._thin(rules)
        return tuple(sorted(self.needed, key=lambda rule: (-FAMILIES.index(family(rule)), rule)))

    def _is_idle(self, rules: Sequence[str]) -> bool:
        """Whether the clash stays without these rules, which then are out."""
        idle = not rules or self.elastic.holds_without(self.out.union(rules)) is None
        if idle:
            self.out.update(rules)
        return idle

    def _thin(self, rules: list[str]) -> None:
        """Leave out what can be left out, in halves that shrink where something in them is needed."""
        size = max(1, len(rules) // 2)
        while rules:
            part, rest = rules[:size], rules[size:]
            values = self.elastic.holds_without(self.out.union(part))
            if values is None:
                self.out.update(part)
                rules, size = rest, max(1, min(2 * size, len(rest)))
            elif size > 1:
                size //= 2
            else:
                alike = self.elastic.also_needed(values, part[0], rest, self.out)
                self.needed += [part[0], *alike]
                rules = [rule for rule in rest if rule not in alike]
