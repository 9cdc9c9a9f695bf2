"""Every item of the menu: its words, where it leads, and who sees it."""

from dataclasses import dataclass

from flask import Flask, request

from lms.core.permissions import Permission
from lms.web.access import actor_or_none
from lms.web.links import address


@dataclass(frozen=True)
class Item:
    """One menu item. `sections` are the blueprints whose pages lie under it."""

    label: str
    endpoint: str
    sections: tuple[str, ...]
    permission: Permission | None = None


@dataclass(frozen=True)
class Shown:
    """A menu item as one page shows it."""

    label: str
    address: str
    current: bool
    exact: bool


MENU: tuple[Item, ...] = (
    Item("My training", "home.home", ("home",)),
    Item("Modules", "learning.catalogue", ("learning", "quizzes")),
    Item("Joint days", "cohorts.joint_days", ("cohorts",)),
    Item("Cohorts", "building.cohorts", ("building", "attendance"), Permission.COHORT_EDIT),
    Item("My team", "reports.completion", ("reports",), Permission.REPORT_READ),
    Item("Content", "authoring.content", ("authoring",), Permission.CONTENT_READ),
    Item("Agencies and people", "people.agencies", ("people",), Permission.AGENCY_READ),
    Item("Record", "certificates.record", ("certificates",)),
)


def menu() -> list[Shown]:
    """The menu of the person who is looking, with the present place marked."""
    actor = actor_or_none()
    if actor is None:
        return []
    return [
        Shown(
            item.label,
            address(item.endpoint),
            current=request.blueprint in item.sections,
            exact=request.endpoint == item.endpoint,
        )
        for item in MENU
        if item.permission is None or actor.can(item.permission)
    ]


def install(app: Flask) -> None:
    """Let the layout ask for the menu."""
    app.jinja_env.globals["navigation"] = menu
