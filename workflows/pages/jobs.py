"""Long work as its officer sees it: how far it is while it runs, and at the end a line for each row."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programme.models import Officer
from programme.models.naming import in_language
from workflows import jobs
from workflows.exports import keeping
from workflows.exports.declaring import Asked, Chunks, Heading, Line, Listed, day_of, number_in, one_by_one, time_of
from workflows.exports.linking import link
from workflows.models import Job, JobRow, JobStatus, Pulse, RowStatus, WrittenList
from workflows.pages.frame import OfficerRequest, for_officers, page_of, show
from workflows.pages.health import SILENCE
from workflows.pages.problems import SAFE, only
from workflows.sheets.columns import Type
from workflows.work import WORK

REFRESH, REFRESH_WITHOUT_WORKER = 2, 30


@only(*SAFE)
@for_officers
def jobs_page(request: OfficerRequest) -> HttpResponse:
    """List the long work the officer may see, the newest first."""
    page = page_of(request, _readable(request.user).order_by("-pk"))
    context = {"page": page, "rows": titled(page.object_list), "get_list": link(JOBS, page.paginator.count)}
    return show(request, "jobs.html", context)


@only(*SAFE)
@for_officers
def job_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show how far one job is; the page asks again by itself while it runs."""
    job = _readable_job(request, pk)
    chosen, rows = request.GET.get("show", ""), _rows(job, request.GET)
    mine = job.by_id in {request.user.pk, None}
    work = WORK.get(job.kind)
    page = page_of(request, rows)
    context = {
        "job": job,
        "title": title(job),
        "page": page,
        "get_list": link(JOB, page.paginator.count, job=job.pk, show=chosen),
        "list": WrittenList.objects.filter(job=job, by=request.user).first() if job.kind == keeping.KIND else None,
        "choices": _choices(job),
        "chosen": chosen,
        "left": _time_left(job),
        **liveness(),
        "mine": mine,
        "may_cancel": job.is_open and work and work.may_be_cancelled,
        "may_retry": mine and work and (job.status == JobStatus.FAILED or (job.status == JobStatus.FINISHED and job.refused + job.failed)),
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
    job = _readable_job(request, pk)
    # Rows of a kind that nobody knows any more would wait for ever.
    if job.kind in WORK and jobs.retry(job, by=request.user):
        messages.success(request, _("The rows that were not done are tried again."))
    return redirect("job", pk=pk)


def title(job: Job) -> str:
    """Name a job in the reader's language; one of a kind that is no longer known keeps the kind's own word."""
    return WORK[job.kind].title(job) if job.kind in WORK else job.kind


def titled(rows: Iterable[Job]) -> list[tuple[str, Job]]:
    return [(title(job), job) for job in rows]


def _readable(officer: Officer) -> QuerySet[Job]:
    return jobs.visible_to(officer).select_related("by", "cancelled_by")


def _rows(job: Job, query: QueryDict) -> QuerySet[JobRow]:
    rows, chosen = job.rows.select_related("case").order_by("position"), query.get("show", "")
    return rows.filter(status=chosen) if chosen in RowStatus.values else rows


def _readable_job(request: OfficerRequest, pk: int) -> Job:
    job = _readable(request.user).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


def _choices(job: Job) -> list[tuple[str, str, int]]:
    """Return the ways to look at the rows, with how many each shows; empty ones are left out."""
    waiting = job.total - job.ended
    counts = {RowStatus.WAITING: waiting, RowStatus.DONE: job.done, RowStatus.REFUSED: job.refused, RowStatus.FAILED: job.failed}
    return [("", _("All"), job.total)] + [(status.value, str(status.label), count) for status, count in counts.items() if count]


def liveness() -> dict[str, Any]:
    """Return when a worker was last seen alive (``None`` before the first one), and how soon a page that waits for it asks again."""
    seen = Pulse.objects.filter(name="worker").values_list("at", flat=True).first()
    silent = seen is None or timezone.now() - seen > SILENCE
    return {"seen": seen, "silent": silent, "refresh": REFRESH_WITHOUT_WORKER if silent else REFRESH}


def _time_left(job: Job) -> str:
    seconds = jobs.seconds_left(job) if job.is_open else None
    if seconds is None:
        return ""
    if seconds < 60:
        return _("less than a minute left")
    minutes = -(-seconds // 60)
    return ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes) % {"count": minutes}


# --- as lists -----------------------------------------------------------------------------------------------------------


def _of_job(job: Job, asked: Asked) -> Line:
    return {
        "job": job.pk,
        "title": title(job),
        "by": job.by.name if job.by else "",
        "asked": day_of(job.made_at),
        "time": time_of(job.made_at),
        "status": job.get_status_display(),
        **{name: getattr(job, name) for name in ("total", "done", "refused", "failed")},
        "ended": day_of(job.finished_at),
    }


def _job(asked: Asked) -> Job:
    return _readable(asked.officer).get(pk=number_in(asked.query, "job"))


def _lines_of_job(chunks: Chunks, asked: Asked) -> Iterator[Line]:
    """What became of files that another officer's work went through is his to read; that it was done is said to all."""
    mine = _job(asked).by_id in {asked.officer.pk, None}
    for rows in chunks:
        for row in rows:
            yield {
                "position": row.position,
                "row": row.name,
                "status": row.get_status_display(),
                "sentence": in_language(row, "sentence") if mine or row.status != RowStatus.DONE else "",
                "number": row.case.number if row.case else "",
            }


STATUS = Heading("status", gettext_lazy("status"), width=14)
JOBS = Listed(
    name="jobs",
    title=lambda asked: _("Work in progress"),
    headings=(
        Heading("job", gettext_lazy("Number"), Type.WHOLE, 10),
        Heading("title", gettext_lazy("Work"), width=44),
        Heading("by", gettext_lazy("started by"), width=30),
        Heading("asked", gettext_lazy("asked for"), Type.DATE, 13),
        Heading("time", gettext_lazy("Time of day"), width=10),
        STATUS,
        *(Heading(name, Job._meta.get_field(name).verbose_name, Type.WHOLE, 10) for name in ("total", "done", "refused", "failed")),  # type: ignore[union-attr]
        Heading("ended", gettext_lazy("ended"), Type.DATE, 13),
    ),
    rows=lambda asked: _readable(asked.officer).order_by("-pk"),
    lines=one_by_one(_of_job),
)
JOB = Listed(
    name="job",
    title=lambda asked: title(_job(asked)),
    headings=(
        Heading("position", gettext_lazy("Number"), Type.WHOLE, 10),
        Heading("row", gettext_lazy("Row"), width=36),
        STATUS,
        Heading("sentence", gettext_lazy("What happened"), Type.LONG_TEXT, 60),
        Heading("number", gettext_lazy("File"), Type.IDENTIFIER, 22),
    ),
    rows=lambda asked: _rows(_job(asked), asked.query),
    lines=_lines_of_job,
)
