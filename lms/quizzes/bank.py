"""What is wrong with the questions of a knowledge check as they are written, before anyone is asked them."""

from collections import Counter
from collections.abc import Collection, Iterator
from math import ceil

from lms.quizzes.faults import blank, repeated
from lms.quizzes.quiz import KnowledgeCheck, Matching, Multiple, Ordering, Problem, Question, Single, unknown

FEWEST_QUESTIONS = 8
LONGEST_PERCENT = 40  # of single questions in which the right option may be the longest
PLACE_PERCENT = 60  # of them in which it may stand in one place of the list


def faults(
    check: KnowledgeCheck, facts: Collection[str] | None = None, pages: Collection[str] | None = None
) -> list[Problem]:
    """Everything that keeps a knowledge check from being used, in the order of the file.

    `facts` are the ids of the module's facts and `pages` the slugs of its pages; None leaves them unchecked.
    """
    count = len(check.questions)
    found = [*blank((), title=check.title)]
    if not 1 <= check.pass_mark <= 100:
        found.append(Problem(("pass_mark",), "The pass mark is a percentage from 1 to 100.", "pass-mark"))
    if not 1 <= check.draw <= count:
        found.append(
            Problem(("draw",), f"`draw` must be from 1 to the number of questions, which is {count}.", "question")
        )
    if count < FEWEST_QUESTIONS:
        found.append(
            Problem(
                ("questions",), f"A check has at least {FEWEST_QUESTIONS} questions; this one has {count}.", "question"
            )
        )
    for place, key in repeated(question.key for question in check.questions):
        found.append(Problem(("questions", place, "key"), f"Two questions have the key `{key}`.", "repeated"))
    for place, question in enumerate(check.questions):
        where = ("questions", place)
        found.extend(blank(where, ask=question.ask, feedback=question.feedback))
        if facts is not None and question.fact not in facts:
            found.append(Problem((*where, "fact"), unknown("fact", question.fact, facts), "unknown-name"))
        if pages is not None and question.page not in pages:
            found.append(Problem((*where, "page"), unknown("page", question.page, pages), "unknown-name"))
        found.extend(_parts(question, where))
    found.extend(_longest(check))
    return found


def warnings(check: KnowledgeCheck) -> list[Problem]:
    """What an author should look at: right options that mostly stand in one place, and options that name the others."""
    found = list(_places(check))
    for place, question in enumerate(check.questions):
        for number, option in enumerate(question.options if isinstance(question, Single | Multiple) else ()):
            if "of the above" in option.text.casefold():
                at = ("questions", place, "options", number, "text")
                found.append(Problem(at, "Options are shuffled, so there is no above. Say what is meant.", "giveaway"))
    return found


def _longest(check: KnowledgeCheck) -> Iterator[Problem]:
    """The habit of writing the right option with the most care, and so the longest."""
    singles = _singles(check)
    longest = 0
    for single in singles:
        right = max(len(option.text) for option in single.options if option.right)
        longest += all(len(option.text) < right for option in single.options if not option.right)
    if longest * 100 > LONGEST_PERCENT * len(singles):
        sentence = f"The right option is the longest in {longest} of {len(singles)} questions with one right option."
        yield Problem(("questions",), sentence, "giveaway")


def _places(check: KnowledgeCheck) -> Iterator[Problem]:
    """The habit of writing the right option in the same place; what cannot be spread more evenly is none."""
    singles = _singles(check)
    places = Counter(next(n for n, option in enumerate(single.options) if option.right) for single in singles)
    even = ceil(len(singles) / max((len(single.options) for single in singles), default=1))
    for place, count in sorted(places.items()):
        if count * 100 > PLACE_PERCENT * len(singles) and count > even:
            sentence = f"The right option is number {place + 1} in {count} of {len(singles)} questions with one."
            yield Problem(("questions",), sentence, "giveaway")


def _singles(check: KnowledgeCheck) -> list[Single]:
    """The questions with one right option that have one; the others are told elsewhere."""
    singles = [question for question in check.questions if isinstance(question, Single)]
    return [single for single in singles if any(option.right for option in single.options)]


def _parts(question: Question, where: tuple[str | int, ...]) -> Iterator[Problem]:
    """The faults in the options, items or pairs of one question."""
    name = {"ordering": "items", "matching": "pairs"}.get(question.type, "options")
    if len(_of(question)) < 2:
        yield Problem((*where, name), f"There must be at least two {name}.", "question")
    if isinstance(question, Ordering):
        for place, item in repeated(question.items):
            yield Problem((*where, "items", place), f"The item `{item}` is listed twice.", "repeated")
    elif isinstance(question, Matching):
        for place, text in repeated(pair.left for pair in question.pairs):
            yield Problem((*where, "pairs", place, "left"), f"The left side `{text}` is listed twice.", "repeated")
        for place, text in repeated(pair.right for pair in question.pairs):
            yield Problem(
                (*where, "pairs", place, "right"),
                f"Rights must all be different; `{text}` is listed twice.",
                "repeated",
            )
    else:
        yield from _options(question, where)


def _options(question: Single | Multiple, where: tuple[str | int, ...]) -> Iterator[Problem]:
    rights = sum(option.right for option in question.options)
    if isinstance(question, Single) and rights != 1:
        sentence = f"A single question has exactly one option with `right: true`; this one has {rights}."
        yield Problem((*where, "options"), sentence, "question")
    if isinstance(question, Multiple) and rights < 2:
        sentence = f"A multiple question has two or more options with `right: true`; this one has {rights}."
        yield Problem((*where, "options"), sentence, "question")
    for place, _ in repeated(option.text for option in question.options):
        yield Problem((*where, "options", place, "text"), "Two options of this question say the same.", "repeated")
    for place, option in enumerate(question.options):
        at = (*where, "options", place)
        yield from blank(at, text=option.text)
        if not option.right and not (option.why or "").strip():
            yield Problem(
                (*at, "why"), "Every wrong option says in `why` why it is tempting and what is missing.", "feedback"
            )


def _of(question: Question) -> Collection[object]:
    """The options, items or pairs of a question."""
    if isinstance(question, Ordering):
        return question.items
    return question.pairs if isinstance(question, Matching) else question.options
