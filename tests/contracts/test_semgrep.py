"""Semgrep reads the product by our own rules, above all for where what was sent may not flow."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.needs import needs_file

PROJECT = Path(__file__).resolve().parents[2]
RULES = PROJECT / "tools" / "semgrep" / "rules.yml"
FLASK = "import flask\nfrom flask import request, redirect, Blueprint\nbp = Blueprint('a', __name__)\n"

# For each rule what it has to catch, and what it has to let pass.
TRIED = {
    "sent-words-in-a-statement": (
        "from sqlalchemy import text\ndef f():\n    by = request.args['by']\n    return text('SELECT ' + by)",
        "from sqlalchemy import text\ndef f():\n    return text('SELECT :by').bindparams(by=request.args['by'])",
    ),
    "sent-words-as-markup": (
        "from markupsafe import Markup\ndef f():\n    name = request.form['name']\n    return Markup(f'<b>{name}</b>')",
        "from markupsafe import Markup\ndef f():\n    return Markup('<b>') + request.form.get('name')",
    ),
    "sent-words-as-an-address": (
        "def f():\n    to = request.args.get('next') or '/'\n    return redirect(to)",
        "def f():\n    return redirect(flask.url_for('home', name=request.args.get('name')))",
    ),
    "sent-words-as-a-path": (
        "from pathlib import Path\ndef f():\n    return open('/files/' + request.args['name'])",
        "def f(one):\n    kept = request.files['list'].read()\n    return open(f'/files/{one.id}')",
    ),
    "sent-words-as-a-command": (
        "import subprocess\ndef f():\n    subprocess.run(['git', 'show', request.args['revision']])",
        "import subprocess\ndef f():\n    subprocess.run(['git', 'show', 'HEAD'])",
    ),
    "sent-words-in-the-log": (
        "def f():\n    log.info('somebody signs in', email=request.form['email'])",
        "def f():\n    log.info('somebody signs in', fields=1)",
    ),
    "form-poured-into-a-row": (
        "def f():\n    return Person(**request.form.to_dict())",
        "def f():\n    return Person(name=request.form['name'])",
    ),
    "template-from-words": (
        "def f(words):\n    return flask.render_template_string(words)",
        "def f(words):\n    return flask.render_template('page.html', words=words)",
    ),
    "view-without-access": (
        "@bp.get('/all')\ndef everybody():\n    return 'all'",
        "@bp.get('/all')\n@requires(Permission.SEE_ALL)\ndef everybody():\n    return 'all'\n"
        "@bp.post('/one')\n@signed_in\ndef one():\n    return '1'",
    ),
    "commit-in-a-feature": (
        "def f():\n    db.session.commit()",
        "def f():\n    with writing():\n        db.session.add(1)",
    ),
    "time-past-the-clock": (
        "from datetime import datetime\ndef f():\n    return datetime.now()",
        "from datetime import datetime\ndef f():\n    return datetime(2026, 1, 1), clock.now()",
    ),
    "form-without-a-token": ("csrf.exempt(bp)", "count.exempt()"),
    "remote-end-from-a-header": (
        "def f():\n    return request.headers.get('X-Forwarded-For', '')",
        "def f():\n    return request.remote_addr, request.headers.get('Origin')",
    ),
    "unpacked-without-a-filter": (
        "import tarfile\ndef f(archive):\n    archive.extractall('/there')",
        "import tarfile\ndef f(archive):\n    archive.extractall('/there', filter='data')",
    ),
    "objects-from-bytes": ("import yaml\ndef f(words):\n    return yaml.load(words)", "import json\njson.loads('1')"),
    "unchecked-certificate": (
        "def f(client):\n    client.get('https://a', verify=False)",
        "def f(client):\n    client.get('a')",
    ),
    "secret-compared-by-equals": (
        "def f(token, kept):\n    return token == kept",
        "import hmac\ndef f(token, kept):\n    return token and hmac.compare_digest(token, kept)",
    ),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What semgrep finds in the product, and in the pieces of code below: sets of (rule, file)."""
    program = needs_file(PROJECT / ".venv-semgrep" / "bin" / "semgrep", "Run: make setup-tests")
    folder = tmp_path_factory.mktemp("tried")
    for rule, pieces in TRIED.items():
        for name, piece in zip(("bad", "good"), pieces, strict=True):
            (folder / f"{rule}.{name}.py").write_text(FLASK + piece + "\n")

    def read(*places):
        done = subprocess.run(
            [program, "scan", "--json", "--metrics=off", "--disable-version-check", "--no-git-ignore",
             "--config", RULES, *places],
            cwd=PROJECT, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        said = json.loads(done.stdout)
        assert said["errors"] == [], said["errors"]
        return said

    return read("lms"), read(folder)


@pytest.mark.slow
def test_the_product_keeps_every_rule(found):
    product, _ = found
    wrong = [f"{one['path']}:{one['start']['line']}: {one['extra']['message']}" for one in product["results"]]
    assert wrong == []
    assert len(product["paths"]["scanned"]) > 500


@pytest.mark.slow
def test_every_rule_catches_what_it_is_for_and_lets_the_right_way_pass(found):
    _, tried = found
    assert set(TRIED) == {rule["id"] for rule in yaml.safe_load(RULES.read_text())["rules"]}
    caught = {(one["check_id"].rsplit(".", 1)[-1], Path(one["path"]).name) for one in tried["results"]}
    own = {(rule, name) for rule, name in caught if name.startswith(f"{rule}.")}
    assert own == {(rule, f"{rule}.bad.py") for rule in TRIED}
