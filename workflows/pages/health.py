"""Is everything alive: for the administrator as a page, for a watching machine as JSON."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.powers import Power
from workflows import jobs, notices
from workflows.authority import Refusal, may_anywhere
from workflows.models import Checkpoint, Incident, Job, Noting, Obstacle, Pulse, RegisterLine
from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.problems import SAFE, only
from workflows.repairs import rights

# Worker and beat show themselves every 20 seconds, the postman runs every few and the sealer every 60; two minutes of silence is a fault.
SILENCE = timedelta(minutes=2)
SEALED: tuple[Any, ...] = (Noting, RegisterLine)
# What runs every minute by itself; the one that was silent longest speaks for all.
SWEEPS = ("end_by_clock", "sweep_stuck_files", "tell_due", "escalate", "remind", "mail_digests")
OLDEST_MAIL = timedelta(minutes=15)


@dataclass(frozen=True)
class Sign:
    """One sign of life: its name for machines, how it reads for people, and whether it is well."""

    name: str
    title: str
    well: bool
    said: str
    seconds: int | None = None


def signs(now: datetime | None = None) -> list[Sign]:
    """Return the signs of life; with the database away there is only that one."""
    now = now or timezone.now()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found = [Sign("database", _("Database"), True, _("answers"))]
        pulses = dict(Pulse.objects.values_list("name", "at"))
        for name, title in (("worker", _("Worker")), ("beat", _("Clock (beat)")), ("drain", _("Postman")), ("seal", _("Sealer"))):
            found.append(_pulse(name, title, pulses.get(name), now))
        found.append(_pulse("sweeps", _("Clocks, reminders and escalation"), _longest_silent(pulses), now))
        return [*found, _seal(now), _outbox(now), _jobs(), _incidents(), _obstacles()]
    except DatabaseError:
        return [Sign("database", _("Database"), False, _("does not answer"))]


def ailing() -> list[Sign]:
    """Return the signs that are not well. Whoever serves the page finds them, so it needs no worker to be told."""
    return [sign for sign in signs() if not sign.well]


def _longest_silent(pulses: dict[str, datetime | None]) -> datetime | None:
    """Return when the sweep that was silent longest was seen; ``None`` when one of them never came to its end."""
    seen = [at for name in SWEEPS if (at := pulses.get(name))]
    return min(seen) if len(seen) == len(SWEEPS) else None


def _pulse(name: str, title: str, at: datetime | None, now: datetime) -> Sign:
    if at is None:
        # On the first day nothing was written yet, so nobody can be late with it.
        return Sign(name, title, not Noting.objects.exists(), _("was never seen"))
    return Sign(name, title, now - at <= SILENCE, _("seen %(age)s ago") % {"age": _age(now - at)}, int((now - at).total_seconds()))


def _seal(now: datetime) -> Sign:
    """Old seals are well while nothing new was written; an unsealed paragraph older than two minutes is not."""
    last = Checkpoint.objects.order_by("-size").first()
    oldest = (table.objects.filter(leaf=None).order_by("written_at").values_list("written_at", flat=True).first() for table in SEALED)
    unsealed = min((at for at in oldest if at), default=None)
    well = unsealed is None or now - unsealed <= SILENCE
    if last is None:
        return Sign("last_seal", _("Last seal"), well, _("nothing is sealed yet"))
    return Sign(
        "last_seal", _("Last seal"), well, _("%(age)s ago") % {"age": _age(now - last.made_at)}, int((now - last.made_at).total_seconds())
    )


def _outbox(now: datetime) -> Sign:
    waiting = notices.waiting()
    count, oldest = waiting.count(), waiting.values_list("made_at", flat=True).first()
    said = ngettext("%(count)s mail waits", "%(count)s mails wait", count) % {"count": count}
    return Sign("outbox", _("Outbox"), oldest is None or now - oldest <= OLDEST_MAIL, said, count)


def _jobs() -> Sign:
    """Long work is well while a worker comes back to it; what failed stands among the incidents until it is tried again."""
    open_now = Job.objects.filter(status__in=jobs.OPEN).count()
    failed = Incident.objects.filter(key__startswith="job/", closed_at=None).count()
    said = _("%(open)s open, %(failed)s with failures") % {"open": open_now, "failed": failed}
    return Sign("jobs", _("Work in progress"), not jobs.left_alone(SILENCE).exists(), said, open_now)


def _incidents() -> Sign:
    count = Incident.objects.filter(closed_at=None).count()
    return Sign("incidents", _("Open incidents"), True, str(count), count)


def _obstacles() -> Sign:
    """An empty post is the administration's affair, not the machine's: the count informs and alarms nobody."""
    count = Obstacle.objects.filter(closed_at=None, stops=True).count()
    return Sign("obstacles", _("Places where files would stop"), True, str(count), count)


def _age(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    if seconds < 120:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    if seconds < 7200:
        return ngettext("%(count)s minute", "%(count)s minutes", seconds // 60) % {"count": seconds // 60}
    return ngettext("%(count)s hour", "%(count)s hours", seconds // 3600) % {"count": seconds // 3600}


@only(*SAFE)
def alive(request: HttpRequest) -> HttpResponse:
    """Answer a watching machine: 200 when all is well, 503 when something is stale. It says nothing of any file."""
    found = signs()
    well = all(sign.well for sign in found)
    body = {"well": well, "signs": {sign.name: {"well": sign.well, "figure": sign.seconds} for sign in found}}
    return JsonResponse(body, status=200 if well else 503, headers={"Cache-Control": "no-store"})


@only(*SAFE)
@for_officers
def health(request: OfficerRequest) -> HttpResponse:
    """Show the signs of life and the incidents that wait for the administrator."""
    if not any(may_anywhere(request.user, power) for power in (Power.ADMINISTER, Power.AUDIT)):
        raise Refusal(_("This page is open to the programme administrator and to auditors."))
    incidents = Incident.objects.filter(closed_at=None).select_related("case").order_by("-raised_at")[:50]
    context = {"signs": signs(), "incidents": incidents, "repairs": rights.states_of(request.user)}
    return show(request, "health.html", context, tab="health")
