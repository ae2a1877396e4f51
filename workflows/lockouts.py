"""Wrong passwords: counted for a user name from an address, with a pause that doubles. django-axes keeps the counts in the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from programme.models import Officer
from workflows.authority import check_looking_after, looked_after
from workflows.models import DoorAct, DoorKind

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
# So much of an address of version 6 belongs to one connection, whose owner may change the rest as he likes.
OWN_PART = 64


def address_of(request: HttpRequest) -> str | None:
    """Return the network address somebody came from; behind a proxy the one that the proxy itself wrote last.

    What stands before that came with the request and may be made up.
    """
    said = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_TLS_PROXY:
        said = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or said
    try:
        found = ip_address(said)
    except ValueError:
        return None
    return str(found) if found.version == 4 else str(ip_network((found, OWN_PART), strict=False).network_address)


def pause_after(failures: int) -> timedelta:
    """Return for how long the door stays shut after so many wrong passwords in a row."""
    over = failures - settings.AXES_FAILURE_LIMIT
    return timedelta(0) if over < 0 else min(FIRST_PAUSE * 2 ** min(over, 10), LONGEST_PAUSE)


class BackOff(AxesDatabaseHandler):
    """Shut for the pause after the last wrong password; then one more may be tried, and a wrong one shuts for twice as long."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        [attempts] = self.get_user_attempts(request, credentials)
        return _until(**attempts.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))) > timezone.now()


def _until(failures: int | None, last: datetime | None) -> datetime:
    return (last or timezone.now()) + pause_after(failures or 0)


def locked_until(username: str, request: HttpRequest) -> datetime | None:
    """Return until when this user name, known or not, is shut out from where the request came; ``None`` when it is not."""
    rows = _counted().filter(username=username, ip_address=address_of(request))
    until = _until(**rows.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time")))
    return until if until > timezone.now() else None


def _counted() -> QuerySet[Any]:
    return AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)


# --- the administrator ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lock:
    """An officer shut out from one address."""

    officer: Officer
    address: str | None
    failures: int
    until: datetime


def locks_for(administrator: Officer) -> list[Lock]:
    """Return who of the administrator's officers is shut out now, and from where."""
    rows = _counted().filter(username__in=looked_after(administrator).values("username")).values("username", "ip_address")
    sums = rows.annotate(failures=Sum("failures_since_start"), last=Max("attempt_time")).order_by("username", "ip_address")
    shut = [row for row in sums if _until(row["failures"], row["last"]) > timezone.now()]
    known = {officer.username: officer for officer in Officer.objects.filter(username__in=[row["username"] for row in shut])}
    return [Lock(known[r["username"]], r["ip_address"], r["failures"], _until(r["failures"], r["last"])) for r in shut]


@transaction.atomic
def lift(officer: Officer, *, by: Officer) -> None:
    """Let the officer try again from everywhere; raise ``Refusal`` when ``by`` does not administer for him, or is he himself."""
    check_looking_after(by, officer)
    if AccessAttempt.objects.filter(username=officer.username).delete()[0]:
        DoorAct.objects.create(kind=DoorKind.LOCK_LIFTED, officer=officer, by=by)


def forget_old() -> None:
    """Delete what was counted so long ago that it no longer counts."""
    AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - settings.AXES_COOLOFF_TIME).delete()
