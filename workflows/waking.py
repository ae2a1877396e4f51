"""Asking a worker to look at what a transaction did, once for the whole of it, when it is committed.

What a transaction that was rolled back wanted looked at may be asked with the next one: to look twice does no harm.
"""

from functools import partial
from threading import local

from django.db import transaction

from workflows import notices

_waiting = local()


def after_commit(task: str, about: int | None = None) -> None:
    """Ask a worker for ``task`` after the commit, with the rows named by every call of the transaction, where any are."""
    asked = _asked()
    asked.setdefault(task, set())
    if about is not None:
        asked[task].add(about)
    transaction.on_commit(partial(_ask, task))


def _ask(task: str) -> None:
    rows = _asked().pop(task, None)
    if rows is not None:
        notices.wake(task, *([sorted(rows)] if rows else []))


def _asked() -> dict[str, set[int]]:
    if not hasattr(_waiting, "asked"):
        _waiting.asked = {}
    return _waiting.asked
