"""What people do with flags: raise one, answer and thereby close it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from lms.audit import actions as audit
from lms.catalogue.content import Module, Page
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Refusal
from lms.flags import policy, queries
from lms.flags.models import Flag
from lms.notifications.actions import queue
from lms.people.models import Person
from lms.web.links import absolute


class AnsweredBefore(Refusal):
    """A flag is answered once; the first answer went out to whoever raised it."""

    sentence = "Somebody has answered this already. Their answer stands below, and nothing was changed."


@dataclass(frozen=True)
class Wrong:
    """What somebody finds wrong: the kind, the heading it stands under (empty for the whole page), and their words."""

    kind: str
    passage: str = ""
    says: str = ""


def raise_flag(actor: Actor, module: Module, page: Page, wrong: Wrong) -> Flag:
    """Flag a passage of a page, in the version that is shown now. The same flag sent twice is kept once.

    A passage that is not a heading of the page counts as the whole page.
    """
    passage = wrong.passage if wrong.passage in page.headings else ""
    same = select(Flag).where(
        policy.own(actor),
        Flag.module == module.slug,
        Flag.page == page.slug,
        Flag.passage == passage,
        Flag.kind == wrong.kind,
        Flag.says == wrong.says,
        Flag.answered_at.is_(None),
    )
    db.session.execute(select(Person.id).where(Person.id == actor.id).with_for_update(key_share=True))
    kept = db.session.scalar(same)
    if kept is not None:
        return kept
    made = Flag(
        person_id=actor.id,
        module=module.slug,
        page=page.slug,
        version=module.version,
        passage=passage,
        kind=wrong.kind,
        says=wrong.says,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "flag.raised", made.id, module=module.slug, page=page.slug)
    return made


def answer(actor: Actor, flag_id: UUID, text: str) -> Flag:
    """Answer a flag and close it; whoever raised it gets a mail. Raises NotFound and AnsweredBefore."""
    found = queries.flag(actor, flag_id, locked=True)
    if found.answered_at is not None:
        raise AnsweredBefore
    found.answer, found.answered_by, found.answered_at = text, actor.id, clock.now()
    audit.record(actor, "flag.answered", found.id, module=found.module, page=found.page)
    queue("flags/answered", to=db.session.get_one(Person, found.person_id), link=absolute("flags.mine"))
    return found
