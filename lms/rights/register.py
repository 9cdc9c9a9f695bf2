"""How each table speaks of people: which rows are somebody's, what of them is secret or about others, what becomes of
them when the person is erased. The export and the erasure both follow this list; a test holds it against the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class End(StrEnum):
    """What an erasure does with the rows that are somebody's."""

    GONE = "removed"
    NAMELESS = "kept for the counts, with every text emptied and nobody's name"
    RECORD = "emptied in the record of acts, which stays whole"
    PROOF = "removed, or kept as proof of training where the site says so"


@dataclass(frozen=True)
class Held:
    """One table. `whose`: columns that say whose a row is. `address`: a column with a work e-mail that says so too.
    `through`: columns that name a row of another table, with which it belongs to the same person.

    Every other reference to people only says who did something: such a row is exported with the moment and with
    `words`, which are that person's own. `secret` never leaves; `others` is about somebody else and is left out;
    `named` is a reference to somebody else that is told by name. `stays` are words without a name that a
    nameless row keeps; they and `codes`, which are words of ours, cannot name anybody.
    """

    whose: tuple[str, ...] = ()
    address: str = ""
    through: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    end: End = End.GONE

    @property
    def is_about_people(self) -> bool:
        """Whether its rows are somebody's."""
        return bool(self.whose or self.through or self.address)


NOBODY = Held()  # says nothing about a person, or only who did something
MINE = Held(("person_id",))
COUNTS = Held(codes=("partnership", "grouping", "value", "target", "state"))
BOOKED = {"booking_id": "bookings"}
CHAIN = ("previous", "hash", "salt", "erased")

REGISTER: Mapping[str, Held] = {
    "agencies": NOBODY,
    "agency_domains": Held(secret=("code_hash",)),
    "arrangements": Held(through=BOOKED),
    "assignments": Held(("person_id",), stays=("target",), end=End.NAMELESS),
    "attendance": Held(through=BOOKED, stays=("mark",), end=End.NAMELESS),
    "attendance_contests": Held(through=BOOKED),
    "audit_chains": NOBODY,
    "audit_entries": Held(("actor_id", "subject_id"), secret=CHAIN, end=End.RECORD),
    "bookings": Held(("person_id",), stays=("job", "state"), end=End.NAMELESS),
    "break_glass_links": Held(("person_id",), secret=("token_hash",), words=("reason",)),
    "calendar_entries": MINE,
    "calendar_feeds": Held(("person_id",), secret=("number",)),
    "certificates": Held(("person_id",), end=End.PROOF),
    "clock_runs": NOBODY,
    "cohort_agencies": NOBODY,
    "cohort_modules": NOBODY,
    "cohort_sessions": NOBODY,
    "cohort_trainers": MINE,
    "cohorts": NOBODY,
    "completions": Held(("person_id",), stays=("module", "core_hash"), end=End.NAMELESS),
    "date_programmes": NOBODY,
    "dormant_accounts": MINE,
    "deputies": Held(("deputy_id",), through={"membership_id": "memberships"}, named=("deputy_id",)),
    "equivalents": NOBODY,
    "erasure_requests": MINE,
    "erasures": NOBODY,
    "exemptions": Held(("person_id",), stays=("module",), end=End.NAMELESS),
    "exports": Held(("owner_id",), secret=("file",)),
    "flags": MINE,
    "held_places": NOBODY,
    "impact_packs": NOBODY,
    "indexed_content": NOBODY,
    "identity_providers": Held(secret=("client_secret",)),
    "invitations": Held(("person_id",), address="email", secret=("token_hash",)),
    "keep_apart_pairs": Held(("person_id", "other_id")),
    "kept_seats": MINE,
    "leaves": Held(("person_id",), end=End.NAMELESS),
    "levels": NOBODY,
    "mail_choices": MINE,
    "measure_answers": Held(through={"measure_id": "measures"}, stays=("item", "level"), end=End.NAMELESS),
    "measures": Held(through=BOOKED, stays=("wave",), end=End.NAMELESS),
    "membership_roles": Held(through={"membership_id": "memberships"}),
    "memberships": Held(("person_id",), stays=("job",), end=End.NAMELESS),
    "missed_places": Held(through=BOOKED, stays=("kind", "cleared_how"), end=End.NAMELESS),
    "name_corrections": MINE,
    "nominations": MINE,
    "other_dates": NOBODY,
    "outbox_mails": Held(("person_id",), address="address"),
    "page_reads": Held(through={"study_id": "studies"}, codes=("page",)),
    "passkeys": Held(("person_id",), secret=("credential", "public_key")),
    "password_resets": Held(("person_id",), address="email", secret=("token_hash",)),
    "people": Held(("id",), secret=("password_hash",)),
    "people_files": Held(("owner_id",), others=("rows",)),
    "plan_holds": MINE,
    "post_spans": Held(("person_id",), stays=("partnership", "sector", "job", "level", "locality"), end=End.NAMELESS),
    "practice_examples": Held(through=BOOKED),
    "prior_learning": Held(("person_id",), stays=("target",), end=End.NAMELESS),
    "programme_dates": NOBODY,
    "proposals": NOBODY,
    "quiz_answers": Held(through={"attempt_id": "quiz_attempts"}, codes=("key", "version", "given")),
    "quiz_attempts": Held(("person_id",), codes=("quiz", "module", "kind", "content_hash", "seed", "seat", "state")),
    "quiz_passes": Held(through={"study_id": "studies"}, codes=("quiz",)),
    "record_views": Held(("viewer_id", "person_id"), secret=CHAIN, named=("viewer_id",), end=End.RECORD),
    "recovery_codes": Held(("person_id",), secret=("code_hash",)),
    "reflections": MINE,
    "refreshings": NOBODY,
    "reminder_items": Held(("person_id",), through={"reminder_id": "reminders"}),
    "reminder_rounds": NOBODY,
    "reminders": MINE,
    "replaced_certificates": Held(through={"certificate_id": "certificates"}),
    "requirement_versions": NOBODY,
    "requirements": NOBODY,
    "room_codes": NOBODY,
    "rule_overrides": Held(words=("reason",)),
    "saved_views": Held(("owner_id",)),
    "provider_people": MINE,
    "provider_returns": Held(secret=("state_hash",)),
    "scim_connections": Held(secret=("token_hash",)),
    "scim_users": Held(("person_id",), address="user_name"),
    "seating_plans": NOBODY,
    "seating_rounds": NOBODY,
    "seats": Held(("person_id",), stays=("duty",), end=End.NAMELESS),
    "second_factors": Held(("person_id",), secret=("secret", "new_secret")),
    "sign_ins": Held(("person_id",), secret=("token_hash",)),
    "standing_balances": COUNTS,
    "standing_changes": COUNTS,
    "standing_spans": Held(("person_id",), stays=("target", "status", "state", "by"), end=End.NAMELESS),
    "stored_answers": Held(("person_id",), secret=("holder", "key", "content")),
    "studies": Held(("person_id",), stays=("module", "last_page"), end=End.NAMELESS),
    "team_covers": NOBODY,
    "teams": NOBODY,
    "used_challenges": Held(secret=("challenge_hash",)),
    "workers": NOBODY,
    "wrong_tries": NOBODY,
}
