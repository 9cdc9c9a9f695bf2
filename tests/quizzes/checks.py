"""A knowledge check for tests, with every type of question, and a person who fills in its forms by their words."""

from typing import Any

from lms.quizzes.quiz import KnowledgeCheck, Matching, Multiple, Option, Ordering, Pair, Question, Scenario, Single
from tests.support.browser import Page, Visitor

SLUG, MODULE = "four-kinds-check", "lead-professional"
REST: dict[str, Any] = {"fact": "M5-F1", "page": "a-set-of-functions"}


def single(key: str, page: str = "a-set-of-functions") -> Single:
    """A question with one right option."""
    options = (
        Option(f"Right of {key}", right=True),
        Option(f"Wrong of {key}", why=f"Why {key} is tempting."),
        Option(f"Odd of {key}", why="Not at all."),
    )
    return Single(key, f"Which holds for {key}?", options, f"What {key} teaches.", "M5-F1", page)


ALL_THAT_APPLY = Multiple(
    "all",
    "Which of these hold?",
    (Option("One", right=True), Option("Two", right=True), Option("Three", why="Three is near."), Option("4", why="?")),
    "One and two hold.",
    **REST,
)
IN_ORDER = Ordering("order", "What comes when?", ("First", "Second", "Third"), "First things first.", **REST)
TOGETHER = Matching("match", "What belongs together?", (Pair("Cup", "Tea"), Pair("Pen", "Ink")), "As ever.", **REST)
FOUR = (single("trust"), ALL_THAT_APPLY, IN_ORDER, TOGETHER)


def four_kinds(*questions: Question, draw: int = 4, pass_mark: int = 75) -> KnowledgeCheck:
    """A check that asks one question of each type, or those that are handed in."""
    return KnowledgeCheck(SLUG, "Four kinds", MODULE, draw, questions or FOUR, pass_mark)


def asked(check: KnowledgeCheck, page: Page) -> Question:
    """The question that a page asks, known by its words."""
    return next(question for question in check.questions if question.ask == page.h1)


def filled_in(question: Question, page: Page, *, rightly: bool = True) -> dict[str, Any]:
    """What a person sends who reads the labels: everything right, or something plainly wrong."""
    if isinstance(question, Ordering | Matching):
        texts = {label.get("for"): " ".join(label.text_content().split()) for label in page.all("//form//label")}
        chosen = {}
        for number, select in enumerate(page.all("//form[@data-question]//select")):
            values = {option.text.strip(): option.get("value") for option in select.xpath(".//option")}
            chosen[select.get("name")] = values[_wanted(question, texts[select.get("id")], number, rightly)]
        return chosen
    wanted = [option.text for option in question.options if option.right == rightly]
    values = {text: value for value, text in offered(page)}
    return {"answer": [values[text] for text in (wanted if rightly else wanted[:1])]}


def _wanted(question: Ordering | Matching, label: str, number: int, rightly: bool) -> str:
    if isinstance(question, Ordering):
        size = len(question.items)
        place = question.items.index(label)
        return str(place + 1 if rightly else (place + 1) % size + 1)
    rights = {pair.left: pair.right for pair in question.pairs}
    wrong = dict(zip(rights, [*list(rights.values())[1:], next(iter(rights.values()))], strict=True))
    return rights[label] if rightly else wrong[label]


def offered(page: Page) -> list[tuple[str, str]]:
    """The options of a page with radio buttons or boxes, each with its value and its words."""
    labels = page.all("//form[@data-question or @data-scene]//label[input]")
    return [(label.xpath("./input")[0].get("value"), label.text_content().strip()) for label in labels]


def begin(visitor: Visitor, slug: str, **data: Any) -> Page:
    """Press the button on a quiz's front and arrive where it leads."""
    page = visitor.get("quizzes.front", quiz=slug)
    sent = visitor.send(page, page.forms("data-start")[0], data)
    return visitor.follow(visitor.follow(sent, expect=303))


def reply(visitor: Visitor, check: KnowledgeCheck, page: Page, *, rightly: bool = True) -> Page:
    """Answer the question on a page and arrive at the next page."""
    (form,) = page.forms("data-question")
    return visitor.follow(visitor.send(page, form, filled_in(asked(check, page), page, rightly=rightly)))


def sit(visitor: Visitor, check: KnowledgeCheck, wrong: tuple[str, ...] = ()) -> Page:
    """Take a check from its front to its result, with wrong answers to these questions."""
    page = begin(visitor, check.slug)
    while page.forms("data-question"):
        page = reply(visitor, check, page, rightly=asked(check, page).key not in wrong)
    return page


def decide(visitor: Visitor, scenario: Scenario, page: Page, key: str) -> Page:
    """Choose in the scene on a page, by the words of the choice, and arrive at the next page."""
    (form,) = page.forms("data-scene")
    texts = {choice.text: choice.key for scene in scenario.scenes for choice in scene.choices}
    value = next(value for value, text in offered(page) if texts[text] == key)
    sent = visitor.send(page, form, {"choice": value})
    return visitor.follow(visitor.follow(sent, expect=303))


def play(visitor: Visitor, scenario: Scenario, *keys: str, seat: str = "charity") -> Page:
    """Take a seat and make these choices one after the other."""
    page = begin(visitor, scenario.slug, seat=seat)
    for key in keys:
        page = decide(visitor, scenario, page, key)
    return page
