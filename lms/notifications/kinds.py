"""Every kind of mail on one page: what each is about, and how far its reader can say when it comes.

A new mail needs a line in `KINDS`. People choose by topic, on the page "Notifications" under Me.
"""

from dataclasses import dataclass
from enum import StrEnum


class Choice(StrEnum):
    """When somebody wants the mails of a topic."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


WORDS = {
    Choice.AT_ONCE: "At once",
    Choice.DAILY: "Together, once a working day",
    Choice.WEEKLY: "Together, on Mondays",
    Choice.NEVER: "Never",
}
ANY = tuple(Choice)
ALWAYS = (Choice.AT_ONCE,)


@dataclass(frozen=True)
class Topic:
    """What a person chooses for. `why` says why a topic that allows no `never` allows none. The mails of an `urgent`
    topic leave at any hour. `for_managers`: only they get such mails.
    """

    key: str
    title: str
    about: str
    choices: tuple[Choice, ...] = ANY
    why: str = ""
    urgent: bool = False
    for_managers: bool = False

    @property
    def gathers(self) -> bool:
        """Whether its mails may be put together with others in one."""
        return len(self.choices) > 1


ACCOUNT = Topic(
    "account",
    "Your account",
    "Signing in, and what changes on your account.",
    ALWAYS,
    "You need these to get in, and to see that nobody else does.",
    urgent=True,
)
PLACE = Topic(
    "place",
    "Your place on a joint day",
    "A place, an offer of one, your turn on a waiting list, and any change of date, time or room.",
    ALWAYS,
    "You plan your day by these, others count on you, and an offer ends after a time. So they come at once and cannot "
    "be switched off.",
)
RECORD = Topic(
    "record",
    "Corrections to your record",
    "A certificate that was withdrawn or corrected, and the answer when you said that a register is wrong.",
    ALWAYS,
    "Your agency may rely on what has changed, so you hear of it in any case.",
)
REMINDERS = Topic(
    "reminders",
    "Reminders about your training",
    "What is due soon, due or overdue. My training always shows the same.",
)
ASKED = Topic(
    "asked",
    "What your manager asks of you",
    "Training that was assigned to you, reminders that your manager sends by hand, and standing in for a manager.",
    (Choice.AT_ONCE, Choice.DAILY),
    "Somebody at your agency expects you to know.",
)
INVITATIONS = Topic("invitations", "Invitations to joint days", "Joint days a trainer invites you to.")
CERTIFICATES = Topic("certificates", "New certificates", "Each certificate you earn. They all stay under Record.")
QUESTIONS = Topic(
    "questions",
    "Questions before and after a joint day",
    "Nine short questions, three times. They are open for some days only.",
    (Choice.AT_ONCE, Choice.DAILY, Choice.NEVER),
)
ANSWERS = Topic("answers", "Answers to what you wrote", "Authors answer what you flagged, managers an example.")
FILES = Topic(
    "files",
    "Files and views you asked for",
    "A long file is ready, or could not be made; the link of a view you keep. My files and My views show the same.",
    (Choice.AT_ONCE, Choice.NEVER),
)
DECISIONS = Topic(
    "decisions",
    "What people ask you to decide",
    "Somebody you manage asks for a place, or for your word on an example; somebody says that your register is wrong.",
    (Choice.AT_ONCE, Choice.DAILY),
    "Somebody waits for your answer.",
    for_managers=True,
)
TEAM = Topic(
    "team",
    "Summaries about your team",
    "How many of your people are due or overdue. My team always shows the same.",
    for_managers=True,
)

TOPICS = (
    ACCOUNT,
    PLACE,
    RECORD,
    REMINDERS,
    ASKED,
    INVITATIONS,
    CERTIFICATES,
    QUESTIONS,
    ANSWERS,
    FILES,
    DECISIONS,
    TEAM,
)
DIGEST = "notifications/digest"

KINDS: dict[str, Topic] = {
    "certificates/issued": CERTIFICATES,
    "certificates/name_asked": DECISIONS,
    "certificates/name_corrected": RECORD,
    "certificates/name_kept": RECORD,
    "certificates/programme_issued": CERTIFICATES,
    "certificates/withdrawn": RECORD,
    "chasing/asked": ASKED,
    "chasing/assigned": ASKED,
    "chasing/reminder": REMINDERS,
    "chasing/team": TEAM,
    "chasing/withdrawn": ASKED,
    "cohorts/another_date": PLACE,
    "cohorts/approval": DECISIONS,
    "cohorts/asked": INVITATIONS,
    "cohorts/cancelled": PLACE,
    "cohorts/changed": PLACE,
    "cohorts/contest_answered": RECORD,
    "cohorts/contested": DECISIONS,
    "cohorts/declined": PLACE,
    "cohorts/given_up": PLACE,
    "cohorts/invitation": INVITATIONS,
    "cohorts/moved_up": PLACE,
    "cohorts/offer": PLACE,
    "cohorts/offer_ended": PLACE,
    "cohorts/place_booked": PLACE,
    "cohorts/removed": PLACE,
    "cohorts/replaced": PLACE,
    "cohorts/sent": PLACE,
    "cohorts/waiting": PLACE,
    "exports/failed": FILES,
    "exports/ready": FILES,
    "exports/view": FILES,
    "flags/answered": ANSWERS,
    DIGEST: RECORD,
    "joining/post_added": ACCOUNT,
    "outcomes/co_signed": ANSWERS,
    "outcomes/questions": QUESTIONS,
    "outcomes/to_co_sign": DECISIONS,
    "passport/question": RECORD,
    "people/deputy_ended": ASKED,
    "people/deputy_named": ASKED,
    "planning/lost": PLACE,
    "planning/moved": PLACE,
    "planning/queued": PLACE,
    "planning/unplaced": PLACE,
    "rights/dormant": ACCOUNT,
    "rights/erasure_asked": DECISIONS,
    "rights/erasure_checked": DECISIONS,
    "signin/break_glass": ACCOUNT,
    "signin/domain": ACCOUNT,
    "signin/invitation": ACCOUNT,
    "signin/passkey_added": ACCOUNT,
    "signin/passkey_removed": ACCOUNT,
    "signin/password_changed": ACCOUNT,
    "signin/readdressed": ACCOUNT,
    "signin/recovery_used": ACCOUNT,
    "signin/reset": ACCOUNT,
    "signin/second_step_off": ACCOUNT,
    "signin/second_step_on": ACCOUNT,
    "signin/wrong_codes": ACCOUNT,
}


def topic_of(kind: str) -> Topic:
    """The topic of a kind of mail; one that nobody listed counts as a correction: it comes at once."""
    return KINDS.get(kind, RECORD)


def kinds_of(topic: Topic) -> list[str]:
    """The kinds of mail a topic has."""
    return [kind for kind, its_topic in KINDS.items() if its_topic is topic]
