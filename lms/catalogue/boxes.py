"""The boxes of authors' Markdown (claim, belief, since, note, figure), and the tidying that makes a page accessible."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block

FOLD, UNFOLD = "fold", "unfold"
BOX_TITLE = "data-box-title"
RAW_TAG = r"(<(?:/?[a-zA-Z][^<>@ ]*(?: [^<>]*)?|!--(?:(?!<!--|-->).)*--)>)"
# The page's title is the only h1, and nothing here is deep enough for more than two levels below an h2.
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}


@dataclass
class Used:
    """What one text turned out to use, gathered while it was rendered, in order of appearance."""

    boxes: list[tuple[str, str]] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[tuple[str, str]] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)

    @property
    def facts(self) -> list[str]:
        """The ids of the facts claimed."""
        return [about for name, about in self.boxes if name == "claim"]

    @property
    def drawings(self) -> list[str]:
        """The drawings shown, by their file in the module's folder."""
        return [about for name, about in self.boxes if name == "figure"]


@dataclass
class Notebook:
    """Shared by the parts of one Markdown instance: what the text used so far, and the mark of this run.

    The mark cannot be guessed, so no author can write a placeholder that becomes an evidence panel.
    """

    used: Used = field(default_factory=Used)
    mark: str = ""


def day_of(text: str) -> date | None:
    """The date in the head of a `since` box, or None when it is not one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class _Box(Block):  # type: ignore[misc] # pymdownx ships no types
    """What the boxes share: a name, one argument, and a line in the notebook."""

    ARGUMENT = True
    CLASSES = "box"

    def on_validate(self, parent: Element) -> bool:  # noqa: ARG002 - pymdownx's signature
        """Refuse pymdownx's own options, by which an author could set any attribute."""
        return not self.options["attrs"]

    def on_create(self, parent: Element) -> Element:
        """Open the box and note that it is here."""
        self.config["notebook"].used.boxes.append((self.NAME, self.argument))
        element = SubElement(parent, "div", {"class": self.CLASSES})
        self.begin(element)
        return element

    def begin(self, element: Element) -> None:
        """Write what stands above the author's text."""

    def title(self, element: Element, words: str) -> None:
        """Write the box's heading; its level is set when the whole page is known."""
        SubElement(element, "h3", {BOX_TITLE: ""}).text = words


class Claim(_Box):
    """One fact in the author's words; the panel that says how firm it is takes the place of the mark."""

    NAME = "claim"
    CLASSES = "claim"

    def on_end(self, block: Element) -> None:
        """Leave the mark that the evidence panel will replace."""
        if len(block) > 1:  # beside the text stands the evidence; several paragraphs must stay one column
            said = Element("div")
            said.extend(list(block))
            block[:] = [said]
        SubElement(block, "p").text = f"{self.config['notebook'].mark}{self.argument}"


class Belief(_Box):
    """A common misconception, quoted and answered."""

    NAME = "belief"
    CLASSES = "box belief"

    def begin(self, element: Element) -> None:
        """Quote what people say."""
        self.title(element, "You may hear")
        say = SubElement(element, "p", {"class": "say"})
        SubElement(say, "q").text = self.argument


class Since(_Box):
    """What has happened after the review, and when somebody last looked."""

    NAME = "since"
    CLASSES = "box since"

    def on_validate(self, parent: Element) -> bool:
        """Refuse a head that is not a date."""
        return super().on_validate(parent) and day_of(self.argument) is not None

    def begin(self, element: Element) -> None:
        """Say that this is later than the review."""
        self.title(element, "Since then")

    def on_end(self, block: Element) -> None:
        """Say when somebody last looked."""
        checked = day_of(self.argument)
        assert checked is not None
        SubElement(block, "p", {"class": "small quiet"}).text = f"Checked {checked.day} {checked:%B %Y}."


class Note(_Box):
    """Anything worth setting apart, under a heading of the author's."""

    NAME = "note"

    def begin(self, element: Element) -> None:
        """Write the author's heading."""
        self.title(element, self.argument)


