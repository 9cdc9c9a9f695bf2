"""`deploy/nginx.conf` as it stands, with only its addresses and the certificate put in, in front of the real server."""

import ssl
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from lms.joining.table import MOST_BYTES
from tests.support.needs import needs_program
from tests.support.server import LONGEST_STOP, PROJECT, environment, free_port, wait_until_ready, web_line

HOST = "training.example.org"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plain() -> str:
    """The address without TLS."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, plain: str) -> Iterator[httpx.Client]:
    """The site as a browser reaches it: by its name, through nginx."""
    nginx, openssl = needs_program("nginx"), needs_program("openssl")
    folder = tmp_path_factory.mktemp("nginx")
    key, certificate = folder / "training.key", folder / "training.pem"
    names = f"subjectAltName=DNS:{HOST},IP:127.0.0.1"
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    subprocess.run([*made, "-addext", names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    served, secure = free_port(), free_port()
    written = (PROJECT / "deploy" / "nginx.conf").read_text()
    for was, here in (
        ("/etc/ssl/training.pem", str(certificate)),
        ("/etc/ssl/training.key", str(key)),
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
        ("listen 80;", f"listen {plain.removeprefix('http://')};"),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{served};"),
    ):
        assert was in written, f"deploy/nginx.conf no longer says {was}"
        written = written.replace(was, here)
    (folder / "site.conf").write_text(written)
    around = f"pid {folder}/pid; error_log {folder}/error.log; daemon off; events {{}}\n"
    (folder / "whole.conf").write_text(around + f"http {{ access_log off; include {folder}/site.conf; }}\n")
    settings = environment(folder, f"https://{HOST}") | {"LMS_PROXIES": "1", "HOST": "127.0.0.1", "PORT": str(served)}
    prepared = [sys.executable, "-m", "lms.cli", "db", "upgrade"]
    subprocess.run(prepared, check=True, cwd=PROJECT, env=settings, capture_output=True)
    log = folder / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(web_line(), cwd=PROJECT, env=settings, stdout=out, stderr=out)
        front = subprocess.Popen([nginx, "-c", folder / "whole.conf", "-p", folder], stdout=out, stderr=out)
        try:
            wait_until_ready(server, f"http://127.0.0.1:{served}", log)
            trusted = ssl.create_default_context(cafile=str(certificate))
            with httpx.Client(verify=trusted, base_url=f"https://127.0.0.1:{secure}", headers={"Host": HOST}) as client:
                yield client
        finally:
            front.terminate()
            server.terminate()
            front.wait(LONGEST_STOP)
            server.wait(LONGEST_STOP)


def test_a_page_comes_small_and_safe(site: httpx.Client) -> None:
    whole = site.get("/sign-in", headers={"Accept-Encoding": "identity"})
    small = site.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    assert (whole.status_code, small.status_code) == (200, 200)
    assert small.headers["Content-Encoding"] == "gzip"
    assert "<h1>" in small.text
    assert small.num_bytes_downloaded < whole.num_bytes_downloaded / 2
    assert whole.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_only_its_own_name_is_served(site: httpx.Client) -> None:
    assert site.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_whoever_is_led_on_stays_at_the_port_they_came_to(site: httpx.Client) -> None:
    answer = site.get("/learn", headers={"Host": f"{HOST}:8443"})
    assert (answer.status_code, answer.headers["Location"]) == (308, f"https://{HOST}:8443/learn/")


def test_whoever_watches_comes_another_way(site: httpx.Client) -> None:
    assert site.get("/metrics").status_code == 404
    assert site.get("/healthz").status_code == 200


def test_what_a_client_says_of_itself_is_not_passed_on(site: httpx.Client) -> None:
    said = {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "192.0.2.9"}
    answer = site.get("/me/sign-ins/", headers=said)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(("/sign-in", f"https://{HOST}/sign-in"))


def test_the_largest_file_that_a_page_takes_gets_past(site: httpx.Client) -> None:
    """Nginx must not cut off a file of people that the page would take; the page itself says who may send it."""
    sent = site.post("/sign-in", content=b"a=" + b"x" * MOST_BYTES, headers={"Content-Type": "text/plain"})
    assert sent.headers.get("X-Content-Type-Options") == "nosniff", "nginx refused it, not the application"


def test_without_tls_one_is_sent_to_it(site: httpx.Client, plain: str) -> None:
    answer = site.get(f"{plain}/learn?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{HOST}/learn?a=1")
