"""Diagrams that authors draw: SVG read strictly, so that it can stand in a page, in its colours, and harm nobody.

A drawing names no colour and no font; it says what each part is (`class="damson"`, `class="word"`) and the stylesheet
gives the look, in light, dark, forced colours and print. It has no ids, styles, scripts, links or pictures from
elsewhere. It is 360 units wide, so that its words can be read on a phone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

SVG = "{http://www.w3.org/2000/svg}"
WIDTH = "360"
VIEW_BOX = re.compile(r"0 0 360 [1-9][0-9]{1,3}")
NUMBERS = re.compile(r"[-+0-9.,eE %]*")
PATH = re.compile(r"[-+0-9.,eE MmLlHhVvCcSsQqTtAaZz]*")
TURN = re.compile(r"((translate|rotate|scale)\([-+0-9., ]+\) ?)+")
SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
GROUPS = {"svg", "g"}
WORDS = {"text", "tspan"}
SPOKEN = {"title", "desc"}
DEEPEST = 20
FILLS = ("surface", "well", "damson", "panel", "marigold", "pine", "amber", "rust", "slate")
LINES = ("line", "dashed", "arrow", "head")
LETTERS = ("word", "strong", "quiet", "small", "light", "start", "end")
LOOKS = frozenset((*FILLS, *LINES, *LETTERS))
PLACES = ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "dx", "dy", "points")
ATTRIBUTES: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(PLACES, NUMBERS),
    "d": PATH,
    "transform": TURN,
}


@dataclass(frozen=True)
class Flaw:
    """Something in a drawing that its author must mend; `line` counts from 1."""

    line: int
    message: str


@dataclass(frozen=True)
class Drawing:
    """One drawing, ready to stand in a page; `svg` is empty while there are flaws."""

    title: str
    svg: str
    flaws: tuple[Flaw, ...] = ()


def read_drawing(text: str) -> Drawing:
    """Read an author's SVG. Nothing that is not expected comes through; all flaws are told at once."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return Drawing("", "", (Flaw(1, "A drawing has no DOCTYPE and no entities; begin with <svg>."),))
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 -- entities are refused above, and content is our own
    except ElementTree.ParseError as error:
        return Drawing("", "", (Flaw(error.position[0], "This is not well-formed XML."),))
    title = " ".join((root.findtext(f"{SVG}title") or "").split())
    flaws = tuple(_flaws(root, text, title))
    return Drawing(title, "" if flaws else _written(root, title), flaws)


def _flaws(root: ElementTree.Element, text: str, title: str) -> Iterator[Flaw]:
    if root.tag != f"{SVG}svg":
        yield Flaw(1, 'A drawing begins with <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 …">.')
        return
    if not VIEW_BOX.fullmatch(root.get("viewBox", "")):
        yield Flaw(1, 'The drawing needs viewBox="0 0 360 …": 360 units wide, so that it can be read on a phone.')
    if not title:
        yield Flaw(1, "The drawing needs a <title> as its first part: one sentence that says what it means.")
    if _is_deeper(root, DEEPEST):
        yield Flaw(1, f"The drawing is nested too deep; {DEEPEST} parts in one another are the most.")
    for element in root.iter():
        yield from _element_flaws(element, text, is_root=element is root)


def _is_deeper(root: ElementTree.Element, most: int) -> bool:
    level = [root]
    for _ in range(most):
        level = [child for element in level for child in element]
    return bool(level)


def _element_flaws(element: ElementTree.Element, text: str, *, is_root: bool) -> Iterator[Flaw]:
    name = element.tag.removeprefix(SVG) if isinstance(element.tag, str) else "comment"
    if name not in SHAPES | GROUPS | WORDS | SPOKEN:
        known = ", ".join(sorted(SHAPES | GROUPS | WORDS | SPOKEN))
        yield Flaw(_line(text, f"<{name}"), f"A drawing has no <{name}>. There are {known}.")
        return
    for key, value in element.attrib.items():
        if is_root and key == "viewBox":
            continue
        if key == "class":
            strange = [look for look in value.split() if look not in LOOKS]
            if strange:
                known = ", ".join(sorted(LOOKS))
                yield Flaw(_line(text, value), f"There is no look `{strange[0]}`. There are {known}.")
        elif key not in ATTRIBUTES:
            yield Flaw(_line(text, f"{key}="), f"A drawing has no `{key}`; say what the part is with class.")
        elif not ATTRIBUTES[key].fullmatch(value):
            yield Flaw(_line(text, f'"{value}"'), f"`{key}` cannot be `{value}` in a drawing.")


def _line(text: str, what: str) -> int:
    place = text.find(what)
    return text.count("\n", 0, place) + 1 if place >= 0 else 1


def _written(root: ElementTree.Element, title: str) -> str:
    """The drawing written anew from its parts: an image with a name, its own words hidden from reading twice."""
    inner = "".join(_part(child) for child in root if child.tag not in (f"{SVG}title", f"{SVG}desc"))
    box = quoteattr(root.get("viewBox", ""))
    return f'<svg class="art" role="img" aria-label={quoteattr(title)} viewBox={box}>{inner}</svg>'


def _part(element: ElementTree.Element) -> str:
    name = element.tag.removeprefix(SVG)
    marks = "".join(f" {key}={quoteattr(value)}" for key, value in element.attrib.items())
    inner = escape(" ".join((element.text or "").split())) if name in WORDS else ""
    inner += "".join(_part(child) + _tail(child, name) for child in element)
    return f"<{name}{marks}>{inner}</{name}>" if inner else f"<{name}{marks}/>"


def _tail(child: ElementTree.Element, inside: str) -> str:
    return escape(" ".join((child.tail or "").split())) if inside in WORDS else ""
