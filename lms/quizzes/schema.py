"""What authors may write in a quiz file: the keys, and what each must hold; and the quiz that comes of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from lms.catalogue.schema import FactId, Slug, Words, Written
from lms.quizzes.quiz import (
    Choice,
    Comparison,
    Condition,
    Ending,
    KnowledgeCheck,
    Matching,
    More,
    Multiple,
    Option,
    Ordering,
    Pair,
    Question,
    Scenario,
    Scene,
    Seat,
    Single,
    StateVariable,
    Target,
)

Number = Annotated[int, Field(ge=1)]
Percent = Annotated[int, Field(ge=1, le=100)]
When = dict[str, Annotated[dict[Literal["at_least", "at_most", "is"], Words], Field(min_length=1)]]


class OptionEntry(Written):
    """One option of a question."""

    text: Words
    right: bool = False
    why: Words | None = None


class PairEntry(Written):
    """One pair of a matching question."""

    left: Words
    right: Words


class _QuestionEntry(Written):
    """What every question has."""

    key: Slug
    ask: Words
    feedback: Words
    fact: FactId
    page: Slug
    outcome: Number
    evidence: bool = False

    def shared(self) -> dict[str, Any]:
        """The parts that all types have, by name."""
        names = ("key", "ask", "feedback", "fact", "page", "outcome", "evidence")
        return {name: getattr(self, name) for name in names}


class SingleEntry(_QuestionEntry):
    """A question with one right option."""

    type: Literal["single"]
    options: list[OptionEntry]

    def built(self) -> Question:
        """The question for the engine."""
        return Single(options=_options(self.options), **self.shared())


class MultipleEntry(_QuestionEntry):
    """A question with several right options."""

    type: Literal["multiple"]
    options: list[OptionEntry]

    def built(self) -> Question:
        """The question for the engine."""
        return Multiple(options=_options(self.options), **self.shared())


class OrderingEntry(_QuestionEntry):
    """A question that asks for an order."""

    type: Literal["ordering"]
    items: list[Words]

    def built(self) -> Question:
        """The question for the engine."""
        return Ordering(items=tuple(self.items), **self.shared())


class MatchingEntry(_QuestionEntry):
    """A question that asks for pairs."""

    type: Literal["matching"]
    pairs: list[PairEntry]

    def built(self) -> Question:
        """The question for the engine."""
        return Matching(pairs=tuple(Pair(pair.left, pair.right) for pair in self.pairs), **self.shared())


class CheckFile(Written):
    """A knowledge check as its file says it."""

    title: Words
    kind: Literal["check"]
    module: Slug
    draw: Annotated[int, Field(ge=1)]
    pass_mark: Percent = 75
    questions: list[Annotated[SingleEntry | MultipleEntry | OrderingEntry | MatchingEntry, Field(discriminator="type")]]

    def built(self, slug: str) -> KnowledgeCheck:
        """The check for the engine."""
        questions = tuple(question.built() for question in self.questions)
        return KnowledgeCheck(slug, self.title, self.module, self.draw, questions, self.pass_mark)


class SeatEntry(Written):
    """A seat at the table."""

    key: Slug
    title: Words
    sector: Words
    brief: Words


class StateEntry(Written):
    """Something that changes as the story goes."""

    key: Slug
    label: Words
    levels: list[Words]
    start: Words


class MoreEntry(Written):
    """An extra paragraph of a scene."""

    text: Words
    seats: list[Slug] = Field(default_factory=list)
    when: When = Field(default_factory=dict)


class TargetEntry(Written):
    """Where a choice leads, under conditions."""

    go: Slug
    when: When = Field(default_factory=dict)


def _as_list(written: Any) -> Any:
    """`to: ending` is the short way to write a list of one."""
    return [{"go": written}] if isinstance(written, str) else written


class ChoiceEntry(Written):
    """One choice of a scene."""

    key: Slug
    text: Words
    right: bool = False
    points: int
    change: dict[str, int] = Field(default_factory=dict)
    set: dict[str, Words] = Field(default_factory=dict)
    then: Words
    why: Words
    tempting: Words | None = None
    fact: FactId
    to: Annotated[list[TargetEntry], BeforeValidator(_as_list)]
    seats: dict[str, Words] = Field(default_factory=dict)


class SceneEntry(Written):
    """One scene."""

    key: Slug
    title: Words
    story: Words
    more: list[MoreEntry] = Field(default_factory=list)
    ask: Words
    choices: list[ChoiceEntry]


class EndingEntry(Written):
    """One ending."""

    key: Slug
    title: Words
    acceptable: bool = False
    story: Words


class ScenarioFile(Written):
    """A scenario as its file says it."""

    title: Words
    kind: Literal["scenario"]
    module: Slug
    child: Words
    intro: Words
    outcomes: Annotated[list[Number], Field(min_length=1)]
    pass_mark: Percent = 70
    seats: list[SeatEntry]
    others: list[Words] = Field(default_factory=list)
    state: list[StateEntry]
    start: Slug
    scenes: Annotated[list[SceneEntry], Field(min_length=1)]
    endings: Annotated[list[EndingEntry], Field(min_length=1)]

    def built(self, slug: str) -> Scenario:
        """The scenario for the engine; its stories are still Markdown."""
        return Scenario(
            slug=slug,
            title=self.title,
            module=self.module,
            child=self.child,
            intro=self.intro,
            seats=tuple(Seat(**dict(seat)) for seat in self.seats),
            state=tuple(StateVariable(one.key, one.label, tuple(one.levels), one.start) for one in self.state),
            start=self.start,
            scenes=tuple(_scene(scene) for scene in self.scenes),
            endings=tuple(Ending(**dict(ending)) for ending in self.endings),
            others=tuple(self.others),
            pass_mark=self.pass_mark,
            outcomes=tuple(self.outcomes),
        )


def _options(entries: list[OptionEntry]) -> tuple[Option, ...]:
    return tuple(Option(entry.text, entry.right, entry.why) for entry in entries)


def _scene(entry: SceneEntry) -> Scene:
    more = tuple(More(part.text, tuple(part.seats), _conditions(part.when)) for part in entry.more)
    return Scene(
        entry.key, entry.title, entry.story, entry.ask, tuple(_choice(choice) for choice in entry.choices), more
    )


def _choice(entry: ChoiceEntry) -> Choice:
    to = tuple(Target(target.go, _conditions(target.when)) for target in entry.to)
    return Choice(**{**dict(entry), "to": to})


def _conditions(when: Mapping[str, Mapping[Any, str]]) -> tuple[Condition, ...]:
    return tuple(
        Condition(variable, Comparison(test), level)
        for variable, tests in when.items()
        for test, level in tests.items()
    )
