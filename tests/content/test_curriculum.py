"""What every module of the core promises its readers, counted on the content itself."""

import gzip
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from lms.catalogue.evidence import Strength
from lms.catalogue.library import load as load_modules
from lms.quizzes import paths, reader
from lms.quizzes.quiz import KnowledgeCheck, Multiple, Scenario, Single

PROJECT = Path(__file__).resolve().parents[2]
# Facts that each module of the curriculum carries, and its minutes.
CURRICULUM = {
    "why-join-up": ("M1", 18, 35),
    "evidence": ("M2", 25, 45),
    "three-levels": ("M3", 25, 45),
    "integration-models": ("M4", 20, 40),
    "lead-professional": ("M5", 13, 40),
    "key-worker": ("M6", 13, 40),
    "tiers-of-need": ("M7", 9, 35),
    "common-assessment": ("M8", 10, 40),
    "information-sharing": ("M9", 12, 45),
    "disciplines-together": ("M10", 15, 40),
    "leading-integrated-services": ("M11", 13, 45),
    "outreach-and-home-visiting": ("M12", 12, 40),
    "joint-training": ("M13", 14, 40),
    "quality-and-evaluation": ("M14", 16, 40),
}
CORE = {"why-join-up", "evidence", "key-worker", "information-sharing", "joint-training"}
DRAWN = {"three-levels", "tiers-of-need", "integration-models", "disciplines-together", "leading-integrated-services"}
OVER_MONTHS = ("key-worker", "common-assessment", "outreach-and-home-visiting")
LIBRARY = load_modules(PROJECT / "modules")
QUIZZES = reader.load(PROJECT / "quizzes", LIBRARY)
MODULES = [pytest.param(module, id=module.slug) for module in LIBRARY.modules]
CHECKS = [pytest.param(quiz, id=slug) for slug, quiz in QUIZZES.by_slug.items() if isinstance(quiz, KnowledgeCheck)]
SCENARIOS = [pytest.param(quiz, id=slug) for slug, quiz in QUIZZES.by_slug.items() if isinstance(quiz, Scenario)]


def test_the_whole_curriculum_is_there():
    found = {module.slug: (module.code, len(module.facts), module.minutes) for module in LIBRARY.modules}
    assert found == CURRICULUM
    assert sum(module.minutes for module in LIBRARY.modules) == 570
    assert {module.slug for module in LIBRARY.modules if module.core} == CORE


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_pages_words_notes_and_beliefs_enough(module):
    assert 5 <= len(module.pages) <= 9
    assert [page.kind for page in module.pages].count("then-and-now") == 1
    assert module.pages[-1].kind == "sources"
    assert len([page for page in module.pages if page.reflection]) >= 2
    assert len(module.glossary) >= 6
    assert sum(page.html.count("belief") for page in module.pages) >= 3
    assert {fact for page in module.pages for fact in page.facts} == set(module.facts)
    then_and_now = next(page for page in module.pages if page.kind == "then-and-now")
    assert "Checked " in then_and_now.html
    assert "needs checking" in then_and_now.text.casefold()
    assert "Look it up locally" in then_and_now.headings


@pytest.mark.parametrize("module", MODULES)
def test_pages_and_quizzes_fit_the_minutes_of_the_module(module):
    assert 5 <= module.minutes - sum(page.minutes for page in module.pages) <= 15


@pytest.mark.parametrize("module", MODULES)
def test_every_page_is_light(module):
    for page in module.pages:
        assert len(gzip.compress(page.html.encode())) < 11_000, page.slug  # the frame around it takes under 3,000


@pytest.mark.parametrize("module", [module for module in MODULES if module.id in DRAWN])
def test_a_picture_stands_where_it_teaches_better_with_the_same_in_words(module):
    pictures = sum(page.html.count('<svg class="art"') for page in module.pages)
    assert pictures >= 1
    assert sum(page.html.count("The picture in words") for page in module.pages) == pictures


