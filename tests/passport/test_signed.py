"""The passport file: what was changed, run out or made elsewhere is refused."""

import json
from dataclasses import asdict
from datetime import date, timedelta

import pytest

from lms.passport import signed
from lms.passport.signed import Changed, Entry, Hours, NotAPassport, Passport, RunOut

SECRET = "a-secret-of-more-than-thirty-two-characters"
MADE = date(2026, 11, 26)
CERTIFICATE = Entry(
    "Tiers of need", 3, "2026-03-01", "2029-03-01", 40, "practitioner", "Fernshire", "0QK7-2M9X-D4TA-8WHP-6RCE-J3AB-CD"
)
DAY = Entry("Who leads, and who decides", None, "2026-04-02", None, 360, "", "Fernshire", None)
PASSPORT = Passport(
    "Łucja Żółć", "Fernshire", MADE, signed.last_good_day(MADE), [CERTIFICATE, DAY], [Hours(2026, 360, 40, 360, 40)]
)


def written() -> str:
    return signed.write(PASSPORT, SECRET, "https://training.example/verify/passport")


def read(text: str, secret: str = SECRET, on: date = MADE) -> Passport:
    return signed.read(text.encode(), secret, on)


def test_a_file_reads_back_as_it_was_written():
    assert read(written()) == PASSPORT


def test_a_file_holds_what_a_passport_says_and_nothing_else():
    said = json.loads(written())
    assert set(said) == {
        *("format", "check_at", "name", "issuer", "issued_on", "expires_on", "entries", "hours", "signature")
    }
    assert {key for one in said["entries"] for key in one} == {
        *("course", "version", "completed_on", "in_date_until", "minutes", "level", "issuer", "certificate")
    }


def test_laying_it_out_anew_changes_nothing_of_what_it_says():
    said = json.loads(written())
    assert read(json.dumps(said, sort_keys=True)) == PASSPORT
    assert read("\ufeff" + written()) == PASSPORT


def _leaves(thing, path=()):
    parts = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, value in parts:
        yield from _leaves(value, (*path, key)) if isinstance(value, dict | list) and value else [(*path, key)]


def _changed(path, value):
    said = json.loads(written())
    place = said
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(said)


@pytest.mark.parametrize("path", list(_leaves(json.loads(written()))), ids=str)
@pytest.mark.parametrize("value", ["Somebody else", 1, {}, "2031-01-01"])
def test_any_single_change_is_found(path, value):
    with pytest.raises((Changed, NotAPassport)):
        read(_changed(path, value))


def test_a_field_or_a_line_more_is_found():
    said = json.loads(written())
    for more in ({**said, "score": 9}, {**said, "entries": [*said["entries"], asdict(CERTIFICATE)]}):
        with pytest.raises(Changed):
            read(json.dumps(more))


def test_a_name_given_twice_is_refused_since_programs_read_it_differently():
    twice = written().replace('"name":', '"name": "Somebody else",\n "name":', 1)
    with pytest.raises(NotAPassport):
        read(twice)


def test_a_file_of_another_service_is_refused():
    with pytest.raises(Changed):
        read(written(), secret=SECRET[::-1])


def test_a_file_is_good_on_its_last_day_and_refused_the_day_after():
    assert PASSPORT.expires_on == date(2027, 11, 26)
    assert read(written(), on=PASSPORT.expires_on) == PASSPORT
    with pytest.raises(RunOut, match="ended on 26 November 2027"):
        read(written(), on=PASSPORT.expires_on + timedelta(days=1))


RUBBISH = (
    *(b"", b"hello", b"[]", b"{}", b"null", b"\xff\xfe\x00", b"[" * 100_000, b'{"format": 1}', b'{"signature": "x"}'),
    b'{"format": "common-ground-passport/1"}',
    b'{"format": "common-ground-passport/1", "signature": 5}',
)


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_what_is_no_passport_is_refused_in_words(rubbish):
    with pytest.raises(NotAPassport):
        signed.read(rubbish, SECRET, MADE)


def test_a_file_far_too_large_is_not_read():
    with pytest.raises(NotAPassport):
        signed.read(b" " * (signed.MOST_BYTES + 1), SECRET, MADE)


def test_a_signature_with_letters_of_other_alphabets_is_merely_wrong():
    said = json.loads(written()) | {"signature": "\u017f\ud800"}
    with pytest.raises(Changed):
        read(json.dumps(said))
