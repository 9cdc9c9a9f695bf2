"""Every kind of act that the code notes has its words."""

import ast
from pathlib import Path

import pytest

from lms.acts.kinds import GROUPS, KINDS, UNKNOWN, Tie, worded
from lms.audit.chain import ERASED
from lms.joining.actions import NOTED

LMS = Path(__file__).resolve().parents[2] / "lms"
# Those whose name is put together where they are noted.
PUT_TOGETHER = {
    'f"certificate.name_{found.outcome}"': ("certificate.name_corrected", "certificate.name_kept"),
    "f\"cohort.{'opened' if self.programme.opens else 'closed'}\"": ("cohort.opened", "cohort.closed"),
    'f"plan.{step.do}"': tuple(f"plan.{do}" for do in ("pin", "move", "leave", "free", "undo")),
    "NOTED[one.kind]": tuple(NOTED.values()),
    "_ENDED[state]": ("cohort.place_cancelled", "cohort.person_removed", "cohort.declined"),
    "ERASED": (ERASED,),
    "act": ("export.opened", "export.closed"),
    "action": (),  # what `audit.record` itself was given
}


def noted():
    """(where, the kind as it is written) of each call that notes an act."""
    for path in sorted(LMS.rglob("*.py")):
        text = path.read_text()
        if "audit" not in text:
            continue
        tree = ast.parse(text)
        named = [one for one in ast.walk(tree) if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)]
        constants = {ast.unparse(one.targets[0]): one.value.value for one in named}
        for call in (one for one in ast.walk(tree) if isinstance(one, ast.Call)):
            kind = _kind(call)
            if kind is not None:
                written = ast.get_source_segment(text, kind) or ""
                if isinstance(kind, ast.IfExp):
                    yield from ((path, one.value) for one in (kind.body, kind.orelse))
                else:
                    yield path, kind.value if isinstance(kind, ast.Constant) else constants.get(written, written)


def _kind(call):
    name = ast.unparse(call.func)
    if name in ("audit.record", "actions.record") and len(call.args) > 1 and "views" not in ast.unparse(call):
        return call.args[1]
    if name == "AuditEntry":
        return next(one.value for one in call.keywords if one.arg == "action")
    return None


def test_each_kind_that_is_noted_has_words():
    found = {(path.name, kind) for path, kind in noted() if "current_actor" not in kind and kind != "person_id"}
    assert len(found) > 120
    kinds = {one for _, kind in found for one in PUT_TOGETHER.get(kind, (kind,))}
    assert sorted(kinds - set(KINDS)) == []
    assert sorted(set(KINDS) - kinds) == []  # nor are there words for what nobody notes


def test_a_kind_stands_in_one_group_and_no_two_read_the_same():
    every = [kind for group in GROUPS for kind in group.kinds]
    assert len(every) == len(KINDS)
    assert len({one.words for one in every}) == len(every)
    assert len({group.key for group in GROUPS}) == len(GROUPS)


def test_words_are_sentences_without_their_stop():
    for one in KINDS.values():
        assert one.words[0].isupper(), one
        assert one.words[-1] not in ".!", one


def test_one_that_is_not_known_has_words_too_and_no_administrator_reads_it():
    assert worded("thing.done") == UNKNOWN


@pytest.mark.parametrize(
    "action",
    [
        "person.signed_in", "person.signed_out", "second_step.passed", "reflection.deleted", "cohort.needs_said",
        "flag.raised", "apart.set", "leave.recorded", "outcomes.answered", "certificate.issued", "cohort.place_booked",
        "attendance.signed_in", "study.started_again", "record.asked_about", "nomination.made", "attendance.contested",
    ],
)  # fmt: skip
def test_what_is_promised_to_nobody_is_tied_to_nobody(action):
    assert KINDS[action].tie is Tie.NOBODY
