"""YAML as authors mean it: nothing is guessed, and every fault has its file, line and column in a plain sentence."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, Literal, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from lms.catalogue.rules import Rule
from lms.catalogue.wording import sentence

Kind = TypeVar("Kind")
Path = tuple[str | int, ...]
Level = Literal["fault", "warning"]

# libyaml reads about ten times faster; where PyYAML was built without it, its own parser gives the same answers.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TAG = "tag:yaml.org,2002:"
# How a value of each kind must be written, and what makes it one; everything else is a text or a fault.
FORMS: Mapping[str, tuple[re.Pattern[str], Callable[[str], int | float | bool | date]]] = {
    "bool": (re.compile("true|false"), lambda text: text == "true"),
    "int": (re.compile("[-+]?(0|[1-9][0-9]*)"), int),
    "float": (re.compile("[-+]?(0|[1-9][0-9]*)[.][0-9]+"), float),
    "timestamp": (re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"), date.fromisoformat),
}
NO_FORM = (re.compile("(?!)"), bool)
DEEPEST = 30
WORD_HERE = re.compile(r"[^\s\"'\\]+")
MANY_BRACKETS = 1_000
TOO_DEEP = "This is nested too deep."
# What reads a kind of file, made once: making one takes longer than reading a short file.
_reader: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)
ANCHOR = "A text that begins with & or * needs quotes around it; YAML anchors are not used here."
TAGGED = "A text that begins with ! needs quotes around it; YAML tags are not used here."

# What YAML's own parser says, and what an author can do about it.
SYNTAX = (
    ("mapping values are not allowed", "A text with a colon and a space in it needs quotes around it."),
    ("could not find expected ':'", "Here or just above, a key has no colon after it, or a text is not indented."),
    ("did not find expected key", "The indentation does not fit the lines above, or a quote or bracket is not closed."),
    (
        "did not find expected '-' indicator",
        "A list item does not begin with “- ”, or is not indented like the others.",
    ),
    ("expected <block end>", "The indentation does not fit the lines above, or a quote or bracket is not closed."),
    ("cannot start any token", "A text that begins with this sign needs quotes. Indent with spaces, not tabs."),
    ("did not find expected ',' or ']'", "A square bracket is opened and never closed."),
    ("did not find expected ',' or '}'", "A curly bracket is opened and never closed."),
    ("found a tab character", "Indent with spaces, not tabs."),
    ("unexpected end of stream", "A quote is opened and never closed."),
    ("undefined alias", "A text that begins with * needs quotes around it."),
    ("expected a single document", "A line of --- begins a second document here; only one is allowed."),
    ("but found another document", "A line of --- begins a second document here; only one is allowed."),
)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing an author must mend (a fault) or look at (a warning). Lines and columns count from 1.

    `rule` is the stable name of what it offends against, for programs.
    """

    file: str
    line: int
    column: int
    message: str
    level: Level = "fault"
    rule: Rule = field(default="form", compare=False)

    def __str__(self) -> str:
        """Say it as compilers do, so that editors can jump to the place."""
        mark = "warning: " if self.level == "warning" else ""
        return f"{self.file}:{self.line}:{self.column}: {mark}{self.message}"


def ruled(rule: Rule, faults: Iterable[Fault]) -> Iterator[Fault]:
    """The same faults under this rule, those of a narrower rule left as they are."""
    for fault in faults:
        yield replace(fault, rule=rule) if fault.rule == "form" else fault


