"""Before anything else is there: the environment in .venv and the switches in .env. Standard library only.

Run by the Makefile with whatever python3 the machine has, so it must at least parse on old ones to tell them so.
"""

import base64
import hashlib
import os
import secrets
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PYTHON = os.path.join(HERE, ".venv", "bin", "python")
RUNTIME, DEVELOPMENT = ["requirements.txt"], ["requirements.txt", "requirements-dev.txt"]
PINS = {"requirements.txt": "constraints.txt", "requirements-dev.txt": "constraints-dev.txt"}
# The pip that comes with Python 3.11 takes three times as long to read a package index.
PIP = "pip==26.3"


def stop(sentence):
    sys.exit("\n" + sentence + "\n")


def require_python():
    if sys.version_info < (3, 11):
        found = (sys.executable, sys.version.split()[0])
        stop("Karyapravah needs Python 3.11 or newer; %s is %s. Name a newer one: make run PYTHON=python3.12" % found)


def make_environment():
    """Make .venv, unless it is there and whole."""
    if os.path.exists(PYTHON) and subprocess.call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL) == 0:
        return
    venv = [sys.executable, "-m", "venv", "--clear", os.path.join(HERE, ".venv")]
    # Where this Python has a pip, that one brings the new one in; otherwise venv brings its own, in three times as long.
    lean = [[*venv, "--without-pip"], [sys.executable, "-m", "pip", "--python", PYTHON, "install", "--no-compile", PIP]]
    if all(subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0 for command in lean):
        return
    made = subprocess.run(venv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if made.returncode != 0:
        sys.stderr.write(made.stdout.decode(errors="replace"))
        stop("Python's venv is not usable here. On Debian and Ubuntu: sudo apt-get install python3-venv — then run make again.")


def install(lists):
    """Install the lists whose text changed since they were last installed."""
    pins = [PINS[name] for name in lists]
    text = b"".join(open(os.path.join(HERE, name), "rb").read() for name in [*lists, *pins])
    stamp, mark = os.path.join(HERE, ".venv", lists[-1] + ".installed"), hashlib.sha256(text).hexdigest()
    if os.path.exists(stamp) and open(stamp).read() == mark:
        return
    print("Installing the packages of %s …" % " and ".join(lists), flush=True)
    # Python compiles what it imports; compiling everything that came along takes longer than installing it.
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"]
    install_ahead([*pip, "--no-deps", "--retries=0"], [*lists, *pins])
    for name in lists:
        pip += ["-r", name, "-c", PINS[name]]
    if subprocess.call(pip, cwd=HERE) != 0:
        stop("The packages could not be installed; the lines above say why. Is the package registry reachable?")
    with open(stamp, "w") as file:
        file.write(mark)


def install_ahead(pip, lists):
    """Install what the lists pin in two halves at once; what this machine cannot have, or needs besides, is left to what follows."""
    lines = [line.partition("#")[0].strip() for name in lists for line in open(os.path.join(HERE, name), encoding="utf-8")]
    pinned = [line for line in lines if line]
    halves = [
        subprocess.Popen([*pip, *half], cwd=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for half in (pinned[::2], pinned[1::2])
    ]
    for half in halves:
        half.wait()


def write_switches():
    """Write .env for the demonstration, with keys of its own, unless there is one or a State's switches are in the environment."""
    path = os.path.join(HERE, ".env")
    if os.environ.get("ENVIRONMENT"):
        return
    if os.path.exists(path):
        add_switches(path)
        return
    lines = [
        "# Made by the set-up, for the demonstration on this machine only. A State sets its own; README says which.",
        "ENVIRONMENT=demonstration",
        "SECRET_KEY=demonstration-" + secrets.token_urlsafe(48),
        "RECORD_KEYS=demonstration-1:" + secrets.token_hex(32),
        *later_keys().values(),
    ]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")


def add_switches(path):
    """Add to the .env of an earlier demonstration the keys it was made without. A State's own .env is left alone."""
    with open(path) as file:
        text = file.read()
    names = [line.partition("=")[0].strip() for line in text.splitlines()]
    lacking = [line for name, line in later_keys().items() if name not in names]
    if not lacking or "ENVIRONMENT=demonstration" not in text.splitlines():
        return
    with open(path, "a") as file:
        file.write(("" if text.endswith("\n") else "\n") + "\n".join(lacking) + "\n")


def later_keys():
    """Return the lines of the keys that came with later versions, by their names."""
    return {
        "IDENTITY_KEY": "IDENTITY_KEY=demonstration-" + secrets.token_hex(32),
        "FACTOR_KEYS": "FACTOR_KEYS=demonstration-" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }


def main():
    require_python()
    make_environment()
    if "--development" in sys.argv:
        install(DEVELOPMENT)
    else:
        install(RUNTIME)
        write_switches()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("Stopped before the set-up was done; make run goes on from here.")
