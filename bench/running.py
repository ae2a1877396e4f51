"""P13: ``make run`` of what is committed, in an empty directory: how long until its first page, and the memory of all its processes."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from bench.base import ROOT
from bench.table import Line

LONGEST = 600
# Workers have forked, and whoever begins with the first turn of the clock has begun.
SETTLED = 15


def lines(_small: str, _large: str, _rounds: int) -> list[Line]:
    with TemporaryDirectory(prefix="karyapravah-bench-") as folder:
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
        began, port = time.perf_counter(), free_port()
        with running(["make", "run", f"PORT={port}"], Path(folder)) as program:
            asked(program, f"http://127.0.0.1:{port}/")
            seconds, worked = time.perf_counter() - began, sum(processor(pid) for pid in tree(program.pid))
            time.sleep(SETTLED)
            shares = [share(pid) for pid in tree(program.pid)]
    return [
        Line("P13", f"make run in an empty directory to its first page; {worked:.0f} s of processor", seconds, 60, "seconds"),
        Line("P13", f"memory of its {len(shares)} processes, what they share counted once", sum(shares), 600, "MB"),
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(words: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program as its own user would, with nothing of this one's environment; stop all that it started."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG") or name.startswith("PIP_")}
    program = subprocess.Popen(words, cwd=folder, env=kept, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        yield program
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGTERM)
        program.wait(timeout=60)


def asked(program: subprocess.Popen[bytes], address: str) -> None:
    """Ask until a page comes."""
    for _time in range(LONGEST * 10):
        with suppress(URLError, ConnectionError), urlopen(address, timeout=30):
            return
        assert program.poll() is None, "make run stopped before its first page"
        time.sleep(0.1)
    raise TimeoutError(f"no page at {address} within {LONGEST} seconds")


def tree(pid: int) -> list[int]:
    """Return a process and all that it started, directly or not."""
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [below for child in path.read_text().split() for below in tree(int(child))]
    return found


def processor(pid: int) -> float:
    """Return the seconds of processor of a process and of those that it started and that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def share(pid: int) -> float:
    """Return the megabytes of a process, of what it shares its part (PSS)."""
    [line] = [line for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:")]
    return int(line.split()[1]) / 1024
