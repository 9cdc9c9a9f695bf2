"""Begins a new module or quiz on disk: refuses what would not fit or would overwrite, before it writes."""

import re
from dataclasses import dataclass
from pathlib import Path

from lms.catalogue.folder import Folder, named, read_folder, read_references, shown
from lms.catalogue.schema import CODE, SLUG
from lms.core import clock
from lms.core.errors import Refusal
from lms.quizzes import skeletons

QUIZZES = re.compile(r"^quizzes: *\[(.*)\] *$", re.MULTILINE)


class CannotBegin(Refusal):
    """A new module or quiz that does not fit what is there; the sentence says why."""

    sentence = "This cannot be begun."


def module(modules: Path, slug: str, code: str, title: str) -> list[Path]:
    """Write the first files of a module; the paths written. Raises CannotBegin."""
    _named(slug, title)
    if not CODE.fullmatch(code):
        raise CannotBegin(f"`{code}` is not a code like M15.")
    folder = modules / slug
    if folder.exists():
        raise CannotBegin(f"There is a folder {shown(folder)} already; nothing was written.")
    for other in sorted(modules.iterdir()) if modules.is_dir() else ():
        if (other / "module.md").is_file() and (header := read_folder(other).header) and header.code == code:
            raise CannotBegin(f"The module `{other.name}` has the code {code} already.")
    works = [key for key in named(read_references(modules)[0], "key") if key]
    if not works:
        raise CannotBegin(f"Write the main work into {shown(modules / 'references.yaml')} first.")
    folder.mkdir()
    written = []
    for name, text in skeletons.module(code, title.strip(), works[0], clock.today()).items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


@dataclass(frozen=True)
class NewQuiz:
    """A quiz to begin; `kind` is check or scenario."""

    slug: str
    module: str
    kind: str
    title: str


def quiz(modules: Path, quizzes: Path, wanted: NewQuiz) -> list[Path]:
    """Write the first lines of a quiz and name it in its module; the paths written. Raises CannotBegin."""
    _named(wanted.slug, wanted.title)
    path, header = quizzes / f"{wanted.slug}.yaml", modules / wanted.module / "module.md"
    if not quizzes.is_dir():
        raise CannotBegin(f"There is no folder {shown(quizzes)}.")
    if path.exists():
        raise CannotBegin(f"There is a file {shown(path)} already; nothing was written.")
    if not header.is_file():
        raise CannotBegin(f"There is no module `{wanted.module}` in {shown(modules)}.")
    ground = _ground(read_folder(modules / wanted.module))
    make = skeletons.check if wanted.kind == "check" else skeletons.scenario
    path.write_text(make(wanted.title.strip(), ground), encoding="utf-8")
    return [path, header] if _is_named(header, wanted.slug) else [path]


def _named(slug: str, title: str) -> None:
    if not SLUG.fullmatch(slug):
        raise CannotBegin(f"`{slug}` may have small letters and digits, joined by single hyphens.")
    if not title.strip():
        raise CannotBegin("Give it a title.")


def _ground(folder: Folder) -> skeletons.Ground:
    facts = [fact for fact in folder.fact_ids if fact]
    pages = [page.slug for page in folder.pages if page.header and page.header.kind == "text"]
    if folder.header is None or not facts or not pages:
        raise CannotBegin(f"The module `{folder.slug}` needs a header, a page and a fact before it can have a quiz.")
    return skeletons.Ground(folder.slug, folder.header.outcomes, pages, facts)


def _is_named(header: Path, slug: str) -> bool:
    """Add the quiz to the one line of the module that lists quizzes; False where there is no such line."""
    text = header.read_text(encoding="utf-8")
    found = QUIZZES.search(text)
    if not found:
        return False
    listed = [one.strip() for one in found[1].split(",") if one.strip()]
    if slug not in listed:
        line = f"quizzes: [{', '.join([*listed, slug])}]"
        header.write_text(text[: found.start()] + line + text[found.end() :], encoding="utf-8")
    return True
