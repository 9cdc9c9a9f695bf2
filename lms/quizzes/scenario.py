"""The rules of playing a branching scenario: beginning, choosing, resuming, telling the story and marking the play."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lms.core.errors import Refusal
from lms.quizzes.paths import MOST_DECISIONS, best_points, needed_points
from lms.quizzes.quiz import (
    Choice,
    Comparison,
    Condition,
    Ending,
    Levels,
    More,
    Scenario,
    Scene,
    Seat,
    StateVariable,
    Target,
)

__all__ = [
    "Choice",
    "Comparison",
    "Condition",
    "Ending",
    "Levels",
    "More",
    "NotThere",
    "Play",
    "PlayDoesNotFit",
    "PlayTooLong",
    "Result",
    "Scenario",
    "Scene",
    "Seat",
    "StateVariable",
    "Step",
    "Target",
    "begin",
    "choices_in_order",
    "choose",
    "from_json",
    "play_before",
    "result",
    "state_in_words",
    "story",
    "to_json",
]


class NotThere(Refusal):
    """The choice belongs to another moment of the story: an old page, a second press of the button, a made-up key."""

    sentence = "The story has moved on since that page. Carry on from where you are."


class PlayTooLong(Refusal):
    """The play has gone round so often that it may not go on."""

    sentence = f"You have made {MOST_DECISIONS} decisions without reaching an ending. Begin again to try another way."


class PlayDoesNotFit(Exception):
    """A stored play cannot be continued or shown, because the scenario has changed under it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One decision of a play. `points` are 0 when the scene had been met before: only a first visit counts."""

    scene: str
    choice: str
    points: int


@dataclass(frozen=True, slots=True)
class Play:
    """How far one learner has come in one go at a scenario. Choosing makes a new Play; this one never changes.

    `at` is the key of a scene, or of an ending once `ended`. `levels` are positions counted from 0.
    """

    seat: str
    at: str
    levels: Levels
    steps: tuple[Step, ...] = ()
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a finished play earned. `percent` is of the best path's points, rounded down."""

    points: int
    best: int
    percent: int
    passed: bool
    acceptable: bool


def begin(scenario: Scenario, seat: str) -> Play:
    """A new play from the seat with this key. Raises NotThere when the scenario has no such seat."""
    if scenario.seat(seat) is None:
        raise NotThere("Choose one of the seats at the table.", "seat")
    return Play(seat, scenario.start, scenario.starting_levels())


def choose(
    scenario: Scenario, play: Play, choice_key: str, *, scene: str | None = None, decision: int | None = None
) -> Play:
    """The play after a choice at the scene it stands at.

    A page sends back `scene` and `decision` (how many decisions had been made when it was shown), so that an old page
    or a second press cannot choose again, not even where the story comes back to the same scene. Raises NotThere when
    the play is elsewhere or has ended or the scene has no such choice, PlayTooLong after MOST_DECISIONS decisions.
    """
    here = None if play.ended else scenario.scene(play.at)
    if here is None or scene not in (None, here.key) or decision not in (None, len(play.steps)):
        raise NotThere
    choice = here.choice(choice_key)
    if choice is None:
        raise NotThere("Choose one of these.", "choice")
    if len(play.steps) >= MOST_DECISIONS:
        raise PlayTooLong
    levels = scenario.after(choice, play.levels)
    goes = scenario.target(choice, levels)
    if goes is None:
        raise PlayDoesNotFit(f"{scenario.slug}: {here.key}/{choice.key} leads nowhere in this state")
    met_before = any(step.scene == here.key for step in play.steps)
    step = Step(here.key, choice.key, 0 if met_before else choice.points)
    ended = scenario.scene(goes) is None
    return replace(play, at=goes, levels=levels, steps=(*play.steps, step), ended=ended)


def play_before(scenario: Scenario, play: Play, decision: int) -> Play:
    """The play as it stood when this decision (counted from 0) was still to be made: what a look back shows.

    Raises NotThere when no such decision has been made.
    """
    if not 0 <= decision < len(play.steps):
        raise NotThere
    earlier = begin(scenario, play.seat)
    for step in play.steps[:decision]:
        earlier = choose(scenario, earlier, step.choice)
    return earlier


def choices_in_order(scene: Scene, seed: str) -> tuple[Choice, ...]:
    """The choices of a scene shuffled for display, always the same for the same seed (one seed a play)."""
    # Python promises the same random() numbers for a seed from version to version, but not the same shuffle().
    numbers = random.Random(f"{seed}/{scene.key}")  # noqa: S311 -- shuffles, keeps no secret
    return tuple(sorted(scene.choices, key=lambda _: numbers.random()))


def story(scenario: Scenario, play: Play) -> tuple[str, ...]:
    """The Markdown of where the play stands: the main text, then the extra paragraphs for this seat and this state."""
    ending = scenario.ending(play.at)
    if play.ended and ending is not None:
        return (ending.story,)
    scene = scenario.scene(play.at)
    if scene is None:
        raise PlayDoesNotFit(f"{scenario.slug}: there is no scene {play.at}")
    fitting = (
        more.text
        for more in scene.more
        if (not more.seats or play.seat in more.seats) and scenario.holds(more.when, play.levels)
    )
    return (scene.story, *fitting)


def state_in_words(scenario: Scenario, play: Play) -> tuple[tuple[str, str], ...]:
    """The label and the present level of each thing that changes, in the words of the author."""
    return tuple((variable.label, variable.levels[play.levels[variable.key]]) for variable in scenario.state)


def result(scenario: Scenario, play: Play) -> Result:
    """What a finished play earned: passed with enough of the best path's points at an acceptable ending.

    Walks the whole scenario to find the best path. Raises NotThere while the play has not ended.
    """
    ending = scenario.ending(play.at) if play.ended else None
    if ending is None:
        raise NotThere("This story has not reached its ending yet.")
    best = best_points(scenario)
    points = sum(step.points for step in play.steps)
    passed = ending.acceptable and points >= needed_points(scenario, best)
    return Result(points, best, 100 * points // best if best else 0, passed, ending.acceptable)


def to_json(play: Play) -> dict[str, Any]:
    """The play as plain data for storage."""
    return {
        "seat": play.seat,
        "at": play.at,
        "ended": play.ended,
        "levels": dict(play.levels),
        "steps": [{"scene": step.scene, "choice": step.choice, "points": step.points} for step in play.steps],
    }


def from_json(scenario: Scenario, data: Mapping[str, Any]) -> Play:
    """The stored play, played again from the beginning to be sure that the scenario still leads where it led.

    Raises PlayDoesNotFit when it does not, or when the data is not that of a play.
    """
    try:
        play = begin(scenario, data["seat"])
        for step in data["steps"]:
            play = choose(scenario, play, step["choice"], scene=step["scene"])
    except (Refusal, KeyError, TypeError) as reason:
        raise PlayDoesNotFit(f"{scenario.slug}: the stored play cannot be played again") from reason
    if to_json(play) != dict(data):
        raise PlayDoesNotFit(f"{scenario.slug}: the stored play no longer leads where it led")
    return play
