"""What the bench needs before it starts: both databases filled, both programs ready, requests counted inside."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from bench import floor, people
from bench.inside import Cost, cost
from bench.load import Call
from bench.people import Crowd
from bench.servers import Program
from bench.work import Work, answers, pages, report, works
from lms.app import create_app
from lms.audit import upgrading
from lms.catalogue import shelf
from lms.catalogue.library import Library
from lms.config import Settings
from lms.core.db import db


@dataclass(frozen=True)
class Stage:
    """The product in this process, its people, and both applications as programs to serve."""

    app: Flask
    library: Library
    crowd: Crowd
    floor_cookies: list[str]
    product: Program
    floor: Program

    def works(self) -> list[Work]:
        """The kinds of work to compare. One person's check is left out: `costs` uses it up."""
        return works(self.library, self.crowd, self.crowd.goes[1:], self.floor_cookies)

    def costs(self) -> Mapping[str, Cost]:
        """Queries and bytes of the product's requests, counted without a server. Raises WrongAnswer."""
        *each, last = answers(self.crowd.goes[0])
        listed, as_csv = report(self.crowd)
        by_work = {
            "module page": pages(self.library, self.crowd),
            "quiz answer": each,
            "quiz answer that ends the check": [last],
            "completion report": [listed],
            "the report as CSV": [as_csv],
        }
        with self.app.app_context():
            engine = db.engine
        return {name: cost(self.app, engine, calls) for name, calls in by_work.items()}


def prepare(folder: Path, count: int) -> Stage:
    """Make both databases for this many people, each in a folder of its own."""
    ours, bare = folder / "product", folder / "floor"
    ours.mkdir()
    bare.mkdir()
    settings = {"LMS_SECRET_KEY": floor.SECRET, "LMS_DATA_DIR": str(ours), "LMS_BASE_URL": "http://127.0.0.1"}
    settings |= {f"LMS_LIMIT_{name}": "0" for name in ("PERSON", "ADDRESS", "COSTLY")}  # one client stands for many
    app = create_app(Settings({**settings, "LMS_LOG_REQUESTS": "no"}))  # what is printed here is figures
    with app.app_context():
        upgrading.upgrade(db.engine)
        library = shelf.library()
    crowd = people.fill(app, count)
    cookies = floor.fill(floor.create_app(bare), count)
    first_page = pages(library, crowd)[0]
    floor_page = Call("/page/1", cookies[0], "<h1>Page 1</h1>")
    return Stage(
        app,
        library,
        crowd,
        cookies,
        Program("product", "lms.app:create_app()", settings, first_page),
        Program("floor", "bench.floor:create_app()", {floor.FOLDER: str(bare)}, floor_page),
    )
