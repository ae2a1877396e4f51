"""How a stay stands against its clock, in working days of the office that has the file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from programme.calendar import Day, calendar_of, today
from programme.models import Office
from workflows.models import Movement, Observation, Outcome, Question

SOON = 3


@dataclass(frozen=True)
class Standing:
    """``kind`` is late, soon, in_time or none; ``days`` are working days late or left."""

    kind: str
    days: int
    text: str


def soon_until(office: Office, now: datetime | None = None) -> datetime:
    """Return the moment up to which a due file counts as due within three working days."""
    return calendar_of(office).add(now or timezone.now(), SOON)


def standing_of_question(question: Question, now: datetime | None = None) -> Standing:
    """Say how an unanswered question stands against the day it is to be answered by, in working days of the office asked."""
    return _of_answer(question.office, question.due, now or timezone.now())


def standing_of_observation(observation: Observation) -> Standing:
    """Say how an observation of the audit stands that nobody replied to, in working days of the office concerned; late after its day."""
    return _of_answer(observation.office, observation.due, today())


def _of_answer(office: Office, due: Any, now: Any) -> Standing:
    if now > due:
        return _late(max(1, calendar_of(office).between(due, now)))
    return _left(office, now, due)


def beyond_time(now: Any) -> QuerySet[Movement]:
    """Return the open stays that are late; what only the clock ends is never late."""
    return Movement.objects.filter(disposed=None, due__lt=now).exclude(power="")


def standing(movement: Movement, now: datetime | None = None) -> Standing:
    """Say how a stay stands; a closed one as it was judged when it ended, one that only the clock ends is never late."""
    if movement.due is None or not movement.power:
        return Standing("none", 0, "")
    if movement.disposed:
        return _late(movement.days_late) if movement.days_late else _told_done(get_language())
    now = now or timezone.now()
    if now > movement.due:
        return _late(days_late(movement, now) or 0)
    return _left(movement.office, now, movement.due)


# Of so few languages that every stay which ended in time is told alike.
@lru_cache
def _told_done(_language: str | None) -> Standing:
    return Standing("in_time", 0, _("Done in time"))


def _left(office: Office, now: Day, due: Day) -> Standing:
    return _told_left(calendar_of(office).between(now, due), get_language())


# Of so few days that the same are told in every line of a list.
@lru_cache(maxsize=1024)
def _told_left(days: int, _language: str | None) -> Standing:
    if days == 0:
        return Standing("soon", 0, _("Due today"))
    text = ngettext("%(days)s working day left", "%(days)s working days left", days) % {"days": days}
    return Standing("soon" if days <= SOON else "in_time", days, text)


def _late(days: int) -> Standing:
    return _told_late(days, get_language())


@lru_cache(maxsize=1024)
def _told_late(days: int, _language: str | None) -> Standing:
    return Standing("late", days, ngettext("%(days)s working day late", "%(days)s working days late", days) % {"days": days})


def days_held(movement: Movement, at: datetime) -> int:
    """Return for how many working days the office has had the file at that moment; the day of arrival is not counted."""
    return calendar_of(movement.office).between(movement.received, at)


def days_late(movement: Movement, at: datetime) -> int | None:
    """Return how many working days a stay is late at that moment, one at least once it is; ``None`` when nobody can be late."""
    if movement.due is None or not movement.power:
        return None
    return max(1, calendar_of(movement.office).between(movement.due, at)) if at > movement.due else 0


def standing_still(stay: Movement, returned: Iterable[Movement]) -> list[Movement]:
    """Return the stays whose clock stands still while the file waits at ``stay`` on its way back to them, the next one first.

    ``returned`` are the stays of the file that returned it.
    """
    last = {back.step: back for back in sorted(returned, key=attrgetter("pk")) if back.outcome == Outcome.RETURN}
    found: list[Movement] = []
    back = last.get(stay.returns_to)
    while back and back not in found:
        found.append(back)
        back = last.get(back.returns_to)
    return found
