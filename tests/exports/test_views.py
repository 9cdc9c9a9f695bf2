"""Views: kept under a name without anybody's name, showing what one sees today, with a link by mail on wish."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from lms.core.db import db
from lms.exports.actions import keeping
from lms.exports.models import SavedView
from lms.exports.states import next_mail
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from tests.exports.conftest import START, move
from tests.together.conftest import NOW

pytestmark = pytest.mark.slow


def view() -> SavedView:
    db.session.rollback()
    return db.session.scalars(select(SavedView).execution_options(populate_existing=True)).one()


def keep(visitor, name: str = "Late ones", query: str = "status=late", **given):
    return visitor.post(f"/exports/completion/views?{query}", {"name": name}, **given)


def test_a_view_is_kept_found_on_its_page_opened_renamed_and_deleted(readers, as_user):
    visitor = as_user(readers.by_role["manager"])
    page = visitor.follow(keep(visitor, query="status=late&sort=name&page=3&evil=1"))
    assert "Saved as “Late ones”." in page.words
    assert page.all("//select[@name='status']/option[@selected]/@value") == ["late"]
    assert view().arguments == {"status": "late", "sort": "name"}
    address = visitor.get("reports.completion").all("//section[@aria-labelledby='take']//ul//a/@href")
    assert address == [f"/exports/views/{view().id}"]
    opened = visitor.get(address[0], expect=303)
    assert opened.location == "/reports/completion?sort=name&status=late"
    visitor.post("exports.change_view", {"name": "Mondays", "every": "week"}, view_id=view().id)
    words = visitor.get("exports.views").words
    assert "Mondays" in words
    assert "comes on 10 August 2026" in words
    visitor.post("exports.delete_view", view_id=view().id)
    assert "You keep none yet" in visitor.get("exports.views").words


def test_whom_somebody_looked_for_is_never_kept_and_that_is_said(readers, as_user):
    visitor = as_user(readers.by_role["manager"])
    page = visitor.follow(keep(visitor, query="q=Stan&status=late"))
    assert "The name you looked for is not kept with it." in page.words
    assert view().arguments == {"status": "late"}


@pytest.mark.parametrize(("name", "sentence"), [("", "Give the view a name"), ("x" * 81, "within 80 characters")])
def test_a_name_that_will_not_do_is_told_and_what_was_typed_is_kept(readers, as_user, name, sentence):
    visitor = as_user(readers.by_role["manager"])
    page = keep(visitor, name, expect=422)
    assert sentence in page.words
    assert page.all("//input[@name='name']/@value") == [name]
    assert page.all("//form[@method='post']/@action") == ["/exports/completion/views?status=late"]
    assert db.session.scalars(select(SavedView)).all() == []


def test_one_person_has_each_name_once_and_two_people_may_have_the_same(readers, as_user):
    visitor = as_user(readers.by_role["manager"])
    keep(visitor)
    assert "You have a view with this name already" in keep(visitor, expect=422).words
    keep(as_user(readers.by_role["boss"]))
    keep(visitor, "Another")
    other = db.session.scalars(select(SavedView).where(SavedView.name == "Another")).one()
    page = visitor.post("exports.change_view", {"name": "Late ones", "every": ""}, view_id=other.id, expect=422)
    assert "You have a view with this name already" in page.words
    assert page.all(f"//a[@href='#name-{other.id}']")
    visitor.post("exports.change_view", {"name": "Another", "every": "never"}, view_id=other.id, expect=422)


@pytest.mark.slow
def test_filters_that_are_not_on_offer_are_not_kept_and_other_peoples_views_do_not_exist(readers, as_user):
    theirs = people.actor(readers.by_role["other manager"]).seats[0].team_id
    visitor = as_user(readers.by_role["manager"])
    keep(visitor, query=f"team={theirs}", expect=404)
    keep(as_user(readers.by_role["staff"]), expect=403)
    visitor.post("/exports/nothing/views", {"name": "x"}, expect=404)
    keep(visitor)
    other = as_user(readers.by_role["boss"])
    other.get("exports.open_view", view_id=view().id, expect=404)
    for endpoint in ("exports.change_view", "exports.delete_view"):
        other.post(endpoint, {"name": "x", "every": ""}, view_id=view().id, expect=404)


@pytest.mark.slow
def test_who_sees_less_sees_less_in_a_view_and_who_has_no_role_finds_nothing(readers, make, as_user):
    manager = readers.by_role["manager"]
    visitor = as_user(manager)
    north = people.actor(manager).seats[0].team_id
    keep(visitor, query=f"team={north}&status=late")
    south = make.team(readers.area.agencies["Health"], "South")
    make.person("Sue South", team=south, starts_on=START)
    move(manager, team_id=south.id)
    answer = visitor.get("exports.open_view", view_id=view().id, expect=303)
    assert answer.location == "/reports/completion?status=late"
    page = visitor.follow(answer)
    assert "Part of this view is not yours to see any more." in page.words
    assert "Stan Staff" not in page.text
    move(manager, ends_on=date(2026, 8, 4))
    visitor.get("exports.open_view", view_id=view().id, expect=404)


@pytest.mark.slow
def test_a_mail_brings_the_link_once_a_week_without_figures_or_names(readers, as_user):
    manager = readers.by_role["manager"]
    visitor = as_user(manager)
    keep(visitor, "Stan and Mona")
    visitor.post("exports.change_view", {"name": "Stan and Mona", "every": "week"}, view_id=view().id)
    assert keeping.mail_due() == 0
    with time_machine.travel(NOW + timedelta(days=5), tick=False):
        assert keeping.mail_due() == 1
        assert keeping.mail_due() == 0
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.kind, mail.person_id) == ("exports/view", manager.id)
    assert f"/exports/views/{view().id}" in mail.body
    assert not any(name in mail.subject + mail.body for name in ("Stan", "Mona", "North", "%"))
    assert view().next_mail_on == date(2026, 8, 17)
    move(manager, ends_on=date(2026, 8, 12))
    with time_machine.travel(NOW + timedelta(days=15), tick=False):
        assert keeping.mail_due() == 0
    assert (view().every, view().next_mail_on) == ("", None)


def test_mails_come_on_mondays_or_the_first():
    assert next_mail("week", date(2026, 8, 5)) == date(2026, 8, 10)
    assert next_mail("week", date(2026, 8, 10)) == date(2026, 8, 17)
    assert next_mail("month", date(2026, 8, 5)) == date(2026, 9, 1)
    assert next_mail("month", date(2026, 12, 1)) == date(2027, 1, 1)
    assert next_mail("", date(2026, 8, 5)) is None
