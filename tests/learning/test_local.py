"""What the area adds stands beside the core text, in a panel of its own."""

from copy import copy

import pytest
from flask import Flask

from lms.catalogue import annex, shelf
from lms.demo import ANNEX
from tests.learning.reading import MODULE


@pytest.fixture
def with_annex(app, database, monkeypatch):
    """The site of an area that has an annex."""
    monkeypatch.setitem(app.extensions, "annex", annex.load(ANNEX, shelf.library()))
    monkeypatch.setitem(app.extensions, "outlines", {})


def test_a_page_has_the_areas_panel_after_its_own_text(make, as_user, with_annex):
    page = as_user(make.person()).get("learning.page", module=MODULE, page="who-might-lead")
    (panel,) = page.all("//section[contains(@class, 'local')]")
    assert panel.xpath("string(h2)") == "In Fernshire"
    assert "the module’s own text is the same everywhere" in panel.text_content()
    assert (
        "Added by Fernshire Children’s Partnership, training team, last looked at on 2 November 2026"
        in panel.text_content()
    )


def test_a_page_the_area_says_nothing_about_has_no_panel(make, as_user, with_annex):
    page = as_user(make.person()).get("learning.page", module=MODULE, page="why-a-lead")
    assert page.all("//section[contains(@class, 'local')]") == []


def test_the_front_has_a_panel_and_words_have_their_local_names(make, as_user, with_annex):
    visitor = as_user(make.person())
    assert "Right Help in Fernshire" in visitor.get("learning.module", module="tiers-of-need").words
    assert (
        "In Fernshire: family’s lead." in visitor.get("learning.page", module=MODULE, page="a-set-of-functions").words
    )


@pytest.mark.slow
def test_a_server_with_an_annex_has_the_same_core_as_one_without(app):
    core, ours = Flask("core"), Flask("ours")
    settings = copy(app.extensions["settings"])
    settings.annex_dir = None
    shelf.install(core, settings)
    settings.annex_dir = ANNEX
    shelf.install(ours, settings)
    with ours.app_context():
        assert shelf.local() is not None
        modules = shelf.library().modules
    with core.app_context():
        assert modules == shelf.library().modules


def test_without_an_annex_there_is_no_panel(make, as_user):
    page = as_user(make.person()).get("learning.page", module=MODULE, page="who-might-lead")
    assert page.all("//section[contains(@class, 'local')]") == []
