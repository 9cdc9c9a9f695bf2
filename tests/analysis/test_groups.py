"""Groups of ten: whole, apart, never changing, and nothing to subtract; figures against a slow, obvious count."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import correlation
from uuid import UUID

import pytest

from lms.analysis import groups as grouping
from lms.analysis import items
from lms.analysis.groups import Given, groups
from lms.analysis.items import Band, Item, Option, Verdict, sorted_out

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ITEM = Item("q", "v", "What?", "single", (Option("a", "A", right=True), Option("b", "B", right=False, why="near"),
                                          Option("c", "C", right=False)))  # fmt: skip


def answers(chance: Random, number: int, agencies: int = 3, partnerships: int = 1) -> list[Given]:
    """So many answers in order of time, some of people who answered before."""
    found = []
    for n in range(number):
        person = chance.randrange(number)
        picked = chance.choice("aabc")
        agency = person % agencies if chance.random() < 0.95 else chance.randrange(agencies)
        found.append(
            Given(UUID(int=person + 1), f"P{person % partnerships}", UUID(int=5000 + agency), UUID(int=10**6 + n),
                  START + timedelta(hours=n), "q", "v", picked == "a", (picked,), chance.random())
        )  # fmt: skip
    return found


def analyse(item: Item, given: list[Given]) -> items.Analysis:
    return items.analyse(item, sorted_out(given))


@pytest.mark.parametrize("seed", range(60))
def test_groups_are_ten_different_people_and_no_answer_is_in_two(seed):
    chance = Random(seed)
    every = answers(chance, chance.randrange(5, 160), agencies=chance.choice((1, 3, 12)))
    found, waiting = groups(every)
    members = [one for group in found for one in group.answers]
    assert all(len({one.person for one in group.answers}) == 10 for group in found)
    assert len({one.person for one in members}) == len(members)
    assert all({one.agency for one in group.answers} == {group.agency} for group in found if group.agency)
    first = {}  # the slow count: of each person the first answer, by looking through all
    for one in every:
        if not any(other.person == one.person and other.at < one.at for other in every):
            first[one.person] = one
    assert {id(one) for one in members} <= {id(one) for one in first.values()}
    assert waiting == len(first) - len(members) < 20
    rest = Counter(one.agency for one in first.values() if id(one) not in set(map(id, members)))
    assert all(number < 10 for number in rest.values())


@pytest.mark.parametrize("seed", range(40))
def test_a_new_answer_changes_no_group_and_moves_figures_by_ten_people_or_none(seed):
    chance = Random(seed)
    every = answers(chance, 120, agencies=chance.choice((1, 2, 5)), partnerships=chance.choice((1, 2)))
    before: list = []
    for number in range(len(every) + 1):
        found, _ = groups(every[:number])
        assert found[: len(before)] == before
        assert len(found) - len(before) in (0, 1)
        shown, earlier = analyse(ITEM, every[:number]), analyse(ITEM, every[: max(0, number - 1)])
        if len(found) == len(before):
            assert (shown.people, shown.right, shown.picked, shown.apart, shown.agencies) == (
                earlier.people, earlier.right, earlier.picked, earlier.apart, earlier.agencies,
            )  # fmt: skip
        else:
            assert shown.people - earlier.people == 10
        before = found


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_subtracted_from_whatever_is_left_with_ten_people_or_nobody(seed):
    """Every figure ever shown counts a set of people: the whole at some time, or an agency at some time. Sets of whole
    groups that do not overlap can only ever be told apart by whole groups.
    """
    chance = Random(seed)
    every = answers(chance, 100, agencies=2)
    shown: set[frozenset[UUID]] = set()
    for number in range(len(every) + 1):
        found, _ = groups(every[:number])
        shown.add(frozenset(one.person for group in found for one in group.answers))
        for agency in {group.agency for group in found if group.agency}:
            shown.add(frozenset(one.person for group in found if group.agency == agency for one in group.answers))
    atoms = [frozenset(one.person for one in group.answers) for group in groups(every)[0]]
    for people in shown:
        assert all(atom <= people or not atom & people for atom in atoms)
        assert people <= frozenset().union(*atoms)


@pytest.mark.parametrize("seed", range(40))
def test_figures_are_those_of_a_slow_count_over_the_people_in_groups(seed):
    chance = Random(seed)
    every = answers(chance, chance.randrange(30, 300), agencies=3)
    counted = [one for group in groups(every)[0] for one in group.answers]
    found = analyse(ITEM, every)
    assert found.people == len(counted)
    assert found.right == sum(1 for one in counted if "a" in one.picked)
    for picked in found.picked:
        assert picked.people == sum(1 for one in counted if picked.option.name in one.picked)
        assert picked.is_trap is (not picked.option.right and picked.people >= found.people / 4 and picked.people > 0)
    if found.apart is not None:
        assert found.apart == pytest.approx(
            correlation([float(one.right) for one in counted], [one.rest for one in counted]), abs=0.0501
        )
    else:
        assert found.people < 30
    for agency, people, step in found.agencies:
        own = [one for group in groups(every)[0] if group.agency == agency for one in group.answers]
        assert people == len(own) >= 10
        assert found.people - people >= 10
        share = sum(one.right for one in own) / people
        assert step == (Band.FEW if share <= 0.25 else Band.SOME if share <= 0.5 else Band.MORE if share <= 0.75 else
                        Band.MOST)  # fmt: skip


def ordered(rights: list[bool], rests: list[float]) -> list[Given]:
    return [
        Given(UUID(int=n + 1), "P", UUID(int=9), UUID(int=10**6 + n), START + timedelta(hours=n), "q", "v", right,
              ("a" if right else "b",), rest)
        for n, (right, rest) in enumerate(zip(rights, rests, strict=True))
    ]  # fmt: skip


def test_a_question_that_those_who_know_more_get_wrong_is_called_backwards():
    rights = [n % 2 == 0 for n in range(40)]
    assert analyse(ITEM, ordered(rights, [1.0 - right for right in rights])).verdict is Verdict.BACKWARDS
    assert analyse(ITEM, ordered(rights, [float(right) for right in rights])).verdict is Verdict.APART
    assert analyse(ITEM, ordered(rights, [n % 4 / 4 < 0.5 for n in range(40)])).verdict is Verdict.UNSURE


def test_nothing_is_said_of_telling_apart_before_30_people_or_without_a_difference():
    assert items.telling_apart([(True, 0.1), (False, 0.9)] * 14) is None
    assert items.telling_apart([(True, 0.1), (True, 0.9)] * 20) is None
    assert items.telling_apart([(True, 0.5), (False, 0.5)] * 20) is None
    assert items.telling_apart([(True, 0.9), (False, 0.1)] * 15) == 1.0


def test_too_few_says_how_many_of_how_many():
    seven = analyse(ITEM, ordered([True] * 7, [0.5] * 7))
    assert (seven.people, seven.percent, seven.too_few) == (0, None, "Too few answers yet (7 of 10)")
    spread = [
        Given(UUID(int=n + 1), "P", UUID(int=n + 50), UUID(int=999 + n), START, "q", "v", right=True, picked=("a",))
        for n in range(14)
    ]
    assert analyse(ITEM, spread).too_few == "Too few answers yet (14 of 20, from several agencies)"
    assert grouping.SIZE == 10


def test_one_agency_alone_is_not_shown_beside_itself():
    assert analyse(ITEM, ordered([True] * 10, [0.5] * 10)).agencies == ()
