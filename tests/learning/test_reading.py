"""Reading a module: only by pressing Continue, on any device, as often as one likes."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from lms.catalogue import shelf
from lms.core.db import db
from lms.learning import queries
from lms.learning.models import Completion, PageRead, Study
from tests.learning.reading import MODULE, counting


def completions():
    db.session.rollback()
    return db.session.scalars(select(Completion)).all()


def test_a_journey_through_a_module_needs_only_the_continue_forms(make, as_user, pages, quizzes, passing):
    person = make.person()
    visitor = as_user(person)
    front = visitor.get("learning.module", module=MODULE)
    [start] = [link for link in front.all("//main//a") if link.text_content() == "Start"]
    page = visitor.get(start.get("href"))
    for number in range(1, len(pages) + 1):
        assert f"Page {number} of {len(pages)}" in page.words
        [form] = page.forms("data-continue")
        sent = visitor.send(page, form)
        if number < len(pages):
            assert sent.location == visitor.address("learning.page", module=MODULE, page=pages[number])
            page = visitor.follow(sent)
    assert sent.location == visitor.address("quizzes.front", quiz=quizzes[0])
    assert completions() == []
    passing(person, quizzes[0])
    again = visitor.post("learning.read_on", module=MODULE, page=pages[-1])
    assert again.location == visitor.address("quizzes.front", quiz=quizzes[1])
    passing(person, quizzes[1])
    front = visitor.get("learning.module", module=MODULE)
    assert "You finished this module on" in front.words
    assert front.all(f"//main//a[@href='{visitor.address('certificates.record')}']")


def test_looking_at_pages_marks_nothing_and_begins_nothing(make, as_user, pages):
    visitor = as_user(make.person())
    for page in pages:
        visitor.get("learning.page", module=MODULE, page=page)
    assert db.session.scalar(select(func.count()).select_from(Study)) == 0
    assert "Start" in visitor.get("learning.module", module=MODULE).words


def test_a_double_press_of_continue_marks_once_and_leads_to_the_same_page(make, as_user, pages):
    visitor = as_user(make.person())
    first = visitor.post("learning.read_on", module=MODULE, page=pages[0])
    second = visitor.post("learning.read_on", module=MODULE, page=pages[0])
    assert first.location == second.location
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(PageRead)) == 1
    assert db.session.scalar(select(func.count()).select_from(Study)) == 1


def test_a_second_device_carries_on_where_the_first_stopped(make, as_user, pages):
    person = make.person()
    phone, desk = as_user(person), as_user(person)
    phone.post("learning.read_on", module=MODULE, page=pages[0])
    phone.post("learning.read_on", module=MODULE, page=pages[1])
    front = desk.get("learning.module", module=MODULE)
    [carry_on] = [link for link in front.all("//main//a") if link.text_content() == "Continue"]
    assert carry_on.get("href") == desk.address("learning.page", module=MODULE, page=pages[2])
    assert f"2 of {len(pages)} pages read" in front.words


def test_ticks_are_said_in_words(make, as_user, pages):
    visitor = as_user(make.person())
    visitor.post("learning.read_on", module=MODULE, page=pages[0])
    page = visitor.get("learning.page", module=MODULE, page=pages[1])
    steps = [" ".join(step.text_content().split()) for step in page.all("//nav[@id='pages']//li")]
    assert steps[0].endswith("(read)")
    assert not any(step.endswith("(read)") for step in steps[1:])


def test_the_last_page_lists_every_work_and_every_word(make, as_user):
    module = shelf.library().module(MODULE)
    page = as_user(make.person()).get("learning.page", module=MODULE, page=module.sources_page.slug)
    ids = page.all("//main//@id")
    assert all(f"r-{work.key}" in ids for work in module.references)
    assert all(f"w-{key}" in ids for key in module.glossary)


def test_words_of_a_page_stand_at_its_end_and_links_reach_them(make, as_user):
    module = shelf.library().module(MODULE)
    visitor = as_user(make.person())
    for one in module.pages:
        page = visitor.get("learning.page", module=MODULE, page=one.slug)  # check_page: every #link has its target
        for term in one.terms:
            assert term.means in page.words


@pytest.mark.parametrize("address", ["/learn/no-such-module/", f"/learn/{MODULE}/no-such-page", "/learn/no/no"])
def test_a_wrong_address_is_nothing_here(make, as_user, address):
    visitor = as_user(make.person())
    visitor.get(address, expect=404)


def test_continue_on_a_wrong_address_is_nothing_here_and_saves_nothing(make, as_user):
    visitor = as_user(make.person())
    visitor.post("learning.read_on", module=MODULE, page="no-such-page", expect=404)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Study)) == 0


def test_nobody_reads_without_signing_in(nobody, pages):
    assert "/sign-in" in nobody.get("learning.page", module=MODULE, page=pages[0], expect=303).location


def test_one_persons_reading_is_not_anothers(make, as_user, actor, pages):
    reader, other = make.person(), make.person()
    as_user(reader).post("learning.read_on", module=MODULE, page=pages[0])
    db.session.rollback()
    assert queries.going(actor(reader), MODULE).read == {pages[0]}
    assert not queries.going(actor(other), MODULE).is_started


def test_completion_happens_exactly_once_however_it_is_reached(make, as_user, finish, pages, passing):
    person = make.person()
    visitor = as_user(person)
    finish(visitor, person)
    assert len(completions()) == 1
    visitor.post("learning.read_on", module=MODULE, page=pages[-1])
    passing(person, shelf.library().module(MODULE).quizzes[0])
    assert len(completions()) == 1


def test_two_devices_that_finish_at_the_same_moment_complete_once(make, as_user, pages, passing):
    person = make.person()
    for quiz in shelf.library().module(MODULE).quizzes:
        passing(person, quiz)
    first, second = as_user(person), as_user(person)
    for page in pages[:-1]:
        first.post("learning.read_on", module=MODULE, page=page)
    address, token = first.address("learning.read_on", module=MODULE, page=pages[-1]), [first.token(), second.token()]
    db.session.rollback()
    ready, statuses = Barrier(2), []

    def press(visitor, own_token):
        ready.wait()
        statuses.append(visitor.client.post(address, data={"csrf_token": own_token}).status_code)

    threads = [Thread(target=press, args=pair) for pair in zip((first, second), token, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303, 303]
    assert len(completions()) == 1


def test_a_completion_says_exactly_which_content_was_taught(make, as_user, finish, revise):
    module = shelf.library().module(MODULE)
    person = make.person()
    visitor = as_user(person)
    finish(visitor, person)
    revise(version=module.version + 1, hash="0" * 64, minutes=module.minutes + 20)
    [kept] = completions()
    assert (kept.version, kept.core_hash, kept.minutes) == (module.version, module.hash, module.minutes)
    front = visitor.get("learning.module", module=MODULE)
    assert "This module has changed since you finished it" in front.words
    assert f"You finished version {module.version}; version {module.version + 1} is here now" in front.words


def test_a_page_added_later_does_not_undo_a_completion(make, as_user, finish, revise, pages):
    module = shelf.library().module(MODULE)
    person = make.person()
    visitor = as_user(person)
    finish(visitor, person)
    added = replace(module.pages[0], slug="a-new-page", number=len(pages) + 1, title="A new page")
    revise(version=module.version + 1, pages=[*module.pages, added])
    assert "You finished this module on" in visitor.get("learning.module", module=MODULE).words
    visitor.post("learning.read_on", module=MODULE, page="a-new-page")
    assert len(completions()) == 1
    assert db.session.scalar(select(func.count()).select_from(PageRead)) == len(pages)


def test_a_page_added_while_studying_must_be_read_too(make, as_user, revise, pages, passing):
    module = shelf.library().module(MODULE)
    person = make.person()
    visitor = as_user(person)
    for page in pages:
        visitor.post("learning.read_on", module=MODULE, page=page)
    added = replace(module.pages[0], slug="a-new-page", number=len(pages) + 1, title="A new page")
    revise(version=module.version + 1, pages=[*module.pages, added])
    for quiz in module.quizzes:
        passing(person, quiz)
    assert completions() == []
    visitor.post("learning.read_on", module=MODULE, page="a-new-page")
    [made] = completions()
    assert made.version == module.version + 1


def test_passing_a_quiz_before_reading_anything_counts(make, as_user, actor, quizzes, passing):
    person = make.person()
    passing(person, quizzes[0])
    assert queries.going(actor(person), MODULE).passed == {quizzes[0]}
    assert "(passed)" in as_user(person).get("learning.module", module=MODULE).words


def test_a_reading_page_asks_the_database_at_most_four_times(make, as_user, pages):
    visitor = as_user(make.person())
    for page in pages[:3]:
        visitor.post("learning.read_on", module=MODULE, page=page)
    asking = [page.slug for page in shelf.library().module(MODULE).pages if page.reflection]
    assert asking
    for page in (pages[0], asking[0]):
        with counting() as sent:
            visitor.get("learning.page", module=MODULE, page=page)
        assert 0 < len(sent) <= 4, sent


@pytest.mark.slow
def test_the_catalogue_asks_the_same_number_of_times_however_much_was_read(make, as_user, pages, passing, quizzes):
    person = make.person()
    visitor = as_user(person)
    with counting() as before:
        visitor.get("learning.catalogue")
    for module in shelf.library().modules:
        for page in module.pages:
            visitor.post("learning.read_on", module=module.slug, page=page.slug)
        for quiz in module.quizzes:
            passing(person, quiz, module.slug)
    with counting() as after:
        visitor.get("learning.catalogue")
    assert len(after) == len(before) <= 4


def test_the_last_page_offers_further_reading_and_lists_every_work_once(make, as_user):
    visitor = as_user(make.person())
    for module in shelf.library().modules:
        page = visitor.get("learning.page", module=module.slug, page=module.sources_page.slug)
        further = page.all("//section[@aria-labelledby='further']//li")
        assert len(further) == len([work for work in module.references if work.link]) > 0
        assert all(item.xpath("./a[starts-with(@href, 'http')]") for item in further)
        assert len(page.all("//li[starts-with(@id, 'r-')]")) == len(module.references)
