"""The library: all modules of a folder, read, checked and rendered once, at start."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lms.catalogue import check, programmes, proof
from lms.catalogue.content import (
    Change,
    Fact,
    GlossaryTerm,
    Library,
    Module,
    Page,
    Reference,
    Reflection,
)
from lms.catalogue.evidence import Strength
from lms.catalogue.folder import (
    AnyName,
    Folder,
    PageFile,
    Text,
    names_in,
    read_folder,
    read_references,
    read_shared_glossary,
    shown,
)
from lms.catalogue.markdown import Around, Rendered, render_page
from lms.catalogue.schema import ChangeEntry, TermEntry
from lms.catalogue.strict_yaml import ContentFaults, Fault
from lms.core import clock

TOP_HEADING = 2

__all__ = [
    "ContentFaults",
    "Fact",
    "Fault",
    "GlossaryTerm",
    "Library",
    "Module",
    "Page",
    "Reading",
    "Reference",
    "Reflection",
    "load",
    "read",
]


@dataclass(frozen=True)
class Reading:
    """A library with everything that is wrong with it. Modules whose header has faults are missing from it.

    `folders` are all modules as written, and `works` the keys of all works, so that whoever checks something else knows
    every name and its place, those of entries with faults too.
    """

    library: Library
    faults: list[Fault]
    folders: Sequence[Folder]
    works: Collection[str] = ()


def load(modules_dir: Path, more: Sequence[Path] = ()) -> Library:
    """Read the modules for use. Raises ContentFaults with all faults; warnings do not stand in the way."""
    reading = read(modules_dir, more=more)
    if any(fault.level == "fault" for fault in reading.faults):
        raise ContentFaults(reading.faults)
    return reading.library


def read(modules_dir: Path, today: date | None = None, more: Sequence[Path] = (), only: str | None = None) -> Reading:
    """Read the modules with all their faults, as far as they can be read. `today` decides which reviews are late, and
    `more` are folders of further modules, each with a `references.yaml` of its own. `only` leaves the texts of all
    modules but this one unread.
    """
    references: dict[str, Reference] = {}
    works: list[str] = []
    unread = False
    folders: list[Folder] = []
    faults: list[Fault] = []
    for place in (modules_dir, *more):
        if not place.is_dir():
            faults.append(Fault(shown(place), 1, 1, "There is no such folder of modules.", rule="file"))
            continue
        document, entries, found = read_references(place)
        faults += [*found, *check.references_faults(document, works)]
        references |= {entry.key: Reference(**dict(entry)) for _, entry in entries if entry.key not in references}
        works += (names := names_in(document, "key"))
        unread = unread or isinstance(names, AnyName)
        paths = sorted(path for path in place.iterdir() if path.is_dir() and not path.name.startswith("."))
        folders += [read_folder(path) for path in paths]
    faults += check.codes_faults(folders)
    shared, words, shared_faults = read_shared_glossary(modules_dir)
    faults += [*shared_faults, *check.shared_glossary_faults(shared, words, folders)]
    known = check.Known(AnyName() if unread else works, [folder.slug for folder in folders], today or clock.today())
    modules = []
    for folder in folders:
        if only not in (None, folder.slug):
            continue
        module, found = _module(folder, references, known)
        faults += [*folder.faults, *found]
        modules += [module] if module else []
    modules.sort(key=lambda module: int(module.code.removeprefix("M")))
    put_together, found = programmes.read((modules_dir, *more), known.modules)
    faults += found
    library = Library(tuple(modules), references, _glossary(words), tuple(put_together))
    return Reading(library, sorted(set(faults)), folders, known.references)


def _module(
    folder: Folder, references: Mapping[str, Reference], known: check.Known
) -> tuple[Module | None, list[Fault]]:
    """One module, rendered, with the faults that show when its files are compared."""
    around = _around(folder, references, known)
    intro, faults = _rendered(folder, folder.intro, around, known)
    pages, facts, terms = [], _facts(folder), _glossary(folder.glossary)
    cited = [*intro.used.references]
    claimed: set[str] = set()
    for file in folder.pages:
        rendered, found = _rendered(folder, file.text, around, known)
        faults += found
        claimed.update(rendered.used.facts)
        cited += rendered.used.references
        pages += [_page(file, rendered, terms)] if file.header else []
    faults += check.folder_faults(folder, known, claimed)
    header = folder.header
    if header is None:
        return None, faults
    cited += [*header.sources, *(key for fact in facts.values() for key in fact.references)]
    works = {key: references[key] for key in cited if key in references}
    return Module(
        slug=folder.slug,
        **{**dict(header), "outcomes": tuple(header.outcomes), "changes": tuple(map(_change, header.changes))},
        intro_html=intro.html,
        intro_text=intro.text,
        pages=tuple(pages),
        facts=facts,
        glossary=terms,
        references=tuple(sorted(works.values(), key=lambda work: work.full.casefold())),
        hash=folder.hash,
        folder=folder.path,
    ), faults


def _around(folder: Folder, references: Mapping[str, Reference], known: check.Known) -> Around:
    sources = [page.slug for page in folder.pages if page.header and page.header.kind == "sources"]
    return Around(
        module=folder.slug,
        sources=sources[0] if sources else "",
        facts=_facts(folder),
        terms=folder.terms,
        references=references,
        modules=known.modules,
        drawings=folder.drawings,
    )


def _rendered(folder: Folder, text: Text, around: Around, known: check.Known) -> tuple[Rendered, list[Fault]]:
    rendered = render_page(text.markdown, around)
    strong = [fact.id for _, fact in folder.facts if fact.strength is Strength.STRONG]
    names = proof.Names(
        folder.terms, known.references, known.modules, folder.fact_ids, strong, folder.drawings, known.today
    )
    return rendered, list(proof.page_faults(text, rendered.used, names, folder.path))


def _change(entry: ChangeEntry) -> Change:
    return Change(**{**dict(entry), "pages": tuple(entry.pages), "questions": tuple(entry.questions)})


def _facts(folder: Folder) -> dict[str, Fact]:
    return {entry.id: Fact(**{**dict(entry), "references": tuple(entry.references)}) for _, entry in folder.facts}


def _glossary(entries: Sequence[tuple[int, TermEntry]]) -> dict[str, GlossaryTerm]:
    return {entry.key: GlossaryTerm(**dict(entry)) for _, entry in entries}


def _page(file: PageFile, rendered: Rendered, glossary: Mapping[str, GlossaryTerm]) -> Page:
    assert file.header is not None
    header = file.header
    return Page(
        slug=file.slug,
        number=file.number,
        title=header.title,
        minutes=header.minutes,
        kind=header.kind,
        html=rendered.html,
        text=rendered.text,
        reflection=Reflection(**dict(header.reflection)) if header.reflection else None,
        terms=tuple(glossary[key] for key in dict.fromkeys(rendered.used.terms) if key in glossary),
        facts=tuple(dict.fromkeys(rendered.used.facts)),
        headings=tuple(words for level, words in rendered.used.headings if level == TOP_HEADING),
    )