class Figure(_Box):
    """A drawing of the module's media folder: below it the caption, and folded away the picture in words."""

    NAME = "figure"
    CLASSES = "figure"

    def on_end(self, block: Element) -> None:
        """Leave the mark that the drawing will replace, and fold what comes after the caption."""
        parts = list(block)
        figure = Element("figure")
        self._leave(figure, self.argument)
        if parts:
            caption = SubElement(figure, "figcaption")
            caption.text, caption.tail = parts[0].text, None
            caption.extend(list(parts[0]))
        block[:] = [figure]
        if len(parts) > 1:
            self._leave(block, FOLD)
            block.extend(parts[1:])
            self._leave(block, UNFOLD)

    def _leave(self, element: Element, name: str) -> None:
        """A mark that is replaced only after the author's text was sanitised, so that no author can make what we do."""
        SubElement(element, "p").text = f"{self.config['notebook'].mark}{name}"


BOXES: tuple[type[_Box], ...] = (Claim, Belief, Since, Note, Figure)


class BoxesExtension(BlocksExtension):  # type: ignore[misc] # pymdownx ships no types
    """Teaches Markdown the boxes."""

    def __init__(self, notebook: Notebook) -> None:
        super().__init__()
        self.notebook = notebook

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: ARG002, N802 - pymdownx's names
        """Register the boxes."""
        for box in BOXES:
            block_mgr.register(box, {"notebook": self.notebook})


class _RawTag(InlineProcessor):
    """Drops HTML written by hand and remembers that it stood there."""

    def __init__(self, md: Markdown, notebook: Notebook) -> None:
        super().__init__(RAW_TAG, md)
        self.notebook = notebook

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override] # noqa: ARG002, N802
        self.notebook.used.raw.append(m.group(1))
        return "", m.start(0), m.end(0)


class _Tidy(Treeprocessor):
    """Makes headings nest, tables say what their headers head, and removes what dropped HTML left empty."""

    def __init__(self, md: Markdown, notebook: Notebook) -> None:
        super().__init__(md)
        self.notebook = notebook

    def run(self, root: Element) -> None:
        self._headings(root)
        self._empty(root)
        for number, (parent, table) in enumerate(_children(root, "table"), start=1):
            self._table(table)
            _wrap(parent, table, number)

    def _headings(self, root: Element) -> None:
        below = False  # whether an h2 of the author stands above, so that a box's title is an h3
        for element in root.iter():
            if element.tag not in HEADINGS:
                continue
            if element.attrib.pop(BOX_TITLE, None) is not None:
                element.tag = "h3" if below else "h2"
                continue
            self.notebook.used.headings.append((int(element.tag[1]), "".join(element.itertext())))
            element.tag = HEADINGS[element.tag]
            below = True

    def _empty(self, root: Element) -> None:
        for parent, paragraph in _children(root, "p"):
            if not len(paragraph) and not (paragraph.text or "").strip():
                parent.remove(paragraph)

    def _table(self, table: Element) -> None:
        for cell in [part for part in table.iter() if part.tag in ("th", "td")]:
            align = cell.attrib.pop("style", "")
            if cell.tag == "th":
                if "".join(cell.itertext()).strip():
                    cell.set("scope", "col")
                else:
                    cell.tag = "td"
            if "right" in align:
                cell.set("class", "num")


def _children(root: Element, tag: str) -> list[tuple[Element, Element]]:
    return [(parent, child) for parent in root.iter() for child in parent if child.tag == tag]


def _wrap(parent: Element, table: Element, number: int) -> None:
    """Put a table in a frame that scrolls by itself, by keyboard too, so that a phone's page does not."""
    frame = Element("div", {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": f"Table {number}"})
    frame.tail, table.tail = table.tail, None
    parent[list(parent).index(table)] = frame
    frame.append(table)


class TidyExtension(Extension):
    """Takes hand-written HTML out of Markdown and tidies what comes of the rest."""

    def __init__(self, notebook: Notebook) -> None:
        super().__init__()
        self.notebook = notebook

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        """Register our parts in place of those that let HTML through."""
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("automail")
        md.inlinePatterns.register(_RawTag(md, self.notebook), "html", 90)
        md.treeprocessors.register(_Tidy(md, self.notebook), "tidy", 12)
