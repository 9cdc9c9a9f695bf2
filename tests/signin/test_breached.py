"""A list of leaked passwords that whoever runs the server keeps: each is refused, and nobody is asked."""

from hashlib import sha1
from io import BytesIO

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from lms.app import create_app
from lms.config import BadSetting, Settings
from lms.operating import doctor
from lms.signin import breached, strength
from lms.signin.breached import BadList
from lms.signin.cli import person as command
from lms.signin.passwords import hash_password
from lms.signin.strength import WeakPassword
from tests.conftest import SECRET

PASSWORD = "a long enough password"
LEAKED = "pebble tractor lampshade"
NUMBER = 3000


def hashed(password):
    return sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def lines(*more, end="\r\n"):
    hashes = sorted({hashed(f"leaked {number}") for number in range(NUMBER)} | {hashed(one) for one in more})
    return "".join(f"{one}:{number % 99_999 + 1}{end}" for number, one in enumerate(hashes))


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "ordered-by-hash.txt"
    made.write_text(lines(LEAKED), newline="")
    return made


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "ranges"
    made.mkdir()
    for start in ("00000", "7FFFF", "FFFFF"):
        (made / f"{start}.txt").write_text(f"{'0' * 35}:1\n")
    whole = hashed(LEAKED)
    (made / f"{whole[:5]}.txt").write_text(f"{'0' * 35}:1\n{whole[5:]}:12\n")
    return made


@pytest.fixture
def listed(app, file, monkeypatch):
    monkeypatch.setattr(app.extensions["settings"], "breached_passwords", file)
    return file


@pytest.mark.slow
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_hash_of_a_file_is_found_and_none_that_is_not_there(tmp_path, end):
    path = tmp_path / "list"
    path.write_text(lines(end=end).rstrip(), newline="")
    assert all(breached.holds(path, f"leaked {number}") for number in range(NUMBER))
    assert not any(breached.holds(path, f"other {number}") for number in range(NUMBER))


def test_a_hash_that_is_cut_off_or_small_counts_as_what_it_is(tmp_path):
    path = tmp_path / "list"
    path.write_text(f"{hashed(LEAKED).lower()}\n")
    assert breached.holds(path, LEAKED)
    path.write_text(f"{hashed(LEAKED)[:39]}\n")
    assert not breached.holds(path, LEAKED)


def test_a_file_of_any_size_costs_some_short_reads():
    """As many halves as a file of 40 gigabytes has: here in one that is made up as it is read."""

    class Reading(BytesIO):
        reads = 0

        def readline(self, size=-1):
            Reading.reads += 1
            return super().readline(size)

    opened = Reading(lines(LEAKED).encode())
    assert breached._found(opened, hashed(LEAKED).encode())
    halves = len(opened.getvalue()).bit_length()
    assert Reading.reads <= 2 * halves


def test_a_folder_of_ranges_is_read_too(folder):
    breached.check(folder)
    assert breached.holds(folder, LEAKED)
    (folder / f"{hashed(PASSWORD)[:5]}.txt").write_text(f"{'0' * 35}:1\n")
    assert not breached.holds(folder, PASSWORD)


def test_a_leaked_password_is_refused_wherever_one_is_set(listed, make, as_user, app, database):
    leah = make.person("Leah Stone", password_hash=hash_password(PASSWORD))
    page = as_user(leah).post("passwords.change", {"present": PASSWORD, "password": LEAKED}, expect=422)
    assert "on the list of passwords that leaked elsewhere" in page.words
    strength.check("an orchard under seven kettles")
    words = ["add", "--email", "new@agency.example", "--name", "Nia New", "--agency", "Trust", "--sector", "health",
             "--partnership", "Fernshire", "--job", "Nurse", "--password", LEAKED]  # fmt: skip
    done = CliRunner().invoke(command, words, obj=lambda: app)
    assert (done.exit_code, "leaked elsewhere" in done.output) == (1, True)


def test_without_a_list_it_is_taken(app, database):
    strength.check(LEAKED)


def test_a_list_that_went_away_keeps_nobody_from_a_new_password_and_the_log_tells(listed, database):
    with pytest.raises(WeakPassword, match="leaked elsewhere"):
        strength.check(LEAKED)
    listed.unlink()
    with capture_logs() as told:
        strength.check(LEAKED)
    assert [one["event"] for one in told] == ["the list of leaked passwords cannot be read"]
    assert LEAKED not in str(told)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: No such file"),
        ("", "it is empty"),
        ("password1\nletmein\n", "no SHA-1 hash"),
        (f"{'0' * 32}:5\n{'1' * 32}:5\n", "no SHA-1 hash"),
        ("".join(f"{hashed(str(number))}:1\n" for number in range(500)), "not ordered by hash"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_at_start_with_the_reason(tmp_path, content, says):
    path = tmp_path / "list"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadList, match=says):
        breached.check(path)


def test_a_folder_without_all_the_ranges_is_refused(folder):
    (folder / "FFFFF.txt").unlink()
    with pytest.raises(BadList, match="not all there"):
        breached.check(folder)


@pytest.mark.slow
def test_a_server_does_not_start_with_such_a_list(tmp_path):
    environment = {"LMS_SECRET_KEY": SECRET, "LMS_DATA_DIR": str(tmp_path / "data"),
                   "LMS_BREACHED_PASSWORDS": str(tmp_path / "away")}  # fmt: skip
    with pytest.raises(BadSetting, match=r"LMS_BREACHED_PASSWORDS names .*away, and it cannot be read"):
        create_app(Settings(environment))


def test_the_doctor_looks_at_the_list(app, database, listed):
    def line():
        return next(one for one in doctor.examine(app) if one.name == "passwords")

    assert line().how is doctor.How.OK
    listed.write_text("password1\n")
    assert line().how is doctor.How.WRONG


def test_the_doctor_says_which_partnership_nobody_stays_to_look_after(app, make):
    make.person(agency=make.agency(partnership="Westmark"))
    (line,) = [one for one in doctor.examine(app) if one.name == "in charge"]
    assert line.how is doctor.How.LOOK
    assert line.says == "Westmark has no administrator whose post lasts for 30 days more."
