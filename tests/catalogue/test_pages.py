"""The pages References, Glossary and Evidence map, as a reader opens them."""

import gzip
import random
from dataclasses import replace

import pytest

from lms.catalogue import glossary, shelf, works
from lms.catalogue.evidence import Strength
from lms.catalogue.evidence_map import evidence_map
from tests.support.pages import MOST_BYTES

PAGES = ["catalogue.references", "catalogue.glossary", "catalogue.evidence"]


@pytest.fixture
def visitor(make, as_user):
    return as_user(make.person())


@pytest.fixture
def library(app, database):
    return shelf.library()


def tidy(element):
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("page", PAGES)
def test_only_people_who_signed_in_open_them(nobody, page):
    assert "/sign-in" in nobody.get(page, expect=303).location


@pytest.mark.parametrize("page", PAGES)
def test_the_modules_page_and_every_page_of_sources_lead_there_and_the_menu_says_modules(visitor, library, page):
    address = visitor.address(page)
    module = library.modules[0]
    sources = visitor.get("learning.page", module=module.slug, page=module.sources_page.slug)
    for start in (visitor.get("learning.catalogue"), sources):
        assert start.all(f"//main//a[@href='{address}']")
    assert [tidy(one) for one in visitor.get(page).all("//nav[@aria-label='Main']//a[@aria-current]")] == ["Modules"]


def test_every_work_is_listed_with_its_note_link_date_and_modules(visitor, library):
    listed, rows, address = works.cited(library), {}, visitor.address("catalogue.references")
    while address:
        page = visitor.get(address)
        rows |= {row.get("id"): row for row in page.all("//li[starts-with(@id, 'r-')]")}
        address = next(iter(page.all("//nav[@class='pager']/a[text()='Next']/@href")), None)
    assert list(rows) == [f"r-{one.work.key}" for one in listed]
    for one, row in zip(listed, rows.values(), strict=True):
        work = one.work
        assert " ".join(work.full.split()) in tidy(row)
        assert work.note is None or " ".join(work.note.split()) in tidy(row)
        assert work.link is None or work.link in row.xpath(".//a/@href")
        assert work.checked is None or f"Checked {work.checked.day} " in tidy(row)
        assert [tidy(link) for link in row.xpath(".//a[contains(@href, '#r-')]")] == [m.title for m in one.modules]


def test_a_search_narrows_the_works_and_marks_the_words(visitor, library):
    work = next(one.work for one in works.cited(library) if one.work.note)
    page = visitor.get("catalogue.references", query={"q": work.short})
    assert page.all(f"//li[@id='r-{work.key}']//mark")
    assert len(page.all("//li[starts-with(@id, 'r-')]")) < len(works.cited(library))
    assert "No work mentions ‘zebra’" in visitor.get("catalogue.references", query={"q": "zebra"}).words


@pytest.mark.parametrize("asked", ["q", "strength", "module", "page"])
@pytest.mark.parametrize("view", ["catalogue.references", "catalogue.glossary", "catalogue.evidence"])
def test_what_stands_in_an_address_stays_words(visitor, view, asked):
    for evil in ("<img src=x onerror=alert(1)>", "<a child"):  # nothing is found for one, much for the other
        assert evil not in visitor.get(view, query={asked: evil}).text


def test_every_word_of_every_module_stands_in_the_glossary_under_its_letter(visitor, library):
    listed = {}
    for number in range(1, len(glossary.sheets(glossary.words(library))) + 1):
        page = visitor.get("catalogue.glossary", query={"page": number})
        for section in page.all("//section"):
            letter = tidy(section.xpath("./h2")[0])
            listed |= {tidy(term): letter for term in section.xpath(".//dt")}
    for term in [*library.words.values(), *(term for m in library.modules for term in m.glossary.values())]:
        assert listed[term.term][0] == term.term[0].upper(), term.term


def test_each_letter_leads_to_its_words(visitor):
    page = visitor.get("catalogue.glossary")
    addresses = page.all("//nav[@aria-label='Words by letter']//a/@href")
    assert len(addresses) > 5
    for address in addresses:
        opened = visitor.get(address.partition("#")[0] or "catalogue.glossary")
        assert opened.all(f"//h2[@id='{address.partition('#')[2]}']")


def test_a_word_says_which_modules_mean_what_by_it_and_how_firm_that_is(visitor, library):
    page = visitor.get("catalogue.glossary", query={"q": "additional needs"})
    [entry] = page.all("//div[@id='g-additional-needs']")
    given = {m.slug: m.glossary["additional-needs"].means for m in library.modules if "additional-needs" in m.glossary}
    assert len(entry.xpath(".//dd")) == len(set(given.values()))
    assert len(entry.xpath(".//a[contains(@href, '#w-additional-needs')]")) == len(given)
    assert entry.xpath(".//a[contains(@href, '/evidence/')]")
    assert entry.xpath(".//mark")


def test_the_glossary_holds_every_word_of_the_reviews_own(visitor, library):
    terms = " | ".join(word.term.casefold() for word in glossary.words(library))
    for term in (
        "additional needs", "organisation-based service integration", "children's centre", "children's trust",
        "common assessment framework", "complex needs", "integrated system of services", "integrated children's system",
        "key worker", "key person", "lead professional", "service coordination", "service integration (macro",
        "team around the child", "tier",
    ):  # fmt: skip
        assert term in terms


