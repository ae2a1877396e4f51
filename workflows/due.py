"""What falls due on the next working day is told to the office that has it, once for each stay."""

from datetime import date, datetime
from functools import partial

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programme.bilingual import in_both
from programme.calendar import ONE_DAY, calendar_of, calendars_in, day_begins, today
from programme.models import State
from programme.zone import IST
from workflows import notices
from workflows.models import Movement, Notice, NoticeKind


def sweep() -> int:
    """Tell the offices, at once also by mail; a mail that would come after the file is due does not leave. Return how many were told."""
    told = 0
    for state in State.objects.filter(designations__isnull=False).distinct():
        near = [(stay, on) for stay in _near(state) if (on := _day(stay)) <= today()]
        due = {_key(stay): stay.due for stay, _on in near}
        notices.tell_all([_notice(stay, on) for stay, on in near], stale=due)
        told += len(near)
    return told


def _near(state: State) -> QuerySet[Movement]:
    """Return the open stays that fall due by the end of the next working day and were not told."""
    told = Notice.objects.filter(key=Concat(Value(notices.DUE), Cast(OuterRef("pk"), CharField())))
    stays = Movement.objects.filter(~Exists(told), disposed=None, due__gt=timezone.now(), due__lt=_border(state), case__state=state)
    related = stays.exclude(power="").select_related("case", "office__designation", "office__district")
    return related.order_by("due", "pk")


def _border(state: State) -> datetime:
    """Return the end of the next working day, of the office that has to wait for it longest."""
    return day_begins(max(calendar.add(today(), 1) for calendar in calendars_in(state)).date() + ONE_DAY)


def _day(stay: Movement) -> date:
    """Return the working day of its office before the stay is due, or the day it came where that is later."""
    due = timezone.localdate(stay.due, IST)
    return max(calendar_of(stay.office).before(due, 1), timezone.localdate(stay.received, IST))


def _key(stay: Movement) -> str:
    return f"{notices.DUE}{stay.pk}"


def _notice(stay: Movement, on: date) -> Notice:
    said = in_both(partial(_words, stay))
    return Notice(key=_key(stay), kind=NoticeKind.DUE, office=stay.office, case=stay.case, on=on, **said)


def _words(stay: Movement) -> str:
    said = {
        "number": stay.case.number,
        "process": stay.case.flow_class.process_title,
        "step": stay.node.title,
        "due": date_format(timezone.localtime(stay.due, IST)),
    }
    return _("File %(number)s (%(process)s, %(step)s) is due on %(due)s.") % said
