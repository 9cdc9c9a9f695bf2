"""“Something wrong here?”: a learner flags a passage, an author answers and closes it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from lms.catalogue import shelf
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from lms.flags import queries
from lms.flags.models import Flag
from lms.notifications.models import OutboxMail
from lms.people import queries as people

MODULE, PAGE = "lead-professional", "a-set-of-functions"


@pytest.fixture
def author(make):
    return make.person("Anna Author", agency=make.agency("Schools"), roles=((Role.AUTHOR, Scope.PARTNERSHIP),))


@pytest.fixture
def learner(make):
    return make.person("Leah Learner")


def flags():
    db.session.rollback()
    return db.session.scalars(select(Flag).order_by(Flag.flagged_at)).all()


def flagged(visitor, part=0, kind="wrong", says=""):
    """Press the link at the end of a part, then a button."""
    page = visitor.get("learning.page", module=MODULE, page=PAGE)
    link = page.all("//p[@class='flag']/a")[part]
    form = visitor.get(link.get("href"))
    chosen = form.all("string(//select[@name='passage']/option[@selected]/@value)")
    sent = {"kind": kind, "says": says, "passage": chosen}
    return visitor.follow(visitor.send(form, form.forms("data-flag")[0], sent))


def test_two_presses_flag_the_passage_one_reads(as_user, learner):
    back = flagged(as_user(learner), part=1)
    assert "Thank you" in back.words
    assert back.h1 == "A set of functions, not a job title"
    (flag,) = flags()
    module = shelf.library().module(MODULE)
    assert (flag.module, flag.page, flag.version) == (MODULE, PAGE, module.version)
    assert (flag.passage, flag.kind, flag.says) == ("Not a post, not a grade", "wrong", "")


def test_every_part_of_a_page_has_its_own_link_and_the_page_has_one(as_user, learner):
    page = as_user(learner).get("learning.page", module=MODULE, page=PAGE)
    headings = shelf.library().module(MODULE).page(PAGE).headings
    words = [" ".join(link.text_content().split()) for link in page.all("//p[@class='flag']/a")]
    assert words == [f"Something wrong here? About “{heading}”" for heading in headings]
    assert len(page.all("//a[text()='Something wrong on this page?']")) == 1


def test_the_same_flag_twice_is_kept_once(as_user, learner):
    flagged(as_user(learner))
    flagged(as_user(learner))
    assert len(flags()) == 1
    flagged(as_user(learner), kind="unclear")
    assert len(flags()) == 2


def test_a_passage_that_is_not_on_the_page_counts_as_the_whole_page(as_user, learner):
    as_user(learner).post("flags.new", {"kind": "old", "passage": "Made up"}, module=MODULE, page=PAGE)
    assert [(flag.passage, flag.kind) for flag in flags()] == [("", "old")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"kind": "rude"}, "Press the button that says what is wrong."),
        ({"kind": "wrong", "says": "x" * 1_001}, "Use at most 1,000 characters. Nothing you typed is lost."),
    ],
)
def test_a_bad_flag_is_asked_for_again_with_what_was_typed(as_user, learner, data, says):
    page = as_user(learner).post("flags.new", data, module=MODULE, page=PAGE, expect=422)
    assert says in page.words
    assert page.all("string(//textarea)").strip() == data.get("says", "")
    assert flags() == []


def test_a_page_that_is_not_there_cannot_be_flagged(as_user, learner):
    as_user(learner).get("flags.form", module=MODULE, page="nowhere", expect=404)
    as_user(learner).post("flags.new", {"kind": "wrong"}, module="nowhere", page=PAGE, expect=404)


@pytest.mark.slow
def test_an_author_sees_page_version_and_words_and_not_the_name(as_user, learner, author):
    flagged(as_user(learner), says="The year is 2007.")
    visitor = as_user(author)
    assert "1 passage waits for an answer" in visitor.get("authoring.content").words
    page = visitor.get("flags.listed")
    for words in ("A set of functions, not a job title", "version 1", "It is wrong.", "The year is 2007."):
        assert words in page.words
    shown = visitor.get("flags.show", flag_id=flags()[0].id)
    for sign in ("Leah", learner.email, str(learner.id), learner.id.hex):
        assert sign not in page.text
        assert sign not in shown.text


def test_the_version_that_was_read_is_kept(app, as_user, learner, author, monkeypatch):
    library = shelf.library()
    later = [replace(one, version=7) if one.slug == MODULE else one for one in library.modules]
    with monkeypatch.context() as patched:
        patched.setitem(app.extensions, "library", replace(library, modules=later))
        flagged(as_user(learner))
    assert [flag.version for flag in flags()] == [7]
    assert "version 7" in as_user(author).get("flags.listed").words


def test_words_of_learners_and_authors_stay_words(as_user, learner, author):
    evil = "<img src=x onerror=alert(1)>"
    flagged(as_user(learner), says=evil)
    visitor, flag_id = as_user(author), flags()[0].id
    assert evil not in visitor.get("flags.show", flag_id=flag_id).text
    visitor.post("flags.answer", {"answer": evil}, flag_id=flag_id)
    for page in (visitor.get("flags.listed"), as_user(learner).get("flags.mine")):
        assert page.words.count(evil) == 2
        assert evil not in page.text


def test_what_was_flagged_lies_under_content_for_its_authors_and_under_modules_for_its_writer(as_user, author, learner):
    here = "//nav[@aria-label='Main']//a[@aria-current]/text()"
    writing = as_user(learner)
    flagged(writing)
    assert writing.get("flags.mine").all(here) == ["Modules"]
    answering = as_user(author)
    assert answering.get("flags.listed").all(here) == ["Content"]
    assert answering.get("flags.show", flag_id=flags()[0].id).all(here) == ["Content"]


def test_an_answer_closes_it_and_reaches_the_learner(as_user, learner, author):
    flagged(as_user(learner))
    visitor, flag_id = as_user(author), flags()[0].id
    page = visitor.get("flags.show", flag_id=flag_id)
    visitor.send(page, page.all("//form[.//textarea]")[0], {"answer": "Mended in version 2."})
    assert "Nothing waits for an answer" in visitor.get("flags.listed").words
    assert "Mended in version 2." in as_user(learner).get("flags.mine").words
    mails = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "flags/answered")).all()
    assert [mail.person_id for mail in mails] == [learner.id]
    assert "Mended" not in mails[0].body


def test_a_second_answer_is_refused_and_shows_the_first(as_user, learner, author):
    flagged(as_user(learner))
    flag_id = flags()[0].id
    as_user(author).post("flags.answer", {"answer": "First."}, flag_id=flag_id)
    page = as_user(author).post("flags.answer", {"answer": "Second."}, flag_id=flag_id, expect=422)
    assert "Somebody has answered this already" in page.words
    assert "First." in page.words
    assert [flag.answer for flag in flags()] == ["First."]
    assert len(db.session.scalars(select(OutboxMail)).all()) == 1


def test_an_empty_answer_is_asked_for_again(as_user, learner, author):
    flagged(as_user(learner))
    page = as_user(author).post("flags.answer", {"answer": "  "}, flag_id=flags()[0].id, expect=422)
    assert "Write what you changed, or why it stays as it is." in page.words


def test_a_learner_sees_only_their_own_flags(as_user, learner, make, author):
    flagged(as_user(learner), says="Mine.")
    assert "Mine." not in as_user(make.person()).get("flags.mine").words
    assert "Mine." not in as_user(author).get("flags.mine").words
    as_user(learner).get("flags.listed", expect=403)


def test_a_flag_is_read_by_its_writer_and_by_authors_whichever_way_it_is_asked_for(as_user, learner, author, make):
    flagged(as_user(learner))
    flag_id = flags()[0].id
    for person in (learner, author):
        assert queries.flag(people.actor(person), flag_id).id == flag_id
    with pytest.raises(NotFound):
        queries.flag(people.actor(make.person()), flag_id)
