"""Proof-reading of a quiz's words: what a learner reads as ours may claim no more than the evidence carries, and every
short form is spelled out where it first stands.

Wrong options, and wrong choices of a scenario, may overclaim: that is what they are there for.
"""

from collections.abc import Iterator, Sequence

from lms.catalogue import prose
from lms.catalogue.proof import reading_faults
from lms.catalogue.strict_yaml import Document, Fault
from lms.quizzes.quiz import KnowledgeCheck, Matching, Ordering, Question, Scenario, Scene

Where = tuple[str | int, ...]
Said = tuple[Where, str]


def word_faults(document: Document, quiz: KnowledgeCheck | Scenario) -> Iterator[Fault]:
    """Claims beyond their evidence, unexplained short forms, and a text too hard to read."""
    if isinstance(quiz, KnowledgeCheck):
        groups = [_shown(place, question) for place, question in enumerate(quiz.questions)]
        ours = [said for place, question in enumerate(quiz.questions) for said in _ours_of(place, question)]
    else:
        groups = [_told(quiz)]
        ours = [*_told(quiz), *_reasons(quiz)]
    for where, text in ours:
        for found in prose.overclaims(prose.bare(text)):
            yield document.fault_within(where, text, found.at, found.message, found.rule)
    for group in groups:
        yield from _unexplained(document, group)
    read = (block for group in groups for _, text in group for block in prose.paragraphs(text))
    yield from reading_faults(read, document.fault((), "", "reading-age"))


def _unexplained(document: Document, group: Sequence[Said]) -> Iterator[Fault]:
    """Short forms of texts that are read one after the other; one is spelled out the first time only."""
    whole = "\n\n".join(prose.bare(text) for _, text in group)
    for found in prose.unexplained(whole):
        at = found.at
        for where, text in group:
            if at < len(text) + 2:
                yield document.fault_within(where, text, at, found.message, found.rule)
                break
            at -= len(text) + 2


def _shown(place: int, question: Question) -> list[Said]:
    """All that a learner reads of a question, in the order in which they read it."""
    where = ("questions", place)
    said: list[Said] = [((*where, "ask"), question.ask)]
    if isinstance(question, Ordering):
        said += [((*where, "items", n), item) for n, item in enumerate(question.items)]
    elif isinstance(question, Matching):
        for n, pair in enumerate(question.pairs):
            said += [((*where, "pairs", n, "left"), pair.left), ((*where, "pairs", n, "right"), pair.right)]
    else:
        said += [((*where, "options", n, "text"), option.text) for n, option in enumerate(question.options)]
        said += [((*where, "options", n, "why"), option.why or "") for n, option in enumerate(question.options)]
    return [*said, ((*where, "feedback"), question.feedback)]


def _ours_of(place: int, question: Question) -> list[Said]:
    """What a question says in our own voice: its feedback, its reasons, and its right options."""
    where = ("questions", place)
    said: list[Said] = [((*where, "feedback"), question.feedback)]
    if not isinstance(question, Ordering | Matching):
        for n, option in enumerate(question.options):
            key, text = ("text", option.text) if option.right else ("why", option.why or "")
            said.append(((*where, "options", n, key), text))
    return said


def _told(scenario: Scenario) -> list[Said]:
    """The story as it is told: the case, the seats, each scene with what its choices lead to, and the endings."""
    said: list[Said] = [(("intro",), scenario.intro)]
    said += [(("seats", n, "brief"), seat.brief) for n, seat in enumerate(scenario.seats)]
    for n, scene in enumerate(scenario.scenes):
        said += _of_scene(("scenes", n), scene)
    return said + [(("endings", n, "story"), ending.story) for n, ending in enumerate(scenario.endings)]


def _of_scene(where: Where, scene: Scene) -> Iterator[Said]:
    yield (*where, "story"), scene.story
    for n, more in enumerate(scene.more):
        yield (*where, "more", n, "text"), more.text
    for n, choice in enumerate(scene.choices):
        yield (*where, "choices", n, "then"), choice.then


def _reasons(scenario: Scenario) -> Iterator[Said]:
    """The feedback of every choice."""
    for n, scene in enumerate(scenario.scenes):
        for m, choice in enumerate(scene.choices):
            yield ("scenes", n, "choices", m, "why"), choice.why
