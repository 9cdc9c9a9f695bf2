"""Every page of every module is light enough for an old phone on a slow line."""

import gzip

import pytest

from lms.catalogue import shelf

MOST_BYTES = 14_000


@pytest.mark.slow
def test_every_page_of_every_module_fits_the_first_round_trip(make, as_user):
    client = as_user(make.person()).client
    heavy = {}
    for module in shelf.library().modules:
        for page in module.pages:
            answer = client.get(f"/learn/{module.slug}/{page.slug}")
            assert answer.status_code == 200
            size = len(gzip.compress(answer.data))
            if size > MOST_BYTES:
                heavy[f"{module.slug}/{page.slug}"] = size
    assert heavy == {}
