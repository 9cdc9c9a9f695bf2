"""The product's database for the bench: invented people of several agencies, with studies, completions and sign-ins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import insert

from lms.assignments import keeping
from lms.catalogue import shelf
from lms.catalogue.content import Module
from lms.certificates import codes
from lms.certificates.models import Certificate
from lms.certificates.validity import valid_until
from lms.core import clock
from lms.core.db import Row, writing
from lms.core.ids import new_id
from lms.core.permissions import Role, Scope
from lms.learning.models import Completion, PageRead, QuizPass, Study
from lms.people.models import Agency, Membership, MembershipRole, Person, Team
from lms.people.names import plain_name
from lms.people.sectors import Sector
from lms.quizzes import actions as quizzing
from lms.quizzes import shelf as quiz_shelf
from lms.quizzes import sitting
from lms.quizzes.models import Attempt
from lms.quizzes.quiz import KnowledgeCheck
from lms.quizzes.sitting import Sitting
from lms.signin.models import SignIn
from lms.signin.sessions import token_hash
from lms.web.access import COOKIE_KEY

AGENCIES = 10
TEAMS_EACH = 4
PARTNERSHIP = "Bench"
SEED = 2009
TABLES = (
    *(Agency, Team, Person, Membership, MembershipRole, SignIn),
    *(Study, PageRead, QuizPass, Completion, Certificate, Attempt),
)


@dataclass(frozen=True)
class Browser:
    """A signed-in person's browser: the cookie it sends, and the token its forms carry."""

    cookie: str
    token: str


@dataclass(frozen=True)
class Go:
    """A knowledge check that somebody has begun."""

    attempt_id: UUID
    browser: Browser
    sitting: Sitting


@dataclass(frozen=True)
class Crowd:
    """Everybody in the bench: staff who read, a coordinator who sees all of them, and the checks they have begun."""

    staff: Sequence[Browser]
    coordinator: Browser
    goes: Sequence[Go]


class Rows:
    """Rows to come, by table, saved all at once."""

    def __init__(self) -> None:
        self._by_table: dict[type[Row], list[dict[str, Any]]] = {table: [] for table in TABLES}
        self.chance = Random(SEED)  # noqa: S311 -- invented histories need no secrets

    def add(self, table: type[Row], **values: Any) -> UUID:
        """Keep a row for later; returns its identity."""
        made = new_id()
        self._by_table[table].append({"id": made, **values})
        return made

    def save(self) -> None:
        """Insert everything in one transaction."""
        with writing() as transaction:
            for table, rows in self._by_table.items():
                transaction.connection().execute(insert(table), rows)


def fill(app: Flask, people: int) -> Crowd:
    """Add this many people to an empty, migrated database, each signed in, at work on every module and in its check."""
    rows = Rows()
    teams = _teams(rows)
    staff = [_person(rows, number, teams[number % len(teams)]) for number in range(people)]
    coordinator = _person(rows, people, teams[0], Role.COORDINATOR, Scope.PARTNERSHIP)
    browsers = {person: _browser(app, rows, person) for person in (*staff, coordinator)}
    with app.app_context():
        for person in staff:
            for module in shelf.library().modules:
                _study(rows, person, module)
        goes = [go for person in staff for go in _goes(rows, person, browsers[person])]
        rows.save()
        keeping.tell_all()  # rows saved all at once go past what keeps the ledger
    return Crowd([browsers[person] for person in staff], browsers[coordinator], goes)


def name(number: int) -> str:
    """What a person of the bench is called."""
    return f"Person {number:05d}"


def _teams(rows: Rows) -> list[tuple[UUID, UUID]]:
    """Teams with their agencies, each sector in turn."""
    sectors = list(Sector)
    agencies = [
        rows.add(Agency, name=f"Agency {n}", sector=sectors[n % len(sectors)].value, partnership=PARTNERSHIP)
        for n in range(AGENCIES)
    ]
    return [
        (agency, rows.add(Team, agency_id=agency, name=f"Team {n}")) for n in range(TEAMS_EACH) for agency in agencies
    ]


def _person(
    rows: Rows, number: int, team: tuple[UUID, UUID], role: Role = Role.STAFF, scope: Scope = Scope.TEAM
) -> UUID:
    called = {"name": name(number), "plain_name": plain_name(name(number))}
    person = rows.add(Person, **called, email=f"person-{number}@bench.example", password_hash="none")  # noqa: S106
    membership = rows.add(
        Membership,
        person_id=person,
        agency_id=team[0],
        team_id=team[1],
        job="Health visitor",
        starts_on=clock.today() - timedelta(days=rows.chance.randint(10, 900)),
    )
    rows.add(MembershipRole, membership_id=membership, role=role.value, scope=scope.value)
    return person


def _browser(app: Flask, rows: Rows, person: UUID) -> Browser:
    """Sign in without a password, so that nothing is hashed slowly in the loop. Not within an application's context:
    each token needs a fresh one.
    """
    token = f"bench-{person}"
    rows.add(SignIn, person_id=person, token_hash=token_hash(token), second_step=True)
    with app.test_request_context():
        session[COOKIE_KEY], session["born"] = token, "bench"
        form_token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return Browser(f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(dict(session))}", form_token)


def _study(rows: Rows, person: UUID, module: Module) -> None:
    """Some pages read; or, for four people in ten, all of the module done at some time in the last three years."""
    done = rows.chance.random() < 0.4
    read = len(module.pages) if done else rows.chance.randint(1, len(module.pages) - 1)
    on = clock.today() - timedelta(days=rows.chance.randint(1, 1_100))
    at = datetime.combine(on, time(12), UTC)
    study = rows.add(
        Study,
        person_id=person,
        module=module.slug,
        version=module.version,
        started_at=at,
        last_page=module.pages[read - 1].slug,
        completed_at=at if done else None,
    )
    for page in module.pages[:read]:
        rows.add(PageRead, study_id=study, page=page.slug, version=module.version, read_at=at)
    if not done:
        return
    for quiz in module.quizzes:
        rows.add(QuizPass, study_id=study, quiz=quiz, attempt_id=new_id(), passed_at=at)
    taught = {"version": module.version, "core_hash": module.hash, "minutes": module.minutes, "completed_on": on}
    completion = rows.add(Completion, person_id=person, study_id=study, module=module.slug, completed_at=at, **taught)
    rows.add(
        Certificate,
        code=codes.new_code(),
        person_id=person,
        completion_id=completion,
        name="Person of the bench",
        agency="Agency",
        job="Health visitor",
        module=module.slug,
        title=module.title,
        valid_until=valid_until(on, module.valid_months),
        issued_by=PARTNERSHIP,
        **taught,
    )


def _goes(rows: Rows, person: UUID, browser: Browser) -> list[Go]:
    """One begun go at every knowledge check."""
    goes = []
    for quiz in quiz_shelf.quizzes().by_slug.values():
        if isinstance(quiz, KnowledgeCheck):
            seed = f"{rows.chance.getrandbits(128):032x}"
            begun = sitting.begin(quiz, seed)
            attempt = rows.add(
                Attempt,
                person_id=person,
                quiz=quiz.slug,
                module=quiz.module,
                kind=quizzing.CHECK,
                content_hash=quiz_shelf.quizzes().hashes[quiz.slug],
                number=1,
                seed=seed,
                state=sitting.to_json(begun),
            )
            goes.append(Go(attempt, browser, begun))
    return goes
