"""All works that modules cite, in one list: which modules cite each."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.catalogue.content import Library, Module, Reference
from lms.catalogue.wanted import Wanted, plain_words


@dataclass(frozen=True)
class Cited:
    """A work, and the modules that cite it in the order of the library."""

    work: Reference
    modules: Sequence[Module]


def cited(library: Library) -> list[Cited]:
    """Every work that any module cites, by its full name."""
    modules: dict[str, list[Module]] = {}
    for module in library.modules:
        for work in module.references:
            modules.setdefault(work.key, []).append(module)
    works = sorted((library.references[key] for key in modules), key=lambda work: plain_words(work.full))
    return [Cited(work, modules[work.key]) for work in works]


def fitting(works: Sequence[Cited], wanted: Wanted) -> Sequence[Cited]:
    """The works that name what somebody looks for; all of them when nothing is looked for."""
    if not wanted:
        return works
    return [one for one in works if wanted.is_in(plain_words(text_of(one.work)))]


def text_of(work: Reference) -> str:
    """All that is written about a work."""
    return f"{work.full} {work.short} {work.note or ''}"
