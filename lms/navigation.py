"""Every item of the menu: its words, where it leads, and who sees it."""

from dataclasses import dataclass
from functools import cache

from flask import Flask, request
from markupsafe import Markup

from lms.core.actor import Actor
from lms.core.permissions import Permission
from lms.web.access import actor_or_none
from lms.web.links import address


@dataclass(frozen=True)
class Item:
    """One menu item. `sections` are the blueprints, or single endpoints of one, whose pages lie under it."""

    label: str
    endpoint: str
    sections: tuple[str, ...]
    permission: Permission | None = None

    def is_for(self, actor: Actor) -> bool:
        """Whether this person sees it."""
        return self.permission is None or actor.can(self.permission)


@dataclass(frozen=True)
class Shown:
    """A menu item as one page shows it."""

    label: str
    address: str
    current: bool
    exact: bool


FLAGGING = ("flags.form", "flags.new", "flags.mine")
ANSWERING = ("flags.listed", "flags.show", "flags.answer")  # what learners flagged is content to whoever answers it
ASKING = tuple(f"nominating.{one}" for one in ("offered", "ask", "withdraw", "team", "nominate", "decide"))
NOMINATIONS = tuple(f"nominating.{one}" for one in ("nominations", "add", "upload", "take_off"))
PLANNING = ("planning", "proposing", *NOMINATIONS)
RUNNING = ("building", "attendance", "contesting.answer", "outcomes.outcome")
RELEASING = ("releasing", "missed")
CO_SIGNING = ("outcomes.examples", "outcomes.co_sign")
ASKED = ("requiring", "levels", "leave", "accepting")
ANSWERS = ("outcomes.mine", "outcomes.form", "outcomes.send")
BOOKING = (
    "cohorts",
    "calendar",
    "offers",
    "approvals",
    "sending",
    "moving",
    "arriving.here",
    "seating.mine",
    "contesting.contest",
)
ACCOUNTS = (
    *("people.agencies", "people.agency", "people.set_locality"),
    *("joining", "directory", "inviting", "providers", "second_step", "acts.record"),
)
TABLES = tuple(f"seating.{page}" for page in ("plan", "make", "change", "listed", "cards"))
MENU: tuple[Item, ...] = (
    Item("My training", "home.home", ("home",)),
    Item("Modules", "learning.catalogue", ("learning", "quizzes", "catalogue", "programmes", *FLAGGING)),
    Item("Joint days", "cohorts.joint_days", (*BOOKING, *ASKING, *ANSWERS)),
    Item("Cohorts", "building.cohorts", (*RUNNING, *PLANNING, "exports", *TABLES), Permission.COHORT_EDIT),
    Item(
        "My team",
        "reports.completion",
        ("reports", "compliance", "chasing", "assigning", "exports", *RELEASING, *ASKED, *CO_SIGNING),
        Permission.REPORT_READ,
    ),
    Item("Reports", "listing.reports", ("listing", "together", "compliance", "exports"), Permission.JOINT_READ),
    Item("Content", "authoring.content", ("authoring", "analysis", *ANSWERING), Permission.CONTENT_READ),
    Item("Agencies and people", "people.agencies", ACCOUNTS, Permission.AGENCY_READ),
    Item("Operating", "operating.overview", ("operating", "erasures", "retaining"), Permission.OPERATE),
    Item("Record", "record.record", ("record", "passport", "looked", "certificates")),
)


def install(app: Flask) -> None:
    """Let the layout ask for the menu of whoever is looking, with the present place marked."""
    template = app.jinja_env.get_template("components/menu.html")

    @cache
    def drawn(items: tuple[Item, ...], section: str | None, endpoint: str | None) -> Markup:
        """Drawn once for each place and each choice of items, of which there are few: drawing it was 5 % of a page."""
        here = next((item for item in items if not {section, endpoint}.isdisjoint(item.sections)), None)
        shown = [Shown(item.label, address(item.endpoint), item is here, endpoint == item.endpoint) for item in items]
        return Markup(template.render(items=shown))  # noqa: S704 -- our own template, which escapes

    def menu() -> Markup:
        actor = actor_or_none()
        permitted = tuple(item for item in MENU if actor and item.is_for(actor))
        return drawn(permitted, request.blueprint, request.endpoint)

    app.jinja_env.globals["navigation"] = menu
