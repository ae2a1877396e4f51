"""Declaring and withdrawing holidays and weekly offs, and what that does to clocks: open ones are counted again, closed ones stay."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.bilingual import in_both
from programme.calendar import REMEMBERED, Calendars
from programme.kept import forget
from programme.models import Declared, Holiday, Officer, State, WeeklyOffs
from programme.powers import Power
from programme.zone import IST
from workflows import authority, jobs
from workflows.authority import Overtaken, Refusal
from workflows.jobs import Done, Work
from workflows.models import Job, JobRow, Movement, Pulse

KIND = "clocks"
# As many clocks are moved while the administrator waits, and in each row of the work when there are more.
AT_ONCE = 200


@dataclass(frozen=True)
class Moved:
    """How many clocks a change has moved, or the work that moves those of ``files`` stays."""

    clocks: int
    files: int
    job: Job | None = None


@transaction.atomic
def declare(row: Declared, *, by: Officer) -> Moved:
    """Put a new holiday or new weekly offs in force for its place, and count the open clocks of that place again.

    Raises ``Refusal`` when ``by`` does not administer the State, ``ValidationError`` for what cannot be declared.
    """
    _check(by, row.state)
    row.added_by, row.added_at = by, timezone.now()
    row.full_clean()
    row.save(force_insert=True)
    return _move_clocks(row, by=by, now=row.added_at)


@transaction.atomic
def withdraw(row: Declared, *, why: str, by: Officer) -> Moved:
    """Take a declared row out of force, and count the open clocks of its place again; the row stays, with who, when and why.

    Raises ``Refusal`` when ``by`` does not administer the State, ``ValidationError`` without a reason, ``Overtaken`` when it was
    withdrawn before.
    """
    _check(by, row.state)
    if not why.strip():
        raise ValidationError(_("Write why it is withdrawn."))
    now = timezone.now()
    withdrawn = {"withdrawn_by": by, "withdrawn_at": now, "withdrawn_why": why.strip()}
    if type(row)._default_manager.filter(pk=row.pk, withdrawn_at=None).update(**withdrawn) != 1:
        raise Overtaken(_("It was withdrawn before."))
    row.refresh_from_db()
    return _move_clocks(row, by=by, now=now)


def follow_up() -> int:
    """Count clocks again that a process began by the calendar it remembered from before a change; return how many moved.

    A process remembers for half a minute. Asked every minute, this looks back a little further than that, and further than its last
    time however long no worker ran.
    """
    now = timezone.now()
    last = Pulse.objects.filter(name="end_by_clock").values_list("at", flat=True).first()
    since = min(now, last or now) - timedelta(seconds=6 * REMEMBERED)
    lately = Q(added_by__isnull=False, added_at__gte=since) | Q(withdrawn_at__gte=since)
    states = {row.state_id for table in (Holiday, WeeklyOffs) for row in table.objects.filter(lately)}
    return sum(_move(_counted(state).filter(received__gte=since), Calendars.read(state)) for state in states)


def _check(by: Officer, state: State) -> None:
    """Raise ``Refusal`` unless ``by`` administers the State today, and give the reason."""
    offices = [office for office in authority.offices_with(by, Power.ADMINISTER) if office.state_id == state.pk]
    if not offices:
        raise Refusal(_("You do not administer the set-up of %(state)s.") % {"state": state.name})
    authority.check(by, Power.ADMINISTER, offices[0])


def _move_clocks(row: Declared, *, by: Officer, now: datetime) -> Moved:
    """Move what the row touches: at once where it is little, else as long work in the officer's name."""
    transaction.on_commit(forget)
    touched = _touched(row)
    keys = list(touched.order_by("pk").values_list("pk", flat=True))
    if len(keys) <= AT_ONCE:
        return Moved(_move(touched, Calendars.read(row.state_id)), len(keys))
    parts = [keys[n : n + AT_ONCE] for n in range(0, len(keys), AT_ONCE)]
    rows = [_part(n, part, state=row.state_id) for n, part in enumerate(parts)]
    job = jobs.start(KIND, by=by, key=f"{KIND}/{row._meta.model_name}/{row.pk}/{now.isoformat()}", rows=rows, state=row.state)
    return Moved(0, len(keys), job)


def _part(n: int, keys: list[int], *, state: int) -> JobRow:
    first = n * AT_ONCE + 1
    named = in_both(lambda: _("Clocks %(first)s to %(last)s") % {"first": first, "last": first + len(keys) - 1}, "name")
    return JobRow(key=str(n), args={"state": state, "stays": keys}, **named)


def _touched(row: Declared) -> QuerySet[Movement]:
    """Return the open stays of the row's place whose working days are counted over what it says."""
    begins = getattr(row, row.DAY)
    stays = _counted(row.state_id).filter(due__gte=datetime.combine(begins, time(0), IST))
    if isinstance(row, Holiday):
        stays = stays.filter(counted_from__lte=begins)
    if row.office_id:
        return stays.filter(office=row.office_id)
    return stays.filter(office__district=row.district_id) if row.district_id else stays


def _counted(state_id: int) -> QuerySet[Movement]:
    """Return the open stays of a State's offices that are due by working days."""
    return Movement.objects.filter(disposed=None, days_allowed__isnull=False, office__designation__state=state_id)


@transaction.atomic
def _move(stays: QuerySet[Movement], calendars: Calendars) -> int:
    """Count the due dates of these open stays again from their arrival; return how many moved.

    A window that has passed stays as it is, and no clock is put back into the past: what is not late yet has until the office
    next closes.
    """
    now, moved = timezone.now(), []
    rows: Any = stays.select_related("office").select_for_update(of=("self",)).order_by("pk")
    for stay in rows:
        calendar = calendars.of(stay.office.district_id, stay.office_id)
        due = calendar.add(stay.counted_from, stay.days_allowed)
        if stay.due > now:
            due = max(due, calendar.next_close(now))
        if due != stay.due and (stay.wakes is None or stay.wakes > now):
            stay.due, stay.wakes = due, due if stay.wakes else None
            moved.append(stay)
    return Movement.objects.filter(disposed=None).bulk_update(moved, ["due", "wakes"], batch_size=AT_ONCE) if moved else 0


def _move_part(row: JobRow) -> Done:
    """Move the clocks of one part, for the officer who made the change, if he still administers the State."""
    by, state = row.job.by, State.objects.get(pk=row.args["state"])
    if by:
        _check(by, state)
    count = _move(_counted(state.pk).filter(pk__in=row.args["stays"]), Calendars.read(state.pk))
    said = in_both(lambda: clocks_moved(count), "sentence")
    return Done(sentence_en=said["sentence_en"], sentence_hi=said["sentence_hi"])


def clocks_moved(count: int) -> str:
    """Say how many clocks a change has moved."""
    return ngettext("%(count)s clock moved.", "%(count)s clocks moved.", count) % {"count": count}


def _title(job: Job) -> str:
    return _("Clocks counted again after a change of the calendar")


MOVING = Work(title=_title, act=_move_part)
