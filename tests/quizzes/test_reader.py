"""Reading quizzes: files become the engines' objects, faults are told at their lines, stories are safe HTML."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from markupsafe import Markup

from lms.catalogue import library
from lms.catalogue.strict_yaml import ContentFaults
from lms.quizzes import paths
from lms.quizzes.cli import content
from lms.quizzes.quiz import (
    Comparison,
    Condition,
    KnowledgeCheck,
    Matching,
    Multiple,
    Ordering,
    Scenario,
    Single,
    Target,
)
from lms.quizzes.reader import check, load
from tests.catalogue.tree import CHECK, RIGHT, WRONG, question, spoil

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def quizzes(folders):
    return load(folders[1], library.load(folders[0]))


def told(folders):
    """All faults (no warnings) as file, line and sentence."""
    found = check(*folders)
    return [(Path(one.file).name, one.line, one.message) for one in found if one.level == "fault"]


def test_a_faultless_folder_has_no_faults(folders):
    assert told(folders) == []


def test_a_knowledge_check_becomes_questions(folders):
    spoil(folders[1] / "lead-check.yaml", "questions:\n", "questions:\n" + OTHER_TYPES)
    quiz = load(folders[1], library.load(folders[0])).quiz("lead-check")
    assert isinstance(quiz, KnowledgeCheck)
    assert (quiz.slug, quiz.module, quiz.draw, quiz.pass_mark) == ("lead-check", "lead-professional", 8, 75)
    multiple, ordering, matching, single = quiz.questions[:4]
    assert isinstance(multiple, Multiple)
    assert [option.right for option in multiple.options] == [True, True, False]
    assert isinstance(ordering, Ordering)
    assert ordering.items == ("First", "Second", "Third")
    assert isinstance(matching, Matching)
    assert [(pair.left, pair.right) for pair in matching.pairs] == [("A", "one"), ("B", "two")]
    assert isinstance(single, Single)
    assert (single.fact, single.page, single.options[1].why) == ("M5-F1", "why-a-lead", "Tempting, but no.")


OTHER_TYPES = """\
  - key: several
    type: multiple
    ask: Which are right?
    options: [{text: One, right: true}, {text: Two, right: true}, {text: Three, why: It is not.}]
    feedback: So.
    fact: M5-F2
    page: why-a-lead
    outcome: 1
  - key: order
    type: ordering
    ask: In which order?
    items: [First, Second, Third]
    feedback: So.
    fact: M5-F2
    page: why-a-lead
    outcome: 1
  - key: pairs
    type: matching
    ask: Which belong together?
    pairs: [{left: A, right: one}, {left: B, right: two}]
    feedback: So.
    fact: M5-F2
    page: why-a-lead
    outcome: 1
