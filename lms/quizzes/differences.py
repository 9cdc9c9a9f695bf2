"""What changed between two versions of a module, said shortly, and the entry for `changes` that it calls for. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from typing import Literal

CONTEXT = 3  # words shown on either side of what changed
MOST_WORDS = 12  # of one change that are shown
MOST_PLACES = 3  # of one part that are shown
ASKED = ("page", "question")  # the kinds of parts that an entry of `changes` can name


@dataclass(frozen=True)
class Entry:
    """One entry of a module's `changes`."""

    version: int
    material: bool
    names: Collection[tuple[str, str]]  # kind and key of each page and question


@dataclass(frozen=True)
class Snapshot:
    """One version of a module: every part by kind (page, fact, word, question …) and key, as an author wrote it.

    `claims` are the pages by the facts they claim: a changed fact changes what stands in the panel there. What all
    modules share has version 0.
    """

    title: str
    version: int
    parts: Mapping[tuple[str, str], str]
    claims: Mapping[str, Sequence[str]] = field(default_factory=dict)
    changes: Sequence[Entry] = ()


NOTHING = Snapshot("", 0, {})


@dataclass(frozen=True)
class Difference:
    """One part that was added, removed or changed; `words` shows how, and `listed` what `changes` says of it."""

    kind: str
    key: str
    what: Literal["added", "removed", "changed"]
    words: str = ""
    listed: str = ""


@dataclass(frozen=True)
class ModuleDifference:
    """Everything that changed in one module. `old` or `new` is None where the module is new or gone."""

    slug: str
    old: Snapshot | None
    new: Snapshot | None
    parts: Sequence[Difference] = ()

    @property
    def title(self) -> str:
        """What the module is called now, or was."""
        one = self.new or self.old
        assert one is not None
        return one.title


def compared(old: Mapping[str, Snapshot], new: Mapping[str, Snapshot]) -> list[ModuleDifference]:
    """The modules that are not what they were, by name."""
    found = []
    for slug in sorted({*old, *new}):
        before, after = old.get(slug), new.get(slug)
        if before is None or after is None:
            found.append(ModuleDifference(slug, before, after))
        elif (parts := tuple(_parts(before, after))) or before.version != after.version:
            found.append(ModuleDifference(slug, before, after, parts))
    return found


def _parts(old: Snapshot, new: Snapshot) -> Iterator[Difference]:
    for kind, key in dict.fromkeys([*new.parts, *old.parts]):
        before, after = old.parts.get((kind, key)), new.parts.get((kind, key))
        listed = _listed(kind, key, old, new) if kind in ASKED and after is not None else ""
        if before is None:
            yield Difference(kind, key, "added", listed=listed)
        elif after is None:
            yield Difference(kind, key, "removed")
        elif before.split() != after.split():  # a line broken elsewhere changes nothing
            yield Difference(kind, key, "changed", word_difference(before, after), listed)


def _listed(kind: str, key: str, old: Snapshot, new: Snapshot) -> str:
    """What the entries since the old version say of a page or a question."""
    naming = [entry for entry in new.changes if entry.version > old.version and (kind, key) in entry.names]
    if not naming:
        return "not listed in changes"
    return "listed as material" if any(entry.material for entry in naming) else "listed, not material"


def word_difference(old: str, new: str) -> str:
    """The places where two texts differ, with a few words around: `five times [-this-] {+last+} month`."""
    before, after = old.split(), new.split()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    places = [place for place in matcher.get_opcodes() if place[0] != "equal"]
    shown = []
    for _, start, end, begin, finish in places[:MOST_PLACES]:
        gone, come = _short(before[start:end]), _short(after[begin:finish])
        words = [*before[max(0, start - CONTEXT) : start]]
        words += [f"[-{gone}-]"] * bool(gone) + [f"{{+{come}+}}"] * bool(come) + before[end : end + CONTEXT]
        shown.append(" ".join(words))
    more = len(places) - len(shown)
    return " … ".join(shown) + (f" … and {more} more" if more else "")


def _short(words: Sequence[str]) -> str:
    """So many words, shortened in the middle."""
    if len(words) <= MOST_WORDS:
        return " ".join(words)
    half = MOST_WORDS // 2
    return f"{' '.join(words[:half])} … {' '.join(words[-half:])}"


def report(differences: Sequence[ModuleDifference], today: date) -> Iterator[str]:
    """The differences as lines for people, with the entries to paste."""
    for one in differences:
        yield f"{one.title} ({one.slug}): {_version(one)}"
        for part in one.parts:
            said = [f"  {part.kind} {part.what}: {part.key}", f"“{part.words}”" if part.words else "", part.listed]
            yield " · ".join(piece for piece in said if piece)
        yield from _suggestion(one, today)
        yield ""
    count = sum(bool((one.new or one.old or NOTHING).version) for one in differences)
    yield f"{count or 'No'} module{'' if count == 1 else 's'} changed."


def _version(one: ModuleDifference) -> str:
    if one.old is None:
        return "new"
    if one.new is None:
        return "removed"
    if not one.new.version:
        return "changed"
    if one.new.version == one.old.version:
        return f"version {one.new.version}, not raised"
    moved = "raised" if one.new.version > one.old.version else "lowered"
    return f"version {moved} from {one.old.version} to {one.new.version}"


def _suggestion(one: ModuleDifference, today: date) -> Iterator[str]:
    """An entry for `changes` that names what no entry names yet: changed pages, those that claim a changed fact, and
    changed questions.
    """
    if one.old is None or one.new is None:
        return
    named = {name for entry in one.new.changes if entry.version > one.old.version for name in entry.names}
    pages = [part.key for part in one.parts if part.kind == "page" and part.what != "removed"]
    for part in one.parts:
        pages += one.new.claims.get(part.key, ()) if part.kind == "fact" and part.what == "changed" else ()
    pages = [key for key in dict.fromkeys(pages) if ("page", key) not in named]
    questions = [part.key for part in one.parts if part.kind == "question" and part.what != "removed"]
    questions = [key for key in questions if ("question", key) not in named]
    if not pages and not questions:
        return
    version = max(one.new.version, one.old.version + 1)
    yield f"  If learners should notice, set version: {version} in its header and paste there:"
    yield from ["changes:"] * (not one.new.changes)
    yield f"  - version: {version}"
    yield f"    made: {today}"
    yield "    says: Say in one sentence what changed."
    yield "    material: true    # false if nobody has to read it again; for a slip of the pen paste nothing"
    yield f"    pages: [{', '.join(pages)}]"
    if questions:
        yield f"    questions: [{', '.join(questions)}]"
