"""Who listens to which fact, and who answers for whom: the whole list, in reading order."""

from lms.analysis import files as analysis
from lms.certificates import actions as certificates
from lms.certificates import correcting
from lms.chasing import actions as chasing
from lms.chasing import rechecks
from lms.cohorts import apart, whereabouts
from lms.cohorts.actions import approving, contesting
from lms.cohorts.events import SessionMoved
from lms.compliance import files as compliance
from lms.core.events import Listeners
from lms.exports import registry as exports
from lms.exports.actions import keeping, making
from lms.learning import actions as learning
from lms.learning.events import ModuleCompleted, ProgrammeCompleted
from lms.notifications import rechecking
from lms.outcomes import actions as outcomes
from lms.people import deputies
from lms.people import queries as people
from lms.planning import queries as planning
from lms.quizzes import narrowing
from lms.quizzes.events import QuizPassed
from lms.releasing import files as releasing
from lms.reports import files as reports
from lms.rights import asking as erasures
from lms.seating import actions as seating_actions
from lms.seating import queries as seating
from lms.together import files as together

# Every sheet that can be taken along as a file or kept as a view.
SHEETS = (*reports.SHEETS, *releasing.SHEETS, *compliance.SHEETS, *together.SHEETS, *analysis.SHEETS)


# What mails say now, asked just before they leave: whatever was undone meanwhile is not mailed.
RECHECKS = {
    **rechecks.CHECKS,
    deputies.NAMED: deputies.still_named,
    "certificates/name_asked": correcting.still_asked,
    "cohorts/approval": approving.still_asked,
    "cohorts/contested": contesting.still_contested,
    erasures.ASKED: erasures.still_asked,
    erasures.CHECKED: erasures.still_asked,
    "outcomes/to_co_sign": outcomes.still_to_co_sign,
    "exports/view": keeping.still_wanted,
    "exports/ready": making.still_there,
    "exports/failed": making.still_there,
}


def supply(extensions: dict[str, object]) -> None:
    """Give lower features the answers that only higher ones have."""
    narrowing.supply(extensions, learning.questions_to_refresh)
    whereabouts.supply(extensions, seating.tables_in_words)
    apart.supply(extensions, planning.apart_among)
    exports.supply(extensions, SHEETS)
    rechecking.supply(extensions, RECHECKS, people.has_open_account)


def wire(listeners: Listeners) -> None:
    """Register every handler."""
    listeners.on(QuizPassed, learning.quiz_passed)
    listeners.on(ModuleCompleted, certificates.issue)
    listeners.on(ModuleCompleted, chasing.done_meanwhile)
    listeners.on(ProgrammeCompleted, certificates.issue_programme)
    listeners.on(SessionMoved, seating_actions.session_moved)
