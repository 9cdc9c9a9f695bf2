"""What may be wrong with the words themselves: claims stronger than their ground, short forms nobody explained. Pure.

Each finding carries the place of the word in the text, so that an author is sent to the very letter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lms.catalogue.rules import Rule

LINK = re.compile(r"!?\[([^\]\n]*)\]\(([^)\n]*)\)")
BOX_HEAD = re.compile(r"(?m)^ {0,3}/{3,}[^\n]*$")
FOOTNOTE_MARK = re.compile(r"\[\^[^\]\n]+\]:?")
CODE = re.compile(r"`[^`\n]*`")
BEGINS = re.compile(r"[ >]*(?:#{1,6}|[-*]|[0-9]+\.) ")
MARK = re.compile(r"(?m)^[ >]*(?:#{1,6}|[-*]|[0-9]+\.) |[*_|]")
ANY_MARK = re.compile(r"[*_|`\[#/>-]|[0-9]\. ")  # a text without any of these, as most of a quiz's are, is bare already
QUOTED = re.compile(r"“[^”]{0,2000}”|\"[^\"\n]*\"|‘[^’\n]{12,}’")
SENTENCE = re.compile(r"[^.!?\n|]+(?:\n(?!\s*\n)[^.!?\n|]+)*")

# Words that no evidence here carries, and words that only a strong finding carries.
NEVER = re.compile(
    r"\b(?:proven|proves?|proved|guarantees?d?|conclusively|undoubtedly|unquestionabl[ey]|key to"
    r"|(?:clear|hard|solid|conclusive) (?:proof|evidence) that|demonstrat(?:es?|ed) that|evidence establishes)\b",
    re.IGNORECASE,
)
ONLY_STRONG = re.compile(r"\b(?:shows?|showed|shown|establish(?:es|ed)?|confirm(?:s|ed)?) that\b", re.IGNORECASE)
STUDIES = re.compile(
    r"\b(?:research|evidence|stud(?:y|ies)|review|evaluations?|trials?|surveys?|findings?|data|reports?)\b",
    re.IGNORECASE,
)
DENIED = re.compile(
    r"\b(?:not|no|never|nor|cannot|nothing|none|without|neither|hardly|nobody|little|few|whether|if|unless|would|"
    r"impossible|difficult|hard|far from|claim(?:s|ed|ing)? (?:that|to)?|believe[sd]?)\b|n['’]t\b",
    re.IGNORECASE,
)

SHORT_FORM = re.compile(r"\b[A-Z]{2,}[0-9]*s?\b")
ROMAN = re.compile(r"[IVX]+")
EVERYBODY_KNOWS = frozenset({"UK", "US", "USA", "NHS", "GP", "GPs", "TV", "IT", "PDF", "QR", "OK", "ID", "EU", "BBC"})
LONGEST_BRACKET = 60
NEAR = 300  # letters before and behind a short form in which it may be spelled out; more would take minutes
NAMES = frozenset({"NSPCC", "UNICEF"})


@dataclass(frozen=True)
class Finding:
    """A word to look at: where it begins in the text (counted from 0), what it is, what to do about it, and which rule
    says so.
    """

    at: int
    word: str
    message: str
    rule: Rule


def bare(markdown: str) -> str:
    """A text of an author with its marks blanked out, every letter at its old place."""
    if not ANY_MARK.search(markdown):
        return markdown
    text = BOX_HEAD.sub(_blank, markdown)
    text = FOOTNOTE_MARK.sub(_blank, text)
    text = CODE.sub(_blank, text)
    text = LINK.sub(_words_of_link, text)
    return MARK.sub(_blank, text)


def paragraphs(markdown: str) -> Iterator[str]:
    """Paragraphs, headings and list items without their marks. Tables are left out, since cells are no sentences."""
    lines: list[str] = []
    for line, plain in zip(markdown.split("\n"), bare(markdown).split("\n"), strict=True):
        begins, is_table = bool(BEGINS.match(line)), line.lstrip().startswith("|")
        if lines and (begins or is_table or not plain.strip()):
            yield " ".join(lines)
            lines = []
        if plain.strip() and not is_table:
            lines.append(plain.strip())
    if lines:
        yield " ".join(lines)


def overclaims(text: str, *, is_strong: bool = False, speaks_of_evidence: bool = False) -> Iterator[Finding]:
    """Words stronger than their ground. Quotations and denials pass: “promising, not proven” is honest.

    `is_strong` says that the text rests on strong evidence. `speaks_of_evidence` says that the whole text is about a
    study, as a claim is; elsewhere "shows that" counts only in a sentence that speaks of evidence.
    """
    if not NEVER.search(text) and not ONLY_STRONG.search(text):
        return
    open_text = QUOTED.sub(_blank, text)
    for sentence in SENTENCE.finditer(open_text):
        said = sentence.group()
        found = list(NEVER.finditer(said))
        if not is_strong and (speaks_of_evidence or STUDIES.search(said)):
            found += ONLY_STRONG.finditer(said)
        for match in found:
            if not DENIED.search(said[: match.start()]):
                word = " ".join(match.group().split())
                message = f"“{word}” claims more than the evidence carries. Say what was found, by whom, how firmly."
                yield Finding(sentence.start() + match.start(), word, message, "overclaim")


def unexplained(text: str) -> Iterator[Finding]:
    """Short forms that are not spelled out where they first stand: “Common Assessment Framework (CAF)”."""
    seen: set[str] = set()
    for match in SHORT_FORM.finditer(text):
        word = match.group()
        form = word.removesuffix("s") if word[:-1].isupper() else word
        if form in seen or word in EVERYBODY_KNOWS or form in NAMES | EVERYBODY_KNOWS or ROMAN.fullmatch(form):
            continue
        seen.add(form)
        if not _is_spelled_out(text, match):
            message = f"Spell out `{form}` where it first stands, with the short form in brackets behind it."
            yield Finding(match.start(), word, message, "short-form")


def _is_spelled_out(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - NEAR) : match.start()], text[match.end() : match.end() + NEAR]
    opened, closed = before.rfind("("), before.rfind(")")
    in_brackets = (
        opened > closed
        and len(before) - opened < LONGEST_BRACKET
        and bool(re.search(r"\w{2}[\s\w’'-]*$", before[:opened]))
    )
    named_after = re.search(r"\w+ \w+, or\s+$", before)
    return in_brackets or bool(named_after) or bool(re.match(r"(?:\s+\w+)?\s*\([^)]*\w+\s+\w+", after))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())


def _words_of_link(match: re.Match[str]) -> str:
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    whole = match.group()
    return " " * start + whole[start:end] + " " * (len(whole) - end)
