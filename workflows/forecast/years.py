"""Made-up seasons with known ways, to see whether a forecast of them comes true. Nothing here is measured anywhere."""

import math
from dataclasses import dataclass
from datetime import date
from random import Random
from statistics import NormalDist

from workflows.forecast.days import NEVER, Calendar
from workflows.forecast.measuring import Rule
from workflows.forecast.stays import Stay

RULES = (
    Rule("draft"),
    Rule("contribute", closes_after=15, norm_days=15),
    Rule("sign"),
    Rule("scrutinise", shared=True, norm_days=15),
    Rule("approve", shared=True, norm_days=15),
    Rule("correct", corrects=True, norm_days=5),
)
DESKS = 5
# Working days of a season's end in which some hurry; not the number that the forecast takes for it.
RUSH = 8
SUNDAY = 6
normal = NormalDist().inv_cdf


@dataclass(frozen=True)
class Shape:
    """How a State's districts and offices work. Medians in working days; spreads are of the logarithm.

    One in ``stuck`` stays lasts as much longer as chance will have it, without bound. ``scrutiny`` and ``approval`` are the files
    an office manages on a working day, ``idle`` the share of days on which it manages none, ``handling`` the days a file takes
    there whatever waits. ``festival`` are working days in October on which everything is closed. ``rush`` is how much faster the
    districts work in the last days of the season.
    """

    name: str
    draft: float = 14.0
    desk: float = 5.0
    sign: float = 4.0
    spread: float = 0.6
    stuck: float = 0.0
    scrutiny: float = 4.0
    approval: float = 5.0
    idle: float = 0.3
    handling: float = 3.0
    returned: float = 0.08
    festival: int = 0
    rush: float = 1.0
    years: float = 0.15
    places: float = 0.2


SHAPES = (
    Shape("quick", draft=8, desk=3, sign=2, scrutiny=8, approval=10, idle=0.2),
    Shape("slow", draft=24, desk=9, sign=8, spread=0.5, handling=6),
    Shape("heavy-tailed", stuck=0.12),
    Shape("bottleneck at the Directorate", scrutiny=1.2, idle=0.4),
    Shape("festival week", draft=18, desk=6, sign=6, festival=6),
    Shape("rush before the last day", draft=22, desk=7, sign=8, rush=3.0),
)


@dataclass(frozen=True)
class Year:
    """One made-up season: every stay with its end, and when each plan was submitted and adopted (``None``: not within the days)."""

    season: str
    opened: date
    last_day: date
    stays: tuple[Stay, ...]
    submitted: dict[int, date | None]
    adopted: dict[int, date | None]


def calendar_of(shape: Shape, first: int, last: int) -> Calendar:
    """Return the working days of the years: Sundays and second Saturdays are off, and the festival's days of each October."""

    def is_open(day: date) -> bool:
        weekly = day.weekday() == SUNDAY or (day.weekday() == SUNDAY - 1 and 8 <= day.day <= 14)
        return not weekly and not (day.month == 10 and 12 <= day.day < 12 + shape.festival)

    return Calendar.of(date(first, 4, 1), date(last + 1, 12, 31), is_open)


