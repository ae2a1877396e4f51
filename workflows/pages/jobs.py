"""Long work as its officer sees it: how far it is while it runs, and at the end a line for each row."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows import jobs
from workflows.models import Job, JobStatus, Pulse, RowStatus
from workflows.pages.frame import OfficerRequest, for_officers, page_of, show
from workflows.pages.health import SILENCE
from workflows.pages.problems import SAFE, only
from workflows.work import WORK

REFRESH, REFRESH_WITHOUT_WORKER = 2, 30


@only(*SAFE)
@for_officers
def jobs_page(request: OfficerRequest) -> HttpResponse:
    """List the long work the officer may see, the newest first."""
    page = page_of(request, _readable(request).order_by("-pk"))
    return show(request, "jobs.html", {"page": page, "rows": titled(page.object_list)})


@only(*SAFE)
@for_officers
def job_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show how far one job is; the page asks again by itself while it runs."""
    job = _readable_job(request, pk)
    chosen = request.GET.get("show", "")
    rows = job.rows.select_related("case").order_by("position")
    if chosen in RowStatus.values:
        rows = rows.filter(status=chosen)
    seen = _worker_seen()
    silent = seen is None or timezone.now() - seen > SILENCE
    mine = job.by_id in {request.user.pk, None}
    work = WORK.get(job.kind)
    context = {
        "job": job,
        "title": title(job),
        "page": page_of(request, rows),
        "choices": _choices(job),
        "chosen": chosen,
        "left": _time_left(job),
        "seen": seen,
        "silent": silent,
        "refresh": REFRESH_WITHOUT_WORKER if silent else REFRESH,
        "mine": mine,
        "may_cancel": job.is_open and work and work.may_be_cancelled,
        "may_retry": mine and (job.status == JobStatus.FAILED or (job.status == JobStatus.FINISHED and job.refused + job.failed)),
    }
    return show(request, "job.html", context)


@only("POST")
@for_officers
def cancel(request: OfficerRequest, pk: int) -> HttpResponse:
    """Stop the work after the row that is being done."""
    job = _readable_job(request, pk)
    if job.is_open and job.kind in WORK and jobs.cancel(job, by=request.user, work=WORK[job.kind]):
        messages.success(request, _("Stopped. What was done stays done."))
    return redirect("job", pk=pk)


@only("POST")
@for_officers
def retry(request: OfficerRequest, pk: int) -> HttpResponse:
    """Have the rows that were refused or failed tried again."""
    if jobs.retry(_readable_job(request, pk), by=request.user):
        messages.success(request, _("The rows that were not done are tried again."))
    return redirect("job", pk=pk)


def title(job: Job) -> str:
    """Name a job in the reader's language; one of a kind that is no longer known keeps the kind's own word."""
    return WORK[job.kind].title(job) if job.kind in WORK else job.kind


def titled(rows: Iterable[Job]) -> list[tuple[str, Job]]:
    return [(title(job), job) for job in rows]


def _readable(request: OfficerRequest) -> QuerySet[Job]:
    return jobs.visible_to(request.user).select_related("by", "cancelled_by")


def _readable_job(request: OfficerRequest, pk: int) -> Job:
    job = _readable(request).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


def _choices(job: Job) -> list[tuple[str, str, int]]:
    """Return the ways to look at the rows, with how many each shows; empty ones are left out."""
    waiting = job.total - job.ended
    counts = {RowStatus.WAITING: waiting, RowStatus.DONE: job.done, RowStatus.REFUSED: job.refused, RowStatus.FAILED: job.failed}
    return [("", _("All"), job.total)] + [(status.value, str(status.label), count) for status, count in counts.items() if count]


def _worker_seen() -> datetime | None:
    """Return when a worker was last seen alive; ``None`` before the first one."""
    return Pulse.objects.filter(name="worker").values_list("at", flat=True).first()


def _time_left(job: Job) -> str:
    seconds = jobs.seconds_left(job) if job.is_open else None
    if seconds is None:
        return ""
    if seconds < 60:
        return _("less than a minute left")
    minutes = -(-seconds // 60)
    return ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes) % {"count": minutes}
