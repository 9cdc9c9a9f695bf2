"""Two agencies of one partnership and one of another, with administrators, and acts to read about."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from lms.audit import actions as audit
from lms.core import clock
from lms.core.db import writing
from lms.core.permissions import Role, Scope
from tests.cohorts.conftest import count_queries, partnership

__all__ = ["count_queries", "partnership"]


@pytest.fixture
def world(make):
    trust, council, away = make.agency("Trust"), make.agency("Council"), make.agency("Away", partnership="Westmark")

    def admin(name, agency, scope):
        return make.person(name, agency=agency, roles=((Role.ADMINISTRATOR, scope),))

    return SimpleNamespace(
        trust=trust,
        council=council,
        away=away,
        whole=admin("Wanda Whole", council, Scope.PARTNERSHIP),
        ours=admin("Ada Admin", trust, Scope.AGENCY),
        other=admin("Otto Other", away, Scope.PARTNERSHIP),
        leah=make.person("Leah Stone", agency=trust),
        omar=make.person("Omar Field", agency=council),
        priya=make.person("Priya Away", agency=away),
        manager=make.manager(agency=trust, name="Mona Manager"),
        trainer=make.trainer(agency=council, name="Theo Trainer"),
    )


@pytest.fixture
def did(actor):
    """Note an act of somebody, or of nobody, some time ago."""

    def note(who, action, subject=None, *, ago=timedelta(0), **detail):
        with writing() as session:
            audit.record(actor(who) if who else None, action, subject, **detail)
            if ago:
                next(iter(session.new)).at = clock.now() - ago

    return note


@pytest.fixture
def reads(as_user):
    """The lines that somebody reads on the record of acts, each as who, what and about."""

    def read(who, **query):
        page = as_user(who).get("acts.record", query=query)
        rows = page.all("//main//tbody/tr")
        found = [[" ".join(cell.text_content().split()) for cell in row.findall("td")][1:] for row in rows]
        return [tuple(one) for one in found if one[1] != "Read the record of acts"]

    return read
