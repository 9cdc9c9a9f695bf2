"""A small, faultless set of modules and quizzes on disk, for tests that then plant faults in it."""

from pathlib import Path

REFERENCES = """\
- key: hallam-2005
  short: Hallam and others, 2005
  full: "Hallam, R., Rous, B. and Grove, J. (2005) A survey."
  link: https://example.org/hallam?a=1&b=2
  note: Cited as reported in the review.
- key: adams-1999
  short: Adams, 1999
  full: "Adams, A. (1999) A book."
- key: wt-2023
  short: Working Together, 2023
  full: "Department for Education (2023) Working Together."
  checked: 2026-11-22
- key: unused-2001
  short: Unused, 2001
  full: "Unused, U. (2001) Nobody cites this."
"""

MODULE = """\
---
title: The lead professional
code: M5
summary: Who holds the thread for a family.
audience: Anyone who may coordinate a plan
level: practitioner
minutes: 40
outcomes:
  - state the three functions of the role
version: 1
owner: Common Ground editors
review_by: 2027-11-22
core: true
quizzes: [lead-check, lead-story]
sources: [adams-1999]
---
Somebody has to hold the *thread*.
"""

FIRST = """\
---
title: Why a lead
minutes: 7
reflection:
  key: who-you-phone
  prompt: Whom do you phone first?
---
A [lead professional](term:lead-professional) is a role, not a post. See [Hallam](ref:hallam-2005).

## Who we ring first

/// claim | M5-F1
Among 171 coordinators, people more often worked with the agencies closest to their own training.
///

/// belief | The lead has to do it all.
Each agency still answers for its own.
///

## A table

| What | How many |
|------|---------:|
| Coordinators | 171 |

A note at the foot[^1].

[^1]: Said once.
"""

THEN = """\
---
title: Then and now
minutes: 5
kind: then-and-now
---
/// since | 2026-11-22
Guidance now says *lead practitioner*: [Working Together](ref:wt-2023).
///

/// claim | M5-F2
The role was described in guidance.

- a contact
- a plan
///
"""

SOURCES = """\
---
title: Summary and sources
minutes: 2
kind: sources
---
All of it on one screen. More in [tiers of need](module:tiers-of-need).
"""

FACTS = """\
- id: M5-F1
  says: Coordinators more often know agencies nearest to their own background.
  strength: limited
  kind: Survey of 171 coordinators
  cannot_tell: Whether families were worse off.
  references: [hallam-2005, adams-1999]
  place: section 4.3, pages 15-37
  note: Self-reported.
- id: M5-F2
  says: Guidance described the role.
  strength: policy
  kind: National guidance
  references: [adams-1999]
  place: section 4.3, pages 15-37
"""

GLOSSARY = """\
- key: lead-professional
  term: Lead professional
  means: The family's single contact.
  since: Now usually the lead practitioner.
  fact: M5-F1
- key: tier
  term: Tier
  means: A level of need. It is not a wall.
"""

OTHER = {
    "module.md": MODULE.replace("M5", "M7")
    .replace("The lead professional", "Tiers of need")
    .replace("quizzes: [lead-check, lead-story]", "quizzes: []"),
    "01-what-for.md": "---\ntitle: What for\nminutes: 5\n---\n/// claim | M7-F1\nTiers share out help.\n///\n",
    "02-now.md": "---\ntitle: Now\nminutes: 5\nkind: then-and-now\n---\nThen was then.\n",
    "03-sources.md": "---\ntitle: Sources\nminutes: 5\nkind: sources\n---\nHere they are.\n",
    "facts.yaml": "- id: M7-F1\n  says: Tiers share out help.\n  strength: definition\n  kind: Glossary of the time\n"
    "  references: [adams-1999]\n  place: glossary, page 60\n",
    "glossary.yaml": "- key: tier\n  term: Tier\n  means: A level of help.\n",
}

RIGHT = """\
      - text: The right one
        right: true
"""
WRONG = """\
      - text: A wrong one, at length
        why: Tempting, but no.
"""
QUESTION = """\
  - key: question-{n}
    type: single
    ask: Which is right, number {n}?
    options:
{options}    feedback: Because it is so.
    fact: M5-F1
    page: why-a-lead
    outcome: 1
"""


