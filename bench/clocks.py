"""What a piece of work costs: processor time of this process and of the database's own process for it, wall time, and statements."""

import time
from collections.abc import Callable
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


def measure(cost: Cost, pieces: list[Any], work: Callable[[Any], Any], *, pid: int | None = None) -> None:
    """Do the work for each piece and add what one took on average."""
    pid = pid or server_pid()
    before, wall, cpu = server_seconds(pid), time.perf_counter(), time.process_time()
    for piece in pieces:
        work(piece)
    cost.wall.append((time.perf_counter() - wall) * 1000 / len(pieces))
    cost.cpu.append((time.process_time() - cpu + server_seconds(pid) - before) * 1000 / len(pieces))


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
