"""Why something is asked of somebody, in a sentence. Pure; the status itself is decided in `lms.assignments` alone."""

from lms.assignments.due import ModuleStanding, Status

LEFT_TO_YOU = "Nobody asks it of you."
ON_LEAVE = "You are on long leave, so it waits until you are back."
EXEMPT = "Your agency has decided that you need not do it for now."
ENDED = "What you did has ended and is to be renewed."
ASKED = "Your agency asks it of you."


def why(one: ModuleStanding) -> str:
    """The reason, as the person reads it: the words of whoever asks, and whether what was done has ended."""
    if not one.required:
        return LEFT_TO_YOU
    if one.status is Status.EXEMPT:
        return ON_LEAVE if one.on_leave else EXEMPT
    reason = " ".join(_sentence(one) for one in one.why) or ASKED
    return f"{reason} {ENDED}" if one.status is Status.EXPIRED else reason


def _sentence(words: str) -> str:
    """The words with a full stop, so that several reasons read one after the other."""
    words = words.strip()
    return words if words.endswith((".", "?")) else f"{words}."
