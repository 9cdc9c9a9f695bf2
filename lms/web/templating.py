"""What templates can say: dates, numbers, plurals, and the address of a static file that changes when the file does."""

from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

from lms.config import Settings
from lms.core import clock
from lms.web.access import actor_or_none
from lms.web.links import address
from lms.web.security import HEADERS

STATIC = Path(__file__).parent / "static"
A_YEAR = 31_536_000


def long_date(day: date | datetime) -> str:
    """Thursday 14 January 2027."""
    day = _day(day)
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def plain_date(day: date | datetime) -> str:
    """14 January 2027."""
    day = _day(day)
    return f"{day.day} {day:%B} {day.year}"


def short_date(day: date | datetime) -> str:
    """14 Jan 2027, for table cells."""
    day = _day(day)
    return f"{day.day} {day:%b} {day.year}"


def clock_time(moment: datetime) -> str:
    """9:30 am, in the partnership's time."""
    at = clock.local(moment)
    return f"{at.hour % 12 or 12}:{at:%M}\u00a0{'am' if at.hour < 12 else 'pm'}"


def duration(minutes: int) -> str:
    """40 minutes; 1 h 15 min, kept on one line."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} minute" + ("" if rest == 1 else "s")
    return f"{hours}\u00a0h" + (f"\u00a0{rest}\u00a0min" if rest else "")


def count(number: int, one: str, many: str | None = None) -> str:
    """1 person, 3 people."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _day(day: date | datetime) -> date:
    return clock.local(day).date() if isinstance(day, datetime) else day


def release() -> str:
    """A short name for the present state of all static files; part of their addresses, so browsers may keep them for
    ever.
    """
    digest = sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value


def install(app: Flask, settings: Settings) -> None:
    """Give templates their words, and serve static files."""
    prefix = f"static/{release()}/"
    files = WhiteNoise(
        app.wsgi_app,
        max_age=A_YEAR,
        immutable_file_test=lambda _path, url: url.startswith("/static/"),
        add_headers_function=_add_headers,
        allow_all_origins=False,
    )
    files.add_files(str(STATIC), prefix=prefix)
    app.wsgi_app = files  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        long_date=long_date,
        plain_date=plain_date,
        short_date=short_date,
        clock_time=clock_time,
        duration=duration,
        local=clock.local,
    )
    app.jinja_env.globals.update(
        static=lambda name: f"/{prefix}{name}",
        count=count,
        partnership=settings.partnership,
        actor=actor_or_none,
        url_for=address,
        alike=cache(lambda name: Markup(app.jinja_env.get_template(name).render())),  # noqa: S704 -- our own template
        nbsp=Markup("&nbsp;"),
    )
