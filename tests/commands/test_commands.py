"""The commands a person types: what they refuse, in which words, and that nothing happens unasked."""

import os
import re
import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lms.config import BadSetting, Settings
from lms.serving import kept_secret

PROJECT = Path(__file__).resolve().parents[2]
SECRET = "tests-only-0123456789-abcdefghijklmnop"


def lms(*words, folder, secret=SECRET, **more):
    environment = {"PATH": os.environ["PATH"], "LMS_DATA_DIR": str(folder), "LMS_SECRET_KEY": secret, **more}
    return subprocess.run(
        [sys.executable, "-m", "lms.cli", *words],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )


def gunicorn(folder, *, bind, secret=SECRET, **more):
    """Start the Procfile's web line and wait for it to refuse; a server that starts is a failure."""
    environment = {"PATH": os.environ["PATH"], "LMS_DATA_DIR": str(folder), "LMS_SECRET_KEY": secret, "HOST": bind}
    environment |= {"PORT": str(free_port()), **more}
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "lms.app:create_app()"]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=30)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory):
    """A data folder that holds the demo."""
    folder = tmp_path_factory.mktemp("demo")
    done = lms("demo", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_the_database_is_made_by_migrations_and_holds_nobody(tmp_path):
    done = lms("db", "upgrade", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "from nothing to" in done.stdout
    again = lms("db", "upgrade", folder=tmp_path)
    assert "The database is at" in again.stdout
    with sqlite3.connect(tmp_path / "common-ground.db") as made:
        assert made.execute("SELECT count(*) FROM search_entries WHERE search_entries MATCH 'threshold'").fetchone()[0]
        assert made.execute("SELECT count(*) FROM indexed_content").fetchone() == (1,)


@pytest.mark.slow
def test_demo_people_come_only_when_asked_for_and_only_once(demo_folder):
    again = lms("demo", folder=demo_folder)
    assert "nothing was added" in again.stdout
    for account in ("staff", "trainer", "manager", "author", "coordinator", "admin", "outsider", "person01"):
        assert f"{account}@demo.example" in again.stdout


@pytest.mark.slow
def test_the_demo_is_large_enough_and_its_first_forty_people_all_have_a_post_today(demo_folder):
    with sqlite3.connect(demo_folder / "common-ground.db") as demo:
        agencies, sectors = demo.execute("SELECT count(*), count(DISTINCT sector) FROM agencies").fetchone()
        (teams,) = demo.execute("SELECT count(*) FROM teams").fetchone()
        at_work = demo.execute(
            "SELECT DISTINCT email FROM people JOIN memberships ON person_id = people.id"
            " WHERE ends_on IS NULL OR ends_on >= date('now')"
        ).fetchall()
        (learned,) = demo.execute("SELECT count(DISTINCT person_id) FROM completions").fetchone()
    assert (agencies >= 5, sectors >= 4, teams >= 12, learned >= 20) == (True, True, True, True)
    assert {f"person{number:02d}@demo.example" for number in range(1, 41)} <= {email for (email,) in at_work}


@pytest.mark.slow
def test_a_server_with_demo_accounts_refuses_to_listen_beyond_this_machine(demo_folder):
    refused = gunicorn(demo_folder, bind="0.0.0.0")
    assert refused.returncode != 0
    assert "demo accounts" in refused.stderr


@pytest.mark.slow
def test_a_server_with_demo_accounts_refuses_to_stand_behind_a_proxy_that_others_reach(demo_folder):
    refused = gunicorn(demo_folder, bind="127.0.0.1", LMS_BASE_URL="https://training.example.org")
    assert refused.returncode != 0
    assert "demo accounts" in refused.stderr


@pytest.mark.slow
def test_lms_run_is_for_this_machine_only(demo_folder):
    refused = lms("run", "--host", "0.0.0.0", folder=demo_folder)
    assert refused.returncode == 2
    assert "this machine only" in refused.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("secret", "words"), [("", "is not set"), ("short", "too weak"), ("a" * 64, "too weak")])
def test_the_real_server_refuses_a_missing_or_weak_secret(tmp_path, secret, words):
    refused = gunicorn(tmp_path, bind="127.0.0.1", secret=secret)
    assert refused.returncode != 0
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "secret", ["a" * 64, "changeme-" * 5, "0123456789abcdef" * 2 + "x", "Fernshire2026-Fernshire2026-secret"]
)
def test_a_key_that_repeats_itself_is_too_weak_however_long(secret):
    with pytest.raises(BadSetting, match="not repeated"):
        Settings({"LMS_SECRET_KEY": secret}).check_secret()


