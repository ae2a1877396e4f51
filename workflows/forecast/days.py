"""Working days as numbers, so that a thousand plays of a season need not ask a calendar."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

# The number of a day that is beyond the calendar: it does not come.
NEVER = 10**9


@dataclass(frozen=True)
class Calendar:
    """The days from ``first``, numbered from 0 to ``length``; ``opens`` are the numbers of those on which offices are open."""

    first: date
    length: int
    opens: tuple[int, ...]

    @classmethod
    def of(cls, first: date, last: date, is_open: Callable[[date], bool]) -> "Calendar":
        length = (last - first).days + 1
        return cls(first, length, tuple(n for n in range(length) if is_open(first + timedelta(days=n))))

    @cached_property
    def opened(self) -> tuple[int, ...]:
        """For each day how many working days there are from the first up to and with it."""
        return tuple(bisect_right(self.opens, n) for n in range(self.length))

    def number(self, day: date) -> int:
        return min(max((day - self.first).days, 0), self.length - 1)

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number)

    def between(self, first: date, last: date) -> int:
        """Return how many working days lie after ``first`` up to and with ``last``."""
        return self.opened[self.number(last)] - self.opened[self.number(first)]

    def after(self, number: int, days: int) -> int:
        """Return the number of the ``days``-th working day after a day; 0 is the day itself or the next that is open."""
        if number >= self.length:
            return NEVER
        place = self.opened[number] + days - 1
        if days == 0 and (place < 0 or self.opens[place] != number):
            place += 1
        return self.opens[place] if place < len(self.opens) else NEVER

    def without(self, closed: Iterable[date]) -> "Calendar":
        """Return the calendar with these days closed too."""
        gone = {(day - self.first).days for day in closed}
        return replace(self, opens=tuple(n for n in self.opens if n not in gone))
