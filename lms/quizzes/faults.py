"""What is wrong with a scenario as it is written, before anyone plays it: counts, names, and missing feedback."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from lms.people.sectors import Sector
from lms.quizzes.quiz import Choice, Condition, Problem, Scenario, Scene, unknown

Where = tuple[str | int, ...]

SEATS = (3, 6)
STATE_VARIABLES = (2, 4)
CHOICES = (3, 4)
CHILD_LETTERS = 9
MOST_POINTS = 3


def written_faults(scenario: Scenario, facts: Collection[str] | None = None) -> list[Problem]:
    """Every fault that can be seen without playing, in the order of the file.

    `facts` are the ids of the module's facts; None leaves facts unchecked.
    """
    found = [*_head(scenario), *_seats(scenario), *_state(scenario), *_keys(scenario)]
    for number, scene in enumerate(scenario.scenes):
        found.extend(_scene(scenario, scene, ("scenes", number)))
        for place, choice in enumerate(scene.choices):
            where = ("scenes", number, "choices", place)
            found.extend(_choice(scenario, choice, where, facts))
            found.extend(_effects(scenario, choice, where))
            found.extend(_targets(scenario, choice, where))
    for number, ending in enumerate(scenario.endings):
        found.extend(blank(("endings", number), title=ending.title, story=ending.story))
    return found


def repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The places, counted from 0, at which a name stands that stood before, with the name."""
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield place, name
        seen.add(name)


def blank(where: Where, **texts: str) -> Iterator[Problem]:
    """A problem for each of these texts, by its key, that says nothing."""
    for key, text in texts.items():
        if not text.strip():
            yield Problem((*where, key), f"`{key}` is empty.")


def _head(scenario: Scenario) -> Iterator[Problem]:
    yield from blank((), title=scenario.title, child=scenario.child, intro=scenario.intro)
    if len(scenario.child) > CHILD_LETTERS:
        yield Problem(
            ("child",),
            f"The child's name has {len(scenario.child)} letters; the table has room for {CHILD_LETTERS}.",
            "scenario",
        )
    if not 1 <= scenario.pass_mark <= 100:
        yield Problem(("pass_mark",), "The pass mark is a percentage from 1 to 100.", "pass-mark")


def _seats(scenario: Scenario) -> Iterator[Problem]:
    least, most = SEATS
    if not least <= len(scenario.seats) <= most:
        yield Problem(
            ("seats",), f"A scenario has {least} to {most} seats; this one has {len(scenario.seats)}.", "scenario"
        )
    for place, key in repeated(seat.key for seat in scenario.seats):
        yield Problem(("seats", place, "key"), f"Two seats have the key `{key}`.", "repeated")
    sectors = [sector.value for sector in Sector]
    for place, seat in enumerate(scenario.seats):
        yield from blank(("seats", place), title=seat.title, brief=seat.brief)
        if seat.sector not in sectors:
            yield Problem(("seats", place, "sector"), unknown("sector", seat.sector, sectors), "unknown-name")


def _state(scenario: Scenario) -> Iterator[Problem]:
    least, most = STATE_VARIABLES
    if not least <= len(scenario.state) <= most:
        yield Problem(
            ("state",),
            f"A scenario has {least} to {most} things that change; this one has {len(scenario.state)}.",
            "scenario",
        )
    for place, key in repeated(variable.key for variable in scenario.state):
        yield Problem(("state", place, "key"), f"Two things that change have the key `{key}`.", "repeated")
    for place, variable in enumerate(scenario.state):
        yield from blank(("state", place), label=variable.label)
        if len(variable.levels) < 2:
            yield Problem(("state", place, "levels"), "Something that changes needs at least two levels.", "scenario")
        for level, name in repeated(variable.levels):
            yield Problem(("state", place, "levels", level), f"The level `{name}` is listed twice.", "repeated")
        if variable.start not in variable.levels:
            yield Problem(("state", place, "start"), unknown("level", variable.start, variable.levels), "unknown-name")


def _keys(scenario: Scenario) -> Iterator[Problem]:
    """Scenes and endings share one set of keys, because `to` may name either."""
    for place, key in repeated(scene.key for scene in scenario.scenes):
        yield Problem(("scenes", place, "key"), f"Two scenes have the key `{key}`.", "repeated")
    scenes = {scene.key for scene in scenario.scenes}
    for place, key in repeated(ending.key for ending in scenario.endings):
        yield Problem(("endings", place, "key"), f"Two endings have the key `{key}`.", "repeated")
    for place, ending in enumerate(scenario.endings):
        if ending.key in scenes:
            yield Problem(("endings", place, "key"), f"A scene already has the key `{ending.key}`.", "repeated")
    if scenario.start not in scenes:
        yield Problem(("start",), unknown("scene", scenario.start, scenes), "unknown-name")
    if not any(ending.acceptable for ending in scenario.endings):
        yield Problem(("endings",), "No ending is acceptable, so nobody could pass.", "scenario")


