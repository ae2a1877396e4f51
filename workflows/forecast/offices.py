"""How many files a day an office that serves every district disposes of.

One officer with a hundred files does not take a hundred times as long as with one, nor the same time. On a day he disposes of a
share of what waits, and never, but for luck, of more than he can. Both figures are fitted to the days on which something waited
(the pair under which those days were likeliest, as counts); each day of the past then gives the luck of a day to come.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from workflows.forecast.days import Calendar
from workflows.forecast.stays import Stay

SHARES = (*(0.02 * 1.28**n for n in range(16)), 1.0)
CEILINGS = (0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 13.0, 17.0, 22.0, 30.0, 40.0, 60.0)
# A ceiling is believed when the days are so much likelier with it than without (the 5 % line of one more figure).
BELIEVED = 1.92


@dataclass(frozen=True)
class Day:
    """A working day of an office: how many files waited, those that came that day included, and how many it disposed of."""

    waited: int
    disposed: int


@dataclass(frozen=True)
class Rate:
    """What an office manages: ``share`` of what waits, at most ``ceiling`` a day (infinite: never reached), with the ``luck`` of days."""

    share: float
    ceiling: float
    luck: tuple[float, ...]
    closed: int
    mean: float
    measured: bool = True

    def expected(self, waiting: int) -> float:
        return min(self.share * waiting, self.ceiling)


def days_of(stays: Sequence[Stay], calendar: Calendar, until: int) -> list[Day]:
    """Return the working days before day ``until`` on which something waited at the office. Ends on a closed day count on the next."""
    came, went = Counter[int](), Counter[int]()
    for stay in stays:
        came[calendar.after(calendar.number(stay.received), 0)] += 1
        if stay.ended is not None:
            went[calendar.after(calendar.number(stay.ended), 0)] += 1
    days, waiting = [], 0
    for number in calendar.opens:
        if number >= until:
            break
        waiting += came[number]
        if waiting > 0:
            days.append(Day(waiting, went[number]))
        waiting -= went[number]
    return days


def rate(days: Sequence[Day]) -> Rate:
    """Fit an office's two figures; ``days`` must hold one on which something was disposed of."""
    alike = Counter(days)
    free = max((_likely(alike, share, math.inf), share) for share in SHARES)
    best, share, ceiling = free[0] + BELIEVED, free[1], math.inf
    for tried in CEILINGS:
        for part in SHARES:
            likely = _likely(alike, part, tried)
            if likely > best:
                best, share, ceiling = likely, part, tried
    closed = sum(day.disposed for day in days)
    luck = [day.disposed / min(share * day.waited, ceiling) for day in days]
    scale = len(luck) / sum(luck)
    return Rate(share, ceiling, tuple(one * scale for one in luck), closed, closed / len(days))


def _likely(days: Counter[Day], share: float, ceiling: float) -> float:
    total = 0.0
    for day, count in days.items():
        mean = min(share * day.waited, ceiling)
        total += count * (day.disposed * math.log(mean) - mean)
    return total


def by_norm(days: int) -> Rate:
    """Return the rate of an office that is not measured: it clears its desk on one of so many working days as the norm gives."""
    days = max(days, 1)
    return Rate(1 / days, math.inf, (float(days), *(0.0,) * (days - 1)), 0, 0.0, measured=False)
