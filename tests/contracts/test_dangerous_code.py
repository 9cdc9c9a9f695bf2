"""What no line of the product may do, read from its syntax: each rule with the rooms that may, and why."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = {str(path.relative_to(PROJECT)): ast.parse(path.read_text()) for path in sorted(PROJECT.glob("lms/**/*.py"))}
TEMPLATES = {str(path.relative_to(PROJECT)): path.read_text() for path in PROJECT.glob("lms/**/templates/**/*.*")}

# Rooms that may, and why.
MARKUP = {
    "lms/web/templating.py": "our own templates, rendered",
    "lms/navigation.py": "our own template, which escapes",
    "lms/catalogue/markdown.py": "what authors wrote, sanitised by nh3 just before",
    "lms/learning/outlines.py": "pages sanitised by the room above, and templates",
    "lms/certificates/views/showing.py": "paths of a QR code",
    "lms/cohorts/views/arriving.py": "paths of a QR code",
    "lms/signin/views/second_step.py": "paths of a QR code",
}
SAFE = {
    "lms/web/templates/components/icons.html": "pictures that stand in that file",
    "lms/quizzes/templates/quizzes/parts.html": "a space that does not break",
}
CHANCE = {  # where a seed makes the same again: nothing there guards anything
    "lms/crowd": "invented people",
    "lms/demo": "invented people",
    "lms/core/faults.py": "how long to wait before the next try",
    "lms/cohorts/engine": "searching for good tables and plans",
    "lms/quizzes/scenario.py": "the order of choices, from the attempt's seed",
    "lms/quizzes/knowledge.py": "the order of options, from the attempt's seed",
}
PROCESSES = {
    "lms/serving.py": "the worker beside the demo server: our own command, no shell",
    "lms/exports/press.py": "our own module, which sets paper apart from the server; facts go in as input",
    "lms/operating/postgres_tools.py": "pg_dump and pg_restore, for whoever runs the server; words of ours, no shell",
    "lms/quizzes/snapshots.py": "git, for authors at the command line; no shell, no option of anybody's",
}
CALLS_OUT = {
    "lms/patience.py": "names a kind of fault of the connection that is there; calls nobody",
    "lms/notifications/carriers.py": "the mail server of the settings",
    "lms/interop/oidc/fetching.py": "providers that an administrator has set up, on their own host only",
    "lms/jobs/queue.py": "the queue of the settings",
    "lms/serving.py": "whether a port of this machine is free",
}


def calls(tree):
    """Every call as (dotted name, node)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_built(node):
    """Whether a string is put together of parts that are not written there."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.Add)
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".format")


def found(matches, rooms=()):
    return [
        f"{path}:{node.lineno}: {ast.unparse(node)[:90]}"
        for path, tree in SOURCES.items()
        if path not in rooms
        for name, node in calls(tree)
        if matches(name, node)
    ]


def _sql(name, node):
    asks = name.split(".")[-1] in ("text", "exec_driver_sql", "execute", "executemany", "execution_options")
    return asks and bool(node.args) and is_built(node.args[0])


# Names of tables, of columns and whole numbers of ours, from our own lists; SQL has no parameters for these.
SQL_OF_OURS = {
    "lms/catalogue/index.py": "names of the search index's own tables",
    "lms/audit/triggers.py": "names of our own tables and triggers",
    "lms/operating/proving.py": "names of our own tables, and of a database made for the proof",
    "lms/operating/restoring.py": "names of our own tables, and of what the database itself lists",
    "lms/core/postgres.py": "whole numbers of the settings, in SET",
    "lms/core/safety.py": "names of settings and pragmas from lists in that file",
    "lms/core/db.py": "pragmas from a list in that line",
    "lms/core/schema.py": "ON or OFF",
    "lms/crowd/loading.py": "a number that stands in that file, for filling a database of invented people",
}


@pytest.mark.slow
def test_no_statement_is_put_together_from_words():
    assert found(_sql, SQL_OF_OURS) == []


@pytest.mark.slow
def test_nothing_is_run_that_was_read():
    never = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "pickle.loads", "pickle.load",
             "marshal.loads", "shelve.open", "yaml.load", "yaml.unsafe_load", "yaml.full_load"}  # fmt: skip
    assert found(lambda name, _node: name in never) == []
    bad = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
    assert [path for path, tree in SOURCES.items() if bad & {name.split(".")[0] for name in imports(tree)}] == []


@pytest.mark.slow
def test_no_program_is_started_but_our_own_worker():
    assert found(lambda name, _node: name.startswith(("subprocess.", "os.exec", "os.spawn")), PROCESSES) == []
    shells = found(lambda _name, node: any(word.arg == "shell" for word in node.keywords))
    assert shells == []


@pytest.mark.slow
def test_nothing_is_fetched_on_anybodys_word():
    outward = {
        "requests",
        "httpx",
        "aiohttp",
        "urllib3",
        "urllib.request",
        "http.client",
        "ftplib",
        "smtplib",
        "socket",
    }
    wrong = [
        f"{path}: {name}"
        for path, tree in SOURCES.items()
        for name in imports(tree)
        if path not in CALLS_OUT and (name in outward or name.split(".")[0] in outward)
    ]
    assert wrong == []


@pytest.mark.slow
def test_what_is_trusted_as_markup_is_made_in_named_rooms():
    marked = re.compile(r"\|\s*safe\b|autoescape\s+false")
    assert {path for path, text in TEMPLATES.items() if marked.search(text)} == set(SAFE)
    rooms = {path for path, tree in SOURCES.items() for name, node in calls(tree) if name.split(".")[-1] == "Markup"
             and not all(isinstance(one, ast.Constant) for one in node.args)}  # fmt: skip
    assert rooms == set(MARKUP)


@pytest.mark.slow
def test_no_schema_is_brought_up_without_the_guards_of_the_record():
    migrates = {path for path, tree in SOURCES.items() if "schema.upgrade" in {name for name, _node in calls(tree)}}
    assert migrates == {"lms/audit/upgrading.py"}


def test_no_row_is_loaded_by_an_address_past_the_rules_of_who_sees_it():
    """A view asks a query, which takes the actor; it never loads a row by its key itself."""
    views = [path for path in SOURCES if "views" in path]
    direct = re.compile(r"session\.(get|get_one|query)$")
    assert len(views) > 30
    assert [
        f"{path}:{node.lineno}" for path in views for name, node in calls(SOURCES[path]) if direct.search(name)
    ] == []


@pytest.mark.slow
def test_chance_that_guards_something_is_good_chance():
    rooms = tuple(CHANCE)
    assert [path for path, tree in SOURCES.items() if "random" in imports(tree) and not path.startswith(rooms)] == []


@pytest.mark.slow
def test_no_weak_digest_guards_anything():
    weak = found(lambda name, _node: name in ("md5", "sha1", "hashlib.md5", "hashlib.sha1"))
    assert [one for one in weak if not one.startswith("lms/signin/breached.py")] == []  # lists of leaks are of SHA-1


@pytest.mark.slow
def test_nothing_is_printed():
    assert found(lambda name, _node: name in ("print", "pprint", "breakpoint")) == []


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('session.execute(text(f"SELECT {name}"))', _sql),
        ('session.execute("SELECT %s" % name)', _sql),
        ('connection.exec_driver_sql("DELETE FROM " + name)', _sql),
        ('text("SELECT {}".format(name))', _sql),
    ],
)
def test_the_rules_see_what_they_look_for(line, rule):
    assert any(rule(name, node) for name, node in calls(ast.parse(line)))


def test_an_ordinary_statement_passes():
    assert not any(_sql(name, node) for name, node in calls(ast.parse('session.execute(text("SELECT :a"), {"a": b})')))
