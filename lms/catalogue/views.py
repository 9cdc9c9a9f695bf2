"""Pages that span all modules: the works they cite, the words they explain, and how firm their ground is."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.catalogue import glossary as words
from lms.catalogue import shelf, works
from lms.catalogue.evidence_map import evidence_map
from lms.catalogue.wanted import wanted
from lms.web.access import signed_in
from lms.web.asking import Paged, number_asked, page_asked, words_asked

bp = Blueprint("catalogue", __name__, template_folder="templates")

WORKS_A_PAGE = 60
FACTS_A_PAGE = 25


@bp.get("/references/")
@signed_in
def references() -> ResponseReturnValue:
    """Every work that a module cites, or those that fit a search."""
    q = words_asked()
    found = works.fitting(shelf.derived(works.cited), wanted(q)) if wanted(q) or not q else []
    paged = page_asked(found, WORKS_A_PAGE)
    return render_template("catalogue/references.html", q=q, wanted=wanted(q), found=len(found), paged=paged)


@bp.get("/glossary/")
@signed_in
def glossary() -> ResponseReturnValue:
    """Every word that a module explains, from A to Z, or those that fit a search."""
    q, every = words_asked(), shelf.derived(words.words)
    if q:
        found = words.fitting(every, wanted(q)) if wanted(q) else []
        return _glossary(q, page_asked(found, words.MOST_ON_A_PAGE), len(found))
    sheets = words.sheets(every)
    number = number_asked(len(sheets))
    return _glossary(q, Paged(sheets[number - 1], number, len(sheets)), len(every))


def _glossary(q: str, paged: Paged[words.Word], found: int) -> str:
    every = shelf.derived(words.words)
    return render_template(
        "catalogue/glossary.html",
        q=q,
        wanted=wanted(q),
        total=len(every),
        found=found,
        paged=paged,
        letters=shelf.derived(words.letters),
        module_of=shelf.derived(words.modules_of_facts),
    )


@bp.get("/evidence/")
@signed_in
def evidence() -> ResponseReturnValue:
    """How many facts of each module stand on which ground, and the facts themselves."""
    strength, module = request.args.get("strength", ""), request.args.get("module", "")
    drawn = shelf.derived(evidence_map)
    found = drawn.fitting(strength, module)
    # All facts of a module stand on one page, so that a link from a claim to its fact always arrives.
    paged = page_asked(found, len(found) or 1 if module else FACTS_A_PAGE)
    return render_template(
        "catalogue/evidence.html",
        map=drawn,
        chosen_strength=strength,
        chosen_module=module,
        heading=drawn.heading(strength, module),
        grade=next((one.grade for one in drawn.columns if one.strength == strength), None),
        paged=paged,
    )
