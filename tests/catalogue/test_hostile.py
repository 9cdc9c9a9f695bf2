"""Folders of content that nobody would write by hand: the check answers with a sentence, soon, and never lets go."""

import os
from time import process_time

import pytest

from lms.catalogue import library, prose
from lms.catalogue.drawing import read_drawing
from lms.catalogue.strict_yaml import read
from lms.quizzes import reader

OUTSIDE = "This is a link to a place outside; put the file itself here."
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 100"><title>t</title>%s</svg>'


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text("---\ntitle: Secret\nminutes: 1\n---\nThe key of the server.\n")
    return path


def told(folders, path):
    """What is said of one file, and that it keeps the content from being used."""
    name = os.fsdecode(path)
    found = [fault for fault in reader.check(*folders) if fault.file == name]
    assert any(fault.level == "fault" for fault in found), found
    return [fault.message for fault in found]


def test_a_folder_where_a_file_should_be(folders):
    for path in (
        folders[0] / "lead-professional" / "04-folder.md",
        folders[0] / "lead-professional" / "media" / "drawing.svg",
        folders[1] / "folder.yaml",
    ):
        path.mkdir(parents=True)
        assert "This is not a file." in told(folders, path)


def test_a_pipe_is_not_waited_for(folders):
    path = folders[0] / "lead-professional" / "04-pipe.md"
    os.mkfifo(path)
    assert "This is not a file." in told(folders, path)


def test_a_link_that_leads_to_itself(folders):
    path = folders[0] / "lead-professional" / "04-round.md"
    path.symlink_to(path)
    assert OUTSIDE in told(folders, path)


@pytest.mark.parametrize("name", ["04-secret.md", "media/secret.png", "media/secret.svg"])
def test_a_link_out_of_the_content_is_never_shown_to_learners(folders, secret, name):
    path = folders[0] / "lead-professional" / name
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(secret)
    assert OUTSIDE in told(folders, path)
    with pytest.raises(library.ContentFaults):
        library.load(folders[0])


def test_a_link_within_the_content_is_followed(folders):
    path = folders[0] / "lead-professional" / "01-why-a-lead.md"
    path.rename(folders[0] / "lead-professional" / ".kept")
    path.symlink_to(".kept")
    library.load(folders[0])


def test_a_module_that_is_a_link_to_elsewhere_is_not_walked_through(folders):
    path = folders[0] / "everything"
    path.symlink_to("/")
    assert "This folder is a link to a place outside." in told(folders, path / "module.md")


def test_a_name_that_is_not_utf_8(folders):
    path = folders[0] / "lead-professional" / os.fsdecode(b"bad\xff.md")
    path.write_text("x")
    assert told(folders, path)[0].startswith("This file is not part of a module.")


def test_a_file_of_ten_megabytes_is_not_read(folders):
    path = folders[0] / "lead-professional" / "facts.yaml"
    path.write_text("- id: M5-F1\n" * 900_000)
    assert told(folders, path) == ["This file is bigger than 500 kB, so it is not read."]


def test_a_line_without_end_is_told_at_its_place(folders):
    path = folders[0] / "lead-professional" / "facts.yaml"
    path.write_text("# first\n# " + "[" * 100_000)
    assert "This line has more than 20,000 characters; break it." in told(folders, path)


def test_brackets_in_brackets_without_end_do_not_bring_the_reader_down():
    document = read("[\n" * 200_000, "facts.yaml")
    assert [fault.message for fault in document.faults] == ["This is nested too deep."]


def test_many_brackets_side_by_side_are_no_fault():
    assert read("- [a, b]\n" * 3_000, "facts.yaml").faults == []


@pytest.mark.parametrize("depth", [25, 500, 5_000])
def test_a_drawing_nested_too_deep_is_refused(depth):
    [flaw] = read_drawing(SVG % ("<g>" * depth + "</g>" * depth)).flaws
    assert "nested too deep" in flaw.message


@pytest.mark.parametrize(
    "text", ["a" * 1_500 + "; (ABC) x", "a " * 1_000 + "; (ABC) x", "ABC (" + "x" * 20_000, "ABC (" * 4_000]
)
def test_looking_for_short_forms_takes_no_longer_than_reading(text):
    begun = process_time()
    list(prose.unexplained(text))
    assert process_time() - begun < 1


def test_looking_for_overclaims_takes_no_longer_than_reading():
    begun = process_time()
    list(prose.overclaims("proven " + "“" * 15_000))
    assert process_time() - begun < 2
