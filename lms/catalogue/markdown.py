"""Authors' Markdown as HTML that is safe to show: rendered, then sanitised, and only then given its evidence panels."""

import html
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from xml.etree.ElementTree import Element

import nh3
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension, slugify
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

from lms.catalogue.boxes import FOLD, UNFOLD, BoxesExtension, Notebook, TidyExtension, Used
from lms.catalogue.content import Fact, Reference
from lms.catalogue.drawing import Drawing
from lms.catalogue.schema import SLUG, WEB

HERE = Path(__file__).resolve().parent
PICTURE = re.compile(r"media/([A-Za-z0-9][A-Za-z0-9._-]*\.(?:png|jpg|jpeg|webp|gif))")
NOT_READ_ALOUD = re.compile(r"<sup\b.*?</sup>|<a class=\"footnote-backref\".*?</a>")
FOLDS = {FOLD: '<details class="more"><summary>The picture in words</summary>', UNFOLD: "</details>"}
BLOCK_END = re.compile(r"</(?:p|h[2-4]|li|tr|td|th|blockquote|pre|div)>|<br>")
BLOCK_MARK = "\u2029"  # paragraph separator: no author types it, and it is white space to everybody else
ENDED = re.compile(r"[.?!…:;,][\"'”’)]*$")
FOOTNOTE_LINKS = frozenset({"footnote-ref", "footnote-backref"})

# Exactly what our own rendering makes: no style, event, form, frame or drawing, and addresses of two kinds only.
SANITISER = nh3.Cleaner(
    tags={
        *("p", "h2", "h3", "h4", "ul", "ol", "li", "a", "em", "strong", "blockquote", "q", "code", "pre", "hr", "br"),
        *("table", "thead", "tbody", "tr", "th", "td", "sup", "img", "div"),
        *("figure", "figcaption"),
    },
    clean_content_tags={"script", "style"},
    attributes={
        "a": {"href", "title"},
        "img": {"src", "alt"},
        "ol": {"start"},
        "h2": {"id"},
        "h3": {"id"},
        "h4": {"id"},
        "li": {"id"},
        "sup": {"id"},
        "div": {"aria-label"},
    },
    tag_attribute_values={
        "th": {"scope": {"col"}},
        "div": {"role": {"region"}, "tabindex": {"0"}},
    },
    allowed_classes={
        "a": {"term", *FOOTNOTE_LINKS},
        "div": {"claim", "box", "belief", "since", "figure", "footnote", "scroll"},
        "p": {"say", "small", "quiet"},
        "td": {"num"},
        "th": {"num"},
    },
    url_schemes={"http", "https"},
    link_rel=None,
)

PANELS = Environment(
    loader=ChoiceLoader(
        [FileSystemLoader(HERE / "templates"), FileSystemLoader(HERE.parent / "web" / "templates")],
    ),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Around:
    """What surrounds a text: the module it belongs to and all that its links and claims may name.

    `sources` is the slug of the module's sources page; `words_here` says whether the page lists its words below the
    text, as a module's page does and a quiz does not.
    """

    module: str = ""
    sources: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    terms: Collection[str] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)
    modules: Collection[str] = ()
    drawings: Mapping[str, Drawing] = field(default_factory=dict)
    words_here: bool = True

    @property
    def sources_address(self) -> str:
        """The address of the page that lists references and words."""
        return f"/learn/{self.module}/{self.sources}"

    @property
    def map_address(self) -> str:
        """The address of the evidence map that lists every fact of the module."""
        return f"/evidence/?module={self.module}"


@dataclass(frozen=True)
class Rendered:
    """A text as HTML that is safe to show, as plain text, and what it uses."""

    html: Markup
    text: str
    used: Used


def render_page(text: str, around: Around) -> Rendered:
    """A page of a module: everything authors may write."""
    return _WRITER.render(text, around)


def render_block(text: str, around: Around) -> Rendered:
    """A story or another longer text that stands inside a page: paragraphs, lists, bold and italics, links."""
    return _SHORT_WRITER.render(text, around)


def render_inline(text: str, around: Around) -> Rendered:
    """One line, without a paragraph around it, for a heading or a list."""
    rendered = _SHORT_WRITER.render(" ".join(text.split()), around)
    inner = re.fullmatch(r"<p>(.*)</p>", str(rendered.html), re.DOTALL)
    if inner is None or "<p>" in inner.group(1):
        return Rendered(Markup(html.escape(rendered.text)), rendered.text, rendered.used)  # noqa: S704 - escaped here
    return Rendered(Markup(inner.group(1)), rendered.text, rendered.used)  # noqa: S704 - sanitised by the writer


