"""Names of the files in a zip of certificates: safe on every system, accents kept, each once."""

from datetime import date
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.passport.file_names import file_name, numbered

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("person", "title", "name"),
    [
        ("Leah Stone", "Why join up", "Leah Stone - Why join up - 2026-03-01.pdf"),
        ("Łucja Żółć", "Tiers of need", "Łucja Żółć - Tiers of need - 2026-03-01.pdf"),
        ("Zoe\u0308 D\u2019Arcy", "x", "Zoë D\u2019Arcy - x - 2026-03-01.pdf"),
        ("../../etc/passwd", "a/b\\c", "etc passwd - a b c - 2026-03-01.pdf"),
        ("C:\\x", 'Who? "You" <me>|*', "C x - Who You me - 2026-03-01.pdf"),
        ("  .hidden. ", "Why join up? Policy", "hidden - Why join up Policy - 2026-03-01.pdf"),
        ("evil\u202egpj.exe\u0000", "a\nb\tc", "evilgpj.exe - a b c - 2026-03-01.pdf"),
        ("...", "///", "Somebody - Certificate - 2026-03-01.pdf"),
    ],
)
def test_a_name_is_made_safe_and_stays_readable(person, title, name):
    assert file_name(person, title, DAY) == name


@given(some.text(), some.text())
def test_no_name_leads_anywhere_or_is_too_long(person, title):
    name = file_name(person, title, DAY)
    assert PurePosixPath(name).name == PureWindowsPath(name).name == name
    assert len(name.encode()) < 200
    assert name.endswith(" - 2026-03-01.pdf")
    assert not name.startswith((".", " "))
    assert all(part not in name for part in ("..\\", "../", "\x00", "\r", "\n"))


def test_two_alike_are_numbered_also_where_only_capitals_differ():
    assert numbered(["A - x.pdf", "a - X.pdf", "A - x (2).pdf", "A - x.pdf", "B.pdf"]) == [
        "A - x.pdf",
        "a - X (2).pdf",
        "A - x (2) (2).pdf",
        "A - x (3).pdf",
        "B.pdf",
    ]


@given(some.lists(some.sampled_from(["a.pdf", "A.pdf", "a (2).pdf", "b.pdf"]), max_size=12))
def test_every_name_stands_once(names):
    found = numbered(names)
    assert len({name.casefold() for name in found}) == len(names)