class Making:
    """One season in the making."""

    def __init__(self, shape: Shape, year: int, calendar: Calendar, quick: list[float], rng: Random) -> None:
        self.shape, self.calendar, self.rng = shape, calendar, rng
        self.season = str(year)
        self.opened = date(year, 8, 17)
        self.year = math.exp(shape.years * self.luck())
        self.quick = quick
        self.stays: list[Stay] = []
        self.at_office: dict[str, list[tuple[int, int, int]]] = {"scrutinise": [], "approve": []}
        self.submitted: dict[int, date | None] = dict.fromkeys(range(len(quick)))
        self.adopted: dict[int, date | None] = dict.fromkeys(range(len(quick)))

    def luck(self) -> float:
        return normal(min(max(self.rng.random(), 1e-9), 1 - 1e-9))

    def lasts(self, place: int, median: float) -> int:
        """Return for how many working days a stay in a place lasts."""
        days = median * math.exp(self.shape.spread * self.luck()) * self.year * self.quick[place]
        if self.rng.random() < self.shape.stuck:
            days *= (1 - self.rng.random()) ** (-1 / 1.5)
        return int(min(days, 400))

    def make(self) -> Year:
        for place in range(len(self.quick)):
            self._draft(place)
        self._offices()
        return Year(self.season, self.opened, date(self.opened.year, 10, 30), tuple(self.stays), self.submitted, self.adopted)

    def _draft(self, place: int) -> None:
        day = self._stay(place, "draft", self.calendar.number(self.opened), self.lasts(place, self.shape.draft))
        desks = max(self.lasts(place, self.shape.desk) for _desk in range(DESKS))
        day = self._stay(place, "contribute", day, min(desks, 15), how="passed" if desks <= 15 else "")
        self._sign(place, day)

    def _sign(self, place: int, day: int) -> None:
        day = self._stay(place, "sign", day, self.lasts(place, self.shape.sign))
        if day < NEVER:
            self.submitted[place] = self.submitted[place] or self.calendar.day(day)
            self._arrive("scrutinise", place, day)

    def _stay(self, place: int, step: str, day: int, days: int, how: str = "passed") -> int:
        """Write a stay that begins on a day, and return the day it ends."""
        if day >= NEVER:
            return NEVER
        end = self.calendar.after(day, days if not how else self._hurried(day, days))
        last = None if end >= NEVER else self.calendar.day(end)
        self.stays.append(Stay(self.season, place, step, self.calendar.day(day), last, how))
        return end

    def _hurried(self, day: int, days: int) -> int:
        """Return how many working days a stay takes when the part of it that falls into the rush goes faster."""
        last = self.calendar.number(date(self.opened.year, 10, 30))
        to_last = max(self.calendar.opened[last] - self.calendar.opened[min(day, last)], 0)
        before = max(to_last - RUSH, 0)
        if days <= before or self.shape.rush == 1.0:
            return days
        hurried = min((days - before) / self.shape.rush, to_last - before)
        return int(before + hurried + max(days - before - hurried * self.shape.rush, 0))

    def _arrive(self, step: str, place: int, day: int) -> None:
        handled = max(int(self.shape.handling * math.exp(0.5 * self.luck()) * self.year), 0)
        self.at_office[step].append((self.calendar.after(day, handled), day, place))

    def _offices(self) -> None:
        """Let each office dispose, on each working day, of what is handled, first handled first, as far as its hands reach."""
        hands = {"scrutinise": self.shape.scrutiny, "approve": self.shape.approval}
        left = dict.fromkeys(hands, 0.0)
        for day in self.calendar.opens:
            for step, many in hands.items():
                working = self.rng.random() >= self.shape.idle
                left[step] = min(left[step] + many / (1 - self.shape.idle), 2 * many + 1) if working else left[step]
                for ready in sorted(self.at_office[step])[: int(left[step])] if working else ():
                    if ready[0] <= day:
                        self.at_office[step].remove(ready)
                        left[step] -= 1
                        self._decide(step, ready[2], ready[1], day)
        for step, waiting in self.at_office.items():
            self.stays += [Stay(self.season, place, step, self.calendar.day(came), None) for _ready, came, place in waiting if came < NEVER]

    def _decide(self, step: str, place: int, came: int, day: int) -> None:
        back = self.rng.random() < self.shape.returned
        received = self.calendar.day(came)
        self.stays.append(Stay(self.season, place, step, received, self.calendar.day(day), "returned" if back else "passed"))
        if back:
            self._sign(place, self._stay(place, "correct", day, self.lasts(place, 4)))
        elif step == "scrutinise":
            self._arrive("approve", place, day)
        else:
            self.adopted[place] = self.calendar.day(day)


def state_of(shape: Shape, seed: int, *, places: int, seasons: int) -> tuple[Calendar, list[Year]]:
    """Return the calendar and the seasons of one made-up State, the earliest first; its districts keep their ways."""
    rng = Random(seed)  # noqa: S311 -- made-up years, no secret
    calendar = calendar_of(shape, 2020, 2020 + seasons)
    quick = [math.exp(shape.places * normal(min(max(rng.random(), 1e-9), 1 - 1e-9))) for _place in range(places)]
    return calendar, [Making(shape, 2020 + number, calendar, quick, rng).make() for number in range(seasons)]
