"""Long work, row by row. A row's act and its mark stand in one transaction: a lost worker loses nothing and doubles nothing."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import monotonic, sleep
from traceback import extract_tb
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from programme.asking import Asked, Given
from programme.bilingual import in_both
from programme.models import Officer, State
from programme.powers import Power
from workflows import incidents, notices
from workflows.authority import Overtaken, Refusal, capacities
from workflows.models import Case, Job, JobRow, JobStatus, RowStatus
from workflows.writing import Change, together

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
# Mail and seals wait for the same worker, so a pass leaves it to them after this many seconds.
PASS = 20.0
GIVE_UP_AFTER = 8
BREATH = 0.01
RECENT = timedelta(days=1)
OPEN = (JobStatus.WAITING, JobStatus.RUNNING)
REFUSALS = (Refusal, Overtaken, ValidationError)
# The database broke off (restarted, full, a lock that did not come): no fault of the row, which waits for whoever takes the job up next.
BROKEN_OFF = (OperationalError, InterfaceError)


@dataclass(frozen=True)
class Done:
    """What an act has to show: the file it was about, and what happened in both languages where "done" does not say it."""

    case: Case | None = None
    sentence_en: str = ""
    sentence_hi: str = ""


@dataclass(frozen=True)
class Work:
    """One kind of long work.

    ``title`` names a job in the reader's language. ``act`` does one row, for ``row.job.by`` and in his language, in a
    transaction that is already open; it asks the authority itself, because the officer may hold another post by now. It
    raises ``Refusal``, ``Overtaken`` or ``ValidationError`` with a sentence when the row cannot be, and is then asked once
    more for the sentence in the other language. It writes to the database alone: what it did is undone when the worker is lost.
    ``prepare`` does beforehand what takes long and writes nothing that counts, such as making a file: no transaction is open, so
    nobody is kept waiting. It is given a function to call every few seconds, which keeps the row and says ``False`` once the work
    was stopped; what it returns is ``act``'s as ``row.prepared``, ``None`` when another worker or a refusal came between. It may
    raise a refusal, after which ``act`` has to raise the same.
    ``refused`` writes beside the row's mark, in the same transaction, that its act was refused; it is given the sentences.
    """

    title: Callable[[Job], str]
    act: Callable[[JobRow], Done]
    may_be_cancelled: bool = False
    prepare: Callable[[JobRow, Callable[[], bool]], Any] | None = None
    refused: Callable[[JobRow, dict[str, str]], None] | None = None


Table = Mapping[str, Work]


# --- asking for work ----------------------------------------------------------------------------------------------------


def start(
    kind: str,
    *,
    by: Officer | None,
    key: str,
    rows: Iterable[JobRow],
    args: dict[str, Any] | None = None,
    state: State | None = None,
) -> Job:
    """Write a job and its rows in the caller's transaction and return it; the same key twice is one job.

    ``rows`` are new ``JobRow`` with key, names, args and case; their order is the order of the work. ``by`` is ``None`` for
    what the system does by itself, which has to name the ``state`` whose administrator sees it. Raises ``Refusal`` when
    an officer without a charge asks.
    """
    listed = list(rows)
    with transaction.atomic():
        first = {"kind": kind, "by": by, "args": args or {}, "state": state or _state_of(by), "total": len(listed)}
        job, made = Job.objects.get_or_create(key=key, defaults=first)
        if made:
            for position, row in enumerate(listed, 1):
                row.job, row.position = job, position
            JobRow.objects.bulk_create(listed, batch_size=500)
            transaction.on_commit(partial(notices.wake, "run_jobs"))
    return job


def _state_of(officer: Officer | None) -> State:
    held = capacities(officer) if officer else []
    if not held:
        raise Refusal(_("You hold no charge today."))
    return held[0].office.designation.state


def cancel(job: Job, *, by: Officer, work: Work) -> bool:
    """Stop a job: rows done stay done, rows that wait are left. Return ``False`` when it had ended before."""
    _check_visible(job, by)
    if not work.may_be_cancelled:
        raise Refusal(_("Work of this kind cannot be stopped half way."))
    stopped = {"status": JobStatus.CANCELLED, "cancelled_by": by, "finished_at": timezone.now()}
    return Job.objects.filter(pk=job.pk, status__in=OPEN).update(**stopped) == 1


def retry(job: Job, *, by: Officer) -> bool:
    """Put the refused and failed rows of an ended job back to wait. Return ``False`` when there is none, or it has not ended.

    The rows are done in the name of whoever started the job, so nobody else may ask; the system's own jobs are the
    administrator's to retry.
    """
    _check_visible(job, by)
    if job.by_id not in {by.pk, None}:
        raise Refusal(_("Only the officer who started this work can have it tried again: it is done in that officer's name."))
    return again(job, rows=(RowStatus.REFUSED, RowStatus.FAILED))


@transaction.atomic
def again(job: Job, *, rows: Iterable[RowStatus] = (RowStatus.FAILED,)) -> bool:
    """Put rows that ended so back to wait, whoever asks; return ``False`` when none waits then, or the job has not ended."""
    held = Job.objects.select_for_update().get(pk=job.pk)
    if held.status not in {JobStatus.FINISHED, JobStatus.FAILED}:
        return False
    ended = held.rows.filter(status__in=list(rows))
    ended.update(status=RowStatus.WAITING, sentence_en="", sentence_hi="", ended_at=None)
    if not held.rows.filter(status=RowStatus.WAITING).exists():
        return False
    held.status, held.attempts, held.failed = JobStatus.WAITING, 0, 0
    held.refused = held.rows.filter(status=RowStatus.REFUSED).count()
    held.started_at, held.finished_at, held.leased_until = None, None, timezone.now()
    held.save()
    transaction.on_commit(partial(notices.wake, "run_jobs"))
    return True


# --- seeing it ----------------------------------------------------------------------------------------------------------


def visible_to(officer: Officer) -> QuerySet[Job]:
    """Return the jobs the officer started in a State where a charge is still held, and all of the State he administers."""
    held = capacities(officer)
    administered = {c.office.state_id for c in held if Power.ADMINISTER in c.powers}
    return Job.objects.filter(Q(by=officer, state__in={c.office.state_id for c in held}) | Q(state__in=administered))


def recent(officer: Officer) -> QuerySet[Job]:
    """Return the officer's own jobs that are open or ended within the last day, the newest first."""
    return (visible_to(officer) & of(officer, timezone.now() - RECENT)).order_by("-pk")


