"""What the worker does by itself. Each task finds its work in the database and does no harm when it runs twice."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from programme.calendar import IST, today
from workflows import clock, feasibility, jobs, notices, postings
from workflows.letters import printing
from workflows.models import Incident, Pulse
from workflows.record import sealer
from workflows.work import WORK

logger = logging.getLogger(__name__)
ANCHOR_TIME = timedelta(hours=18, minutes=30)


def periodic(work: Callable[[], Any]) -> Any:
    """Make ``work`` a task that leaves a ``Pulse`` under its own name each time it came to its end."""

    @wraps(work)
    def run() -> None:
        work()
        Pulse.objects.update_or_create(name=work.__name__, defaults={"at": timezone.now()})

    return shared_task(run)


@periodic
def drain() -> None:
    """Send the mails that wait in the outbox."""
    notices.drain()


@periodic
def run_jobs() -> None:
    """Do rows of long work for a while, and ask for another turn behind whatever else waits for this worker."""
    if jobs.run(WORK):
        notices.wake("run_jobs")


@periodic
def seal() -> None:
    """Put paragraphs written since the last checkpoint under a new signed one; a tampered checkpoint becomes an incident."""
    try:
        sealer.seal()
        Incident.objects.filter(key="seal/broken", closed_at=None).update(closed_at=timezone.now())
    except sealer.BrokenSeal as broken:
        Incident.objects.update_or_create(key="seal/broken", defaults={"text_en": str(broken), "closed_at": None})


@periodic
def expire_postings() -> None:
    """Withdraw the powers of postings that ended and give those of postings that began."""
    drift = postings.expire(today())
    if drift:
        logger.warning("grants brought to the postings: %s missing, %s extra", len(drift.missing), len(drift.extra))


@periodic
def end_by_clock() -> None:
    """Send on the files whose time came: windows of opinion that closed, watches that ended."""
    clock.sweep()


@periodic
def sweep_stuck_files() -> None:
    """Raise an incident for every file that nobody can take forward."""
    feasibility.sweep()


@periodic
def mail_anchor() -> None:
    """Mail the newest checkpoint, once a day, to those who keep it outside: from then on it is the record's anchor.

    It falls due at 18:30 Indian Standard Time. Asked often, so that an evening without a worker is made good when one is back.
    """
    note = sealer.newest_note() or ""
    day = (timezone.localtime(timezone=IST) - ANCHOR_TIME).date()
    for address in settings.ANCHOR_ADDRESSES if note else ():
        notices.put(f"anchor/{day}/{address}", address=address, subject=f"{settings.RECORD_ORIGIN} · {day}", text=note)


@periodic
def print_orders() -> None:
    """Make the PDFs of orders that are sealed and have none yet."""
    printing.print_waiting()
