"""Faults planted one by one in a copy of the real content: each is found at its file and line, nothing else is said.

The copy has two modules of ours with their quizzes, and the modules that these link to. Where a fault should be found
is looked up in the planted text itself, by what stands there, never by what the check says.
"""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lms.quizzes.reader import check
from tests.catalogue.changes import Change, below_heading, both, swap, within

PROJECT = Path(__file__).resolve().parents[2]
SUBJECTS = ("lead-professional", "tiers-of-need")
LEAD, TIERS = "modules/lead-professional/", "modules/tiers-of-need/"
PAGE, HEADER = f"{LEAD}01-why-a-lead.md", f"{LEAD}module.md"
FACTS, WORDS, WORKS = f"{LEAD}facts.yaml", f"{LEAD}glossary.yaml", "modules/references.yaml"
CHECK, STORY = "quizzes/lead-professional-check.yaml", "quizzes/lead-professional-scenario.yaml"
HARD = (
    "Notwithstanding considerable organisational heterogeneity, multidisciplinary professionals operationalising "
    "collaborative accountability methodologies necessarily encounter institutional incompatibilities, administrative "
    "discontinuities, epistemological disagreements and intergovernmental responsibilities simultaneously. "
)

EXTRA_FACT = """\
- id: M5-F98
  says: It is said.
  strength: policy
  kind: Guidance
  references: [siraj-2009]
  place: section 4.3
"""
TWICE = "- key: lead-professional\n  term: Again\n  means: The same.\n"
WORK_TWICE = '- key: siraj-2009\n  short: Again\n  full: "The same."\n'

RATHER_HARD = (
    "The people at the table look again at what each of the agencies promised at the last meeting, and they write down "
    "the reasons for every action that nobody has been able to carry out in the meantime. "
)


@dataclass(frozen=True)
class Plant:
    """One fault: the change of a file, what stands where the fault should be found (a pattern; its group, if it has
    one), and words of the sentence. `new` are further files it needs; `called` is the file's new name.
    """

    name: str
    file: str
    change: Change
    at: str
    says: str
    level: str = "fault"
    new: Mapping[str, bytes] = field(default_factory=dict)
    called: str = ""


