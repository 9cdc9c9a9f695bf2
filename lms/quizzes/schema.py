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
    """What the option says."""
    right: bool = False
    """Whether it is right."""
    why: Words | None = None
    """Of a wrong option: why it is tempting, and what is missing."""


class PairEntry(Written):
    """One pair of a matching question."""

    left: Words
    """The left side."""
    right: Words
    """What belongs to it; all rights are different."""


class _QuestionEntry(Written):
    """What every question has."""

    key: Slug
    """The name of the question; never used for another one."""
    ask: Words
    """The question."""
    feedback: Words
    """What is said at the end, whatever was answered."""
    fact: FactId
    """The fact it tests, like M5-F1."""
    page: Slug
    """The page to read again, by its address."""
    outcome: Number
    """Which of the module's outcomes it tests, counted from 1."""
    evidence: bool = False
    """Whether it trains the reading of evidence."""

    def shared(self) -> dict[str, Any]:
        """The parts that all types have, by name."""
        names = ("key", "ask", "feedback", "fact", "page", "outcome", "evidence")
        return {name: getattr(self, name) for name in names}


class SingleEntry(_QuestionEntry):
    """A question with one right option."""

    type: Literal["single"]
    """single: one right option."""
    options: list[OptionEntry]
    """The options, three or four."""

    def built(self) -> Question:
        """The question for the engine."""
        return Single(options=_options(self.options), **self.shared())


class MultipleEntry(_QuestionEntry):
    """A question with several right options."""

    type: Literal["multiple"]
    """multiple: two or more right options."""
    options: list[OptionEntry]
    """The options, three to five."""

    def built(self) -> Question:
        """The question for the engine."""
        return Multiple(options=_options(self.options), **self.shared())


class OrderingEntry(_QuestionEntry):
    """A question that asks for an order."""

    type: Literal["ordering"]
    """ordering: put in order."""
    items: list[Words]
    """What is put in order, listed in the right order."""

    def built(self) -> Question:
        """The question for the engine."""
        return Ordering(items=tuple(self.items), **self.shared())


class MatchingEntry(_QuestionEntry):
    """A question that asks for pairs."""

    type: Literal["matching"]
    """matching: find what belongs together."""
    pairs: list[PairEntry]
    """What belongs together."""

    def built(self) -> Question:
        """The question for the engine."""
        return Matching(pairs=tuple(Pair(pair.left, pair.right) for pair in self.pairs), **self.shared())


class CheckFile(Written):
    """A knowledge check as its file says it."""

    title: Words
    """What the check is called."""
    kind: Literal["check"]
    """check."""
    module: Slug
    """The module it belongs to, by its folder."""
    draw: Annotated[int, Field(ge=1)]
    """How many questions make one attempt."""
    pass_mark: Percent = 75
    """How many percent must be right."""
    questions: list[Annotated[SingleEntry | MultipleEntry | OrderingEntry | MatchingEntry, Field(discriminator="type")]]
    """The questions, eight or more."""

    def built(self, slug: str) -> KnowledgeCheck:
        """The check for the engine."""
        questions = tuple(question.built() for question in self.questions)
        return KnowledgeCheck(slug, self.title, self.module, self.draw, questions, self.pass_mark)


class SeatEntry(Written):
    """A seat at the table."""

    key: Slug
    """The name of the seat."""
    title: Words
    """Who sits there, like School nurse."""
    sector: Words
    """health, education, social-care, police, voluntary or housing."""
    brief: Words
    """One or two sentences to whoever sits there: “You …”."""


class StateEntry(Written):
    """Something that changes as the story goes."""

    key: Slug
    """The name of what changes."""
    label: Words
    """What it is called on the page, like The family's trust."""
    levels: list[Words]
    """Its levels in words, from worst to best or in order of time."""
    start: Words
    """The level it begins at."""


class MoreEntry(Written):
    """An extra paragraph of a scene."""

    text: Words
    """A further paragraph of the scene, in Markdown."""
    seats: list[Slug] = Field(default_factory=list)
    """The seats that read it; all of them if none is named."""
    when: When = Field(default_factory=dict)
    """The levels at which it is shown."""


class TargetEntry(Written):
    """Where a choice leads, under conditions."""

    go: Slug
    """The scene or ending it leads to."""
    when: When = Field(default_factory=dict)
    """The levels at which it does."""


def _as_list(written: Any) -> Any:
    """`to: ending` is the short way to write a list of one."""
    return [{"go": written}] if isinstance(written, str) else written


class ChoiceEntry(Written):
    """One choice of a scene."""

    key: Slug
    """The name of the choice."""
    text: Words
    """What the learner may do: a full sentence of about 25 words at most."""
    right: bool = False
    """Whether it is the best choice of the scene; exactly one is."""
    points: int
    """0 to 3; the best choice has the most."""
    change: dict[str, int] = Field(default_factory=dict)
    """How many levels something goes up or down."""
    set: dict[str, Words] = Field(default_factory=dict)
    """The level something is set to."""
    then: Words
    """What this led to, for the child, in Markdown."""
    why: Words
    """The feedback at the ending: the firmer ground."""
    tempting: Words | None = None
    """Why a good practitioner might choose it; for every choice that is not the best."""
    fact: FactId
    """The fact the feedback rests on."""
    to: Annotated[list[TargetEntry], BeforeValidator(_as_list, json_schema_input_type=Slug | list[TargetEntry])]
    """The scene or ending it leads to, or a list of which the first that fits counts."""
    seats: dict[str, Words] = Field(default_factory=dict)
    """What another seat would have known or would say, by the name of the seat."""


class SceneEntry(Written):
    """One scene."""

    key: Slug
    """The name of the scene."""
    title: Words
    """When and where, like Week 1: the meeting."""
    story: Words
    """What has happened and what you see, in Markdown."""
    more: list[MoreEntry] = Field(default_factory=list)
    """Further paragraphs for some seats or states."""
    ask: Words
    """The question to the learner, mostly: What do you do?"""
    choices: list[ChoiceEntry]
    """Three or four things to do."""


class EndingEntry(Written):
    """One ending."""

    key: Slug
    """The name of the ending."""
    title: Words
    """When, like Week 12."""
    acceptable: bool = False
    """Whether it can be passed."""
    story: Words
    """What became of the child, in Markdown."""


class ScenarioFile(Written):
    """A scenario as its file says it."""

    title: Words
    """What the scenario is called."""
    kind: Literal["scenario"]
    """scenario."""
    module: Slug
    """The module it belongs to, by its folder."""
    child: Words
    """The child's name, nine letters at most."""
    intro: Words
    """The case, about 80 words of Markdown."""
    outcomes: Annotated[list[Number], Field(min_length=1)]
    """Which of the module's outcomes it practises, counted from 1."""
    pass_mark: Percent = 70
    """How many percent of the best path's points are needed."""
    seats: list[SeatEntry]
    """Three to six seats, of which the learner picks one."""
    others: list[Words] = Field(default_factory=list)
    """People at the table whom nobody plays."""
    state: list[StateEntry]
    """Two to four things that change as the story goes."""
    start: Slug
    """The name of the first scene."""
    scenes: Annotated[list[SceneEntry], Field(min_length=1)]
    """The scenes."""
    endings: Annotated[list[EndingEntry], Field(min_length=1)]
    """The endings, two or more."""

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