def of(officer: Any, since: Any) -> QuerySet[Job]:
    """Return what an officer started anywhere, and what is open or ended since then."""
    return Job.objects.filter(Q(status__in=OPEN) | Q(finished_at__gte=since), by=officer)


def left_alone(since: timedelta) -> QuerySet[Job]:
    """Return open jobs that no worker has had for at least ``since``."""
    return Job.objects.filter(status__in=OPEN).annotate(had=Coalesce("leased_until", "made_at")).filter(had__lt=timezone.now() - since)


def seconds_left(job: Job) -> int | None:
    """Estimate how long the rest takes at the pace since the job began; ``None`` before its first row has ended."""
    if job.started_at is None:
        return None
    ended = job.rows.filter(ended_at__gte=job.started_at).count()
    gone = (timezone.now() - job.started_at).total_seconds()
    return round(gone / ended * (job.total - job.ended)) if ended else None


def _check_visible(job: Job, officer: Officer) -> None:
    if not visible_to(officer).filter(pk=job.pk).exists():
        raise Refusal(_("This work belongs to another officer."))


# --- doing it -----------------------------------------------------------------------------------------------------------


def run(table: Table, *, seconds: float = PASS) -> int:
    """Do waiting rows of the kinds in ``table`` for about ``seconds`` and return how many came to an end.

    May run in any number of workers at once. A job is leased, so that workers share out jobs; what keeps a row from being
    done twice is its own lock.
    """
    until = monotonic() + seconds
    served: list[int] = []
    ended = 0
    while monotonic() < until and (job := _claim(table, served)):
        served.append(job.pk)
        while _take_row(table[job.kind], job):
            ended += 1
            _let_others_write()
            if monotonic() >= until:
                break
        _leave(job, table[job.kind])
    return ended


