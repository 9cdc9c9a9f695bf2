"""All HTML that crawls and journeys were given is valid. Last in the folder, so that it sees what the others kept."""

import pytest

from tests.support import vnu

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_all_html_is_valid(crawls, inspection):
    assert len(inspection.addresses) > 100
    said = vnu.messages(inspection.folder)
    assert {inspection.addresses[name]: messages for name, messages in said.items()} == {}
