"""What a machine can find wrong with modules by comparing their files with each other."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from lms.catalogue import prose
from lms.catalogue.evidence import Strength
from lms.catalogue.folder import Folder, PageFile, named, shown
from lms.catalogue.schema import TermEntry
from lms.catalogue.strict_yaml import Document, Fault, ruled

TAKEN = frozenset({"summary", "refresh", "start-again", "media"})  # addresses that the service uses itself
LINE_NUMBER = re.compile(r"\blines? [0-9]", re.IGNORECASE)


@dataclass(frozen=True)
class Known:
    """What every module may name: the works, the modules, and the day it is."""

    references: Collection[str]
    modules: Collection[str]
    today: date


def unknown(kind: str, key: str, known: Collection[str]) -> str:
    """Say that a key names nothing, and offer the nearest that does."""
    near = get_close_matches(key, list(known), n=1, cutoff=0.6)
    return f"There is no {kind} `{key}`." + (f" Did you mean `{near[0]}`?" if near else "")


def repeated(document: Document, key: str, names: Sequence[str]) -> Iterator[Fault]:
    """A fault at every item of a list that calls itself as one before it."""
    for place, name in enumerate(names):
        if name and name in names[:place]:
            yield document.fault((place, key), f"`{name}` is here twice.", "repeated")


def references_faults(document: Document, before: Collection[str] = ()) -> Iterator[Fault]:
    """What is wrong with `references.yaml` as a whole; `before` are the works of folders read before it."""
    names = named(document, "key")
    yield from repeated(document, "key", names)
    for place, name in enumerate(names):
        if name in before:
            message = f"`{name}` is a work of the core already; leave it out here."
            yield document.fault((place, "key"), message, "repeated")


def codes_faults(folders: Sequence[Folder]) -> Iterator[Fault]:
    """Modules that share a code: their facts could not be told apart."""
    first: dict[str, str] = {}
    slugs: list[str] = []
    for folder in folders:
        if folder.slug in slugs:
            message = f"There is a module `{folder.slug}` already; give the folder another name."
            yield Fault(folder.file, 1, 1, message, rule="repeated")
        slugs.append(folder.slug)
        code = folder.header.code if folder.header else ""
        if code and first.setdefault(code, folder.slug) != folder.slug:
            message = f"The module `{first[code]}` has the code {code} already."
            yield folder.document.fault(("code",), message, "repeated")


def shared_glossary_faults(
    document: Document, glossary: Sequence[tuple[int, TermEntry]], folders: Sequence[Folder]
) -> Iterator[Fault]:
    """What is wrong with the words beside the modules; a fact may be of any module."""
    yield from _words(document, glossary, [fact for folder in folders for fact in folder.fact_ids])


def folder_faults(folder: Folder, known: Known, claimed: Collection[str]) -> Iterator[Fault]:
    """What is wrong with one module, apart from the text of its pages. `claimed` are the facts its pages claim."""
    yield from _header(folder, known)
    yield from ruled("changes", _changes(folder))
    yield from _facts(folder, known, claimed)
    yield from _words(folder.glossary_document, folder.glossary, folder.fact_ids)
    yield from ruled("pages", [*_numbers(folder), *_kinds(folder), *_reflections(folder)])


def _header(folder: Folder, known: Known) -> Iterator[Fault]:
    if folder.header is None:
        return
    for place, key in enumerate(folder.header.sources):
        if key not in known.references:
            yield folder.document.fault(("sources", place), unknown("work", key, known.references), "unknown-name")
    if folder.header.review_by < known.today:
        message = f"This module should have been looked at again by {folder.header.review_by}."
        yield folder.document.fault(("review_by",), message, "review-date", level="warning")
    minutes = sum(page.header.minutes for page in folder.pages if page.header)
    if minutes > folder.header.minutes:
        message = f"The pages take {minutes} minutes, the whole module only {folder.header.minutes}."
        yield folder.document.fault(("minutes",), message, "minutes", level="warning")


def _changes(folder: Folder) -> Iterator[Fault]:
    """Changes that speak of a version yet to come, of no page, or of pages that are not there."""
    if folder.header is None:
        return
    slugs, before = [page.slug for page in folder.pages], 1
    for place, change in enumerate(folder.header.changes):
        where = ("changes", place)
        if change.version > folder.header.version:
            message = (
                f"The module is at version {folder.header.version}; a change of version {change.version} is to come."
            )
            yield folder.document.fault((*where, "version"), message)
        elif change.version < before:
            yield folder.document.fault((*where, "version"), "Changes stand in the order of their versions.")
        before = change.version
        if change.material and not change.pages:
            yield folder.document.fault((*where, "material"), "A material change names the `pages` to read again.")
        for number, page in enumerate(change.pages):
            if page not in slugs:
                yield folder.document.fault((*where, "pages", number), unknown("page", page, slugs), "unknown-name")
    if folder.header.version > 1 and folder.header.version not in {one.version for one in folder.header.changes}:
        message = f"Say in `changes` what version {folder.header.version} changed, and whether it is material."
        yield folder.document.fault(("version",), message, level="warning")


def _facts(folder: Folder, known: Known, claimed: Collection[str]) -> Iterator[Fault]:
    document = folder.facts_document
    yield from repeated(document, "id", list(folder.fact_ids))
    for place, fact in folder.facts:
        if folder.header and not fact.id.startswith(f"{folder.header.code}-"):
            yield document.fault((place, "id"), f"The facts of this module begin with {folder.header.code}-F.", "claim")
        for number, key in enumerate(fact.references):
            if key not in known.references:
                yield document.fault(
                    (place, "references", number), unknown("work", key, known.references), "unknown-name"
                )
        for key in ("says", "kind", "cannot_tell", "note"):
            is_strong = fact.strength is Strength.STRONG
            for found in prose.overclaims(getattr(fact, key) or "", is_strong=is_strong, speaks_of_evidence=True):
                yield document.fault_within((place, key), getattr(fact, key), found.at, found.message, found.rule)
        if LINE_NUMBER.search(fact.place):
            message = "A place is a section and pages of the review, never a line number."
            yield document.fault((place, "place"), message, "claim")
        if fact.id not in claimed:
            message = f"No page claims {fact.id}. Every fact stands in at least one claim."
            yield document.fault((place, "id"), message, "claim")


def _words(document: Document, glossary: Sequence[tuple[int, TermEntry]], fact_ids: Collection[str]) -> Iterator[Fault]:
    yield from repeated(document, "key", named(document, "key"))
    for place, term in glossary:
        for found in prose.overclaims(term.means):
            yield document.fault_within((place, "means"), term.means, found.at, found.message, found.rule)
        if term.fact and term.fact not in fact_ids:
            yield document.fault((place, "fact"), unknown("fact", term.fact, fact_ids), "unknown-name")


def _numbers(folder: Folder) -> Iterator[Fault]:
    slugs = [page.slug for page in folder.pages]
    for page in folder.pages:
        if page.slug in TAKEN:
            yield _at_top(page, f"A page cannot be called `{page.slug}`; the service has a page at that address.")
    for place, page in enumerate(folder.pages):
        if page.number != place + 1:
            message = f"Pages are numbered 01, 02, 03 and so on; this one should be {place + 1:02}-{page.slug}.md."
            yield _at_top(page, message)
        if page.slug in slugs[:place]:
            yield _at_top(page, f"Another page has the address `{page.slug}` already.")


def _kinds(folder: Folder) -> Iterator[Fault]:
    kinds = [page.header.kind if page.header else None for page in folder.pages]
    for kind in ("then-and-now", "sources"):
        if kind not in kinds and None not in kinds:
            yield Fault(shown(folder.path / "module.md"), 1, 1, f"The module has no page with `kind: {kind}`.")
    for place, page in enumerate(folder.pages):
        if kinds[place] == "sources" and page is not folder.pages[-1]:
            yield page.document.fault(("kind",), "The page of sources must be the last one.")


def _reflections(folder: Folder) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for page in folder.pages:
        reflection = page.header.reflection if page.header else None
        if reflection and seen.setdefault(reflection.key, page.name) != page.name:
            message = (
                f"The reflection `{reflection.key}` is on {seen[reflection.key]} already; notes would be mixed up."
            )
            yield page.document.fault(("reflection", "key"), message)


def _at_top(page: PageFile, message: str) -> Fault:
    return Fault(page.text.file, 1, 1, message)
