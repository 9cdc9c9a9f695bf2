"""A page may begin with a box, whose own heading stands above every heading of the author's."""

from dataclasses import replace

import pytest

from lms.app import create_app
from lms.catalogue import shelf
from lms.config import Settings
from lms.learning import outlines
from tests.catalogue.tree import write


@pytest.fixture
def small(tmp_path):
    modules, quizzes = write(tmp_path)
    values = {"LMS_SECRET_KEY": "tests-only-0123456789-abcdefghijklmnop", "LMS_DATA_DIR": str(tmp_path / "data")}
    app = create_app(Settings({**values, "LMS_MODULES_DIR": str(modules), "LMS_QUIZZES_DIR": str(quizzes)}))
    with app.test_request_context():
        yield app


def test_a_box_above_the_first_heading_breaks_no_module_and_begins_no_part(small):
    for module in shelf.library().modules:
        made = outlines.outline(module.slug)
        for page in module.pages:
            assert made.text[page.slug].count('class="flag"') == len(page.headings)
    page = str(outlines.outline("lead-professional").text["then-and-now"])
    assert "Since then</h2>" in page


def test_with_headings_below_the_box_each_of_them_has_its_link(small):
    module = shelf.library().module("lead-professional")
    page = module.pages[0]
    boxed = replace(page, html='<div class="box since"><h2 id="b">Since then</h2><p>So.</p></div>' + page.html)
    text = str(outlines._flaggable(module, boxed))
    assert text.count('class="flag"') == len(page.headings) == 2
    assert text.index('class="flag"') > text.index(page.headings[0])
