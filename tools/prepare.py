"""Make the virtual environment from the hashed lock, or say in one sentence what is missing. Runs on any Python 3.

Usage: python3 tools/prepare.py [--tests]      --tests adds what the tests and the linters need
"""

import hashlib
import os
import shutil
import subprocess
import sys

NEEDED = (3, 11)
ITSELF = ["--no-deps", "--no-build-isolation", "-e", "."]
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
READER = os.path.join(ROOT, ".venv-semgrep")  # apart, since semgrep wants other versions of what we use


def stop(sentence):
    """End with one plain sentence."""
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


def is_debian():
    """Whether Debian's package names help."""
    return os.path.exists("/etc/debian_version")


def use_new_enough_python():
    """Go on with a newer Python when the first one found is too old and a newer one is there."""
    if sys.version_info >= NEEDED:
        return
    for minor in range(19, NEEDED[1] - 1, -1):
        other = shutil.which("python3.%d" % minor)
        if other:
            os.execv(other, [other] + sys.argv)
    stop(
        "Common Ground needs Python %d.%d or newer, and this is %d.%d: install a newer Python%s, then run make again."
        % (
            NEEDED
            + tuple(sys.version_info[:2])
            + (" (on macOS: brew install python@3.13)" if sys.platform == "darwin" else "",)
        )
    )


def make_environment(folder):
    """Create a virtual environment when it is not there."""
    if os.path.exists(os.path.join(folder, "bin", "python")):
        return
    try:
        import ensurepip  # noqa: F401, PLC0415 -- asked for here because a bare Debian lacks it
        import venv  # noqa: PLC0415
    except ImportError:
        package = "python%d.%d-venv" % sys.version_info[:2] if is_debian() else "the venv module"
        stop(
            "Python's venv module is missing: install %s (on Debian: sudo apt install %s), then run make again."
            % (package, package)
        )
    venv.EnvBuilder(with_pip=True, clear=os.path.isdir(folder)).create(folder)


def stamp_of(*files):
    """A name for the present contents of these files."""
    digest = hashlib.sha256(sys.version.encode())
    for name in files:
        with open(os.path.join(ROOT, name), "rb") as handle:
            digest.update(handle.read())
    return digest.hexdigest()


def install(lock, folder, *more):
    """Install the lock, and what else pip is to be told, unless that was done already."""
    stamp = os.path.join(folder, "%s.stamp" % os.path.basename(lock))
    wanted = stamp_of(lock, "pyproject.toml")
    if os.path.exists(stamp) and open(stamp).read() == wanted:
        return
    sys.stdout.write("Installing what %s lists, once. This takes a minute.\n" % lock)
    sys.stdout.flush()
    pip = [os.path.join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for what in (["--require-hashes", "-r", lock],) + more:
        if subprocess.call(pip + what, cwd=ROOT) != 0:
            stop("The packages could not be installed: the lines above say why. Check the network, then try again.")
    with open(stamp, "w") as handle:
        handle.write(wanted)


if __name__ == "__main__":
    use_new_enough_python()
    make_environment(VENV)
    install("requirements.txt", VENV, ITSELF)
    if "--tests" in sys.argv:
        install("requirements-dev.txt", VENV, ITSELF)
        make_environment(READER)
        install("tools/semgrep/requirements.txt", READER)
