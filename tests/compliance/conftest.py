"""Every test of compliance is on a site of three modules, two of them core."""

import pytest

from tests.reports.conftest import fernshire

__all__ = ["fernshire"]


@pytest.fixture(autouse=True)
def _three_modules(three_modules: None) -> None:
    """Ask for them."""
