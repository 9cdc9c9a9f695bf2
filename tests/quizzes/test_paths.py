"""Walking every way through a scenario: what it finds is what playing finds, and each fault is told where it stands."""

from dataclasses import replace
from fractions import Fraction
from unittest.mock import patch

import pytest
from hypothesis import given, settings

from lms.quizzes import paths
from lms.quizzes.paths import analyse, best_points, faults, needed_points, warnings
from lms.quizzes.quiz import Comparison, Condition, Ending, More, Scenario, StateVariable, Target
from lms.quizzes.scenario import Play, begin, choose
from tests.quizzes.stories import (
    SEATS,
    STATE,
    TRUSTED,
    choice,
    every_play,
    first_visit_points,
    random_scenarios,
    scene,
    who_leads,
    with_choice,
    with_scene,
)

FACTS = {"M5-F2", "M5-F3"}
FIRM = Condition("trust", Comparison.IS, "Firm")


def test_a_good_scenario_has_neither_faults_nor_warnings():
    assert faults(who_leads(), FACTS) == []
    assert warnings(who_leads()) == []


def test_what_the_walk_finds_in_a_short_story():
    seen = analyse(who_leads())
    assert (seen.best_points, seen.best_acceptable_points, seen.fewest_decisions_to_acceptable) == (9, 9, 3)
    assert seen.endings_reached == ("good", "mixed", "lost")
    assert (seen.unreachable_scenes, seen.unreachable_endings, seen.dead_ends, seen.inescapable) == ((), (), (), ())
    assert (seen.pass_possible, seen.always_best_passes, seen.always_best_points) == (True, True, 9)
    # 7 of 9 points are needed: three best choices, or two of them and a middle one: 4 of 27 plays.
    assert seen.random_pass_share == Fraction(4, 27)


def brute_force(scenario: Scenario, most: int) -> dict[str, object]:
    """The same answers by playing every play to its end with the engine that learners use."""
    acceptable = {ending.key for ending in scenario.endings if ending.acceptable}
    ended = [(play, odds) for play, odds in every_play(scenario, most) if play.ended]
    points = [(play, first_visit_points(scenario, play), odds) for play, odds in ended]
    best = max((earned for _, earned, _ in points), default=0)
    needed = needed_points(scenario, best)
    passing = [odds for play, earned, odds in points if play.at in acceptable and earned >= needed]
    return {
        "best_points": best,
        "best_acceptable_points": max((earned for play, earned, _ in points if play.at in acceptable), default=None),
        "fewest_decisions_to_acceptable": min((len(p.steps) for p, _ in ended if p.at in acceptable), default=None),
        "pass_possible": bool(passing),
        "random_pass_share": sum((Fraction(1, odds) for odds in passing), Fraction(0)),
    }


@pytest.mark.slow
@given(random_scenarios(loops=False))
def test_the_walk_agrees_with_playing_every_play(scenario: Scenario):
    seen = analyse(scenario)
    told = brute_force(scenario, most=4)
    assert {name: getattr(seen, name) for name in told} == told
    assert best_points(scenario) == told["best_points"]
    reached = {play.at for play, _ in every_play(scenario, 4)}
    assert set(seen.endings_reached) == reached
    met = {step.scene for play, _ in every_play(scenario, 4) for step in play.steps}
    assert set(seen.unreachable_scenes) == {each.key for each in scenario.scenes} - met
    assert seen.inescapable == ()


@pytest.mark.slow
@settings(max_examples=60)
@given(random_scenarios(loops=True))
def test_the_walk_agrees_with_playing_every_play_that_may_go_round(scenario: Scenario):
    # Six decisions instead of fifty, so that every play can be played out; the rule is the same.
    with patch.object(paths, "MOST_DECISIONS", 6):
        seen = analyse(scenario)
    told = brute_force(scenario, most=6)
    assert {name: getattr(seen, name) for name in told} == told


