"""The access table's world with a few more readers, and browsers for all of them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from lms.audit import actions as audit
from lms.core import clock
from lms.core.permissions import Role, Scope
from lms.people.models import Deputy
from tests.attacks.doors import Doors
from tests.contracts import test_matrix

world = test_matrix.world


@pytest.fixture
def area(world, make, monkeypatch):
    """Nothing is noted about who looked at whom, since each walk would show in the next. Each refused page is noted,
    not the first of a quarter of an hour alone, so that a second walk asks as much as the first.
    """
    monkeypatch.setattr(audit, "viewed", lambda *_args, **_kwargs: None)
    monkeypatch.setattr(audit, "NOTED_EVERY", timedelta(0))
    them, things = world
    post = them.manager.memberships[0]
    trust, team = post.agency, post.team
    council = them.boss.memberships[0].agency
    them = SimpleNamespace(**vars(them))
    them.head = make.manager(agency=trust, name="Head of Trust")
    them.deputy = make.person("Deputy", team=team)
    them.peer, them.second = make.person("Peer", team=team), make.person("Second", agency=council)
    them.observer = make.person("Observer", agency=council, roles=((Role.OBSERVER, Scope.PARTNERSHIP),))
    them.third = make.trainer(council, name="Third")
    day = clock.today()
    make.save(Deputy(membership_id=post.id, deputy_id=them.deputy.id, first_day=day, last_day=day + timedelta(days=1)))
    return them, things, trust


@pytest.fixture
def doors(app, as_user, area) -> Doors:
    them, things, _ = area
    return Doors(app, as_user, them, things)
