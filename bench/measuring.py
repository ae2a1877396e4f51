"""Measure one piece of work: seconds, and by how many megabytes its process grew at most."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Taken:
    """What one run took. ``megabytes`` is the highest the process stood over where it began."""

    rows: int
    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Task:
    """A piece of work and the rows it goes through; ``make_ready`` is done before the clock runs."""

    name: str
    rows: int
    work: Callable[[Any], int]
    make_ready: Callable[[int], Any] = lambda rows: rows


def compare(tasks: list[Task], rounds: int) -> dict[str, list[Taken]]:
    """Run the tasks in turn, round after round, so that what else the machine does falls on all of them alike."""
    taken: dict[str, list[Taken]] = {task.name: [] for task in tasks}
    for _round in range(rounds):
        for task in tasks:
            taken[task.name].append(_alone(task))
    return taken


def print_table(taken: dict[str, list[Taken]], against: str) -> None:
    """Print the median of each task, and how many times as fast it is as the one named."""
    base = median(run.seconds for run in taken[against])
    print(f"{'':34}{'rows':>9}{'seconds':>10}{'rows/s':>11}{'peak MB':>10}{'times':>8}")
    for name, runs in taken.items():
        seconds, rows = median(run.seconds for run in runs), runs[0].rows
        times = f"{base / seconds:.1f}" if rows == taken[against][0].rows else ""
        print(f"{name:34}{rows:>9,}{seconds:>10.2f}{rows / seconds:>11,.0f}{max(run.megabytes for run in runs):>10.1f}{times:>8}")


def _alone(task: Task) -> Taken:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(there, task))
    child.start()
    there.close()
    try:
        return here.recv()
    finally:
        child.join()


def _run(pipe: Any, task: Task) -> None:
    ready = task.make_ready(task.rows)
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew
    before, start = _peak(), time.perf_counter()
    rows = task.work(ready)
    pipe.send(Taken(rows, time.perf_counter() - start, _peak() - before))


def _peak() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
