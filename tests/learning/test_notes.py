"""Private notes: saved while typing or by the button, never lost, never seen by anyone else."""

import re

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.catalogue import shelf
from lms.core.db import db
from lms.core.permissions import Role, Scope
from lms.learning.actions import LONGEST_NOTE
from lms.learning.models import Reflection
from tests.learning.reading import MODULE

SECRET = "The sentence only I may read, 4711"


@pytest.fixture
def asking(app, database):
    """The address of a page that asks a question."""
    return next(page.slug for page in shelf.library().module(MODULE).pages if page.reflection)


def note_form(page):
    [form] = page.forms("data-note")
    return form


def write(visitor, asking, text, *, expect=303, **given):
    page = visitor.get("learning.page", module=MODULE, page=asking)
    return visitor.send(page, note_form(page), {"reflection": text, **given}, expect=expect)


def draft(visitor, asking, text, seen, *, expect=200):
    """Save as the script does."""
    response = visitor.client.post(
        visitor.address("learning.save_reflection", module=MODULE, page=asking),
        data={"csrf_token": visitor.token(), "reflection": text, "seen": seen},
        headers={"X-Requested-With": "draft"},
    )
    assert response.status_code == expect
    return response.get_json()


def kept():
    db.session.rollback()
    return db.session.scalars(select(Reflection)).all()


def in_box(page):
    [box] = page.all("//textarea[@name='reflection']")
    return box.text_content().removeprefix("\n")


def test_a_note_is_saved_by_its_button_and_stands_there_again(make, as_user, asking):
    visitor = as_user(make.person())
    text = "First line\r\n  second line, <b>not bold</b> & “quoted”"
    sent = write(visitor, asking, text)
    page = visitor.follow(sent)
    assert in_box(page) == text.replace("\r\n", "\n")
    assert "Your note is saved." in page.words


def test_a_note_is_saved_while_typing_and_says_when(make, as_user, asking):
    visitor = as_user(make.person())
    first = draft(visitor, asking, "One", "")
    assert re.fullmatch(r"\d\d:\d\d", first["saved"])
    second = draft(visitor, asking, "One and two", first["seen"])
    assert second["seen"] != first["seen"]
    [note] = kept()
    assert note.text == "One and two"


def test_a_note_that_is_too_long_is_refused_and_kept_in_the_box(make, as_user, asking):
    visitor = as_user(make.person())
    text = "x" * (LONGEST_NOTE + 1)
    page = write(visitor, asking, text, expect=422)
    assert in_box(page) == text
    assert page.all("//title")[0].text_content().startswith("Error:")
    assert page.all("//textarea[@aria-invalid='true']")
    assert kept() == []
    assert "5,001" in draft(visitor, asking, text, "", expect=422)["problem"]


def test_the_longest_note_fits(make, as_user, asking):
    write(as_user(make.person()), asking, "ł" * LONGEST_NOTE)
    assert len(kept()[0].text) == LONGEST_NOTE


def test_newer_text_from_another_device_is_never_overwritten_silently(make, as_user, asking):
    person = make.person()
    phone, desk = as_user(person), as_user(person)
    stale = phone.get("learning.page", module=MODULE, page=asking)
    write(desk, asking, "From the desk")
    refused = phone.send(stale, note_form(stale), {"reflection": "From the phone"}, expect=422)
    assert kept()[0].text == "From the desk"
    assert in_box(refused) == "From the phone"
    assert "From the desk" in refused.words
    phone.send(refused, note_form(refused), {"reflection": "From the phone"})
    assert kept()[0].text == "From the phone"


def test_the_script_hears_of_newer_text_too(make, as_user, asking):
    person = make.person()
    phone, desk = as_user(person), as_user(person)
    write(desk, asking, "From the desk")
    told = draft(phone, asking, "From the phone", "", expect=409)
    assert told["theirs"] == "From the desk"
    assert kept()[0].text == "From the desk"
    draft(phone, asking, "From the phone", told["seen"])
    assert kept()[0].text == "From the phone"


def test_the_same_text_sent_twice_is_no_conflict(make, as_user, asking):
    visitor = as_user(make.person())
    draft(visitor, asking, "Same", "")
    draft(visitor, asking, "Same", "")
    assert len(kept()) == 1


