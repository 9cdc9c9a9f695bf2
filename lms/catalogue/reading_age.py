"""How hard a text is to read: the Flesch-Kincaid grade, years of school in the United States. Pure.

Formula: Kincaid, Fishburne, Rogers and Chissom (1975), *Derivation of new readability formulas for Navy enlisted
personnel*. Syllables are counted by rule (docs/decisions/0006); over a page the small errors cancel out.
"""

import re
from collections.abc import Iterable
from functools import cache

FEWEST_WORDS = 100  # a shorter text says nothing: one long name would decide
WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’][A-Za-z]+)?")
SENTENCE_END = re.compile(r"[.!?;]+(?=\s|$)")
VOWELS = re.compile(r"[aeiouyà-ÿ]+")
APART = re.compile(r"i[aou](?!u)|eo(?!u)|[ue]a(?=[lt])|uou|eing|[aeo]ing|ua[lr]|ue[nl]")
TOGETHER = re.compile(r"[ctsg]i(?:on|ou|an|al|en)|sion|gion|qu|gu[aei]|peo|lieu|iou")


def grade(blocks: Iterable[str]) -> float | None:
    """The grade of a text, given as paragraphs, list items and headings; None where it is too short to say."""
    sentences = [words for block in blocks for part in SENTENCE_END.split(block) if (words := WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < FEWEST_WORDS:
        return None
    return of(len(words), len(sentences), sum(map(syllables, words)))


def of(words: int, sentences: int, spoken: int) -> float:
    """The formula: words a sentence, and syllables (`spoken`) a word."""
    return 0.39 * words / sentences + 11.8 * spoken / words - 15.59


@cache
def syllables(word: str) -> int:
    """How many syllables an English word has, by rule: groups of vowels, less silent endings, more where two vowels
    are said apart.
    """
    lower = word.lower().replace("’", "'").partition("'")[0]
    count = len(VOWELS.findall(lower))
    if len(lower) > 2 and _has_silent_end(lower) and count > 1:
        count -= 1
    count += len(APART.findall(TOGETHER.sub("x", lower)))
    return max(1, count)


def _has_silent_end(word: str) -> bool:
    """Whether the last `e` is not said: `likes`, `asked`, `whole`, but not `places`, `wanted`, `table`."""
    if word.endswith("ed"):
        return not word.endswith(("ted", "ded", "eed", "ied"))
    if word.endswith("es"):
        return not word.endswith(("ses", "ces", "ges", "xes", "zes", "shes", "ches", "ies", "oes", "ees", "ues"))
    if word.endswith("le"):
        return len(word) > 3 and word[-3] in "aeiouy"
    return word.endswith("e") and not word.endswith(("ee", "ie", "oe", "ue", "ye"))
