"""Settings: every one with its name, type, default and what it is for; read from the environment once, at start."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from lms import said

SHORTEST_KEY = 32
FEWEST_LETTERS = 8
PIECE = 8  # so many letters never stand in a key of good source twice
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PROJECT = Path(__file__).resolve().parent.parent


class BadSetting(Exception):
    """A setting is missing or wrong; the sentence says which and how to mend it."""


@dataclass(frozen=True)
class Setting:
    """One line of the settings list."""

    name: str
    default: str
    about: str
    read: Callable[[str], Any] = str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "LMS_SECRET_KEY",
        "",
        "Signs cookies and locks the secrets of second steps. At least 32 characters, from a good source; no default.",
    ),
    Setting(
        "LMS_DATA_DIR",
        str(PROJECT / "data"),
        "Folder for the SQLite database, the job queue and the demo's mail.",
        Path,
    ),
    Setting(
        "LMS_DATABASE_URL",
        "",
        "Database address. Empty means SQLite in the data folder; PostgreSQL is postgresql+psycopg://…",
    ),
    Setting(
        "LMS_BASE_URL",
        "http://127.0.0.1:8000",
        "The address people type; used in mails and certificates, and to refuse other hosts.",
    ),
    Setting(
        "LMS_PARTNERSHIP",
        "Fernshire Children’s Partnership",
        "The partnership's name, shown in the footer and on certificates.",
    ),
    Setting(
        "LMS_DATA_PROTECTION_CONTACT",
        "",
        "E-mail address that gets people's questions about who looked at their record. Empty: nobody can be asked.",
        said.mail_address,
    ),
    Setting(
        "LMS_CONTEST_DAYS",
        "90",
        "For how many days after a joint day people can say that its register is wrong about them.",
        said.up_to(3660),
    ),
    Setting(
        "LMS_DB_STATEMENT_SECONDS",
        "20",
        "A web page may ask the database for so long, then it is stopped.",
        said.up_to(3600),
    ),
    Setting(
        "LMS_DB_LOCK_SECONDS", "15", "PostgreSQL: a page waits so long for what another act holds.", said.up_to(3600)
    ),
    Setting(
        "LMS_DB_IDLE_SECONDS",
        "60",
        "PostgreSQL: a page that holds a transaction and does nothing loses it after so long.",
        said.up_to(3600),
    ),
    Setting("LMS_DB_CONNECT_SECONDS", "5", "PostgreSQL: how long to try to connect.", said.up_to(60)),
    Setting("LMS_MODULES_DIR", str(PROJECT / "modules"), "Folder of the modules.", Path),
    Setting("LMS_QUIZZES_DIR", str(PROJECT / "quizzes"), "Folder of the quizzes.", Path),
    Setting(
        "LMS_MORE_CONTENT",
        "",
        "Folder with modules/ and quizzes/ of your own, added to the core; several are parted by a colon.",
        said.folders,
    ),
    Setting(
        "LMS_ANNEX_DIR",
        "",
        "Folder of the local annex: your procedures and names, shown beside the core. Empty means none.",
        said.folder,
    ),
    Setting(
        "LMS_BREACHED_PASSWORDS",
        "",
        "A list of leaked passwords on this machine that nobody may set: a file of SHA-1 hashes ordered by hash, or a "
        "folder of its ranges. Empty: 30,000 frequent ones and their kin are refused.",
        said.folder,
    ),
    Setting("LMS_PROXIES", "0", "How many proxies stand in front and set X-Forwarded-For.", said.whole),
    Setting(
        "LMS_LIMIT_PERSON",
        "2400",
        "How many pages and forms one signed-in person may ask for in a minute; 0 means any number.",
        said.whole,
    ),
    Setting(
        "LMS_LIMIT_ADDRESS",
        "12000",
        "How many one remote end may ask for in a minute: a whole office may share one; 0 means any number.",
        said.whole,
    ),
    Setting(
        "LMS_LIMIT_COSTLY",
        "60",
        "How many files, searches, plans or checks of a code (each counted apart) one person, or one remote end that "
        "has not signed in, may ask for in a minute; 0 means any number.",
        said.whole,
    ),
    Setting(
        "LMS_REQUEST_SECONDS",
        "25",
        "A page or form that takes longer is given up, with nothing changed; 0 means never.",
        said.whole,
    ),
    Setting("LMS_MOST_BYTES", "1000000", "The largest form or file that is taken, in bytes.", said.up_to(100_000_000)),
    Setting("LMS_MOST_FIELDS", "2000", "The most fields that one form may have.", said.up_to(100_000)),
    Setting(
        "LMS_METRICS_TOKEN",
        "",
        "The bearer token that opens /metrics, from anywhere. Empty: it answers on this machine only.",
    ),
    Setting("LMS_LOG_REQUESTS", "yes", "Whether each request is one line in the log: yes or no.", said.yes_no),
    Setting("LMS_SIGN_IN_IDLE_HOURS", "12", "A sign-in ends after this many hours without use.", said.up_to(8760)),
    Setting("LMS_SIGN_IN_DAYS", "14", "A sign-in ends after this many days in any case.", said.up_to(365)),
    Setting(
        "LMS_EXPORT_ROWS",
        "20000",
        "A file with more rows than this is made by the worker; on paper, a twentieth of it.",
        said.up_to(1_000_000),
    ),
    Setting("LMS_MAIL", "files", "How mail leaves: smtp, or files (written to the mail folder in the data folder)."),
    Setting("LMS_MAIL_FROM", "Common Ground <training@localhost>", "The sender of mails."),
    Setting("LMS_SMTP_HOST", "127.0.0.1", "Mail server."),
    Setting("LMS_SMTP_PORT", "25", "Port of the mail server.", said.whole),
    Setting("LMS_SMTP_USER", "", "User name at the mail server, if it wants one."),
    Setting("LMS_SMTP_PASSWORD", "", "Password at the mail server, if it wants one."),
    Setting("LMS_SMTP_TLS", "no", "Whether to start TLS with the mail server: yes or no.", said.yes_no),
    Setting(
        "LMS_QUEUE_URL",
        "",
        "The queue that wakes the worker. Empty means a SQLite file in the data folder; for several machines it is "
        "postgresql://… or redis://…. Nothing is lost with it: what is to be done stands in the database.",
    ),
    Setting(
        "LMS_QUIET_HOURS",
        "19:00-08:00",
        "Between these times, on the partnership's clock, no mail leaves that can wait; none means no such "
        "hours. A joint day within 24 hours, mails about an account, and what answers its reader's act do not wait.",
        said.hours,
    ),
    Setting(
        "LMS_QUIET_WEEKENDS",
        "yes",
        "Whether mails that can wait also wait on Saturdays and Sundays: yes or no.",
        said.yes_no,
    ),
    Setting(
        "LMS_COMPLETION_GOAL",
        "90",
        "The share in date, in percent, that figures over time are compared with.",
        said.up_to(100),
    ),
    Setting(
        "LMS_MAIL_BODY_DAYS",
        "30",
        "The text of a mail, its link and its date for a calendar are emptied so many days after it was sent or given "
        "up.",
        said.up_to(3650),
    ),
    Setting(
        "LMS_MAIL_KEEP_MONTHS",
        "24",
        "What is left of a mail (to whom, of what kind, when, how it went) is deleted after so many months.",
        said.up_to(240),
    ),
    Setting("LMS_KEEP_NOTES_MONTHS", "24", "A person's notes go so long after they were last saved.", said.up_to(240)),
    Setting("LMS_KEEP_ANSWERS_MONTHS", "36", "Goes at quizzes go so long after they began.", said.up_to(240)),
    Setting("LMS_KEEP_SIGN_INS_MONTHS", "12", "Sign-ins go so long after they were last used.", said.up_to(240)),
    Setting(
        "LMS_KEEP_LOOKS_MONTHS",
        "24",
        "Who looked at whose record is emptied after so long; that it was stays.",
        said.up_to(240),
    ),
    Setting(
        "LMS_DORMANT_MONTHS",
        "0",
        "Whoever has had no post and has not signed in for so long is told by mail, and the account is closed 30 days "
        "later; 0 means never.",
        said.whole,
    ),
    Setting(
        "LMS_ERASE_CLOSED_MONTHS",
        "0",
        "So long after an account was closed because nobody used it, its person is erased; 0 means never.",
        said.whole,
    ),
    Setting(
        "LMS_ERASURE_KEEPS_PROOF",
        "no",
        "Whether certificates, with the name on them, stay when a person is erased: yes or no.",
        said.yes_no,
    ),
)


class Settings:
    """The settings of one running server, by attribute: `settings.data_dir` is `LMS_DATA_DIR`."""

    secret_key: str
    data_dir: Path
    database_url: str
    base_url: str
    partnership: str
    data_protection_contact: str
    contest_days: int
    db_statement_seconds: int
    db_lock_seconds: int
    db_idle_seconds: int
    db_connect_seconds: int
    modules_dir: Path
    quizzes_dir: Path
    more_content: tuple[Path, ...]
    annex_dir: Path | None
    breached_passwords: Path | None
    proxies: int
    limit_person: int
    limit_address: int
    limit_costly: int
    request_seconds: int
    most_bytes: int
    most_fields: int
    metrics_token: str
    log_requests: bool
    sign_in_idle_hours: int
    sign_in_days: int
    export_rows: int
    mail: str
    mail_from: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: bool
    queue_url: str
    quiet_hours: tuple[time, time] | None
    quiet_weekends: bool
    completion_goal: int
    mail_body_days: int
    mail_keep_months: int
    keep_notes_months: int
    keep_answers_months: int
    keep_sign_ins_months: int
    keep_looks_months: int
    dormant_months: int
    erase_closed_months: int
    erasure_keeps_proof: bool

    def __init__(self, environment: Mapping[str, str]) -> None:
        for setting in SETTINGS:
            text = environment.get(setting.name) or setting.default
            try:
                value = setting.read(text)
            except ValueError as error:
                raise BadSetting(f"The setting {setting.name} {error}; it is “{text}”.") from None
            setattr(self, setting.name.removeprefix("LMS_").lower(), value)
        self.base_url = self.base_url.rstrip("/")
        self._check()

    @staticmethod
    def names() -> tuple[str, ...]:
        """The names of all settings, as the environment spells them."""
        return tuple(setting.name for setting in SETTINGS)

    def _check(self) -> None:
        address = _address(self.base_url)
        if address is None or address.scheme not in ("http", "https") or not address.hostname:
            raise BadSetting("LMS_BASE_URL must be an address such as https://training.example.org.")
        if address.scheme == "http" and address.hostname not in LOOPBACK:
            raise BadSetting("LMS_BASE_URL must begin with https:// unless the server is only for this machine.")
        if self.mail not in ("smtp", "files"):
            raise BadSetting("LMS_MAIL must be smtp or files.")
        if self.database_url and not self.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise BadSetting("LMS_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
        if self.dormant_months > self.keep_sign_ins_months:
            raise BadSetting(
                "LMS_DORMANT_MONTHS must not be more than LMS_KEEP_SIGN_INS_MONTHS: a sign-in that went is not seen."
            )
        self._check_queue()
        self._check_database()

    def _check_queue(self) -> None:
        if self.queue_url and not self.queue_url.startswith(("postgresql://", "redis://", "rediss://")):
            raise BadSetting("LMS_QUEUE_URL must begin with postgresql:// or redis://, or be left out.")
        for start, driver in (("postgresql", "psycopg"), ("redis", "redis")):
            if self.queue_url.startswith(start) and find_spec(driver) is None:
                raise BadSetting(
                    f"LMS_QUEUE_URL names a queue whose driver, {driver}, is not installed. "
                    "Run: .venv/bin/pip install -r requirements-postgres.txt"
                )

    def _check_database(self) -> None:
        """Refuse an address nobody can read, without repeating it: it may hold a password."""
        try:
            make_url(self.database)
        except (ArgumentError, ValueError):
            raise BadSetting(
                "LMS_DATABASE_URL cannot be read. Write it like postgresql+psycopg://name:password@host:5432/database."
            ) from None
        if self.database.startswith("postgresql") and find_spec("psycopg") is None:
            raise BadSetting(
                "LMS_DATABASE_URL names PostgreSQL, and its driver is not installed. "
                "Run: .venv/bin/pip install -r requirements-postgres.txt"
            )

    def make_data_dir(self) -> None:
        """Make the data folder unless it is there, and see that it can be written to. Raises BadSetting."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise BadSetting(f"LMS_DATA_DIR cannot be made at {self.data_dir}: {fault.strerror}.") from None
        if not os.access(self.data_dir, os.W_OK | os.X_OK):
            raise BadSetting(
                f"LMS_DATA_DIR, {self.data_dir}, can only be read. Let its files be written by the account that runs "
                "this, or set LMS_DATA_DIR to another folder."
            )

    def check_secret(self) -> None:
        """Refuse a secret key that is missing, short, or plainly typed by hand. Raises BadSetting."""
        make_one = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        if not self.secret_key:
            raise BadSetting(f"LMS_SECRET_KEY is not set. {make_one}")
        key = self.secret_key
        pieces = [key[at : at + PIECE] for at in range(len(key) - PIECE + 1)]
        if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_LETTERS or len(set(pieces)) < len(pieces):
            raise BadSetting(
                f"LMS_SECRET_KEY is too weak: it needs {SHORTEST_KEY} characters or more, not repeated. {make_one}"
            )

    @property
    def host(self) -> str:
        """The host name people type."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Whether people reach the server by https."""
        return self.base_url.startswith("https://")

    @property
    def database(self) -> str:
        """The database address, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'common-ground.db'}"


def _address(text: str) -> SplitResult | None:
    """The parts of an address, or None when it is none."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises for a port that cannot be
    except ValueError:
        return None
    return parts


def from_environment() -> Settings:
    """The settings of this process. Raises BadSetting."""
    return Settings(os.environ)
