"""Certificates that nobody issued: guessed codes, codes changed by a letter, and what the check page tells of them."""

import pytest
from sqlalchemy import select

from lms.certificates.codes import new_code
from lms.certificates.models import Certificate
from lms.core.db import db
from tests.support.browser import settle

pytestmark = pytest.mark.slow

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture
def code(world):
    found = db.session.scalar(select(Certificate.code))
    settle()
    return found


def test_a_code_with_one_letter_changed_is_nobodys(nobody, code):
    assert nobody.client.get(f"/verify/{code}").status_code == 200
    for place in range(len(code)):
        letter = ALPHABET[(ALPHABET.index(code[place]) + 1) % len(ALPHABET)]
        answer = nobody.client.get(f"/verify/{code[:place]}{letter}{code[place + 1 :]}")
        assert answer.status_code == 404
        assert "Olive Owner" not in answer.text


def test_guesses_tell_nothing_and_all_look_alike(nobody, code):
    answers = {nobody.client.get(f"/verify/{new_code()}").status_code for _ in range(200)}
    assert answers == {404}


@pytest.mark.parametrize("trick", ["%", "_", "*", "' OR '1'='1", "{0}%00", "{0}/../{0}x", "{0},{0}x", "%25"])
def test_no_trick_of_a_database_finds_a_certificate(nobody, code, trick):
    answer = nobody.client.get(f"/verify/{trick.format(code[:5])}")
    assert answer.status_code < 500
    assert "Olive Owner" not in answer.text


def test_nobody_gets_another_persons_paper_by_its_address(as_user, world, code):
    them, things = world
    for who in ("mate", "manager", "boss", "trainer", "coordinator", "admin", "author", "outsider"):
        settle()
        answer = as_user(getattr(them, who)).client.get(f"/certificates/{things['certificate_id']}.pdf")
        assert answer.status_code == 404, who


def test_the_check_page_says_no_more_than_it_must(nobody, world, code):
    them, _things = world
    text = nobody.client.get(f"/verify/{code}").text
    assert "Olive Owner" in text
    for more in (them.owner.email, str(them.owner.id), "Health visitors"):
        assert more not in text
