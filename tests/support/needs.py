"""What a test needs from the machine: said aloud when it is missing, and a failure where it must not be."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def needs_program(name: str) -> str:
    """The path of a program; skips the test when it is not installed, or fails it where LMS_CI=1 says it must be."""
    return shutil.which(name) or unmet(f"The program {name} is not installed, so this was not checked.")


def needs_file(path: Path, how: str) -> Path:
    """A file that is fetched before the tests; skips or fails as above. `how` says how to get it."""
    return path if path.exists() else unmet(f"{path.name} is not there, so this was not checked. {how}")


def unmet(missing: str) -> NoReturn:
    """Skip with this sentence, or fail with it under LMS_CI=1."""
    if os.environ.get("LMS_CI") == "1":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)
