"""The problems printed in docs/cohort-files.md are worked out as they stand."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.cohorts.cli import cohorts

PAGE = (Path(__file__).parents[3] / "docs" / "cohort-files.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["allocation", "rotation"])
def test_what_the_page_prints_can_be_solved_and_judged(kind, tmp_path):
    found = re.search(rf"```json {kind}\n(.*?)```", PAGE, re.S)
    assert found
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_text(found[1], encoding="utf-8")
    solved = CliRunner().invoke(cohorts, ["solve", str(problem), "--out", str(plan)])
    assert solved.exit_code == 0, solved.output
    assert json.loads(plan.read_text())["status"] in {"optimal", "feasible"}
    checked = CliRunner().invoke(cohorts, ["check", str(problem), str(plan)])
    assert checked.exit_code == 0, checked.output
