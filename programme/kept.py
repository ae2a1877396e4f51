"""Keep what changes rarely in this process's memory: for a few seconds, or as long as a mark says that nothing has changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from time import monotonic
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
KEPT: list[dict[Any, Any]] = []
# The mark under which this thread reads now; without one nothing is kept.
_mark: ContextVar[Any] = ContextVar("mark", default=None)


def kept(*, seconds: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Remember a function's answers, by its arguments, for ``seconds``.

    A short life was chosen over invalidation: asking for a version would cost the query that the memory saves, and
    only time reaches every web process and worker on every machine without a message between them.
    """

    def decorate(ask: Callable[P, R]) -> Callable[P, R]:
        answers: dict[Any, tuple[float, R]] = {}
        KEPT.append(answers)

        @wraps(ask)
        def remembered(*args: P.args, **kwargs: P.kwargs) -> R:
            asked = (args, tuple(sorted(kwargs.items())))
            known = answers.get(asked)
            if known is None or monotonic() - known[0] > seconds:
                known = answers[asked] = (monotonic(), ask(*args, **kwargs))
            return known[1]

        return remembered

    return decorate


@contextmanager
def under(mark: Any) -> Iterator[None]:
    """Let functions ``as_set_up`` keep their answers under this mark inside; under ``None`` they ask each time, until ``found``."""
    token = _mark.set(mark)
    try:
        yield
    finally:
        _mark.reset(token)


def found(mark: Any) -> None:
    """Say which mark was read inside ``under``: from here on answers are kept under it."""
    _mark.set(mark)


def as_set_up(ask: Callable[P, R]) -> Callable[P, R]:
    """Remember a function's answers, by its arguments, under the mark that holds; those of an earlier mark are dropped.

    The answers are shared by every thread of the process: whoever changes one changes a copy.
    """
    answers: dict[Any, dict[Any, R]] = {}
    KEPT.append(answers)

    @wraps(ask)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> R:
        mark = _mark.get()
        if mark is None:
            return ask(*args, **kwargs)
        of_the_mark = answers.get(mark)
        if of_the_mark is None:
            answers.clear()
            of_the_mark = answers[mark] = {}
        asked = (args, tuple(sorted(kwargs.items())))
        if asked not in of_the_mark:
            of_the_mark[asked] = ask(*args, **kwargs)
        return of_the_mark[asked]

    return remembered


def forget() -> None:
    """Forget every answer, in this process only; each test begins with it."""
    for answers in KEPT:
        answers.clear()
