"""Asking a worker to look at what transactions did, when they are committed: once for all that this process did within a moment.

Whoever acted does not wait for the broker. What a process that was killed had not asked for yet is found by the sweeps.
"""

from functools import partial
from threading import Lock, Timer

from django.db import transaction

from workflows import notices

# Seconds.
MOMENT = 0.2
_asked: dict[str, set[int]] = {}
_lock = Lock()


def after_commit(task: str, about: int | None = None) -> None:
    """Ask a worker for ``task`` soon after the commit, once with the rows that all calls name by then."""
    transaction.on_commit(partial(_gather, task, about))


def ask_now() -> None:
    """Ask for all that was gathered."""
    with _lock:
        asked = dict(_asked)
        _asked.clear()
    for task, rows in asked.items():
        notices.wake(task, *([sorted(rows)] if rows else []))


def _gather(task: str, about: int | None) -> None:
    with _lock:
        first = not _asked
        _asked.setdefault(task, set()).update([] if about is None else [about])
    if first:
        Timer(MOMENT, ask_now).start()
