"""Every page of every role: what axe and the HTML checker say, how wide it is on a phone, how heavy, where it leads."""

from pathlib import Path

import pytest

from tests.support import axe, vnu
from tests.support.pages import NOBODY, OVERFLOW, ROLES, sign_in, visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]

MODULES = Path(__file__).resolve().parents[2] / "modules"
BAD = """<!doctype html>
<html lang="en"><head><title>A page that must fail</title></head><body>
<h1 id="a">Bad</h1><p id="a">Twice</p>
<img src="data:,"><input type="text"><a href="/x"></a>
<p style="color:#999;background:#fff">Too pale</p>
<button style="width:12px;height:12px;padding:0;border:0">a</button>
<button style="width:12px;height:12px;padding:0;border:0">b</button>
<center>Old</center>
</body></html>
"""
# Pages that each role must have been shown, or the crawl has not done its work.
REACHED = {
    "staff": {
        "home.home",
        "learning.catalogue",
        "learning.module",
        "learning.page",
        "learning.summary",
        "catalogue.evidence",
        "catalogue.glossary",
        "catalogue.references",
        "quizzes.front",
        "cohorts.joint_days",
        "cohorts.show",
        "outcomes.mine",
        "outcomes.form",
        "certificates.record",
        "record.record",
        "record.needed",
        "passport.show",
        "looked.listed",
        "signin.me",
        "notifications.choices",
        "people.deputies",
        *("passwords.change", "second_step.why", "signin.sign_ins"),
    },
    "trainer": {
        "building.cohorts",
        "building.new",
        "building.manage",
        "attendance.register",
        "attendance.sheet",
        "arriving.room",
        "seating.plan",
        "outcomes.outcome",
        "seating.make",
        "seating.change",
        "seating.screen",
        "seating.listed",
        "seating.cards",
        "together.mix",
    },
    "manager": {
        *("chasing.check", "reports.completion", "reports.person", "together.figures", "together.matrix"),
        *("outcomes.examples", "exports.views", "exports.mine"),
        *("releasing.due", "releasing.check", "releasing.cover", "releasing.limit"),
    },
    "author": {"analysis.answers", "authoring.content"},
    "coordinator": {
        *("together.figures", "together.mix", "together.matrix"),
        *("together.evaluation", "together.waiting", "listing.reports"),
        "reports.completion",
        "building.cohorts",
        "certificates.show",
        "certificates.check",
    },
    "admin": {"people.agencies", "people.agency", "inviting.listed", "inviting.invite", "second_step.lost"},
    "outsider": {"reports.completion"},
    "observer": {"listing.reports", "together.evaluation", "together.figures", "together.matrix", "together.waiting"},
    NOBODY: {
        "signin.sign_in",
        "passwords.ask",
        "certificates.verify",
        "passport.check",
        "home.help_page",
        "home.privacy",
        "home.accessibility",
    },
}


def test_no_page_of_any_role_has_a_fault(crawls, inspection):
    assert set(crawls) == set(ROLES)
    assert inspection.faults == []


@pytest.mark.parametrize("who", ROLES)
def test_the_crawl_has_seen_the_pages_of_the_role(who, crawls):
    seen = {kind.partition("?")[0] for kind in crawls[who].kinds}
    assert REACHED[who] <= seen


def test_a_certificate_can_be_checked_by_somebody_who_has_not_signed_in(crawls, served, browser, inspection):
    """The check page hangs on no link that a stranger sees, so it is looked at through the link a person gave them."""
    address = next(one for one in crawls["coordinator"].done if one.startswith("/verify/") and one != "/verify/")
    context = visitor(browser, served)
    before = len(inspection.faults)
    page = context.new_page()
    inspection.look(page, address, NOBODY, "a stranger checks")
    inspection.look(page, "/verify/hello", NOBODY, "a wrong code", expect=404)
    inspection.look(page, "/nothing/here", NOBODY, "nothing here", expect=404)
    context.close()
    assert inspection.faults[before:] == []


@pytest.mark.parametrize("address", ["/", "/reports/mine"])
def test_a_status_of_any_length_stays_on_a_phone(browser, served, address):
    """What a status says hangs on the day, so the longest is put in place of whichever the demo has today."""
    context = visitor(browser, served)
    sign_in(context, "staff")
    page = context.new_page()
    page.goto(address)
    marks = page.locator(".st")
    assert marks.count() > 0
    marks.evaluate_all("all => all.forEach(one => { one.lastChild.data = 'In progress, by 30 September 2027' })")
    assert page.evaluate(OVERFLOW) == 0
    context.close()


DRAWN = [file.parent.name + "/" + file.stem[3:] for file in MODULES.glob("*/[0-9]*.md") if ".svg" in file.read_text()]
# Of each word of a drawing: how high its letters are on the screen, and whether it hangs out of the drawing.
LETTERS = """() => [...document.querySelectorAll(".art text")].map(word => {
  const art = word.ownerSVGElement, at = word.getBoundingClientRect(), all = art.getBoundingClientRect();
  return [parseFloat(getComputedStyle(word).fontSize) * all.width / art.viewBox.baseVal.width,
          at.left < all.left || at.right > all.right];
})"""


def test_every_word_of_every_drawing_can_be_read_on_a_phone(browser, served):
    context = visitor(browser, served)
    sign_in(context, "staff")
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    assert len(DRAWN) >= 8
    for address in DRAWN:
        page.goto(f"/learn/{address}")
        letters = page.evaluate(LETTERS)
        assert (min(high for high, _ in letters) >= 11, any(out for _, out in letters)) == (True, False), address
        assert page.evaluate(OVERFLOW) == 0, address
    context.close()


def test_the_bad_page_fails_so_the_checkers_are_awake(browser, served, tmp_path):
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.set_content(BAD)
    rules = {sentence.partition(":")[0] for sentence in axe.violations(page)}
    context.close()
    assert {"image-alt", "label", "link-name", "color-contrast", "target-size"} <= rules
    (tmp_path / "bad.html").write_text(BAD)
    assert len(vnu.messages(tmp_path)["bad.html"]) >= 3
