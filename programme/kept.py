"""Keep what changes rarely in this process's memory for a few seconds."""

from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
KEPT: list[dict[Any, Any]] = []


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


def forget() -> None:
    """Forget every answer, in this process only; each test begins with it."""
    for answers in KEPT:
        answers.clear()
