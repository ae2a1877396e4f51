"""Small courses for tests of the forecast, whose figures can be reckoned by hand."""

from datetime import date

from workflows.forecast.course import Course, Plan, Stage
from workflows.forecast.days import Calendar
from workflows.forecast.offices import Rate
from workflows.forecast.stays import Length, life_table

TODAY = date(2026, 10, 1)
LAST_DAY = date(2026, 10, 30)
# Sundays off; 1 October 2026 is a Thursday.
CALENDAR = Calendar.of(date(2026, 9, 1), date(2027, 9, 30), lambda day: day.weekday() != 6)
ALWAYS = Rate(share=1.0, ceiling=2.0, luck=(1.0,), closed=50, mean=2.0)


def lasting(*days, closed=True):
    """Return the lengths of stays of past seasons."""
    return [Length("2025-26", 1, one, closed) for one in days]


def a_course(*plans, **changes):
    """Return a season of two steps in the district and two offices that each dispose of two files a day."""
    stages = (
        Stage("draft", life_table(lasting(*range(5, 25)))),
        Stage("sign", life_table(lasting(*range(1, 9)))),
        Stage("scrutinise", rate=ALWAYS),
        Stage("approve", rate=ALWAYS),
        Stage("correct", life_table(lasting(*range(2, 10))), corrects=True),
    )
    many = plans or tuple(a_plan(number) for number in range(12))
    return Course(**{"today": TODAY, "last_day": LAST_DAY, "calendar": CALENDAR, "stages": stages, "plans": many, **changes})


def a_plan(place=0, at="draft", **changes):
    return Plan(place, CALENDAR, at, **changes)
