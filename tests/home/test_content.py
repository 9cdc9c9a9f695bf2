"""The authors' page of all content."""

from datetime import timedelta

import pytest
import time_machine

from lms.catalogue import shelf
from lms.core.permissions import Role, Scope


def author(make):
    return make.person(roles=((Role.STAFF, Scope.TEAM), (Role.AUTHOR, Scope.PARTNERSHIP)))


@pytest.mark.slow
def test_authors_see_every_module_with_its_size_version_owner_and_review_date(make, as_user):
    page = as_user(author(make)).get("authoring.content")
    for module in shelf.library().modules:
        [row] = page.all(f"//li[.//a[@href='/learn/{module.slug}/']]")
        words = " ".join(row.text_content().split())
        assert f"version {module.version}" in words
        assert module.owner in words
        assert f"{len(module.pages)} pages, {len(module.facts)} facts" in words
        assert f"Review by {module.review_by.day} " in words


@pytest.mark.slow
def test_a_review_that_is_late_is_said_and_the_content_check_remarks_it(make, as_user):
    module = shelf.library().modules[0]
    person = author(make)
    with time_machine.travel(module.review_by + timedelta(days=2)):
        page = as_user(person).get("authoring.content")
    [row] = page.all(f"//li[.//a[@href='/learn/{module.slug}/']]")
    assert "Review was due by" in row.text_content()
    assert f"modules/{module.slug}/" in row.text_content()


def test_only_authors_open_it(make, as_user):
    as_user(make.person()).get("authoring.content", expect=403)
    as_user(make.manager()).get("authoring.content", expect=403)
