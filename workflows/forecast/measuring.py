"""From the stays of past seasons and of this one to the course of the rest: every figure a forecast rests on is made here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workflows.forecast import offices, stays
from workflows.forecast.course import Course, Plan, Stage
from workflows.forecast.days import Calendar
from workflows.forecast.stays import ENOUGH, ENOUGH_OF_ITS_OWN, Length, LifeTable, Pace, Seen, Stay, Tempo

# Districts and years differ before anything was measured of how much: by about a fifth of their pace, as if seen in two of them.
PRIOR_VARIANCE = 0.04
PRIOR_WEIGHT = 2.0
# The last working days of a season, in which its tempo is measured apart.
RUSH_DAYS = 10


@dataclass(frozen=True)
class Rule:
    """One step as the process has it: taken in its place or at an office that serves all, and what its norm says of days."""

    key: str
    shared: bool = False
    corrects: bool = False
    closes_after: int | None = None
    norm_days: int = 10


@dataclass(frozen=True)
class Standing:
    """Where a place's plan is now, as far as the stays do not say it. ``closes_on`` is the day on which the clock ends the stay."""

    place: int
    at: str
    calendar: Calendar
    received: date
    closes_on: date | None = None
    vacant: frozenset[str] = frozenset()
    submitted: date | None = None
    adopted: date | None = None


@dataclass(frozen=True)
class History:
    """What is known at the beginning of ``today``: every stay received before, with no end that lies later.

    ``last_days`` are those of every season that the stays are of.
    """

    season: str
    today: date
    last_days: Mapping[str, date]
    calendar: Calendar
    stays: Sequence[Stay]
    calendars: Mapping[int, Calendar]

    def lengths(self, rules: Iterable[Rule]) -> dict[str, list[Length]]:
        """Return how long each stay at a step of a place has lasted."""
        own = {rule.key for rule in rules if not rule.shared}
        found: dict[str, list[Length]] = {key: [] for key in own}
        for stay in self.stays:
            if stay.step in own:
                days = self.calendars.get(stay.place, self.calendar)
                lasted = days.between(stay.received, stay.ended if stay.ended is not None else self.today)
                # An open stay has its day of today still before it.
                lasted = lasted if stay.ended is not None else lasted - 1
                if lasted >= 0:
                    closed = stay.ended is not None and stay.how != ""
                    found[stay.step].append(Length(stay.season, stay.place, lasted, closed, *self._rush(stay, days)))
        return found

    def _rush(self, stay: Stay, days: Calendar) -> tuple[int, int]:
        last = self.last_days[stay.season]
        came, ends = days.opened[days.number(stay.received)], days.opened[days.number(last)]
        return max(ends - RUSH_DAYS + 1 - came, 0), ends - came

    @property
    def rush_from(self) -> date:
        """The first of the last working days of this season."""
        return rush_begins(self.calendar, self.last_days[self.season])


def rush_begins(calendar: Calendar, last_day: date) -> date:
    """Return the first of the last working days up to ``last_day``."""
    before = calendar.opened[calendar.number(last_day)] - RUSH_DAYS
    return calendar.day(calendar.opens[max(before, 0)])


def course_of(history: History, rules: Sequence[Rule], plans: Sequence[Standing], vacant: frozenset[str] = frozenset()) -> Course:
    """Measure what there is and return the course of the rest; ``vacant`` are the offices for all that nobody holds."""
    lengths = history.lengths(rules)
    tables = {rule.key: _table(rule, lengths[rule.key]) for rule in rules if not rule.shared}
    stages = [_stage(rule, history, tables.get(rule.key), vacant) for rule in rules]
    tempo = stays.tempo((tables[key], length) for key, several in lengths.items() if tables[key].measured for length in several)
    seasons, places, closed = _seen(lengths, tables, tempo)
    between_years = stays.variance((seen for season, seen in seasons.items() if season != history.season),
                                   prior=PRIOR_VARIANCE, weight=PRIOR_WEIGHT)  # fmt: skip
    between_places = stays.variance(places.values(), prior=PRIOR_VARIANCE, weight=PRIOR_WEIGHT)
    paces = {place: seen.pace(between_places) for place, seen in places.items() if closed[place] >= ENOUGH_OF_ITS_OWN}
    unknown = Seen().pace(between_places)
    return Course(
        history.today,
        history.last_days[history.season],
        history.calendar,
        tuple(sorted(stages, key=lambda stage: stage.corrects)),
        tuple(_plan(plan, history.today, paces.get(plan.place, unknown)) for plan in plans),
        seasons.get(history.season, Seen()).pace(between_years),
        tempo,
        history.rush_from,
    )


def _table(rule: Rule, lengths: Sequence[Length]) -> LifeTable:
    # Where the clock ends what nobody does, what it ended was measured as well: it lasted at least so long.
    known = len(lengths) if rule.closes_after else sum(length.closed for length in lengths)
    return stays.life_table(lengths) if known >= ENOUGH else stays.by_norm(rule.norm_days)


def _stage(rule: Rule, history: History, table: LifeTable | None, vacant: frozenset[str]) -> Stage:
    here = [stay for stay in history.stays if stay.step == rule.key]
    ended = [stay for stay in here if stay.ended is not None and stay.how]
    returned = sum(stay.how == "returned" for stay in ended) / len(ended) if len(ended) >= ENOUGH else 0.0
    rate = None
    if rule.shared:
        days = offices.days_of(here, history.calendar, history.calendar.number(history.today))
        rate = offices.rate(days) if len(ended) >= ENOUGH else offices.by_norm(rule.norm_days)
    return Stage(rule.key, table, rate, returned, rule.corrects, rule.closes_after, rule.key in vacant)


def _seen(
    lengths: Mapping[str, Sequence[Length]], tables: Mapping[str, LifeTable], tempo: Tempo
) -> tuple[dict[str, Seen], dict[int, Seen], dict[int, int]]:
    """Add up by season and by place what ended and what the tables expected, and count what ended in each place."""
    seasons: dict[str, Seen] = defaultdict(Seen)
    places: dict[int, Seen] = defaultdict(Seen)
    closed: dict[int, int] = defaultdict(int)
    for key, several in lengths.items():
        if tables[key].measured:
            for length in several:
                seen = Seen(float(length.closed), tempo.expected(tables[key], length))
                seasons[length.season] += seen
                places[length.place] += seen
                closed[length.place] += length.closed
    return seasons, places, closed


def _plan(standing: Standing, today: date, pace: Pace) -> Plan:
    calendar = standing.calendar
    closes = None if standing.closes_on is None else max(calendar.between(today, standing.closes_on), 0)
    return Plan(
        standing.place,
        calendar,
        standing.at,
        calendar.between(standing.received, today) if standing.at else 0,
        standing.received,
        closes,
        pace,
        standing.vacant,
        standing.submitted,
        standing.adopted,
    )