class ContentFaults(Exception):
    """Content cannot be used; `faults` lists everything that is wrong with it, in order of file and line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass
class Document:
    """One YAML text (`source`): its value, where each part of it stands, and the faults found in reading it."""

    file: str
    first_line: int = 1
    value: Any = None
    faults: list[Fault] = field(default_factory=list)
    _values: dict[Path, tuple[int, int]] = field(default_factory=dict, init=False)
    _keys: dict[Path, tuple[int, int]] = field(default_factory=dict, init=False)
    refused: set[Path] = field(default_factory=set)
    source: str = ""

    def place(self, path: Sequence[str | int] = (), *, at_key: bool = False) -> tuple[int, int]:
        """Line and column of the value (or its key) at `path`; of the nearest part around it where it is absent."""
        known = self.known(path)
        if (at_key and known in self._keys) or known not in self._values:
            return self._keys.get(known, (self.first_line, 1))
        return self._values[known]

    def known(self, path: Sequence[str | int]) -> Path:
        """The part of `path` that the text has; steps it does not have, such as names pydantic adds, are left out."""
        found: Path = ()
        for step in path:
            if (*found, step) in self._values:
                found = (*found, step)
        return found

    def fault(
        self,
        path: Sequence[str | int],
        message: str,
        rule: Rule = "form",
        *,
        at_key: bool = False,
        level: Level = "fault",
    ) -> Fault:
        """A fault at `path`; not yet added to `faults`."""
        line, column = self.place(path, at_key=at_key)
        return Fault(self.file, line, column, message, level, rule)

    def fault_within(self, path: Sequence[str | int], text: str, at: int, message: str, rule: Rule) -> Fault:
        """A fault at a word inside the long text at `path`, which begins `at` characters into `text`."""
        return Fault(self.file, *self._place_within(path, text, at), message, rule=rule)

    def _place_within(self, path: Sequence[str | int], text: str, at: int) -> tuple[int, int]:
        """Where a word of a value stands in the file, in which the value may be folded, quoted or indented: the word's
        like is looked for as often, from the value's beginning, as it has come by in the text.
        """
        line, column = self.place(path)
        found = WORD_HERE.match(text, at)
        lines = self.source.split("\n")[line - self.first_line :]
        if not found or not lines:
            return line, column
        source, word = "\n".join([" " * (column - 1) + lines[0][column - 1 :], *lines[1:]]), found.group()
        place = -len(word)
        for _ in range(text.count(word, 0, at) + 1):
            place = source.find(word, place + len(word))
            if place < 0:
                return line, column
        return line + source.count("\n", 0, place), place - source.rfind("\n", 0, place)

    def was_refused(self, path: Sequence[str | int]) -> bool:
        """Whether the value at exactly this path has a fault already, so that a second one would only repeat it."""
        return self.known(path) in self.refused

    def refuse(self, path: Path, mark: yaml.Mark, message: str) -> None:
        """Record a fault of the YAML itself at `mark`."""
        self.refuse_at(path, mark.line, mark.column, message)

    def refuse_at(self, path: Path, line: int, column: int, message: str) -> None:
        """Record a fault of the YAML itself at a line and column counted from 0, as PyYAML counts."""
        self.faults.append(Fault(self.file, line + self.first_line, column + 1, message, rule="yaml"))
        self.refused.add(path)

    def remember(self, path: Path, value: yaml.Mark) -> None:
        """Keep where the value at `path` begins."""
        self._values[path] = self._position(value)

    def remember_key(self, path: Path, key: yaml.Mark) -> None:
        """Keep where the key at `path` begins."""
        self._keys[path] = self._position(key)

    def _position(self, mark: yaml.Mark) -> tuple[int, int]:
        return mark.line + self.first_line, mark.column + 1


def read(text: str, file: str, first_line: int = 1) -> Document:
    """Read YAML whose first line is line `first_line` of `file`. Its faults are in `faults`, never raised."""
    document = Document(file, first_line, source=text)
    try:
        for mark, advice in _refused(text):
            document.refuse((), mark, advice)
        if not document.faults:
            node = yaml.compose(text, Loader=LOADER)
            document.value = None if node is None else _build(document, node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        document.refuse_at((), line, column, _syntax(str(error.problem or error.context)))
    except yaml.YAMLError as error:
        before = text[: getattr(error, "position", 0)]
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        document.refuse_at((), line, column, "There is a character here that YAML cannot read.")
    return document


def validate(document: Document, kind: type[Kind]) -> tuple[Kind | None, list[Fault]]:
    """The document as `kind` (a pydantic model or a list of them) or None, with all faults, the YAML's own included."""
    try:
        value: Kind = _reader(kind).validate_python(document.value)
    except ValidationError as error:
        found = [] if document.was_refused(()) and document.value is None else list(_translated(document, kind, error))
        return None, document.faults + found
    return (None if document.faults else value), list(document.faults)


def validate_items(document: Document, kind: type[Kind]) -> tuple[list[tuple[int, Kind]], list[Fault]]:
    """The right items of a list, each with its place, and all faults: one bad item does not hide the others."""
    whole, faults = validate(document, list[kind])  # type: ignore[valid-type] # the kind is known when it runs
    if whole is not None:
        return list(enumerate(whole)), faults
    adapter, right = _reader(kind), []
    for place, item in enumerate(document.value if isinstance(document.value, list) else ()):
        with suppress(ValidationError):
            right.append((place, adapter.validate_python(item)))
    return right, faults


