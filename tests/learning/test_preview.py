"""The preview of a module: follows its files, tells faults on the page, keeps what could be read, and stays at home."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from lxml import html

from lms.config import Settings
from lms.learning.preview import create_preview
from lms.web.security import POLICY
from tests.catalogue.tree import spoil, write
from tests.support.pages import chromium
from tests.support.server import free_port

PROJECT = Path(__file__).resolve().parents[2]
SLUG = "lead-professional"
PAGE = f"/learn/{SLUG}/why-a-lead"


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path)[0] / SLUG


@pytest.fixture
def preview(folder):
    settings = Settings({"LMS_MODULES_DIR": str(folder.parent), "LMS_DATA_DIR": str(folder.parents[1] / "data")})
    return create_preview(settings, SLUG).test_client()


def shown(preview, address, status=200):
    answer = preview.get(address)
    assert answer.status_code == status
    return html.fromstring(answer.text)


def words(part):
    return " ".join(part.text_content().split())


def test_front_and_pages_are_what_a_reader_sees(preview):
    assert preview.get("/").location == f"/learn/{SLUG}/"
    assert "Somebody has to hold the thread." in words(shown(preview, f"/learn/{SLUG}/"))
    page = shown(preview, PAGE)
    assert page.findtext(".//h1") == "Why a lead"
    assert page.xpath("//details[contains(., 'Limited evidence')]")
    assert page.xpath("//dt[.='Lead professional']")
    assert "Whom do you phone first?" in words(page)
    assert [words(link) for link in page.xpath("//nav//li")] == ["Why a lead", "Then and now", "Summary and sources"]
    assert page.xpath("//nav//a[@aria-current='page']/@href") == [PAGE]
    assert "Hallam, R., Rous, B." in words(shown(preview, f"/learn/{SLUG}/sources"))
    assert not page.xpath("//*[@id='faults']")


def test_a_saved_file_changes_the_state_that_the_page_asks_for_and_then_the_page(preview, folder):
    before = shown(preview, PAGE).xpath("string(//main/@data-preview)")
    assert preview.get("/preview/state").text == before
    spoil(folder / "01-why-a-lead.md", "a role, not a post", "a hat, not a post")
    after = preview.get("/preview/state").text
    assert after != before
    page = shown(preview, PAGE)
    assert page.xpath("string(//main/@data-preview)") == after
    assert "is a hat, not a post" in words(page)
    spoil(folder.parent / "references.yaml", "short: Hallam", "short: Hallam R.")
    assert preview.get("/preview/state").text != after


def test_faults_stand_on_top_of_the_page_with_their_place(preview, folder):
    line = spoil(folder / "01-why-a-lead.md", "term:lead-professional", "term:leed-professional")
    (fault,) = shown(preview, PAGE).xpath("//section[@aria-labelledby='faults']//li")
    place = fault.findtext("code").rpartition(f"{SLUG}/")[2]
    assert place == f"01-why-a-lead.md:{line}:23"
    assert words(fault).startswith("Mend: ")
    assert "Did you mean `lead-professional`?" in words(fault)


def test_faults_of_other_modules_are_left_to_their_authors(preview, folder):
    spoil(folder.parent / "tiers-of-need" / "03-sources.md", "Here they", "[Here](ref:x) they")
    assert not shown(preview, PAGE).xpath("//*[@id='faults']")


@pytest.mark.parametrize(("file", "old"), [("01-why-a-lead.md", "title: Why a lead"), ("module.md", "code: M5")])
def test_what_cannot_be_read_is_shown_as_it_was(preview, folder, file, old):
    shown(preview, PAGE)
    spoil(folder / file, old, "title: [")
    page = shown(preview, PAGE)
    assert page.xpath("//*[@id='faults']")
    assert "a role, not a post" in words(page)
    assert "You see it as it was before." in words(page)
    spoil(folder / file, "title: [", old)
    assert not shown(preview, PAGE).xpath("//*[@id='faults']")


def test_a_module_that_never_could_be_read_says_so_and_opens_once_it_can(preview, folder):
    spoil(folder / "module.md", "code: M5", "code: five")
    page = shown(preview, PAGE)
    assert page.findtext(".//h1") == "This module cannot be shown yet"
    assert "must be a code like M5." in words(page)
    spoil(folder / "module.md", "code: five", "code: M5")
    assert shown(preview, PAGE).findtext(".//h1") == "Why a lead"


def test_a_page_that_is_deleted_is_gone(preview, folder):
    shown(preview, f"/learn/{SLUG}/then-and-now")
    (folder / "02-then-and-now.md").unlink()
    (folder / "03-sources.md").rename(folder / "02-sources.md")
    assert "then-and-now" not in shown(preview, PAGE).xpath("//nav//a/@href")


def test_pictures_come_from_the_modules_media_folder_only(preview, folder):
    (folder / "media").mkdir()
    (folder / "media" / "rings.png").write_bytes(b"rings")
    with preview.get(f"/learn/{SLUG}/media/rings.png") as answer:
        assert answer.data == b"rings"
    for name in ("../module.md", "..%2Fmodule.md", "rings.svg", "none.png"):
        assert preview.get(f"/learn/{SLUG}/media/{name}").status_code == 404


@pytest.mark.slow
def test_every_page_of_ours_can_be_previewed():
    settings = Settings({"LMS_MODULES_DIR": str(PROJECT / "modules")})
    ours = create_preview(settings, SLUG).test_client()
    links = shown(ours, f"/learn/{SLUG}/").xpath("//nav//a/@href")
    assert len(links) >= 6
    for link in links:
        assert not shown(ours, link).xpath("//*[@id='faults']")


def test_other_modules_and_what_only_the_site_has_are_not_in_it(preview):
    for link in shown(preview, f"/learn/{SLUG}/sources").xpath("//article//a[starts-with(@href, '/')]/@href"):
        assert preview.get(link).status_code in (200, 404)
    assert "only" in words(shown(preview, "/learn/tiers-of-need/", 404))
    assert shown(preview, f"/learn/{SLUG}/nothing", 404) is not None


def test_it_has_the_sites_strict_headers_and_answers_to_this_machine_only(preview):
    answer = preview.get(PAGE)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-store"
    page = html.fromstring(answer.text)
    assert not page.xpath("//script[not(@src)] | //style | //*[@style] | //*[@onclick]")
    assert preview.get(PAGE, headers={"Host": "evil.example"}).status_code == 400
    assert preview.post(PAGE).status_code == 405


@pytest.fixture
def served(folder):
    """The command itself on a free port."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "LMS_MODULES_DIR": str(folder.parent)}
    environment["LMS_DATA_DIR"] = str(folder.parents[1] / "data")
    command = [sys.executable, "-m", "lms.cli", "content", "preview", SLUG, "--port", str(port)]
    server = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert f"http://127.0.0.1:{port}/" in server.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        server.stdout.close()


@pytest.mark.slow
def test_the_command_serves_without_a_database(served, folder):
    for _ in range(100):
        try:
            answer = urllib.request.urlopen(f"{served}{PAGE}", timeout=5).read().decode()
            break
        except OSError:
            time.sleep(0.1)
    assert "a role, not a post" in answer
    assert not (folder.parents[1] / "data").exists()


@pytest.mark.slow
@pytest.mark.parametrize("slug", ["nothing", "../modules", "."])
def test_the_command_refuses_what_is_no_module(folder, slug):
    environment = {"PATH": os.environ["PATH"], "LMS_MODULES_DIR": str(folder.parent)}
    command = [sys.executable, "-m", "lms.cli", "content", "preview", slug, "--port", str(free_port())]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, f"There is no module `{slug}` in {folder.parent}.\n")


@pytest.mark.browser
def test_the_page_in_a_browser_follows_the_file(served, folder):
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{served}{PAGE}")
        page.get_by_text("is a role, not a post").wait_for()
        spoil(folder / "01-why-a-lead.md", "a role, not a post", "a hat, not a post")
        page.get_by_text("is a hat, not a post").wait_for(timeout=10_000)