def test_an_emptied_note_is_gone(make, as_user, asking):
    visitor = as_user(make.person())
    write(visitor, asking, "Something")
    write(visitor, asking, "   ")
    assert kept() == []


def test_a_page_without_a_question_takes_no_note(make, as_user):
    silent = next(page.slug for page in shelf.library().module(MODULE).pages if not page.reflection)
    visitor = as_user(make.person())
    visitor.post("learning.save_reflection", {"reflection": "x"}, module=MODULE, page=silent, expect=404)


def test_beside_the_box_stands_what_not_to_write_and_where_to_get_help(make, as_user, asking):
    page = as_user(make.person()).get("learning.page", module=MODULE, page=asking)
    [box] = page.all("//textarea[@name='reflection']")
    [hint] = page.all(f"//*[@id='{box.get('aria-describedby').split()[0]}']")
    said = " ".join(hint.text_content().split())
    for promise in ("Nobody you work with can read this", "A court could ask for it", "names of children and families"):
        assert promise in said
    assert "Nobody watches this box" in said
    [link] = hint.xpath(".//a/@href")
    assert link == "/help#worried"


def test_my_notes_lists_my_own_and_lets_me_delete_and_take_them(make, as_user, asking):
    visitor = as_user(make.person())
    write(visitor, asking, SECRET)
    page = visitor.get("learning.reflections")
    assert SECRET in page.words
    taken = visitor.get("learning.download_reflections")
    assert SECRET in taken.text
    assert taken.headers["Content-Disposition"] == 'attachment; filename="my-notes.txt"'
    [form] = page.all("//form[contains(@action, '/delete')]")
    visitor.send(page, form)
    assert kept() == []
    assert "You have written no notes yet" in visitor.get("learning.reflections").words


def everyone_else(make):
    """A colleague, and everybody with a say over the writer's team, agency or partnership."""
    agency = make.agency()
    team = make.team(agency)
    writer = make.person("Wanda Writer", team=team)
    partnership = Scope.PARTNERSHIP
    others = [
        make.person(team=team),
        make.manager(team=team),
        make.manager(agency=agency),
        make.trainer(team=team),
        make.person(team=team, roles=((Role.COORDINATOR, partnership),)),
        make.person(team=team, roles=((Role.ADMINISTRATOR, partnership),)),
        make.person(team=team, roles=((Role.AUTHOR, partnership), (Role.OBSERVER, partnership))),
    ]
    return writer, others


@pytest.mark.slow
def test_nobody_else_reaches_a_note_by_any_page(make, as_user, app, asking):
    writer, others = everyone_else(make)
    write(as_user(writer), asking, SECRET)
    [note] = kept()
    addresses = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods]
    for person in others:
        visitor = as_user(person)
        visitor.post("learning.delete_reflection", reflection_id=note.id, expect=404)
        for rule in addresses:
            values = dict.fromkeys(rule.arguments, note.id)
            values |= {"module": MODULE, "page": asking, "person_id": writer.id}
            address = visitor.address(rule.endpoint, **{name: values[name] for name in rule.arguments})
            db.session.rollback()
            answer = visitor.client.get(address, follow_redirects=True)
            assert SECRET.encode() not in answer.data, (person.name, address)
    assert len(kept()) == 1


def test_the_record_of_acts_holds_no_word_of_a_note(make, as_user, asking):
    visitor = as_user(make.person())
    write(visitor, asking, SECRET)
    page = visitor.get("learning.reflections")
    [form] = page.all("//form[contains(@action, '/delete')]")
    visitor.send(page, form)
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry)).all()
    assert "reflection.deleted" in [entry.action for entry in entries]
    assert all("4711" not in str(entry.detail) for entry in entries)


def test_a_note_whose_question_is_gone_is_still_mine(make, as_user, asking, revise):
    visitor = as_user(make.person())
    write(visitor, asking, SECRET)
    revise(pages=[page for page in shelf.library().module(MODULE).pages if page.slug != asking])
    page = visitor.get("learning.reflections")
    assert SECRET in page.words
    assert "A question that is no longer asked" in page.words
