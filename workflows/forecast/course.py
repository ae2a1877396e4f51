"""What the rest of a season is played from: its steps, its plans, its days. Two courses that are equal have one forecast."""

from dataclasses import dataclass, replace
from datetime import date

from workflows.forecast.days import Calendar
from workflows.forecast.offices import Rate
from workflows.forecast.stays import LifeTable, Pace, Tempo

AS_ANY, STEADY = Pace(1.0, 0.0), Tempo()


@dataclass(frozen=True)
class Stage:
    """A step every plan passes, taken in its own place (``table``) or at one office for all of them (``rate``).

    ``corrects`` is the step to which a returned plan comes; it stands off the road and leads to the last step of the place.
    ``returned`` is the share of ends that sent the plan back. The clock ends the step after ``closes_after`` working days.
    ``times`` and ``plus`` are more hands at an office: so many times the files of a day, and so many more. On the days in
    ``cleared`` it disposes of all that waits.
    """

    key: str
    table: LifeTable | None = None
    rate: Rate | None = None
    returned: float = 0.0
    corrects: bool = False
    closes_after: int | None = None
    vacant: bool = False
    times: float = 1.0
    plus: float = 0.0
    cleared: frozenset[date] = frozenset()

    @property
    def shared(self) -> bool:
        return self.rate is not None

    @property
    def stands_still(self) -> bool:
        """Say whether nothing ever leaves this office: nobody holds it, or it has no capacity at all."""
        if self.rate is None:
            return self.vacant
        none = self.times == 0 or not any(self.rate.luck) or not self.rate.ceiling
        return self.vacant or (none and self.plus <= 0 and not self.cleared)


@dataclass(frozen=True)
class Plan:
    """Where one place's plan is. ``at`` is its step, "" once it has ended; ``since`` the working days it has been there.

    ``came`` orders the queue of an office. ``closes_in`` are the working days left until the clock ends the stay. In ``vacant``
    stand the steps that nobody in the place can take. Once submitted or adopted, the day says when.
    """

    place: int
    calendar: Calendar
    at: str
    since: int = 0
    came: date = date.min
    closes_in: int | None = None
    pace: Pace = AS_ANY
    vacant: frozenset[str] = frozenset()
    submitted: date | None = None
    adopted: date | None = None


@dataclass(frozen=True)
class Course:
    """The season as it stands at the beginning of ``today``. ``stages`` are in the order of the road, corrections last.

    From ``rush_from`` to its last day districts work at the tempo of the last days.
    """

    today: date
    last_day: date
    calendar: Calendar
    stages: tuple[Stage, ...]
    plans: tuple[Plan, ...]
    pace: Pace = AS_ANY
    tempo: Tempo = STEADY
    rush_from: date = date.min

    @property
    def road(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if not stage.corrects)

    def stage(self, key: str) -> Stage:
        return next(stage for stage in self.stages if stage.key == key)

    def with_stage(self, changed: Stage) -> "Course":
        return replace(self, stages=tuple(changed if stage.key == changed.key else stage for stage in self.stages))
