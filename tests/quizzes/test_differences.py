"""What changed between two versions: found part by part, shown in words, and answered with an entry that passes."""

import re
import shutil
import subprocess

import pytest
from click.testing import CliRunner

from lms.core import clock
from lms.quizzes.cli import content
from lms.quizzes.differences import Difference, Entry, Snapshot, compared, word_difference
from lms.quizzes.reader import check
from tests.catalogue.tree import spoil, write

LEAD = "lead-professional"


@pytest.fixture
def folders(tmp_path):
    """The old version in `old`, the new one, to be changed, in `new`."""
    write(tmp_path / "old")
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    return tmp_path / "new" / "modules", tmp_path / "new" / "quizzes"


def run(folders, *arguments):
    places = {"LMS_MODULES_DIR": str(folders[0]), "LMS_QUIZZES_DIR": str(folders[1])}
    return CliRunner().invoke(content, ["diff", *arguments], env=places, catch_exceptions=False)


def said(folders):
    outcome = run(folders, str(folders[0].parents[1] / "old"))
    assert outcome.exit_code == 0
    return outcome.output


def test_the_same_content_has_not_changed(folders):
    assert said(folders) == "No modules changed.\n"


def test_words_and_works_that_all_modules_share_are_compared_too(folders):
    spoil(folders[0] / "references.yaml", "short: Adams, 1999", "short: Adams, 1998")
    (folders[0] / "glossary.yaml").write_text("- key: hub\n  term: Hub\n  means: A place.\n")
    assert said(folders) == (
        "What all modules share (beside the modules): changed\n"
        "  word added: hub\n"
        "  work changed: adams-1999 · “adams-1999 short: Adams, [-1999-] {+1998+} full: Adams, A.”\n\n"
        "No modules changed.\n"
    )


@pytest.mark.slow
def test_a_line_broken_elsewhere_is_no_change(folders):
    spoil(folders[0] / LEAD / "01-why-a-lead.md", "is a role, not", "is a role,\nnot")
    assert said(folders) == "No modules changed.\n"


# file, what is replaced, by what, what is said
CHANGED = [
    ("01-why-a-lead.md", "a role, not a post", "a role and no post", "page changed: why-a-lead · “"),
    ("01-why-a-lead.md", "not a post.", "no post.", "is a role, [-not a-] {+no+} post. See"),
    ("01-why-a-lead.md", "title: Why a lead", "title: Why lead", "page changed: why-a-lead · “Why [-a-] lead A"),
    ("facts.yaml", "strength: limited", "strength: indirect", "fact changed: M5-F1 · “"),
    ("glossary.yaml", "A level of need.", "A step of need.", "word changed: tier · “"),
    ("module.md", "hold the *thread*", "hold the rope", "introduction changed: module.md"),
    ("module.md", "summary: Who holds", "summary: Who keeps", "header changed: summary · “Who [-holds-] {+keeps+} the"),
    ("../../quizzes/lead-check.yaml", "Because it is so.", "Because.", "question changed: question-1 · “"),
    ("../../quizzes/lead-story.yaml", "They tell you.", "They say it.", "scene changed: week-1 · “"),
    ("../../quizzes/lead-story.yaml", "Jayden is well.", "Jayden thrives.", "ending changed: good · “"),
]


@pytest.mark.parametrize("planted", CHANGED, ids=lambda planted: planted[3])
def test_each_part_that_changed_is_named_with_its_words_and_no_other(folders, planted):
    file, old, new, sentence = planted
    spoil(folders[0] / LEAD / file, old, new)
    lines = [line for line in said(folders).splitlines() if re.match(r"  \w+ (added|removed|changed): ", line)]
    assert len(lines) == 1
    assert sentence in lines[0]


def test_parts_and_modules_that_came_or_went_are_named(folders):
    shutil.rmtree(folders[0] / "tiers-of-need")
    shutil.copytree(folders[0] / LEAD, folders[0] / "another")
    (folders[0] / LEAD / "02-then-and-now.md").rename(folders[0] / LEAD / "02-since.md")
    (folders[0] / LEAD / "media").mkdir()
    (folders[0] / LEAD / "media" / "rings.png").write_bytes(b"x")
    output = said(folders)
    for line in (
        "Tiers of need (tiers-of-need): removed",
        "The lead professional (another): new",
        "  page added: since · not listed in changes",
        "  page removed: then-and-now",
        "  picture added: rings.png",
        "3 modules changed.",
    ):
        assert f"{line}\n" in output


