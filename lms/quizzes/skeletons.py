"""The first lines of a new module or quiz: files that pass the check and say in each place what to write. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

FEWEST_QUESTIONS = 8

MODULE = """\
---
title: {title}
code: {code}
summary: Say in one or two sentences what helps a person decide whether to start.
audience: Say for whom it is
level: practitioner
minutes: 30
outcomes:
  - say what a learner can do after it, beginning with a verb
version: 1
owner: Say who answers for it
review_by: {review_by}
quizzes: []
sources: [{work}]
---
Introduce the module in a paragraph or three: what it is about, how firm the ground is, how long it takes.
"""
PAGE = """\
---
title: Name the first page
minutes: 5
kind: text
reflection:
  key: first-thought
  prompt: Ask one question about the reader's own work.
---
Begin with something that happens in practice. Mark [a word](term:first-word) where it first appears.

## Give each part a heading

Say what leads to the claim, then make it in a box of its own.

/// claim | {code}-F1
Say the fact in your own plain words, and no more than its evidence carries.
///

Say what follows from it for the reader's work.

/// belief | Quote what people often say and is not so.
Answer it kindly, with what is known.
///
"""
SINCE = """\
---
title: Then and now
minutes: 3
kind: then-and-now
---
Say what the review of 2009 had in view.

/// since | {today}
Say what has happened after 2009, each thing with its source, and say aloud what still *needs checking*.
///

## Look it up locally

Say what the reader should look up in their own area.
"""
SOURCES = """\
---
title: Summary and sources
minutes: 2
kind: sources
---
## On one screen

Say the whole module in a few lines, for people who print this page.
"""
FACTS = """\
- id: {code}-F1
  says: Say the fact in one sentence of your own.
  strength: expert-view
  kind: Say what kind of study or source it is
  cannot_tell: Say what the evidence cannot tell.
  references: [{work}]
  place: Say the section and pages of the review
"""
WORDS = """\
- key: first-word
  term: A word
  means: Say what it means, in a sentence or two.
  fact: {code}-F1
"""
CHECK = """\
title: {title}
kind: check
module: {module}
draw: 8
questions:
"""
QUESTION = """\
  - key: question-{number}
    type: single
    ask: Ask question {number}, on the outcome “{outcome}”
    options:
{options}    feedback: Say why the right answer is right, and no more than the fact carries.
    fact: {fact}
    page: {page}
    outcome: {place}
"""
RIGHT = """\
      - text: Write the right answer
        right: true
"""
WRONG = (
    """\
      - text: Write an answer that a good practitioner might well give
        why: Say why it is tempting, and what is missing.
""",
    """\
      - text: Write another one, as long as the right one
        why: Say why it is tempting, and what is missing.
""",
)
SCENARIO = """\
title: {title}
kind: scenario
module: {module}
child: Robin
intro: |
  Tell the case in about 80 words: the child, the family, what is known, and what has been asked of you.
outcomes: {outcomes}
seats:
  - key: health
    title: Name who sits here
    sector: health
    brief: Say to them in one or two sentences what they know that nobody else does.
  - key: school
    title: Name who sits here
    sector: education
    brief: Say to them in one or two sentences what they know that nobody else does.
  - key: charity
    title: Name who sits here
    sector: voluntary
    brief: Say to them in one or two sentences what they know that nobody else does.
others: [Name the family]
state:
  - key: trust
    label: The family's trust
    levels: [Lost, Thin, Growing, Firm]
    start: Thin
  - key: time
    label: Time
    levels: [Lost, Short, Enough]
    start: Short
start: scene-1
scenes:
"""
SCENE = """\
  - key: scene-{number}
    title: "Week {number}: name the moment"
    story: |
      Say what has happened and what you see, in the present tense.
    ask: What do you do?
    choices:
"""
BEST = """\
      - key: best
        text: Write the best thing to do, in a full sentence.
        right: true
        points: 3
        change: {{trust: 1}}
        then: |
          Say what this led to, for the child.
        why: Say what the firmer ground is.
        fact: {fact}
        to: {to}
"""
OTHERS = (
    """\
      - key: quick
        text: Write something that a good practitioner might do when time is short.
        points: 1
        change: {{trust: -1, time: 1}}
        then: |
          Say what this led to, for the child.
        why: Say what the firmer ground is.
        tempting: Say why a good practitioner might choose this.
        fact: {fact}
        to: {to}
""",
    """\
      - key: wait
        text: Write something that a good practitioner might do who would rather wait and see.
        points: 0
        change: {{time: -1}}
        then: |
          Say what this led to, for the child.
        why: Say what the firmer ground is.
        tempting: Say why a good practitioner might choose this.
        fact: {fact}
        to: {to}
""",
)
LAST = "\n          - when: {trust: {at_least: Growing}}\n            go: good-ending\n          - go: other-ending"
ENDINGS = """\
endings:
  - key: good-ending
    title: Say when
    acceptable: true
    story: |
      Say what became of the child.
  - key: other-ending
    title: Say when
    story: |
      Say what became of the child.
"""


@dataclass(frozen=True)
class Ground:
    """What a quiz may name: the module, its outcomes, its pages and its facts."""

    module: str
    outcomes: Sequence[str]
    pages: Sequence[str]
    facts: Sequence[str]


def module(code: str, title: str, work: str, today: date) -> Mapping[str, str]:
    """The files of a new module, by name. `work` is a key of references.yaml."""
    review_by = date(today.year + 1, today.month, min(today.day, 28))
    around = {"code": code, "title": _quoted(title), "work": work, "today": today, "review_by": review_by}
    texts = {
        "module.md": MODULE,
        "01-first-page.md": PAGE,
        "02-then-and-now.md": SINCE,
        "03-summary-and-sources.md": SOURCES,
        "facts.yaml": FACTS,
        "glossary.yaml": WORDS,
    }
    return {name: text.format(**around) for name, text in texts.items()}


def check(title: str, ground: Ground) -> str:
    """A new knowledge check: a question for every outcome, eight at least; the right option moves about."""
    questions = []
    for number in range(max(FEWEST_QUESTIONS, len(ground.outcomes))):
        place = number % len(ground.outcomes)
        questions.append(
            QUESTION.format(
                number=number + 1,
                outcome=ground.outcomes[place].replace(": ", ", "),
                options=_turned(RIGHT, WRONG, number),
                fact=ground.facts[number % len(ground.facts)],
                page=ground.pages[number % len(ground.pages)],
                place=place + 1,
            )
        )
    return CHECK.format(title=_quoted(title), module=ground.module) + "".join(questions)


def scenario(title: str, ground: Ground) -> str:
    """A new scenario of three scenes; the best choice moves about, and trust decides how it ends."""
    outcomes = list(range(1, len(ground.outcomes) + 1))
    text = SCENARIO.format(title=_quoted(title), module=ground.module, outcomes=outcomes)
    for number, to in enumerate(("scene-2", "scene-3", LAST)):
        choices = _turned(BEST, OTHERS, number)
        text += SCENE.format(number=number + 1) + choices.format(fact=ground.facts[0], to=to)
    return text + ENDINGS


def _turned(right: str, others: Sequence[str], number: int) -> str:
    """One right part among the others, each time in another place."""
    parts = list(others)
    parts.insert(number % (len(others) + 1), right)
    return "".join(parts)


def _quoted(text: str) -> str:
    """A text as YAML reads it back, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)
