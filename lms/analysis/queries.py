"""Reads for authors: the answers to one quiz, without names, and what they come to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, func, select

from lms.analysis import asked, policy
from lms.analysis.groups import SIZE, Given
from lms.analysis.items import Analysis, Item, Picked, analyse, sorted_out
from lms.analysis.items import earlier as earlier_wordings
from lms.catalogue import shelf
from lms.catalogue.content import Module
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.people.models import Agency, Membership
from lms.quizzes.models import Answer, Attempt
from lms.quizzes.quiz import KnowledgeCheck, Scenario
from lms.quizzes.shelf import quizzes


@dataclass(frozen=True)
class Sheet:
    """One quiz as its answers have it: each question or scene in the order of the file, and its earlier wordings."""

    quiz: KnowledgeCheck | Scenario
    module: Module
    items: Sequence[Analysis]
    earlier: Mapping[str, Sequence[Analysis]]
    agencies: Mapping[UUID, str]
    as_at: date
    scope: str

    @property
    def is_scenario(self) -> bool:
        """Whether it is a story with scenes, where nobody meets all of them."""
        return isinstance(self.quiz, Scenario)

    @property
    def shown(self) -> list[Analysis]:
        """Those with figures, the hardest first."""
        return sorted((one for one in self.items if one.people), key=lambda one: (one.right / one.people, one.item.key))

    @property
    def traps(self) -> list[tuple[Analysis, Picked]]:
        """Wrong options that caught many, those that caught most first."""
        found = [(one, trap) for one in self.items for trap in one.traps]
        return sorted(found, key=lambda pair: -pair[1].percent)


@dataclass(frozen=True)
class Listed:
    """One quiz on the list; `people` who finished it, rounded down to whole tens."""

    quiz: KnowledgeCheck | Scenario
    module: Module
    people: int


def listed(actor: Actor) -> list[Listed]:
    """Every quiz, module by module. One query."""
    rows = db.session.execute(
        select(Attempt.quiz, func.count(Attempt.person_id.distinct()))
        .join(Membership, Membership.person_id == Attempt.person_id)
        .join(Agency, Membership.agency_id == Agency.id)
        .where(Attempt.passed.is_not(None), policy.counted(actor))
        .group_by(Attempt.quiz)
    )
    people = {quiz: number // SIZE * SIZE for quiz, number in rows}
    return [
        Listed(quizzes().quiz(slug), module, people.get(slug, 0))
        for module in shelf.library().modules
        for slug in module.quizzes
    ]


def sheet(actor: Actor, slug: str, today: date) -> Sheet:
    """What the answers to one quiz come to. Four queries. Raises NotFound for a quiz that is not there."""
    quiz = known(slug)
    module = shelf.library().module(quiz.module)
    if module is None:
        raise NotFound
    every = asked.items_of(quiz, {fact: page.slug for page in module.pages for fact in page.facts})
    by_key = {one.key: one for one in every}
    given = sorted_out(answers(actor, slug, by_key))
    rows = db.session.execute(select(Agency.id, Agency.name, Agency.partnership).where(policy.counted(actor))).all()
    names, scope = {id_: name for id_, name, _ in rows}, ", ".join(sorted({whole for *_, whole in rows}))
    found = [analyse(one, given) for one in every]
    return Sheet(quiz, module, found, earlier_wordings(by_key, given), names, today, scope)


def known(slug: str) -> KnowledgeCheck | Scenario:
    """The quiz of this name. Raises NotFound."""
    if slug not in quizzes().by_slug:
        raise NotFound
    return quizzes().quiz(slug)


@dataclass(frozen=True)
class _Go:
    """One finished go of somebody whose answers count, at the post they had then."""

    id: UUID
    person: UUID
    partnership: str
    agency: UUID
    at: datetime
    points: int
    out_of: int
    is_as_now: bool


def answers(actor: Actor, slug: str, by_key: Mapping[str, Item]) -> list[Given]:
    """Every answer in goes that were finished, of people with a post that counts on that day, in the order in which
    goes were finished. Three queries.

    Of a scenario the first visit of each scene in a go counts. An answer older than the versions of questions is one to
    the present wording where the whole quiz is as it was.
    """
    goes, chosen, found = _goes(actor, slug), _Chosen(), []
    met: set[tuple[int, str]] = set()
    for number, key, version, given, right in db.session.execute(_in_order(slug)):
        go, item = goes.get(number), by_key.get(key)
        if go is None or item is None or (number, key) in met:
            continue
        met.add((number, key))
        wording = version or (item.version if go.is_as_now else "")
        rest = (go.points - right) / (go.out_of - 1) if item.kind != "scene" and go.out_of > 1 else None
        picked = chosen.of(item.kind, given)
        found.append(Given(go.person, go.partnership, go.agency, go.id, go.at, key, wording, right, picked, rest))
    return found


class _Chosen:
    """What answers chose, each read once: there are many answers and few different ones."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], tuple[str, ...]] = {}

    def of(self, kind: str, given: str) -> tuple[str, ...]:
        """What a stored answer to such a question chose."""
        if (kind, given) not in self.known:
            self.known[kind, given] = asked.picked(kind, json.loads(given))
        return self.known[kind, given]


