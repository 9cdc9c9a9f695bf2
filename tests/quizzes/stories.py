"""Scenarios for tests: one short true story without faults, ways to spoil it, and random ones for properties."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from lms.quizzes import scenario as engine
from lms.quizzes.scenario import (
    Choice,
    Comparison,
    Condition,
    Ending,
    More,
    Play,
    Scenario,
    Scene,
    Seat,
    StateVariable,
    Target,
)

TRUSTED = Condition("trust", Comparison.AT_LEAST, "Growing")
SEATS = (
    Seat("charity", "Charity family worker", "voluntary", "You have known the father for a year."),
    Seat("school", "Teacher", "education", "You see Jayden every day."),
    Seat("health", "Health visitor", "health", "You visit his little sister."),
)
STATE = (
    StateVariable("trust", "The family's trust", ("Lost", "Thin", "Growing", "Firm"), "Thin"),
    StateVariable("shared", "Shared so far", ("Nothing yet", "Attendance"), "Nothing yet"),
)


def choice(key: str, text: str, *to: Target | str, points: int = 0, trust: int = 0, **more: Any) -> Choice:
    """A choice with all the feedback it needs; the one worth 3 points is the best."""
    targets = tuple(Target(each) if isinstance(each, str) else each for each in to)
    right = points == 3
    tempting = None if right else "It is quick."
    return Choice(
        key,
        text,
        f"What {key} led to.",
        f"The firmer ground of {key}.",
        "M5-F2",
        targets,
        right=right,
        points=points,
        change={"trust": trust} if trust else {},
        tempting=tempting,
        **more,
    )


def scene(key: str, *choices: Choice, more: tuple[More, ...] = ()) -> Scene:
    """A scene with these choices."""
    return Scene(key, f"Title of {key}", f"Story of {key}.", "What do you do?", choices, more)


def who_leads() -> Scenario:
    """Three decisions, one state that matters at the end, three endings, no faults and no warnings."""
    end = (Target("good", (TRUSTED,)), Target("mixed"))
    tea = More("Gran has made tea.", when=(TRUSTED,))
    smile = More("He smiles at you.", seats=("charity",))
    return Scenario(
        slug="who-leads",
        title="Who leads?",
        module="lead-professional",
        child="Jayden",
        intro="Jayden is six.",
        seats=SEATS,
        state=STATE,
        start="meeting",
        scenes=(
            scene(
                "meeting",
                choice("ask-family", "Ask whom they want.", "promise", points=3, trust=1, set={"shared": "Attendance"}),
                choice("school-leads", "Let the school lead as ever.", "promise", points=1),
                choice("wait", "Wait for the next review of all.", "promise", trust=-1),
            ),
            scene(
                "promise",
                choice("drop", "Drop the action from the plan.", "gaps", trust=-1),
                choice("check", "Check the plan, call, record and then escalate.", "gaps", points=3, trust=1),
                choice("do-it", "Do it for them this once.", "gaps", points=1),
                more=(smile, tea),
            ),
            scene(
                "gaps",
                choice("refer", "Refer him on and close.", "lost", trust=-1),
                choice("ring", "Ring the people you know and trust.", *end, points=1),
                choice("directory", "Use the directory.", *end, points=3, trust=1),
            ),
        ),
        endings=(
            Ending("good", "Week 12", "Jayden is in school.", acceptable=True),
            Ending("mixed", "Week 12", "Some days he comes."),
            Ending("lost", "Week 12", "Nobody has called."),
        ),
    )


def with_scene(scenario: Scenario, number: int, **changes: Any) -> Scenario:
    """The scenario with one scene changed."""
    scenes = list(scenario.scenes)
    scenes[number] = replace(scenes[number], **changes)
    return replace(scenario, scenes=tuple(scenes))


def with_choice(scenario: Scenario, number: int, place: int, **changes: Any) -> Scenario:
    """The scenario with one choice changed."""
    choices = list(scenario.scenes[number].choices)
    choices[place] = replace(choices[place], **changes)
    return with_scene(scenario, number, choices=tuple(choices))


def every_play(scenario: Scenario, most: int) -> Iterator[tuple[Play, int]]:
    """Every play by brute force, choice by choice, up to `most` decisions, with one over its chance at random."""
    waiting = [(engine.begin(scenario, scenario.seats[0].key), 1)]
    while waiting:
        play, odds = waiting.pop()
        here = scenario.scene(play.at)
        if play.ended or here is None or len(play.steps) == most:
            yield play, odds
            continue
        waiting.extend((engine.choose(scenario, play, each.key), odds * len(here.choices)) for each in here.choices)


def first_visit_points(scenario: Scenario, play: Play) -> int:
    """The points of a play counted anew from the file: each scene by the choice made at its first visit."""
    first: dict[str, int] = {}
    for step in play.steps:
        made = next(each for each in scenario.scenes if each.key == step.scene)
        first.setdefault(step.scene, next(each.points for each in made.choices if each.key == step.choice))
    return sum(first.values())


@st.composite
def random_scenarios(draw: st.DrawFn, *, loops: bool) -> Scenario:
    """A small scenario that can be walked; it may well be a poor one, and go round when `loops`."""
    count = draw(st.integers(1, 4))
    endings = tuple(Ending(f"end-{n}", "End", "It ends.", draw(st.booleans())) for n in range(draw(st.integers(1, 3))))
    ends = [ending.key for ending in endings]
    scenes = []
    for number in range(count):
        onward = range(count) if loops else range(number + 1, count)
        places = [*(f"scene-{n}" for n in onward), *ends]
        best = draw(st.integers(0, 1))
        scenes.append(scene(f"scene-{number}", *(draw(_choices(n, best, places)) for n in range(2))))
    return replace(who_leads(), start="scene-0", scenes=tuple(scenes), endings=endings)


@st.composite
def _choices(draw: st.DrawFn, number: int, best: int, places: list[str]) -> Choice:
    variable = draw(st.sampled_from(STATE))
    condition = Condition(variable.key, draw(st.sampled_from(Comparison)), draw(st.sampled_from(variable.levels)))
    to = [Target(draw(st.sampled_from(places)), (condition,)), Target(draw(st.sampled_from(places)))]
    points = 3 if number == best else draw(st.integers(0, 2))
    text = f"Do thing {number}."
    made = choice(f"choice-{number}", text, *to, points=points, trust=draw(st.integers(-4, 4)))
    return replace(made, set=draw(st.sampled_from([{}, {"shared": "Attendance"}])))
