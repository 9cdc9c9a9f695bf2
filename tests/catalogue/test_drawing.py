"""Authors' diagrams: what may stand in one, what comes of it on the page, and that nothing else gets through."""

import pytest

from lms.catalogue import library
from lms.catalogue.drawing import read_drawing
from tests.catalogue.tree import spoil, write

GOOD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 120">
<title>Two boxes, and an arrow from one to the other.</title>
<g transform="translate(0 4)"><rect class="well" x="8" y="8" width="90" height="40" rx="6"/></g>
<text class="word start" x="20" y="30">Ask &amp; agree<tspan x="20" dy="16">together</tspan></text>
<path class="arrow" d="M100 30H150"/><path class="head" d="M160 30l-13-7v14z"/>
</svg>"""
FIGURE = """
/// figure | media/way.svg
First ask, then agree.

Two boxes. An arrow leads from *ask* to *agree*.
///
"""


@pytest.fixture
def modules(tmp_path):
    return write(tmp_path)[0]


@pytest.fixture
def drawn(modules):
    """The tree with a drawing on its first page."""
    media = modules / "lead-professional" / "media"
    media.mkdir()
    (media / "way.svg").write_text(GOOD)
    spoil(modules / "lead-professional" / "01-why-a-lead.md", "\n## A table", FIGURE + "\n## A table")
    return modules


def test_a_drawing_stands_in_the_page_as_an_image_with_a_name_a_caption_and_its_words(drawn):
    html = library.load(drawn).module("lead-professional").pages[0].html
    assert '<svg class="art" role="img" aria-label="Two boxes, and an arrow from one to the other."' in html
    assert "<figcaption>First ask, then agree.</figcaption>" in html
    assert "<summary>The picture in words</summary><p>Two boxes. An arrow leads from <em>ask</em>" in html.replace(
        "\n", ""
    )
    assert "Ask &amp; agree<tspan" in html


def test_its_words_are_found_by_the_search_and_its_mark_is_not(drawn):
    text = library.load(drawn).module("lead-professional").pages[0].text
    assert "First ask, then agree." in text
    assert "An arrow leads" in text
    assert "panel" not in text
    assert "unfold" not in text


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('<path class="head"', '<script>alert(1)</script><path class="head"', 5, "A drawing has no <script>"),
        ('class="arrow"', 'class="arrow" onclick="alert(1)"', 5, "A drawing has no `onclick`"),
        ('class="arrow"', 'class="arrow" style="fill:red"', 5, "A drawing has no `style`"),
        ('class="arrow"', 'class="arow"', 5, "There is no look `arow`"),
        ('class="arrow"', 'class="arrow" fill="#f00"', 5, "A drawing has no `fill`"),
        ("M100 30H150", "M100 30H150 url(x)", 5, "`d` cannot be"),
        ("translate(0 4)", "matrix(1 0 0 1 0 0)", 3, "`transform` cannot be"),
        ("0 0 360 120", "0 0 800 120", 1, "360 units wide"),
        ("<title>Two boxes, and an arrow from one to the other.</title>", "", 1, "needs a <title>"),
        ("</svg>", "", 6, "not well-formed"),
        ("<svg", "<!DOCTYPE svg><svg", 1, "no DOCTYPE"),
        ("<g ", '<a href="https://evil.example"><g ', 6, "not well-formed"),
        ('rx="6"/></g>', 'rx="6"/><use href="#x"/></g>', 3, "A drawing has no <use>"),
        ('rx="6"/></g>', 'rx="6"/><foreignObject/></g>', 3, "A drawing has no <foreignObject>"),
        ('rx="6"/></g>', 'rx="6"/><h:g xmlns:h="http://www.w3.org/1999/xhtml"/></g>', 1, "A drawing has no <{http"),
    ],
)
def test_anything_else_is_refused_at_its_line(old, new, line, says):
    drawing = read_drawing(GOOD.replace(old, new, 1))
    assert drawing.svg == ""
    assert any(flaw.line == line and says in flaw.message for flaw in drawing.flaws), drawing.flaws


def test_a_flaw_is_told_with_the_file_and_nothing_of_the_drawing_is_shown(drawn):
    path = drawn / "lead-professional" / "media" / "way.svg"
    spoil(path, 'class="arrow"', 'class="arrow" onclick="alert(1)"')
    reading = library.read(drawn)
    (fault,) = [fault for fault in reading.faults if fault.level == "fault"]
    assert fault.file.endswith("media/way.svg")
    assert fault.line == 5
    assert "onclick" not in reading.library.module("lead-professional").pages[0].html


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("media/way.svg", "media/weg.svg", "There is no drawing `media/weg.svg`. Did you mean `media/way.svg`?"),
        ("\n\nTwo boxes. An arrow leads from *ask* to *agree*.", "", "the same in words"),
    ],
)
def test_a_figure_without_its_drawing_or_its_words_is_told(drawn, old, new, says):
    spoil(drawn / "lead-professional" / "01-why-a-lead.md", old, new)
    assert any(says in fault.message for fault in library.read(drawn).faults)


def test_an_author_cannot_write_the_marks_of_what_we_fold(modules):
    page = modules / "lead-professional" / "01-why-a-lead.md"
    spoil(page, "\n## A table", "\n<details open><summary>Strong evidence</summary></details>\n\nfold\n\n## A table")
    html = library.load(modules).module("lead-professional").pages[0].html
    assert "<summary>Strong" not in html
    assert "picture in words" not in html
