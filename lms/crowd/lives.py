"""One invented life: posts, learning and decisions over the years, as rows and as the facts of the ledger. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from lms.assignments.rules import Away, Begun, Done, Facts, Given, Lifted, Post, plain
from lms.certificates import validity
from lms.core.permissions import Role, Scope
from lms.crowd.scene import Course, CrowdAgency, CrowdTeam, Identities, Scene
from lms.crowd.words import FIRST_NAMES, JOBS, LEVELS, SURNAMES
from lms.people.names import plain_name

DAY = timedelta(days=1)
MAIL = "crowd.example"
YEAR = 365
LONGEST_SERVICE = 8 * YEAR
LEAVERS, MOVERS, TWO_POSTS = 0.10, 0.12, 0.04
EXEMPT, ON_LEAVE, ASSIGNED = 0.02, 0.03, 0.05
LEARNS, BEGINS, BY_CHOICE, RENEWS = 0.86, 0.06, 0.03, 0.8
OVERSEERS = {1: Role.COORDINATOR, 2: Role.OBSERVER}  # by their place in the agency that leads the partnership
LEVEL_OF = {plain(job): code for code, jobs in LEVELS.items() for job in jobs}

ACTIVE_DEMO = (True, True)

Row = tuple[Any, ...]


@dataclass
class Life:
    """What one life comes to: rows by table, in the order of `lms.crowd.bulk.COLUMNS`, and its facts."""

    person: UUID
    rows: dict[str, list[Row]] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)

    def add(self, table: str, *values: Any) -> None:
        """Keep a row for later."""
        self.rows.setdefault(table, []).append(values)


@dataclass(frozen=True)
class Seat:
    """Where somebody begins: their number in the crowd and in their team, the team and the agency."""

    number: int
    agency: CrowdAgency
    team: CrowdTeam
    leads_agency: bool
    leads_team: bool
    oversees: Role | None = None

    @property
    def stays(self) -> bool:
        """Whether the crowd cannot do without them: managers and those who see a whole partnership never leave."""
        return self.leads_team or self.oversees is not None


def seats(agency: CrowdAgency) -> Iterator[Seat]:
    """Everybody whose first post is at an agency, team by team."""
    number = agency.first
    for team in agency.teams:
        for place in range(team.people):
            oversees = OVERSEERS.get(number - agency.first) if agency.leads else None
            yield Seat(number, agency, team, number == agency.first, place == 0, oversees)
            number += 1


def live(scene: Scene, seat: Seat) -> Life:
    """The life of one person: always the same for the same scene and seat."""
    return _Living(scene, seat).lived()


def noon(day: date) -> datetime:
    """A moment of a day that is the same day on every clock of the partnership."""
    return datetime.combine(day, time(12), UTC)


class _Living:
    def __init__(self, scene: Scene, seat: Seat) -> None:
        self.scene, self.seat = scene, seat
        self.chance = Random(scene.seed * 1_000_003 + seat.number)  # noqa: S311 -- invented histories need no secrets
        self.identities = Identities(self.chance, (seat.number + 1) << 12)
        self.today = scene.today
        self.life = Life(seat.agency.manager if seat.leads_agency else self.identities.make())
        self.name = f"{self.chance.choice(FIRST_NAMES)} {self.chance.choice(SURNAMES)}"

    def lived(self) -> Life:
        """All of it."""
        self._person()
        self._posts()
        post = self.life.facts.posts[0]
        for course in self.scene.courses:
            self._learn(course, self._hired(), is_asked=self._is_asked(course, post))
        self._decisions(post)
        return self.life

    def _person(self) -> None:
        at = noon(self.today)
        mail = f"person-{self.seat.number + 1}@{MAIL}"
        names = self.name, plain_name(self.name)
        self.life.add("people", self.life.person, mail, *names, self.scene.password_hash, *ACTIVE_DEMO, "", at)

    def _posts(self) -> None:
        """One post as a rule; some have moved, some have left, some work for two agencies."""
        seat, roll = self.seat, self.chance.random()
        service = self.chance.randrange(3, LONGEST_SERVICE)
        starts, ends = self.today - timedelta(days=service), None
        if seat.stays or service < 60:
            self._post(seat.agency, seat.team, starts, None, first=True)
        elif roll < LEAVERS:
            ends = starts + timedelta(days=self.chance.randrange(30, service))
            self._post(seat.agency, seat.team, starts, ends, first=True)
        elif roll < LEAVERS + MOVERS:
            ends = starts + timedelta(days=self.chance.randrange(30, service))
            self._post(seat.agency, seat.team, starts, ends, first=True)
            self._post(*self._elsewhere(same=self.chance.random() < 0.7), ends + DAY, None)
        else:
            self._post(seat.agency, seat.team, starts, None, first=True)
            if roll > 1 - TWO_POSTS:
                later = starts + timedelta(days=self.chance.randrange(0, service))
                self._post(*self._elsewhere(same=False), later, None)
        facts = self.life.facts
        facts.rules = [rule for rule in self.scene.rules if any(rule.speaks_to(post) for post in facts.posts)]

    def _elsewhere(self, *, same: bool) -> tuple[CrowdAgency, CrowdTeam]:
        """Another team: of the same agency, or of any in the partnership."""
        agency = self.seat.agency
        if not same:
            agency = self.scene.agencies[self.chance.choice(self.scene.neighbours[agency.partnership])]
        return agency, self.chance.choice(agency.teams)

    def _post(
        self, agency: CrowdAgency, team: CrowdTeam, starts: date, ends: date | None, *, first: bool = False
    ) -> None:
        membership, job = self.identities.make(), self.chance.choice(JOBS[agency.sector])
        self.life.add("memberships", membership, self.life.person, agency.id, team.id, job, starts, ends)
        for role, scope in self._roles(first=first):
            self.life.add("membership_roles", self.identities.make(), membership, role.value, scope.value)
        level = LEVEL_OF.get(plain(job))
        post = Post(
            membership=membership,
            agency=agency.id,
            partnership=agency.partnership,
            sector=agency.sector.value,
            team=team.id,
            job=job,
            starts=starts,
            ends=ends,
            levels=(level,) if level else (),
            locality=team.locality,
        )
        self.life.facts.posts = [*self.life.facts.posts, post]

    def _roles(self, *, first: bool) -> Iterator[tuple[Role, Scope]]:
        """Staff; the first of a team and of an agency manage it; the next two of a partnership see all of it."""
        yield Role.STAFF, Scope.TEAM
        if not first:
            return
        if self.seat.leads_agency:
            yield Role.MANAGER, Scope.AGENCY
        elif self.seat.leads_team:
            yield Role.MANAGER, Scope.TEAM
        if self.seat.oversees:
            yield self.seat.oversees, Scope.PARTNERSHIP

    def _hired(self) -> date:
        """The day from which there are records: the first post, or when the years asked for began."""
        return max(self.life.facts.posts[0].starts, self.today - timedelta(days=self.scene.years * YEAR))

    def _is_asked(self, course: Course, post: Post) -> bool:
        return any(course.slug in rule.targets and rule.speaks_to(post) for rule in self.life.facts.rules)

    def _learn(self, course: Course, since: date, *, is_asked: bool) -> None:
        """Mostly done in time and renewed; some late, some begun, some never."""
        roll = self.chance.random()
        if roll > (LEARNS + BEGINS if is_asked else BY_CHOICE):
            return
        last = min((post.ends or self.today for post in self.life.facts.posts[-1:]), default=self.today)
        first = self.life.facts.posts[0].starts == since
        soon = int(self.chance.triangular(1, 160, 50))
        day = since + timedelta(days=soon if first and is_asked else self.chance.randrange(1, 2 * YEAR))
        number = 1
        while day < last:
            if number == 1 and is_asked and roll > LEARNS:
                self._study(course, number, day, None)
                return
            self._study(course, number, day - timedelta(days=self.chance.randrange(0, 15)), day)
            if self.chance.random() > RENEWS:
                return
            number += 1
            until = validity.valid_until(day, course.months)
            day = until - timedelta(days=int(self.chance.triangular(-30, 120, 60)))

    def _study(self, course: Course, number: int, begun: date, done: date | None) -> None:
        life, study, at = self.life, self.identities.make(), noon(done or begun)
        last = course.pages[-1] if done else course.pages[0]
        life.add(
            *("studies", study, life.person, course.slug, number, course.version),
            *(noon(begun), last, at if done else None, None),
        )
        life.facts.begun = [*life.facts.begun, Begun(course.slug, begun, done)]
        if done is None:
            life.add("page_reads", self.identities.make(), study, last, course.version, at)
            return
        for quiz in course.quizzes:
            life.add("quiz_passes", self.identities.make(), study, quiz, self.identities.make(), at)
        self._completion(course, study, done)

    def _completion(self, course: Course, study: UUID, day: date) -> None:
        life, made, at = self.life, self.identities.make(), noon(day)
        until = validity.valid_until(day, course.months)
        taught = (course.version, course.core_hash, course.minutes, day)
        life.add("completions", made, life.person, study, course.slug, *taught, at)
        post = life.facts.posts[0]
        certificate = self.identities.make()
        life.add(
            *("certificates", certificate, _code(certificate), life.person, made, self.name, self.seat.agency.name),
            *(post.job, course.slug, "", course.title, course.version, [], course.core_hash, course.minutes, day),
            *(until, self.seat.agency.partnership, at, None, ""),
        )
        life.facts.done = [*life.facts.done, Done(course.slug, day, until, None, course.version)]

    def _decisions(self, post: Post) -> None:
        """What managers of the first agency decided: an exemption, leave, an assignment."""
        longest = max(1, min((self.today - post.starts).days, 600))
        for part, decide in ((EXEMPT, self._exempt), (ON_LEAVE, self._away), (ASSIGNED, self._given)):
            if self.chance.random() < part:
                decide(post.agency, self.today - timedelta(days=self.chance.randrange(0, longest)))

    def _exempt(self, agency: UUID, on: date) -> None:
        target = self.chance.choice([course.slug for course in self.scene.courses if course.core])
        until = on + timedelta(days=self.chance.randrange(30, 700)) if self.chance.random() < 0.7 else None
        reason = "Covered by professional registration"
        self.life.add(
            *("exemptions", self.identities.make(), self.life.person, agency, target, reason, until),
            *(self.seat.agency.manager, noon(on), None, None),
        )
        self.life.facts.lifted = [Lifted(agency, target, on, until or date.max)]

    def _away(self, agency: UUID, first: date) -> None:
        last = first + timedelta(days=self.chance.randrange(60, 300)) if self.chance.random() < 0.8 else None
        self.life.add(
            *("leaves", self.identities.make(), self.life.person, agency, first, last),
            *(self.seat.agency.manager, noon(first), None, None),
        )
        self.life.facts.away = [Away(agency, first, last or date.max)]

    def _given(self, agency: UUID, on: date) -> None:
        target = self.chance.choice([course.slug for course in self.scene.courses if not course.core])
        due, why = on + timedelta(days=60), "Agreed in supervision"
        self.life.add(
            *("assignments", self.identities.make(), self.life.person, agency, target, due, why),
            *(self.seat.agency.manager, noon(on), None, None, ""),
        )
        self.life.facts.given = [Given(agency, target, due, on, why)]


def _code(identity: UUID) -> str:
    """A certificate's code. These certify nothing, so they need not be secret; real ones come from `codes.new_code`."""
    return f"{identity.int & ((1 << 103) - 1):026X}"
