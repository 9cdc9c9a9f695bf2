"""The list of what the standard asks is kept true: every line has a state, and every test it names is there."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([a-z ]+) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
STATES = {"done", "part", "operator", "not yet"}


def lines():
    return LINE.findall((PROJECT / "docs" / "asvs.md").read_text())


def test_every_line_has_a_number_once_a_state_and_words():
    numbers = [number for number, *_ in lines()]
    assert len(numbers) > 130
    assert len(numbers) == len(set(numbers))
    assert {state for _, state, *_ in lines()} <= STATES
    rows = [one for one in (PROJECT / "docs" / "asvs.md").read_text().splitlines() if re.match(r"\| \d", one)]
    assert len(rows) == len(numbers), "a line that cannot be read"


def test_what_is_done_names_a_test():
    assert [number for number, state, _, test in lines() if state == "done" and "::" not in test] == []


@pytest.mark.parametrize("named", sorted({test.strip("`") for *_, test in lines() if test}))
def test_every_test_that_is_named_exists(named):
    path, _, name = named.partition("::")
    tree = ast.parse((PROJECT / path).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.slow
def test_a_list_of_parts_can_be_made(tmp_path):
    written = tmp_path / "sbom.json"
    program = Path(sys.executable).with_name("cyclonedx-py")
    if not program.exists():
        pytest.skip("cyclonedx-bom is not installed: make setup-tests")
    command = [program, "requirements", "requirements.txt", "--of", "JSON", "-o", written]
    subprocess.run(command, check=True, cwd=PROJECT, capture_output=True)
    text = written.read_text()
    assert '"flask"' in text
    assert "SHA-256" in text
