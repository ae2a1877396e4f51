"""The forecast: a season played through many times, and what came of it in how many of the plays.

The bands are nearest ranks: of 400 plays in order, the day of the 40th, the 200th and the 360th. The same course has the same
forecast on every machine: the chances come from Python's own generator under a fixed seed, one seed a play.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from workflows.forecast.course import Course, Plan, Stage
from workflows.forecast.days import NEVER
from workflows.forecast.playing import Play, Table

PLAYS = 400
SEED = 20261030
RANKS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Band:
    """Three days such that one play in ten is before the first, half before the second, nine in ten before the third.

    ``None`` where so many plays did not come to it within the days looked at.
    """

    early: date | None
    middle: date | None
    late: date | None


@dataclass(frozen=True)
class Prospect:
    """What is to be expected of one plan. ``in_time`` is the share of plays that submit it by the last day.

    ``worst`` is the step at which it is to spend the most days until it is submitted, or adopted where it is; "" where none is
    left. ``never_submitted`` and ``never_adopted`` name the step that nobody can take, for which there is no day.
    """

    plan: Plan
    submitted: Band
    adopted: Band
    in_time: float
    worst: str
    never_submitted: str
    never_adopted: str


@dataclass(frozen=True)
class Queue:
    """How many files stand at an office at the most: in half of the plays so many or fewer, in nine of ten."""

    now: int
    middle: int
    late: int


@dataclass(frozen=True)
class Outlook:
    """The forecast of a course. ``in_time`` counts plans submitted by the last day: the mean, then the 10th and 90th percentile."""

    course: Course
    plays: int
    prospects: tuple[Prospect, ...]
    in_time: float
    in_time_band: tuple[int, int]
    adopted: Band
    queues: dict[str, Queue]


def rank(values: Sequence[int], share: float) -> int:
    """Return the nearest rank of sorted values: the smallest that so large a share of them does not exceed."""
    return values[max(math.ceil(share * len(values)) - 1, 0)]


def reckon(course: Course, *, plays: int = PLAYS, seed: int = SEED) -> Outlook:
    """Play the course so many times and count."""
    table = Table(course)
    played = [Play(table, seed * 1_000_003 + number) for number in range(plays)]
    last = course.calendar.number(course.last_day)
    in_time = sorted(sum(day <= last for day in play.submitted) for play in played)
    finished = sorted(max(play.adopted, default=NEVER) for play in played)
    return Outlook(
        course,
        plays,
        tuple(_prospect(course, one, played, last) for one in range(len(course.plans))),
        sum(in_time) / plays,
        (rank(in_time, RANKS[0]), rank(in_time, RANKS[2])),
        _band(course, finished),
        {stage.key: _queue(course, index, stage, played) for index, stage in enumerate(course.stages) if stage.shared},
    )


@lru_cache(maxsize=16)
def foresee(course: Course, *, plays: int = PLAYS, seed: int = SEED) -> Outlook:
    """Reckon a course once in this process. Remembered by all that the course holds, so a new movement is never overlooked."""
    return reckon(course, plays=plays, seed=seed)


def _prospect(course: Course, one: int, played: list[Play], last: int) -> Prospect:
    plan = course.plans[one]
    submitted, adopted = (sorted(getattr(play, name)[one] for play in played) for name in ("submitted", "adopted"))
    in_time = sum(day <= last for day in submitted) / len(played)
    never_submitted = _stops(course, plan, shared=False) if plan.submitted is None else ""
    never_adopted = "" if plan.adopted else never_submitted or _stops(course, plan, shared=True)
    return Prospect(
        plan, _band(course, submitted), _band(course, adopted), in_time, _worst(course, one, played), never_submitted, never_adopted
    )


def _band(course: Course, values: list[int]) -> Band:
    days = (rank(values, share) for share in RANKS)
    return Band(*(None if number >= NEVER else course.calendar.day(number) for number in days))


def _stops(course: Course, plan: Plan, *, shared: bool) -> str:
    """Return the first step still before the plan at which it will stay for ever; "" when there is none."""
    here = next((index for index, stage in enumerate(course.road) if stage.key == plan.at), None)
    if plan.at and here is None:
        here = next((index for index, stage in enumerate(course.road) if stage.shared), len(course.road)) - 1
        if plan.at in plan.vacant and not shared:
            return plan.at
    ahead = course.road[here:] if here is not None else ()
    return next((stage.key for stage in ahead if stage.shared == shared and (stage.key in plan.vacant or stage.stands_still)), "")


def _worst(course: Course, one: int, played: list[Play]) -> str:
    plan = course.plans[one]
    if not plan.at:
        return ""
    counted = [(sum(play.spent[one][index] for play in played), -index) for index, stage in enumerate(course.stages)
               if plan.submitted is not None or not stage.shared]  # fmt: skip
    days, index = max(counted)
    return course.stages[-index].key if days else plan.at


def _queue(course: Course, index: int, stage: Stage, played: list[Play]) -> Queue:
    peaks = sorted(play.peaks[index] for play in played)
    return Queue(sum(plan.at == stage.key for plan in course.plans), rank(peaks, RANKS[1]), rank(peaks, RANKS[2]))