PLANTS = (
    # claims and their evidence
    Plant("claim without fact id", PAGE, below_heading("/// claim\nHelp helps.\n///"), "^/// claim$", "needs the id"),
    Plant("claim of no fact", PAGE, below_heading("/// claim | M5-F99\nIt is so.\n///"), "M5-F99", "no fact `M5-F99`"),
    Plant("fact without strength", FACTS, swap(r"^  strength: .*\n", ""), r"\A- (id)", "`strength` is missing."),
    Plant("unknown strength", FACTS, swap("strength: policy", "strength: solid"), "solid", "must be one of strong"),
    Plant("fact without a list of works", FACTS, swap(r"^  references: .*\n", ""), r"\A- (id)", "`references` is miss"),
    Plant("fact without a work", FACTS, swap(r"references: \[.*", "references: []"), r"\[\]", "must have at least 1"),
    Plant(
        "fact with an unknown work", FACTS, swap(r"references: \[", "references: [nobody-1900, "), "nobody", "no work"
    ),
    Plant("fact that no page claims", FACTS, lambda text: text + EXTRA_FACT, "M5-F98", "No page claims M5-F98."),
    Plant("fact placed by line number", FACTS, swap("place: .*", "place: lines 210-215"), "lines 210", "never a line"),
    Plant("overclaim in a fact", FACTS, swap("says: ", "says: It is proven that "), "It is proven", "“proven” claims"),
    Plant(
        "overclaim in a claim",
        PAGE,
        below_heading("/// claim | M5-F1\nThe guidance\nshows that it helps.\n///"),
        "^shows that",
        "“shows that” claims more",
    ),
    Plant("overclaim on a page", PAGE, below_heading("A lead is key to\na good plan."), "key to$", "“key to” claims"),
    Plant("overclaim in feedback", CHECK, swap('^    feedback: "', r"\g<0>It is proven. "), "It is proven", "“proven”"),
    Plant(
        "overclaim in a right option",
        CHECK,
        swap(r"- text: (.*\n +right: true)", r"- text: Proven help and \1"),
        "Proven help",
        "“Proven” claims",
    ),
    Plant(
        "overclaim in a story",
        STORY,
        swap(r"^    story: \|\n", r"\g<0>      This proves it.\n"),
        "This (proves)",
        "“proves” claims",
    ),
    Plant("overclaim in a reason", CHECK, swap("^( +why: )", r"\1It is proven. "), "why: (It is p)", "“proven” claims"),
    Plant("overclaim on a choice", STORY, swap("^( +why: )", r"\1It is proven. "), "why: (It is p)", "“proven” claims"),
    Plant(
        "overclaim at the end",
        STORY,
        swap(r"(?s)^(endings:.*?story: \|\n)", r"\1      This proves it.\n"),
        r"(?s)^endings:.*?(This proves it)",
        "“proves” claims",
    ),
    # words
    Plant("short form on a page", PAGE, below_heading("The XQZ met."), "The XQZ", "Spell out `XQZ`"),
    Plant(
        "short form in a question", CHECK, swap("^    ask: ", r"\g<0>What of XQZ now? "), "of XQZ", "Spell out `XQZ`"
    ),
    Plant(
        "short form in a story",
        STORY,
        swap(r"^    story: \|\n", r"\g<0>      The XQZ met.\n"),
        "XQZ",
        "Spell out `XQZ`",
    ),
    Plant("hard reading", PAGE, lambda text: text + "\n" + HARD * 40, r"---\n[^-]*---\n(.)", "is hard to read"),
    Plant(
        "rather hard reading",
        PAGE,
        lambda text: text + "\n" + RATHER_HARD * 60,
        r"---\n[^-]*---\n(.)",
        "is hard to read",
        "warning",
    ),
    # pages
    Plant("broken word", PAGE, below_heading("A [thing](term:thingummy)."), "term:thing", "no word `thingummy`"),
    Plant("broken work", PAGE, below_heading("See [them](ref:nobody-1900)."), "ref:nobody", "no work `nobody-1900`"),
    Plant("broken module", PAGE, below_heading("See\n[it](module:tiers)."), "module:tiers", "no module `tiers`"),
    Plant("broken web link", PAGE, below_heading("See [it](htp://example.org)."), "htp", "is none of these"),
    Plant("script as a link", PAGE, below_heading("See [it](javascript:x)."), "javascript", "is none of these"),
    Plant(
        "picture without words",
        PAGE,
        below_heading("![](media/x.png)"),
        r"!\[\]",
        "what the picture shows",
        new={f"{LEAD}media/x.png": b"x"},
    ),
    Plant(
        "picture that is not there", PAGE, below_heading("![Rings](media/x.png)"), r"!\[", "no picture `media/x.png`"
    ),
    Plant("drawing without title", f"{TIERS}media/tiers.svg", swap("<title>.*</title>\n?", ""), r"\A(.)", "a <title>"),
    Plant(
        "drawing that names a colour",
        f"{TIERS}media/tiers.svg",
        swap("</svg>", '<rect width="9" height="9" fill="red"/>\n</svg>'),
        "fill=",
        "A drawing has no `fill`",
    ),
    Plant(
        "drawing without its words",
        f"{TIERS}01-what-tiers-are-for.md",
        below_heading("/// figure | media/tiers.svg\nA caption.\n///"),
        "/// figure",
        "the same in words",
    ),
    Plant("heading that skips", PAGE, swap("^## ", "#### "), "^#### ", "skips a level"),
    Plant("second title", PAGE, swap("^## ", "# "), "^# ", "begin with ##"),
    Plant("footnote of nothing", PAGE, below_heading("Said once[^note]."), r"\[\^note", "no footnote `note`"),
    Plant("unknown box", PAGE, below_heading("/// beleif | It is so.\nNo.\n///"), "/// bel", "Did you mean `belief`?"),
    Plant("HTML", PAGE, below_heading("A <b>bold word."), "<b>", "HTML is removed", "warning"),
    Plant(
        "page out of order",
        f"{LEAD}06-summary-and-sources.md",
        swap(r"\A", ""),
        r"\A",
        "should be 06-",
        called="07-summary-and-sources.md",
    ),
    Plant("unknown key of a page", PAGE, swap("^minutes:", "minuets: 1\nminutes:"), "minuets", "is not a key here"),
    Plant(
        "old box",
        f"{LEAD}05-then-and-now.md",
        swap(r"since \| [0-9-]+", "since | 2020-01-31"),
        "2020-01-31",
        "look at it again",
        "warning",
    ),
    Plant("box without a date", f"{LEAD}05-then-and-now.md", swap(r"since \| .*", "since | May"), "May$", "not a date"),
    # headers and lists
    Plant("unknown key", HEADER, swap("^audience:", "audiense:\naudience:"), "audiense", "Did you mean `audience`?"),
    Plant(
        "bad date", HEADER, swap("review_by: .*", "review_by: 2027-02-30"), "2027-02-30", "not a day of the calendar"
    ),
    Plant(
        "expired review", HEADER, swap("review_by: .*", "review_by: 2020-01-31"), "2020-01-31", "again by", "warning"
    ),
    Plant(
        "untested outcome", HEADER, swap("^version:", "  - fly\nversion:"), "fly", "No question and no scenario tests"
    ),
    Plant("quiz that is not there", HEADER, swap(r"^quizzes: \[", r"\g<0>nothing, "), "nothing,", "no quiz `nothing`"),
    Plant("no as a word", WORDS, swap("^  term: .*", "  term: no"), "term: (no)", "Put quotes around `no`"),
    Plant("word resting on no fact", WORDS, swap("fact: M5-F1$", "fact: M5-F97"), "M5-F97", "no fact `M5-F97`"),
    Plant("word given twice", WORDS, lambda text: text + TWICE, r"(lead-professional)\n  term: Again", "twice"),
    Plant(
        "work given twice", WORKS, lambda text: text + WORK_TWICE, r"key: (siraj-2009)\n  short: Again", "is here twice"
    ),
    Plant(
        "unsafe address of a work", WORKS, swap(r"^  full: ", "  link: javascript:x\n  full: "), "javascript", "web ad"
    ),
    # checks
    Plant("unknown fact in a quiz", CHECK, swap("fact: M5-F1$", "fact: M5-F97"), "M5-F97", "no fact `M5-F97`"),
    Plant("unknown outcome", CHECK, swap("outcome: 1$", "outcome: 9"), "outcome: (9)", "There is no outcome 9"),
    Plant("unknown page", CHECK, swap("page: a-set", "page: a-sett"), "a-sett", "no page `a-sett"),
    Plant("key given twice", CHECK, swap("^title: .*", r"\g<0>\ntitle: Again"), "title: Again", "given twice"),
    Plant(
        "unknown key of a question", CHECK, swap("^    feedback:", "    hint: x\n    feedback:"), "hint", "not a key"
    ),
    Plant("wrong option without why", CHECK, swap(r"^ +why: .*\n", ""), r"- (text: Taking over)", "Every wrong option"),
    Plant("tab", CHECK, swap("^draw:", "\tdraw:"), r"^\tdraw", "Indent with spaces, not tabs"),
    Plant("colon in a text", CHECK, swap("^title: .*", "title: One: two"), "title: One", "needs quotes around it"),
    Plant("draws too many", CHECK, swap("draw: .*", "draw: 99"), "99", "`draw` must be from 1"),
    Plant("two right of one", CHECK, swap("type: multiple", "type: single"), "options:\n +(-)", "exactly one option"),
    Plant(
        "longest is right",
        CHECK,
        swap(
            r'- text: ("?)(?=.*\n +right: true)', rf"- text: \1{'As far as anybody can tell from that time, ' * 4}", 0
        ),
        r"^questions:\n +(-)",
        "The right option is the longest in",
    ),
    Plant(
        "Markdown in plain text", CHECK, swap("^    ask: ", r"\g<0>What is **it**? "), "What is", "as it is", "warning"
    ),
    Plant("tab among the facts", FACTS, swap("^  says:", "\tsays:"), r"^\tsays", "Indent with spaces, not tabs"),
    Plant("bracket left open among the words", WORDS, swap("^  term: .*", "  term: [Tier"), "^  means", "never closed"),
    Plant("bracket left open among the works", WORKS, swap("^  short: .*", "  short: [A"), "^  full", "never closed"),
    Plant(
        "overclaim in the third line of feedback",
        CHECK,
        swap(
            '^    feedback: "',
            '    feedback: "It is not proven yet,\\n      and now it is.\\n      It is proven yet, ',
        ),
        "It is (proven)",
        "“proven” claims",
    ),
    # scenarios
    Plant(
        "broken work in a story",
        STORY,
        swap(r"^    story: \|\n", r"\g<0>      Then\n\n      see [them](ref:nobody-1900).\n"),
        "ref:nobody",
        "no work `nobody-1900`",
    ),
    Plant(
        "dead end",
        STORY,
        swap(
            "^        to: (second-thoughts)", r"        to:\n          - when: {trust: {is: Firm}}\n            go: \1"
        ),
        r"to:\n +(-) when: \{trust: \{is: Firm\}\}\n +go: second-thoughts",
        "Dead end",
    ),
    Plant(
        "unreachable scene",
        STORY,
        swap("to: second-thoughts", "to: the-plan", 0),
        r"^  - key: (second-thoughts)",
        "No choice ever leads to the scene `second-thoughts`",
    ),
    Plant(
        "loop without way out",
        STORY,
        within("nobodys-turn", swap("to: the-plan", "to: nobodys-turn", 0)),
        r"^  - key: (nobodys-turn)",
        "round for ever",
    ),
    Plant(
        "pass mark that nothing reaches",
        STORY,
        both(
            swap("pass_mark: .*", "pass_mark: 100"),
            swap("acceptable: true", "acceptable: false", 0),
            swap(r"(- key: closed-early\n(?:    .*\n)*?    acceptable: )false", r"\1true"),
        ),
        "pass_mark: (100)",
        "Nobody can pass",
    ),
    Plant(
        "passing by luck",
        STORY,
        both(swap("pass_mark: .*", "pass_mark: 1"), swap("acceptable: false", "acceptable: true", 0)),
        "pass_mark: (1)",
        "chooses at random passes",
    ),
    Plant("choice without feedback", STORY, swap(r"^ +why: .*\n", ""), "- (key): school-leads", "`why` is missing."),
    Plant("choice without temptation", STORY, swap(r"^ +tempting: .*\n", ""), "- (key): school-leads", "in `tempting`"),
    Plant("best choice with a rival", STORY, swap("^        points: .*", "        points: 3"), "points: (3)", "fewer."),
    Plant("unknown scene", STORY, swap("to: the-plan", "to: the-plam"), "the-plam", "Did you mean `the-plan`?"),
    Plant("unknown level", STORY, swap("at_least: [A-Z][a-z]+", "at_least: Granite"), "Granite", "no level `Granite`"),
    Plant("unknown seat", STORY, swap(r"seats: \[charity\]", "seats: [police]"), "police", "no seat `police`"),
    Plant(
        "picture in a story", STORY, swap("^intro: \\|\n", r"\g<0>  ![x](media/x.png)\n"), r"intro: (\|)", "no pictures"
    ),
    Plant(
        "best choice is the longest",
        STORY,
        swap(r"^(        text: \"?)(?=.*\n +right: true)", rf"\1{'You take your time and then ' * 8}", 0),
        r"^scenes:\n +(-)",
        "The best choice is the longest in",
    ),
)


