"""A scenario drawn for people: scenes in layers, each choice on a card below its scene, arrows to where it leads. Pure.

Words stand only in boxes and cards, lines run only between the rows and beside them, so nothing is written over. All
arrows to one place share its lane. The best choice is said in words and has a thick, whole line; others are dashed.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from lms.quizzes.quiz import Choice, Comparison, Condition, Ending, Scenario, Scene

WIDTH = 230  # of a card and of the box of an ending
GAP = 16  # between cards
APART = 48  # between scenes of one layer
PAD = 12
LETTER = 7.8  # the widest an ordinary letter of 13 units runs in the fonts named below, on the average of a line
LINE = 18
LANE = 14  # between lines that run side by side
EDGE = 28  # around the whole drawing
DROP = 12  # from a scene's box to its cards
TESTS = {Comparison.AT_LEAST: "at least", Comparison.AT_MOST: "at most", Comparison.IS: ""}
STYLE = """\
text{font:13px "Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;fill:#1b1b1f}.b{font-weight:600}
rect{fill:#fff;stroke:#44424c}.scene{fill:#eef0f6;stroke-width:1.5}.card{stroke:#8a8794}.best{stroke:#1b1b1f;stroke-width:2.5}
.fine{fill:#eef6ee;stroke-width:3}.poor{fill:#f7f3ee;stroke-dasharray:7 4;stroke-width:1.5}
path{fill:none;stroke:#6b6875;stroke-dasharray:6 4}.way{stroke:#1b1b1f;stroke-width:2.5;stroke-dasharray:none}
polygon{fill:#1b1b1f}"""


@dataclass(frozen=True)
class Box:
    """A scene, a choice or an ending as drawn: its place, its look, and its lines, the first of them heavy."""

    x: float
    y: float
    width: float
    height: float
    look: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Line:
    """One choice's way to one place, as corners; `best` is that of the best choice."""

    corners: Sequence[tuple[float, float]]
    best: bool


@dataclass(frozen=True)
class Picture:
    """The whole drawing."""

    width: float
    height: float
    boxes: Sequence[Box]
    lines: Sequence[Line]


def svg(scenario: Scenario) -> str:
    """The drawing as an SVG file, for a scenario without written faults."""
    picture = drawn(scenario)
    width, height = round(picture.width), round(picture.height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img">',
        f"<title>{escape(scenario.title)}: every scene, choice and ending</title>",
        "<desc>Thick whole lines are the best choices, dashed lines the others.</desc>",
        f'<style>{STYLE}</style><rect width="{width}" height="{height}" stroke="none"/>',
        *(_line(line) for line in sorted(picture.lines, key=lambda line: line.best)),
        *dict.fromkeys(_head(*line.corners[-1]) for line in picture.lines),
        *(_box(box) for box in picture.boxes),
        "</svg>\n",
    ]
    return "\n".join(parts)


def drawn(scenario: Scenario) -> Picture:
    """Where everything stands."""
    return _Layout(scenario).picture()


def layers(scenario: Scenario) -> list[list[str]]:
    """The scenes from the first on, each below all that lead to it (ways back aside); then the endings."""
    leads = {scene.key: _leads(scene) for scene in scenario.scenes}
    depth: dict[str, int] = {}

    def walk(key: str, level: int, above: tuple[str, ...]) -> None:
        if key in above or key not in leads or depth.get(key, -1) >= level:
            return
        depth[key] = level
        for onward in leads[key]:
            walk(onward, level + 1, (*above, key))

    walk(scenario.start, 0, ())
    last = max(depth.values(), default=0)
    for scene in scenario.scenes:  # those that no choice leads to stand in a row of their own
        depth.setdefault(scene.key, last + 1)
    rows: dict[int, list[str]] = defaultdict(list)
    for scene in scenario.scenes:
        rows[depth[scene.key]].append(scene.key)
    return [*(rows[level] for level in sorted(rows)), [ending.key for ending in scenario.endings]]


def _leads(scene: Scene) -> list[str]:
    """The places its choices lead to, each once."""
    return list(dict.fromkeys(target.go for choice in scene.choices for target in choice.to))


class _Layout:
    """Places boxes row by row, then runs the lines between them."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.rows = layers(scenario)
        self.row_of = {key: number for number, row in enumerate(self.rows) for key in row}
        self.titles = {scene.key: scene.title for scene in scenario.scenes}
        self.titles |= {ending.key: ending.title for ending in scenario.endings}
        self.boxes: dict[str, Box] = {}
        self.cards: dict[tuple[str, str], Box] = {}
        self.lanes: dict[tuple[int, str], float] = {}  # height of the lane to a place in the channel below a row
        widths = [sum(map(self._width, row)) + APART * (len(row) - 1) for row in self.rows]
        self.inner = max(widths)
        y = EDGE + self._channel(-1, EDGE)
        for number, row in enumerate(self.rows):
            y = self._place_row(row, EDGE + (self.inner - widths[number]) / 2, y)
            y += self._channel(number, y)
        self.height = y + EDGE
        beside = [key for key in self.row_of if self._runs_beside(key)]
        self.columns = {key: EDGE + self.inner + GAP + LANE * n for n, key in enumerate(beside)}
        self.width = EDGE * 2 + self.inner + GAP + LANE * len(beside)

    def picture(self) -> Picture:
        """Everything, placed."""
        lines = [
            line for scene in self.scenario.scenes for choice in scene.choices for line in self._ways(scene, choice)
        ]
        return Picture(self.width, self.height, [*self.boxes.values(), *self.cards.values()], lines)

    def _width(self, key: str) -> float:
        scene = self.scenario.scene(key)
        return WIDTH if scene is None else len(scene.choices) * (WIDTH + GAP) - GAP

    def _place_row(self, row: Sequence[str], x: float, y: float) -> float:
        """Place the boxes and cards of a row; where it ends."""
        bottom = y
        for key in row:
            scene, width = self.scenario.scene(key), self._width(key)
            if scene is None:
                ending = self.scenario.ending(key)
                assert ending is not None
                self.boxes[key] = _ending_box(ending, x, y)
            else:
                self.boxes[key] = box = _fitted(x, y, width, "scene", [scene.title])
                cards = self._place_cards(scene, x, y + box.height + DROP)
                bottom = max(bottom, *(card.y + card.height for card in cards))
            bottom = max(bottom, y + self.boxes[key].height)
            x += width + APART
        return bottom

    def _place_cards(self, scene: Scene, x: float, y: float) -> list[Box]:
        """One card a choice, all as tall as the tallest."""
        cards = [
            _fitted(x + n * (WIDTH + GAP), y, WIDTH, "best" if choice.right else "card", self._said(choice))
            for n, choice in enumerate(scene.choices)
        ]
        tall = max(card.height for card in cards)
        for choice, card in zip(scene.choices, cards, strict=True):
            self.cards[scene.key, choice.key] = Box(card.x, card.y, card.width, tall, card.look, card.lines)
        return [self.cards[scene.key, choice.key] for choice in scene.choices]

    def _said(self, choice: Choice) -> Iterator[str]:
        """What stands on a card: its worth, its words, what it changes, and under which conditions it leads where."""
        worth = f"{choice.points} point{'' if choice.points == 1 else 's'}"
        yield f"Best choice, {worth}" if choice.right else worth[:1].upper() + worth[1:]
        yield choice.text
        labels = {one.key: one.label for one in self.scenario.state}
        moves = [f"{labels[key]} {'up' if by > 0 else 'down'} {abs(by)}" for key, by in choice.change.items() if by]
        moves += [f"{labels[key]}: {level}" for key, level in choice.set.items()]
        if moves:
            yield f"[{'; '.join(moves)}]"
        for number, target in enumerate(choice.to if len(choice.to) > 1 else ()):
            if target.when:
                yield f"If {self._conditions(target.when)}: {self.titles[target.go]}"
            else:
                yield f"{'Otherwise' if number else 'Always'}: {self.titles[target.go]}"

    def _conditions(self, when: Sequence[Condition]) -> str:
        labels = {one.key: one.label for one in self.scenario.state}
        return " and ".join(
            " ".join(f"{labels[one.variable]} is {TESTS[one.test]} {one.level}".split()) for one in when
        )

    def _channel(self, row: int, top: float) -> float:
        """Give each place that lines lead to through the channel below a row its lane; how tall the channel is."""
        here = [scene for scene in self.scenario.scenes if self.row_of[scene.key] == row]
        wanted = [key for scene in here for key in _leads(scene)]
        below = self.rows[row + 1] if row + 1 < len(self.rows) else []
        wanted += [key for key in below if self._runs_beside(key)]
        for number, key in enumerate(dict.fromkeys(wanted)):
            self.lanes[row, key] = top + LANE * (number + 1)
        return LANE * (len(dict.fromkeys(wanted)) + 2) if wanted else 0

    def _runs_beside(self, key: str) -> bool:
        """Whether some choice leads there from elsewhere than the row above, so that its line runs down the side."""
        row = self.row_of[key]
        return any(key in _leads(scene) and self.row_of[scene.key] != row - 1 for scene in self.scenario.scenes)

    def _ways(self, scene: Scene, choice: Choice) -> Iterator[Line]:
        card, row = self.cards[scene.key, choice.key], self.row_of[scene.key]
        goes = list(dict.fromkeys(target.go for target in choice.to))
        for number, key in enumerate(goes):
            x = card.x + card.width * (number + 1) / (len(goes) + 1)
            corners = [(x, card.y + card.height), (x, self.lanes[row, key])]
            above = self.row_of[key] - 1
            if row != above:
                corners += [(self.columns[key], self.lanes[row, key]), (self.columns[key], self.lanes[above, key])]
            port = self._port(key)
            corners += [(port, self.lanes[above, key]), (port, self.boxes[key].y)]
            yield Line(corners, choice.right)

    def _port(self, key: str) -> float:
        """Where lines enter a box: near its middle, and not where another line comes down in the same channel."""
        box, taken = self.boxes[key], self._drops(self.row_of[key] - 1)
        middle = box.x + box.width / 2
        steps = [step * side for step in range(0, int(box.width / 2) - PAD, 7) for side in (1, -1)]
        return next((middle + step for step in steps if all(abs(middle + step - x) >= 7 for x in taken)), middle)

    def _drops(self, row: int) -> list[float]:
        """Where lines come down from the cards of a row."""
        found = []
        for scene in self.scenario.scenes if row >= 0 else ():
            for choice in scene.choices if self.row_of[scene.key] == row else ():
                card, count = self.cards[scene.key, choice.key], len({target.go for target in choice.to})
                found += [card.x + card.width * (n + 1) / (count + 1) for n in range(count)]
        return found


def _ending_box(ending: Ending, x: float, y: float) -> Box:
    """An ending, with the words that say whether it can be passed."""
    said = "Ending: can be passed" if ending.acceptable else "Ending: cannot be passed"
    return _fitted(x, y, WIDTH, "fine" if ending.acceptable else "poor", [said, ending.title])


def _fitted(x: float, y: float, width: float, look: str, said: Sequence[str] | Iterator[str]) -> Box:
    """A box as tall as its words need."""
    letters = int((width - 2 * PAD) / LETTER)
    lines = [line for part in said for line in wrap(" ".join(part.split()), letters, break_on_hyphens=False)]
    return Box(x, y, width, len(lines) * LINE + 2 * PAD - 4, look, lines)


def _box(box: Box) -> str:
    place = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
    words = "".join(
        f'<text class="{"n" if n else "b"}" x="{box.x + PAD:g}" y="{box.y + PAD + 11 + n * LINE:g}">'
        f"{escape(line)}</text>"
        for n, line in enumerate(box.lines)
    )
    return f'<rect class="{box.look}" {place} rx="6"/>{words}'


def _line(line: Line) -> str:
    way = "M" + "L".join(f"{x:g} {y:g}" for x, y in line.corners)
    return f'<path class="{"way" if line.best else "other"}" d="{way}"/>'


def _head(x: float, y: float) -> str:
    """The tip of an arrow that comes down."""
    return f'<polygon points="{x:g},{y:g} {x - 5:g},{y - 10:g} {x + 5:g},{y - 10:g}"/>'