"""


def test_a_scenario_becomes_scenes_choices_and_targets(quizzes):
    story = quizzes.quiz("lead-story")
    assert isinstance(story, Scenario)
    assert (story.child, story.pass_mark, story.start) == ("Jayden", 70, "week-1")
    assert [seat.sector for seat in story.seats] == ["health", "education", "voluntary"]
    first, last = story.scenes[0].choices[0], story.scenes[2].choices[2]
    assert (first.right, first.points, first.change, first.to) == (True, 3, {"trust": 1}, (Target("week-2"),))
    assert last.to == (Target("good", (Condition("trust", Comparison.AT_LEAST, "Firm"),)), Target("mixed"))
    assert paths.faults(story) == []


def test_stories_are_safe_html_and_everything_else_is_plain_text(folders):
    path = folders[1] / "lead-story.yaml"
    spoil(path, "Jayden is six.", "Jayden is **six** <script>alert(1)</script>[x](https://a.org).")
    spoil(path, "Ask the family whom", "Ask <b>the family</b> whom")
    spoil(path, "    ask: What", "    more:\n      - seats: [nurse]\n        text: You *know* it.\n    ask: What")
    story = load(folders[1], library.load(folders[0])).quiz("lead-story")
    assert story.intro == Markup('<p>Jayden is <strong>six</strong> alert(1)<a href="https://a.org">x</a>.</p>')
    scene = story.scenes[0]
    assert scene.story == "<p>You meet at <em>school</em> in week 1.</p>"
    assert scene.more[0].text == "<p>You <em>know</em> it.</p>"
    assert 'href="/learn/lead-professional/sources#r-hallam-2005"' in scene.choices[0].then
    assert 'href="/learn/lead-professional/sources#w-lead-professional"' in scene.choices[0].then
    rendered = (story.intro, scene.story, scene.more[0].text, scene.choices[0].then, story.endings[0].story)
    assert all(isinstance(text, Markup) for text in rendered)
    assert not isinstance(scene.choices[0].text, Markup)
    assert not isinstance(scene.choices[0].why, Markup)


def test_a_module_has_its_quizzes_in_its_own_order(folders, quizzes):
    module = library.load(folders[0]).module("lead-professional")
    assert [quiz.slug for quiz in quizzes.of(module)] == ["lead-check", "lead-story"]
    assert quizzes.quiz("nothing") is None


# file, what is replaced, by what, lines below that at which the fault stands, what is said
PLANTED = [
    ("lead-check.yaml", "kind: check", "kind: quiz", 0, "`kind` must be check or scenario."),
    ("lead-check.yaml", "module: lead-professional", "module: lead", 0, "There is no module `lead`."),
    ("lead-check.yaml", "module: lead-professional", "module: tiers-of-need", 0, "does not name this quiz"),
    ("lead-check.yaml", "draw: 8", "draw: 9", 0, "`draw` must be from 1 to the number of questions, which is 8."),
    ("lead-check.yaml", "draw: 8", "draw: 8\npass_mark: 101", 1, "`pass_mark` must be 100 or less."),
    ("lead-check.yaml", "key: question-2", "key: question-1", 0, "Two questions have the key `question-1`."),
    (
        "lead-check.yaml",
        "type: single",
        "type: singel",
        0,
        "`type` must be one of single, multiple, ordering, matching.",
    ),
    ("lead-check.yaml", "        why: Tempting, but no.\n", "", -1, "Every wrong option says in `why`"),
    ("lead-check.yaml", "fact: M5-F1", "fact: M5-F7", 0, "There is no fact `M5-F7`."),
    ("lead-check.yaml", "page: why-a-lead", "page: why-lead", 0, "Did you mean `why-a-lead`?"),
    ("lead-check.yaml", "right: true", "right: yes", 0, "Put quotes around `yes`"),
    ("lead-check.yaml", "text: The right one", "text: no", 0, "Put quotes around `no`"),
    ("lead-check.yaml", "feedback: Because", "feedbak: Because", 0, "Did you mean `feedback`?"),
    ("lead-story.yaml", "sector: health", "sector: helth", 0, "Did you mean `health`?"),
    ("lead-story.yaml", "start: week-1", "start: week-9", 0, "There is no scene `week-9`."),
    ("lead-story.yaml", "start: Thin", "start: Thick", 0, "There is no level `Thick`."),
    ("lead-story.yaml", "change: {trust: 1}", "change: {truth: 1}", 0, "There is no state `truth`."),
    ("lead-story.yaml", "change: {trust: 1}", "change: {trust: up}", 0, "`trust` must be a whole number."),
    ("lead-story.yaml", "points: 3", "points: 0", 8, "every other must have fewer"),
    ("lead-story.yaml", "        why: The family knows.\n", "", -6, "`why` is missing."),
    ("lead-story.yaml", "tempting: It is quick.", "tempting: ''", 0, "`tempting` must not be empty."),
    ("lead-story.yaml", "fact: M5-F2", "fact: M7-F1", 0, "There is no fact `M7-F1`."),
    ("lead-story.yaml", "to: week-2", "to: week-22", 0, "There is no scene or ending `week-22`."),
    ("lead-story.yaml", "{at_least: Firm}", "{at_leest: Firm}", 0, "`at_leest` must be one of at_least, at_most, is."),
    ("lead-story.yaml", "{at_least: Firm}", "{at_least: Solid}", 0, "There is no level `Solid`."),
    ("lead-story.yaml", "go: mixed", "go: mixt", 0, "There is no scene or ending `mixt`."),
    ("lead-story.yaml", "(ref:hallam-2005)", "(ref:hallam)", 0, "There is no work `hallam`."),
    ("lead-story.yaml", "(term:lead-professional)", "(term:leed)", 0, "There is no word `leed`."),
    ("lead-story.yaml", "Jayden is six.", "Jayden [is](javascript:x) six.", 0, "A link leads to"),
    ("lead-story.yaml", "Jayden is six.", "![](media/x.png)", -1, "A story has no headings and no pictures."),
    ("lead-story.yaml", "child: Jayden", "child: Bartholomew", 0, "has room for 9"),
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted[2]}: {planted[4]}".strip())
def test_a_planted_fault_is_found_at_its_line(folders, planted):
    file, old, new, below, message = planted
    line = spoil(folders[1] / file, old, new)
    found = [fault for fault in told(folders) if fault[0] == file and message in fault[2]]
    assert [fault[1] for fault in found if fault[1] == line + below] == [line + below], told(folders)


def test_a_path_with_a_dead_end_is_told_at_the_choice(folders):
    path = folders[1] / "lead-story.yaml"
    line = spoil(path, "            go: good\n          - go: mixed\n", "            go: good\n")
    assert ("lead-story.yaml", line - 1) in [(file, at) for file, at, message in told(folders) if "Dead end" in message]


def test_a_quiz_that_is_named_but_missing_is_told_in_the_module(folders):
    (folders[1] / "lead-check.yaml").unlink()
    faults = [(file, line, message) for file, line, message in told(folders) if "quiz" in message]
    assert faults == [("module.md", 14, "There is no quiz `lead-check`.")]
    with pytest.raises(ContentFaults, match=r"There is no quiz `lead-check`"):
        load(folders[1], library.load(folders[0]))


def test_a_quiz_that_no_module_names_is_told(folders):
    (folders[1] / "extra.yaml").write_text(CHECK)
    assert [(file, line) for file, line, message in told(folders) if "does not name this quiz" in message] == [
        ("extra.yaml", 3)
    ]


def test_a_module_cannot_name_the_quiz_of_another(folders):
    spoil(folders[0] / "tiers-of-need" / "module.md", "quizzes: []", "quizzes: [lead-check]")
    assert [fault for fault in told(folders) if "belongs to the module `lead-professional`" in fault[2]]


def test_faults_of_a_module_do_not_hide_those_of_its_quizzes_nor_bring_new_ones(folders):
    spoil(folders[0] / "lead-professional" / "module.md", "level: practitioner", "level: expert")
    assert {file for file, _, _ in told(folders)} == {"module.md"}
    line = spoil(folders[1] / "lead-check.yaml", "draw: 8", "draw: many")
    assert ("lead-check.yaml", line) in [fault[:2] for fault in told(folders)]


def test_other_files_among_the_quizzes_are_told_and_hidden_ones_left_alone(folders):
    (folders[1] / ".DS_Store").write_bytes(b"\x00")
    (folders[1] / "Notes.yaml").write_text("x")
    (folders[1] / "lead.yml").write_text("x")
    assert [(file, line) for file, line, _ in told(folders)] == [("Notes.yaml", 1), ("lead.yml", 1)]


def test_marks_of_markdown_in_plain_text_are_a_warning(folders):
    line = spoil(folders[1] / "lead-check.yaml", "ask: Which is right", "ask: Which **is** right")
    assert [(one.line, one.level) for one in check(*folders) if "as it is written" in one.message] == [
        (line, "warning")
    ]
    assert told(folders) == []


def test_habits_that_give_the_best_choice_away_are_faults(folders):
    path = folders[1] / "lead-story.yaml"
    line = spoil(
        path, "Ask the family whom they want and wait", "Ask the family whom they want " + "and ask again " * 9
    )
    assert line
    assert told(folders) == []  # one scene of three
    line = path.read_text().split("\n").index("  - key: week-1") + 1
    path.write_text(path.read_text().replace("whom they want and wait", "whom they want " + "and ask again " * 9))
    assert told(folders) == [("lead-story.yaml", line, "The best choice is the longest in 3 of 3 scenes.")]


def test_right_options_in_one_place_are_a_warning(folders):
    path = folders[1] / "lead-check.yaml"
    path.write_text(path.read_text().replace(WRONG + RIGHT, RIGHT + WRONG))
    assert [(one.message, one.rule) for one in check(*folders)] == [
        ("The right option is number 1 in 8 of 8 questions with one.", "giveaway")
    ]
    assert [one.level for one in check(*folders)] == ["warning"]


def run(folders, *options):
    arguments = ["check", "--modules", str(folders[0]), "--quizzes", str(folders[1]), *options]
    return CliRunner().invoke(content, arguments, catch_exceptions=False)


def test_the_command_passes_what_has_warnings_only(folders):
    outcome = run(folders)
    assert outcome.exit_code == 0
    assert outcome.output == "no faults, no warnings.\n"
    line = spoil(folders[1] / "lead-check.yaml", "ask: Which is right", "ask: Which **is** right")
    outcome = run(folders)
    assert outcome.exit_code == 0
    assert f"lead-check.yaml:{line}:10: warning: This text is shown as it is written" in outcome.output
    assert outcome.output.splitlines()[-1] == "no faults, 1 warning."


def test_programs_read_the_same_as_json_with_the_names_of_rules(folders):
    line = spoil(folders[1] / "lead-check.yaml", "draw: 8", "draw: many")
    at = spoil(folders[1] / "lead-story.yaml", "(ref:hallam-2005)", "(ref:hallam)")
    outcome = run(folders, "--format", "json")
    assert outcome.exit_code == 1
    assert json.loads(outcome.stdout) == [
        {
            "file": str(folders[1] / "lead-check.yaml"),
            "line": line,
            "column": 7,
            "message": "`draw` must be a whole number.",
            "level": "fault",
            "rule": "form",
        },
        {
            "file": str(folders[1] / "lead-story.yaml"),
            "line": at,
            "column": 43,
            "message": "There is no work `hallam`. Did you mean `hallam-2005`?",
            "level": "fault",
            "rule": "unknown-name",
        },
    ]


def test_json_of_faultless_content_is_an_empty_list(folders):
    outcome = run(folders, "--format", "json")
    assert (outcome.exit_code, json.loads(outcome.stdout)) == (0, [])


def test_the_command_lists_every_fault_with_its_place_and_fails(folders):
    spoil(folders[0] / "lead-professional" / "facts.yaml", "strength: limited", "strength: weak")
    spoil(folders[1] / "lead-check.yaml", "draw: 8", "draw: many")
    outcome = run(folders)
    assert outcome.exit_code == 1
    assert "lead-professional/facts.yaml:3:13: `strength` must be one of" in outcome.output
    assert "lead-check.yaml:4:7: `draw` must be a whole number." in outcome.output
    assert outcome.output.splitlines()[-1] == "2 faults, no warnings."


def test_the_command_names_files_as_one_would_type_them(folders, monkeypatch):
    monkeypatch.chdir(folders[0].parent)
    spoil(folders[1] / "lead-check.yaml", "draw: 8", "draw: many")
    assert run(folders).output.splitlines()[0].startswith("quizzes/lead-check.yaml:4:7: ")


@pytest.mark.slow
def test_the_content_of_this_project_has_no_fault(monkeypatch):
    for name in [name for name in os.environ if name.startswith("LMS_")]:
        monkeypatch.delenv(name)
    outcome = CliRunner().invoke(content, ["check"], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.output.splitlines()[-1].startswith("no faults, ")


def test_every_question_type_is_read_even_at_the_smallest(folders):
    questions = "".join(map(question, range(9, 12)))
    path = folders[1] / "lead-check.yaml"
    path.write_text(path.read_text() + questions)
    assert len(load(folders[1], library.load(folders[0])).quiz("lead-check").questions) == 11


def test_an_outcome_that_nothing_tests_is_told_where_it_stands(folders):
    spoil(
        folders[0] / "lead-professional" / "module.md",
        "  - state the three functions of the role\n",
        "  - state the three functions of the role\n  - choose a lead\n",
    )
    assert told(folders) == [
        ("module.md", 10, "No question and no scenario tests outcome 2, “choose a lead”."),
    ]
    spoil(folders[1] / "lead-story.yaml", "outcomes: [1]", "outcomes: [1, 2]")
    assert told(folders) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("lead-check.yaml", "outcome: 1", "outcome: 2"), ("lead-story.yaml", "outcomes: [1]", "outcomes: [2]")],
)
def test_a_quiz_cannot_test_an_outcome_that_the_module_does_not_have(folders, name, old, new):
    spoil(folders[1] / name, old, new)
    assert [sentence for _, _, sentence in told(folders)] == ["There is no outcome 2; the module has 1."]
