"""Nothing that tells the right answer leaves the server before it is due: strings planted in it are looked for in every
byte of every answer.
"""

import re
from dataclasses import replace

import pytest

from lms.quizzes.quiz import Matching, Multiple, Option, Ordering, Pair, Single
from tests.quizzes.checks import asked, begin, filled_in, four_kinds
from tests.quizzes.stories import who_leads

pytestmark = pytest.mark.slow

CANARY = "xqzcanary"


def planted_check():
    rest = {"feedback": f"{CANARY}-feedback", "fact": "M5-F1", "page": "a-set-of-functions"}
    options = tuple(Option(f"Option {n}", right=n < 2, why=f"{CANARY}-why-{n}") for n in range(4))
    return four_kinds(
        Single(f"{CANARY}-key", "Which?", (replace(options[1], right=True), *options[2:]), **rest),
        Multiple("several", "Which ones?", options, **rest),
        Ordering("row", "In what order?", ("Ahead", "Between", "Last"), **rest),
        Matching("pairs", "What fits?", tuple(Pair(f"Left {n}", f"Right {n}") for n in range(4)), **rest),
    )


def planted_story():
    story = who_leads()
    scenes = []
    for scene in story.scenes:
        choices = [
            replace(
                choice,
                key=f"{CANARY}-{choice.key}",
                why=f"{CANARY}-why",
                tempting=f"{CANARY}-tempting",
                seats={"health": f"{CANARY}-note", "school": f"{CANARY}-note"},
            )
            for choice in scene.choices
        ]
        scenes.append(replace(scene, key=f"{CANARY}-{scene.key}", choices=tuple(choices), more=()))
    ways = {scene.key: f"{CANARY}-{scene.key}" for scene in story.scenes}
    for number, scene in enumerate(scenes):
        moved = [
            replace(each, to=tuple(replace(to, go=ways.get(to.go, to.go)) for to in each.to)) for each in scene.choices
        ]
        scenes[number] = replace(scene, choices=tuple(moved))
    return replace(story, start=ways[story.start], scenes=tuple(scenes))


@pytest.fixture
def received(app, as_user, make, shelve, monkeypatch):
    """A visitor, and every byte that was sent to them: headers, cookies and bodies."""
    shelve(planted_check(), planted_story())
    visitor = as_user(make.person())
    everything: list[bytes] = []
    open_page = type(visitor.client).open

    def listen(client, *args, **kwargs):
        response = open_page(client, *args, **kwargs)
        everything.append(str(response.headers).encode() + response.data)
        return response

    monkeypatch.setattr(type(visitor.client), "open", listen)
    return visitor, everything


def telling(sent):
    """Attributes and words by which a page could give itself away without a planted string."""
    return re.findall(rb'(?:data-right|data-correct|is-right|value="(?:true|right|correct)"|data-points)', sent, re.I)


@pytest.mark.parametrize("rightly", [True, False])
def test_a_check_tells_nothing_until_its_last_answer(received, rightly):
    visitor, everything = received
    check = planted_check()
    page = begin(visitor, check.slug)
    seen = 0
    while page.forms("data-question"):
        (form,) = page.forms("data-question")
        seen += 1
        visitor.send(page, form, {}, expect=422)
        data = filled_in(asked(check, page), page, rightly=rightly)
        assert b"".join(everything).count(CANARY.encode()) == 0, f"before answer {seen}"
        assert telling(b"".join(everything)) == []
        sent = visitor.send(page, form, data)
        visitor.send(page, form, data)
        if seen < 4:
            visitor.get(form.get("action"))
            visitor.get("quizzes.front", quiz=check.slug)
            visitor.get(re.sub(r"\d$", "result", form.get("action")), expect=303)
        assert b"".join(everything).count(CANARY.encode()) == 0, f"after answer {seen}"
        page = visitor.follow(sent)
    assert seen == 4
    assert f"{CANARY}-feedback" in page.text, "and now it is due"


def test_a_scenario_tells_nothing_until_its_ending(received):
    visitor, everything = received
    story = planted_story()
    page = begin(visitor, story.slug, seat="charity")
    for number in range(1, 4):
        (form,) = page.forms("data-scene")
        visitor.send(page, form, {}, expect=422)
        sent = visitor.send(page, form, {"choice": "0"})
        visitor.send(page, form, {"choice": "1"})
        if number < 3:
            visitor.get(form.get("action"))
            visitor.get("quizzes.front", quiz=story.slug)
            visitor.get(re.sub(r"scene/\d$", "result", form.get("action")), expect=303)
        assert b"".join(everything).count(CANARY.encode()) == 0, f"after decision {number}"
        assert telling(b"".join(everything)) == []
        page = visitor.follow(visitor.follow(sent, expect=303))
    assert f"{CANARY}-why" in page.text, "and now it is due"
    assert f"{CANARY}-note" in page.text


def test_options_items_and_sides_do_not_stand_in_the_order_of_the_file(received):
    visitor, _ = received
    check = planted_check()
    orders = {"row": set(), "pairs": set(), "several": set()}
    for _ in range(6):
        page = begin(visitor, check.slug)
        while page.forms("data-question"):
            question = asked(check, page)
            labels = tuple(label.text_content().strip() for label in page.all("//form[@data-question]//label"))
            if question.key in orders:
                orders[question.key].add(labels)
            (form,) = page.forms("data-question")
            page = visitor.follow(visitor.send(page, form, filled_in(question, page)))
    assert ("Ahead", "Between", "Last") not in orders["row"]
    assert len(orders["several"]) > 1
    assert len(orders["pairs"]) > 1


def test_no_search_finds_what_a_quiz_says(received):
    visitor, _ = received
    for view in ("learning.catalogue", "catalogue.glossary", "catalogue.references"):
        assert not visitor.get(view, q=CANARY).all("//main//mark")
        assert visitor.get(view, q="children").all("//main//mark")
