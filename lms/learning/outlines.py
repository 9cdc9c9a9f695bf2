"""A module as every reader walks through it, worked out once: its pages and quizzes in order, with their addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from flask import current_app, get_template_attribute, render_template, url_for
from markupsafe import Markup

from lms.catalogue import shelf
from lms.catalogue.content import GlossaryTerm, Module, Page
from lms.core.errors import NotFound
from lms.learning.going import Going
from lms.learning.progress import Next, Progress
from lms.quizzes import shelf as quiz_shelf
from lms.quizzes.quiz import KnowledgeCheck

_KEY = "outlines"


@dataclass(frozen=True)
class Step:
    """One line in a module's list of pages: a page, or a quiz after the pages. `number` counts pages from 1; `name` is
    what it is called within a sentence, and `go_on` stands on the button that leads to it.
    """

    kind: Literal["page", "quiz"]
    key: str
    title: str
    address: str
    number: int = 0
    minutes: int = 0
    name: str = ""
    go_on: str = ""


@dataclass(frozen=True)
class Outline:
    """A module as a reader walks through it, with what is drawn alike for every reader.

    `text` is what each page says, with a way to flag each part of it as wrong; `below` stands under it; `local` is what
    the area adds (by page, `module` for the front); `on_paper` is the summary to print; `rings` has the ring for each
    number of pages read; `lines` has each step's line in the list as it looks open, done, open for whoever is there,
    and done for whoever is there; `ends` stands last on a page.
    """

    module: Module
    steps: Sequence[Step]
    pages: Sequence[str]
    quizzes: Sequence[str]
    address: str
    words: Sequence[GlossaryTerm]
    text: Mapping[str, Markup]
    below: Mapping[str, Markup]
    local: Mapping[str, Markup]
    on_paper: Markup
    rings: Sequence[Markup]
    lines: Sequence[Sequence[Markup]]
    ends: Mapping[str, Markup]
    _tops: dict[tuple[str, int], Markup] = field(default_factory=dict, compare=False)

    def progress(self, read: frozenset[str], passed: frozenset[str]) -> Progress:
        """What somebody has read and passed, against what the module asks for now."""
        return Progress(self.pages, self.quizzes, read, passed)

    def listed(self, going: Going, here: str = "") -> Markup:
        """All lines of the list, ticked as far as somebody is, for a reader of the page `here`."""
        drawn = [
            lines[2 * (step.kind == "page" and step.key == here) + _is_done(step, going)]
            for step, lines in zip(self.steps, self.lines, strict=True)
        ]
        return Markup("".join(drawn))  # noqa: S704 -- a template's own, escaped

    def top(self, page: Page, read: int) -> Markup:
        """The head of a page for whoever has read so many of the module's. Drawn once for each of these few numbers."""
        if (page.slug, read) not in self._tops:
            self._tops[page.slug, read] = _drawn("learning/top.html", plan=self, page=page, read=read)
        return self._tops[page.slug, read]

    def page(self, slug: str) -> Page:
        """The page at this address. Raises NotFound."""
        found = self.module.page(slug)
        if found is None:
            raise NotFound
        return found

    def step(self, key: str) -> Step:
        """The line of this page or quiz."""
        return next(step for step in self.steps if step.key == key)

    def next_step(self, after: Next) -> Step | None:
        """The line that Continue leads to; None for the module's front."""
        key = after.page or after.quiz
        kind = "page" if after.page else "quiz"
        return next((step for step in self.steps if step.key == key and step.kind == kind), None)


def _is_done(step: Step, going: Going) -> bool:
    return step.key in (going.read if step.kind == "page" else going.passed)


def _drawn(template: str, **values: object) -> Markup:
    return Markup(render_template(template, **values))  # noqa: S704 -- a template's own, escaped


def outline(slug: str) -> Outline:
    """The outline of the module at this address. Raises NotFound."""
    known: dict[str, Outline] = current_app.extensions.setdefault(_KEY, {})
    if slug not in known:
        module = shelf.library().module(slug)
        if module is None:
            raise NotFound
        known[slug] = _made(module)
    return known[slug]


