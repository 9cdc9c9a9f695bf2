"""Every way through a scenario, walked before a learner meets it: what can be reached, what it earns, what is wrong."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, lcm

from lms.quizzes.faults import written_faults
from lms.quizzes.quiz import Choice, Problem, Scenario

MOST_DECISIONS = 50  # a play is refused a further decision here, so that going round a loop cannot go on for ever
FEWEST_DECISIONS = 3  # on the shortest way to an acceptable ending
MOST_SPOTS = 20_000  # scenes times states; a scenario beyond this cannot be checked in a reasonable time
MOST_WORK = 400_000  # partial plays that differ in scene, state, points or scenes behind them
BIAS_PERCENT = 40  # of scenes in which the best choice may be the longest, or stand in one place of the list
LUCK_PERCENT = 20  # share of random plays that may pass


MOST_KEPT = 100
# By identity, since a scenario holds mappings and cannot be a key; the scenario stays beside it, so that no other one
# can have its identity. Walking all plays took 14 ms of every play that ended.
_BEST: dict[int, tuple[Scenario, int]] = {}


class TooManyStates(Exception):
    """The scenario has more states than can be walked; its author must make it smaller."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A scene met with particular levels, which stand in the order of the scenario's `state`."""

    scene: str
    levels: tuple[int, ...]


