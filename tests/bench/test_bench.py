"""The bench prints what it promises, refuses wrong answers however fast, and fails when a page gets too slow."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import cycle
from pathlib import Path

import pytest

from bench.__main__ import verdict
from bench.load import Call, Load, Measured, WrongAnswer
from bench.rounds import Compared, Round, Side

PROJECT = Path(__file__).resolve().parents[2]


class Redirecting(BaseHTTPRequestHandler):
    """A server that is very fast, since it sends everybody to the sign-in."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together

    def do_GET(self) -> None:
        self.send_response(303 if self.path != "/page" else 200)
        self.send_header("Location", "/sign-in")
        self.send_header("Content-Length", "11")
        self.end_headers()
        self.wfile.write(b"<h1>One</h1")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Redirecting) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_answers_are_counted_when_they_are_the_page_that_was_asked_for(port):
    measured = Load(port, [cycle([Call("/page", "", "<h1>One")])], 0.2).run()
    assert len(measured.latencies) > 10
    assert measured.rate == pytest.approx(len(measured.latencies) / measured.seconds)
    assert 0 < measured.percentile(50) <= measured.percentile(95)


@pytest.mark.parametrize("call", [Call("/elsewhere", "", "<h1>One"), Call("/page", "", "<h1>Two")])
def test_a_redirect_or_another_page_is_never_counted(port, call):
    with pytest.raises(WrongAnswer, match=call.path):
        Load(port, [cycle([call])], 0.2).run()


def test_with_a_rate_requests_come_so_often_and_no_more(port):
    measured = Load(port, [cycle([Call("/page", "", "<h1>One")])], 0.5, rate=20).run()
    assert 7 <= len(measured.latencies) <= 11


def test_answers_of_one_person_are_sent_in_order_and_none_is_lost_between_two_runs(port):
    supply = iter([Call("/page", str(n), "<h1>One") for n in range(100_000)])
    done = len(Load(port, [supply], 0.1).run().latencies) + len(Load(port, [supply], 0.1).run().latencies)
    assert next(supply).cookie == str(done)


def test_the_ratio_is_that_of_runs_beside_each_other():
    def side(*rates: int) -> Side:
        return Side([Round(Measured(1.0, [0.001] * rate), 1.0) for rate in rates])

    assert Compared("page", side(60, 30, 6), side(100, 50, 10)).ratio == pytest.approx(0.6)


@pytest.mark.parametrize(("ratio", "status"), [(0.49, 1), (0.5, 0), (0.9, 0)])
def test_a_module_page_under_half_of_the_floor_fails(ratio, status):
    assert verdict(ratio)[1] == status


@pytest.mark.slow
def test_make_bench_prints_speed_start_memory_and_costs_of_every_kind_of_work(tmp_path):
    options = {"--people": "30", "--seconds": "0.3", "--rounds": "1", "--folder": str(tmp_path)}
    command = [sys.executable, "-m", "bench", *(word for option in options.items() for word in option)]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300)
    said = ran.stdout
    for name in ("module page", "module page, ", "quiz answer", "completion report", "the report as CSV"):
        line = re.search(rf"^{name}.*?((?: +[\d.?]+){{9}})$", said, re.MULTILINE)
        assert line, f"no speed of {name}:\n{said}{ran.stderr}"
        assert all(float(figure) > 0 for figure in line[1].replace("?", "1").split())
    assert re.search(r"^start to first page, s( +[\d.]+){3}$", said, re.MULTILINE)
    assert re.search(r"^memory of the process, MB +[\d.]+ +[\d.]+", said, re.MULTILINE)
    queries, size, zipped = re.search(r"^module page +(\d+) +([\d,]+) +([\d,]+)$", said, re.MULTILINE).groups()
    assert 1 <= int(queries) <= 4, "a module page may ask four queries"
    assert int(zipped.replace(",", "")) <= 14_000, "a page is small enough for a telephone"
    assert int(size.replace(",", "")) > int(zipped.replace(",", ""))
    ratio = float(re.search(r"The module page reaches ([\d.]+) of the floor", said)[1])
    if abs(ratio - 0.5) > 0.005:  # the printed figure is rounded
        assert ran.returncode == (0 if ratio > 0.5 else 1)
    assert list(tmp_path.iterdir()) == [], "the bench leaves nothing behind"