def test_a_key_needs_thirty_two_characters():
    letters = "abcdefghijklmnopqrstuvwxyz012345"
    Settings({"LMS_SECRET_KEY": letters}).check_secret()
    with pytest.raises(BadSetting, match="32 characters or more"):
        Settings({"LMS_SECRET_KEY": letters[:-1]}).check_secret()


def add_person(folder, *more, password="a long enough password"):
    return lms(
        *("person", "add", "--email", "Sunil@council.example", "--name", "Sunil Perera", "--agency", "The council"),
        *("--sector", "social-care", "--partnership", "Fernshire", "--job", "Systems", "--password", password, *more),
        folder=folder,
    )


@pytest.mark.slow
def test_the_first_administrator_is_added_from_the_machine(tmp_path):
    lms("db", "upgrade", folder=tmp_path)
    done = add_person(tmp_path, "--role", "staff", "--role", "administrator:partnership")
    assert done.stdout == "Sunil Perera can sign in as sunil@council.example.\n", done.stderr
    again = add_person(tmp_path)
    assert again.returncode != 0
    assert "one account" in again.stderr


@pytest.mark.slow
def test_whoever_was_here_before_the_ledger_is_in_it_after_any_start(tmp_path):
    lms("db", "upgrade", folder=tmp_path)
    add_person(tmp_path)
    with sqlite3.connect(tmp_path / "common-ground.db") as old:
        for table in ("standing_changes", "standing_spans", "post_spans"):
            old.execute(f"DELETE FROM {table}")
    assert "nothing was added" in lms("demo", folder=tmp_path).stdout
    with sqlite3.connect(tmp_path / "common-ground.db") as now:
        assert now.execute("SELECT count(*) FROM post_spans").fetchone() == (1,)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "words"), [(["--role", "king"], "Roles: staff, trainer"), (["--team", "x"], "too short")]
)
def test_a_person_who_cannot_be_added_is_refused_in_words(tmp_path, more, words):
    refused = add_person(tmp_path, *more, password="short")
    assert refused.returncode != 0
    assert words in refused.stderr


@pytest.mark.slow
def test_a_taken_port_gets_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = lms("run", "--port", str(port), folder=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.strip() == (
        f"Port {port} is taken by another program. Choose another, for example: make run PORT={port + 1}"
    )


def test_the_local_secret_is_made_once_and_is_its_owners_alone(tmp_path):
    first = kept_secret(tmp_path / "data")
    assert kept_secret(tmp_path / "data") == first
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600
    Settings({"LMS_SECRET_KEY": first}).check_secret()


def test_a_data_folder_that_can_only_be_read_is_said_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path)
    with pytest.raises(BadSetting, match="can only be read"):
        Settings({"LMS_DATA_DIR": str(tmp_path)}).make_data_dir()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LMS_BASE_URL", "training.example.org", "must be an address"),
        ("LMS_BASE_URL", "http://training.example.org", "must begin with https"),
        ("LMS_SMTP_PORT", "many", "must be a whole number"),
        ("LMS_SMTP_TLS", "true", "must be yes or no"),
        ("LMS_MAIL", "pigeon", "must be smtp or files"),
        ("LMS_DATABASE_URL", "mysql://x", "must begin with sqlite"),
        ("LMS_DATABASE_URL", "postgresql+psycopg://host:port/name", "LMS_DATABASE_URL cannot be read"),
        ("LMS_BASE_URL", "https://[", "must be an address"),
        ("LMS_BASE_URL", "https://training.example.org:99999", "must be an address"),
        ("LMS_SIGN_IN_DAYS", "99999999999", "must be from 1 to"),
        ("LMS_SIGN_IN_IDLE_HOURS", "0", "must be from 1 to"),
    ],
)
def test_a_wrong_setting_is_named_with_the_way_to_mend_it(name, value, words):
    with pytest.raises(BadSetting, match=words):
        Settings({"LMS_SECRET_KEY": SECRET, name: value})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "address"),
    [
        (("run", "--port"), "sqlite:////nowhere/at/all.db"),
        (("db", "upgrade"), "postgresql+psycopg://nobody:hush@127.0.0.1:1/none"),
    ],
)
def test_a_database_that_cannot_be_opened_gets_one_sentence_without_its_password(tmp_path, words, address):
    port = [str(free_port())] if words[0] == "run" else []
    refused = lms(*words, *port, folder=tmp_path, LMS_DATABASE_URL=address)
    assert refused.returncode == 2
    assert refused.stderr.startswith("The database cannot be opened:")
    assert "LMS_DATABASE_URL" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert "hush" not in refused.stderr


