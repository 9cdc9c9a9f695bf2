"""Data with faults in it, made good enough for the checks of the whole, so that all faults show at once. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.cohorts.engine.faults import Found
from lms.cohorts.engine.places import Path

# What stands in for a value that cannot be used; a field without one is left out.
FIELDS: Mapping[str, Any] = {"agency": "?", "band": 0, "sessions": [], "date": "2000-01-01", "capacity": 0}
TEAM = {"id": "?", "max_absent_per_date": 0}
PAIR = {"person": "?", "session": "?"}
RULES: Mapping[str, Any] = {
    "keep_apart": ["?", "??"],
    "prior_contacts": ["?", "??"],
    "keep_together": [],
    "pins": PAIR,
    "forbid": PAIR,
    "must_place": "?",
}
LISTED = ("people", "sessions")


def stood_in(data: Mapping[str, Any], faults: Sequence[Found]) -> dict[str, Any] | None:
    """The data with something usable wherever there is a fault; nothing where so much is missing that all else would
    seem wrong: the list of people or one of their ids.
    """
    if any(_hides_the_rest(fault.path) for fault in faults):
        return None
    mended = _copied(data)
    for fault in faults:
        _stand_in(mended, fault.path)
    return mended


def speaks_of_the_same(one: Path, other: Path) -> bool:
    """Whether one of the two is the other, or a part of it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _hides_the_rest(path: Path) -> bool:
    if not path or path[0] == "table_sizes":
        return True
    return path[0] in LISTED and (len(path) < 3 or path[2] == "id")


def _copied(data: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which what has faults can be replaced without touching the data."""
    copy = dict(data)
    for name in (*LISTED, "teams"):
        if isinstance(copy.get(name), list):
            copy[name] = [dict(one) if isinstance(one, dict) else one for one in copy[name]]
    if isinstance(copy.get("rules"), dict):
        copy["rules"] = {name: list(one) if isinstance(one, list) else one for name, one in copy["rules"].items()}
    return copy


def _stand_in(mended: dict[str, Any], path: Path) -> None:
    match path:
        case ("people" | "sessions" as listed, int(at), str(name), *_):
            _replace(mended[listed][at], name, FIELDS.get(name))
        case ("teams", int(at), *_):
            mended["teams"][at] = {**TEAM, "id": f"?{at}"}
        case ("rules", str(name), int(at), *_):
            mended["rules"][name][at] = RULES[name]
        case ("rules", str(name)):
            del mended["rules"][name]
        case ("rounds", *_):
            mended["rounds"] = 1
        case (str(name), *_):
            mended.pop(name, None)


def _replace(entry: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        entry.pop(name, None)
    else:
        entry[name] = value
