"""Migrations that have been released stay as they were: sites have run them, so a change would reach nobody, and the
tests that build old schemas with them (tests/faults/test_upgrading.py) would build something that never was.
"""

from hashlib import sha256

import pytest

from tests.support.server import PROJECT

# The first letters of each file's SHA-256. A migration joins the list when its version is released.
RELEASED = {
    "0001_people": "08723fdf76b3f4e7",
    "0002_signing_in": "c9f581c0ef52d40a",
    "0003_audit_and_mail": "1e0cc9b2193a8691",
    "0004_quizzes": "2d7e3e7a48d126f4",
    "0005_learning": "a6f92ed2a3a1449d",
    "0006_certificates": "055d41fba5e18593",
    "0007_cohorts": "d03a4eb8cd47248d",
    "0008_assignments": "067b008da24039ab",
    "0009_refreshers": "a7c11f8bff9bf07e",
    "0010_flags": "9f2be446ea70e01f",
    "0011_search": "6cef36bdc446d590",
    "0012_programmes": "23dd3977ce06ab63",
    "0013_booking_moments": "25dbd8c07f6f9b74",
    "0014_booking": "b780ab84ca841a9c",
    "0015_localities": "a4b32dbaf810045e",
    "0016_calendar": "7c5efc6894ddfd6d",
    "0017_the_day": "d71f561f9e91b935",
    "0018_outcomes": "11f4dbb24796070f",
    "0019_planning": "bbc42ce044a77646",
    "0020_mail_and_clock": "38b0e83c96b993b1",
    "0021_requirements": "c49dc4720338d839",
    "0022_chasing": "191abf8146c8a0f5",
    "0023_exports": "2c8af44614151700",
    "0024_record_views": "96755589ee6afd9c",
    "0025_attendance_contests": "55781f813e6de811",
    "0026_corrected_names": "1e43b2da858b4e37",
    "0027_impact_packs": "40cae02bcfb5ea09",
    "0028_team_cover": "a41d6d70780cf6ce",
    "0029_answer_versions": "ec257e25baf76136",
    "0030_changes_by_day": "665a569ab609144b",
    "0031_plain_names": "ea179d2a5cc9b730",
    "0032_audit_chain": "063131485abd8ecf",
    "0033_people_files": "87611aaf4e906fb3",
    "0034_accounts": "0cf69fd309581d2f",
    "0035_stored_answers": "ea688facd1399b5b",
    "0036_scim": "e20c5f47d0649a3b",
    "0037_erasures": "3092daa512f54c05",
    "0038_providers": "96343b19c92f9139",
    "0039_break_glass": "3e43494217663177",
}


@pytest.mark.parametrize("name", RELEASED)
def test_a_released_migration_is_as_it_was(name):
    text = (PROJECT / "migrations/versions" / f"{name}.py").read_bytes()
    assert sha256(text).hexdigest()[:16] == RELEASED[name], "Write a new migration instead of changing a released one."
