"""The files of the record shared out between processes, each of which reads the database as the same moment saw it."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from multiprocessing.connection import Connection
from typing import Any

from django.db import connection

from workflows.record.reading import name_of_snapshot, snapshot

Work = Callable[[int, int], Iterator[Any]]


class Shares:
    """Processes that wait for the moment to read. ``work`` is told the number of its share, and of how many, and yields its parts."""

    def __init__(self, work: Work, count: int) -> None:
        context = multiprocessing.get_context("fork")
        self.links: list[Connection] = []
        for share in range(count):
            here, there = context.Pipe()
            context.Process(target=_do, args=(work, share, count, here, there), daemon=True).start()
            there.close()
            self.links.append(here)

    def begin(self) -> None:
        """Let them read what the running transaction reads; it stays open until all parts are there."""
        name = name_of_snapshot()
        for link in self.links:
            link.send(name)

    def parts(self) -> Iterator[Any]:
        """Yield the parts of all shares by turns; raise the error with which one ended, ``EOFError`` when its process was lost."""
        for link in cycle(self.links):
            part = link.recv()
            if part is None:
                return
            if isinstance(part, Exception):
                raise part
            yield part


@contextmanager
def shared(work: Work, count: int) -> Iterator[Shares | None]:
    """Start so many processes; ``None`` where one does it all: for one share, on SQLite, in a transaction, where none can be forked."""
    able = connection.vendor == "postgresql" and not connection.in_atomic_block and "fork" in multiprocessing.get_all_start_methods()
    if count < 2 or not able:
        yield None
        return
    # None of them may speak over a connection that this process opened.
    connection.close()
    shares = Shares(work, count)
    try:
        yield shares
    finally:
        for link in shares.links:
            link.close()


def _do(work: Work, share: int, count: int, other_end: Connection, link: Connection) -> None:
    other_end.close()
    try:
        with snapshot(link.recv()):
            for part in work(share, count):
                link.send(part)
        link.send(None)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):  # Nobody waits for it any more.
        return
    except Exception as error:  # Raised again where the parts are read.
        link.send(error)
    finally:
        connection.close()
