"""Reading calendar files with ical.js, which knows nothing of us."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.support.needs import needs_file, needs_program

HERE = Path(__file__).parent


def read(text: str) -> dict[str, Any]:
    """What ical.js understands of a calendar file: its method, and each event."""
    node = needs_program("node")
    needs_file(HERE / "node_modules" / "ical.js" / "package.json", "Run: sh tests/support/fetch_vnu.sh")
    ran = subprocess.run(
        [node, str(HERE / "read_calendar.mjs")],
        input=text.encode(), capture_output=True, check=False, timeout=60, env={"TZ": "Pacific/Auckland"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr.decode()
    return json.loads(ran.stdout)
