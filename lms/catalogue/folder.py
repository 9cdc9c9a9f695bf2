"""One module's folder as it stands on disk: every file read, none yet compared with another."""

import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from lms.catalogue.drawing import Drawing, read_drawing
from lms.catalogue.rules import Rule
from lms.catalogue.schema import SLUG, FactEntry, ModuleHeader, PageHeader, ReferenceEntry, TermEntry
from lms.catalogue.strict_yaml import Document, Fault, FrontMatter, Level, front_matter, read, validate, validate_items

PAGE_NAME = re.compile(r"([0-9]{2})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
FIXED = ("module.md", "facts.yaml", "glossary.yaml")
MOST_BYTES = 500_000  # seven times our longest file
LONGEST_LINE = 20_000  # letters; looking through a longer one for words and links takes minutes


@dataclass
class Text:
    """Markdown of an author, with the file and line it begins on, so that a word in it can be pointed at."""

    file: str
    first_line: int
    markdown: str

    def faults(self, pattern: str, message: str, rule: Rule, level: Level = "fault") -> list[Fault]:
        """One fault at every place where `pattern` stands; at the beginning of the text where it stands nowhere."""
        places = [found.start() for found in re.finditer(pattern, self.markdown)] or [0]
        return [Fault(self.file, *self.place(offset), message, level, rule) for offset in places]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character of the text."""
        before = self.markdown[:offset]
        return self.first_line + before.count("\n"), len(before) - before.rfind("\n")


@dataclass
class PageFile:
    """One page as written. `header` is None where it has faults."""

    number: int
    slug: str
    name: str
    document: Document
    text: Text
    header: PageHeader | None


@dataclass
class Folder:
    """One module as written. The lists hold what could be read, with its place in the file; `faults` says the rest."""

    slug: str
    path: Path
    file: str
    document: Document
    intro: Text
    header: ModuleHeader | None
    pages: list[PageFile] = field(default_factory=list)
    facts_document: Document = field(default_factory=lambda: Document(""))
    facts: list[tuple[int, FactEntry]] = field(default_factory=list)
    glossary_document: Document = field(default_factory=lambda: Document(""))
    glossary: list[tuple[int, TermEntry]] = field(default_factory=list)
    drawings: dict[str, Drawing] = field(default_factory=dict)
    hash: str = ""
    faults: list[Fault] = field(default_factory=list)

    @property
    def fact_ids(self) -> Collection[str]:
        """All fact ids that are written down, those of entries with other faults too."""
        return names_in(self.facts_document, "id")

    @property
    def terms(self) -> Collection[str]:
        """All glossary keys that are written down, those of entries with other faults too."""
        return names_in(self.glossary_document, "key")


class AnyName(Collection[str]):
    """The names in a file that cannot be read: any may be among them, so that none is told as unknown."""

    def __contains__(self, name: object) -> bool:
        """It may well be there."""
        return True

    def __iter__(self) -> Iterator[str]:
        """Nobody can say which."""
        return iter(())

    def __len__(self) -> int:
        """Nobody can say how many."""
        return 0


def names_in(document: Document, key: str) -> Collection[str]:
    """What the items of a list call themselves; any name, while the document cannot be read at all."""
    return AnyName() if document.value is None and document.faults else named(document, key)


def named(document: Document, key: str) -> list[str]:
    """What the items of a list call themselves under `key`, in order; an item without a name leaves a gap of ''."""
    items = document.value if isinstance(document.value, list) else []
    names = [item.get(key) if isinstance(item, dict) else None for item in items]
    return [name if isinstance(name, str) else "" for name in names]


def shown(path: Path) -> str:
    """A path as an author would type it: from the present folder where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def text_of(path: Path) -> tuple[str, list[Fault]]:
    """The text of a file, and the fault that there is none to read."""
    line, message = 1, _unreadable(path)
    if not message:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            message = "The file is not in UTF-8; save it as UTF-8."
        except OSError as error:
            message = f"This file cannot be read: {error.strerror}."
        else:
            long = next((n for n, one in enumerate(text.split("\n"), start=1) if len(one) > LONGEST_LINE), 0)
            if not long:
                return text, []
            line, message = long, f"This line has more than {LONGEST_LINE:,} characters; break it."
    return "", [Fault(shown(path), line, 1, message, rule="file")]


def _unreadable(path: Path) -> str:
    """Why a file is not even opened: it is none, leads elsewhere, or is too big to be an author's text."""
    if leads_out(path, path.parent.parent):
        return "This is a link to a place outside; put the file itself here."
    if not path.is_file():
        return "This is not a file." if os.path.lexists(path) else "This file is missing."
    if path.stat().st_size > MOST_BYTES:
        return f"This file is bigger than {MOST_BYTES // 1000} kB, so it is not read."
    return ""


def leads_out(path: Path, around: Path) -> bool:
    """Whether a path is a link to something that does not lie in a folder, such as a secret of the server."""
    if not path.is_symlink():
        return False
    try:
        return not path.resolve().is_relative_to(around.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        return True


def read_yaml(path: Path) -> Document:
    """The YAML of a file; a file that cannot be read is a fault of the document."""
    text, faults = text_of(path)
    if faults:
        return Document(shown(path), faults=faults, refused={()})
    return read(text, shown(path))


def read_references(modules_dir: Path) -> tuple[Document, list[tuple[int, ReferenceEntry]], list[Fault]]:
    """All works in `references.yaml`."""
    document = read_yaml(modules_dir / "references.yaml")
    entries, faults = validate_items(document, ReferenceEntry)
    return document, entries, faults


def read_shared_glossary(modules_dir: Path) -> tuple[Document, list[tuple[int, TermEntry]], list[Fault]]:
    """The words that no module explains, in `glossary.yaml` beside the modules; the file may be missing."""
    path = modules_dir / "glossary.yaml"
    if not path.exists():
        return Document(shown(path)), [], []
    document = read_yaml(path)
    entries, faults = validate_items(document, TermEntry)
    return document, entries, faults


def read_folder(path: Path) -> Folder:
    """Read one module's folder; what is wrong with its files is in `faults`, never raised."""
    matter, faults = _matter(path / "module.md")
    header, header_faults = validate(matter.header, ModuleHeader)
    file = matter.header.file
    folder = Folder(path.name, path, file, matter.header, Text(file, matter.text_line, matter.text), header)
    if leads_out(path, path.parent):
        folder.faults.append(Fault(file, 1, 1, "This folder is a link to a place outside.", rule="file"))
        return folder
    folder.faults += faults or header_faults
    folder.facts_document = read_yaml(path / "facts.yaml")
    folder.facts, faults = validate_items(folder.facts_document, FactEntry)
    folder.faults += faults
    folder.glossary_document = read_yaml(path / "glossary.yaml")
    folder.glossary, faults = validate_items(folder.glossary_document, TermEntry)
    folder.faults += faults
    if not SLUG.fullmatch(path.name):
        folder.faults.append(
            Fault(file, 1, 1, f"The folder's name `{path.name}` must be small letters, digits, hyphens.", rule="file")
        )
    _read_pages(folder)
    _read_drawings(folder)
    message = "This is a link to a place outside; put the file itself here."
    strays = [one for one in sorted(path.rglob("*")) if one.suffix not in (".md", ".yaml", ".svg")]
    folder.faults += [Fault(shown(one), 1, 1, message, rule="file") for one in strays if leads_out(one, path.parent)]
    if not folder.faults:  # what cannot be used needs no fingerprint
        folder.hash = _hash(path)
    return folder


def _matter(path: Path) -> tuple[FrontMatter, list[Fault]]:
    text, faults = text_of(path)
    if faults:
        return FrontMatter(Document(shown(path), refused={()}), "", 1), faults
    return front_matter(text, shown(path)), []


def _read_pages(folder: Folder) -> None:
    for path in sorted(folder.path.iterdir()):
        named_as_page = PAGE_NAME.fullmatch(path.name)
        if named_as_page:
            matter, faults = _matter(path)
            header, header_faults = validate(matter.header, PageHeader)
            text = Text(matter.header.file, matter.text_line, matter.text)
            number, slug = int(named_as_page[1]), named_as_page[2]
            folder.pages.append(PageFile(number, slug, path.name, matter.header, text, header))
            folder.faults += faults or header_faults
        elif path.name not in (*FIXED, "media") and not path.name.startswith("."):
            message = "This file is not part of a module. A page is called like 01-first-page.md."
            folder.faults.append(Fault(shown(path), 1, 1, message, rule="file"))


def _read_drawings(folder: Folder) -> None:
    for path in sorted((folder.path / "media").glob("*.svg")):
        text, faults = text_of(path)
        drawing = read_drawing(text) if not faults else Drawing("", "")
        folder.drawings[f"media/{path.name}"] = drawing
        folder.faults += faults
        folder.faults += [Fault(shown(path), flaw.line, 1, flaw.message, rule="drawing") for flaw in drawing.flaws]


def _hash(folder: Path) -> str:
    """A fingerprint of all files of a module, their names included."""
    digest = sha256()
    for path in _files(folder):
        content = path.read_bytes()
        digest.update(os.fsencode(path.relative_to(folder).as_posix()) + f"\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