def outlines() -> list[Outline]:
    """The outlines of all modules, in the order of their codes."""
    return [outline(module.slug) for module in shelf.library().modules]


def _made(module: Module) -> Outline:
    pages = [
        Step(
            "page",
            page.slug,
            page.title,
            url_for("learning.page", module=module.slug, page=page.slug),
            page.number,
            page.minutes,
            f"page {page.number}",
            f"Continue to page {page.number}",
        )
        for page in module.pages
    ]
    steps = (*pages, *map(_quiz_step, module.quizzes))
    ring = get_template_attribute("components/mark.html", "ring")
    line = get_template_attribute("learning/steps.html", "line")
    words = sorted(module.glossary.values(), key=lambda word: word.term.casefold())
    return Outline(
        module,
        steps,
        tuple(page.slug for page in module.pages),
        tuple(module.quizzes),
        url_for("learning.module", module=module.slug),
        words,
        {page.slug: _flaggable(module, page) for page in module.pages},
        {page.slug: _below(module, page, words) for page in module.pages},
        _local(module),
        _on_paper(module),
        [ring(len(pages), read) for read in range(len(pages) + 1)],
        [[line(step, done, here) for here in (False, True) for done in (False, True)] for step in steps],
        {page.slug: _drawn("learning/end.html", module=module, page=page) for page in module.pages},
    )


def _flaggable(module: Module, page: Page) -> Markup:
    """The page's text with a quiet link at the end of each part under a heading, to say what is wrong with it. A box
    above the author's first heading has an h2 of its own, which begins no part.
    """
    before, *parts = str(page.html).split("<h2 ")
    of_boxes = len(parts) - len(page.headings)
    pieces = ["<h2 ".join([before, *parts[:of_boxes]])]
    for heading, part in zip(page.headings, parts[of_boxes:], strict=True):
        address = url_for("flags.form", module=module.slug, page=page.slug, part=heading)
        link = render_template("learning/flag.html", address=address, heading=heading)
        pieces.append(f"<h2 {part}{link}")
    return Markup("".join(pieces))  # noqa: S704 -- the page's own HTML, and a template's own


def _below(module: Module, page: Page, words: Sequence[GlossaryTerm]) -> Markup:
    """Works and words under a page. They were a tenth of the time a page took, and change only with the content."""
    names = annex.names if (annex := shelf.local()) else {}
    area = annex.area if annex else ""
    drawn = render_template(
        "learning/below.html", module=module, page=page, all_words=words, local_names=names, area=area
    )
    return Markup(drawn)  # noqa: S704 -- a template's own, escaped


def _local(module: Module) -> dict[str, Markup]:
    """What the area adds to each page, drawn once."""
    annex = shelf.local()
    if annex is None:
        return {}
    drawn = {
        page: render_template("learning/local.html", annex=annex, panel=panel)
        for (slug, page), panel in annex.panels.items()
        if slug == module.slug
    }
    return {page: Markup(html) for page, html in drawn.items()}  # noqa: S704 -- a template's own, escaped


def _on_paper(module: Module) -> Markup:
    """Summary and facts of a module. Words are explained on its page of sources, so links to them lead there."""
    page = module.sources_page
    address = url_for("learning.page", module=module.slug, page=page.slug) if page else ""
    text = page.html.replace('href="#w-', Markup('href="{}#w-').format(address)) if page else Markup()
    return Markup(render_template("learning/on_paper.html", module=module, text=text))  # noqa: S704 -- a template's own, escaped


def _quiz_step(slug: str) -> Step:
    quiz = quiz_shelf.quizzes().quiz(slug)
    if isinstance(quiz, KnowledgeCheck):
        kind, title = "knowledge check", f"Knowledge check, {quiz.draw} questions"
    else:
        story = quiz.title.removeprefix("Scenario: ")
        kind, title = "scenario", f"Scenario: {story[:1].upper()}{story[1:]}"
    address = url_for("quizzes.front", quiz=slug)
    return Step("quiz", slug, title, address, name=f"a {kind}", go_on=f"Continue to the {kind}")