def _in_order(slug: str) -> Select[int, str, str, str, bool]:
    """All answers of finished goes, with the number of the go. Numbers, and answers as text, are quicker to read than
    identities and JSON: 80,000 answers of 10,000 people take a third of the time.
    """
    goes = (
        select(Attempt.id, _number().label("number"))
        .where(Attempt.quiz == slug, Attempt.passed.is_not(None))
        .subquery()
    )
    return (
        select(goes.c.number, Answer.key, Answer.version, cast(Answer.given, Text), Answer.right)
        .join(goes, Answer.attempt_id == goes.c.id)
        .order_by(goes.c.number, Answer.position)
    )


def _number() -> ColumnElement[int]:
    return func.row_number().over(order_by=(Attempt.finished_at, Attempt.id))


def _goes(actor: Actor, slug: str) -> dict[int, _Go]:
    """Finished goes of people whose answers count, by number. Two queries."""
    posts, present = _posts(actor, slug), quizzes().hashes[slug]
    rows = db.session.execute(
        select(
            _number(), Attempt.id, Attempt.person_id, Attempt.finished_at, Attempt.points, Attempt.out_of,
            Attempt.content_hash,
        ).where(Attempt.quiz == slug, Attempt.passed.is_not(None))
    )  # fmt: skip
    found = {}
    for number, id_, person, at, points, out_of, content in rows:
        post = _post(posts.get(person, ()), at) if at else None
        if at and post:
            found[number] = _Go(id_, person, post[0], post[1], at, points or 0, out_of, content == present)
    return found


Post = tuple[str, UUID, date, date | None]


def _posts(actor: Actor, slug: str) -> dict[UUID, list[Post]]:
    """The posts that count of everybody who finished the quiz, the oldest first."""
    finished = select(Attempt.person_id).where(Attempt.quiz == slug, Attempt.passed.is_not(None))
    rows = db.session.execute(
        select(Membership.person_id, Agency.partnership, Agency.id, Membership.starts_on, Membership.ends_on)
        .join(Agency, Membership.agency_id == Agency.id)
        .where(Membership.person_id.in_(finished), policy.counted(actor))
        .order_by(Membership.starts_on, Membership.id)
    )
    found: dict[UUID, list[Post]] = {}
    for person, partnership, agency, starts, ends in rows:
        found.setdefault(person, []).append((partnership, agency, starts, ends))
    return found


def _post(posts: Sequence[Post], at: datetime) -> Post | None:
    """The oldest post that somebody had on that day."""
    day = clock.local(at).date()
    return next((one for one in posts if one[2] <= day and (one[3] is None or day <= one[3])), None)
