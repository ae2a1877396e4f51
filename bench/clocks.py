"""What a piece of work costs: processor time of this process and of the database's own process for it, wall time, and statements."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass
class Cost:
    """Milliseconds of each run, per piece; one entry a round."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    statements: int = 0

    @property
    def ms(self) -> float:
        return median(self.cpu)

    @property
    def elapsed(self) -> float:
        return median(self.wall)


def server_seconds(pid: int) -> float:
    """Return the processor seconds that the database spent on this connection, which is a process of its own on this machine."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def server_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


# Seconds of processor and of the wall's clock that ``aside`` has left out so far.
_left_out = [0.0, 0.0]


@contextmanager
def aside() -> Iterator[None]:
    """Leave what is done inside out of what is measured: it stands in for a browser, which works elsewhere."""
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    _left_out[0] += time.process_time() - cpu
    _left_out[1] += time.perf_counter() - wall


def measure(cost: Cost, pieces: list[Any], work: Callable[[Any], Any], *, pid: int | None = None) -> None:
    """Do the work for each piece and add what one took on average."""
    pid = pid or server_pid()
    aside_cpu, aside_wall = _left_out
    before, wall, cpu = server_seconds(pid), time.perf_counter(), time.process_time()
    for piece in pieces:
        work(piece)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu + server_seconds(pid) - before
    cost.wall.append((wall - _left_out[1] + aside_wall) * 1000 / len(pieces))
    cost.cpu.append((cpu - _left_out[0] + aside_cpu) * 1000 / len(pieces))


def statements(*works: Callable[[], Any]) -> int:
    """Return the fewest statements that one of the works asks; what opens and closes its transaction is not counted.

    The first of them may read of the set-up what is then kept in memory.
    """
    counted = []
    for work in works:
        with CaptureQueriesContext(connection) as asked:
            work()
        counted.append(sum(query["sql"].split(" ", 1)[0] not in ("BEGIN", "COMMIT") for query in asked.captured_queries))
    return min(counted)
