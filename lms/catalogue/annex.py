"""The local annex: what a partnership adds to the core, in a folder of its own, shown in a panel of its own.

An annex adds beside the core and never into it: it has no facts, claims or headings, and the core's version and hash
know nothing of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from markupsafe import Markup

from lms.catalogue import proof, prose
from lms.catalogue.check import unknown
from lms.catalogue.content import Library, Module
from lms.catalogue.folder import Text, read_yaml, shown, text_of
from lms.catalogue.markdown import Around, render_block
from lms.catalogue.schema import AnnexEntry, PanelHeader
from lms.catalogue.strict_yaml import ContentFaults, Document, Fault, front_matter, ruled, validate

OURS = "An annex has paragraphs, lists and links; headings, claims and boxes belong to the core."
FRONT = "module"  # the file of a module's front page


@dataclass(frozen=True)
class Panel:
    """What an area adds to one page: safe HTML, and when somebody last looked at it."""

    html: Markup
    updated: date


@dataclass(frozen=True)
class Annex:
    """All that one area adds: `panels` by module and page (`module` for its front), `names` by the key of a word."""

    area: str
    owner: str
    version: int
    panels: Mapping[tuple[str, str], Panel] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def panel(self, module: str, page: str = FRONT) -> Panel | None:
        """What stands on this page, if anything."""
        return self.panels.get((module, page))


@dataclass(frozen=True)
class AnnexReading:
    """An annex with everything that is wrong with it; None while its first file cannot be read."""

    annex: Annex | None
    faults: list[Fault]


def load(folder: Path, library: Library) -> Annex:
    """Read an annex for use. Raises ContentFaults with all faults; warnings do not stand in the way."""
    reading = read(folder, library)
    if reading.annex is None or any(fault.level == "fault" for fault in reading.faults):
        raise ContentFaults(reading.faults)
    return reading.annex


def read(folder: Path, library: Library) -> AnnexReading:
    """Read an annex with all its faults."""
    if not folder.is_dir():
        return AnnexReading(None, [Fault(shown(folder), 1, 1, "There is no such folder of an annex.", rule="file")])
    document = read_yaml(folder / "annex.yaml")
    header, faults = validate(document, AnnexEntry)
    if header is not None:
        faults += _names_faults(document, header, library)
    panels: dict[tuple[str, str], Panel] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.name.startswith(".") or path == folder / "annex.yaml":
            continue
        place, found = _place(path, folder, library)
        faults += found
        if place is not None:
            panel, found = _panel(path, place[0], library)
            faults += found
            panels |= {(place[0].slug, place[1]): panel} if panel else {}
    if header is None:
        return AnnexReading(None, sorted(faults))
    names = {name.term: name.local for name in header.names}
    return AnnexReading(Annex(header.area, header.owner, header.version, panels, names), sorted(faults))


def _names_faults(document: Document, header: AnnexEntry, library: Library) -> Iterator[Fault]:
    known = {key for module in library.modules for key in module.glossary}
    for place, name in enumerate(header.names):
        if name.term not in known:
            yield document.fault(("names", place, "term"), unknown("word", name.term, known), "unknown-name")


def _place(path: Path, folder: Path, library: Library) -> tuple[tuple[Module, str] | None, list[Fault]]:
    """The module and page that a file of the annex speaks of."""
    steps = path.relative_to(folder).parts
    if len(steps) != 2 or path.suffix != ".md":
        message = "A file of an annex is called after a module and a page: lead-professional/who-might-lead.md."
        return None, [Fault(shown(path), 1, 1, message, rule="file")]
    module = library.module(steps[0])
    if module is None:
        message = unknown("module", steps[0], [one.slug for one in library.modules])
        return None, [Fault(shown(path), 1, 1, message, rule="unknown-name")]
    pages = [FRONT, *(page.slug for page in module.pages)]
    if path.stem not in pages:
        return None, [Fault(shown(path), 1, 1, unknown("page", path.stem, pages), rule="unknown-name")]
    return (module, path.stem), []


def _panel(path: Path, module: Module, library: Library) -> tuple[Panel | None, list[Fault]]:
    content, faults = text_of(path)
    if faults:
        return None, faults
    matter = front_matter(content, shown(path))
    header, faults = validate(matter.header, PanelHeader)
    text = Text(matter.header.file, matter.text_line, matter.text)
    around = Around(
        module=module.slug,
        sources=module.sources_page.slug if module.sources_page else "",
        references=library.references,
        modules=[one.slug for one in library.modules],
        words_here=False,
    )
    rendered = render_block(text.markdown, around)
    names = proof.Names(module.glossary, library.references, around.modules)
    faults += proof.link_faults(rendered.used, names, text.faults)
    faults += ruled("annex", _text_faults(text))
    faults += [Fault(text.file, text.first_line, 1, OURS, rule="annex")] * bool(rendered.used.headings and not faults)
    return (Panel(rendered.html, header.updated) if header else None), faults


def _text_faults(text: Text) -> Iterator[Fault]:
    """An annex has text to say, no headings or boxes, and no claim beyond what anybody knows."""
    if not text.markdown.strip():
        yield Fault(text.file, text.first_line, 1, "There is no text under the header.")
    for number, line in enumerate(text.markdown.split("\n")):
        if line.startswith(("#", "///")):
            yield Fault(text.file, text.first_line + number, 1, OURS)
    for found in prose.overclaims(prose.bare(text.markdown)):
        yield Fault(text.file, *text.place(found.at), found.message, rule=found.rule)