def _scene(scenario: Scenario, scene: Scene, where: Where) -> Iterator[Problem]:
    yield from blank(where, title=scene.title, story=scene.story, ask=scene.ask)
    for place, more in enumerate(scene.more):
        at = (*where, "more", place)
        yield from blank(at, text=more.text)
        yield from _known_seats(scenario, more.seats, (*at, "seats"))
        yield from _conditions(scenario, more.when, (*at, "when"))
    least, most = CHOICES
    if not least <= len(scene.choices) <= most:
        yield Problem(
            (*where, "choices"),
            f"A scene has {least} or {most} choices; this one has {len(scene.choices)}.",
            "scenario",
        )
    for place, key in repeated(choice.key for choice in scene.choices):
        yield Problem((*where, "choices", place, "key"), f"Two choices of this scene have the key `{key}`.", "repeated")
    for place, _ in repeated(choice.text.strip() for choice in scene.choices):
        yield Problem((*where, "choices", place, "text"), "Two choices of this scene say the same.", "repeated")
    best = [choice for choice in scene.choices if choice.right]
    if len(best) != 1:
        yield Problem(
            (*where, "choices"),
            f"A scene has exactly one choice with `right: true`; this one has {len(best)}.",
            "scenario",
        )
        return
    for place, choice in enumerate(scene.choices):
        if not choice.right and choice.points >= best[0].points:
            sentence = f"The best choice has {best[0].points} points, so every other must have fewer."
            yield Problem((*where, "choices", place, "points"), sentence, "scenario")


def _choice(scenario: Scenario, choice: Choice, where: Where, facts: Collection[str] | None) -> Iterator[Problem]:
    yield from blank(where, text=choice.text, then=choice.then)
    if not choice.why.strip():
        yield Problem(
            (*where, "why"), "This choice has no feedback: say in `why` what the firmer ground is.", "feedback"
        )
    if not choice.right and not (choice.tempting or "").strip():
        yield Problem((*where, "tempting"), "Say in `tempting` why a good practitioner might choose this.", "feedback")
    if not choice.fact.strip():
        yield Problem((*where, "fact"), "Name the fact that the feedback rests on.", "feedback")
    elif facts is not None and choice.fact not in facts:
        yield Problem((*where, "fact"), unknown("fact", choice.fact, facts), "unknown-name")
    if not 0 <= choice.points <= MOST_POINTS:
        yield Problem((*where, "points"), f"Points go from 0 to {MOST_POINTS}.", "scenario")
    for key in choice.seats:
        if scenario.seat(key) is None:
            yield Problem(
                (*where, "seats", key), unknown("seat", key, [seat.key for seat in scenario.seats]), "unknown-name"
            )
        elif not choice.seats[key].strip():
            yield Problem((*where, "seats", key), "This seat's note is empty.")


def _effects(scenario: Scenario, choice: Choice, where: Where) -> Iterator[Problem]:
    levels = {variable.key: variable.levels for variable in scenario.state}
    for key in choice.change:
        if key not in levels:
            yield Problem((*where, "change", key), unknown("state", key, levels), "unknown-name")
    for key, level in choice.set.items():
        if key not in levels:
            yield Problem((*where, "set", key), unknown("state", key, levels), "unknown-name")
        elif level not in levels[key]:
            yield Problem((*where, "set", key), unknown("level", level, levels[key]), "unknown-name")
        elif key in choice.change:
            yield Problem((*where, "set", key), f"`{key}` is both changed and set here; keep one.", "scenario")


def _targets(scenario: Scenario, choice: Choice, where: Where) -> Iterator[Problem]:
    places = [*(scene.key for scene in scenario.scenes), *(ending.key for ending in scenario.endings)]
    if not choice.to:
        yield Problem((*where, "to"), "Say in `to` which scene or ending this choice leads to.", "scenario")
    for number, target in enumerate(choice.to):
        at = (*where, "to", number)
        if target.go not in places:
            yield Problem((*at, "go"), unknown("scene or ending", target.go, places), "unknown-name")
        yield from _conditions(scenario, target.when, (*at, "when"))


def _conditions(scenario: Scenario, conditions: Sequence[Condition], where: Where) -> Iterator[Problem]:
    levels = {variable.key: variable.levels for variable in scenario.state}
    for condition in conditions:
        if condition.variable not in levels:
            yield Problem((*where, condition.variable), unknown("state", condition.variable, levels), "unknown-name")
        elif condition.level not in levels[condition.variable]:
            at = (*where, condition.variable, condition.test.value)
            yield Problem(at, unknown("level", condition.level, levels[condition.variable]), "unknown-name")


def _known_seats(scenario: Scenario, seats: Sequence[str], where: Where) -> Iterator[Problem]:
    known = [seat.key for seat in scenario.seats]
    for place, key in enumerate(seats):
        if key not in known:
            yield Problem((*where, place), unknown("seat", key, known), "unknown-name")
