"""Every report there is: the question it answers, where it is, and who may open it. A new report is one entry here.

`is_for` says who finds it on the list; the report's own page and query decide, as everywhere, what is in it. A contract
test opens each report as everybody it is for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lms.core.actor import Actor
from lms.core.permissions import Permission, Role, Scope

Audience = Callable[[Actor], bool]


def everyone(_actor: Actor) -> bool:
    """Whoever is signed in."""
    return True


def can(permission: Permission) -> Audience:
    """People with a role that carries the permission."""
    return lambda actor: actor.can(permission)


def runs_cohorts(actor: Actor) -> bool:
    """Trainers, who see the cohorts they run, and training coordinators."""
    return actor.has(Role.TRAINER) or bool(actor.partnerships(Role.COORDINATOR))


def watches(actor: Actor) -> bool:
    """The partner board."""
    return bool(actor.partnerships(Role.OBSERVER))


def has_joint_figures(actor: Actor) -> bool:
    """Whoever sees figures of joint days: those above, and managers of whole agencies."""
    return runs_cohorts(actor) or watches(actor) or bool(actor.managed_agencies)


def reads_evaluations(actor: Actor) -> bool:
    """Whoever sees what answers before and after joint days add up to. Managers never do."""
    return runs_cohorts(actor) or watches(actor)


def writes_content(actor: Actor) -> bool:
    """Authors of a partnership's content."""
    return any(seat.has(Role.AUTHOR, scope) for seat in actor.seats for scope in Scope)


@dataclass(frozen=True)
class Report:
    """One report: the question it answers, a line on what is in it, its page, and who finds it here."""

    question: str
    about: str
    endpoint: str
    is_for: Audience


@dataclass(frozen=True)
class Group:
    """Reports about one thing."""

    name: str
    reports: Sequence[Report]


REPORTS: tuple[Group, ...] = (
    Group(
        "People and what they need",
        (
            Report(
                "Who in my team is out of date, and who is due soon?",
                "Everybody you answer for, by module, with dates.",
                "reports.completion",
                can(Permission.REPORT_READ),
            ),
            Report(
                "How much is in date?",
                "By agency, team, job, level, locality or module, on any day.",
                "compliance.table",
                can(Permission.FIGURES_READ),
            ),
            Report(
                "Is it getting better?",
                "How much was in date at the end of each month of the last year.",
                "compliance.course",
                can(Permission.FIGURES_READ),
            ),
            Report(
                "What have I done, and what can I show of it?",
                "Your own record: completions, certificates and joint days, to take along.",
                "record.record",
                everyone,
            ),
            Report(
                "Who looked at my training?",
                "Each time somebody looked at your dates and completions.",
                "looked.listed",
                everyone,
            ),
            Report(
                "What do my managers see of me?",
                "Your own dates and completions, as they read them.",
                "reports.mine",
                everyone,
            ),
        ),
    ),
    Group(
        "Joint days",
        (
            Report(
                "Are the places on joint days used?",
                "Capacity, bookings, cancellations, who came, and five measures, by agency and course.",
                "together.figures",
                has_joint_figures,
            ),
            Report(
                "Are the rooms mixed?",
                "Each agency’s share as planned and on the day, beside its share of the workforce.",
                "together.mix",
                runs_cohorts,
            ),
            Report(
                "Who has trained with whom?",
                "Pairs of agencies whose people have met, and those that hardly have.",
                "together.matrix",
                has_joint_figures,
            ),
            Report(
                "Who waits for a place, and how long?",
                "Waits by agency and job, offers, requests declined, and places held for sectors.",
                "together.waiting",
                has_joint_figures,
            ),
            Report(
                "What do joint days change?",
                "Usefulness, confidence, knowledge and practice over many cohorts, with intervals and limits.",
                "together.evaluation",
                reads_evaluations,
            ),
        ),
    ),
    Group(
        "Content",
        (
            Report(
                "Which questions are too hard, too easy or a trap?",
                "Each question and decision: share right, what was picked, and what caught people.",
                "analysis.answers",
                writes_content,
            ),
        ),
    ),
)


def offered_to(actor: Actor) -> list[Group]:
    """The reports this person may open; groups without one are left out."""
    found = (Group(group.name, [one for one in group.reports if one.is_for(actor)]) for group in REPORTS)
    return [group for group in found if group.reports]
