"""The time ledger: on whose account each second of a file's life stands.

Computed from the movements and the calendar alone, nothing is kept. The accounts of a file sum to the time between its opening and
its end, or now, to the microsecond.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby, pairwise
from operator import attrgetter

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programme.calendar import ONE_DAY, Calendar, calendar_of
from programme.models import Level, Office
from programme.zone import IST
from workflows.models import Case, Movement

BANKS = "bank"
NOTHING = timedelta(0)
CHUNK = 2000


class Account(models.TextChoices):
    """Who had the file. Time in which no office could act on it is ``NON_WORKING``."""

    DISTRICT = "district", _("District")
    DEPARTMENT = "department", _("Department")
    STATE = "state", pgettext_lazy("level of office", "State")
    BANK = "bank", _("Bank")
    APPLICANT = "applicant", _("Applicant")
    NON_WORKING = "non_working", _("Days on which the office was closed")


LEVELS = {Level.DISTRICT: Account.DISTRICT, Level.DEPARTMENT: Account.DEPARTMENT, Level.STATE: Account.STATE}


@dataclass(frozen=True)
class Segment:
    """A stretch of a file's life on one account. Without a ``stay`` the file was closed, until it was opened again."""

    account: Account
    stay: Movement | None
    begins: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        return self.ends - self.begins

    @property
    def seconds(self) -> float:
        return self.length.total_seconds()

    @property
    def office(self) -> Office | None:
        return self.stay.office if self.stay else None

    @property
    def step(self) -> str:
        return self.stay.step if self.stay else ""


@dataclass(frozen=True)
class Ledger:
    """The segments of one file, in order and without a gap."""

    segments: list[Segment]

    @property
    def total(self) -> timedelta:
        return self.segments[-1].ends - self.segments[0].begins if self.segments else NOTHING

    @property
    def accounts(self) -> dict[Account, timedelta]:
        """How much stands on each account, every account named."""
        sums = dict.fromkeys(Account, NOTHING)
        for segment in self.segments:
            sums[segment.account] += segment.length
        return sums

    @property
    def stays(self) -> dict[int, tuple[timedelta, timedelta]]:
        """For each stay, by its number, how long it alone kept the file, and how much of that its office was closed."""
        sums: dict[int, tuple[timedelta, timedelta]] = {}
        for segment in self.segments:
            if segment.stay:
                kept, closed = sums.get(segment.stay.pk, (NOTHING, NOTHING))
                resting = segment.length if segment.account == Account.NON_WORKING else NOTHING
                sums[segment.stay.pk] = kept + segment.length, closed + resting
        return sums


def of(case: Case, now: datetime | None = None) -> Ledger:
    """Return the ledger of a file; an open one is told until ``now``."""
    stays = list(_stays().filter(case=case))
    for stay in stays:
        stay.case = case
    return of_stays(stays, now or timezone.now())


def totals(cases: Iterable[Case], now: datetime | None = None) -> dict[Account, timedelta]:
    """Return what stands on each account for all these files together; one query, whatever their number."""
    now, sums = now or timezone.now(), dict.fromkeys(Account, NOTHING)
    rows = _stays().filter(case__in=cases).order_by("case_id", "received", "pk")
    for _case, stays in groupby(rows.iterator(chunk_size=CHUNK), key=attrgetter("case_id")):
        for account, length in of_stays(list(stays), now).accounts.items():
            sums[account] += length
    return sums


def of_stays(stays: Sequence[Movement], now: datetime) -> Ledger:
    """Return the ledger of a file that has had these stays; see ``account_of`` for whose time each is."""
    return Ledger([segment for stay, begins, ends in _kept(stays, now) for segment in _segments(stay, begins, ends)])


def account_of(stay: Movement) -> Account:
    """Return on whose account a stay goes while its office is open.

    Behind a file for an applicant, a correction is the applicant's time, and so is the time in which only his unit is watched.
    """
    if stay.case.flow_class.for_applicant and (not stay.power or stay.node.is_correction):
        return Account.APPLICANT
    post = stay.office.designation
    return Account.BANK if post.department and post.department.code == BANKS else LEVELS[Level(post.level)]


def _stays() -> models.QuerySet[Movement]:
    return Movement.objects.select_related("case", "office__designation__department", "office__district").order_by("received", "pk")


def _kept(stays: Sequence[Movement], now: datetime) -> Iterator[tuple[Movement | None, datetime, datetime]]:
    """Yield who kept the file from when to when, without gap or overlap.

    Of several offices asked at once it waits for the one that answers last. Between an end and a reopening nobody has it.
    """
    ends = {stay: stay.disposed or max(now, stay.received) for stay in stays}
    moments = sorted({*ends.values(), *(stay.received for stay in stays)})
    keepers = [(_keeper(ends, begins, until), begins, until) for begins, until in pairwise(moments)]
    for keeper, stretches in groupby(keepers, key=lambda kept: kept[0]):
        whole = list(stretches)
        yield keeper, whole[0][1], whole[-1][2]


def _keeper(ends: dict[Movement, datetime], begins: datetime, until: datetime) -> Movement | None:
    there = [stay for stay, end in ends.items() if stay.received <= begins and until <= end]
    return max(there, key=lambda stay: (stay.is_open, ends[stay], -stay.pk), default=None)


def _segments(stay: Movement | None, begins: datetime, ends: datetime) -> Iterator[Segment]:
    """Yield a stretch cut at the midnights in India between which the office was closed.

    What was declared of the calendar after a stay had ended changes nothing in it.
    """
    if stay is None:
        yield Segment(Account.NON_WORKING, None, begins, ends)
        return
    account = account_of(stay)
    for works, since, until in _by_days(calendar_of(stay.office, known_at=stay.disposed), begins, ends):
        yield Segment(account if works else Account.NON_WORKING, stay, since, until)


def _by_days(calendar: Calendar, begins: datetime, ends: datetime) -> Iterator[tuple[bool, datetime, datetime]]:
    day, since = timezone.localdate(begins, IST), begins
    works = calendar.works(day)
    while True:
        day += ONE_DAY
        midnight = datetime.combine(day, time(0), IST)
        if midnight >= ends:
            break
        if calendar.works(day) != works:
            yield works, since, midnight
            works, since = not works, midnight
    yield works, since, ends
