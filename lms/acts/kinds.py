"""Every kind of act that is noted: the words for it, and by what an administrator may come to read it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Tie(StrEnum):
    """What ties a line to those who may read it, beside whoever did the act, who reads all of their own."""

    NOBODY = "nobody"  # of one's own learning and account, or about what no administrator sees
    ACTOR = "actor"  # an act of one's work: by where its actor worked; whom it was about is not said
    PERSON = "person"  # by where the person it was about worked, who is named
    POST = "post"  # the same, or by the agency of the post it was about
    ERASURE = "erasure"  # as ACTOR, for administrators of a whole partnership alone
    AGENCY = "agency"  # by the agency it was about
    AT_AGENCY = "at agency"  # by the agency that its detail names
    TEAM = "team"
    INVITATION = "invitation"
    PROVIDER = "provider"
    SITE = "site"  # nobody's act, about nobody: for whoever runs the site


NAMES_A_PERSON = (Tie.PERSON, Tie.POST)


@dataclass(frozen=True)
class Kind:
    """One kind of act: the name it is noted under, what was done in plain words, and its tie."""

    action: str
    words: str
    tie: Tie = Tie.ACTOR


@dataclass(frozen=True)
class Group:
    """Kinds of acts that belong together; `key` stands in addresses."""

    key: str
    title: str
    kinds: tuple[Kind, ...]

    def within(self, ties: Sequence[Tie]) -> tuple[Kind, ...]:
        """Those of its kinds that have one of these ties."""
        return tuple(one for one in self.kinds if one.tie in ties)


UNKNOWN = "Did something that this page has no words for"

GROUPS = (
    Group(
        "accounts",
        "Accounts and posts",
        (
            Kind("person.added", "Opened an account", Tie.POST),
            Kind("person.opened", "Opened a closed account again", Tie.POST),
            Kind("person.closed", "Closed an account", Tie.POST),
            Kind("person.readdressed", "Changed the work e-mail of an account", Tie.POST),
            Kind("post.added", "Added a post", Tie.POST),
            Kind("post.changed", "Changed a post", Tie.POST),
            Kind("post.moved", "Moved somebody to another team", Tie.POST),
            Kind("post.ended", "Ended a post", Tie.POST),
            Kind("invitation.sent", "Sent an invitation", Tie.INVITATION),
            Kind("invitation.sent_again", "Sent an invitation again", Tie.INVITATION),
            Kind("invitation.withdrawn", "Took an invitation back", Tie.INVITATION),
            Kind("invitation.accepted", "Accepted an invitation", Tie.INVITATION),
            Kind("people_file.sent", "Sent a file of people"),
            Kind("people_file.taken", "Took a file of people over"),
            Kind("people_file.dropped", "Dropped a file of people"),
            Kind("deputy.named", "Named a deputy"),
            Kind("deputy.ended", "Ended a deputy’s time"),
            Kind("team.locality_set", "Said in which locality a team works", Tie.TEAM),
            Kind("erasure.asked", "Asked to be erased", Tie.ERASURE),
            Kind("erasure.withdrawn", "Took back the request to be erased", Tie.ERASURE),
            Kind("erasure.checked", "Checked a request to be erased", Tie.ERASURE),
            Kind("person.erased", "Erased a person", Tie.ERASURE),
            Kind("person.told_of_closing", "Told somebody that their unused account closes", Tie.NOBODY),
            Kind("person.told", "Made a file of everything held about a person", Tie.NOBODY),
        ),
    ),
    Group(
        "ways_in",
        "Ways in",
        (
            Kind("sign_in.failed", "Tried to sign in, and something was wrong", Tie.PERSON),
            Kind("sign_in.held_up", "Tried to sign in too often, and had to wait", Tie.PERSON),
            Kind("sign_in.refused", "Came from an agency’s own sign-in, which vouched for nobody", Tie.PROVIDER),
            Kind("sign_in.not_noted", "So many failed sign-ins that not each was noted", Tie.SITE),
            Kind("password.link_sent", "A link to a new password was asked for", Tie.PERSON),
            Kind("password.reset", "Set a new password by a link", Tie.PERSON),
            Kind("password.changed", "Changed the password", Tie.PERSON),
            Kind("second_step.set_up", "Set up a second step", Tie.PERSON),
            Kind("second_step.turned_off", "Turned the second step off", Tie.PERSON),
            Kind("second_step.reset", "Reset a lost second step", Tie.PERSON),
            Kind("second_step.codes_made", "Made new recovery codes", Tie.PERSON),
            Kind("passkey.added", "Added a passkey", Tie.PERSON),
            Kind("passkey.removed", "Removed a passkey", Tie.PERSON),
            Kind("passkey.renamed", "Renamed a passkey", Tie.NOBODY),
            Kind("break_glass.made", "Made an emergency link on the server", Tie.PERSON),
            Kind("break_glass.used", "Signed in by an emergency link", Tie.PERSON),
            Kind("domain.asked", "Asked to prove a mail domain", Tie.AGENCY),
            Kind("domain.proven", "Proved a mail domain", Tie.AGENCY),
            Kind("domain.removed", "Removed a mail domain", Tie.AGENCY),
            Kind("provider.added", "Added an agency’s own sign-in", Tie.AT_AGENCY),
            Kind("provider.changed", "Changed an agency’s own sign-in", Tie.AT_AGENCY),
            Kind("provider.people_forgotten", "Had an agency’s own sign-in forget its people", Tie.AT_AGENCY),
            Kind("provider.linked", "Tied an account to an agency’s own sign-in", Tie.PERSON),
            Kind("scim.connected", "Connected an agency’s directory", Tie.AT_AGENCY),
            Kind("scim.disconnected", "Disconnected an agency’s directory", Tie.AT_AGENCY),
            # When somebody signed in is promised to nobody: see Who can see what.
            Kind("person.signed_in", "Signed in", Tie.NOBODY),
            Kind("second_step.passed", "Passed the second step", Tie.NOBODY),
            Kind("person.signed_out", "Signed out", Tie.NOBODY),
            Kind("person.signed_out_everywhere", "Signed out on all devices", Tie.NOBODY),
            Kind("person.sign_in_ended", "Ended a sign-in", Tie.NOBODY),
            Kind("person.other_sign_ins_ended", "Ended all other sign-ins", Tie.NOBODY),
        ),
    ),
    Group(
        "looking",
        "Files and looking",
        (
            Kind("acts.read", "Read the record of acts"),
            Kind("access.refused", "Was refused a page"),
            Kind("report.exported", "Took a report along as a file"),
            Kind("certificates.taken", "Took certificates of people along"),
            Kind("export.ordered", "Ordered a long file"),
            Kind("export.opened", "Opened a long file"),
            Kind("export.stopped", "Stopped a long file"),
            Kind("export.deleted", "Deleted a long file"),
            Kind("export.closed", "Lost the right to a long file, which was closed"),
            Kind("view.kept", "Kept the choices of a report", Tie.NOBODY),
            Kind("view.changed", "Changed the kept choices of a report", Tie.NOBODY),
            Kind("view.deleted", "Deleted the kept choices of a report", Tie.NOBODY),
            Kind("record.asked_about", "Asked about a look at the record", Tie.NOBODY),
        ),
    ),
    Group(
        "joint_days",
        "Joint days",
        (
            Kind("cohort.created", "Planned a joint day"),
            Kind("cohort.edited", "Changed a joint day"),
            Kind("cohort.opened", "Opened a joint day for booking"),
            Kind("cohort.closed", "Closed a joint day for booking"),
            Kind("cohort.cancelled", "Called a joint day off"),
            Kind("cohort.trainer_added", "Added a trainer to a joint day"),
            Kind("cohort.trainer_removed", "Took a trainer off a joint day"),
            Kind("cohort.person_invited", "Gave somebody a place on a joint day"),
            Kind("cohort.person_removed", "Took somebody off a joint day"),
            Kind("cohort.approved", "Approved a place on a joint day"),
            Kind("cohort.declined", "Declined a place on a joint day"),
            Kind("cohort.released", "Released somebody for a joint day"),
            Kind("cohort.team_cover_exceeded", "Let more of a team be out than its limit"),
            Kind("team.cover_set", "Set how many of a team may be out", Tie.TEAM),
            Kind("team.cover_unset", "Took away a team’s limit of people out", Tie.TEAM),
            Kind("cohort.preparation_waived", "Let somebody come without the preparation"),
            Kind("cohort.missed_place_cleared", "Settled a place that was missed"),
            Kind("cohort.arrangement_noted", "Noted what is arranged for somebody on a joint day"),
            Kind("attendance.noted", "Noted who came to a joint day"),
            Kind("attendance.corrected", "Corrected who came to a joint day"),
            Kind("attendance.walked_in", "Noted somebody who came to a joint day without a place"),
            Kind("attendance.new_code", "Made a new code for signing in to a joint day"),
            Kind("attendance.contest_answered", "Answered somebody who said that a register is wrong"),
            Kind("tables.made", "Planned the tables of a joint day"),
            Kind("tables.changed", "Changed the tables of a joint day"),
            Kind("tables.shown", "Showed the tables of a joint day"),
            Kind("outcomes.co_signed", "Answered an example from practice"),
            Kind("cohort.needs_forgotten", "Emptied what people needed on joint days of the past", Tie.SITE),
            Kind("cohort.place_booked", "Booked a place on a joint day", Tie.NOBODY),
            Kind("cohort.place_cancelled", "Gave up a place on a joint day", Tie.NOBODY),
            Kind("cohort.place_missed", "Noted a place that was missed", Tie.NOBODY),
            Kind("cohort.place_offered", "Offered a freed place", Tie.NOBODY),
            Kind("cohort.offer_passed", "Let an offered place pass", Tie.NOBODY),
            Kind("cohort.offer_ended", "Ended the time of an offered place", Tie.NOBODY),
            Kind("cohort.moved_up", "Gave a freed place to the next who waited", Tie.NOBODY),
            Kind("cohort.other_date_taken", "Took another date of a joint day", Tie.NOBODY),
            Kind("cohort.colleague_sent", "Sent a colleague to a joint day", Tie.NOBODY),
            Kind("cohort.approval_asked", "Asked for a place on a joint day", Tie.NOBODY),
            Kind("cohort.waiting_list_joined", "Joined the waiting list of a joint day", Tie.NOBODY),
            Kind("cohort.places_released", "Gave up places held for sectors", Tie.NOBODY),
            Kind("cohort.needs_said", "Said what is needed on a joint day", Tie.NOBODY),
            Kind("attendance.signed_in", "Signed in to a joint day", Tie.NOBODY),
            Kind("attendance.contested", "Said that a register is wrong", Tie.NOBODY),
            Kind("outcomes.asked", "Asked people before or after a joint day", Tie.NOBODY),
            Kind("outcomes.answered", "Answered before or after a joint day", Tie.NOBODY),
            Kind("outcomes.example_written", "Wrote an example from practice", Tie.NOBODY),
            Kind("outcomes.example_taken_back", "Took an example from practice back", Tie.NOBODY),
            Kind("calendar.feed_renewed", "Made a new calendar address", Tie.NOBODY),
            Kind("calendar.feed_ended", "Switched the calendar address off", Tie.NOBODY),
        ),
    ),
    Group(
        "plans",
        "Plans and wishes",
        (
            Kind("programme.created", "Began a plan of dates"),
            Kind("programme.changed", "Changed a plan of dates"),
            Kind("programme.rule_changed", "Changed a rule of a plan"),
            Kind("programme.date_added", "Added a date to a plan"),
            Kind("proposal.started", "Had a plan worked out"),
            Kind("proposal.stop_asked", "Stopped a plan that was worked out"),
            Kind("plan.pin", "Pinned people to dates of a plan"),
            Kind("plan.move", "Moved people to another date of a plan"),
            Kind("plan.leave", "Left people out of a plan"),
            Kind("plan.free", "Let people of a plan be placed anew"),
            Kind("plan.undo", "Undid the last step of a plan"),
            Kind("plan.published", "Published a plan"),
            Kind("rule.overridden", "Set a rule of a plan aside"),
            Kind("nomination.approved", "Approved a wish for a date"),
            Kind("nomination.declined", "Declined a wish for a date"),
            Kind("nomination.made", "Asked for a date that is being planned", Tie.NOBODY),
            Kind("nomination.changed", "Changed a wish for a date", Tie.NOBODY),
            Kind("nomination.withdrawn", "Took a wish for a date back", Tie.NOBODY),
            # Who is kept apart, and that anybody is, is for those alone who plan.
            Kind("apart.set", "Had two people kept apart", Tie.NOBODY),
            Kind("apart.ended", "Ended that two people are kept apart", Tie.NOBODY),
        ),
    ),
    Group(
        "asked",
        "What is asked of people",
        (
            Kind("requirement.set", "Set what is asked of people"),
            Kind("requirement.changed", "Changed what is asked of people"),
            Kind("requirement.ended", "Ended what was asked of people"),
            Kind("requirement.called_off", "Called off what would have been asked of people"),
            Kind("level.added", "Added a level of training"),
            Kind("level.changed", "Changed a level of training"),
            Kind("equivalent.listed", "Listed a course that counts in place of a module"),
            Kind("equivalent.ended", "Ended that a course counts in place of a module"),
            Kind("training.assigned", "Assigned a module to somebody"),
            Kind("training.assignment_withdrawn", "Withdrew a module that was assigned"),
            Kind("exemption.granted", "Exempted somebody from a module"),
            Kind("exemption.ended", "Ended an exemption"),
            Kind("prior_learning.accepted", "Accepted learning from elsewhere"),
            Kind("prior_learning.ended", "Ended that learning from elsewhere counts"),
            Kind("reminders.sent", "Sent reminders"),
            Kind("impact.signed", "Signed the impact pack of a year"),
            Kind("leave.recorded", "Recorded long leave", Tie.NOBODY),
            Kind("leave.ended", "Ended long leave", Tie.NOBODY),
            Kind("leave.cancelled", "Took back long leave", Tie.NOBODY),
        ),
    ),
    Group(
        "learning",
        "Modules and certificates",
        (
            Kind("flag.answered", "Answered a flag at a module"),
            Kind("certificate.name_corrected", "Corrected the name on a certificate"),
            Kind("certificate.name_kept", "Left the name on a certificate as it was"),
            Kind("certificate.withdrawn", "Withdrew a certificate", Tie.NOBODY),
            Kind("certificate.issued", "Issued a certificate", Tie.NOBODY),
            Kind("certificate.correction_asked", "Asked for another name on a certificate", Tie.NOBODY),
            Kind("flag.raised", "Flagged a passage of a module", Tie.NOBODY),
            Kind("study.started_again", "Began a module again", Tie.NOBODY),
            Kind("study.refreshed", "Began to renew a module", Tie.NOBODY),
            Kind("study.refresher_finished", "Finished renewing a module", Tie.NOBODY),
            Kind("reflection.deleted", "Deleted a note of one’s own", Tie.NOBODY),
        ),
    ),
    Group(
        "service",
        "The service",
        (
            Kind("mail.tried_again", "Let a mail that could not leave be tried again"),
            Kind("mail.all_tried_again", "Let all mails that could not leave be tried again"),
            Kind("mail.dropped", "Dropped a mail that could not leave"),
            Kind("mail.chosen", "Chose which mails come", Tie.NOBODY),
            Kind("retention.applied", "Removed what was over its time", Tie.SITE),
            Kind("audit.erased", "Emptied lines of the record of whom they spoke of", Tie.SITE),
            Kind("backup.restored", "Put a backup back in place", Tie.SITE),
        ),
    ),
)

KINDS = {kind.action: kind for group in GROUPS for kind in group.kinds}
# Lines of these kinds about no account and by nobody are of the site: an address that nobody has was tried.
ALSO_OF_THE_SITE = ("sign_in.failed", "sign_in.held_up")


def tied(*ties: Tie) -> list[str]:
    """The kinds with one of these ties, by the name they are noted under."""
    return [one.action for one in KINDS.values() if one.tie in ties]


def worded(action: str) -> str:
    """What was done, in plain words."""
    found = KINDS.get(action)
    return found.words if found else UNKNOWN
