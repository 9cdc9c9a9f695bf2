"""Loading a library: what its modules hold, in which order, and that nothing loads while anything is wrong."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from lms.catalogue.evidence import Strength
from lms.catalogue.library import ContentFaults, load, read
from tests.catalogue.tree import spoil, write

PROJECT = Path(__file__).resolve().parents[2]
CLAIM_OR_DRAWING = re.compile('<div class="(?:claim|figure)">')


@pytest.fixture
def modules(tmp_path):
    return write(tmp_path)[0]


def test_a_faultless_folder_has_no_faults(modules):
    assert read(modules, date(2026, 11, 22)).faults == []


def test_modules_stand_in_the_order_of_their_codes(modules):
    assert [module.code for module in load(modules).modules] == ["M5", "M7"]
    spoil(modules / "lead-professional" / "module.md", "code: M5", "code: M11")
    for name in ("facts.yaml", "01-why-a-lead.md", "02-then-and-now.md", "glossary.yaml"):
        path = modules / "lead-professional" / name
        path.write_text(path.read_text().replace("M5-", "M11-"))
    assert [module.code for module in load(modules).modules] == ["M7", "M11"]


def test_a_module_has_what_its_header_says(modules):
    module = load(modules).module("lead-professional")
    assert (module.title, module.level, module.minutes, module.version) == (
        "The lead professional",
        "practitioner",
        40,
        1,
    )
    assert (module.core, module.valid_months, module.review_by) == (True, 36, date(2027, 11, 22))
    assert module.quizzes == ["lead-check", "lead-story"]
    assert str(module.intro_html) == "<p>Somebody has to hold the <em>thread</em>.</p>"
    assert load(modules).module("nothing") is None


def test_pages_stand_in_order_with_what_they_claim_and_explain(modules):
    module = load(modules).module("lead-professional")
    assert [(page.number, page.slug, page.kind) for page in module.pages] == [
        (1, "why-a-lead", "text"),
        (2, "then-and-now", "then-and-now"),
        (3, "sources", "sources"),
    ]
    first = module.page("why-a-lead")
    assert first.facts == ("M5-F1",)
    assert [term.term for term in first.terms] == ["Lead professional"]
    assert first.reflection.key == "who-you-phone"
    assert module.page("then-and-now").reflection is None
    assert first.text.startswith("A lead professional is a role, not a post. See Hallam. Who we ring first · Among 171")
    assert module.sources_page is module.pages[2]
    assert module.page("nothing") is None


def test_facts_carry_their_strength(modules):
    module = load(modules).module("lead-professional")
    assert [(fact.id, fact.strength) for fact in module.facts.values()] == [
        ("M5-F1", Strength.LIMITED),
        ("M5-F2", Strength.POLICY),
    ]
    assert module.facts["M5-F1"].grade.label == "Limited evidence"


def test_references_are_all_that_the_module_cites_from_a_to_z_and_no_other(modules):
    library = load(modules)
    cited = library.module("lead-professional").references
    assert [work.key for work in cited] == ["adams-1999", "wt-2023", "hallam-2005"]
    assert "unused-2001" in library.references


def test_the_hash_changes_with_any_file_of_the_module_and_with_no_other(modules):
    before = {module.slug: module.hash for module in load(modules).modules}
    assert before == {module.slug: module.hash for module in load(modules).modules}
    spoil(modules / "lead-professional" / "glossary.yaml", "single contact", "one contact")
    after = {module.slug: module.hash for module in load(modules).modules}
    assert after["lead-professional"] != before["lead-professional"]
    assert after["tiers-of-need"] == before["tiers-of-need"]
    media = modules / "tiers-of-need" / "media"
    media.mkdir()
    (media / "chart.png").write_bytes(b"picture")
    assert load(modules).module("tiers-of-need").hash != before["tiers-of-need"]


def test_nothing_loads_while_there_is_a_fault_and_all_of_them_are_told(modules):
    spoil(modules / "lead-professional" / "module.md", "level: practitioner", "level: expert")
    spoil(modules / "tiers-of-need" / "01-what-for.md", "minutes: 5", "minutes: no")
    with pytest.raises(ContentFaults) as refused:
        load(modules)
    assert len(refused.value.faults) == 2


def test_a_late_review_is_a_warning_and_does_not_stop_the_server(modules):
    spoil(modules / "lead-professional" / "module.md", "review_by: 2027-11-22", "review_by: 2020-01-01")
    warning = read(modules, date(2026, 11, 22)).faults[0]
    assert (warning.level, warning.line) == ("warning", 12)
    assert load(modules).module("lead-professional")
    assert read(modules, date(2019, 1, 1)).faults == []


def test_a_missing_folder_is_a_fault(tmp_path):
    with pytest.raises(ContentFaults, match="There is no such folder of modules"):
        load(tmp_path / "nowhere")


def test_a_file_that_is_not_utf_8_is_a_fault_with_its_line(modules):
    (modules / "lead-professional" / "glossary.yaml").write_bytes(b"- key: a\n  term: caf\xe9\n")
    assert [(fault.line, fault.message) for fault in read(modules).faults if "UTF-8" in fault.message] == [
        (2, "The file is not in UTF-8; save it as UTF-8.")
    ]


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(modules):
    page = modules / "lead-professional" / "01-why-a-lead.md"
    page.write_bytes(b"\xef\xbb\xbf" + page.read_bytes().replace(b"\n", b"\r\n"))
    assert read(modules).faults == []


@pytest.mark.slow
def test_the_modules_of_this_project_load_without_a_fault(tmp_path):
    shutil.copytree(PROJECT / "modules", tmp_path / "modules")
    library = load(tmp_path / "modules")
    assert {"lead-professional", "tiers-of-need", "leading-integrated-services"} <= {
        one.slug for one in library.modules
    }
    for module in library.modules:
        assert {fact for page in module.pages for fact in page.facts} == set(module.facts)
        assert all(page.html.count("<details") == len(CLAIM_OR_DRAWING.findall(page.html)) for page in module.pages)
