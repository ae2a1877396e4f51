"""Late files are told to superiors, by the State's dated rules. Telling does not move a file.

A stay is told once by each rule, under the day on which it had been late for so long. The database is asked for late stays that
are not told yet: what is open and in time, and what was told before, costs nothing again.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from programme.bilingual import in_both
from programme.calendar import ONE_DAY, calendar_of, calendars_in, day_begins, today
from programme.models import Office, State
from programme.norms.escalation import LateRule, late_rules
from programme.zone import IST
from workflows import notices
from workflows.flows import FLOWS
from workflows.models import Escalation, Movement, Notice, NoticeKind

AT_A_TIME = 500


def sweep() -> int:
    """Tell every superior of the late stays he is to know of by now and does not; return how many were told."""
    told = 0
    for state in State.objects.filter(designations__isnull=False).distinct():
        for rule in late_rules(state, today()):
            told += _apply(rule, state)
    return told


def _apply(rule: LateRule, state: State) -> int:
    offices = Office.objects.filter(designation__state=state, designation__code=rule.tell).select_related("designation", "district")
    by_place = {office.district_id: office for office in offices}
    told = 0
    late = list(_reached(rule, state))
    for start in range(0, len(late), AT_A_TIME):
        reached = [row for stay in late[start : start + AT_A_TIME] if (row := _row(rule, stay, by_place))]
        with transaction.atomic():
            Escalation.objects.bulk_create(reached, ignore_conflicts=True)
            notices.tell_all([_notice(row) for row in reached])
        told += len(reached)
    return told


def _row(rule: LateRule, stay: Movement, offices: dict[int | None, Office]) -> Escalation | None:
    """Return what is to be written of a stay; ``None`` where there is no such office, or by the days of its own it is not so late."""
    office = offices.get(stay.case.district_id) or offices.get(None)
    due = timezone.localdate(stay.due, IST)
    on = calendar_of(stay.office).add(due, rule.days).date()
    return Escalation(movement=stay, office=office, days=rule.days, on=on) if office and on <= today() else None


def _reached(rule: LateRule, state: State) -> QuerySet[Movement]:
    """Return the open stays, the longest late first, that are late enough for the rule and were not told by it."""
    stays = Movement.objects.filter(disposed=None, due__lt=_border(rule, state), case__state=state).exclude(power="")
    if rule.scheme:
        stays = stays.filter(case__norm__scheme=rule.scheme)
    if rule.step:
        stays = stays.filter(step=rule.step)
    if rule.level:
        stays = stays.filter(office__designation__level=rule.level)
    told = Escalation.objects.filter(movement=OuterRef("pk"), days=rule.days, office__designation__code=rule.tell)
    others = stays.exclude(office__designation__code=rule.tell).exclude(_listed_together())
    related = others.select_related("case__state", "case__district", "office__designation", "office__district")
    return related.filter(~Exists(told)).order_by("due", "pk")


def _border(rule: LateRule, state: State) -> datetime:
    """Return a moment that lies the rule's number of working days back for every office: what is due later is not late enough."""
    return day_begins(max(calendar.before(today() + ONE_DAY, rule.days) for calendar in calendars_in(state)))


def _listed_together() -> Q:
    """Name the stays that are due on the last day of a season: their districts are told as one list (``reminders``), not one by one."""
    found = Q(pk__in=[])
    for slug, flow in FLOWS.items():
        steps = [node.name for node in flow.in_order() if getattr(node, "moment", "")]
        if steps:
            found |= Q(case__kind=slug, step__in=steps)
    return found


def _notice(row: Escalation) -> Notice:
    key = f"{notices.LATE}{row.movement_id}/{row.office_id}/{row.days}"
    said = in_both(partial(_words, row))
    return Notice(key=key, kind=NoticeKind.ESCALATED, office=row.office, case_id=row.movement.case_id, on=row.on, **said)


def _words(row: Escalation) -> str:
    stay = row.movement
    said = {
        "number": stay.case.number,
        "step": stay.node.title,
        "office": stay.office.name,
        "due": date_format(timezone.localtime(stay.due, IST)),
        "days": row.days,
    }
    words = ngettext(
        "File %(number)s (%(step)s) was due at %(office)s on %(due)s; %(days)s working day later it still waited there.",
        "File %(number)s (%(step)s) was due at %(office)s on %(due)s; %(days)s working days later it still waited there.",
        row.days,
    )
    return words % said


def moved_on(told: Iterable[Notice]) -> set[int]:
    """Return the notices of late stays among ``told`` whose stay has ended in the meantime, by their numbers; one query."""
    stays = {notice.pk: int(notice.key.split("/")[1]) for notice in told if notice.key.startswith(notices.LATE)}
    waiting = set(Movement.objects.filter(pk__in=stays.values(), disposed=None).values_list("pk", flat=True))
    return {pk for pk, stay in stays.items() if stay not in waiting}
