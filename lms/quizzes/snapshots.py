"""Reads one version of the content, whatever form it had at the time, so that it can be compared with another."""

import io
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from lms.catalogue.folder import Folder, read_folder, read_yaml, shown
from lms.catalogue.proof import CLAIM
from lms.core.errors import Refusal
from lms.quizzes.differences import Entry, Snapshot

SHARED = "beside the modules"  # the name under which these stand; no folder can be called so
ASIDE = ("version", "changes", "review_by", "quizzes", "sources", "owner")  # of a header: nothing a learner notices


class NoSuchVersion(Refusal):
    """There is nothing to compare with; the sentence says why."""

    sentence = "There is no such version."


@dataclass(frozen=True)
class Folders:
    """The two folders of one version."""

    modules: Path
    quizzes: Path


def at(path: Path) -> Folders:
    """The folders of a version on disk: a folder with `modules/` in it, or a folder of modules with `quizzes/` beside.

    Raises NoSuchVersion.
    """
    modules = path / "modules" if (path / "modules").is_dir() else path
    if not any(modules.glob("*/module.md")):
        raise NoSuchVersion(f"There are no modules in {shown(path)}.")
    return Folders(modules, modules.parent / "quizzes")


def of_commit(revision: str, present: Folders, into: Path) -> Folders:
    """The folders as they were in a commit, written below `into`. Raises NoSuchVersion."""
    found = Folders(into / "modules", into / "quizzes")
    for now, then in ((present.modules, found.modules), (present.quizzes, found.quizzes)):
        then.mkdir(parents=True)
        with tarfile.open(fileobj=io.BytesIO(_archive(revision, now))) as archive:
            try:
                archive.extractall(then, filter="data")
            except tarfile.FilterError as refused:
                raise NoSuchVersion(f"The content of `{revision}` leads out of its folder: {refused}.") from None
    return found


def _archive(revision: str, folder: Path) -> bytes:
    if revision.startswith("-"):
        raise NoSuchVersion(f"`{revision}` is not the name of a commit.")
    command = ["git", "-C", str(folder), "archive", "--format=tar", revision, "."]
    try:
        done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 -- no shell, and no option
    except FileNotFoundError:
        raise NoSuchVersion("Comparing with a commit needs git, which is not installed.") from None
    except subprocess.CalledProcessError as failed:
        reason = failed.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise NoSuchVersion(f"git cannot give {shown(folder)} as it was in `{revision}`: {reason}") from None
    return done.stdout


def read(folders: Folders) -> dict[str, Snapshot]:
    """Every module of a version, by name. What cannot be read is left out; the check says what is wrong with it."""
    quizzes = [read_yaml(path).value for path in sorted(folders.quizzes.glob("*.yaml"))]
    found = {}
    for path in sorted(path.parent for path in folders.modules.glob("*/module.md")):
        folder = read_folder(path)
        own = [quiz for quiz in quizzes if isinstance(quiz, dict) and quiz.get("module") == folder.slug]
        found[folder.slug] = _snapshot(folder, own)
    shared = _shared(folders.modules)
    return {**found, SHARED: shared} if shared.parts else found


def _shared(modules: Path) -> Snapshot:
    """The words, works and programmes beside the modules, which have no version of their own."""
    kinds = (
        ("word", "glossary.yaml", "key"),
        ("work", "references.yaml", "key"),
        ("programme", "programmes.yaml", "slug"),
    )
    parts = {
        (kind, str(item.get(name))): _text(item)
        for kind, file, name in kinds
        if (modules / file).is_file()
        for item in _items(read_yaml(modules / file).value)
    }
    return Snapshot("What all modules share", 0, parts)


def _snapshot(folder: Folder, quizzes: list[dict[str, Any]]) -> Snapshot:
    header = folder.document.value if isinstance(folder.document.value, dict) else {}
    claims: dict[str, list[str]] = {}
    for page in folder.pages:
        for claim in CLAIM.finditer(page.text.markdown):
            claims.setdefault(claim[2], []).append(page.slug)
    version = header.get("version")
    return Snapshot(
        title=str(header.get("title", folder.slug)),
        version=version if isinstance(version, int) else 1,
        parts=dict(_parts(folder, header, quizzes)),
        claims=claims,
        changes=tuple(_entry(entry) for entry in _items(header.get("changes"))),
    )


def _parts(
    folder: Folder, header: Mapping[str, Any], quizzes: list[dict[str, Any]]
) -> Iterator[tuple[tuple[str, str], str]]:
    """Every part of a module as text, the order of a file's keys aside."""
    for key, value in header.items():
        if key not in ASIDE:
            yield ("header", key), _text(value)
    yield ("introduction", "module.md"), folder.intro.markdown
    for page in folder.pages:
        own = page.document.value if isinstance(page.document.value, dict) else {}
        yield ("page", page.slug), f"{own.get('title', '')}\n{page.text.markdown}"
    for path in sorted(filter(Path.is_file, (folder.path / "media").glob("*"))):
        yield ("picture", path.name), sha256(path.read_bytes()).hexdigest()[:12]
    for kind, document, name in (("fact", folder.facts_document, "id"), ("word", folder.glossary_document, "key")):
        for item in _items(document.value):
            yield (kind, str(item.get(name))), _text(item)
    for quiz in quizzes:
        for kind, listed in (("question", "questions"), ("scene", "scenes"), ("ending", "endings")):
            for item in _items(quiz.get(listed)):
                yield (kind, str(item.get("key"))), _text(item)


def _items(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """A value of YAML as words."""
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_text(inside)}" for key, inside in value.items())
    if isinstance(value, list):
        return "\n".join(f"- {_text(inside)}" for inside in value)
    return str(value)


def _entry(entry: Mapping[str, Any]) -> Entry:
    version, names = entry.get("version"), []
    for kind, listed in (("page", "pages"), ("question", "questions")):
        keys = entry.get(listed)
        names += [(kind, str(key)) for key in keys] if isinstance(keys, list) else []
    return Entry(version if isinstance(version, int) else 0, entry.get("material") is True, frozenset(names))