Onward = Spot | str | None  # the next spot, the key of an ending, or nothing: a dead end
Graph = dict[Spot, list[tuple[Choice, Onward]]]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What walking every way through a scenario has shown.

    Points are those of the scenes of one play, each scene counted at its first visit only, which keeps the best path
    finite where a story can go round. `random_pass_share` is the exact share of plays that pass when every choice is
    drawn evenly; plays that reach no ending within MOST_DECISIONS do not pass.
    """

    best_points: int
    best_acceptable_points: int | None
    fewest_decisions_to_acceptable: int | None
    endings_reached: tuple[str, ...]
    unreachable_scenes: tuple[str, ...]
    unreachable_endings: tuple[str, ...]
    dead_ends: tuple[tuple[str, str], ...]  # scene and choice after which no target fits, in some state
    inescapable: tuple[str, ...]  # scenes from which, in some state, nothing leads to an ending
    pass_possible: bool
    always_best_passes: bool
    always_best_points: int
    random_pass_share: Fraction
    never_shown: tuple[tuple[str, int], ...]  # scene and place of a `more` that no play ever meets


def needed_points(scenario: Scenario, best: int) -> int:
    """The fewest points that pass: the pass mark as a percentage of the best path's points, rounded up."""
    return -(-scenario.pass_mark * best // 100)


def best_points(scenario: Scenario) -> int:
    """The most points any play can end with, worked out once for each scenario in use. Raises TooManyStates."""
    known = _BEST.get(id(scenario))
    if known is None or known[0] is not scenario:
        best = max((points for _, points in _plays(scenario, _graph(scenario)).shares), default=0)
        if len(_BEST) >= MOST_KEPT:
            _BEST.clear()
        known = _BEST[id(scenario)] = (scenario, best)
    return known[1]


def analyse(scenario: Scenario) -> Analysis:
    """Walk all paths through all states of a scenario without written faults. Raises TooManyStates."""
    graph = _graph(scenario)
    plays = _plays(scenario, graph)
    acceptable = {ending.key for ending in scenario.endings if ending.acceptable}
    reached = {onward for ways in graph.values() for _, onward in ways if isinstance(onward, str)}
    met = {spot.scene for spot in graph}
    best = max((points for _, points in plays.shares), default=0)
    needed = needed_points(scenario, best)
    fine = [points for ending, points in plays.shares if ending in acceptable]
    always_ending, always_points = _always_best(scenario, graph)
    passing = (share for (end, points), share in plays.shares.items() if end in acceptable and points >= needed)
    return Analysis(
        best_points=best,
        best_acceptable_points=max(fine, default=None),
        fewest_decisions_to_acceptable=min((n for end, n in plays.fewest.items() if end in acceptable), default=None),
        endings_reached=tuple(ending.key for ending in scenario.endings if ending.key in reached),
        unreachable_scenes=tuple(scene.key for scene in scenario.scenes if scene.key not in met),
        unreachable_endings=tuple(ending.key for ending in scenario.endings if ending.key not in reached),
        dead_ends=_dead_ends(graph),
        inescapable=_inescapable(scenario, graph),
        pass_possible=max(fine, default=-1) >= needed,
        always_best_passes=always_ending in acceptable and always_points >= needed,
        always_best_points=always_points,
        random_pass_share=sum(passing, Fraction(0)),
        never_shown=_never_shown(scenario, graph),
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an author must mend before anyone plays a scenario, and what they should look at."""

    faults: list[Problem]
    warnings: list[Problem]


def verdict(scenario: Scenario, facts: Collection[str] | None = None) -> Verdict:
    """Everything wrong with a scenario. Its ways are walked, once, when it is written without fault.

    `facts` are the ids of the module's facts; None leaves facts unchecked. Warnings wait until all faults are mended.
    """
    found = written_faults(scenario, facts)
    if found:
        return Verdict(found, [])
    try:
        seen = analyse(scenario)
    except TooManyStates:
        sentence = "There are too many ways through to check. Use fewer levels or fewer loops."
        return Verdict([Problem(("state",), sentence, "scenario")], [])
    found = [*_path_faults(scenario, seen), *_habits(scenario), *_luck(seen)]
    return Verdict(found, [] if found else list(_path_warnings(scenario, seen)))


def faults(scenario: Scenario, facts: Collection[str] | None = None) -> list[Problem]:
    """Everything that keeps a scenario from being played."""
    return verdict(scenario, facts).faults


def warnings(scenario: Scenario) -> list[Problem]:
    """What an author should look at."""
    return verdict(scenario).warnings


def _graph(scenario: Scenario) -> Graph:
    """Every spot that can be met, with where each of its choices leads."""
    names = [variable.key for variable in scenario.state]
    scenes = {scene.key: scene for scene in scenario.scenes}
    graph: Graph = {}
    waiting = [Spot(scenario.start, tuple(scenario.starting_levels().values()))]
    while waiting:
        spot = waiting.pop()
        if spot in graph:
            continue
        if len(graph) >= MOST_SPOTS:
            raise TooManyStates
        graph[spot] = []
        for choice in scenes[spot.scene].choices:
            levels = scenario.after(choice, dict(zip(names, spot.levels, strict=True)))
            goes = scenario.target(choice, levels)
            onward = Spot(goes, tuple(levels[name] for name in names)) if goes in scenes else goes
            graph[spot].append((choice, onward))
            if isinstance(onward, Spot):
                waiting.append(onward)
    return graph


@dataclass(slots=True)
class _Plays:
    """How plays end: the share of random plays by ending and points, and the fewest decisions to each ending."""

    shares: dict[tuple[str, int], Fraction]
    fewest: dict[str, int]


def _plays(scenario: Scenario, graph: Graph) -> _Plays:
    """Walk all plays at once, decision by decision, keeping apart only what can still make a difference.

    Two partial plays are the same when they stand at the same spot with the same points and, of the scenes they could
    still return to, have seen the same ones. `ways` counts them on a scale of `scale ** decisions`, so it stays exact.
    """
    counts: dict[tuple[str, int], int] = defaultdict(int)  # of plays, on a scale of scale ** MOST_DECISIONS
    fewest: dict[str, int] = {}
    mates = _loop_mates(graph)
    scale = lcm(*(len(ways) for ways in graph.values() if ways))
    start = Spot(scenario.start, tuple(scenario.starting_levels().values()))
    layer: dict[tuple[Spot, frozenset[str], int], int] = {(start, frozenset(), 0): 1}
    work = 0
    for decisions in range(1, MOST_DECISIONS + 1):
        following: dict[tuple[Spot, frozenset[str], int], int] = defaultdict(int)
        work += len(layer)
        if work > MOST_WORK:
            raise TooManyStates
        rest = scale ** (MOST_DECISIONS - decisions)
        for (spot, seen, points), ways in layer.items():
            share = ways * (scale // max(1, len(graph[spot])))
            for choice, onward in graph[spot]:
                earned = points if spot.scene in seen else points + choice.points
                if isinstance(onward, Spot):
                    behind = (seen | {spot.scene}) & mates[onward.scene]
                    following[onward, behind, earned] += share
                elif onward is not None:
                    counts[onward, earned] += share * rest
                    fewest.setdefault(onward, decisions)
        layer = following
    whole = scale**MOST_DECISIONS
    return _Plays({end: Fraction(count, whole) for end, count in counts.items()}, fewest)


def _loop_mates(graph: Graph) -> dict[str, frozenset[str]]:
    """For each scene, the scenes that stand in a loop with it (itself included): those a play may meet again."""
    onward: dict[str, set[str]] = {spot.scene: set() for spot in graph}
    for spot, ways in graph.items():
        onward[spot.scene].update(after.scene for _, after in ways if isinstance(after, Spot))
    reach: dict[str, set[str]] = {}
    for scene, nearest in onward.items():
        reach[scene], waiting = set(), list(nearest)
        while waiting:
            after = waiting.pop()
            if after not in reach[scene]:
                reach[scene].add(after)
                waiting.extend(onward[after])
    return {scene: frozenset(after for after in reach[scene] if scene in reach[after]) for scene in onward}


def _dead_ends(graph: Graph) -> tuple[tuple[str, str], ...]:
    found = {
        (spot.scene, choice.key): None for spot, ways in graph.items() for choice, onward in ways if onward is None
    }
    return tuple(found)


def _inescapable(scenario: Scenario, graph: Graph) -> tuple[str, ...]:
    """Scenes from which, in some state, a play can only go round. A dead end is told apart and not counted here."""
    before: dict[Spot, list[Spot]] = defaultdict(list)
    waiting: list[Spot] = []
    for spot, ways in graph.items():
        for _, onward in ways:
            if isinstance(onward, Spot):
                before[onward].append(spot)
            else:
                waiting.append(spot)
    leaves: set[Spot] = set()
    while waiting:
        spot = waiting.pop()
        if spot not in leaves:
            leaves.add(spot)
            waiting.extend(before[spot])
    stuck = {spot.scene for spot in graph if spot not in leaves}
    return tuple(scene.key for scene in scenario.scenes if scene.key in stuck)


def _always_best(scenario: Scenario, graph: Graph) -> tuple[str | None, int]:
    """The ending (None: none within MOST_DECISIONS) and the points of someone who takes the best choice every time."""
    onward: Onward = Spot(scenario.start, tuple(scenario.starting_levels().values()))
    seen: set[str] = set()
    points = 0
    for _ in range(MOST_DECISIONS):
        if not isinstance(onward, Spot):
            break
        best, after = next((choice, after) for choice, after in graph[onward] if choice.right)
        points += 0 if onward.scene in seen else best.points
        seen.add(onward.scene)
        onward = after
    return (onward if isinstance(onward, str) else None), points


def _never_shown(scenario: Scenario, graph: Graph) -> tuple[tuple[str, int], ...]:
    names = [variable.key for variable in scenario.state]
    met: dict[str, list[dict[str, int]]] = defaultdict(list)
    for spot in graph:
        met[spot.scene].append(dict(zip(names, spot.levels, strict=True)))
    return tuple(
        (scene.key, place)
        for scene in scenario.scenes
        for place, more in enumerate(scene.more)
        if met[scene.key] and not any(scenario.holds(more.when, levels) for levels in met[scene.key])
    )


def _path_faults(scenario: Scenario, seen: Analysis) -> Iterator[Problem]:
    scenes = {scene.key: place for place, scene in enumerate(scenario.scenes)}
    endings = {ending.key: place for place, ending in enumerate(scenario.endings)}
    for key in seen.unreachable_scenes:
        yield Problem(("scenes", scenes[key], "key"), f"No choice ever leads to the scene `{key}`.", "unreachable")
    for key in seen.unreachable_endings:
        yield Problem(("endings", endings[key], "key"), f"No play ever reaches the ending `{key}`.", "unreachable")
    for key, choice_key in seen.dead_ends:
        place = [choice.key for choice in scenario.scenes[scenes[key]].choices].index(choice_key)
        sentence = "Dead end: in some states none of these targets fits. Let the last one have no `when`."
        yield Problem(("scenes", scenes[key], "choices", place, "to"), sentence, "dead-end")
    for key in seen.inescapable:
        yield Problem(
            ("scenes", scenes[key], "key"),
            f"From `{key}` a play can go round for ever: no way leads to an ending.",
            "loop",
        )
    fewest = seen.fewest_decisions_to_acceptable
    if fewest is None:
        yield Problem(("endings",), "No play ever reaches an acceptable ending.", "pass-mark")
    elif fewest < FEWEST_DECISIONS:
        sentence = (
            f"An acceptable ending can be reached with {fewest} decisions; it must take {FEWEST_DECISIONS} or more."
        )
        yield Problem(("scenes",), sentence, "scenario")
    if fewest is not None and not seen.pass_possible:
        best, needed = seen.best_acceptable_points, needed_points(scenario, seen.best_points)
        sentence = f"Nobody can pass: {needed} points are needed and no acceptable ending has more than {best}."
        yield Problem(("pass_mark",), sentence, "pass-mark")
    elif fewest is not None and not seen.always_best_passes:
        yield Problem(("scenes",), "Someone who takes the best choice every time does not pass.", "pass-mark")


def _habits(scenario: Scenario) -> Iterator[Problem]:
    """Signs by which a learner could find the best choice without reading."""
    scenes = len(scenario.scenes)
    longest = 0
    places: dict[int, int] = defaultdict(int)
    for scene in scenario.scenes:
        place, best = next((n, choice) for n, choice in enumerate(scene.choices) if choice.right)
        places[place] += 1
        longest += all(len(best.text) > len(choice.text) for choice in scene.choices if choice is not best)
    if longest * 100 > BIAS_PERCENT * scenes:
        yield Problem(("scenes",), f"The best choice is the longest in {longest} of {scenes} scenes.", "giveaway")
    # With few scenes some place must hold more than the limit; what cannot be spread more evenly is no habit.
    even = ceil(scenes / max(len(scene.choices) for scene in scenario.scenes))
    for place, count in sorted(places.items()):
        if count * 100 > BIAS_PERCENT * scenes and count > even:
            yield Problem(
                ("scenes",),
                f"The best choice is number {place + 1} in the list in {count} of {scenes} scenes.",
                "giveaway",
            )


def _luck(seen: Analysis) -> Iterator[Problem]:
    if seen.random_pass_share * 100 >= LUCK_PERCENT:
        share = float(seen.random_pass_share * 100)
        yield Problem(("pass_mark",), f"Someone who chooses at random passes in {share:.0f} % of plays.", "luck")


def _path_warnings(scenario: Scenario, seen: Analysis) -> Iterator[Problem]:
    places = {scene.key: place for place, scene in enumerate(scenario.scenes)}
    if seen.always_best_passes and seen.always_best_points < seen.best_points:
        yield Problem(
            ("scenes",),
            f"A detour earns {seen.best_points} points, the best choice every time {seen.always_best_points}.",
            "detour",
        )
    for key, place in seen.never_shown:
        yield Problem(
            ("scenes", places[key], "more", place), "No play ever meets this paragraph's `when`.", "unreachable"
        )
