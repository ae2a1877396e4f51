"""What must hold of the whole database when the faults are over and the work is done."""

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from workflows.models import Case, Incident, Job, JobRow, Message, Movement
from workflows.record.verifier import verify

OPEN = ("waiting", "running")


def broken() -> list[str]:
    """Return a sentence for each invariant that does not hold."""
    return [f"{said}: {count}" for said, count in _counts().items() if count] + [finding.sentence for finding in verify().findings]


def _counts() -> dict[str, int]:
    now = timezone.now()
    ended = [STATUS.DONE, STATUS.CANCELED, STATUS.REVIVED]
    open_stays = Movement.objects.filter(disposed=None)
    at_once = open_stays.values("case", "step", "office").annotate(stays=Count("pk")).filter(stays__gt=1)
    still = Q(Exists(open_stays.filter(case=OuterRef("pk"))))
    return {
        "open stays without an open task of the engine": open_stays.filter(task__status__in=ended).count(),
        "open tasks of the engine without an open stay": Task.objects.exclude(status__in=ended).exclude(
            pk__in=open_stays.values("task")).count(),
        "files that wait twice at a step": at_once.count(),
        "files that neither wait nor have ended": Case.objects.filter(~still, ending="").count(),
        "files that wait although they ended": Case.objects.filter(still).exclude(ending="").count(),
        "jobs left open": Job.objects.filter(status__in=OPEN).count(),
        "jobs whose counts are not those of their rows": sum(_miscounted(job) for job in Job.objects.all()),
        "rows refused or failed": JobRow.objects.exclude(status__in=["waiting", "done"]).count(),
        "leases left on jobs": Job.objects.filter(leased_until__gt=now).count(),
        "leases left on mails": Message.objects.filter(leased_until__gt=now, sent_at=None).count(),
        "incidents open": Incident.objects.filter(closed_at=None).filter(Q(key__startswith="job/") | Q(key__startswith="clock/")).count(),
    }  # fmt: skip


def _miscounted(job: Job) -> bool:
    return job.done != job.rows.filter(status="done").count()
