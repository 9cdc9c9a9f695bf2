"""Hashes that are slow on purpose, and how many of them a try costs."""

import pytest

from lms.signin import passwords

CODES = ["abcdefghjk", "mnpqrstuvw", "xyz2345678"]


@pytest.fixture
def made(monkeypatch):
    """What is hashed from now on."""
    words, hashing = [], passwords.PasswordHasher.hash

    def hash_(self, word, *, salt=None):
        words.append(word)
        return hashing(self, word, salt=salt)

    monkeypatch.setattr(passwords.PasswordHasher, "hash", hash_)
    return words


def test_a_code_is_found_among_those_of_one_person_by_one_slow_hash(made):
    kept = passwords.hash_together(CODES)
    assert len(set(kept)) == len(CODES)
    made.clear()
    assert passwords.fitting(kept, CODES[2]) == kept[2]
    assert made == [CODES[2]]
    assert passwords.fitting(kept, "abcdefghjm") is None


def test_codes_that_were_hashed_one_by_one_are_still_found():
    kept = [passwords.hash_password(code) for code in CODES]
    assert [passwords.fitting(kept, code) for code in CODES] == kept
    assert passwords.fitting(kept, "abcdefghjm") is None
    assert passwords.fitting([], CODES[0]) is None


def test_no_two_sets_share_a_salt():
    assert len({passwords.hash_together(CODES[:1])[0] for _ in range(3)}) == 3
