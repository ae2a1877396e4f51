"""What the worker does by itself. Each task finds its work in the database and does no harm when it runs twice."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial, wraps
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from programme.calendar import today
from programme.zone import IST
from workflows import (
    clock,
    digests,
    due,
    escalation,
    feasibility,
    incidents,
    jobs,
    leases,
    lockouts,
    notices,
    obstacles,
    office_days,
    postings,
    reminders,
    sign_ins,
    summing,
)
from workflows.exports import keeping
from workflows.letters import printing
from workflows.models import Pulse
from workflows.record import sealer
from workflows.work import WORK
from workflows.workbooks import sending

logger = logging.getLogger(__name__)
ANCHOR_TIME = timedelta(hours=18, minutes=30)
# A task that the time limit has not ended by then has no worker any more (``CELERY_TASK_TIME_LIMIT``, five minutes).
LONGEST_TASK = timedelta(minutes=6)


def periodic(*, bound: timedelta = LONGEST_TASK) -> Callable[[Callable[[], Any]], Any]:
    """Make a function a task that runs once at a time and leaves a ``Pulse`` under its own name each time it came to its end.

    A worker that dies in it keeps others from it for ``bound`` at most.
    """

    def decorate(work: Callable[[], Any]) -> Any:
        @wraps(work)
        def run() -> None:
            with leases.alone(work.__name__, bound=bound) as mine:
                if mine:
                    work()

        return shared_task(run)

    return decorate


# A pass takes 20 seconds, and a try of one mail ten at each word of the mail server.
@periodic(bound=timedelta(seconds=90))
def drain() -> None:
    """Send the mails that wait in the outbox."""
    notices.drain()


@shared_task
def run_jobs() -> None:
    """Do rows of long work for a while, and ask for another turn behind whatever else waits for this worker.

    The one task that workers do side by side: its rows are kept from being done twice by locks of their own.
    """
    if jobs.run(WORK):
        notices.wake("run_jobs")
    Pulse.objects.update_or_create(name="run_jobs", defaults={"at": timezone.now()})


@periodic()
def seal() -> None:
    """Put paragraphs written since the last checkpoint under a new signed one; a tampered checkpoint becomes an incident."""
    try:
        sealer.seal()
        incidents.cured("seal/broken")
    except sealer.BrokenSeal as broken:
        incidents.report("seal/broken", partial(str, broken))


@periodic()
def expire_postings() -> None:
    """Withdraw the powers of postings that ended and give those of postings that began; forget sign-ins and failures that are over."""
    sign_ins.forget_ended()
    lockouts.forget_old()
    drift = postings.expire(today())
    if drift:
        logger.warning("grants brought to the postings: %s missing, %s extra", len(drift.missing), len(drift.extra))


@periodic()
def end_by_clock() -> None:
    """Send on the files whose time came: windows of opinion that closed, watches that ended; by the calendar in force now."""
    office_days.follow_up()
    clock.sweep()


@periodic()
def sweep_stuck_files() -> None:
    """Raise an incident for every file that nobody can take forward."""
    feasibility.sweep()


@periodic()
def tell_due() -> None:
    """Tell each office of the files that fall due on the next working day."""
    due.sweep()


@periodic()
def escalate() -> None:
    """Tell superiors of files that have been late for as long as the State's rules say."""
    escalation.sweep()


@periodic()
def remind() -> None:
    """Remind districts of the last day of a season, mark who missed it, and list the missing."""
    reminders.sweep()


@periodic()
def mail_digests() -> None:
    """Make the daily mail of every officer whose hour has come."""
    digests.sweep()


@shared_task
def look_at(cases: list[int]) -> None:
    """Look whether somebody can take the files that have just come to a step; the sweep finds them too, a minute later."""
    feasibility.look_at(cases)


@periodic()
def check_obstacles() -> None:
    """Look where files would stop before any comes there: every night, and when a posting was made or ended."""
    obstacles.check()


@periodic()
def mail_anchor() -> None:
    """Mail the newest checkpoint, once a day, to those who keep it outside: from then on it is the record's anchor.

    It falls due at 18:30 Indian Standard Time. Asked often, so that an evening without a worker is made good when one is back.
    """
    note = sealer.newest_note() or ""
    day = (timezone.localtime(timezone=IST) - ANCHOR_TIME).date()
    for address in settings.ANCHOR_ADDRESSES if note else ():
        notices.put(f"anchor/{day}/{address}", address=address, subject=f"{settings.RECORD_ORIGIN} · {day}", text=note)


@periodic()
def fold_figures() -> None:
    """Make one row of the many that the database adds to the sums of the boards."""
    summing.fold()


@periodic()
def print_orders() -> None:
    """Make the PDFs of orders that are sealed and have none yet."""
    printing.print_waiting()


@periodic()
def sweep_lists() -> None:
    """Take away the files of long lists that were kept for their day, and what lost workers left."""
    keeping.sweep()


@periodic()
def sweep_workbooks() -> None:
    """Remove the contents of workbooks that were kept long enough."""
    sending.sweep()
