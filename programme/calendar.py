"""Days as an office counts them: Indian Standard Time, weekly offs, declared holidays, the financial year.

What is declared is remembered by a process for half a minute (see ``programme.kept``), so a holiday that the administrator
adds counts in every web process and worker within a minute, and a list of a hundred files asks the database once.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from programme.kept import kept
from programme.models import District, Holiday, Office, State, WeeklyOffs
from programme.zone import IST

OFFICE_CLOSES = time(18, 0)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKLY_OFF = re.compile(rf"({'|'.join(WEEKDAYS)})([1-5]?)")
ONE_DAY = timedelta(days=1)
REMEMBERED = 30

Day = date | datetime


def today() -> date:
    """Return the date in India now, whatever time zone the reader or the machine is in."""
    return timezone.localdate(timezone=IST)


def financial_year(day: date) -> str:
    """Return the financial year of ``day``, April to March, as "2026-27"."""
    begins = day.year if day.month >= 4 else day.year - 1
    return f"{begins}-{(begins + 1) % 100:02}"


def days_of_year(year: str) -> tuple[date, date]:
    """Return the first and the last day of a financial year such as "2026-27"."""
    begins = int(year[:4])
    return date(begins, 4, 1), date(begins + 1, 3, 31)


def is_working_day(day: date, state: State, district: District | None = None) -> bool:
    """Say whether offices of the State, or of its district, are open on ``day``."""
    return calendar_at(state, district).works(day)


def add_working_days(start: Day, n: int, state: State, district: District | None = None) -> datetime:
    """Return when offices close on the n-th working day after ``start``; see ``Calendar.add``."""
    return calendar_at(state, district).add(start, n)


def working_day_before(day: date, n: int, state: State, district: District | None = None) -> date:
    """Return the n-th working day before ``day``; see ``Calendar.before``."""
    return calendar_at(state, district).before(day, n)


def day_before_working_days(n: int, last: date, state: State, district: District | None = None) -> date:
    """Return the latest day after which ``n`` working days lie up to and with ``last``: what came then waits ``n`` working days."""
    return calendar_at(state, district).before(last + ONE_DAY, n) - ONE_DAY


def day_begins(day: date) -> datetime:
    """Return the moment at which ``day`` begins in India."""
    return datetime.combine(day, time.min, IST)


class Calendar:
    """The working days of one place.

    ``declared`` says of single days whether they are worked. ``offs`` are weekly offs with the day they apply from: one list for
    each place, the most particular place first, in each the latest first. The days of a year are worked out once.
    """

    def __init__(self, declared: dict[date, bool], offs: list[list[tuple[date, list[str]]]]) -> None:
        self._declared, self._offs = declared, offs
        self._years: dict[int, list[date]] = {}

    def works(self, day: date) -> bool:
        """Say whether the place is open on ``day``. Raise ``ValueError`` when its weekly offs hold a word that is none."""
        days = self._worked(day.year)
        at = bisect_left(days, day)
        return at < len(days) and days[at] == day

    def add(self, start: Day, n: int) -> datetime:
        """Return when the office closes (18:00 IST) on the n-th working day after ``start``; 0 means ``start`` or the next working day.

        A datetime counts as its date in India. Raise ``ValueError`` when ``n`` is negative or the office stays closed for a year.
        """
        if n < 0:
            raise ValueError("Working days are counted forward; n must not be negative.")
        day = _in_india(start)
        if n == 0 and self.works(day):
            return _close_of(day)
        place, year = bisect_right(self._worked(day.year), day) + max(n, 1) - 1, day.year
        while place >= len(self._worked(year)):
            place, year = place - len(self._worked(year)), year + 1
            if not self._worked(year):
                raise ValueError(_("There is no working day within a year of %(day)s.") % {"day": day})
        return _close_of(self._worked(year)[place])

    def before(self, day: date, n: int) -> date:
        """Return the n-th working day before ``day``; 0 means ``day`` itself, whether the office is open on it or not.

        Raise ``ValueError`` when ``n`` is negative or the office was closed for a year.
        """
        if n < 0:
            raise ValueError("Working days are counted back; n must not be negative.")
        if n == 0:
            return day
        place, year = bisect_left(self._worked(day.year), day) - n, day.year
        while place < 0:
            year -= 1
            if not self._worked(year):
                raise ValueError(_("There is no working day within a year of %(day)s.") % {"day": day})
            place += len(self._worked(year))
        return self._worked(year)[place]

    def between(self, first: Day, last: Day) -> int:
        """Return how many working days lie after ``first`` up to and with ``last``; negative when ``last`` is the earlier."""
        start, end = _in_india(first), _in_india(last)
        if end < start:
            return -self.between(end, start)
        whole = sum(len(self._worked(year)) for year in range(start.year, end.year))
        return whole + bisect_right(self._worked(end.year), end) - bisect_right(self._worked(start.year), start)

    def next_close(self, moment: datetime) -> datetime:
        """Return when the office next closes after ``moment``: on the same day, or on the next working day."""
        closes = self.add(moment, 0)
        return closes if closes > moment else self.add(moment, 1)

    def _worked(self, year: int) -> list[date]:
        if year not in self._years:
            first = date(year, 1, 1)
            days = (first + ONE_DAY * n for n in range((date(year, 12, 31) - first).days + 1))
            self._years[year] = [day for day in days if self._declared.get(day, not self._is_off(day))]
        return self._years[year]

    def _is_off(self, day: date) -> bool:
        words = next((words for place in self._offs for applies_from, words in place if applies_from <= day), [])
        return any(day.weekday() == weekday and which in (0, (day.day + 6) // 7) for weekday, which in map(weekly_off, words))


@dataclass(frozen=True)
class Said:
    """One row of what is declared: for which place, from when to when it stood, of which day, and what.

    ``added_at`` is ``None`` for what the software began with: it counts as known all along.
    """

    district: int | None
    office: int | None
    added_at: datetime | None
    withdrawn_at: datetime | None
    day: date
    what: Any

    def stands(self, known_at: datetime | None) -> bool:
        """Say whether the row was in force at that moment; ``None`` is now."""
        if known_at is None:
            return self.withdrawn_at is None
        return (self.added_at is None or self.added_at <= known_at) and (self.withdrawn_at is None or self.withdrawn_at > known_at)


class Calendars:
    """All calendars of a State, as they are and as they were known at an earlier moment; offices without days of their own share one."""

    def __init__(self, weekly_offs: list[str], holidays: Iterable[Said], offs: Iterable[Said]) -> None:
        self._default = (date.min, weekly_offs)
        self._holidays, self._offs = list(holidays), sorted(offs, key=lambda said: said.day, reverse=True)
        rows = self._holidays + self._offs
        self._districts, self._offices = {said.district for said in rows}, {said.office for said in rows}
        self._changes = sorted({moment for said in rows for moment in (said.added_at, said.withdrawn_at) if moment})
        self._made: dict[Any, Calendar] = {}

    @classmethod
    def read(cls, state_id: int) -> "Calendars":
        """Read what is declared in the State now, withdrawn rows included. Three queries."""
        columns = ("district_id", "office_id", "added_by_id", "added_at", "withdrawn_at")
        holidays = Holiday.objects.filter(state_id=state_id).values_list(*columns, "date", "works")
        offs = WeeklyOffs.objects.filter(state_id=state_id).values_list(*columns, "applies_from", "offs")
        default = State.objects.values_list("weekly_offs", flat=True).get(pk=state_id)
        return cls(default, map(_said, holidays), map(_said, offs))

    def of(self, district_id: int | None, office_id: int | None = None, known_at: datetime | None = None) -> Calendar:
        """Return the calendar of a district, an office of it, or with neither the State; ``known_at`` leaves out later changes."""
        version = len(self._changes) if known_at is None else bisect_right(self._changes, known_at)
        district, office = district_id if district_id in self._districts else None, office_id if office_id in self._offices else None
        if (district, office, version) not in self._made:
            known_at = None if version == len(self._changes) else known_at
            self._made[district, office, version] = self._make([(None, office), (district, None), (None, None)], known_at)
        return self._made[district, office, version]

    @property
    def places(self) -> tuple[set[int], set[int]]:
        """The numbers of the districts and of the offices for which anything was ever declared."""
        return self._districts - {None}, self._offices - {None}  # type: ignore[return-value]

    def _make(self, places: list[tuple[int | None, int | None]], known_at: datetime | None) -> Calendar:
        """Put together what is said of these places, the most particular first: each overrules the ones after it."""
        declared: dict[date, bool] = {}
        offs: list[list[tuple[date, list[str]]]] = []
        for n, place in enumerate(places):
            if place in places[n + 1 :]:
                continue
            for said in self._holidays:
                if (said.district, said.office) == place and said.stands(known_at):
                    declared.setdefault(said.day, said.what)
            offs.append([(said.day, said.what) for said in self._offs if (said.district, said.office) == place and said.stands(known_at)])
        return Calendar(declared, [*offs, [self._default]])


def calendar_at(state: State, district: District | None = None) -> Calendar:
    """Return the calendar of a State, or of one of its districts."""
    return _calendars(state.pk).of(district.pk if district else None)


def calendar_of(office: Office, known_at: datetime | None = None) -> Calendar:
    """Return the calendar of an office, as it is, or as it was known at an earlier moment."""
    return _calendars(office.state_id).of(office.district_id, office.pk, known_at)


def calendars_in(state: State) -> list[Calendar]:
    """Return every calendar by which an office of the State may go: the State's, and those of places with days of their own.

    One query where an office has days of its own.
    """
    calendars = _calendars(state.pk)
    districts, offices = calendars.places
    places: list[tuple[int | None, int | None]] = [(None, None), *((district, None) for district in districts)]
    if offices:
        places += Office.objects.filter(pk__in=offices).values_list("district", "pk")
    return [calendars.of(*place) for place in places]


@lru_cache(maxsize=64)
def weekly_off(word: str) -> tuple[int, int]:
    """Read a weekly off: "sun" is every Sunday, (6, 0); "sat2" the month's second Saturday, (5, 2). Raise ``ValueError`` otherwise."""
    found = WEEKLY_OFF.fullmatch(word)
    if not found:
        raise ValueError(_("“%(word)s” is no weekly off; write for example sun or sat2.") % {"word": word})
    return WEEKDAYS.index(found[1]), int(found[2] or 0)


@kept(seconds=REMEMBERED)
def _calendars(state_id: int) -> Calendars:
    return Calendars.read(state_id)


def _said(row: tuple[Any, ...]) -> Said:
    district, office, added_by, added_at, withdrawn_at, day, what = row
    return Said(district, office, added_at if added_by else None, withdrawn_at, day, what)


def _close_of(day: date) -> datetime:
    return datetime.combine(day, OFFICE_CLOSES, IST)


def _in_india(day: Day) -> date:
    return timezone.localdate(day, IST) if isinstance(day, datetime) else day
