"""The list of erasures beside the database is the tests' own."""

import pytest

from lms.rights import housekeeping


@pytest.fixture(autouse=True)
def _no_list(settings):
    yield
    (settings.data_dir / housekeeping.FILE).unlink(missing_ok=True)
