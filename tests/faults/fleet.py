"""The worker and beat processes of a run: each in a process group of its own, never more than a few, all ended when the run ends."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

APP = "tests.faults.program"
MOST_WORKERS, MOST_BEATS = 2, 2


class Fleet:
    """Starts and kills. ``environment`` is what the programs are started with; what they say goes to a file in ``folder``."""

    def __init__(self, environment: dict[str, str], folder: Path, queue: str) -> None:
        self.environment, self.folder, self.queue = environment, folder, queue
        self.workers: list[subprocess.Popen[bytes]] = []
        self.beats: list[subprocess.Popen[bytes]] = []
        self.log = (folder / "programs.log").open("ab")
        self.started = 0
        # A program that cannot even start would let every fault find nobody, and the run end minutes later with all work undone.
        subprocess.run([sys.executable, "-c", f"import {APP}"], cwd=settings.BASE_DIR, env=environment, check=True)

    def keep_up(self, workers: int = 1, beats: int = 1) -> None:
        """Start what is missing."""
        self.workers = [one for one in self.workers if one.poll() is None]
        self.beats = [one for one in self.beats if one.poll() is None]
        while len(self.workers) < min(workers, MOST_WORKERS):
            self.started += 1
            options = ["--pool", "prefork", "--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat"]
            words = ["worker", *options, "-Q", self.queue, "-n", f"{self.queue}-{self.started}@here"]
            self.workers.append(self._start("celery", "-A", APP, *words))
        while len(self.beats) < min(beats, MOST_BEATS):
            self.started += 1
            schedule = self.folder / f"beat-{self.started}"
            self.beats.append(self._start("project.beating", str(schedule)))

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", *words]
        return subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def children(self, parent: subprocess.Popen[bytes]) -> list[int]:
        """Return the worker's own child processes that are alive, whichever of its threads started them."""
        found: list[int] = []
        for path in Path(f"/proc/{parent.pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(pid) for pid in path.read_text().split()]
        return [pid for pid in found if alive(pid)]

    def in_transaction(self) -> dict[int, str]:
        """Return the processes of this run that are in a transaction that writes at this moment, each with its task."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT application_name FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name LIKE 'faults-%%' AND backend_xid IS NOT NULL"
            )
            names = [name.split("-") for (name,) in cursor.fetchall()]
        return {int(pid): task for _faults, pid, task in names}

    def end(self) -> None:
        """End every process of the run, whole groups at once."""
        for one in [*self.workers, *self.beats]:
            kill_group(one)
        self.log.close()


def alive(pid: int) -> bool:
    """Say whether a process runs, stopped or not; one that is dead and not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def kill(pid: int) -> bool:
    """Kill with signal 9 and say whether a process that was alive is gone."""
    if not alive(pid):
        return False
    os.kill(pid, signal.SIGKILL)
    return gone(pid)


def gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not alive(pid)


def kill_group(process: subprocess.Popen[bytes]) -> bool:
    """Kill a program with all its children and say whether it was alive and is gone."""
    if process.poll() is not None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    return True
