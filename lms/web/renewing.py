"""Pages on a screen that nobody touches: when the browser loads them anew (`common-ground.js`)."""

from datetime import datetime

from lms.core import clock


def seconds_to(moment: datetime | None) -> int | None:
    """How many seconds a page on a screen is good for: until just after this moment."""
    return None if moment is None else max(1, int((moment - clock.now()).total_seconds()) + 1)
