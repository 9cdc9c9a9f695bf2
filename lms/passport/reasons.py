"""Why a module is asked of somebody, in a sentence. Pure; the status itself is decided in `lms.assignments` alone."""

from lms.assignments.due import FIRST_DUE, ModuleStanding, Status

LEFT_TO_YOU = "Nobody asks it of you. You began it of your own accord."


def why(one: ModuleStanding) -> str:
    """The reason, as the person reads it beside the module."""
    if not one.required:
        return LEFT_TO_YOU
    if one.status is Status.EXEMPT:
        return "Your agency has decided that you need not do it for now."
    if one.status is Status.EXPIRED:
        return "Your agency asks that it stays in date, and your certificate has ended."
    if one.completed_on is not None:
        return "Your agency asks that it stays in date."
    return f"Your agency asks it of everyone in their first {FIRST_DUE.days} days."
