"""Why rules cannot all hold, and what would help, in a trainer's words. Who may not meet is never said. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.cohorts.engine.problem import Allocation, Session
from lms.planning.figures import CANNOT, Words

SILENT = ("keep_apart", "manager")
OF_ONE = ("pin", "must_place", "eligibility")
NAMED = 3
OF_A_DATE = ("capacity", "min_size", "min_agencies", "min_sectors", "agency_share", "max_per_team")
GONE = "What clashed was about a date that is called off or has begun. Work the plan out again."


@dataclass(frozen=True)
class WayOut:
    """Changes that together let a plan be made; `people` are those whose pins go, where nothing else has to change."""

    sentences: tuple[str, ...]
    people: tuple[str, ...] = ()


def conflict(problem: Allocation, rules: Sequence[str], words: Words) -> str:
    """Rules that cannot all hold, in one sentence. Where people may not meet, nobody is named."""
    speaking = _Speaking(problem, words)
    if any(_family(rule) in SILENT for rule in rules):
        dates = dict.fromkeys(words.dates[pin.session] for pin in problem.pins if pin.session in words.dates)
        where = f" on {_and(list(dates)[:NAMED])}" if dates else ""
        return f"Somebody you pinned{where} {CANNOT}."
    if not all(speaking.knows(rule) for rule in rules):
        return GONE
    said = list(dict.fromkeys(speaking.rule(rule) for rule in rules))
    return f"This cannot be: {said[0]}." if len(said) == 1 else f"These cannot all hold: {'; '.join(said)}."


def ways_out(
    problem: Allocation,
    relaxations: Sequence[Mapping[str, Any]],
    words: Words,
    conflicts: Sequence[Sequence[str]] = (),
) -> list[WayOut]:
    """The cheapest changes that would do, each in sentences; those that speak of who may not meet are left out. Of
    people who may not meet, one alone is named: the names of both, one below the other, would tell it.
    """
    speaking, found = _Speaking(problem, words), []
    silent = [set(rule.split(":")[1:]) for rules in conflicts for rule in rules if _family(rule) in SILENT]
    told: set[str] = set()
    for one in relaxations:
        edits = [(edit["rule"], edit["change"]) for edit in one["edits"]]
        if any(_family(rule) in SILENT or not speaking.knows(rule) for rule, _ in edits):
            continue
        named = {rule.split(":")[1] for rule, _ in edits if _family(rule) in OF_ONE}
        if any(named & pair and pair <= told | named for pair in silent):
            continue
        told |= named
        pins = [rule.split(":")[1] for rule, _ in edits if _family(rule) == "pin"]
        sentences = tuple(speaking.edit(rule, change) for rule, change in edits)
        found.append(WayOut(sentences, tuple(pins) if len(pins) == len(edits) else ()))
    return found


def _family(rule: str) -> str:
    return rule.partition(":")[0]


@dataclass(frozen=True)
class _Speaking:
    problem: Allocation
    words: Words

    def knows(self, rule: str) -> bool:
        """Whether the date a rule is about is still one of the programme's."""
        family, _, body = rule.partition(":")
        return family not in OF_A_DATE or body.split(":")[0] in self.words.dates

    def session(self, id_: str) -> Session:
        """A date of the problem."""
        return next(one for one in self.problem.sessions if one.id == id_)

    def date(self, id_: str) -> str:
        """A date as it is called."""
        return self.words.dates.get(id_, "a date")

    def person(self, id_: str) -> str:
        """Somebody’s name."""
        return self.words.people.get(id_, "somebody")

    def team(self, id_: str) -> str:
        """A team’s name."""
        return self.words.teams.get(id_, "a team")

    def day(self, day: str) -> str:
        """A day by the date that is on it."""
        return next((self.date(one.id) for one in self.problem.sessions if one.date == day), day)

    def rule(self, rule: str) -> str:
        """One rule, as a part of a sentence."""
        family, _, body = rule.partition(":")
        return _RULES[family](self, body.split(":"))

    def edit(self, rule: str, change: str) -> str:
        """One change, as a sentence."""
        family, _, body = rule.partition(":")
        return _EDITS[family](self, body.split(":"), change.rpartition(" ")[2])

    def eligible(self, person: str) -> str:
        """Where somebody can be."""
        dates = [self.date(one) for one in self.problem.eligible.get(person, ())]
        where = f"can be placed on {_and(dates)} only" if dates else "can be placed on no date"
        return f"{self.person(person)} {where}"


_RULES: Mapping[str, Callable[[_Speaking, list[str]], str]] = {
    "pin": lambda say, at: f"{say.person(at[0])} is pinned to {say.date(at[1])}",
    "must_place": lambda say, at: f"{say.person(at[0])} has a place already",
    "eligibility": lambda say, at: say.eligible(at[0]),
    "capacity": lambda say, at: f"{say.date(at[0])} has {say.session(at[0]).capacity} places",
    "min_size": lambda say, at: f"{say.date(at[0])} runs with at least {say.session(at[0]).min_size} people",
    "min_agencies": lambda say, at: f"{say.date(at[0])} needs {say.session(at[0]).min_agencies} agencies",
    "min_sectors": lambda say, at: f"{say.date(at[0])} needs {say.session(at[0]).min_sectors} sectors",
    "agency_share": lambda say, at: (
        f"{say.words.agencies.get(at[1], 'one agency')} has at most {say.session(at[0]).max_agency_share:.0%} of "
        f"{say.date(at[0])}"
    ),
    "max_per_team": lambda say, at: (
        f"at most {say.session(at[0]).max_per_team} of {say.team(at[1])} come on {say.date(at[0])}"
    ),
    "team_cover": lambda say, at: f"{say.team(at[0])} can spare {say.problem.cover.get(at[0], 0)} on {say.day(at[1])}",
}

_EDITS: Mapping[str, Callable[[_Speaking, list[str], str], str]] = {
    "pin": lambda say, at, _to: f"Let {say.person(at[0])} go from {say.date(at[1])}.",
    "must_place": lambda say, at, _to: f"Take {say.person(at[0])} off the cohort they are on.",
    "eligibility": lambda say, at, to: f"Ask whether {say.person(at[0])} can come on {say.date(to)} after all.",
    "capacity": lambda say, at, to: f"Make {to} places on {say.date(at[0])}.",
    "min_size": lambda say, at, to: f"Let {say.date(at[0])} run with {to} people.",
    "min_agencies": lambda say, at, to: f"Ask for {to} agencies on {say.date(at[0])}.",
    "min_sectors": lambda say, at, to: f"Ask for {to} sectors on {say.date(at[0])}.",
    "agency_share": lambda _say, _at, to: f"Raise the largest share of one agency to {float(to):.0%}.",
    "max_per_team": lambda say, at, to: f"Let {to} of {say.team(at[1])} come on {say.date(at[0])}.",
    "team_cover": lambda say, at, to: f"Let {to} of {say.team(at[0])} be away on {say.day(at[1])}.",
}


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