def scenes_without_a_way_to_an_ending(scenario: Scenario) -> set[str]:
    """By playing on from every moment a play can come to: the scenes where some such moment leads to no ending."""

    def moments(play: Play) -> list[Play]:
        """This moment and all that can follow it, each once; what was decided before makes no difference here."""
        found, waiting = [], [play]
        while waiting:
            moment = replace(waiting.pop(), steps=())
            if moment not in found:
                found.append(moment)
                here = None if moment.ended else scenario.scene(moment.at)
                waiting.extend(choose(scenario, moment, each.key) for each in (here.choices if here else ()))
        return found

    met = moments(begin(scenario, "school"))
    return {moment.at for moment in met if not any(after.ended for after in moments(moment))}


@pytest.mark.slow
@settings(max_examples=60)
@given(random_scenarios(loops=True))
def test_a_scene_is_inescapable_where_some_play_can_only_go_round(scenario: Scenario):
    assert set(analyse(scenario).inescapable) == scenes_without_a_way_to_an_ending(scenario)


def test_a_loop_with_a_way_out_is_allowed_and_earns_once():
    scenario = with_choice(who_leads(), 1, 2, to=(Target("meeting"),))
    assert faults(scenario) == []
    assert best_points(scenario) == 9


def test_the_share_of_random_plays_counts_those_that_go_round_first():
    # One scene: leave (3 points) or stay (none). Points count at the first visit, so whoever stays first has lost them.
    here = scene("here", choice("leave", "Leave.", "out", points=3), choice("stay", "Stay.", "here"))
    scenario = replace(who_leads(), start="here", scenes=(here,), endings=(Ending("out", "Out", "Out.", True),))
    seen = analyse(scenario)
    assert (seen.best_points, seen.random_pass_share) == (3, Fraction(1, 2))


def test_a_loop_without_a_way_out_is_refused_where_it_stands():
    scenario = with_choice(who_leads(), 0, 2, to=(Target("round"),))
    turning = scene("round", *(choice(f"turn-{n}", f"Turn {n}.", "round", points=n) for n in (1, 2, 3)))
    found = faults(replace(scenario, scenes=(*scenario.scenes, turning)))
    assert [problem.where for problem in found] == [("scenes", 3, "key")]
    assert "round for ever" in found[0].message


def test_a_loop_that_only_some_states_can_leave_is_refused():
    # Nothing in the loop moves trust, and whoever comes in thin can never leave.
    turning = scene(
        "round",
        choice("turn-a", "Turn.", Target("gaps", (TRUSTED,)), "round", points=3),
        choice("turn-b", "Turn about.", Target("gaps", (TRUSTED,)), "round", points=1),
        choice("turn-c", "Turn again.", "round"),
    )
    scenario = with_choice(who_leads(), 1, 2, to=(Target("round"),))
    found = faults(replace(scenario, scenes=(*scenario.scenes, turning)))
    assert [problem.where for problem in found] == [("scenes", 3, "key")]
    always = with_scene(replace(scenario, scenes=(*scenario.scenes, turning)), 3, choices=turning.choices[:2])
    assert analyse(always).inescapable == ("round",)


def test_a_dead_end_is_refused_only_if_some_play_meets_it():
    growing = (Target("gaps", (TRUSTED,)),)
    found = faults(with_choice(who_leads(), 1, 1, to=growing))  # from Lost, checking leads to Thin only
    assert [problem.where for problem in found] == [("scenes", 1, "choices", 1, "to")]
    assert "Dead end" in found[0].message
    everyone = with_choice(with_choice(who_leads(), 0, 2, change={}), 1, 1, to=growing)
    assert faults(everyone) == []


def test_a_scene_and_an_ending_that_no_play_reaches_are_refused():
    lonely = scene("lonely", *(choice(f"c{n}", f"Do {n}.", "lost", points=n) for n in (1, 2, 3)))
    scenario = replace(
        who_leads(),
        scenes=(*who_leads().scenes, lonely),
        endings=(*who_leads().endings, Ending("never", "Never", "Never.", acceptable=True)),
    )
    assert [problem.where for problem in faults(scenario)] == [("scenes", 3, "key"), ("endings", 3, "key")]


