"""A module's summary to print: on one page what it teaches and how firm that is."""

import gzip

import pytest

from lms.catalogue import shelf
from tests.learning.reading import MODULE, counting
from tests.support.pages import MOST_BYTES


def tidy(element):
    return " ".join(element.text_content().split())


def test_it_holds_outcomes_the_summary_and_each_fact_in_a_line_with_its_strength_in_words(make, as_user):
    visitor = as_user(make.person())
    for module in shelf.library().modules:
        page = visitor.get("learning.summary", module=module.slug)
        assert page.h1 == f"{module.title}: summary"
        assert all(outcome in page.words for outcome in module.outcomes)
        assert module.sources_page.text.split(".")[0].split(" · ")[-1] in page.words
        lines = [tidy(line) for line in page.all("//section[@aria-labelledby='firm']//li")]
        assert len(lines) == len(module.facts)
        for line, fact in zip(lines, module.facts.values(), strict=True):
            assert line.startswith(" ".join(fact.says.split()))
            assert fact.grade.label in line
            assert (fact.grade.aside or "") in line
        assert len(gzip.compress(page.data)) < MOST_BYTES


def test_front_and_sources_lead_to_it_by_a_link_and_the_page_says_how_to_print(make, as_user):
    module = shelf.library().module(MODULE)
    visitor = as_user(make.person())
    sources = visitor.get("learning.page", module=MODULE, page=module.sources_page.slug)
    for start in (visitor.get("learning.module", module=MODULE), sources):
        [address] = start.all("//main//a[text()='Print summary']/@href")
        assert "press Ctrl and P" in visitor.get(address).words
    assert not visitor.get("learning.summary", module=MODULE).all("//main//button | //main//form")


@pytest.mark.slow
def test_every_link_on_it_arrives(make, as_user):
    visitor = as_user(make.person())
    for module in shelf.library().modules:
        page = visitor.get("learning.summary", module=module.slug)
        for address in page.all("//main//a[starts-with(@href, '/')]/@href"):
            place, _, fragment = address.partition("#")
            arrived = visitor.get(place)
            assert not fragment or arrived.all(f"//*[@id='{fragment}']"), address


def test_it_asks_the_database_only_who_is_there(make, as_user):
    visitor = as_user(make.person())
    visitor.get("learning.summary", module=MODULE)
    with counting() as sent:
        visitor.get("learning.summary", module=MODULE)
    assert len(sent) == 1


@pytest.mark.parametrize("module", ["no-such-module", "no"])
def test_a_module_that_is_not_there_has_none(make, as_user, module):
    as_user(make.person()).get("learning.summary", module=module, expect=404)