def _translated(document: Document, kind: Any, error: ValidationError) -> Iterator[Fault]:
    for problem in error.errors(include_url=False):
        path = problem["loc"]
        if problem["type"] == "union_tag_invalid":  # pydantic points at the whole item, an author wants the word
            path = (*path, problem["ctx"]["discriminator"].strip("'"))
        at_key = problem["type"] == "extra_forbidden"
        if at_key or not document.was_refused(path) or problem["type"] == "missing":
            yield document.fault(path, sentence(problem, kind), at_key=at_key)


@dataclass(frozen=True)
class FrontMatter:
    """A Markdown file taken apart: its YAML header, and its text with the line of the file it begins on."""

    header: Document
    text: str
    text_line: int


def front_matter(content: str, file: str) -> FrontMatter:
    """Take a Markdown file apart at its two lines of `---`. A missing line is a fault of the header."""
    lines = content.split("\n")
    if lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:], start=2):
            if line.rstrip() == "---":
                header = read("\n".join(lines[1 : number - 1]), file, first_line=2)
                return FrontMatter(header, "\n".join(lines[number:]), number + 1)
    message = "The file must begin with a header: a line of ---, the YAML, and another line of ---."
    return FrontMatter(Document(file, faults=[Fault(file, 1, 1, message, rule="yaml")], refused={()}), content, 1)


def _refused(text: str) -> Iterator[tuple[Any, str]]:
    """What is refused before the text is put together: anchors, and brackets in brackets without end, in which the
    reader itself would come to grief. Most texts have no sign of either.
    """
    if "&" not in text and text.count("[") + text.count("{") < MANY_BRACKETS:
        return
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if getattr(event, "anchor", None):
            yield event.start_mark, ANCHOR
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MANY_BRACKETS:
            yield event.start_mark, TOO_DEEP
            return


def _syntax(problem: str) -> str:
    for said, advice in SYNTAX:
        if said in problem:
            return advice
    return f"YAML cannot be read here: {problem}."


def _build(document: Document, node: yaml.Node, path: Path) -> Any:
    """The Python value of a node; strange values are recorded as faults and kept as they were written."""
    document.remember(path, node.start_mark)
    if len(path) > DEEPEST:
        document.refuse(path, node.start_mark, TOO_DEEP)
        return None
    if isinstance(node, yaml.MappingNode) and node.tag == f"{TAG}map":
        return _mapping(document, node, path)
    if isinstance(node, yaml.SequenceNode) and node.tag == f"{TAG}seq":
        return [_build(document, item, (*path, number)) for number, item in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        return _scalar(document, node, path)
    document.refuse(path, node.start_mark, TAGGED)
    return None


def _mapping(document: Document, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = _scalar(document, key_node, path) if isinstance(key_node, yaml.ScalarNode) else None
        if key_node.tag == f"{TAG}merge":
            continue
        if not isinstance(key, str):
            document.refuse(path, key_node.start_mark, "A key must be a word. Put quotes around a key that is none.")
        elif key in values:
            document.refuse((*path, key), key_node.start_mark, f"`{key}` is given twice.")
        else:
            document.remember_key((*path, key), key_node.start_mark)
            values[key] = _build(document, value_node, (*path, key))
    return values


def _scalar(document: Document, node: yaml.ScalarNode, path: Path) -> str | int | float | bool | date | None:
    """The value of a plain or quoted text. What YAML 1.1 would quietly turn into something else is a fault."""
    text, kind = str(node.value), node.tag.removeprefix(TAG)
    if kind == "str":
        return text
    if kind == "null":
        return None
    form, value = FORMS.get(kind, NO_FORM)
    if not form.fullmatch(text):
        document.refuse(path, node.start_mark, _strange(kind, text))
        return text
    try:
        return value(text)
    except ValueError:
        document.refuse(path, node.start_mark, f"{text} is not a day of the calendar.")
        return text


def _strange(kind: str, text: str) -> str:
    if kind == "bool":
        return f"Put quotes around `{text}` if it is a word; yes or no is written true or false, in small letters."
    if kind in ("int", "float"):
        return f"Put quotes around `{text}` if it is a text; YAML would make another number of it."
    if kind == "timestamp":
        return f"Put quotes around `{text}` if it is a text; a date is written like 2027-05-31, without a time."
    if kind in ("merge", "value"):
        return f"Put quotes around `{text}`."
    return TAGGED
