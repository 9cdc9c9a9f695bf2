"""Every permission and every role of the system, on one page.

A permission says whether a kind of page opens or an act may be tried; which rows a person then sees is written in
each feature's
`policy.py`. Names are `<thing>:<act>`.
"""

from enum import StrEnum


class Permission(StrEnum):
    """What a page or an act can ask for, in alphabetical order."""

    ACTS_READ = "acts:read"
    AGENCY_EDIT = "agency:edit"
    AGENCY_READ = "agency:read"
    CERTIFICATE_CORRECT = "certificate:correct"
    COHORT_EDIT = "cohort:edit"
    CONTENT_ANSWER = "content:answer"
    CONTENT_READ = "content:read"
    FIGURES_READ = "figures:read"
    IMPACT_SIGN = "impact:sign"
    JOINT_READ = "joint:read"
    OPERATE = "operating:use"
    PERSON_ERASE = "person:erase"
    REMINDER_SEND = "reminder:send"
    REPORT_READ = "report:read"
    REQUIREMENT_EDIT = "requirement:edit"
    REQUIREMENT_EXEMPT = "requirement:exempt"
    SCHEME_EDIT = "scheme:edit"


class Role(StrEnum):
    """What a person is at a membership. `Scope` says how far a manager's role reaches. Nobody is given the role of a
    deputy: a manager lends it for some days.
    """

    STAFF = "staff"
    TRAINER = "trainer"
    MANAGER = "manager"
    DEPUTY = "deputy"
    AUTHOR = "author"
    COORDINATOR = "coordinator"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """How far a role reaches: the membership's team, its agency, or the partnership."""

    TEAM = "team"
    AGENCY = "agency"
    PARTNERSHIP = "partnership"


# What concerns everybody on the site, so a role that reaches one agency alone does not carry it.
WIDE = frozenset({Permission.OPERATE, Permission.PERSON_ERASE})

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.STAFF: frozenset(),
    Role.TRAINER: frozenset({Permission.COHORT_EDIT, Permission.JOINT_READ}),
    Role.MANAGER: frozenset(
        {
            Permission.FIGURES_READ,
            Permission.JOINT_READ,
            Permission.REMINDER_SEND,
            Permission.REPORT_READ,
            Permission.REQUIREMENT_EDIT,
            Permission.REQUIREMENT_EXEMPT,
        }
    ),
    Role.DEPUTY: frozenset({Permission.FIGURES_READ, Permission.REMINDER_SEND, Permission.REPORT_READ}),
    Role.AUTHOR: frozenset({Permission.CONTENT_READ, Permission.CONTENT_ANSWER}),
    Role.COORDINATOR: frozenset(
        {
            Permission.CERTIFICATE_CORRECT,
            Permission.COHORT_EDIT,
            Permission.FIGURES_READ,
            Permission.IMPACT_SIGN,
            Permission.JOINT_READ,
            Permission.REPORT_READ,
            Permission.REQUIREMENT_EDIT,
            Permission.SCHEME_EDIT,
        }
    ),
    Role.OBSERVER: frozenset({Permission.FIGURES_READ, Permission.JOINT_READ}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.ACTS_READ,
            Permission.AGENCY_EDIT,
            Permission.AGENCY_READ,
            Permission.CERTIFICATE_CORRECT,
            Permission.OPERATE,
            Permission.PERSON_ERASE,
        }
    ),
}
