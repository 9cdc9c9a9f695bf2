"""Finding a module: search, level, and how far one is."""

import pytest
from sqlalchemy import text

from lms.catalogue import glossary, index, shelf
from lms.core.db import writing
from tests.learning.reading import MODULE, counting


def titles(page):
    return [" ".join(one.text_content().split()) for one in page.all("//main//ul[@class='rows']/li//h3")]


def test_every_module_is_listed_with_time_level_and_progress(make, as_user, pages, finish):
    person = make.person()
    visitor = as_user(person)
    modules = shelf.library().modules
    page = visitor.get("learning.catalogue")
    assert titles(page) == [module.title for module in modules]
    visitor.post("learning.read_on", module=MODULE, page=pages[0])
    assert f"1 of {len(pages)} pages" in visitor.get("learning.catalogue").words
    finish(visitor, person)
    assert "Finished" in visitor.get("learning.catalogue").words


@pytest.mark.slow
def test_a_search_finds_modules_by_their_title_and_pages_by_their_words(make, as_user):
    module = shelf.library().module(MODULE)
    visitor = as_user(make.person())
    page = visitor.get("learning.catalogue", query={"q": module.title.upper()})
    assert titles(page)[0] == module.title
    assert page.all("//main//h3/a/mark")
    for word in glossary.words(shelf.library()):
        found = visitor.get("learning.catalogue", query={"q": f'"{word.term}"'})
        places = [place for meaning in word.meanings for place in meaning.places]
        anchor = f"#w-{places[0].key}" if len(places) == 1 else f"#g-{word.key}"
        [address] = [one for one in found.all("//main//h3/a/@href") if one.endswith(anchor)]
        assert visitor.get(address.partition("#")[0]).all(f"//*[@id='{address.partition('#')[2]}']")
        assert found.all("//main//mark")


@pytest.mark.slow
def test_what_a_search_finds_opens(make, as_user):
    visitor = as_user(make.person())
    found = visitor.get("learning.catalogue", query={"q": "child"})
    addresses = {address.partition("#")[0] for address in found.all("//main//h3/a/@href")}
    assert len(addresses) > 3
    for address in addresses:
        visitor.get(address)


def test_a_search_without_result_says_so_and_offers_a_word_that_has_one(make, as_user):
    page = as_user(make.person()).get("learning.catalogue", query={"q": "threshold zebracrossing"})
    assert "No module mentions ‘threshold zebracrossing’. Try ‘threshold’." in page.words
    assert titles(page) == []


def test_the_level_narrows_the_list(make, as_user, three_modules):
    visitor = as_user(make.person())
    levels = {module.level for module in shelf.library().modules}
    for level in levels:
        fitting = [module.title for module in shelf.library().modules if module.level == level]
        assert titles(visitor.get("learning.catalogue", query={"level": level})) == fitting
    empty = ({"awareness", "practitioner", "coordinator", "leader"} - levels).pop()
    assert "No module is at this level yet." in visitor.get("learning.catalogue", query={"level": empty}).words


def test_what_was_searched_for_is_shown_as_text(make, as_user):
    page = as_user(make.person()).get("learning.catalogue", query={"q": "<script>alert(1)</script>"})
    assert "‘<script>alert(1)</script>’" in page.words


def test_a_search_finds_works_and_shared_words_and_marks_titles(make, as_user):
    library = shelf.library()
    visitor = as_user(make.person())
    work = library.modules[0].references[0]
    found = visitor.get("learning.catalogue", query={"q": work.short})
    [link] = found.all(f"//section[@aria-labelledby='works']//h3/a[contains(@href, '#r-{work.key}')]")
    assert link.xpath("./mark")
    assert visitor.get(link.get("href").partition("#")[0]).all(f"//li[@id='r-{work.key}']")
    [word] = [one for one in glossary.words(library) if one.term == next(iter(library.words.values())).term]
    found = visitor.get("learning.catalogue", query={"q": word.term})
    [address] = found.all(f"//h3/a[contains(@href, '#g-{word.key}')]/@href")
    assert visitor.get(address.partition("#")[0]).all(f"//div[@id='g-{word.key}']")


def test_a_level_narrows_what_a_search_finds(make, as_user):
    visitor = as_user(make.person())
    module = shelf.library().module(MODULE)
    other = next(one.level for one in shelf.library().modules if one.level != module.level)
    query = {"q": f'"{module.title}"'}
    assert module.title in titles(visitor.get("learning.catalogue", query=query | {"level": module.level}))
    assert module.title not in titles(visitor.get("learning.catalogue", query=query | {"level": other}))


@pytest.mark.slow
def test_a_search_is_the_same_page_with_and_without_the_index(make, as_user):
    visitor = as_user(make.person())
    for words in ("totem", '"single point of contact"', "zebra", '"\x00*('):
        without = visitor.get("learning.catalogue", query={"q": words})
        index.refresh()
        with_it = visitor.get("learning.catalogue", query={"q": words})
        assert sorted(titles(without)) == sorted(titles(with_it))
        with writing() as session:
            session.execute(text("DELETE FROM indexed_content"))


def test_a_search_asks_the_database_at_most_four_times(make, as_user):
    visitor = as_user(make.person())
    index.refresh()
    with counting() as sent:
        assert titles(visitor.get("learning.catalogue", query={"q": "threshold"}))
    assert any("search_entries" in statement for statement in sent)
    assert len(sent) <= 4
