"""Reads `quizzes/` into knowledge checks and scenarios, checks them against the modules, and renders their stories."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lms.catalogue.annex import read as read_annex
from lms.catalogue.content import Library, Module
from lms.catalogue.folder import read_yaml, shown
from lms.catalogue.library import read as read_modules
from lms.catalogue.markdown import Around, render_block
from lms.catalogue.proof import Names, link_faults
from lms.catalogue.rules import Rule
from lms.catalogue.schema import SLUG
from lms.catalogue.strict_yaml import ContentFaults, Document, Fault, Level, ruled, validate
from lms.config import Settings
from lms.quizzes import bank, paths
from lms.quizzes.faults import written_faults
from lms.quizzes.proof import word_faults
from lms.quizzes.quiz import Choice, KnowledgeCheck, More, Problem, Scenario, Scene, unknown
from lms.quizzes.schema import CheckFile, ScenarioFile

Quiz = KnowledgeCheck | Scenario
Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Quizzes:
    """All quizzes by slug. The stories of scenarios are HTML already, and safe to show."""

    by_slug: Mapping[str, Quiz]

    def quiz(self, slug: str) -> Quiz | None:
        """The quiz at this address, or None."""
        return self.by_slug.get(slug)

    def of(self, module: Module) -> tuple[Quiz, ...]:
        """The quizzes of a module, in the module's order."""
        return tuple(self.by_slug[slug] for slug in module.quizzes if slug in self.by_slug)


@dataclass(frozen=True)
class _Names:
    """What the quizzes of one module may name, those included whose entries have faults; and the module's header."""

    header: Document
    facts: Collection[str]
    terms: Collection[str]
    pages: Collection[str]
    outcomes: int


@dataclass(frozen=True)
class _Ground:
    """What quizzes are checked against: the modules that could be read, and the names in all of them by slug."""

    library: Library
    names: Mapping[str, _Names]
    works: Collection[str]


def load(quizzes_dir: Path, library: Library, more: Sequence[Path] = ()) -> Quizzes:
    """Read the quizzes for use. Raises ContentFaults with all faults; warnings do not stand in the way."""
    names = {
        module.slug: _Names(
            Document(f"modules/{module.slug}/module.md"),
            module.facts,
            module.glossary,
            [page.slug for page in module.pages],
            len(module.outcomes),
        )
        for module in library.modules
    }
    quizzes, faults = _read([quizzes_dir, *more], _Ground(library, names, library.references))
    if any(fault.level == "fault" for fault in faults):
        raise ContentFaults(faults)
    return quizzes


def scenario(path: Path) -> tuple[Scenario | None, list[Fault]]:
    """One scenario by itself, its stories still Markdown, and what is wrong with how it is written."""
    document = read_yaml(path)
    if isinstance(document.value, dict) and document.value.get("kind") == "check":
        return None, [document.fault(("kind",), "A knowledge check has no scenes to draw.")]
    file, faults = validate(document, ScenarioFile)
    if file is None:
        return None, faults
    built = file.built(path.stem)
    return built, [_fault(document, "fault", problem) for problem in written_faults(built)]


def check(
    modules_dir: Path, quizzes_dir: Path, more: Sequence[Path] = (), annex_dir: Path | None = None
) -> list[Fault]:
    """Everything wrong with the content, in order of file and line; never raises. `more` are folders with further
    `modules/` and `quizzes/`.
    """
    reading = read_modules(modules_dir, more=[root / "modules" for root in more])
    names = {
        folder.slug: _Names(
            folder.document,
            folder.fact_ids,
            folder.terms,
            [page.slug for page in folder.pages],
            len(folder.header.outcomes) if folder.header else 0,
        )
        for folder in reading.folders
    }
    ground = _Ground(reading.library, names, reading.works)
    quizzes = _read([quizzes_dir, *(root / "quizzes" for root in more)], ground)[1]
    local = read_annex(annex_dir, reading.library).faults if annex_dir else []
    return sorted({*reading.faults, *quizzes, *local})


def check_all(settings: Settings) -> list[Fault]:
    """Everything wrong with the content that the server is set to use."""
    return check(settings.modules_dir, settings.quizzes_dir, settings.more_content, settings.annex_dir)