def _claim(table: Table, served: list[int]) -> Job | None:
    """Lease the job that was longest without a worker; one whose workers were lost again and again is given up instead."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    waiting = Job.objects.filter(free, status__in=OPEN, kind__in=list(table)).exclude(pk__in=served)
    for job in waiting.order_by(F("leased_until").asc(nulls_first=True), "pk"):
        claim = Job.objects.filter(free, pk=job.pk, status__in=OPEN, attempts=job.attempts)
        if job.attempts >= GIVE_UP_AFTER:
            _give_up(claim, job, table[job.kind])
        elif claim.update(
            status=JobStatus.RUNNING, leased_until=now + LEASE, attempts=job.attempts + 1, started_at=Coalesce("started_at", now)
        ):
            return job
    return None


@transaction.atomic
def _give_up(claim: QuerySet[Job], job: Job, work: Work) -> None:
    if claim.update(status=JobStatus.FAILED, finished_at=timezone.now()) == 1:
        job.status = JobStatus.FAILED
        _report(job, work)


def _take_row(work: Work, job: Job) -> bool:
    """Do the next waiting row that no other worker holds; return ``False`` when there is none, or the job was stopped."""
    row = None
    try:
        ahead = _rows_to_do(job).first() if work.prepare else None
        row, prepared = ahead, _prepared(work.prepare, ahead) if ahead and work.prepare else None
        with transaction.atomic():
            row = _next_row(job)
            if row is None:
                return False
            row.prepared = prepared if row == ahead else None  # type: ignore[attr-defined]
            _mark(row, **_act(work, row))
    except Exception as error:
        if row is None or isinstance(error, BROKEN_OFF):
            raise
        # With the act everything it wrote is undone, also when only the commit found the fault.
        place = extract_tb(error.__traceback__)[-1]
        logger.error("job %s row %s: %s at %s:%s", job.pk, row.pk, type(error).__name__, place.filename, place.lineno)
        _fail(row)
    return True


def _fail(row: JobRow) -> None:
    """Mark a row as failed; one that another worker has ended since is left as it is."""
    with transaction.atomic():
        if JobRow.objects.select_for_update().filter(pk=row.pk, status=RowStatus.WAITING).first():
            _mark(row, status=RowStatus.FAILED, **in_both(_failure, "sentence"))


def _rows_to_do(job: Any) -> QuerySet[JobRow]:
    rows = JobRow.objects.filter(job=job, status=RowStatus.WAITING, job__status=JobStatus.RUNNING)
    return rows.select_related("job__by").order_by("position")


NEXT_ROW = Asked(lambda: _rows_to_do(Given("job")).select_for_update(skip_locked=True, of=("self",))[:1])


def _next_row(job: Job) -> JobRow | None:
    row: JobRow | None = NEXT_ROW.first(job=job.pk)
    return row


def _prepared(prepare: Callable[[JobRow, Callable[[], bool]], Any], row: JobRow) -> Any:
    """Let what takes long happen before the row's transaction; ``None`` when it is refused, which the act then says."""
    try:
        return prepare(row, partial(_keep, row.job))
    except REFUSALS:
        return None


def _keep(job: Job) -> bool:
    """Extend the lease of a job that is being done; ``False`` when it was stopped."""
    return Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING).update(leased_until=timezone.now() + LEASE) == 1


def _act(work: Work, row: JobRow) -> dict[str, Any]:
    """Let the row's act happen and return what is to be marked on the row. A refused act is undone, then asked in the other language."""
    own = row.job.by.language if row.job.by else settings.LANGUAGE_CODE
    refusals = {}
    for language in (own, "en" if own == "hi" else "hi"):
        with translation.override(language):
            try:
                with transaction.atomic():
                    done = work.act(row)
            except REFUSALS as refusal:
                refusals[f"sentence_{language}"] = sentence(refusal)
            else:
                case = done.case or row.case
                return {"status": RowStatus.DONE, "case": case, "sentence_en": done.sentence_en, "sentence_hi": done.sentence_hi}
    if work.refused:
        work.refused(row, refusals)
    return {"status": RowStatus.REFUSED, **refusals}


def _mark(row: JobRow, *, status: RowStatus, **marks: Any) -> None:
    """Mark how a row ended that waits and is held, count it and extend the lease."""
    now = timezone.now()
    case = marks.pop("case", None)
    marks |= {"case_id": case.pk} if case else {}
    ended = Change(JobRow, {"id": row.pk}, {"status": status, "ended_at": now, **marks})
    together(ended, Change(Job, {"id": row.job_id}, {"leased_until": now + LEASE, "attempts": 0}, adds=status.value))


def _let_others_write() -> None:
    """Pause between rows on SQLite, which lets in one writer at a time and keeps no queue: an officer's page would wait seconds."""
    if not connection.features.has_select_for_update:
        sleep(BREATH)


def _leave(job: Job, work: Work) -> None:
    """End a job that has no row left to do, or set it free for the next pass."""
    with transaction.atomic():
        held = Job.objects.select_for_update().get(pk=job.pk)
        held.leased_until, held.attempts = timezone.now(), 0
        if held.status == JobStatus.RUNNING and not held.rows.filter(status=RowStatus.WAITING).exists():
            held.status, held.finished_at = JobStatus.FINISHED, timezone.now()
            _report(held, work)
        held.save(update_fields=["leased_until", "attempts", "status", "finished_at"])


# --- saying it ----------------------------------------------------------------------------------------------------------


def _report(job: Job, work: Work) -> None:
    """Raise an incident for a job that failed or has failed rows; close the one of a job that came right."""
    key = f"job/{job.pk}"
    if job.status == JobStatus.FAILED or job.failed:
        incidents.report(key, partial(_fault, job, work))
    else:
        incidents.cured(key)


def _fault(job: Job, work: Work) -> str:
    said = {"title": work.title(job), "number": job.pk, "failed": job.failed, "total": job.total}
    if job.status == JobStatus.FAILED:
        return _("“%(title)s” (work %(number)s) was given up: the worker was lost at the same row again and again.") % said
    return _("“%(title)s” (work %(number)s): %(failed)s of %(total)s rows failed.") % said


def _failure() -> str:
    return _("The machine failed here and nothing was written. Try again; if it fails again, tell the programme administrator.")


def sentence(refusal: Exception) -> str:
    """Return what a refusal says to its reader."""
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
