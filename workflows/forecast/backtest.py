"""Forecasts of made-up seasons held against what happened: how often the band holds the day, and what the chances were worth."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from workflows.forecast.course import Course
from workflows.forecast.days import Calendar
from workflows.forecast.measuring import History, Standing, course_of
from workflows.forecast.outlook import Band, Outlook, reckon
from workflows.forecast.stays import Stay
from workflows.forecast.years import RULES, SHAPES, Shape, Year, state_of

# Days after the season was opened at which a forecast is made; the last day is 74 days after it.
CUTS = (15, 30, 45, 60)
EARLIER = 3


@dataclass
class Score:
    """What came of the forecasts of one kind. ``held`` are the days that lay within their band of 10 to 90 per cent."""

    bands: int = 0
    held: int = 0
    width: int = 0
    chances: int = 0
    squares: float = 0.0
    base: float = 0.0

    @property
    def coverage(self) -> float:
        return self.held / self.bands if self.bands else float("nan")

    @property
    def brier(self) -> float:
        """Mean square of chance less outcome, 0 at best. To be read beside ``base_brier``."""
        return self.squares / self.chances if self.chances else float("nan")

    @property
    def base_brier(self) -> float:
        """What always saying the share of earlier seasons would have scored."""
        return self.base / self.chances if self.chances else float("nan")

    @property
    def mean_width(self) -> float:
        """Calendar days from the 10th to the 90th percentile."""
        return self.width / self.bands if self.bands else float("nan")

    def band(self, band: Band, happened: date | None, end: date) -> None:
        early, late = band.early or end, band.late or end
        self.bands += 1
        self.held += early <= (happened or end) <= late
        self.width += (late - early).days

    def chance(self, said: float, happened: bool, base: float) -> None:
        self.chances += 1
        self.squares += (said - happened) ** 2
        self.base += (base - happened) ** 2

    def add(self, other: "Score") -> None:
        for name in vars(other):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Scores:
    """Submission, adoption, and the number in time in the State, each by the shape of the season."""

    submitted: dict[str, Score] = field(default_factory=dict)
    adopted: dict[str, Score] = field(default_factory=dict)
    counted: dict[str, Score] = field(default_factory=dict)

    def total(self, kind: str) -> Score:
        total = Score()
        for score in getattr(self, kind).values():
            total.add(score)
        return total


def backtest(*, years: int, seed: int, places: int = 75, plays: int = 200, cuts: tuple[int, ...] = CUTS) -> Scores:
    """Make so many seasons, one shape after the other, forecast each at the ``cuts`` and score what was said."""
    scores = Scores()
    for number in range(years):
        shape = SHAPES[number % len(SHAPES)]
        for kind in ("submitted", "adopted", "counted"):
            getattr(scores, kind).setdefault(shape.name, Score())
        for course, year, base in forecasts(shape, seed * 1009 + number, places=places, cuts=cuts):
            _score(scores, shape, reckon(course, plays=plays), year, base)
    return scores


def forecasts(shape: Shape, seed: int, *, places: int, cuts: tuple[int, ...]) -> Iterator[tuple[Course, Year, float]]:
    """Yield, for each cut, the course as it could be known then, the season as it went, and the earlier seasons' share in time."""
    calendar, seasons = state_of(shape, seed, places=places, seasons=EARLIER + 1)
    year, earlier = seasons[-1], seasons[:-1]
    in_time = [one.submitted[place] for one in earlier for place in one.submitted]
    base = sum(day is not None and (day.month, day.day) <= (10, 30) and day.year == int(one.season) for one in earlier
               for day in one.submitted.values()) / len(in_time)  # fmt: skip
    for cut in cuts:
        yield known_at(year.opened + timedelta(days=cut), calendar, seasons), year, base


def known_at(today: date, calendar: Calendar, seasons: list[Year]) -> Course:
    """Return the course as it stands at the beginning of a day: what began and what ended before it, nothing else."""
    year = seasons[-1]
    seen = [stay for one in seasons for stay in one.stays if stay.received < today]
    stays = [Stay(s.season, s.place, s.step, s.received, s.ended if s.ended and s.ended < today else None, s.how) for s in seen]
    now = {stay.place: stay for stay in stays if stay.season == year.season and stay.ended is None}
    plans = []
    for place in year.submitted:
        stay = now.get(place)
        closes = calendar.day(calendar.after(calendar.number(stay.received), 15)) if stay and stay.step == "contribute" else None
        plans.append(
            Standing(
                place,
                stay.step if stay else "",
                calendar,
                stay.received if stay else today,
                closes,
                submitted=_before(year.submitted[place], today),
                adopted=_before(year.adopted[place], today),
            )
        )
    return course_of(History(year.season, today, {one.season: one.last_day for one in seasons}, calendar, stays, {}), RULES, plans)


def _before(day: date | None, today: date) -> date | None:
    return day if day and day < today else None


def _score(scores: Scores, shape: Shape, outlook: Outlook, year: Year, base: float) -> None:
    course = outlook.course
    end, in_time = course.calendar.day(course.calendar.length - 1), 0
    for prospect in outlook.prospects:
        place = prospect.plan.place
        happened = year.submitted[place]
        made_it = happened is not None and happened <= year.last_day
        in_time += made_it
        if prospect.plan.submitted is None:
            scores.submitted[shape.name].band(prospect.submitted, happened, end)
            scores.submitted[shape.name].chance(prospect.in_time, made_it, base)
        if prospect.plan.adopted is None:
            scores.adopted[shape.name].band(prospect.adopted, year.adopted[place], end)
    few, many = outlook.in_time_band
    counted = scores.counted[shape.name]
    counted.bands, counted.held, counted.width = counted.bands + 1, counted.held + (few <= in_time <= many), counted.width + many - few
