"""The rest of a season, played through once: each plan through its own steps, then day by day through the offices all share."""

import math
from collections.abc import Iterator
from datetime import date
from random import Random
from statistics import NormalDist

from workflows.forecast.course import Course, Plan
from workflows.forecast.days import NEVER

# A plan is returned at most twice in one play; a third return would come long after every last day.
ROUNDS = 3
END = -1
normal = NormalDist().inv_cdf


class Table:
    """One course laid out for playing: what does not change from one play to the next is worked out once."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.stages = course.stages
        self.end = len(course.road)
        self.shared = [index for index, stage in enumerate(course.road) if stage.shared]
        self.first_shared = self.shared[0] if self.shared else END
        self.last_own = (self.shared[0] if self.shared else self.end) - 1
        self.correction = next((index for index, stage in enumerate(course.stages) if stage.corrects), 0)
        self.start = course.calendar.number(course.today)
        self.rush_from, self.last_day = course.calendar.number(course.rush_from), course.calendar.number(course.last_day)
        self.number = {stage.key: index for index, stage in enumerate(course.stages)}
        self.days = [day for day in course.calendar.opens if day >= self.start]
        self.cleared = {index: {course.calendar.number(day) for day in self.stages[index].cleared} for index in self.shared}
        # How little a step's table rests on: the fewer stays, the wider its own luck.
        self.spreads = [math.sqrt(1 / s.table.closed) if s.table and s.table.closed else 0.0 for s in self.stages]
        self.queued = {index: list(self._waiting(index)) for index in self.shared}

    def rush(self, plan: Plan, day: int, since: int) -> tuple[int, int]:
        """Return on which working days of a stay the season's last days begin and end, when ``since`` of them have passed on ``day``."""
        opened = plan.calendar.opened
        gone = since - opened[min(day, plan.calendar.length - 1)]
        return gone + opened[self.rush_from], gone + opened[self.last_day]

    def _waiting(self, index: int) -> Iterator[int]:
        """Yield who waits at an office today, first come first."""
        plans = self.course.plans
        for one in sorted(range(len(plans)), key=lambda one: (plans[one].came, one)):
            if plans[one].at == self.stages[index].key:
                yield one


class Chances:
    """The chances of one play, drawn before it begins and in a fixed order, so that a what-if changes nothing but itself."""

    def __init__(self, seed: int, plans: int, stages: int, turns: int) -> None:
        draw = Random(seed).random  # noqa: S311 -- a forecast, no secret
        self.season = self._one(draw())
        self.steps = [self._one(draw()) for _stage in range(stages)]
        self.plans = [self._one(draw()) for _plan in range(plans)]
        self.waits = [1.0 - draw() for _turn in range(plans * ROUNDS * stages)]
        self.returns = [draw() for _turn in range(plans * ROUNDS * stages)]
        self.days = [draw() for _turn in range(turns)]

    @staticmethod
    def _one(chance: float) -> float:
        """Return the normal deviate of a chance; 0, which has none, counts as next to it."""
        return normal(max(chance, 1e-12))