def test_an_ending_behind_a_level_that_nobody_reaches_is_refused():
    scenario = who_leads()
    for number in range(3):
        scenario = with_choice(scenario, number, number, change={})  # the best choices stand first, second, third
    firm = (Target("good", (FIRM,)), Target("mixed"))
    found = faults(with_choice(with_choice(scenario, 2, 1, to=firm), 2, 2, to=firm))
    assert {problem.where for problem in found} == {("endings", 0, "key"), ("endings",)}
    assert any("acceptable ending" in problem.message for problem in found)


def test_an_acceptable_ending_takes_three_decisions_at_least():
    found = faults(with_choice(who_leads(), 0, 0, to=(Target("gaps"),)))
    assert [problem.where for problem in found if "2 decisions" in problem.message] == [("scenes",)]


def test_a_pass_mark_that_no_path_reaches_is_refused():
    # The best points of all lie on the way to an ending that cannot be passed.
    scenario = with_choice(who_leads(), 2, 2, to=(Target("mixed"),))
    found = faults(replace(scenario, pass_mark=100))
    assert [problem.where for problem in found] == [("pass_mark",)]
    assert "9 points are needed and no acceptable ending has more than 7" in found[0].message


def test_the_best_choices_must_lead_to_a_pass():
    scenario = with_choice(who_leads(), 2, 2, to=(Target("mixed"),))
    found = faults(scenario)
    assert [problem.message for problem in found] == ["Someone who takes the best choice every time does not pass."]


def test_a_scenario_too_large_to_walk_says_so():
    with patch.object(paths, "MOST_SPOTS", 3):
        found = faults(who_leads())
    assert [problem.where for problem in found] == [("state",)]
    with patch.object(paths, "MOST_WORK", 3):
        assert "too many ways" in faults(who_leads())[0].message


