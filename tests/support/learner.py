"""Somebody who knows all the right answers, and goes through a module to its certificate by what the pages offer."""

from collections import Counter
from collections.abc import Callable, Iterator

from playwright.sync_api import Locator, Page

from lms.quizzes.quiz import KnowledgeCheck, Matching, Ordering, Question, Scenario
from lms.quizzes.shelf import Quiz
from tests.support.hands import Hands

MOST_STEPS = 80


class Learner:
    """Finds on each page what is to be done there and does it with the given hands; `passed` counts kinds of pages.

    `seen` is called with each page that was opened.
    """

    def __init__(self, page: Page, hands: Hands, quizzes: dict[str, Quiz], seen: Callable[[Page], None]) -> None:
        self.page = page
        self.hands = hands
        self.quizzes = quizzes
        self.seen = seen
        self.passed: Counter[str] = Counter()

    def open(self, target: Locator) -> None:
        """Press a button or follow a link, and look at the page it leads to."""
        self.hands.press(target)
        self.seen(self.page)

    def link(self, words: str) -> Locator:
        """The first link with exactly these words."""
        return self.page.get_by_role("link", name=words, exact=True).first

    def button(self, words: str) -> Locator:
        """The button with exactly these words."""
        return self.page.get_by_role("button", name=words, exact=True)

    def sign_in(self, email: str, password: str) -> None:
        """Fill in the sign-in form and send it."""
        self.hands.write(self.page.get_by_label("Work e-mail"), email)
        self.hands.write(self.page.get_by_label("Password"), password)
        self.open(self.button("Sign in"))

    def finish(self, title: str) -> None:
        """From any page to the end of a module: its pages, its quizzes."""
        self.open(self.link("Modules"))
        self.open(self.page.locator("main").get_by_role("link", name=title, exact=True).first)
        for _ in range(MOST_STEPS):
            if self.page.get_by_role("heading", name="You finished this module").count():
                return
            self._step()
        raise AssertionError(f"{MOST_STEPS} steps do not finish {title}: at {self.page.url}")

    def _step(self) -> None:
        for kind, do in self._doings():
            if self.page.locator(kind).count():
                self.passed[kind] += 1
                do()
                return
        self.open(self.page.locator("main .panel a.btn").first)

    def _doings(self) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "[data-continue]", lambda: self.open(self.page.locator("[data-continue] button"))
        yield "[data-question]", self._answer
        yield "[data-scene]", self._decide
        yield "[data-result]", self._go_on
        yield "[data-start]", self._start

    def _start(self) -> None:
        seats = self.page.locator("[data-start] input[type=radio]")
        if seats.count():
            self.hands.tick(seats.nth(1))
        self.open(self.page.locator("[data-start] button"))

    def _go_on(self) -> None:
        assert self.page.locator("[data-result=passed]").count(), f"not passed: {self.page.url}"
        self.open(self.page.locator("main .acts a.btn").first)

    def _quiz(self) -> Quiz:
        return self.quizzes[self.page.url.split("/quizzes/")[1].split("/")[0]]

    def _decide(self) -> None:
        scenario, title = self._quiz(), self.page.locator("h1").inner_text()
        assert isinstance(scenario, Scenario)
        (scene,) = (scene for scene in scenario.scenes if scene.title == title)
        (right,) = (choice.text for choice in scene.choices if choice.right)
        self.hands.tick(self._option(right))
        self.open(self.page.locator("[data-scene] button"))

    def _answer(self) -> None:
        check, asked = self._quiz(), self.page.locator("h1").inner_text()
        assert isinstance(check, KnowledgeCheck)
        (question,) = (question for question in check.questions if question.ask == asked)
        self._give(question)
        self.open(self.page.locator("[data-question] button"))

    def _give(self, question: Question) -> None:
        if isinstance(question, Ordering):
            for place, item in enumerate(question.items, start=1):
                self.hands.pick(self._list(item), str(place))
        elif isinstance(question, Matching):
            for pair in question.pairs:
                self.hands.pick(self._list(pair.left), pair.right)
        else:
            offered = self.page.locator(".pick label").all_inner_texts()
            rights = {option.text for option in question.options if option.right}
            for words in offered:
                if words.strip() in rights:
                    self.hands.tick(self._option(words.strip()))

    def _option(self, words: str) -> Locator:
        return self.page.get_by_label(words, exact=True)

    def _list(self, words: str) -> Locator:
        return self.page.get_by_label(words, exact=True)
