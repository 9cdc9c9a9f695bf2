"""The words somebody looks for: how they are read, where they stand in a text, and the sentence that shows it best.

Everywhere the same: every word must be there, at the beginning of a word, and “words in quotes” side by side and whole.
Case, accents and punctuation do not count.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_LETTERS, MOST_WORDS = 200, 10
LONGEST = 240
SENTENCE_END = re.compile(r"(?<=[.?!…])\s+")
QUOTED = re.compile(r"[\"“”]([^\"“”]*)[\"“”]")


class _Folding(dict[int, str]):
    """What each sign becomes: a small letter without accent, a digit, or a space; always one sign for one."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFKD", chr(code))[0].lower()[0]
        self[code] = base if base.isalnum() else " "
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The same text, sign for sign, with nothing but small letters, digits and spaces."""
    return text.translate(_FOLDING)


def plain_words(text: str) -> str:
    """The words of a text with one space before each, so that ` word` finds the beginning of one."""
    return "".join(f" {word}" for word in fold(text).split())


@dataclass(frozen=True)
class Sought:
    """Words that stand side by side; `is_whole` when the last one may not go on."""

    words: tuple[str, ...]
    is_whole: bool = False

    @property
    def pattern(self) -> str:
        """What finds it in a folded text."""
        return r"(?<!\w)" + " +".join(self.words) + (r"(?!\w)" if self.is_whole else "")

    def is_in(self, words: str) -> bool:
        """Whether it is among the words of a text, as `plain_words` gives them."""
        beginning = f" {' '.join(self.words)}"
        return f"{beginning} " in f"{words} " if self.is_whole else beginning in words


@dataclass(frozen=True)
class Wanted:
    """All that somebody looks for. Without any part it finds nothing."""

    parts: tuple[Sought, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.parts)

    def is_in(self, *texts: str) -> bool:
        """Whether each part is in one of these texts, given as `plain_words` gives them."""
        return bool(self.parts) and all(any(part.is_in(words) for words in texts) for part in self.parts)

    def is_all_of(self, words: str) -> bool:
        """Whether a text, given as `plain_words` gives it, is these words and no more."""
        return bool(self.parts) and words == "".join(f" {word}" for part in self.parts for word in part.words)

    def marks(self, text: str) -> list[tuple[int, int]]:
        """Where it stands in a text, in order; of two that overlap only the first."""
        folded = fold(text)
        found = sorted(match.span() for part in self.parts for match in re.finditer(part.pattern, folded))
        apart: list[tuple[int, int]] = []
        for start, end in found:
            if not apart or start >= apart[-1][1]:
                apart.append((start, end))
        return apart

    def pieces(self, text: str) -> list[tuple[str, bool]]:
        """A text in pieces, each with whether it is what was looked for."""
        return pieces(text, self.marks(text))

    def sentence(self, texts: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
        """The first sentence with the most of it, cut if it is long, and where it stands there."""
        sentences = [sentence for text in texts for sentence in SENTENCE_END.split(text) if sentence]
        if not sentences:
            return "", []
        best = max(sentences, key=self._how_much)
        marks = self.marks(best)
        if len(best) > LONGEST:
            best = _cut(best, marks[0][0] if marks else 0)
            marks = self.marks(best)
        return best, marks

    def _how_much(self, sentence: str) -> int:
        words = plain_words(sentence)
        return sum(part.is_in(words) for part in self.parts)


def wanted(typed: str) -> Wanted:
    """What somebody typed, read: never a fault, whatever it is."""
    parts = dict.fromkeys(_parts(typed[:MOST_LETTERS]))
    return Wanted(tuple(parts)[:MOST_WORDS])


def _parts(typed: str) -> Iterator[Sought]:
    for phrase in QUOTED.findall(typed):
        if words := fold(phrase).split():
            yield Sought(tuple(words), is_whole=True)
    for word in QUOTED.sub(" ", typed).split():
        if words := fold(word).split():
            yield Sought(tuple(words))


def pieces(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is marked."""
    found, done = [], 0
    for start, end in marks:
        found += [(text[done:start], False), (text[start:end], True)]
        done = end
    return [piece for piece in [*found, (text[done:], False)] if piece[0]]


def _cut(sentence: str, around: int) -> str:
    start = sentence.rfind(" ", 0, max(0, around - LONGEST // 3)) + 1
    end = len(sentence) if len(sentence) - start <= LONGEST else sentence.rfind(" ", start, start + LONGEST)
    return ("… " if start else "") + sentence[start:end] + ("" if end == len(sentence) else " …")
