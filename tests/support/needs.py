"""What a test needs from the machine: said aloud when it is missing, and a failure where it must not be."""

import os
import shutil

import pytest


def needs_program(name: str) -> str:
    """The path of a program; skips the test when it is not installed, or fails it where LMS_CI=1 says it must be."""
    found = shutil.which(name)
    if found:
        return found
    missing = f"The program {name} is not installed, so this was not checked."
    if os.environ.get("LMS_CI") == "1":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)
