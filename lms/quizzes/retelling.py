"""A play of a scenario told to the learner: the story so far while it goes on, and the whole path once it has ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.quizzes import scenario as engine
from lms.quizzes.quiz import Choice, Scenario, Scene
from lms.quizzes.quiz import Seat as SeatAtTable
from lms.quizzes.scenario import Play, PlayDoesNotFit


@dataclass(frozen=True)
class Decision:
    """One decision of an ended play. `better` is the firmer choice, None when it was the one chosen; `others` are the
    titles and notes of seats that would have known more.
    """

    number: int
    scene: Scene
    chosen: Choice
    better: Choice | None
    others: tuple[tuple[str, str], ...]


def decision_number(play: Play) -> int:
    """Which decision the play stands at, counted from 1."""
    return len(play.steps) + 1


def scene_of(scenario: Scenario, play: Play) -> Scene:
    """The scene a play stands at. Raises PlayDoesNotFit when there is none, as at an ending."""
    scene = scenario.scene(play.at)
    if scene is None:
        raise PlayDoesNotFit(f"{scenario.slug}: there is no scene {play.at}")
    return scene


def chosen_at(scenario: Scenario, play: Play, number: int) -> Choice:
    """The choice made at a decision, counted from 1. Raises PlayDoesNotFit when the scenario no longer has it."""
    step = play.steps[number - 1]
    scene = scenario.scene(step.scene)
    choice = scene.choice(step.choice) if scene else None
    if choice is None:
        raise PlayDoesNotFit(f"{scenario.slug}: there is no choice {step.scene}/{step.choice}")
    return choice


def story_so_far(scenario: Scenario, play: Play) -> tuple[str, ...]:
    """What the page tells: what the last choice led to, for the child, then the story of where the play stands."""
    told = engine.story(scenario, play)
    return (chosen_at(scenario, play, len(play.steps)).then, *told) if play.steps else told


def path(scenario: Scenario, play: Play) -> list[Decision]:
    """Every decision of a play with what there is to learn from it. Only for a play that has ended."""
    return [_decision(scenario, play, number) for number in range(1, len(play.steps) + 1)]


def seats_for(scenario: Scenario, sectors: Sequence[str]) -> list[SeatAtTable]:
    """The seats in the order they are offered: those of the learner's own sectors first."""
    order = {sector: place for place, sector in reversed(list(enumerate(sectors)))}
    return sorted(scenario.seats, key=lambda seat: order.get(seat.sector, len(sectors)))


def _decision(scenario: Scenario, play: Play, number: int) -> Decision:
    chosen = chosen_at(scenario, play, number)
    scene = scenario.scene(play.steps[number - 1].scene)
    assert scene is not None
    better = None if chosen.right else next((choice for choice in scene.choices if choice.right), None)
    notes = chosen.seats or (better.seats if better else {})
    others = ((seat.title, notes[seat.key]) for seat in scenario.seats if seat.key in notes and seat.key != play.seat)
    return Decision(number, scene, chosen, better, tuple(others))
