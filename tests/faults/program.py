"""What worker and beat of a run are started with: the product's own application, made slow where it hurts, or unprotected.

A row is held for a moment between its act and its mark, a stay between its paragraph and its end, what a sweep tells between its
lines and their end: there a kill would show first that the two are not one. The leases are short, so that a lost worker's work is
taken up within seconds. With a moment in ``FAULTS_CLOCK`` the programs take it for the time at which they began.
"""

import os
import time
from datetime import datetime, timedelta
from typing import Any

import django
from celery.signals import task_prerun

django.setup()

from django.db import connection, transaction  # noqa: E402 -- the applications have to be there first
from django.db.backends.signals import connection_created  # noqa: E402
from django.utils import timezone  # noqa: E402

from project.celery import app  # noqa: E402 -- what -A looks for
from tests.workflows import long_work  # noqa: E402
from workflows import holding, jobs, leases, notices, pulling_back, steps, tasks  # noqa: E402
from workflows.models import JobRow, RowStatus  # noqa: E402

SECONDS = float(os.environ.get("FAULTS_SECONDS", "0.04"))
SHORT = timedelta(seconds=4)
jobs.LEASE, notices.LEASE, jobs.PASS = SHORT, SHORT, 6.0
tasks.WORK.update(long_work.TABLE)
mark, dispose, tell_all, claim, now = jobs._mark, holding.dispose, notices.tell_all, leases._claim, timezone.now
LATER = datetime.fromisoformat(os.environ["FAULTS_CLOCK"]) - now() if os.environ.get("FAULTS_CLOCK") else timedelta(0)


def named(connection: Any, **kwargs: Any) -> None:
    """Let the database know each connection by its process and task, so that a kill can be shown to have met a transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            task = getattr(app.current_task, "name", "").rpartition(".")[2]
            cursor.execute("SELECT set_config('application_name', %s, false)", [f"faults-{os.getpid()}-{task}"])


def begins(**kwargs: Any) -> None:
    """A connection that is kept from task to task bears the name of the one that it serves; Celery closes the others here."""
    if connection.connection is not None:
        named(connection)


def slow_mark(row: Any, **marks: Any) -> None:
    time.sleep(SECONDS)
    mark(row, **marks)
    time.sleep(SECONDS)


def slow_dispose(*args: Any, **how: Any) -> None:
    time.sleep(SECONDS)
    dispose(*args, **how)


def slow_tell_all(told: list[Any], **stale: Any) -> None:
    with transaction.atomic():
        tell_all(told, **stale)
        if told:
            time.sleep(8 * SECONDS)


def short_claim(name: str, bound: timedelta) -> datetime | None:
    return claim(name, SHORT)


def shifted_now() -> datetime:
    return now() + LATER


def gap() -> None:
    """Stand where the one is written and the other is not, seen to be at work as those are whom the faults strike."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        time.sleep(8 * SECONDS)


def unprotected_row(work: Any, job: Any) -> bool:
    """Do a row as if nobody else did and nobody ever died: no lock, no lease, and act and mark each for themselves.

    Half of the rows are marked before they are done, half after: the first are lost with their worker, the second doubled.
    """
    waiting = JobRow.objects.filter(job=job, status=RowStatus.WAITING).select_related("job__by").order_by("position")
    row = waiting.first()
    if row is None:
        return False
    marks = {"status": RowStatus.DONE, "sentence_en": "", "sentence_hi": ""}
    if row.position % 2:
        JobRow.objects.filter(pk=row.pk).update(status=RowStatus.DONE, ended_at=timezone.now())
        gap()
        jobs._act(work, row)
        jobs.Job.objects.filter(pk=job.pk).update(done=jobs.F("done") + 1)
        return True
    jobs._act(work, row)
    gap()
    mark(row, **marks)
    return True


connection_created.connect(named)
task_prerun.connect(begins)
jobs._mark, notices.tell_all, leases._claim, timezone.now = slow_mark, slow_tell_all, short_claim, shifted_now
steps.dispose = holding.dispose = pulling_back.dispose = slow_dispose
if os.environ.get("FAULTS_WITHOUT_LOCKS"):
    jobs._take_row, jobs.LEASE = unprotected_row, timedelta(seconds=-1)
