"""Proof-reading of authors' Markdown: boxes, words, links, pictures, headings; each fault at its place in the text."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from lms.catalogue import prose, reading_age
from lms.catalogue.boxes import BOXES, Used, day_of
from lms.catalogue.check import unknown
from lms.catalogue.folder import Text
from lms.catalogue.markdown import PICTURE
from lms.catalogue.rules import Rule
from lms.catalogue.schema import WEB
from lms.catalogue.strict_yaml import Fault, ruled

BOX_LINE = re.compile(r" {0,3}(/{3,}) *(?:([\w-]+) *(?:\| *(.*?) *)?)?")
DRAWING = re.compile(r"(?ms)^ {0,3}(/{3,}) *figure *\|[^\n]*\n(.*?)^ {0,3}\1 *$")
CLAIM = re.compile(r"(?ms)^ {0,3}(/{3,}) *claim *\| *([^\n]*?) *\n(.*?)^ {0,3}\1 *$")
EASY, HARDEST = 10, 13
SINCE = re.compile(r"(?m)^ {0,3}/{3,} *since *\| *([0-9-]+) *$")
FOOTNOTE = re.compile(r"\[\^([^\]\n]+)\](:?)")
FOOTNOTE_NAME = re.compile(r"[A-Za-z0-9-]+")
NEEDS = {
    "claim": "the id of a fact, like /// claim | M5-F9",
    "belief": "the belief, like /// belief | The lead has to do it all.",
    "since": "the day it was checked, like /// since | 2026-11-22",
    "note": "a heading, like /// note | A worked example",
    "figure": "a drawing of the folder media, like /// figure | media/levels.svg",
}
LINKS = "A link leads to a word (term:), a work (ref:), a module (module:) or a web address (https://)"


@dataclass(frozen=True)
class Names:
    """What a text may name, those included whose entries have other faults; and the day it is, where it matters."""

    terms: Collection[str]
    references: Collection[str]
    modules: Collection[str]
    facts: Collection[str] = ()
    strong: Collection[str] = ()
    drawings: Collection[str] = ()
    today: date | None = None


def page_faults(text: Text, used: Used, names: Names, folder: Path) -> Iterator[Fault]:
    """What is wrong with the text of a page or an introduction, given what it turned out to use."""
    if not text.markdown.strip():
        yield Fault(text.file, text.first_line, 1, "There is no text under the header.", rule="pages")
    yield from ruled("box", _boxes(text, used, names))
    yield from link_faults(used, names, text.faults)
    yield from _pictures(text, used, folder)
    yield from _drawings(text)
    yield from _old(text, names.today)
    yield from _headings(text, used)
    yield from _footnotes(text)
    yield from _words(text, names)
    for tag in dict.fromkeys(used.raw):
        yield from text.faults(re.escape(tag), f"HTML is removed; `{tag}` will not be seen.", "html", "warning")


def link_faults(used: Used, names: Names, at: Callable[[str, str, Rule], list[Fault]]) -> Iterator[Fault]:
    """Links that lead nowhere. `at` makes the faults for a pattern, a sentence and a rule, wherever the text stands."""
    for scheme, kind, keys, known in (
        ("term", "word", used.terms, names.terms),
        ("ref", "work", used.references, names.references),
        ("module", "module", used.modules, names.modules),
    ):
        for key in _without(keys, known):
            yield from at(rf"\b{scheme}:{re.escape(key)}(?![\w-])", unknown(kind, key, known), "unknown-name")
    for address in dict.fromkeys(used.links):
        if not WEB.fullmatch(address):
            yield from at(re.escape(f"({address}"), f"{LINKS}; `{address}` is none of these.", "link")


def _without(keys: Iterable[str], known: Collection[str]) -> list[str]:
    return [key for key in dict.fromkeys(keys) if key not in known]


def _boxes(text: Text, used: Used, names: Names) -> Iterator[Fault]:
    """Boxes that are never closed, unknown, or without what their first line needs."""
    opened: list[tuple[str, str, int]] = []
    rendered = list(used.boxes)
    for number, line in enumerate(text.markdown.split("\n")):
        found = BOX_LINE.fullmatch(line.rstrip())
        if not found:
            continue
        slashes, name, about = found[1], found[2], found[3] or ""
        if name is None:
            if slashes in [before for before, _, _ in opened]:
                while opened.pop()[0] != slashes:
                    pass
            else:
                yield _on(text, number, f"This {slashes} closes no box.")
            continue
        opened.append((slashes, name, number))
        complaint = _complaint(name, about, names)
        if complaint:
            yield _on(text, number, complaint)
        elif (name, about) in rendered:
            rendered.remove((name, about))
        else:
            yield _on(text, number, "This box cannot be read. Put an empty line above it and its text directly below.")
    for slashes, name, number in opened:
        yield _on(text, number, f"This {name} is never closed; end it with a line of {slashes}.")


def _complaint(name: str, about: str, names: Names) -> str | None:
    boxes = [box.NAME for box in BOXES]
    if name not in boxes:
        return unknown("box", name, boxes) + f" There are {', '.join(boxes[:-1])} and {boxes[-1]}."
    if not about:
        return f"A {name} needs {NEEDS[name]}."
    if name == "since" and day_of(about) is None:
        return f"`{about}` is not a date. A since needs {NEEDS[name]}."
    if name == "claim" and about not in names.facts:
        return unknown("fact", about, names.facts)
    if name == "figure" and about not in names.drawings:
        return unknown("drawing", about, names.drawings)
    return None


def _on(text: Text, line: int, message: str) -> Fault:
    return Fault(text.file, text.first_line + line, 1, message)


def _pictures(text: Text, used: Used, folder: Path) -> Iterator[Fault]:
    for source, alt in dict.fromkeys(used.images):
        here = re.escape(f"({source}")
        if not PICTURE.fullmatch(source):
            message = f"A picture lies in the module's folder media and is a png, jpg, webp or gif; `{source}` is not."
            yield from text.faults(here, message, "picture")
        elif not (folder / source).is_file():
            yield from text.faults(here, f"There is no picture `{source}` in this module.", "picture")
        if not alt.strip():
            message = "Say in the square brackets what the picture shows, for people who cannot see it."
            yield from text.faults(here, message, "picture")


def _drawings(text: Text) -> Iterator[Fault]:
    """Drawings without their caption, or without the paragraph that says the same in words."""
    for found in DRAWING.finditer(text.markdown):
        said = [part for part in re.split(r"\n\s*\n", found[2].strip()) if part.strip()]
        if len(said) < 2:
            message = "Below a drawing stand its caption, an empty line, and the same in words for who cannot see it."
            yield Fault(text.file, *text.place(found.start(1)), message, rule="drawing")


def _old(text: Text, today: date | None) -> Iterator[Fault]:
    """Boxes about what has happened since that nobody has looked at for more than a year."""
    for found in SINCE.finditer(text.markdown) if today else ():
        checked = day_of(found[1])
        if checked and today and (checked.year + 1, checked.month, checked.day) < (today.year, today.month, today.day):
            message = f"Checked on {checked}, more than twelve months ago: look at it again, then write the new date."
            yield Fault(text.file, *text.place(found.start(1)), message, "warning", "since-date")


def _headings(text: Text, used: Used) -> Iterator[Fault]:
    above = 1
    for level, words in used.headings:
        here = rf"(?m)^#{{{level}}} *(?=[^\s#])"
        if level == 1:
            message = "Headings on a page begin with ##; the title of the page stands in its header."
            yield from text.faults(here, message, "heading")
        elif level > above + 1:
            message = f"The heading “{words}” skips a level; use {'#' * (above + 1)}."
            yield from text.faults(rf"(?m)^#{{{level}}} *{re.escape(words)}", message, "heading")
        above = max(level, 2)


def _words(text: Text, names: Names) -> Iterator[Fault]:
    """Claims beyond their evidence, short forms that nobody explained, and sentences too hard to read."""
    claims = [(claim.start(3), claim.end(3), claim[2]) for claim in CLAIM.finditer(text.markdown)]
    rest = list(prose.bare(text.markdown))
    for start, end, fact in claims:
        said = "".join(rest[start:end])
        for finding in prose.overclaims(said, is_strong=fact in names.strong, speaks_of_evidence=True):
            yield Fault(text.file, *text.place(start + finding.at), finding.message, rule=finding.rule)
        rest[start:end] = [letter if letter == "\n" else " " for letter in rest[start:end]]
    for finding in [*prose.overclaims("".join(rest)), *prose.unexplained(prose.bare(text.markdown))]:
        yield Fault(text.file, *text.place(finding.at), finding.message, rule=finding.rule)
    yield from reading_faults(
        prose.paragraphs(text.markdown), Fault(text.file, text.first_line, 1, "", rule="reading-age")
    )


def reading_faults(blocks: Iterable[str], at: Fault) -> Iterator[Fault]:
    """A warning, or a fault, at the place of `at`, where a text is hard to read."""
    grade = reading_age.grade(blocks)
    if grade is not None and grade > EASY:
        message = f"Flesch-Kincaid grade {grade:.1f} is hard to read; aim for {EASY} or below: shorter sentences."
        yield replace(at, message=message, level="fault" if grade > HARDEST else "warning")


def _footnotes(text: Text) -> Iterator[Fault]:
    """Footnotes that are pointed to and not there, or there and not pointed to."""
    found = [(match[1], bool(match[2])) for match in FOOTNOTE.finditer(text.markdown)]
    written = {name for name, is_note in found if is_note}
    pointed = {name for name, is_note in found if not is_note}
    for name in dict.fromkeys(name for name, _ in found):
        here = re.escape(f"[^{name}]")
        if not FOOTNOTE_NAME.fullmatch(name):
            yield from text.faults(here, f"Call the footnote `{name}` by a number or a word of letters.", "footnote")
        elif name not in written:
            message = f"There is no footnote `{name}`; write it on a line of its own: [^{name}]: …"
            yield from text.faults(here, message, "footnote")
        elif name not in pointed:
            yield from text.faults(here, f"Nothing points to the footnote `{name}`.", "footnote", "warning")
