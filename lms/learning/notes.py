"""A person's private notes as they are shown, saved while typing, and taken away as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import url_for

from lms.catalogue import shelf
from lms.catalogue.content import Page
from lms.core import clock
from lms.core.errors import NotFound
from lms.learning.forms import ReflectionForm
from lms.learning.models import Reflection
from lms.learning.outlines import Outline
from lms.web.templating import plain_date


@dataclass(frozen=True)
class Entry:
    """One note with the question it answers; `address` is empty when its page is no longer there."""

    note: Reflection
    prompt: str
    address: str = ""


def asked_on(plan: Outline, slug: str) -> tuple[Page, str]:
    """The page, and the key of the question it asks. Raises NotFound when it asks none."""
    page = plan.page(slug)
    if page.reflection is None:
        raise NotFound
    return page, page.reflection.key


def seen(note: Reflection | None) -> str:
    """Which version of a note a page shows, so that the next save can tell whether a newer one would be lost."""
    return note.saved_at.isoformat() if note else ""


def saved(note: Reflection | None) -> dict[str, str]:
    """What the saving script is told: when it was saved, by the partnership's clocks, and as which version."""
    at = note.saved_at if note else clock.now()
    return {"saved": f"{clock.local(at):%H:%M}", "seen": seen(note)}


def other(note: Reflection | None, form: ReflectionForm) -> Reflection | None:
    """The note on the server when it is another one than the form began with and than it holds now."""
    return note if note and note.text != form.reflection.data and seen(note) != form.seen.data else None


def refused(form: ReflectionForm, theirs: Reflection | None) -> dict[str, str]:
    """What the saving script is told when nothing was saved."""
    problem = " ".join(sentence for _, sentence in form.problems)
    return {"problem": problem, "theirs": theirs.text, "seen": seen(theirs)} if theirs else {"problem": problem}


def by_module(found: Sequence[Reflection]) -> list[tuple[str, list[Entry]]]:
    """Notes under the titles of their modules, in the order given."""
    library = shelf.library()
    groups = []
    for slug, ours in groupby(found, key=lambda note: note.module):
        module = library.module(slug)
        groups.append((module.title if module else slug, [_entry(note) for note in ours]))
    return groups


def _entry(note: Reflection) -> Entry:
    module = shelf.library().module(note.module)
    for page in module.pages if module else ():
        if page.reflection and page.reflection.key == note.key:
            return Entry(note, page.reflection.prompt, url_for("learning.page", module=note.module, page=page.slug))
    return Entry(note, "A question that is no longer asked")


def as_text(found: Sequence[Reflection]) -> str:
    """All notes as plain text, to keep or to send to oneself."""
    parts = [f"My notes from Common Ground, {plain_date(clock.today())}"]
    for title, entries in by_module(found):
        parts += [f"{title}\n{'=' * len(title)}", *map(_text, entries)]
    return "\n\n".join(parts) + "\n"


def _text(entry: Entry) -> str:
    at = clock.local(entry.note.saved_at)
    return f"{entry.prompt}\n(saved {at.day} {at:%B %Y, %H:%M})\n\n{entry.note.text}"