def test_a_word_that_is_not_there_is_said_to_be_local_perhaps(visitor):
    page = visitor.get("catalogue.glossary", query={"q": "zebra"})
    assert "‘zebra’ is not in the glossary. It may be local: ask your partnership." in page.words


def test_the_map_is_a_table_with_headers_that_counts_every_fact_and_says_zero(visitor, library):
    page = visitor.get("catalogue.evidence")
    [table] = page.all("//main//table")
    assert len(table.xpath("./thead//th[@scope='col']")) == len(Strength) + 2
    assert [tidy(head) for head in table.xpath("./tbody//th[@scope='row']")] == [m.title for m in library.modules]
    for row, shown in zip(evidence_map(library).rows, table.xpath("./tbody/tr"), strict=True):
        cells = [tidy(cell).partition(",")[0] for cell in shown.xpath("./td")]
        assert cells == [*map(str, row.counts), str(row.total)]
    assert table.xpath("./ancestor::div[@class='scroll' and @tabindex='0' and @role='region']")


@pytest.mark.slow
def test_every_number_module_and_kind_narrows_the_list_to_what_it_counted(visitor):
    page = visitor.get("catalogue.evidence")
    links = page.all("//main//table//a")
    assert len(links) > 20
    for link in links:
        narrowed = visitor.get(link.get("href").partition("#")[0])
        facts = narrowed.all("//main//li[h3 or div/h3]")
        if link.xpath("ancestor::td"):
            assert len(facts) == int(tidy(link).partition(",")[0])
        assert narrowed.all("//table//a[@aria-current='true']/@href") == [link.get("href")]


def test_a_fact_on_the_map_says_how_firm_it_is_what_it_cannot_tell_and_where_it_is_from(visitor, library):
    module = library.modules[0]
    page = visitor.get("catalogue.evidence", query={"module": module.slug})
    for fact in module.facts.values():
        [shown] = page.all(f"//li[@id='{fact.id}']")
        words = tidy(shown)
        for said in (fact.says, fact.grade.label, fact.kind, fact.cannot_tell or "", fact.place):
            assert " ".join(said.split()) in words
        for key in fact.references:
            [address] = shown.xpath(f".//a[contains(@href, '#r-{key}')]/@href")
            assert visitor.get(address.partition("#")[0]).all(f"//li[@id='r-{key}']")
        [place] = shown.xpath(".//a[starts-with(@href, '/learn/')]/@href")
        assert fact.id in visitor.get(place).text


@pytest.mark.slow
def test_every_claim_of_every_module_leads_to_its_fact_on_the_map(visitor, library):
    for module in library.modules:
        [facts] = [set(visitor.get("catalogue.evidence", query={"module": module.slug}).all("//li/@id"))]
        for page in module.pages:
            links = visitor.get("learning.page", module=module.slug, page=page.slug).all(
                "//details[@class='how']//a[text()='On the evidence map']/@href"
            )
            assert {link.partition("#")[2] for link in links} == set(page.facts) <= facts
            assert {link.partition("#")[0] for link in links} <= {f"/evidence/?module={module.slug}"}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("query", [{"page": "999"}, {"page": "x"}, {"q": '"\x00*('}, {"strength": "?", "module": "?"}])
def test_odd_addresses_open_all_the_same(visitor, page, query):
    visitor.get(page, query=query)


@pytest.mark.parametrize("page", PAGES)
def test_a_phone_loads_them_quickly_when_there_are_fourteen_modules(app, visitor, library, page):
    app.extensions["library"] = _as_large_as_it_will_be(library)
    try:
        for query in ({}, {"page": 2}, {"module": library.modules[0].slug}, {"q": "a"}):
            sent = visitor.get(page, query=query)
            assert len(gzip.compress(sent.data)) < MOST_BYTES, query
    finally:
        app.extensions["library"] = library


def _as_large_as_it_will_be(library):
    """Fourteen modules of 16 facts, 18 words and 14 works of their own, in shuffled words of ours."""
    chance = random.Random(5)
    stock = " ".join(page.text for module in library.modules for page in module.pages).split()

    def said(number):
        return " ".join(chance.choices(stock, k=number)).capitalize()

    first = library.modules[0]
    fact, work, term = next(iter(first.facts.values())), first.references[0], next(iter(first.glossary.values()))
    modules, every = [], {}
    for m in range(1, 15):
        own = [replace(work, key=f"w-{m}-{n}", short=said(4), full=said(28), note=said(9)) for n in range(14)]
        facts = [
            replace(fact, id=f"M{m}-F{n}", says=said(22), kind=said(10), cannot_tell=said(14),
                    strength=chance.choice(list(Strength)), references=[own[n % 14].key])
            for n in range(16)
        ]  # fmt: skip
        terms = [replace(term, key=f"t-{m}-{n}", term=said(2), means=said(24), fact=facts[0].id) for n in range(18)]
        every |= {one.key: one for one in own}
        slug = first.slug if m == 1 else f"module-{m}"
        modules.append(
            replace(first, slug=slug, title=said(4), references=own, facts={f.id: f for f in facts},
                    glossary={t.key: t for t in terms})
        )  # fmt: skip
    return replace(library, modules=modules, references=every)
