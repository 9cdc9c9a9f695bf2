"""Faults planted in a good set of modules: each is found, at its line, and nothing else is said."""

from datetime import date

import pytest

from lms.catalogue.library import read
from tests.catalogue.tree import spoil, write

TODAY = date(2026, 11, 22)


@pytest.fixture
def modules(tmp_path):
    return write(tmp_path)[0]


def told(modules):
    faults = read(modules, TODAY).faults
    return [(fault.file.removeprefix(f"{modules}/"), fault.line, fault.message) for fault in faults]


# file below modules/, what is replaced, by what, lines below that at which the fault stands, what is said
LEAD = "lead-professional/"
PLANTED = [
    ("references.yaml", "key: adams-1999", "key: hallam-2005", 0, "`hallam-2005` is here twice."),
    ("references.yaml", "link: https://example.org/hallam?a=1&b=2", "link: javascript:alert(1)", 0, "web address"),
    ("references.yaml", "link: https://example.org/hallam?a=1&b=2", "link: example.org", 0, "web address"),
    ("references.yaml", "checked: 2026-11-22", "checked: today", 0, "`checked` must be a date"),
    (LEAD + "module.md", "sources: [adams-1999]", "sources: [adams-1998]", 0, "Did you mean `adams-1999`?"),
    (LEAD + "module.md", "audience: Any", "audiense: Any", 0, "Did you mean `audience`?"),
    (LEAD + "module.md", "minutes: 40", "minutes: 13", 0, "The pages take 14 minutes"),
    (LEAD + "module.md", "Somebody has to hold the *thread*.\n", "", 0, "There is no text under the header."),
    (LEAD + "module.md", "*thread*", "[thread](term:thred)", 0, "There is no word `thred`."),
    (LEAD + "facts.yaml", "id: M5-F2", "id: M5-F1", 0, "`M5-F1` is here twice."),
    (LEAD + "facts.yaml", "strength: limited", "strength: weak", 0, "`strength` must be one of strong,"),
    (LEAD + "facts.yaml", "references: [hallam-2005, adams-1999]", "references: [halam-2005]", 0, "`hallam-2005`?"),
    (LEAD + "facts.yaml", "place: section 4.3, pages 15-37", "place:", 0, "`place` is empty."),
    (LEAD + "glossary.yaml", "key: tier", "key: lead-professional", 0, "`lead-professional` is here twice."),
    (LEAD + "glossary.yaml", "fact: M5-F1", "fact: M5-F3", 0, "There is no fact `M5-F3`."),
    (LEAD + "01-why-a-lead.md", "minutes: 7", "minutes: 7\nkinds: text", 1, "`kinds` is not a key here."),
    (
        LEAD + "01-why-a-lead.md",
        "term:lead-professional",
        "term:lead-profesional",
        0,
        "Did you mean `lead-professional`?",
    ),
    (LEAD + "01-why-a-lead.md", "ref:hallam-2005", "ref:nobody-1900", 0, "There is no work `nobody-1900`."),
    (LEAD + "01-why-a-lead.md", "(ref:hallam-2005)", "(02-then.md)", 0, "`02-then.md` is none of these."),
    (LEAD + "01-why-a-lead.md", "(ref:hallam-2005)", "(javascript:alert)", 0, "`javascript:alert` is none of these."),
    (LEAD + "03-sources.md", "module:tiers-of-need", "module:tiers", 0, "There is no module `tiers`."),
    (LEAD + "01-why-a-lead.md", "///\n\n/// belief", "\n/// belief", -2, "This claim is never closed"),
    (LEAD + "01-why-a-lead.md", "/// belief |", "/// believe |", 0, "Did you mean `belief`?"),
    (LEAD + "01-why-a-lead.md", "/// belief | The lead has to do it all.", "/// belief", 0, "A belief needs"),
    (LEAD + "01-why-a-lead.md", "## A table", "///\n\n## A table", 0, "This /// closes no box."),
    (LEAD + "01-why-a-lead.md", "do it all.\n", "do it all.\n    attrs: {onclick: x}\n", 0, "This box cannot be read."),
    (LEAD + "02-then-and-now.md", "since | 2026-11-22", "since | November", 0, "`November` is not a date."),
    (LEAD + "01-why-a-lead.md", "## Who we", "# Who we", 0, "Headings on a page begin with ##"),
    (LEAD + "01-why-a-lead.md", "## Who we", "#### Who we", 0, "skips a level; use ##."),
    (LEAD + "01-why-a-lead.md", "is a role", "is <b>a role", 0, "HTML is removed; `<b>` will not be seen."),
    (LEAD + "01-why-a-lead.md", "A note at", "![](media/a.png) A note at", 0, "There is no picture `media/a.png`"),
    (
        LEAD + "01-why-a-lead.md",
        "A note at",
        "![x](https://x.org/a.png) A note",
        0,
        "A picture lies in the module's folder",
    ),
    (LEAD + "01-why-a-lead.md", "foot[^1]", "foot[^2]", 0, "There is no footnote `2`"),
    (LEAD + "01-why-a-lead.md", "foot[^1]", "foot", 2, "Nothing points to the footnote `1`."),
    (LEAD + "01-why-a-lead.md", "foot[^1]", "foot[^<i>]", 0, "Call the footnote `<i>` by a number"),
    (LEAD + "01-why-a-lead.md", "(ref:hallam-2005)", '(https://a"b.org)', 0, "is none of these."),
    (LEAD + "03-sources.md", "kind: sources", "kind: source", 0, "`kind` must be one of text, then-and-now, sources."),
    (LEAD + "03-sources.md", "All of it", "All\nof [it](term:x)", 1, "There is no word `x`."),
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted[-1])
def test_a_planted_fault_is_found_at_its_line(modules, planted):
    file, old, new, below, message = planted
    line = spoil(modules / file, old, new)
    found = [fault for fault in told(modules) if fault[:2] == (file, line + below) and message in fault[2]]
    assert len(found) == 1, told(modules)