GOOD = who_leads()
WRITTEN = [
    (replace(GOOD, title=" "), ("title",), "empty"),
    (replace(GOOD, child="Bartholomew"), ("child",), "11 letters"),
    (replace(GOOD, pass_mark=0), ("pass_mark",), "1 to 100"),
    (replace(GOOD, pass_mark=101), ("pass_mark",), "1 to 100"),
    (replace(GOOD, seats=SEATS[:2]), ("seats",), "this one has 2"),
    (replace(GOOD, seats=(*SEATS, SEATS[0])), ("seats", 3, "key"), "`charity`"),
    (replace(GOOD, seats=(*SEATS[:2], replace(SEATS[2], sector="helth"))), ("seats", 2, "sector"), "mean `health`"),
    (replace(GOOD, seats=(*SEATS[:2], replace(SEATS[2], brief=""))), ("seats", 2, "brief"), "empty"),
    (replace(GOOD, state=(*STATE, *STATE, STATE[0])), ("state",), "this one has 5"),
    (replace(GOOD, state=(*STATE, STATE[1])), ("state", 2, "key"), "`shared`"),
    (replace(GOOD, state=(STATE[0], replace(STATE[1], start="Nothing"))), ("state", 1, "start"), "mean `Nothing yet`"),
    (
        replace(GOOD, state=(*STATE, StateVariable("time", "Time", ("Soon",), "Soon"))),
        ("state", 2, "levels"),
        "at least two",
    ),
    (
        replace(GOOD, state=(*STATE, StateVariable("time", "Time", ("Soon", "Late", "Soon"), "Soon"))),
        ("state", 2, "levels", 2),
        "`Soon`",
    ),
    (replace(GOOD, start="meting"), ("start",), "mean `meeting`"),
    (with_scene(GOOD, 1, key="meeting"), ("scenes", 1, "key"), "`meeting`"),
    (replace(GOOD, endings=(*GOOD.endings, GOOD.endings[0])), ("endings", 3, "key"), "`good`"),
    (replace(GOOD, endings=(*GOOD.endings, replace(GOOD.endings[0], key="gaps"))), ("endings", 3, "key"), "`gaps`"),
    (
        replace(GOOD, endings=(replace(GOOD.endings[0], story="\n"), *GOOD.endings[1:])),
        ("endings", 0, "story"),
        "empty",
    ),
    (
        replace(GOOD, endings=tuple(replace(ending, acceptable=False) for ending in GOOD.endings)),
        ("endings",),
        "nobody could pass",
    ),
    (with_scene(GOOD, 0, ask=""), ("scenes", 0, "ask"), "empty"),
    (with_scene(GOOD, 0, more=(More("x", seats=("polce",)),)), ("scenes", 0, "more", 0, "seats", 0), "`polce`"),
    (
        with_scene(GOOD, 0, more=(More("x", when=(Condition("trust", Comparison.IS, "Growin"),)),)),
        ("scenes", 0, "more", 0, "when", "trust", "is"),
        "mean `Growing`",
    ),
    (with_scene(GOOD, 0, choices=GOOD.scenes[0].choices[:2]), ("scenes", 0, "choices"), "this one has 2"),
    (with_choice(GOOD, 0, 1, key="wait"), ("scenes", 0, "choices", 2, "key"), "`wait`"),
    (with_choice(GOOD, 0, 1, text=GOOD.scenes[0].choices[0].text), ("scenes", 0, "choices", 1, "text"), "say the same"),
    (with_choice(GOOD, 0, 1, right=True, tempting=None), ("scenes", 0, "choices"), "this one has 2"),
    (with_choice(GOOD, 0, 0, right=False, tempting="x"), ("scenes", 0, "choices"), "this one has 0"),
    (with_choice(GOOD, 0, 1, points=3), ("scenes", 0, "choices", 1, "points"), "must have fewer"),
    (with_choice(GOOD, 0, 0, points=4), ("scenes", 0, "choices", 0, "points"), "0 to 3"),
    (with_choice(GOOD, 0, 2, points=-1), ("scenes", 0, "choices", 2, "points"), "0 to 3"),
    (with_choice(GOOD, 0, 1, why=" "), ("scenes", 0, "choices", 1, "why"), "no feedback"),
    (with_choice(GOOD, 0, 1, then=""), ("scenes", 0, "choices", 1, "then"), "empty"),
    (with_choice(GOOD, 0, 1, tempting=None), ("scenes", 0, "choices", 1, "tempting"), "good practitioner"),
    (with_choice(GOOD, 0, 1, fact=""), ("scenes", 0, "choices", 1, "fact"), "Name the fact"),
    (with_choice(GOOD, 0, 1, fact="M5-F22"), ("scenes", 0, "choices", 1, "fact"), "mean `M5-F2`"),
    (with_choice(GOOD, 0, 1, seats={"police": "x"}), ("scenes", 0, "choices", 1, "seats", "police"), "`police`"),
    (with_choice(GOOD, 0, 1, seats={"health": ""}), ("scenes", 0, "choices", 1, "seats", "health"), "empty"),
    (with_choice(GOOD, 0, 1, change={"trst": 1}), ("scenes", 0, "choices", 1, "change", "trst"), "mean `trust`"),
    (with_choice(GOOD, 0, 1, set={"trst": "Firm"}), ("scenes", 0, "choices", 1, "set", "trst"), "mean `trust`"),
    (with_choice(GOOD, 0, 1, set={"trust": "Solid"}), ("scenes", 0, "choices", 1, "set", "trust"), "`Solid`"),
    (
        with_choice(GOOD, 0, 0, set={"trust": "Firm"}),
        ("scenes", 0, "choices", 0, "set", "trust"),
        "both changed and set",
    ),
    (with_choice(GOOD, 0, 1, to=()), ("scenes", 0, "choices", 1, "to"), "leads to"),
    (with_choice(GOOD, 0, 1, to=(Target("promis"),)), ("scenes", 0, "choices", 1, "to", 0, "go"), "mean `promise`"),
    (
        with_choice(GOOD, 0, 1, to=(Target("gaps", (Condition("trst", Comparison.IS, "Firm"),)), Target("promise"))),
        ("scenes", 0, "choices", 1, "to", 0, "when", "trst"),
        "mean `trust`",
    ),
]


@pytest.mark.parametrize(
    ("scenario", "where", "words"), WRITTEN, ids=[f"{n}-{each[2]}" for n, each in enumerate(WRITTEN)]
)
def test_what_is_written_wrongly_is_told_where_it_stands(scenario: Scenario, where: tuple[str | int, ...], words: str):
    found = {problem.where: problem.message for problem in faults(scenario, FACTS)}
    assert words in found[where]


