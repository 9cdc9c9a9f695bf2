"""Asking the Nu HTML checker what is wrong with pages: all at once, since it takes seconds to start."""

import json
import subprocess
from collections import defaultdict
from pathlib import Path

from tests.support.needs import needs_file, needs_program

JAR = Path(__file__).parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def messages(folder: Path) -> dict[str, list[str]]:
    """What the checker says about each HTML file in a folder, by file name; files without fault are left out."""
    java = needs_program("java")
    jar = needs_file(JAR, "Run: sh tests/support/fetch_vnu.sh")
    ran = subprocess.run(
        [java, "-Xss2m", "-jar", str(jar), "--format", "json", "--exit-zero-always", "--skip-non-html", str(folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    found = defaultdict(list)
    for one in json.loads(ran.stderr)["messages"]:
        place = f"line {one['lastLine']}: " if "lastLine" in one else ""
        found[Path(one.get("url", "")).name].append(f"{place}{one['message']} … {one.get('extract', '')[:120]}")
    return dict(found)
