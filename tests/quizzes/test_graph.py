"""Scenarios as drawings: everything is there, nothing is written over, and the best way is marked in words and line."""

from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from lms.quizzes import graph, reader
from lms.quizzes.cli import content
from lms.quizzes.quiz import Target
from tests.quizzes.stories import choice, scene, who_leads, with_choice
from tests.support.pages import chromium

PROJECT = Path(__file__).resolve().parents[2]
OURS = sorted((PROJECT / "quizzes").glob("*-scenario.yaml"))
LOOP = with_choice(who_leads(), 2, 1, to=(Target("meeting"),))
SELF = with_choice(who_leads(), 0, 1, to=(Target("meeting"),))
LONELY = replace(
    who_leads(),
    scenes=(*who_leads().scenes, scene("lonely", *(choice(f"c{n}", f"Do {n}.", "lost", points=n) for n in (1, 2, 3)))),
)
Piece = tuple[tuple[float, float], tuple[float, float]]
WIDE = 7.6  # an ordinary letter of DejaVu Sans, a wide font, 13 units high
DRAWN = [reader.scenario(path)[0] for path in OURS] + [who_leads(), LOOP, SELF, LONELY]


def overlap(one: graph.Box, other: graph.Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def crosses(start: tuple[float, float], end: tuple[float, float], box: graph.Box) -> bool:
    """Whether a piece of a line runs through the inside of a box; touching its edge is where it begins or ends."""
    (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    across = left < box.x + box.width - 0.1 and right > box.x + 0.1
    return across and top < box.y + box.height - 0.1 and bottom > box.y + 0.1


@pytest.mark.parametrize("scenario", DRAWN, ids=lambda one: one.title)
def test_no_box_lies_on_another_no_line_runs_through_one_and_all_lies_within(scenario):
    picture = graph.drawn(scenario)
    assert not [pair for pair in combinations(picture.boxes, 2) if overlap(*pair)]
    for line in picture.lines:
        for start, end in pairwise(line.corners):
            assert start[0] == end[0] or start[1] == end[1]
            assert not [box for box in picture.boxes if crosses(start, end, box)]
            assert all(0 < x < picture.width and 0 < y < picture.height for x, y in (start, end))
    assert all(box.x > 0 and box.x + box.width < picture.width for box in picture.boxes)
    assert all(box.y > 0 and box.y + box.height < picture.height for box in picture.boxes)


def along(one: Piece, other: Piece) -> bool:
    """Whether two pieces of lines run along each other."""
    for way in (0, 1):
        across = 1 - way
        (start, end), (first, last) = (sorted((piece[0][way], piece[1][way])) for piece in (one, other))
        if one[0][across] == one[1][across] == other[0][across] == other[1][across] and start < last and first < end:
            return True
    return False


@pytest.mark.parametrize("scenario", DRAWN, ids=lambda one: one.title)
def test_lines_to_different_places_never_run_along_each_other(scenario):
    for one, other in combinations(graph.drawn(scenario).lines, 2):
        if one.corners[-1] != other.corners[-1]:
            pieces = [(a, b) for a in pairwise(one.corners) for b in pairwise(other.corners)]
            assert not [pair for pair in pieces if along(*pair)]


@pytest.mark.parametrize("scenario", DRAWN, ids=lambda one: one.title)
def test_words_fit_into_their_boxes(scenario):
    for box in graph.drawn(scenario).boxes:
        assert all(len(line) * WIDE <= box.width - 2 * graph.PAD for line in box.lines)
        assert len(box.lines) * graph.LINE <= box.height - graph.PAD


@pytest.mark.parametrize("scenario", DRAWN, ids=lambda one: one.title)
def test_every_choice_has_a_line_to_each_place_it_may_lead_to(scenario):
    picture = graph.drawn(scenario)
    ways = [(one, target) for each in scenario.scenes for one in each.choices for target in {t.go for t in one.to}]
    assert len(picture.lines) == len(ways)
    tops = {(box.y, box.x, box.x + box.width) for box in picture.boxes}
    for line in picture.lines:
        x, y = line.corners[-1]
        assert [top for top in tops if top[0] == y and top[1] < x < top[2]], "an arrow ends at the top of a box"


@pytest.mark.parametrize("scenario", DRAWN, ids=lambda one: one.title)
def test_all_words_are_in_the_drawing_and_the_best_choice_is_marked_in_words_and_line(scenario):
    root = ElementTree.fromstring(graph.svg(scenario))
    said = " ".join(" ".join(root.itertext()).split())
    for each in scenario.scenes:
        assert " ".join(each.title.split()) in said
        assert all(" ".join(one.text.split()) in said for one in each.choices)
    best = [one for each in scenario.scenes for one in each.choices if one.right]
    assert said.count("Best choice, ") == len(best)
    looks = [part.get("class") for part in root.iter("{http://www.w3.org/2000/svg}path")]
    assert looks.count("way") == sum(len({target.go for target in one.to}) for one in best)
    assert said.count("Ending: can be passed") == sum(ending.acceptable for ending in scenario.endings)


def test_scenes_stand_below_those_that_lead_to_them_and_endings_last():
    assert graph.layers(who_leads())[0] == ["meeting"]
    assert graph.layers(who_leads())[-1] == [ending.key for ending in who_leads().endings]
    assert graph.layers(LOOP) == graph.layers(who_leads())
    assert graph.layers(LONELY)[-2] == ["lonely"]


def test_words_of_an_author_cannot_become_part_of_the_drawing():
    drawing = graph.svg(replace(who_leads(), title="<script>alert(1)</script> & more"))
    assert "<script>" not in drawing
    ElementTree.fromstring(drawing)


def test_the_command_draws_into_a_file_or_says_what_is_wrong(tmp_path):
    def run(*arguments):
        return CliRunner().invoke(content, ["graph", *arguments], env={"LMS_QUIZZES_DIR": str(PROJECT / "quizzes")})

    outcome = run("lead-professional-scenario", "--out", str(tmp_path / "drawn.svg"))
    assert outcome.exit_code == 0
    assert (tmp_path / "drawn.svg").read_text() == run(str(PROJECT / "quizzes/lead-professional-scenario.yaml")).stdout
    refused = run("lead-professional-check")
    assert (refused.exit_code, "A knowledge check has no scenes" in refused.output) == (1, True)
    broken = tmp_path / "broken.yaml"
    text = (PROJECT / "quizzes/lead-professional-scenario.yaml").read_text()
    broken.write_text(text.replace("to: the-plan", "to: nowhere", 1))
    assert "There is no scene or ending `nowhere`." in run(str(broken)).output
    nowhere = run("lead-professional-scenario", "--out", "/proc/nowhere/drawn.svg")
    assert (nowhere.exit_code, "drawn.svg cannot be written" in nowhere.output) == (2, True)


BEYOND = """() => {
  const beyond = []; let box = null;
  for (const part of document.querySelectorAll("rect, text")) {
    const here = part.getBBox();
    if (part.tagName === "rect") box = here;
    else if (here.x + here.width > box.x + box.width) beyond.push(part.textContent);
    else if (here.y + here.height > box.y + box.height) beyond.push(part.textContent);
  }
  return beyond;
}"""


@pytest.mark.browser
def test_words_stay_within_their_boxes_in_a_browser(tmp_path):
    with chromium() as browser:
        page = browser.new_page()
        for scenario in DRAWN:
            (tmp_path / "drawn.svg").write_text(graph.svg(scenario))
            page.goto(f"file://{tmp_path}/drawn.svg")
            assert page.evaluate(BEYOND) == []
