"""Beginning a module or a quiz: the skeleton passes the check, says what to write, and overwrites nothing."""

import shutil

import pytest
from click.testing import CliRunner

from lms.quizzes.cli import content
from lms.quizzes.reader import check


def run(folders, *arguments):
    places = {"LMS_MODULES_DIR": str(folders[0]), "LMS_QUIZZES_DIR": str(folders[-1])}
    return CliRunner().invoke(content, ["new", *arguments], env=places, catch_exceptions=False)


def files(folders):
    return {path: path.read_text() for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_a_new_module_passes_the_check_and_says_what_to_write(folders):
    title = 'Listening: "before" you act'
    outcome = run(folders, "module", "listening", "--code", "M15", "--title", title)
    assert outcome.exit_code == 0
    assert check(*folders) == []
    written = sorted((folders[0] / "listening").iterdir())
    assert sorted(outcome.output.splitlines()) == [str(path) for path in written]
    for path in written:
        assert "Say " in path.read_text()
        assert "lorem" not in path.read_text().casefold()


@pytest.mark.parametrize("kind", ["check", "scenario"])
def test_a_new_quiz_passes_the_check_and_is_named_in_its_module(folders, kind):
    run(folders, "module", "listening", "--code", "M15", "--title", "Listening")
    outcome = run(folders, "quiz", "listening-quiz", "--module", "listening", "--kind", kind)
    assert outcome.exit_code == 0
    assert check(*folders) == []
    assert "quizzes: [listening-quiz]\n" in (folders[0] / "listening" / "module.md").read_text()
    assert "Say why" in (folders[1] / "listening-quiz.yaml").read_text()


def test_a_second_quiz_stands_beside_the_first(folders):
    outcome = run(folders, "quiz", "lead-more", "--module", "lead-professional", "--kind", "check")
    assert outcome.exit_code == 0
    assert "quizzes: [lead-check, lead-story, lead-more]" in (folders[0] / "lead-professional/module.md").read_text()
    assert check(*folders) == []


def test_a_quiz_has_a_question_for_each_of_many_outcomes(folders):
    run(folders, "module", "listening", "--code", "M15", "--title", "Listening")
    header = folders[0] / "listening" / "module.md"
    more = "".join(f"  - do thing {n}: well\n" for n in range(9)).replace(": well", ", well")
    header.write_text(header.read_text().replace("version: 1", f"{more}version: 1"))
    run(folders, "quiz", "listening-quiz", "--module", "listening", "--kind", "check")
    assert check(*folders) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("module", "tiers-of-need", "--code", "M15", "--title", "T"), "There is a folder"),
        (("module", "listening", "--code", "M7", "--title", "T"), "`tiers-of-need` has the code M7 already."),
        (("module", "listening", "--code", "15", "--title", "T"), "`15` is not a code like M15."),
        (("module", "../up", "--code", "M15", "--title", "T"), "`../up` may have small letters"),
        (("module", "listening", "--code", "M15", "--title", " "), "Give it a title."),
        (("quiz", "lead-check", "--module", "lead-professional", "--kind", "check"), "There is a file"),
        (("quiz", "more", "--module", "nothing", "--kind", "check"), "There is no module `nothing`"),
        (("quiz", "More", "--module", "lead-professional", "--kind", "check"), "`More` may have small letters"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence_and_nothing_is_written(folders, arguments, sentence):
    before = files(folders)
    outcome = run(folders, *arguments)
    assert outcome.exit_code == 2
    assert sentence in outcome.output
    assert len(outcome.output.splitlines()) == 1
    assert files(folders) == before


def test_a_module_needs_a_work_to_rest_on(tmp_path):
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "references.yaml").write_text("[]\n")
    outcome = run((tmp_path / "modules",), "module", "listening", "--code", "M15", "--title", "T")
    assert (outcome.exit_code, outcome.output.startswith("Write the main work into")) == (2, True)
    shutil.rmtree(tmp_path / "modules")


def test_a_quiz_needs_the_folder_of_quizzes(folders):
    outcome = run((folders[0], folders[1] / "gone"), "quiz", "more", "--module", "lead-professional", "--kind", "check")
    assert (outcome.exit_code, outcome.output) == (2, f"There is no folder {folders[1] / 'gone'}.\n")
