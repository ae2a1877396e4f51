"""What would change if: more hands at an office, a day on which it clears its desk, days closed, posts filled. Any of them together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflows.forecast.course import Course


@dataclass(frozen=True)
class WhatIf:
    """What is supposed. ``hands`` is a step with how many times the files a day and how many more; ``cleared`` a step with a day."""

    hands: tuple[str, float, float] | None = None
    cleared: tuple[str, date] | None = None
    closed: tuple[date, date] | None = None
    filled: bool = False

    def __bool__(self) -> bool:
        return bool(self.hands or self.cleared or self.closed or self.filled)

    def of(self, course: Course) -> Course:
        """Return the course as it would be; what is not supposed stays as it is."""
        if self.hands:
            key, times, plus = self.hands
            course = course.with_stage(replace(course.stage(key), times=times, plus=plus))
        if self.cleared:
            key, day = self.cleared
            stage = course.stage(key)
            course = course.with_stage(replace(stage, cleared=stage.cleared | {day}))
        if self.closed:
            course = _closed(course, set(_days(*self.closed)))
        return _filled(course) if self.filled else course


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _closed(course: Course, days: set[date]) -> Course:
    known = {calendar: calendar.without(days) for calendar in {course.calendar, *(plan.calendar for plan in course.plans)}}
    return replace(
        course, calendar=known[course.calendar], plans=tuple(replace(plan, calendar=known[plan.calendar]) for plan in course.plans)
    )


def _filled(course: Course) -> Course:
    return replace(
        course,
        stages=tuple(replace(stage, vacant=False) for stage in course.stages),
        plans=tuple(replace(plan, vacant=frozenset()) for plan in course.plans),
    )
