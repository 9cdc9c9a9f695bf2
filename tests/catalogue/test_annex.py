"""The local annex: shown beside the core, never in it; and what its authors may get wrong."""

import pytest

from lms.catalogue import annex, library
from lms.catalogue.strict_yaml import ContentFaults
from lms.demo import ANNEX
from lms.quizzes import reader
from tests.catalogue.tree import spoil, write

HEAD = (
    "area: Fernshire\nowner: Training team\nversion: 3\nnames:\n  - term: lead-professional\n    local: family's lead\n"
)
PANEL = "---\nupdated: 2026-11-02\n---\nRing the **early help desk**. See [the form](https://example.org/form).\n"


@pytest.fixture
def local(tmp_path):
    folder = tmp_path / "annex"
    (folder / "lead-professional").mkdir(parents=True)
    (folder / "annex.yaml").write_text(HEAD)
    (folder / "lead-professional" / "why-a-lead.md").write_text(PANEL)
    return folder


def told(folder, modules):
    return [
        (fault.file.rpartition("/")[2], fault.line, fault.message)
        for fault in annex.read(folder, library.load(modules)).faults
    ]


def test_an_annex_adds_panels_and_names(folders, local):
    found = annex.load(local, library.load(folders[0]))
    assert (found.area, found.owner, found.version) == ("Fernshire", "Training team", 3)
    assert "<strong>early help desk</strong>" in found.panel("lead-professional", "why-a-lead").html
    assert found.panel("lead-professional") is None
    assert found.names == {"lead-professional": "family's lead"}


def test_an_annex_changes_nothing_of_the_core(folders, local):
    before = library.load(folders[0])
    annex.load(local, before)
    after = library.load(folders[0])
    assert [module.hash for module in after.modules] == [module.hash for module in before.modules]
    assert [page.html for page in after.modules[0].pages] == [page.html for page in before.modules[0].pages]


@pytest.mark.parametrize(
    ("name", "planted", "told_at"),
    [
        ("annex.yaml", ("area: Fernshire\n", ""), (1, "`area` is missing.")),
        ("annex.yaml", ("owner", "ownr"), (2, "Did you mean `owner`?")),
        ("annex.yaml", ("term: lead-professional", "term: lead"), (5, "There is no word `lead`.")),
        ("why-a-lead.md", ("Ring the", "## Ours\n\nRing the"), (4, "belong to the core")),
        ("why-a-lead.md", ("Ring the", "/// claim | M5-F1\nx\n///\n\nRing the"), (4, "belong to the core")),
        (
            "why-a-lead.md",
            ("Ring the", "Ours\n=====\n\nRing the"),
            (4, "headings, claims and boxes belong to the core"),
        ),
        ("why-a-lead.md", ("Ring the", "- # Ours\n\nRing the"), (4, "belong to the core")),
        ("why-a-lead.md", ("https://example.org/form", "javascript:alert(1)"), (4, "A link leads to")),
        ("why-a-lead.md", ("Ring the", "It is proven. Ring the"), (4, "claims more than the evidence")),
        ("why-a-lead.md", ("updated: 2026-11-02", "updated: today"), (2, "`updated` must be a date")),
    ],
)
def test_a_fault_is_told_at_its_line(folders, local, name, planted, told_at):
    spoil(next(local.rglob(name)), *planted)
    line, says = told_at
    assert any(found[:2] == (name, line) and says in found[2] for found in told(local, folders[0]))
    with pytest.raises(ContentFaults):
        annex.load(local, library.load(folders[0]))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lead-professional/why-lead.md", "Did you mean `why-a-lead`?"),
        ("lead-profesional/why-a-lead.md", "Did you mean `lead-professional`?"),
        ("notes.txt", "called after a module and a page"),
    ],
)
def test_a_file_that_speaks_of_no_page_is_told(folders, local, name, says):
    path = local / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(PANEL)
    assert any(says in message for _, _, message in told(local, folders[0]))


def test_a_link_out_of_the_annex_is_not_shown_to_learners(folders, local, tmp_path):
    (tmp_path / "secret.md").write_text(PANEL)
    (local / "lead-professional" / "module.md").symlink_to(tmp_path / "secret.md")
    assert any("a link to a place outside" in message for _, _, message in told(local, folders[0]))
    assert annex.read(local, library.load(folders[0])).annex.panel("lead-professional") is None


def test_raw_html_of_an_annex_cannot_run(folders, local):
    spoil(
        local / "lead-professional" / "why-a-lead.md", "Ring the", "<script>alert(1)</script><b onclick=x>Ring</b> the"
    )
    html = annex.read(local, library.load(folders[0])).annex.panel("lead-professional", "why-a-lead").html
    assert "<script" not in html
    assert "onclick" not in html


def test_the_check_of_content_reads_the_annex_too(folders, local):
    spoil(local / "lead-professional" / "why-a-lead.md", "updated: 2026-11-02", "updated: today")
    assert any("`updated`" in fault.message for fault in reader.check(*folders, annex_dir=local))


def test_more_modules_and_quizzes_are_added_to_the_core(folders, tmp_path):
    """Somebody else's content stands beside ours, with a list of works of its own."""
    more = tmp_path / "more"
    own = more / "modules" / "our-way"
    own.parent.mkdir(parents=True)
    (more / "quizzes").mkdir()
    (folders[0] / "tiers-of-need").rename(own)
    spoil(
        folders[0] / "lead-professional" / "03-sources.md",
        "[tiers of need](module:tiers-of-need)",
        "[ours](module:our-way)",
    )
    (more / "modules" / "references.yaml").write_text('- key: our-2026\n  short: Us, 2026\n  full: "Us (2026) Ours."\n')
    assert [fault for fault in reader.check(*folders, more=[more]) if fault.level == "fault"] == []
    loaded = library.load(folders[0], [more / "modules"])
    assert [module.slug for module in loaded.modules] == ["lead-professional", "our-way"]
    assert "our-2026" in loaded.references


def test_added_content_cannot_take_the_place_of_the_core(folders, tmp_path):
    more = tmp_path / "more"
    write(more)
    messages = [fault.message for fault in reader.check(*folders, more=[more])]
    assert any("There is a module `lead-professional` already" in message for message in messages)
    assert any("There is a quiz `lead-check` already" in message for message in messages)
    assert any("`hallam-2005` is a work of the core already" in message for message in messages)


def test_the_annex_of_the_demo_is_faultless(app):
    with app.app_context():
        assert annex.read(ANNEX, app.extensions["library"]).faults == []