def test_the_entry_to_paste_passes_the_check_and_is_then_listed(folders):
    page, header = folders[0] / LEAD / "01-why-a-lead.md", folders[0] / LEAD / "module.md"
    spoil(page, "not a post", "no post")
    spoil(folders[1] / "lead-check.yaml", "Because it is so.", "Because.")
    output = said(folders)
    assert "version 1, not raised" in output
    assert output.count("not listed in changes") == 2
    entry = output[output.index("changes:\n") : output.index("\n\n")]
    assert f"made: {clock.today()}" in entry
    spoil(header, "version: 1\n", f"version: 2\n{entry}\n")
    assert check(*folders) == []
    output = said(folders)
    assert "version raised from 1 to 2" in output
    assert output.count("listed as material") == 2
    assert "paste" not in output
    spoil(header, "material: true", "material: false")
    assert said(folders).count("listed, not material") == 2


def test_a_changed_fact_asks_for_the_pages_that_claim_it(folders):
    spoil(folders[0] / LEAD / "facts.yaml", "kind: National guidance", "kind: Local guidance")
    assert "    pages: [then-and-now]\n" in said(folders)


def test_an_entry_of_an_older_version_does_not_count():
    old = Snapshot("M", 2, {("page", "a"): "one"}, changes=(Entry(2, True, {("page", "a")}),))
    new = Snapshot("M", 2, {("page", "a"): "two"}, changes=(Entry(2, True, {("page", "a")}),))
    (module,) = compared({"m": old}, {"m": new})
    assert module.parts == (Difference("page", "a", "changed", "[-one-] {+two+}", "not listed in changes"),)


def test_long_and_many_differences_are_shown_shortly():
    old, new = " ".join(f"old{n}" for n in range(40)), " ".join(f"new{n}" for n in range(40))
    assert len(word_difference(old, new).split()) < 30
    many = " ".join(f"same same same same same same same w{n}" for n in range(8))
    assert word_difference(many, many.replace("w", "v")).endswith("… and 5 more")


def test_a_commit_is_compared_through_git(folders):
    root = folders[0].parent

    def git(*arguments):
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(root), *names, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "One")
    assert run(folders, "--git", "HEAD").output == "No modules changed.\n"
    spoil(folders[0] / LEAD / "glossary.yaml", "A level of need.", "A step of need.")
    spoil(folders[1] / "lead-check.yaml", "Because it is so.", "Because.")
    output = run(folders, "--git", "HEAD").output
    assert "word changed: tier" in output
    assert "question changed: question-1" in output
    refused = run(folders, "--git", "nothing")
    assert (refused.exit_code, len(refused.output.splitlines())) == (2, 1)
    assert "as it was in `nothing`" in refused.output
    assert "not the name of a commit" in run(folders, "--git", "--output=x").output


def test_a_commit_with_a_link_out_of_its_folder_is_refused_in_a_sentence(folders):
    root = folders[0].parent
    (folders[0] / LEAD / "04-secret.md").symlink_to("/etc/passwd")
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)
    refused = run(folders, "--git", "HEAD")
    assert (refused.exit_code, "leads out of its folder" in refused.output) == (2, True)


def test_a_folder_among_the_pictures_is_passed_over(folders):
    (folders[0] / LEAD / "media" / "old.png").mkdir(parents=True)
    assert said(folders) == "No modules changed.\n"


def test_what_to_compare_with_must_be_said_once_and_be_there(folders, tmp_path):
    assert "Say what to compare with" in run(folders).output
    assert "Say what to compare with" in run(folders, str(tmp_path), "--git", "HEAD").output
    assert "There are no modules in" in run(folders, str(tmp_path / "nothing")).output
    old, new = str(tmp_path / "old" / "modules"), str(folders[0])
    assert run(folders, old, new).output == "No modules changed.\n"
