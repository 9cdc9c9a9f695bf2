"""Reading YAML strictly: what YAML would guess is a fault, and every fault has its line and column."""

from datetime import date
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from lms.catalogue.strict_yaml import ContentFaults, Fault, front_matter, read, validate, validate_items


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Cat(Strict):
    type: Literal["cat"]
    lives: int = Field(ge=1, le=9)


class Dog(Strict):
    type: Literal["dog"]
    name: str


class Home(Strict):
    title: str = Field(min_length=1)
    level: Literal["low", "high"] = "low"
    since: date | None = None
    open: bool = False
    rate: float = 1.0
    rooms: list[str] = Field(default_factory=list, max_length=3)
    animals: list[Annotated[Cat | Dog, Field(discriminator="type")]] = Field(default_factory=list)


def told(text: str, first_line: int = 1) -> list[tuple[int, int, str]]:
    _, faults = validate(read(text, "home.yaml", first_line), Home)
    return [(fault.line, fault.column, fault.message) for fault in sorted(faults)]


def test_a_right_file_becomes_its_values():
    home, faults = validate(
        read("title: Home\nsince: 2026-11-22\nopen: true\nrate: 0.5\nrooms: ['no', \"12:30\", On time]\n", "f"), Home
    )
    assert faults == []
    assert home == Home(title="Home", since=date(2026, 11, 22), open=True, rate=0.5, rooms=["no", "12:30", "On time"])


@pytest.mark.parametrize("word", ["no", "No", "NO", "yes", "on", "Off", "True", "FALSE"])
def test_words_that_yaml_takes_for_true_or_false_need_quotes(word):
    sentence = f"Put quotes around `{word}` if it is a word; yes or no is written true or false, in small letters."
    assert told(f"title: {word}") == [(1, 8, sentence)]
    assert told(f"title: Home\nopen: {word}") == [(2, 7, sentence)]
    assert told(f"title: '{word}'") == []


@pytest.mark.parametrize("number", ["12:30", "1_000", "010", "0x1F", "0b1", ".inf", ".NaN", "1e3.5_", "190:20:30.15"])
def test_numbers_that_yaml_would_change_are_told_or_kept_as_they_are_written(number):
    faults = told(f"title: Home\nrooms:\n  - {number}")
    value = read(f"- {number}", "f").value
    assert value == [number]
    if number != "1e3.5_":  # YAML leaves this one alone, and so do we
        assert faults == [
            (3, 5, f"Put quotes around `{number}` if it is a text; YAML would make another number of it.")
        ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("since: 2026-13-01", "2026-13-01 is not a day of the calendar."),
        (
            "since: 2026-11-22 1:00:00",
            "Put quotes around `2026-11-22 1:00:00` if it is a text; a date is written like 2027-05-31, without a time.",  # noqa: E501 - one sentence
        ),
        ("since: tomorrow", "`since` must be a date, written like 2027-05-31."),
        ("level: hihg", "`level` must be one of low, high."),
        ("open: 'true'", "`open` must be true or false."),
        ("open:", "`open` is empty."),
        ("rate: fast", "`rate` must be a number."),
        ("rooms: Kitchen", "`rooms` must be a list: one item a line, each beginning with “- ”."),
        ("rooms: [a, b, c, d]", "`rooms` may have at most 3."),
        ("rooms: [a, 4]", "Item 2 of `rooms` must be text; put quotes around it."),
        ("animals: [cat]", "Item 1 of `animals` must be a group of keys, each with its value."),
        ("animals: [{type: cat, lives: 12}]", "`lives` must be 9 or less."),
        ("animals: [{type: cat, lives: 0}]", "`lives` must be 1 or more."),
        ("animals: [{type: cat, lives: 2.5}]", "`lives` must be a whole number."),
        ("animals: [{type: cat, lives: many}]", "`lives` must be a whole number."),
        ("animals: [{type: cow}]", "`type` must be one of cat, dog."),
        ("animals: [{lives: 3}]", "`type` is missing."),
        ("animals: [{type: dog, nme: Rex, name: Rex}]", "`nme` is not a key here. Did you mean `name`?"),
        ("animals: [{type: dog, lives: 3, name: Rex}]", "`lives` is not a key here."),
        ("levels: low", "`levels` is not a key here. Did you mean `level`?"),
        (
            "since: !!python/name:os.system x",
            "A text that begins with ! needs quotes around it; YAML tags are not used here.",
        ),
    ],
)
def test_each_fault_is_a_plain_sentence(text, sentence):
    assert [message for _, _, message in told(f"title: Home\n{text}")] == [sentence]


