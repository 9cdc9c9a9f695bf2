"""Programmes as people walk through them: the list, one programme, and the ways that lead there."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.catalogue.shelf import library
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.db import db, writing
from tests.learning.reading import counting
from tests.support.offering import ELEYS, LEAD, TIERS, finish, offering, programme

LONG_AGO = date(2020, 1, 6)


@pytest.fixture
def offered(app):
    """Two programmes, one with an optional module."""
    with offering(app, programme("core", LEAD, TIERS), programme("leads", ELEYS, LEAD, optional=(TIERS,))):
        yield


def module_of(slug):
    return library().module(slug)


def rows(page, section):
    found = page.all(f"//section[@aria-labelledby='{section}']//ol/li")
    return [" ".join(row.text_content().split()) for row in found]


def main_buttons(page):
    return page.all("//main//*[contains(concat(' ', @class, ' '), ' btn ')]")


def in_words(day):
    return f"{day.day} {day:%B %Y}"


def test_the_list_says_what_each_is_for_how_long_it_takes_and_how_far_i_am(offered, make, as_user):
    leah = make.person()
    finish(leah, LEAD)
    page = as_user(leah).get("programmes.listed")
    assert page.h1 == "Programmes"
    core, leads = page.all("//ul[contains(@class, 'rows')]/li")
    for words in ("Programme core", "What core is for.", "1\xa0h\xa015\xa0min · 1 of 2 modules finished"):
        assert words in core.text_content()
    required, optional = module_of(ELEYS).minutes + module_of(LEAD).minutes, module_of(TIERS).minutes
    said = " ".join(leads.text_content().split())
    assert f"{required // 60} h {required % 60} min, and {optional} minutes optional" in said
    assert "1 of 2 required modules finished" in said
    assert "In date" not in page.words


def test_without_programmes_the_list_says_so_and_modules_do_not_mention_any(app, make, as_user):
    with offering(app):
        visitor = as_user(make.person())
        assert "There is no programme yet." in visitor.get("programmes.listed").words
        assert "Programmes for" not in visitor.get("learning.catalogue").words
        assert "Part of" not in visitor.get("learning.module", module=LEAD).words


def test_somebody_new_is_led_to_the_first_required_module(offered, make, as_user):
    page = as_user(make.person()).get("programmes.show", programme="leads")
    assert page.h1 == "Programme leads"
    assert "What leads is for." in page.words
    (button,) = main_buttons(page)
    assert button.get("href") == f"/learn/{ELEYS}/"
    assert " ".join(button.text_content().split()) == f"Start with {module_of(ELEYS).title}"
    assert [row.split(" Not started")[0][:10] for row in rows(page, "required")] == [
        module_of(ELEYS).title[:10],
        module_of(LEAD).title[:10],
    ]
    assert all(row.endswith("Not started") for row in [*rows(page, "required"), *rows(page, "optional")])
    assert len(rows(page, "optional")) == 1


def test_what_is_begun_goes_on_where_it_stopped(offered, make, as_user):
    leah = make.person()
    visitor = as_user(leah)
    pages = [page.slug for page in module_of(LEAD).pages]
    visitor.post("learning.read_on", module=LEAD, page=pages[0])
    page = visitor.get("programmes.show", programme="leads")
    (button,) = main_buttons(page)
    assert button.get("href") == f"/learn/{LEAD}/{pages[1]}", "begun goes before the first in order"
    assert button.text_content().startswith("Continue")
    assert rows(page, "required")[1].endswith(f"Started: 1 of {len(pages)} pages")
    assert "0 of 2 required modules finished" in page.words


def test_what_is_finished_says_until_when_and_the_next_module_is_offered(offered, make, as_user):
    leah = make.person()
    finish(leah, LEAD)
    until = db.session.scalar(select(Certificate.valid_until).where(Certificate.module == LEAD))
    page = as_user(leah).get("programmes.show", programme="core")
    first, second = rows(page, "required")
    assert first.endswith(f"Finished, in date until {in_words(until)}")
    assert second.endswith("Not started")
    assert "1 of 2 modules finished" in page.words
    (button,) = main_buttons(page)
    assert button.get("href") == f"/learn/{TIERS}/"


def test_what_has_run_out_is_to_be_renewed(offered, make, as_user):
    leah = make.person(starts_on=LONG_AGO)
    finish(leah, LEAD, on=clock.today() - timedelta(days=1200))
    page = as_user(leah).get("programmes.show", programme="core")
    assert "Ran out on" in rows(page, "required")[0]
    (button,) = main_buttons(page)
    assert (button.get("href"), button.text_content()[:8]) == (f"/learn/{LEAD}/", "Renew it")
    as_user(leah).post("learning.start_again", module=LEAD)
    page = as_user(leah).get("programmes.show", programme="core")
    assert "Started again: 0 of" in rows(page, "required")[0]


def test_who_has_finished_it_is_led_to_its_certificate(offered, make, as_user):
    leah = make.person()
    finish(leah, LEAD, TIERS)
    one = db.session.scalar(select(Certificate).where(Certificate.programme == "core"))
    visitor = as_user(leah)
    page = visitor.get("programmes.show", programme="core")
    (button,) = main_buttons(page)
    assert button.get("href") == f"/certificates/{one.id}"
    assert f"Its certificate is in date until {in_words(one.valid_until)}." in page.words
    listed = visitor.get("programmes.listed").words
    assert f"2 of 2 modules finished In date until {in_words(one.valid_until)}" in listed


def test_a_module_withdrawn_since_is_next_and_the_certificate_stays_in_sight(offered, make, as_user):
    leah = make.person()
    finish(leah, LEAD, TIERS)
    with writing() as session:
        row = session.scalar(select(Certificate).where(Certificate.module == TIERS))
        row.revoked_at, row.revoked_reason = clock.now(), "A slip."
    page = as_user(leah).get("programmes.show", programme="core")
    (button,) = main_buttons(page)
    assert button.get("href") == f"/learn/{TIERS}/"
    assert "Your certificate of this programme is in date until" in page.words


def test_who_holds_all_modules_from_before_the_programme_is_told_when_its_certificate_comes(app, make, as_user):
    leah = make.person()
    with offering(app):
        finish(leah, LEAD)
    with offering(app, programme("lead", LEAD)):
        page = as_user(leah).get("programmes.show", programme="lead")
    assert "1 of 1 module finished" in page.words
    assert "made in the coming night" in page.words
    assert len(main_buttons(page)) == 1


def test_after_a_withdrawal_it_says_what_brings_the_next_one(offered, make, as_user):
    leah = make.person()
    finish(leah, LEAD, TIERS)
    with writing() as session:
        row = session.scalar(select(Certificate).where(Certificate.programme == "core"))
        row.revoked_at, row.revoked_reason = clock.now(), "A slip."
    page = as_user(leah).get("programmes.show", programme="core")
    assert f"Your last certificate of it: Withdrawn on {in_words(clock.today())}. The next one comes when" in page.words
    assert "in the coming night" not in page.words
    assert "In date until" not in as_user(leah).get("programmes.listed").words


def test_the_certificate_of_somebody_else_is_not_mine(offered, make, as_user):
    finish(make.person(), LEAD, TIERS)
    page = as_user(make.person()).get("programmes.show", programme="core")
    assert "0 of 2" not in page.words
    assert "certificate is in date" not in page.words


def test_modules_and_help_lead_to_programmes_and_a_module_says_what_it_is_part_of(offered, make, as_user):
    visitor = as_user(make.person())
    page = visitor.get("learning.catalogue")
    assert "Programmes for People of core, People of leads" in page.words
    links = page.all("//main//a[starts-with(@href, '/programmes/')]/@href")
    assert links == ["/programmes/", "/programmes/core/", "/programmes/leads/"]
    assert "Programmes for" not in visitor.get("learning.catalogue", query={"q": "lead"}).words
    front = visitor.get("learning.module", module=ELEYS)
    assert front.all("//dd//a[starts-with(@href, '/programmes/')]/@href") == ["/programmes/leads/"]
    assert visitor.get("home.help_page").all("//main//a[@href='/programmes/']")


def test_an_unknown_programme_is_not_found(offered, make, as_user):
    as_user(make.person()).get("programmes.show", programme="nothing", expect=404)


@pytest.mark.parametrize(("endpoint", "given"), [("programmes.listed", {}), ("programmes.show", {"programme": "core"})])
def test_the_pages_are_light(offered, make, as_user, endpoint, given):
    leah = make.person()
    finish(leah, LEAD, TIERS)
    visitor = as_user(leah)
    with counting() as sent:
        visitor.get(endpoint, **given)
    assert len(sent) <= 12
