"""Programmes: modules put in an order by their authors, and what the check of content says about them."""

import pytest

from lms.catalogue import library
from lms.catalogue.strict_yaml import ContentFaults
from lms.quizzes import reader
from tests.catalogue.tree import spoil, write

PROGRAMMES = """\
- slug: core
  title: The core of working together
  summary: What everybody around a child needs.
  audience: Everybody
  version: 2
  valid_months: 24
  modules:
    - {module: tiers-of-need, required: true}
    - {module: lead-professional, required: false}
- slug: leads
  title: For leads
  summary: What a lead needs.
  audience: Lead practitioners
  version: 1
  modules:
    - {module: lead-professional, required: true}
"""


@pytest.fixture
def modules(tmp_path):
    folder = write(tmp_path)[0]
    (folder / "programmes.yaml").write_text(PROGRAMMES)
    return folder


def told(modules, more=()):
    return [
        (fault.line, fault.column, fault.message)
        for fault in library.read(modules, more=more).faults
        if fault.file.endswith("programmes.yaml")
    ]


def test_programmes_are_read_in_the_order_of_their_file(modules):
    loaded = library.load(modules)
    assert [one.slug for one in loaded.programmes] == ["core", "leads"]
    core = loaded.programme("core")
    assert (core.title, core.summary) == ("The core of working together", "What everybody around a child needs.")
    assert (core.audience, core.version, core.valid_months) == ("Everybody", 2, 24)
    assert (core.required, core.optional) == (["tiers-of-need"], ["lead-professional"])
    assert loaded.programme("leads").valid_months is None
    assert loaded.programme("nothing") is None


def test_a_module_knows_the_programmes_it_is_part_of(modules):
    loaded = library.load(modules)
    assert [one.slug for one in loaded.programmes_with("lead-professional")] == ["core", "leads"]
    assert [one.slug for one in loaded.programmes_with("tiers-of-need")] == ["core"]


def test_a_folder_needs_no_programmes(tmp_path):
    assert library.load(write(tmp_path)[0]).programmes == ()


@pytest.mark.parametrize(
    ("planted", "place", "says"),
    [
        (("title: For leads\n", "titel: For leads\n"), (11, 3), "Did you mean `title`?"),
        (("  audience: Everybody\n", ""), (1, 3), "`audience` is missing."),
        (("version: 2", "version: two"), (5, 12), "`version`"),
        (("valid_months: 24", "valid_months: 0"), (6, 17), "`valid_months`"),
        (("required: false", "required: no"), (9, 45), "true or false"),
        ((", required: true", ""), (8, 7), "`required` is missing."),
        (("module: tiers-of-need", "module: teirs-of-need"), (8, 16), "Did you mean `tiers-of-need`?"),
        (("module: lead-professional, required: f", "module: tiers-of-need, required: f"), (9, 16), "twice"),
        (("module: tiers-of-need, required: true", "module: tiers-of-need, required: false"), (7, 3), "is required"),
        (("slug: leads", "slug: core"), (10, 9), "`core` is here twice."),
        (("slug: leads", "slug: For leads"), (10, 9), "small letters"),
        (("needs.\n", "needs; it is proven.\n"), (3, 12), "claims more than the evidence"),
    ],
)
def test_a_fault_is_told_at_its_line_and_column(modules, planted, place, says):
    spoil(modules / "programmes.yaml", *planted)
    assert any(found[:2] == place and says in found[2] for found in told(modules)), told(modules)
    with pytest.raises(ContentFaults):
        library.load(modules)


def test_the_check_of_content_reads_the_programmes_too(modules):
    spoil(modules / "programmes.yaml", "module: tiers-of-need", "module: nowhere")
    found = reader.check(modules, modules.parent / "quizzes")
    assert any("There is no module `nowhere`." in fault.message for fault in found)


def test_added_content_brings_programmes_of_its_own_over_modules_of_the_core(modules, tmp_path):
    more = tmp_path / "more"
    more.mkdir()
    (more / "references.yaml").write_text('- key: our-2026\n  short: Us, 2026\n  full: "Us (2026) Ours."\n')
    (more / "programmes.yaml").write_text(PROGRAMMES.partition("- slug: leads")[0].replace("slug: core", "slug: ours"))
    assert [one.slug for one in library.load(modules, [more]).programmes] == ["core", "leads", "ours"]
    spoil(more / "programmes.yaml", "slug: ours", "slug: leads")
    assert told(modules, [more]) == [(1, 9, "There is a programme `leads` already; give this one another name.")]


@pytest.mark.slow
def test_our_own_pathways_all_hold_the_core_and_the_trainers_is_all_there_is(app):
    ours = library.load(app.extensions["settings"].modules_dir)
    core = [module.slug for module in ours.modules if module.core]
    assert list(ours.programme("core").required) == core
    for one in ours.programmes:
        assert set(core) <= set(one.required), one.slug
    assert list(ours.programme("trainer").required) == [module.slug for module in ours.modules]