def test_warnings_wait_until_the_faults_are_mended():
    unseen = with_scene(GOOD, 1, more=(More("You are at home here.", when=(FIRM,)),))
    assert warnings(unseen) != []
    assert warnings(replace(unseen, start="nowhere")) == []
    assert warnings(replace(unseen, pass_mark=50)) == []


def test_facts_are_left_unchecked_when_none_are_given():
    assert faults(with_choice(GOOD, 0, 1, fact="M5-F22")) == []


def test_all_that_is_written_wrongly_is_told_at_once():
    scenario = with_choice(with_choice(replace(GOOD, pass_mark=0), 0, 1, why=""), 2, 0, to=(Target("nowhere"),))
    assert [problem.where for problem in faults(scenario)] == [
        ("pass_mark",),
        ("scenes", 0, "choices", 1, "why"),
        ("scenes", 2, "choices", 0, "to", 0, "go"),
    ]


def test_a_best_choice_that_is_often_the_longest_is_a_fault():
    found = faults(with_choice(GOOD, 0, 0, text="Ask the family whom they want, and write down what they say."))
    assert [problem.message for problem in found] == ["The best choice is the longest in 2 of 3 scenes."]


def test_a_best_choice_that_often_stands_in_one_place_is_a_fault():
    second = GOOD.scenes[0].choices
    found = faults(with_scene(GOOD, 0, choices=(second[1], second[0], second[2])))
    assert [problem.message for problem in found] == ["The best choice is number 2 in the list in 2 of 3 scenes."]


def test_a_place_that_could_not_be_spread_more_evenly_is_no_fault():
    # Four scenes of three choices: some place must hold the best choice twice, which is half of them.
    fourth = scene("fourth", *GOOD.scenes[0].choices)
    onward = replace(GOOD, scenes=(*GOOD.scenes, fourth), start="fourth")
    for place in range(3):
        onward = with_choice(onward, 3, place, to=(Target("meeting"),))
    assert not [problem for problem in faults(onward) if "in the list" in problem.message]


def test_a_story_that_luck_passes_is_a_fault():
    found = faults(replace(GOOD, pass_mark=50))  # 5 points of 9
    assert [problem.where for problem in found] == [("pass_mark",)]
    assert "at random passes in" in found[0].message


def test_a_detour_that_earns_more_than_the_best_choices_is_a_warning():
    mend = scene(
        "mend",
        choice("mend-a", "Say sorry.", "promise", points=1),
        choice("mend-b", "Say that you are sorry, and mean it.", "promise"),
        choice("mend-c", "Go and see them at home.", "promise", points=3, trust=1),
    )
    scenario = with_choice(replace(GOOD, pass_mark=80), 0, 1, to=(Target("mend"),))
    found = warnings(replace(scenario, scenes=(*scenario.scenes, mend)))
    assert "A detour earns 10 points, the best choice every time 9." in [problem.message for problem in found]


def test_a_paragraph_that_no_play_meets_is_a_warning():
    found = warnings(with_scene(GOOD, 1, more=(*GOOD.scenes[1].more, More("You are at home here.", when=(FIRM,)))))
    assert [problem.where for problem in found] == [("scenes", 1, "more", 2)]


def test_a_scenario_is_walked_once_for_faults_and_warnings():
    with patch.object(paths, "analyse", wraps=paths.analyse) as walked:
        paths.verdict(GOOD, FACTS)
    assert walked.call_count == 1


def test_the_most_points_are_those_of_the_scenario_asked_about_however_often_one_asks():
    story = who_leads()
    dearer = replace(story, scenes=tuple(_dearer(scene) for scene in story.scenes))
    first = best_points(story)
    assert best_points(story) == first == analyse(story).best_points
    assert best_points(dearer) == analyse(dearer).best_points > first
    assert best_points(story) == first


def _dearer(scene):
    return replace(
        scene, choices=tuple(replace(one, points=one.points + 1) if one.right else one for one in scene.choices)
    )
