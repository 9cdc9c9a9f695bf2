"""Pictures in a module's media folder."""

import shutil

import pytest

from lms.catalogue import shelf

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db00000000049454e44ae426082"
)


@pytest.fixture
def with_picture(app, database, revise, tmp_path):
    """A module with a picture in its folder."""
    folder = tmp_path / "tiers-of-need"
    shutil.copytree(shelf.library().module("tiers-of-need").folder, folder)
    media = folder / "media"
    media.mkdir(exist_ok=True)
    (media / "rings.png").write_bytes(PIXEL)
    (media / "notes.txt").write_text("not a picture")
    revise("tiers-of-need", folder=folder)


def test_a_picture_is_shown_to_people_who_are_signed_in(as_user, make, nobody, with_picture):
    response = as_user(make.person()).client.get("/learn/tiers-of-need/media/rings.png")
    assert (response.status_code, response.content_type, response.data) == (200, "image/png", PIXEL)
    response.close()
    assert nobody.client.get("/learn/tiers-of-need/media/rings.png").status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "tiers-of-need/media/notes.txt",
        "tiers-of-need/media/..%2Ffacts.yaml",
        "nowhere/media/rings.png",
        "tiers-of-need/media/x.png",
    ],
)
def test_nothing_else_can_be_fetched_from_a_modules_folder(as_user, make, with_picture, address):
    assert as_user(make.person()).client.get(f"/learn/{address}").status_code == 404
