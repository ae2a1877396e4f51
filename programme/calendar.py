"""Days as an office counts them: Indian Standard Time, weekly offs, gazetted holidays, the financial year.

Holidays are remembered by a process for half a minute (see ``programme.kept``), so one that the administrator adds
counts in every web process and worker within a minute, and a list of a hundred files asks the database once.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from programme.kept import kept
from programme.models import District, Holiday, State

IST = ZoneInfo("Asia/Kolkata")
OFFICE_CLOSES = time(18, 0)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKLY_OFF = re.compile(rf"({'|'.join(WEEKDAYS)})([1-5]?)")
ONE_DAY = timedelta(days=1)
LONGEST_CLOSURE = 366

Day = date | datetime


def today() -> date:
    """Return the date in India now, whatever time zone the reader or the machine is in."""
    return timezone.localdate(timezone=IST)


def financial_year(day: date) -> str:
    """Return the financial year of ``day``, April to March, as "2026-27"."""
    begins = day.year if day.month >= 4 else day.year - 1
    return f"{begins}-{(begins + 1) % 100:02}"


def is_working_day(day: date, state: State, district: District | None = None) -> bool:
    """Say whether offices of the State, or of its district, are open on ``day``.

    Raise ``ValueError`` when the State's weekly offs hold a word that is no weekly off.
    """
    return not _is_weekly_off(day, state) and not _is_holiday(day, state, district)


def add_working_days(start: Day, n: int, state: State, district: District | None = None) -> datetime:
    """Return when offices close (18:00 IST) on the n-th working day after ``start``; 0 means ``start`` or the next working day.

    A datetime counts as its date in India. Raise ``ValueError`` when ``n`` is negative or no office opens for a year.
    """
    if n < 0:
        raise ValueError("Working days are counted forward; n must not be negative.")
    day, left, closed = _in_india(start), n, 0
    while left or not is_working_day(day, state, district):
        day += ONE_DAY
        if is_working_day(day, state, district):
            left, closed = max(left - 1, 0), 0
            continue
        closed += 1
        if closed > LONGEST_CLOSURE:
            raise ValueError(_("%(state)s has no working day within a year of %(day)s.") % {"state": state, "day": day})
    return datetime.combine(day, OFFICE_CLOSES, IST)


def working_days_between(first: Day, last: Day, state: State, district: District | None = None) -> int:
    """Return how many working days lie after ``first`` up to and with ``last``; negative when ``last`` is the earlier."""
    start, end = _in_india(first), _in_india(last)
    if end < start:
        return -working_days_between(end, start, state, district)
    days = (start + ONE_DAY * n for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day, state, district) for day in days)


@lru_cache(maxsize=64)
def weekly_off(word: str) -> tuple[int, int]:
    """Read a weekly off: "sun" is every Sunday, (6, 0); "sat2" the month's second Saturday, (5, 2). Raise ``ValueError`` otherwise."""
    found = WEEKLY_OFF.fullmatch(word)
    if not found:
        raise ValueError(_("“%(word)s” is no weekly off; write for example sun or sat2.") % {"word": word})
    return WEEKDAYS.index(found[1]), int(found[2] or 0)


def _is_weekly_off(day: date, state: State) -> bool:
    return any(day.weekday() == weekday and which in (0, (day.day + 6) // 7) for weekday, which in map(weekly_off, state.weekly_offs))


def _is_holiday(day: date, state: State, district: District | None) -> bool:
    listed = _holidays(state.pk)
    return (None, day) in listed or (district is not None and (district.pk, day) in listed)


@kept(seconds=30)
def _holidays(state_id: int) -> frozenset[tuple[int | None, date]]:
    return frozenset(Holiday.objects.filter(state_id=state_id).values_list("district_id", "date"))


def _in_india(day: Day) -> date:
    return timezone.localdate(day, IST) if isinstance(day, datetime) else day