def test_all_planted_faults_are_found_together(modules):
    lines = {
        ("references.yaml", spoil(modules / "references.yaml", 'full: "Adams', 'ful: "Adams')),
        (LEAD + "module.md", spoil(modules / LEAD / "module.md", "core: true", "core: yes")),
        (LEAD + "01-why-a-lead.md", spoil(modules / LEAD / "01-why-a-lead.md", "ref:hallam-2005", "ref:x")),
        (LEAD + "02-then-and-now.md", spoil(modules / LEAD / "02-then-and-now.md", "minutes: 5", "minutes: five")),
        (LEAD + "facts.yaml", spoil(modules / LEAD / "facts.yaml", "place: section", "plaice: section")),
        (LEAD + "glossary.yaml", spoil(modules / LEAD / "glossary.yaml", "term: Tier", "term: off")),
        (
            "tiers-of-need/03-sources.md",
            spoil(modules / "tiers-of-need/03-sources.md", "Here they", "/// note |\nThey"),
        ),
    }
    (modules / "tiers-of-need" / "notes.txt").write_text("x")
    found = {(file, line) for file, line, _ in told(modules)}
    assert lines <= found
    assert ("tiers-of-need/notes.txt", 1) in found


def test_a_bad_entry_is_told_once_and_not_again_by_everything_that_names_it(modules):
    spoil(modules / LEAD / "facts.yaml", "strength: limited", "strength: weak")
    spoil(modules / LEAD / "glossary.yaml", "means: The family's", "meens: The family's")
    spoil(modules / "references.yaml", "short: Hallam", "shrt: Hallam")
    assert sorted({file for file, _, _ in told(modules)}) == [
        "lead-professional/facts.yaml",
        "lead-professional/glossary.yaml",
        "references.yaml",
    ]


def test_a_fact_that_no_page_claims_is_told_at_the_fact(modules):
    line = spoil(modules / LEAD / "02-then-and-now.md", "/// claim | M5-F2", "/// note | M5-F2")
    assert line
    assert told(modules) == [
        (LEAD + "facts.yaml", 9, "No page claims M5-F2. Every fact stands in at least one claim."),
    ]


def test_a_claim_of_an_unknown_fact_is_told_where_it_stands(modules):
    line = spoil(
        modules / LEAD / "02-then-and-now.md", "/// claim | M5-F2", "/// claim | M5-F2\nx\n///\n\n/// claim | M5-F9"
    )
    assert [fault[:2] for fault in told(modules)] == [(LEAD + "02-then-and-now.md", line + 4)]


def test_a_fact_of_another_module_cannot_be_claimed(modules):
    line = spoil(modules / LEAD / "01-why-a-lead.md", "/// claim | M5-F1", "/// claim | M7-F1")
    assert (LEAD + "01-why-a-lead.md", line) in [fault[:2] for fault in told(modules)]


def test_facts_begin_with_the_code_of_their_module(modules):
    path = modules / LEAD
    for name in ("facts.yaml", "02-then-and-now.md"):
        spoil(path / name, "M5-F2", "M6-F2")
    assert told(modules) == [(LEAD + "facts.yaml", 9, "The facts of this module begin with M5-F.")]


def test_two_modules_cannot_share_a_code(modules):
    line = spoil(modules / "tiers-of-need" / "module.md", "code: M7", "code: M5")
    said = ("tiers-of-need/module.md", line, "The module `lead-professional` has the code M5 already.")
    assert said in told(modules)


