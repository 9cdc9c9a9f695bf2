"""The mails of chasing: what they hold, as they are sent and as a manager reads them before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template

from lms.catalogue import shelf
from lms.chasing.stages import Item
from lms.web.links import absolute
from lms.web.templating import duration, plain_date

BY_CLOCK = "chasing/reminder"
BY_HAND = "chasing/asked"
FOR_MANAGERS = "chasing/team"
ASSIGNED = "chasing/assigned"
WITHDRAWN = "chasing/withdrawn"


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


def said(items: Sequence[Item], titles: Mapping[str, str]) -> list[Said]:
    """What a mail says of these things, by the titles of their partnership."""
    return [_said(item, titles.get(item.module, item.module)) for item in items]


def as_read(items: Sequence[Item], titles: Mapping[str, str], *, by_deputy: bool) -> Text:
    """A reminder sent by hand as it will read, for whoever is about to send it."""
    text = render_template(
        "chasing/emails/asked.txt", by_deputy=by_deputy, said=said(items, titles), link=absolute("record.needed")
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