class _Links(Treeprocessor):
    """Turns term:, ref: and module: into addresses, and takes the address off any link that leads elsewhere."""

    def __init__(self, md: Markdown, notebook: Notebook) -> None:
        super().__init__(md)
        self.notebook = notebook
        self.around = Around()

    def run(self, root: Element) -> None:
        for link in root.iter("a"):
            if link.get("class") not in FOOTNOTE_LINKS:
                self._link(link)
        for picture in root.iter("img"):
            self._picture(picture)

    def _link(self, link: Element) -> None:
        address = link.get("href", "")
        link.attrib.clear()
        scheme, _, key = address.partition(":")
        used, sources = self.notebook.used, self.around.sources_address
        ours = {
            "term": (used.terms, f"{'' if self.around.words_here else sources}#w-{key}"),
            "ref": (used.references, f"{sources}#r-{key}"),
            "module": (used.modules, f"/learn/{key}/"),
        }
        if scheme not in ours:
            used.links.append(address)
            if WEB.fullmatch(address):
                link.set("href", address)
            return
        keys, target = ours[scheme]
        keys.append(key)
        if scheme == "term":
            link.set("class", "term")
        if SLUG.fullmatch(key):
            link.set("href", target)

    def _picture(self, picture: Element) -> None:
        source, alt = picture.get("src", ""), picture.get("alt", "")
        self.notebook.used.images.append((source, alt))
        picture.attrib.clear()
        if PICTURE.fullmatch(source):
            picture.set("src", f"/learn/{self.around.module}/{source}")
            picture.set("alt", alt)
        else:  # a picture from elsewhere becomes its words; the sanitiser takes the span away
            picture.tag, picture.text = "span", alt


class _LinksExtension(Extension):
    """Teaches Markdown our links."""

    def __init__(self, notebook: Notebook) -> None:
        super().__init__()
        self.notebook = notebook

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        """Register the part that resolves links."""
        self.links = _Links(md, self.notebook)
        md.treeprocessors.register(self.links, "links", 13)


def _heading_id(words: str, separator: str) -> str:
    """An id that no other part of the page uses."""
    return f"s-{slugify(words, separator)}"


class _Writer:
    """One Markdown instance, used again and again; the lock keeps two texts from mixing."""

    def __init__(self, extensions: Collection[Extension], notebook: Notebook) -> None:
        self._notebook = notebook
        self._links = _LinksExtension(notebook)
        self._markdown = Markdown(
            extensions=[*extensions, self._links, TidyExtension(notebook)], output_format="html", tab_length=4
        )
        self._lock = Lock()

    def render(self, text: str, around: Around) -> Rendered:
        """Render and sanitise; then, and only then, put in the evidence panels, which are ours."""
        with self._lock:
            self._notebook.used, self._notebook.mark = Used(), f"panel{secrets.token_hex(16)}of"
            self._links.links.around = around
            self._markdown.reset()
            dirty, used, mark = self._markdown.convert(text), self._notebook.used, self._notebook.mark
        clean = SANITISER.clean(dirty)
        pieces = clean.split(f"<p>{mark}")  # every second part begins with what an author could not write
        filled, rest = [pieces[0]], [pieces[0]]
        for piece in pieces[1:]:
            name, _, after = piece.partition("</p>")
            filled += [_filling(name, around), after]
            rest.append(after)
        return Rendered(Markup("".join(filled)), plain("".join(rest)), used)  # noqa: S704 - sanitised just above


def _filling(name: str, around: Around) -> str:
    """What takes the place of a mark: a drawing by its file, or the evidence of a fact by its id."""
    if name in FOLDS:
        return FOLDS[name]
    if name in around.drawings:
        return around.drawings[name].svg
    return panel(around.facts.get(name), around)


def plain(clean: str) -> str:
    """Sanitised HTML as one line of plain text, without the numbers and arrows of footnotes.

    A dot keeps apart what no full stop ends, such as a heading and the text below it, or the cells of a table.
    """
    words = html.unescape(nh3.clean(BLOCK_END.sub(BLOCK_MARK, NOT_READ_ALOUD.sub("", clean)), tags=set()))
    blocks = [" ".join(block.split()) for block in words.split(BLOCK_MARK)]
    said = "".join(f"{block} " if ENDED.search(block) else f"{block} · " for block in blocks if block)
    return said.removesuffix("· ").rstrip()


def panel(fact: Fact | None, around: Around) -> str:
    """The evidence of a fact as HTML, or nothing for a fact that is not known (the check says so)."""
    if fact is None:
        return ""
    works = [around.references[key] for key in fact.references if key in around.references]
    template = PANELS.get_template("catalogue/claim.html")
    return template.render(fact=fact, works=works, sources=around.sources_address, map=around.map_address)


def _page_writer() -> _Writer:
    notebook = Notebook()
    extensions = (
        TableExtension(),
        FootnoteExtension(BACKLINK_TITLE="Back to footnote %d in the text"),
        SaneListExtension(),
        TocExtension(slugify=_heading_id, marker="", permalink=False),
        BoxesExtension(notebook),
    )
    return _Writer(extensions, notebook)


def _short_writer() -> _Writer:
    return _Writer((SaneListExtension(),), Notebook())


_WRITER = _page_writer()
_SHORT_WRITER = _short_writer()