def test_pages_are_numbered_without_gaps_and_have_addresses_of_their_own(modules):
    path = modules / LEAD
    (path / "02-then-and-now.md").rename(path / "04-then-and-now.md")
    messages = {(file, message) for file, _, message in told(modules)}
    assert (LEAD + "03-sources.md", "The page of sources must be the last one.") in messages
    assert any(
        file == LEAD + "04-then-and-now.md" and "should be 03-then-and-now.md" in words for file, words in messages
    )
    (path / "04-then-and-now.md").rename(path / "01-sources.md")
    assert any("has the address `sources` already" in message for _, _, message in told(modules))


@pytest.mark.parametrize(("name", "kind"), [("02-then-and-now.md", "then-and-now"), ("03-sources.md", "sources")])
def test_every_module_says_then_and_now_and_lists_its_sources(modules, name, kind):
    spoil(modules / LEAD / name, f"kind: {kind}\n", "")
    assert (LEAD + "module.md", 1, f"The module has no page with `kind: {kind}`.") in told(modules)


def test_two_reflections_of_a_module_cannot_share_their_notes(modules):
    spoil(modules / LEAD / "02-then-and-now.md", "kind:", "reflection:\n  key: who-you-phone\n  prompt: Who?\nkind:")
    assert told(modules) == [
        (
            LEAD + "02-then-and-now.md",
            5,
            "The reflection `who-you-phone` is on 01-why-a-lead.md already; notes would be mixed up.",
        )
    ]


def test_a_missing_file_is_told_once(modules):
    (modules / LEAD / "glossary.yaml").unlink()
    assert [fault for fault in told(modules) if fault[0].endswith("glossary.yaml")] == [
        (LEAD + "glossary.yaml", 1, "This file is missing.")
    ]


def test_a_picture_that_is_there_and_says_what_it_shows_is_right(modules):
    media = modules / LEAD / "media"
    media.mkdir()
    (media / "round.png").write_bytes(b"picture")
    line = spoil(modules / LEAD / "03-sources.md", "All of it", "![A table from above](media/round.png)\n\nAll of it")
    assert told(modules) == []
    spoil(modules / LEAD / "03-sources.md", "A table from above", " ")
    assert [fault[:2] for fault in told(modules)] == [(LEAD + "03-sources.md", line)]
    assert "Say in the square brackets" in told(modules)[0][2]


def test_every_place_of_an_unknown_word_is_told(modules):
    page = modules / LEAD / "03-sources.md"
    page.write_text(page.read_text() + "\n[a](term:x) and [b](term:x)\n\n[c](term:x) but [d](term:tier)\n")
    assert [line for _, line, message in told(modules) if "`x`" in message] == [8, 8, 10]


CHANGES = """sources: [adams-1999]
changes:
  - version: 2
    made: 2027-03-01
    says: Guidance is new.
    material: true
    pages: [then-and-now]
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("version: 1\n", "version: 1\n", 17, "a change of version 2 is to come"),
        ("pages: [then-and-now]", "pages: [then-and-nov]", 21, "Did you mean `then-and-now`?"),
        ("    pages: [then-and-now]\n", "", 20, "names the `pages` to read again"),
        (
            "changes:\n",
            "changes:\n  - {version: 3, made: 2027-04-01, says: So.}\n",
            18,
            "order of their versions",
        ),
    ],
)
def test_a_list_of_changes_speaks_of_versions_and_pages_that_are_there(modules, old, new, line, says):
    path = modules / "lead-professional" / "module.md"
    spoil(path, "sources: [adams-1999]\n", CHANGES)
    if "is to come" not in says:
        spoil(path, "version: 1\n", "version: 3\n")
    spoil(path, old, new)
    faults = [fault for fault in read(modules, date(2026, 11, 22)).faults if fault.level == "fault"]
    assert any(fault.line == line and says in fault.message for fault in faults), faults


def test_a_new_version_says_what_it_changed(modules):
    spoil(modules / "lead-professional" / "module.md", "version: 1\n", "version: 2\n")
    (fault,) = read(modules, date(2026, 11, 22)).faults
    assert fault.level == "warning"
    assert "Say in `changes` what version 2 changed" in fault.message


def test_a_page_cannot_take_an_address_of_the_service(modules):
    page = modules / "tiers-of-need" / "02-now.md"
    page.rename(page.with_name("02-summary.md"))
    [(file, line, message)] = told(modules)
    assert (file, line) == ("tiers-of-need/02-summary.md", 1)
    assert "cannot be called `summary`" in message


def test_a_since_box_that_nobody_has_looked_at_for_a_year_is_a_warning_at_its_date(modules):
    line = spoil(modules / LEAD / "02-then-and-now.md", "since | 2026-11-22", "since | 2025-11-22")
    assert read(modules, TODAY).faults == []  # to the day twelve months
    (fault,) = read(modules, date(2026, 11, 23)).faults
    assert (fault.line, fault.column, fault.level, fault.rule) == (line, 13, "warning", "since-date")
    assert "look at it again" in fault.message