def test_a_key_given_twice_is_told_at_the_second():
    assert told("title: Home\nlevel: low\ntitle: Again") == [(3, 1, "`title` is given twice.")]
    assert told("title: Home\nanimals:\n  - {type: cat, lives: 1, lives: 2}") == [(3, 27, "`lives` is given twice.")]


def test_anchors_aliases_and_merges_are_not_used():
    message = "A text that begins with & or * needs quotes around it; YAML anchors are not used here."
    assert told("title: &t Home\nrooms: [*t]") == [(1, 8, message), (2, 9, message)]
    assert [fault.message for fault in read("<<: {a: 1}", "f").faults] == ["Put quotes around `<<`."]
    assert told("title: Tom & Jerry's") == []


def test_a_bomb_of_aliases_is_never_unfolded():
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    document = read("\n".join(lines), "f")
    assert document.value is None
    assert len(document.faults) == 60 + 2 * 59


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("title: a: b", 1, 9),
        ("title: Home\nrooms: [a", 3, 1),
        ('title: "Home\n', 2, 1),
        ("title:\n\t- b", 2, 1),
        ("title: @home", 1, 8),
        ("title: Home\n---\ntitle: Again", 2, 1),
        ("title: *home", 1, 8),
        ("title: bell\x07", 1, 12),
        ("rooms:\n  - a\n b: c", 3, 2),
    ],
)
def test_broken_yaml_is_one_fault_with_its_place(text, line, column):
    document = read(text, "f")
    assert [(fault.line, fault.column) for fault in document.faults] == [(line, column)]
    assert validate(document, Home) == (None, document.faults)


def test_an_empty_file_says_so():
    assert told("") == [(1, 1, "The file is empty.")]
    assert told("# only a comment\n") == [(1, 1, "The file is empty.")]


def test_all_faults_come_at_once_in_order_of_place():
    text = "titel: Home\nlevel: no\nanimals:\n  - type: cat\n    lives: x\n  - type: dog\n"
    assert [(line, column) for line, column, _ in told(text)] == [(1, 1), (1, 1), (2, 8), (5, 12), (6, 5)]


def test_too_deep_a_nest_is_a_fault_and_not_a_crash():
    assert "nested too deep" in str(read("[" * 60 + "]" * 60, "f").faults[0])


def test_good_items_of_a_list_survive_a_bad_one():
    document = read("- {type: cat, lives: 3}\n- {type: cat}\n- {type: cat, lives: 4}\n", "f")
    items, faults = validate_items(document, Cat)
    assert [(place, cat.lives) for place, cat in items] == [(0, 3), (2, 4)]
    assert [(fault.line, fault.message) for fault in faults] == [(2, "`lives` is missing.")]


def test_a_header_keeps_the_lines_of_its_file():
    matter = front_matter("---\ntitle: Home\nlevel: hi\n---\n\nText.\n---\nMore.\n", "page.md")
    _, faults = validate(matter.header, Home)
    assert [(fault.file, fault.line) for fault in faults] == [("page.md", 3)]
    assert matter.text == "\nText.\n---\nMore.\n"
    assert matter.text_line == 5


@pytest.mark.parametrize("text", ["title: Home\n", "---\ntitle: Home\n", "", "\n---\n---\n"])
def test_a_file_without_a_header_is_told_once(text):
    matter = front_matter(text, "page.md")
    assert validate(matter.header, Home) == (None, matter.header.faults)
    assert [fault.line for fault in matter.header.faults] == [1]


def test_faults_say_where_they_are_as_compilers_do():
    fault, warning = Fault("a.md", 12, 3, "Wrong."), Fault("a.md", 2, 1, "Look.", "warning")
    assert str(fault) == "a.md:12:3: Wrong."
    assert str(warning) == "a.md:2:1: warning: Look."
    assert ContentFaults([fault, warning]).faults == [warning, fault]


@given(st.text(max_size=60))
def test_no_text_whatever_makes_reading_fail(text):
    document = read(text, "f")
    validate(document, Home)
    front_matter(text, "f")
    assert all(fault.line >= 1 and fault.column >= 1 for fault in document.faults)
