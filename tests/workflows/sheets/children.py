"""Run a function in a process of its own that may take so much memory and so much time, and say what it took."""

import faulthandler
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Outcome:
    """What the function returned, the seconds of a processor it took, and by how many megabytes its process grew.

    Nothing here waits for a disk or a network: what a clock on the wall says more is what others do on the machine.
    """

    result: Any
    seconds: float
    megabytes: float


def in_child(function: Callable[..., Any], *given: Any, megabytes: int = 300, seconds: int = 20) -> Outcome:
    """Return what the function did under hard limits; raise ``AssertionError`` when its process died of them."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(there, function, given, megabytes, seconds))
    child.start()
    there.close()
    try:
        outcome = here.recv() if here.poll(seconds + 10) else None
    except EOFError:
        outcome = None
    child.kill()
    child.join()
    assert outcome is not None, f"the process died with {child.exitcode}"
    return outcome


def _run(pipe: Any, function: Callable[..., Any], given: tuple[Any, ...], megabytes: int, seconds: int) -> None:
    # A process that dies of its limits is what some tests are about: no last words, and nothing left on the disk.
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open("/proc/self/statm") as sizes:
        now = int(sizes.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + megabytes * MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds,) * 2)
    before, start = _resident(), time.process_time()
    result = function(*given)
    pipe.send(Outcome(result, time.process_time() - start, _peak() - before))


def _resident() -> float:
    # The high-water mark begins anew, so that what the parent once took is not counted.
    with open("/proc/self/clear_refs", "w") as marks:
        marks.write("5")
    return _peak()


def _peak() -> float:
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