@pytest.mark.slow
@pytest.mark.parametrize("port", ["-1", "70000"])
def test_a_port_that_cannot_be_gets_one_sentence(tmp_path, port):
    refused = lms("run", "--port", port, folder=tmp_path)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    assert "65535" in refused.stderr


def test_postgresql_without_its_driver_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr("lms.config.find_spec", lambda _name: None)
    with pytest.raises(BadSetting, match=r"requirements-postgres\.txt"):
        Settings({"LMS_SECRET_KEY": SECRET, "LMS_DATABASE_URL": "postgresql+psycopg://host/name"})


@pytest.mark.slow
def test_a_data_folder_that_cannot_be_made_gets_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    refused = lms("db", "upgrade", folder=tmp_path / "file")
    assert refused.returncode == 2
    assert refused.stderr.startswith("LMS_DATA_DIR")


@pytest.mark.slow
def test_broken_content_stops_the_start_with_file_line_and_column(tmp_path):
    module = tmp_path / "modules" / "broken"
    module.mkdir(parents=True)
    (module / "module.md").write_text("---\ntitle: [\n---\n")
    refused = lms("db", "upgrade", folder=tmp_path / "data", LMS_MODULES_DIR=str(tmp_path / "modules"))
    assert refused.returncode == 2
    assert "module.md:" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_machine_without_python_is_told_so_in_one_sentence():
    command = ["make", "--no-print-directory", "setup", "PYTHON=no-such-python"]
    refused = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=30)
    assert refused.returncode != 0
    assert refused.stderr.startswith("Common Ground needs Python 3.11 or newer, and there is no no-such-python here")
    assert re.match(r"make(\[\d+\])?: \*\*\*", refused.stderr.splitlines()[1])  # numbered when make test runs it


@pytest.mark.parametrize("version", ["3.9", "3.10"])
def test_an_old_python_is_told_so_in_one_sentence(version, tmp_path):
    """`tools/prepare.py` is read by old Pythons, so its check is tried with the version it would see there."""
    numbers = version.replace(".", ", ")
    program = (
        f"import sys, runpy; sys.version_info = ({numbers}, 0, 'final', 0); sys.argv = ['prepare.py'];"
        "import shutil; shutil.which = lambda name: None;"
        "runpy.run_path('tools/prepare.py', run_name='__main__')"
    )
    refused = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, timeout=30)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Common Ground needs Python 3.11 or newer, and this is " + version)
    assert refused.stderr.count("\n") == 1


def test_a_debian_without_ensurepip_is_told_what_to_install(tmp_path):
    program = (
        "import sys, os, runpy; sys.modules['ensurepip'] = None; sys.argv = ['prepare.py'];"
        "make = runpy.run_path('tools/prepare.py')['make_environment'];"
        f"make.__globals__.update(is_debian=lambda: True); make({str(tmp_path / 'v')!r})"
    )
    refused = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, timeout=30)
    assert refused.returncode == 1
    assert "apt install python3" in refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.slow
def test_what_the_commands_write_can_be_read_by_its_owner_only(demo_folder):
    assert {path.name for path in demo_folder.iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077} == set()
