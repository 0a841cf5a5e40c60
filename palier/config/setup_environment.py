"""Make the Python environment of this clone: `python3 -I palier/config/setup_environment.py run|test`.

Run by the machine's own Python before anything is installed, so it uses the standard library alone and its
syntax stays old enough to tell an old Python that it is too old. Prerequisites are checked before anything is
written; the stamp that says "whole" is written last, and an environment without it is removed.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(PROJECT, ".venv")
LOCKS = {"run": ["runtime.txt"], "test": ["runtime.txt", "dev.txt"]}
OLDEST_PYTHON = (3, 11)
NEWER_NAMES = ["python3.14", "python3.13", "python3.12", "python3.11"]
NEEDED_BYTES = 2 * 10**9

PATH_FILE = "import os, sys; sys.path.append(os.path.dirname(sys.prefix))\n"
COMMAND = """#!/bin/sh
# The palier command of this clone.
here=$(dirname "$(readlink -f "$0")")
exec "$here/python" -m palier.config.cli "$@"
"""


class SetupError(Exception):
    """Something the person must do first; the message says what."""


def main(arguments):
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        sys.stderr.write("usage: setup_environment.py run|test\n")
        return 2
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
    try:
        prepare(arguments[0])
    except SetupError as problem:
        sys.stderr.write("%s\n" % problem)
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing half-made is left; run it again when you like.\n")
        return 130
    return 0


def interrupt(*_):
    raise KeyboardInterrupt


def prepare(purpose):
    """Bring the environment to what the lock files say, doing nothing when it is already so."""
    wanted = fingerprint(LOCKS[purpose])
    if stamp_of(purpose) == wanted:
        return
    python = check_prerequisites()
    os.makedirs(os.path.join(PROJECT, "build"), exist_ok=True)
    with open(os.path.join(PROJECT, "build", "setup.lock"), "w") as lock:
        # Two `make` at once: the second waits, then finds the work done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp_of(purpose) != wanted:
            build(purpose, wanted, python)


def fingerprint(names):
    """What the environment depends on: the locks, the Python, and the folder, since it cannot be moved."""
    digest = hashlib.sha256(PROJECT.encode("utf-8", "surrogateescape"))
    for name in ["../palier/config/setup_environment.py"] + names:
        with open(os.path.join(PROJECT, "requirements", name), "rb") as stream:
            digest.update(stream.read())
    return digest.hexdigest()


def stamp_file(purpose):
    return os.path.join(VENV, "palier-%s.stamp" % purpose)


def stamp_of(purpose):
    try:
        with open(stamp_file(purpose)) as stream:
            return stream.read().strip()
    except OSError:
        return None


def check_prerequisites():
    """Return the Python to use, or say everything that is missing at once, before anything is written."""
    missing = []
    python = find_python()
    if python is None:
        missing.append(
            "Python 3.11 or newer: apt install python3 python3-venv (here: %s)" % sys.version.split()[0]
        )
    elif not can_make_environments(python):
        missing.append("the venv module of %s: apt install python3-venv" % python)
    if not os.access(PROJECT, os.W_OK):
        missing.append("the right to write in %s" % PROJECT)
    free = shutil.disk_usage(PROJECT).free
    if free < NEEDED_BYTES:
        missing.append("2 GB of free disk in %s (%.1f GB left)" % (PROJECT, free / 1e9))
    if missing:
        raise SetupError("Before this can run, the machine needs:\n  - " + "\n  - ".join(missing))
    return python


def find_python():
    if sys.version_info >= OLDEST_PYTHON:
        return sys.executable
    return next((path for path in map(shutil.which, NEWER_NAMES) if path), None)


def can_make_environments(python):
    done = subprocess.run([python, "-I", "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL)
    return done.returncode == 0


def build(purpose, wanted, python):
    """Make or update the environment. Whatever stops it, what is left is whole or absent."""
    is_whole = any(stamp_of(each) for each in LOCKS)
    for each in LOCKS:
        if os.path.exists(stamp_file(each)):
            os.remove(stamp_file(each))
    try:
        if not is_whole:
            say("Making the Python environment (about a minute, and 1 GB of disk)")
            shutil.rmtree(VENV, ignore_errors=True)
            run([python, "-I", "-m", "venv", VENV])
        else:
            say("Updating the Python environment")
        install(purpose)
        write_entry_points()
    except BaseException:
        shutil.rmtree(VENV, ignore_errors=True)
        raise
    stamps = {"run": fingerprint(LOCKS["run"])} if purpose == "test" else {}
    for each, value in dict(stamps, **{purpose: wanted}).items():
        with open(stamp_file(each), "w") as stream:
            stream.write(value + "\n")


def install(purpose):
    command = [os.path.join(VENV, "bin", "python"), "-m", "pip", "install", "--require-hashes", "--no-input"]
    command += ["--disable-pip-version-check", "--root-user-action=ignore"]
    for name in LOCKS[purpose]:
        command += ["-r", os.path.join("requirements", name)]
    run(command)


def run(command):
    """Run a step of the set-up with its own output shown."""
    done = subprocess.run(command, cwd=PROJECT, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SetupError(
            "This step failed (see above), and what it had made was removed:\n  " + " ".join(command)
        )


def write_entry_points():
    """Make `palier` importable from anywhere with this environment, and callable as .venv/bin/palier."""
    python = os.path.join(VENV, "bin", "python")
    asked = [python, "-I", "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    packages = subprocess.run(asked, check=True, stdout=subprocess.PIPE).stdout.decode().strip()
    with open(os.path.join(packages, "palier.pth"), "w") as stream:
        stream.write(PATH_FILE)
    command = os.path.join(VENV, "bin", "palier")
    with open(command, "w") as stream:
        stream.write(COMMAND)
    os.chmod(command, 0o755)


def say(words):
    sys.stdout.write("%s...\n" % words)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