def _read(folders: Sequence[Path], ground: _Ground) -> tuple[Quizzes, list[Fault]]:
    faults = [
        Fault(shown(one), 1, 1, "There is no such folder of quizzes.", rule="file")
        for one in folders
        if not one.is_dir()
    ]
    quizzes: dict[str, Quiz] = {}
    slugs: list[str] = []
    for path in sorted(path for folder in folders if folder.is_dir() for path in folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.stem in slugs:
            message = f"There is a quiz `{path.stem}` already; give this another name."
            faults.append(Fault(shown(path), 1, 1, message, rule="repeated"))
            continue
        if path.suffix != ".yaml" or not SLUG.fullmatch(path.stem):
            message = "A quiz is one file, called like lead-professional-check.yaml."
            faults.append(Fault(shown(path), 1, 1, message, rule="file"))
            continue
        slugs.append(path.stem)
        quiz, found = _quiz(path, ground)
        faults += found
        if quiz is not None:
            quizzes[path.stem] = quiz
    faults += _missing(slugs, quizzes, ground)
    faults += ruled("outcome", _untested(quizzes, ground))
    faults += _changed_questions(quizzes, ground)
    return Quizzes(quizzes), faults


def _missing(slugs: list[str], quizzes: Mapping[str, Quiz], ground: _Ground) -> Iterator[Fault]:
    """Modules that name a quiz which is not there, or which says that it belongs to another module."""
    for module in ground.library.modules:
        header = ground.names[module.slug].header
        for place, slug in enumerate(module.quizzes):
            if slug not in slugs:
                yield header.fault(("quizzes", place), unknown("quiz", slug, slugs), "unknown-name")
            elif slug in quizzes and quizzes[slug].module != module.slug:
                message = f"The quiz `{slug}` says that it belongs to the module `{quizzes[slug].module}`."
                yield header.fault(("quizzes", place), message, "quiz-of-module")


def _untested(quizzes: Mapping[str, Quiz], ground: _Ground) -> Iterator[Fault]:
    """Outcomes of modules with quizzes that no question and no scenario tests."""
    for module in ground.library.modules:
        own = [quizzes[slug] for slug in module.quizzes if slug in quizzes]
        if len(own) < len(module.quizzes) or not own:
            continue  # a quiz that could not be read may well test it
        tested = {number for quiz in own for number in _outcomes(quiz)}
        for place, outcome in enumerate(module.outcomes):
            if place + 1 not in tested:
                message = f"No question and no scenario tests outcome {place + 1}, “{outcome}”."
                yield ground.names[module.slug].header.fault(("outcomes", place), message)


def _changed_questions(quizzes: Mapping[str, Quiz], ground: _Ground) -> Iterator[Fault]:
    """Questions that a module's list of changes names and no check of the module has."""
    for module in ground.library.modules:
        own = [quizzes[slug] for slug in module.quizzes if slug in quizzes]
        known = [one.key for quiz in own if isinstance(quiz, KnowledgeCheck) for one in quiz.questions]
        if len(own) < len(module.quizzes):
            continue
        for place, change in enumerate(module.changes):
            for number, key in enumerate(change.questions):
                if key not in known:
                    where = ("changes", place, "questions", number)
                    yield ground.names[module.slug].header.fault(where, unknown("question", key, known), "unknown-name")


def _outcomes(quiz: Quiz) -> Sequence[int]:
    """The numbers of the outcomes that a quiz says it tests, in the order of its file."""
    if isinstance(quiz, Scenario):
        return quiz.outcomes
    return [question.outcome for question in quiz.questions]


def _unknown_outcomes(document: Document, quiz: Quiz, names: _Names | None) -> Iterator[Fault]:
    for place, number in enumerate(_outcomes(quiz)):
        if names and names.outcomes and number > names.outcomes:
            where = ("outcomes", place) if isinstance(quiz, Scenario) else ("questions", place, "outcome")
            yield document.fault(where, f"There is no outcome {number}; the module has {names.outcomes}.", "outcome")


def _quiz(path: Path, ground: _Ground) -> tuple[Quiz | None, list[Fault]]:
    """One quiz, and all that is wrong with its file."""
    document = read_yaml(path)
    kind = document.value.get("kind") if isinstance(document.value, dict) else None
    file: CheckFile | ScenarioFile | None
    if kind == "check":
        file, faults = validate(document, CheckFile)
    elif kind == "scenario":
        file, faults = validate(document, ScenarioFile)
    else:
        nothing_read = document.faults and document.value is None
        message = "`kind` must be check or scenario."
        return None, document.faults if nothing_read else [*document.faults, document.fault(("kind",), message)]
    if file is None:
        return None, faults
    quiz = file.built(path.stem)
    faults += word_faults(document, quiz)
    module, names = ground.library.module(quiz.module), ground.names.get(quiz.module)
    facts = names.facts if names else None
    if isinstance(quiz, KnowledgeCheck):
        pages = names.pages if names else None
        wrong, doubtful = bank.faults(quiz, facts, pages), bank.warnings(quiz)
    else:
        verdict = paths.verdict(quiz, facts)
        wrong, doubtful = verdict.faults, verdict.warnings
        stories = _Stories(document, module, ground)
        quiz = stories.rendered(quiz)
        faults += stories.faults
    faults += [_fault(document, "fault", problem) for problem in wrong]
    faults += [_fault(document, "warning", problem) for problem in doubtful]
    faults += _belongs(document, quiz, module, ground)
    faults += _unknown_outcomes(document, quiz, names)
    faults += _plain_text(document, document.value, ())
    return quiz, faults


def _fault(document: Document, level: Level, problem: Problem) -> Fault:
    return document.fault(problem.where, problem.message, problem.rule, level=level)


def _belongs(document: Document, quiz: Quiz, module: Module | None, ground: _Ground) -> Iterator[Fault]:
    if quiz.module not in ground.names:
        yield document.fault(("module",), unknown("module", quiz.module, ground.names), "unknown-name")
    elif module is not None and quiz.slug not in module.quizzes:
        message = f"The module `{module.slug}` does not name this quiz; add `{quiz.slug}` to its `quizzes`."
        yield document.fault(("module",), message, "quiz-of-module")


class _Stories:
    """Renders the Markdown of one scenario and keeps the faults of its links."""

    def __init__(self, document: Document, module: Module | None, ground: _Ground) -> None:
        self.document = document
        self.faults: list[Fault] = []
        works, names = ground.library.references, ground.names.get(module.slug) if module else None
        self._around = Around(
            module=module.slug if module else "",
            sources=module.sources_page.slug if module and module.sources_page else "",
            references=works,
            modules=tuple(ground.names),
            words_here=False,
        )
        self._names = Names(names.terms, ground.works, tuple(ground.names)) if names else None

    def rendered(self, scenario: Scenario) -> Scenario:
        """The same scenario with its Markdown as safe HTML."""
        return replace(
            scenario,
            intro=self._story(("intro",), scenario.intro),
            scenes=tuple(self._scene(("scenes", place), scene) for place, scene in enumerate(scenario.scenes)),
            endings=tuple(
                replace(ending, story=self._story(("endings", place, "story"), ending.story))
                for place, ending in enumerate(scenario.endings)
            ),
        )

    def _scene(self, where: Where, scene: Scene) -> Scene:
        return replace(
            scene,
            story=self._story((*where, "story"), scene.story),
            more=tuple(self._more((*where, "more", place), more) for place, more in enumerate(scene.more)),
            choices=tuple(
                self._choice((*where, "choices", place), choice) for place, choice in enumerate(scene.choices)
            ),
        )

    def _more(self, where: Where, more: More) -> More:
        return replace(more, text=self._story((*where, "text"), more.text))

    def _choice(self, where: Where, choice: Choice) -> Choice:
        return replace(choice, then=self._story((*where, "then"), choice.then))

    def _story(self, where: Where, text: str) -> str:
        rendered = render_block(text, self._around)
        if self._names is not None:

            def at(pattern: str, message: str, rule: Rule) -> list[Fault]:
                place = re.search(pattern, text)
                return [self.document.fault_within(where, text, place.start() if place else 0, message, rule)]

            self.faults += link_faults(rendered.used, self._names, at)
        if rendered.used.images or rendered.used.headings:
            self.faults.append(self.document.fault(where, "A story has no headings and no pictures.", "scenario"))
        for tag in dict.fromkeys(rendered.used.raw):
            message = f"HTML is removed; `{tag}` will not be seen."
            found = self.document.fault_within(where, text, max(0, text.find(tag)), message, "html")
            self.faults.append(replace(found, level="warning"))
        return rendered.html


def _plain_text(document: Document, value: object, where: Where) -> Iterator[Fault]:
    """Marks of Markdown in a text that is shown as it is written."""
    if isinstance(value, dict):
        for key, inside in value.items():
            if key not in ("intro", "story", "then", "more"):
                yield from _plain_text(document, inside, (*where, key))
    elif isinstance(value, list):
        for place, inside in enumerate(value):
            yield from _plain_text(document, inside, (*where, place))
    elif isinstance(value, str) and ("**" in value or "](" in value):
        message = "This text is shown as it is written; ** and links do not work here."
        yield document.fault(where, message, "plain-text", level="warning")
