"""Who listens to which fact: the whole list, in reading order."""

from lms.certificates import actions as certificates
from lms.core.events import Listeners
from lms.learning import actions as learning
from lms.learning.events import ModuleCompleted
from lms.quizzes.events import QuizPassed


def wire(listeners: Listeners) -> None:
    """Register every handler."""
    listeners.on(QuizPassed, learning.quiz_passed)
    listeners.on(ModuleCompleted, certificates.issue)
