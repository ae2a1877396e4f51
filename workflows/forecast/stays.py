"""How long a step takes, from the stays that ended and those that have not: life tables, and how quick a season or a place is.

A stay that is still open says "at least so long". Leaving it out would make every step look quick early in a season, so the
table is Nelson and Aalen's: on each working day, how many of the stays that had come so far ended that day.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

# Below so many ended stays a step is not measured: its norm days are taken instead, and marked.
ENOUGH = 8
# Below so many ended stays of a district its own pace does not count; the State's is taken.
ENOUGH_OF_ITS_OWN = 5
LONGEST = 10_000


@dataclass(frozen=True)
class Stay:
    """One stay of a file at a step of one season, in one place. ``ended`` is ``None`` while it is open.

    ``how`` is passed, returned, or "" for an end that says nothing of the time it would have taken: the clock's, a withdrawal.
    """

    season: str
    place: int
    step: str
    received: date
    ended: date | None
    how: str = "passed"


@dataclass(frozen=True)
class Length:
    """Working days a stay has lasted, and whether somebody ended it then.

    From its working day ``rush_from`` to ``rush_to`` it was in the last days of its season, when some hurry.
    """

    season: str
    place: int
    days: int
    closed: bool
    rush_from: int = 0
    rush_to: int = -1


@dataclass(frozen=True)
class LifeTable:
    """``hazard[d]`` is the cumulative hazard of a stay's end through its working day ``d``; ``tail`` is that of each day after."""

    hazard: tuple[float, ...]
    tail: float
    closed: int
    measured: bool = True

    @property
    def median(self) -> int | None:
        """Working days within which half of the stays end; ``None`` while fewer have ended."""
        half = math.log(2)
        return self.when(half) if not self.measured or self.upto(len(self.hazard) - 1) >= half else None

    def upto(self, days: int) -> float:
        """Return the cumulative hazard through working day ``days``; 0 before the first."""
        if days < 0:
            return 0.0
        if days < len(self.hazard):
            return self.hazard[days]
        return (self.hazard[-1] if self.hazard else 0.0) + self.tail * (days - len(self.hazard) + 1)

    def when(self, hazard: float) -> int:
        """Return the first working day through which the cumulative hazard reaches ``hazard``."""
        last = self.hazard[-1] if self.hazard else 0.0
        if hazard <= last:
            return bisect_left(self.hazard, hazard)
        return min(len(self.hazard) - 1 + math.ceil((hazard - last) / self.tail), LONGEST)


def life_table(lengths: Sequence[Length]) -> LifeTable:
    """Measure a step from the stays there were.

    Beyond the longest stay the pace is that of the slower half: ends there, and half a one, over days spent there.
    """
    ended: dict[int, int] = {}
    for length in lengths:
        if length.closed:
            ended[length.days] = ended.get(length.days, 0) + 1
    longest, hazard, total = max(ended, default=-1), [], 0.0
    there = sorted(length.days for length in lengths)
    for day in range(longest + 1):
        at_risk = len(there) - bisect_left(there, day)
        total += ended.get(day, 0) / at_risk
        hazard.append(total)
    middle = bisect_left(hazard, min(math.log(2), total))
    late = sum(count for day, count in ended.items() if day > middle)
    spent = sum(max(length.days - middle, 0) for length in lengths)
    return LifeTable(tuple(hazard), (late + 0.5) / (spent + 1), sum(ended.values()))


def by_norm(days: int) -> LifeTable:
    """Return the table of a step that is not measured: ends on average after the norm's working days, spread as widely."""
    return LifeTable((), 1 / max(days, 1), 0, measured=False)


@dataclass(frozen=True)
class Pace:
    """How quick something is against the table, and how uncertain that is: the spread of its logarithm."""

    speed: float
    spread: float


@dataclass(frozen=True)
class Seen:
    """Ends that were seen, and those that the tables expected of the same stays."""

    seen: float = 0.0
    expected: float = 0.0

    def __add__(self, other: "Seen") -> "Seen":
        return Seen(self.seen + other.seen, self.expected + other.expected)

    def pace(self, variance: float) -> Pace:
        """Draw what was seen towards 1, the more the less was seen and the less paces differ (gamma and Poisson)."""
        weight = 1 / variance
        return Pace((weight + self.seen) / (weight + self.expected), math.sqrt(1 / (weight + self.seen)))


@dataclass(frozen=True)
class Tempo:
    """How much faster than the table stays end in the last working days of a season, and how much slower before and after."""

    rush: float = 1.0
    other: float = 1.0

    def expected(self, table: LifeTable, length: Length) -> float:
        """Return the ends that the table expects of a stay, each day at its tempo."""
        inside = self.inside(table, length)
        return self.rush * inside + self.other * (table.upto(length.days) - inside)

    @staticmethod
    def inside(table: LifeTable, length: Length) -> float:
        """Return the table's hazard over the days that a stay spent in its season's last days."""
        last = min(length.days, length.rush_to)
        return table.upto(last) - table.upto(length.rush_from - 1) if last >= length.rush_from else 0.0

    def when(self, table: LifeTable, since: int, hazard: float, rush_from: int, rush_to: int) -> int:
        """Return the working day of a stay on which it ends: the first from ``since`` on through which ``hazard`` has passed."""
        done = table.upto(since - 1)
        if self.rush != self.other and rush_to >= since:
            begins = table.upto(max(rush_from, since) - 1)
            before = (begins - done) * self.other
            if hazard > before:
                ends = table.upto(rush_to)
                within = (ends - begins) * self.rush
                if hazard - before <= within:
                    return table.when(begins + (hazard - before) / self.rush)
                return table.when(ends + (hazard - before - within) / self.other)
        return table.when(done + hazard / self.other)


def tempo(measured: Iterable[tuple[LifeTable, Length]]) -> Tempo:
    """Measure the rush of the last days from stays with their tables; none where too little was seen of it."""
    rush, other = Seen(), Seen()
    for table, length in measured:
        inside = Tempo.inside(table, length)
        ended_inside = length.closed and length.rush_from <= length.days <= length.rush_to
        rush += Seen(float(ended_inside), inside)
        other += Seen(float(length.closed and not ended_inside), table.upto(length.days) - inside)
    if rush.expected < ENOUGH or other.seen < ENOUGH:
        return Tempo()
    return Tempo((rush.seen + 1) / (rush.expected + 1), other.seen / other.expected)


def variance(groups: Iterable[Seen], *, prior: float, weight: float) -> float:
    """Return how far the paces of groups differ, by moments, drawn towards ``prior`` as if by ``weight`` more groups."""
    counted = [group for group in groups if group.expected >= 1]
    squares = sum(group.expected**2 for group in counted)
    if not squares:
        return prior
    found = sum((group.seen - group.expected) ** 2 - group.expected for group in counted) / squares
    return (prior * weight + min(max(found, 0.01), 1.0) * len(counted)) / (weight + len(counted))
