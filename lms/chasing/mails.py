"""The mails of chasing: what they hold, as they are sent and as a manager reads them before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import render_template

from lms.assignments.models import Assignment
from lms.catalogue import shelf
from lms.chasing.stages import Item
from lms.web.links import absolute
from lms.web.templating import duration, plain_date

BY_CLOCK = "chasing/reminder"
BY_HAND = "chasing/asked"
FOR_MANAGERS = "chasing/team"
ASSIGNED = "chasing/assigned"
WITHDRAWN = "chasing/withdrawn"


_BY_MANAGER = "Your manager has sent you this reminder."
_BY_DEPUTY = "Whoever stands in for your manager has sent you this reminder."


def opening(*, by_deputy: bool) -> str:
    """Who sends a reminder by hand, without a name."""
    return _BY_DEPUTY if by_deputy else _BY_MANAGER


def opens_for_deputy(body: str) -> bool:
    """Whether a deputy sent the reminder with this text."""
    return body.startswith(_BY_DEPUTY)


@dataclass(frozen=True)
class Said:
    """What a mail says of one thing: its title, where the person stands, how long it takes, and where it is done."""

    title: str
    words: str
    takes: str
    link: str
    is_late: bool


@dataclass(frozen=True)
class Text:
    """A mail as it will read."""

    subject: str
    body: str


def asked(rows: Iterable[Assignment]) -> list[Item]:
    """What was assigned, as a mail lists it."""
    return [Item(row.target, row.due_on, "", is_late=False) for row in rows]


def list_of_late() -> str:
    """Where a manager sees who is late."""
    return absolute("reports.completion", status="late")


def said(items: Sequence[Item], titles: Mapping[str, str]) -> list[Said]:
    """What a mail says of these things, by the titles of their partnership."""
    return [_said(item, titles.get(item.module, item.module)) for item in items]


def as_read(items: Sequence[Item], titles: Mapping[str, str], *, by_deputy: bool) -> Text:
    """A reminder sent by hand as it will read, for whoever is about to send it."""
    text = render_template(
        "chasing/emails/asked.txt",
        opening=opening(by_deputy=by_deputy),
        said=said(items, titles),
        link=absolute("record.needed"),
    )
    subject, _, body = text.partition("\n")
    return Text(" ".join(subject.split()), body.strip())


def _said(item: Item, title: str) -> Said:
    """With a whole date: a mail may be read days later, when "in 7 days" would be wrong."""
    words = item.words if item.is_late else f"To be done by {plain_date(item.last_day)}"
    known = shelf.library().module(item.module)
    if known is None:
        return Said(title, words, "", absolute("record.needed"), item.is_late)
    takes = duration(known.minutes).replace("\u00a0", " ")
    return Said(title, words, takes, absolute("learning.module", module=known.slug), item.is_late)
