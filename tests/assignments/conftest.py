"""Every test of assignments is on a site of three modules, two of them core."""

import pytest


@pytest.fixture(autouse=True)
def _three_modules(three_modules: None) -> None:
    """Ask for them."""
