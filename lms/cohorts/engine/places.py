"""Where in a JSON text each thing stands, so that a fault has its line and column. Pure.

Reading well-formed files is left to `json`; this walks the text a second time, and only once something is wrong.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

Path = tuple[str | int, ...]

TOKEN = re.compile(r'[ \t\r\n]*("(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+)')
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")


@dataclass
class _Inside:
    """An object or a list being walked: what of it comes next, and the keys it had."""

    path: Path
    is_list: bool
    step: str | int = 0
    keys: set[str] = field(default_factory=set)

    def here(self) -> Path:
        """The path of the value that comes next."""
        return (*self.path, self.step)


@dataclass
class Places:
    """Where the wanted paths of a text begin, by character, and every key that stands twice in its object."""

    text: str
    found: dict[Path, int] = field(default_factory=dict)
    doubled: list[tuple[Path, int]] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    def line_and_column(self, path: Path) -> tuple[int, int]:
        """Where the value at `path` begins, or the nearest thing around it that the text has; both count from 1."""
        while path and path not in self.found:
            path = path[:-1]
        return self.position(self.found.get(path, 0))

    def position(self, at: int) -> tuple[int, int]:
        """The line and column of a character."""
        if not self._starts:
            self._starts = list(accumulate((len(line) for line in self.text.split("\n")), _next_line, initial=0))[:-1]
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1


def _next_line(start: int, length: int) -> int:
    return start + length + 1


def find(text: str, wanted: Iterable[Path]) -> Places:
    """Look in well-formed JSON for the places of `wanted`, of everything around them, and for doubled keys."""
    places = Places(text)
    around = {path[:length] for path in wanted for length in range(len(path) + 1)}
    for path, at, is_key in _values(text):
        if is_key:
            places.doubled.append((path, at))
        elif path in around:
            places.found.setdefault(path, at)
    return places


def _values(text: str) -> Iterator[tuple[Path, int, bool]]:
    """Every value with its path and place, and every doubled key, marked, with the place of the key."""
    stack: list[_Inside] = []
    key_next = False
    for token in TOKEN.finditer(text):
        word, at = token.group(1), token.start(1)
        if word in "]}":
            stack.pop()
            key_next = False
        elif word == ",":
            _step_on(stack[-1])
            key_next = not stack[-1].is_list
        elif word == ":":
            key_next = False
        elif key_next:
            if _is_doubled(stack[-1], _plain(word)):
                yield stack[-1].here(), at, True
        else:
            path = stack[-1].here() if stack else ()
            yield path, at, False
            if word in "[{":
                stack.append(_Inside(path, is_list=word == "["))
            key_next = word == "{"


def _step_on(inside: _Inside) -> None:
    if isinstance(inside.step, int):
        inside.step += 1


def _is_doubled(inside: _Inside, key: str) -> bool:
    doubled = key in inside.keys
    inside.keys.add(key)
    inside.step = key
    return doubled


def _plain(quoted: str) -> str:
    """A key without its quotes and escapes."""
    return ESCAPE.sub(_unescaped, quoted[1:-1]) if "\\" in quoted else quoted[1:-1]


def _unescaped(escape: re.Match[str]) -> str:
    code, sign = escape.groups()
    return chr(int(code, 16)) if code else ESCAPES.get(sign, sign)
