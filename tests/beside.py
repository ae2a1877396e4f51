"""A worker in a process of its own beside the test: killed where the test says, and heard when the test waits for it in vain."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

from django.conf import settings

PATIENCE = 300
SET_UP = 'import django; django.setup(); print("up", flush=True)\n'


def database_address() -> str:
    """Return the address of the test database, for a program that is started by the test."""
    given = settings.DATABASE
    if settings.ON_SQLITE:
        return f"sqlite:///{given['NAME']}"
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


class Worker:
    """The running program; what it says of its faults is kept."""

    def __init__(self, process: subprocess.Popen[str], said: Callable[[], str]) -> None:
        self.process, self._said = process, said

    def until(self, seen: Callable[[], object]) -> None:
        """Wait until ``seen`` gives something true; when the worker ended before, or nobody would wait longer, fail with what it said."""
        give_up = time.monotonic() + PATIENCE
        while not seen():
            ended = self.process.poll()
            if ended is not None and not seen():
                raise AssertionError(f"the worker ended with {ended} before that was seen: {self._said()}")
            assert time.monotonic() < give_up, f"not seen within {PATIENCE} seconds: {self._said()}"
            time.sleep(0.005)

    def kill(self) -> None:
        """End it with signal 9, wherever it stands."""
        self.process.kill()
        self.process.wait(timeout=PATIENCE)

    def end(self) -> None:
        """Wait until it has ended by itself."""
        assert self.process.wait(timeout=PATIENCE) == 0, self._said()


@contextmanager
def a_worker(program: str) -> Iterator[Worker]:
    """Run Python lines on the test database beside the test; Django is set up before their first."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_address()}
    with TemporaryFile("w+") as faults:

        def said() -> str:
            faults.seek(0)
            return faults.read() or "it said nothing"

        command = [sys.executable, "-c", SET_UP + program]
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, stdout=subprocess.PIPE, stderr=faults, text=True)
        worker = Worker(process, said)
        try:
            assert process.stdout and process.stdout.readline() == "up\n", said()
            yield worker
        finally:
            worker.kill()