@pytest.mark.parametrize("check", CHECKS)
def test_a_bank_has_every_kind_of_question_and_tests_every_outcome(check):
    kinds = Counter(question.type for question in check.questions)
    assert len(check.questions) >= 12
    assert set(kinds) == {"single", "multiple", "ordering", "matching"}
    outcomes = len(LIBRARY.module(check.module).outcomes)
    assert {question.outcome for question in check.questions} == set(range(1, outcomes + 1))
    assert sum(question.evidence for question in check.questions) >= 2


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_gives_the_right_answer_away(check):
    singles = [question for question in check.questions if isinstance(question, Single)]
    longest = sum(
        len(max(one.options, key=lambda option: len(option.text)).text)
        == len(next(option.text for option in one.options if option.right))
        for one in singles
    )
    places = Counter(next(place for place, option in enumerate(one.options) if option.right) for one in singles)
    assert longest <= 0.4 * len(singles)
    assert max(places.values()) <= 0.5 * len(singles)


@pytest.mark.parametrize("check", CHECKS)
def test_learners_read_no_numbers_of_facts(check):
    for question in check.questions:
        shown = [question.ask, question.feedback]
        if isinstance(question, Single | Multiple):
            shown += [part for option in question.options for part in (option.text, option.why or "")]
        assert not any(fact in text for text in shown for fact in LIBRARY.module(check.module).facts)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_is_a_real_dilemma(scenario):
    seen = paths.analyse(scenario)
    assert seen.fewest_decisions_to_acceptable >= 4
    assert len(scenario.endings) >= 3
    assert len(seen.endings_reached) == len(scenario.endings)
    assert seen.always_best_passes
    assert seen.random_pass_share < Fraction(20, 100)
    assert any(target.when for scene in scenario.scenes for choice in scene.choices for target in choice.to)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_best_choice_is_found_by_reading_only(scenario):
    count = len(scenario.scenes)
    best = [next(choice for choice in scene.choices if choice.right) for scene in scenario.scenes]
    longest = sum(
        all(len(choice.text) > len(other.text) for other in scene.choices if other is not choice)
        for scene, choice in zip(scenario.scenes, best, strict=True)
    )
    places = Counter(scene.choices.index(choice) for scene, choice in zip(scenario.scenes, best, strict=True))
    assert longest <= 0.4 * count
    assert max(places.values()) <= 0.4 * count


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_seat_hears_something_of_its_own(scenario):
    told = {seat for scene in scenario.scenes for choice in scene.choices for seat in choice.seats}
    told |= {seat for scene in scenario.scenes for more in scene.more for seat in more.seats}
    assert told == {seat.key for seat in scenario.seats}


@pytest.mark.parametrize("slug", OVER_MONTHS)
def test_three_scenarios_move_up_and_down_the_tiers_and_hand_the_lead_over(slug):
    """Some way through the story raises and lowers the tier of help, and changes who leads after the first lead."""
    scenario = QUIZZES.by_slug[f"{slug}-scenario"]
    tier, lead = _variable(scenario, "tier", "help"), _variable(scenario, "lead", "who leads")
    moves = {change for choice in _choices(scenario) for change in [_moved(scenario, choice, tier)] if change}
    assert {"up", "down"} <= moves
    named = {choice.set.get(lead.key) or choice.change.get(lead.key) for choice in _choices(scenario)} - {None}
    assert len(named) >= 2


def _choices(scenario):
    return [choice for scene in scenario.scenes for choice in scene.choices]


def _variable(scenario, *words):
    return next(one for one in scenario.state if any(word in f"{one.key} {one.label}".casefold() for word in words))


def _moved(scenario, choice, variable):
    if variable.key in choice.change:
        return "up" if choice.change[variable.key] > 0 else "down"
    if variable.key in choice.set:
        level = variable.levels.index(choice.set[variable.key])
        return "up" if level > len(variable.levels) // 2 else "down"
    return None


def test_weak_evidence_is_most_of_what_there_is_and_is_called_so():
    strengths = Counter(fact.strength for module in LIBRARY.modules for fact in module.facts.values())
    assert strengths[Strength.STRONG] < 0.1 * sum(strengths.values())
    assert strengths[Strength.NULL_RESULT] >= 1


@pytest.mark.slow
def test_the_check_finds_nothing_in_all_content():
    assert [str(fault) for fault in reader.check(PROJECT / "modules", PROJECT / "quizzes")] == []


def test_nothing_points_out_of_the_project():
    for path in [*PROJECT.glob("modules/**/*.*"), *PROJECT.glob("quizzes/*.yaml")]:
        assert "../" not in path.read_text(encoding="utf-8", errors="ignore"), path
