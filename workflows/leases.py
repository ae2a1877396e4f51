"""A periodic task runs once at a time, however many beats ask for it and however many workers hear them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from workflows.models import Pulse


@contextmanager
def alone(name: str, *, bound: timedelta) -> Iterator[bool]:
    """Hold the task ``name`` for the length of the block; yield ``False`` where another worker holds it.

    A worker that dies keeps it for ``bound`` at most. A block that ends without a fault leaves its pulse.
    """
    until = _claim(name, bound)
    ended: dict[str, datetime] = {}
    try:
        yield until is not None
        ended = {"at": timezone.now()}
    finally:
        if until is not None:
            Pulse.objects.filter(name=name, leased_until=until).update(leased_until=None, **ended)


def _claim(name: str, bound: timedelta) -> datetime | None:
    now = timezone.now()
    until = now + bound
    # A lease much longer than anybody takes one was written before the machine's clock was put back. One a little longer was
    # taken by a worker that read the clock a moment after us.
    free = Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=until + bound)
    if Pulse.objects.filter(free, name=name).update(leased_until=until) == 1:
        return until
    return until if Pulse.objects.get_or_create(name=name, defaults={"leased_until": until})[1] else None
