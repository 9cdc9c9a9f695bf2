"""A partnership with joint days, for the contracts that need one."""

from tests.cohorts.conftest import partnership

__all__ = ["partnership"]
