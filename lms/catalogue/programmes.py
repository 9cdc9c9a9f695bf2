"""Programmes as their authors write them: the `programmes.yaml` of a folder of modules, read and checked."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from lms.catalogue import prose
from lms.catalogue.check import repeated, unknown
from lms.catalogue.content import Part, Programme
from lms.catalogue.folder import named, read_yaml
from lms.catalogue.schema import ProgrammeEntry
from lms.catalogue.strict_yaml import Document, Fault, validate_items

FILE = "programmes.yaml"


def read(places: Sequence[Path], modules: Collection[str]) -> tuple[list[Programme], list[Fault]]:
    """The programmes of all folders that have some, in the order of their files, with all that is wrong with them.

    `modules` are the addresses of all modules that there are.
    """
    programmes: list[Programme] = []
    slugs: list[str] = []
    faults: list[Fault] = []
    for path in (place / FILE for place in places):
        if not path.is_file():
            continue
        document = read_yaml(path)
        entries, found = validate_items(document, ProgrammeEntry)
        faults += [*found, *_slug_faults(document, slugs)]
        for place, entry in entries:
            faults += _faults(document, place, entry, modules)
            programmes.append(_programme(entry))
        slugs += named(document, "slug")
    return programmes, faults


def _programme(entry: ProgrammeEntry) -> Programme:
    parts = tuple(Part(part.module, part.required) for part in entry.modules)
    return Programme(entry.slug, entry.title, entry.summary, entry.audience, entry.version, parts, entry.valid_months)


def _slug_faults(document: Document, before: Collection[str]) -> Iterator[Fault]:
    names = named(document, "slug")
    yield from repeated(document, "slug", names)
    for place, name in enumerate(names):
        if name and name in before:
            message = f"There is a programme `{name}` already; give this one another name."
            yield document.fault((place, "slug"), message)


def _faults(document: Document, place: int, entry: ProgrammeEntry, modules: Collection[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, part in enumerate(entry.modules):
        where = (place, "modules", number, "module")
        if part.module not in modules:
            yield document.fault(where, unknown("module", part.module, modules))
        elif part.module in seen:
            yield document.fault(where, f"`{part.module}` is in this programme twice.")
        seen.add(part.module)
    if not any(part.required for part in entry.modules):
        message = "At least one module is required, or there would be nothing to finish."
        yield document.fault((place, "modules"), message, at_key=True)
    for key in ("title", "summary", "audience"):
        for found in prose.overclaims(getattr(entry, key)):
            yield document.fault((place, key), found.message)
