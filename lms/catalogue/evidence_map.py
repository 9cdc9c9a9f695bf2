"""How firm the ground is overall: the claims of all modules, counted by module and strength."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lms.catalogue.content import Fact, Library, Module, Page, Reference
from lms.catalogue.evidence import GRADES, Grade, Strength


@dataclass(frozen=True)
class Claim:
    """A fact with the module that teaches it, the first page that claims it, and the works it rests on."""

    fact: Fact
    module: Module
    page: Page | None
    works: Sequence[Reference]


@dataclass(frozen=True)
class Column:
    """One strength: how it is shown, and how many facts have it."""

    strength: Strength
    grade: Grade
    total: int


@dataclass(frozen=True)
class Row:
    """One module: how many of its facts have each strength, in the order of the columns."""

    module: Module
    counts: Sequence[int]
    total: int


@dataclass(frozen=True)
class EvidenceMap:
    """Modules by strengths, and the claims that were counted."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    claims: Sequence[Claim]

    def fitting(self, strength: str, module: str) -> list[Claim]:
        """The claims of one strength, of one module, or both; an empty word means any."""
        return [
            claim
            for claim in self.claims
            if strength in ("", claim.fact.strength) and module in ("", claim.module.slug)
        ]

    def heading(self, strength: str, module: str) -> str:
        """What stands above the claims that fit."""
        number = len(self.fitting(strength, module))
        said = f"{number} {'fact' if number == 1 else 'facts'}" if number else "No fact"
        kinds = [f": {column.grade.label.lower()}" for column in self.columns if column.strength == strength]
        titles = [f" in “{row.module.title}”" for row in self.rows if row.module.slug == module]
        if not (strength or module):
            return f"All {said}"
        return said + "".join([*titles, *kinds]) if len(kinds) + len(titles) else f"{said} fits"


def evidence_map(library: Library) -> EvidenceMap:
    """The map of all facts; every one is counted once."""
    claims = [_claim(library, module, fact) for module in library.modules for fact in module.facts.values()]
    counted = Counter((claim.module.slug, claim.fact.strength) for claim in claims)
    rows = [
        Row(module, [counted[module.slug, strength] for strength in Strength], len(module.facts))
        for module in library.modules
    ]
    totals = Counter(claim.fact.strength for claim in claims)
    return EvidenceMap([Column(one, GRADES[one], totals[one]) for one in Strength], rows, claims)


def _claim(library: Library, module: Module, fact: Fact) -> Claim:
    page = next((page for page in module.pages if fact.id in page.facts), None)
    works = [library.references[key] for key in fact.references if key in library.references]
    return Claim(fact, module, page, works)