class Play:
    """What happens to each plan in one play: numbers of days, ``NEVER`` where it does not, and the days spent at each step."""

    def __init__(self, table: Table, seed: int) -> None:
        plans = table.course.plans
        count, width = len(plans), len(table.stages)
        self.table = table
        self.chances = Chances(seed, count, width, len(table.days) * len(table.shared))
        self.submitted = [_told(table, plan.submitted) for plan in plans]
        self.adopted = [_told(table, plan.adopted) for plan in plans]
        self.spent = [[0] * width for _plan in plans]
        self.peaks = [0] * width
        self.rounds = [0] * count
        self.arrivals: dict[int, list[int]] = {}
        self.queues = {index: list(waiting) for index, waiting in table.queued.items()}
        self.came = {one: table.start for waiting in self.queues.values() for one in waiting}
        self.credit = dict.fromkeys(table.shared, 0.0)
        # The season's luck moves every step; so does a district's, and a step's own is that of its table.
        pace = table.course.pace
        season = pace.speed * math.exp(pace.spread * self.chances.season)
        self.steps = [season * math.exp(spread * chance) for spread, chance in zip(table.spreads, self.chances.steps, strict=True)]
        self.places = [p.pace.speed * math.exp(p.pace.spread * chance) for p, chance in zip(plans, self.chances.plans, strict=True)]
        for one, plan in enumerate(plans):
            index = table.number.get(plan.at, -1)
            if index >= 0 and not table.stages[index].shared:
                self._through_the_place(one, index, table.start, plan.since, plan.closes_in)
        self._through_the_offices()

    def _through_the_place(self, one: int, index: int, day: int, since: int = 0, closes: int | None = None) -> None:
        """Go on from a step of the place, ``since`` working days into it, to the day on which the first office gets the plan."""
        plan = self.table.course.plans[one]
        while index != END:
            stage, turn = self.table.stages[index], self._turn(one, index)
            if stage.shared:
                self.arrivals.setdefault(day, []).append(one)
                return
            if stage.key in plan.vacant or stage.table is None:
                return
            hurry = self.steps[index] * self.places[one]
            hazard = -math.log(self.chances.waits[turn]) / hurry
            rush_from, rush_to = self.table.rush(plan, day, since)
            days = self.table.course.tempo.when(stage.table, since, hazard, rush_from, rush_to) - since
            closes = closes if closes is not None else stage.closes_after
            came, day = day, plan.calendar.after(day, days if closes is None else min(days, closes))
            if day >= NEVER:
                return
            self.spent[one][index] += day - came
            index, since, closes = self._next(one, index, turn), 0, None
            if index in (self.table.first_shared, END) and self.submitted[one] >= NEVER:
                self.submitted[one] = day
        self.adopted[one] = day

    def _turn(self, one: int, index: int) -> int:
        return (one * ROUNDS + self.rounds[one]) * len(self.table.stages) + index

    def _next(self, one: int, index: int, turn: int) -> int:
        """Return the step after this one: forward, back to be corrected, or from the correction to the last step of the place."""
        stage = self.table.stages[index]
        if stage.corrects:
            return self.table.last_own
        if self.chances.returns[turn] < stage.returned and self.rounds[one] < ROUNDS - 1:
            self.rounds[one] += 1
            return self.table.correction
        return index + 1 if index + 1 < self.table.end else END

    def _through_the_offices(self) -> None:
        """Go through the working days: who came joins the first office's queue, and each office disposes of what it manages."""
        shared, before = self.table.shared, self.table.start
        for turn, day in enumerate(self.table.days):
            if not self.came and not self.arrivals:
                return
            for earlier in range(before, day + 1):
                for one in self.arrivals.pop(earlier, ()):
                    self.queues[self.table.first_shared].append(one)
                    self.came[one] = earlier
            before = day + 1
            for place, index in enumerate(shared):
                queue = self.queues[index]
                if queue:
                    self.peaks[index] = max(self.peaks[index], len(queue))
                    many = self._manages(index, len(queue), day, self.chances.days[turn * len(shared) + place])
                    self.queues[index] = queue[many:]
                    for one in queue[:many]:
                        self._leaves(one, index, day)

    def _manages(self, index: int, waiting: int, day: int, chance: float) -> int:
        """Return how many files the office disposes of this day; what it is short of a whole one it has done for tomorrow."""
        stage = self.table.stages[index]
        if stage.vacant or stage.rate is None:
            return 0
        if day in self.table.cleared[index]:
            return waiting
        luck = stage.rate.luck[int(chance * len(stage.rate.luck))]
        able = self.credit[index] + stage.rate.expected(waiting) * luck * stage.times + stage.plus
        many = min(int(able + 1e-9), waiting)
        self.credit[index] = min(able - many, 1.0)
        return many

    def _leaves(self, one: int, index: int, day: int) -> None:
        """Send a file on from an office: to the next, to its end, or back to its place, from where it comes again."""
        self.spent[one][index] += day - self.came.pop(one)
        target = self._next(one, index, self._turn(one, index))
        if target == END:
            self.adopted[one] = day
        elif self.table.stages[target].shared:
            self.queues[target].append(one)
            self.came[one] = day
        else:
            # What comes back the same day would be handled before those that wait; it joins the queue on the next.
            self._through_the_place(one, target, day + 1)


def _told(table: Table, day: date | None) -> int:
    return NEVER if day is None else table.course.calendar.number(day)
