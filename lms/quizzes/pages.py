"""What the pages of quizzes show, put together from the quiz, its module and a person's goes at it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from lms.catalogue.content import Module, Page
from lms.catalogue.shelf import library
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.quizzes import paths, queries, retelling, sitting, table
from lms.quizzes import scenario as engine
from lms.quizzes.knowledge import DrawDoesNotFit
from lms.quizzes.models import Attempt
from lms.quizzes.narrowing import narrowed
from lms.quizzes.quiz import Choice, Ending, KnowledgeCheck, Scenario, Scene, Seat
from lms.quizzes.retelling import Decision
from lms.quizzes.scenario import Play, PlayDoesNotFit
from lms.quizzes.shelf import Quiz, quizzes
from lms.quizzes.sitting import Feedback, Sitting


@dataclass(frozen=True)
class Goes:
    """A person's goes at a quiz: those that have ended, newest first, and the one that is open.

    `is_rewritten` says that the open one no longer fits and will be closed when a fresh one is started.
    """

    ended: Sequence[Attempt]
    open: Attempt | None
    is_rewritten: bool = False


@dataclass(frozen=True)
class CheckFront:
    """The front of a knowledge check; `asked` is the part of it that a fresh go is about, `stands` how far the open
    go is.
    """

    check: KnowledgeCheck
    asked: KnowledgeCheck
    module: Module
    goes: Goes
    fresh: Sitting
    stands: Sitting | None


@dataclass(frozen=True)
class ScenarioFront:
    """The front of a scenario: its seats in the order they are offered, and where the open play stands."""

    scenario: Scenario
    module: Module
    goes: Goes
    play: Play | None

    @property
    def seat(self) -> Seat | None:
        """The seat of the open play."""
        return self.scenario.seat(self.play.seat) if self.play else None


@dataclass(frozen=True)
class Told:
    """One scene as a page tells it; `number` is its decision, `latest` the present one, `chosen` what was chosen in
    an earlier one.
    """

    scenario: Scenario
    module: Module
    attempt: Attempt
    scene: Scene
    number: int
    latest: int
    story: Sequence[str]
    state: Sequence[tuple[str, str]]
    places: Sequence[table.Place]
    chosen: Choice | None = None


@dataclass(frozen=True)
class Onward:
    """The next step after a quiz, as the words of a button and where it leads. `is_last` when no quiz is left."""

    words: str
    address: str
    is_last: bool


@dataclass(frozen=True)
class CheckResult:
    """What came of a check. `stands` is None when the questions have been rewritten since, so that only the score can
    be shown.
    """

    check: KnowledgeCheck
    module: Module
    attempt: Attempt
    onward: Onward
    stands: Sitting | None
    feedback: Sequence[Feedback]
    ring: Sequence[tuple[table.Arc, bool]]
    read_again: Sequence[Page]


@dataclass(frozen=True)
class ScenarioResult:
    """What came of a play; `ending` is None when the scenario has been rewritten since."""

    scenario: Scenario
    module: Module
    attempt: Attempt
    onward: Onward
    needed: int
    ending: Ending | None
    story: Sequence[str]
    path: Sequence[Decision]
    ring: Sequence[tuple[table.Arc, bool]]


def check_front(actor: Actor, check: KnowledgeCheck) -> CheckFront:
    """The front of a knowledge check for this person."""
    goes, stands = _goes(actor, check), None
    if goes.open is not None:
        try:
            stands = queries.open_sitting(actor, check, goes.open)
        except DrawDoesNotFit:
            goes = Goes(goes.ended, goes.open, is_rewritten=True)
    asked = narrowed(actor, check)
    return CheckFront(check, asked, module_of(check), goes, sitting.begin(asked, check.slug), stands)


def scenario_front(actor: Actor, scenario: Scenario) -> ScenarioFront:
    """The front of a scenario for this person."""
    goes, play = _goes(actor, scenario), None
    if goes.open is not None:
        try:
            play = engine.from_json(scenario, goes.open.state)
        except PlayDoesNotFit:
            goes = Goes(goes.ended, goes.open, is_rewritten=True)
    return ScenarioFront(scenario, module_of(scenario), goes, play)


def scene(scenario: Scenario, attempt: Attempt, play: Play) -> Told:
    """The scene at which a play stands."""
    number = retelling.decision_number(play)
    return _told(scenario, attempt, play, number)


def earlier_scene(scenario: Scenario, attempt: Attempt, play: Play, number: int) -> Told:
    """The scene of a decision made before, as it was when it was made, with what was chosen."""
    chosen = retelling.chosen_at(scenario, play, number)
    before = engine.play_before(scenario, play, number - 1)
    return _told(scenario, attempt, before, retelling.decision_number(play), chosen)


def check_result(actor: Actor, check: KnowledgeCheck, attempt: Attempt) -> CheckResult:
    """What came of a check that has ended."""
    module = module_of(check)
    stands, feedback, read_again = None, list[Feedback](), list[Page]()
    try:
        stands = queries.sitting_of(check, attempt)
        feedback = stands.feedback()
        known = {page.slug: page for page in module.pages}
        read_again = [known[slug] for slug in stands.pages_to_read_again(list(known))]
    except DrawDoesNotFit:
        pass
    ring = zip(table.ring(len(feedback)), [each.right for each in feedback], strict=True)
    onward = _onward(actor, check, module)
    return CheckResult(check, module, attempt, onward, stands, feedback, tuple(ring), read_again)


def scenario_result(actor: Actor, scenario: Scenario, attempt: Attempt) -> ScenarioResult:
    """What came of a play that has ended."""
    ending, story, path = None, tuple[str, ...](), list[Decision]()
    try:
        play = engine.from_json(scenario, attempt.state)
        ending, story = scenario.ending(play.at), retelling.story_so_far(scenario, play)
        path = retelling.path(scenario, play)
    except PlayDoesNotFit:
        pass
    ring = zip(table.ring(len(path)), [each.better is None for each in path], strict=True)
    module = module_of(scenario)
    needed = paths.needed_points(scenario, attempt.out_of)
    onward = _onward(actor, scenario, module)
    return ScenarioResult(scenario, module, attempt, onward, needed, ending, story, path, tuple(ring))


def module_of(quiz: Quiz) -> Module:
    """The module a quiz belongs to. Raises NotFound when there is none."""
    module = library().module(quiz.module)
    if module is None:
        raise NotFound
    return module


def _goes(actor: Actor, quiz: Quiz) -> Goes:
    listed = queries.attempts(actor, quiz.slug)
    opened = next((each for each in listed if each.finished_at is None), None)
    return Goes([each for each in listed if each.finished_at is not None], opened)


def _told(scenario: Scenario, attempt: Attempt, play: Play, latest: int, chosen: Choice | None = None) -> Told:
    return Told(
        scenario=scenario,
        module=module_of(scenario),
        attempt=attempt,
        scene=retelling.scene_of(scenario, play),
        number=retelling.decision_number(play),
        latest=latest,
        story=retelling.story_so_far(scenario, play),
        state=engine.state_in_words(scenario, play),
        places=table.places(scenario, play.seat),
        chosen=chosen,
    )


def _onward(actor: Actor, quiz: Quiz, module: Module) -> Onward:
    """The module's next quiz that this person has not passed, else the module itself."""
    passed = queries.passed_quizzes(actor, module.slug) | {quiz.slug}
    known = quizzes().by_slug
    left = next((known[slug] for slug in module.quizzes if slug not in passed and slug in known), None)
    if left is None:
        return Onward("Go on to the module", url_for("learning.module", module=module.slug), is_last=True)
    kind = "scenario" if isinstance(left, Scenario) else "knowledge check"
    return Onward(f"Go on to the {kind}", url_for("quizzes.front", quiz=left.slug), is_last=False)