def question(n: int) -> str:
    """A question whose right option stands first in every second one."""
    return QUESTION.format(n=n, options=RIGHT + WRONG if n % 2 else WRONG + RIGHT)


CHECK = "title: Knowledge check\nkind: check\nmodule: lead-professional\ndraw: 8\nquestions:\n" + "".join(
    map(question, range(1, 9))
)

SCENE = """\
  - key: week-{n}
    title: Week {n}
    story: |
      You meet at *school* in week {n}.
    ask: What do you do?
    choices:
"""
ASK = """\
      - key: ask
        text: Ask the family whom they want and wait for it.
        right: true
        points: 3
        change: {{trust: 1}}
        then: They tell you. See [Hallam](ref:hallam-2005) on the [lead](term:lead-professional).
        why: The family knows.
        fact: M5-F1
        to: {to}
"""
TELL = """\
      - key: tell
        text: Tell the family who it will be, because time is short.
        points: 0
        change: {{trust: -1}}
        then: They listen.
        why: They were not asked.
        tempting: It is quick.
        fact: M5-F2
        to: {to}
"""
WAIT = """\
      - key: wait
        text: Wait another week, so that everybody can be there.
        points: 0
        then: You wait.
        why: A week is long.
        tempting: Everybody could be there.
        fact: M5-F2
        to: {to}
"""
LAST_TO = "\n          - when: {{trust: {{at_least: Firm}}}}\n            go: good\n          - go: mixed"
STORY = (
    """\
title: Who leads
kind: scenario
module: lead-professional
child: Jayden
intro: |
  Jayden is six.
outcomes: [1]
seats:
  - key: nurse
    title: School nurse
    sector: health
    brief: You know the family.
  - key: teacher
    title: Teacher
    sector: education
    brief: You see him each day.
  - key: worker
    title: Family worker
    sector: voluntary
    brief: They trust you.
state:
  - key: trust
    label: Trust
    levels: [Lost, Thin, Growing, Firm]
    start: Thin
  - key: shared
    label: Shared
    levels: [Nothing yet, All of it]
    start: Nothing yet
start: week-1
scenes:
"""
    + (SCENE + ASK + TELL + WAIT).format(n=1, to="week-2")
    + (SCENE + TELL + ASK + WAIT).format(n=2, to="week-3")
    + (SCENE + TELL + WAIT + ASK).replace("{to}", LAST_TO).format(n=3)
    + """\
endings:
  - key: good
    title: Well
    acceptable: true
    story: Jayden is well.
  - key: mixed
    title: So so
    story: Jayden is so so.
"""
)


def write(folder: Path) -> tuple[Path, Path]:
    """Write the modules and quizzes below `folder`; the folders of both."""
    modules, quizzes = folder / "modules", folder / "quizzes"
    lead, tiers = modules / "lead-professional", modules / "tiers-of-need"
    for made in (lead, tiers, quizzes):
        made.mkdir(parents=True)
    (modules / "references.yaml").write_text(REFERENCES)
    for name, text in {
        "module.md": MODULE,
        "01-why-a-lead.md": FIRST,
        "02-then-and-now.md": THEN,
        "03-sources.md": SOURCES,
        "facts.yaml": FACTS,
        "glossary.yaml": GLOSSARY,
    }.items():
        (lead / name).write_text(text)
    for name, text in OTHER.items():
        (tiers / name).write_text(text)
    (quizzes / "lead-check.yaml").write_text(CHECK)
    (quizzes / "lead-story.yaml").write_text(STORY)
    return modules, quizzes


def spoil(path: Path, old: str, new: str) -> int:
    """Replace the first `old` in a file, which must be there; the number of the line where it stood."""
    text = path.read_text()
    before, found, after = text.partition(old)
    assert found, f"{path.name} has no {old!r}"
    path.write_text(f"{before}{new}{after}")
    return before.count("\n") + 1