@dataclass(frozen=True)
class Copy:
    """The copied content and what the check says of it before anything is planted."""

    root: Path
    before: frozenset[tuple[str, int, str, str]]

    def said(self) -> frozenset[tuple[str, int, str, str]]:
        """All that the check says now."""
        return told(self.root)


def told(root: Path) -> frozenset[tuple[str, int, str, str]]:
    found = check(root / "modules", root / "quizzes")
    return frozenset((one.file.removeprefix(f"{root}/"), one.line, one.level, one.message) for one in found)


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    root = tmp_path_factory.mktemp("planted")
    texts = [path.read_text() for slug in SUBJECTS for path in (PROJECT / "modules" / slug).glob("*.md")]
    linked = {slug for text in texts for slug in re.findall(r"\]\(module:([a-z-]+)\)", text)}
    for slug in {*SUBJECTS, *linked}:
        shutil.copytree(PROJECT / "modules" / slug, root / "modules" / slug)
    shutil.copy(PROJECT / "modules" / "references.yaml", root / "modules")
    (root / "quizzes").mkdir()
    for path in (path for slug in SUBJECTS for path in (PROJECT / "quizzes").glob(f"{slug}-*.yaml")):
        shutil.copy(path, root / "quizzes")
    before = told(root)
    ours = tuple(f"{folder}/{slug}" for folder in ("modules", "quizzes") for slug in SUBJECTS)
    assert not [one for one in before if one[0].startswith(ours)], "what faults are planted in must be faultless"
    return Copy(root, before)


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_a_planted_fault_is_found_at_its_line_and_nothing_else_is_said(copied: Copy, plant: Plant):
    path = copied.root / plant.file
    original = path.read_text()
    planted = plant.change(original)
    place = re.search(plant.at, planted, re.MULTILINE)
    assert place, "the plant does not say where it stands"
    line = planted.count("\n", 0, place.start(place.lastindex or 0)) + 1
    now = path.with_name(plant.called) if plant.called else path
    try:
        path.unlink()
        now.write_text(planted)
        for name, content in plant.new.items():
            (copied.root / name).parent.mkdir(exist_ok=True)
            (copied.root / name).write_bytes(content)
        found = copied.said() - copied.before
    finally:
        now.unlink()
        path.write_text(original)
        for name in plant.new:
            (copied.root / name).unlink()
    file = str(now.relative_to(copied.root))
    assert [one[:3] for one in found] == [(file, line, plant.level)], found
    assert plant.says in next(iter(found))[3]


def test_there_are_more_kinds_of_faults_than_the_issue_asks_for():
    assert len({plant.name for plant in PLANTS}) == len(PLANTS) >= 30
