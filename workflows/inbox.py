"""What waits for this officer. Lists, counts, badges and the next-file link all ask here."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from programme.models import Officer
from workflows.authority import Capacity, capacities
from workflows.deadlines import soon_until
from workflows.models import Movement

FILTERS = ("late", "soon", "in_time")


@dataclass(frozen=True)
class Counts:
    late: int
    soon: int
    in_time: int

    @property
    def all(self) -> int:
        return self.late + self.soon + self.in_time


def waiting(officer: Officer, *, standing: str = "", q: str = "") -> QuerySet[Movement]:
    """Return the open stays the officer's charges of today let him take, first due first."""
    held = capacities(officer)
    movements = _open_at(held).select_related(
        "case__district",
        "case__state",
        "case__norm",
        "office__designation",
        "office__district",
        "came_from__office__designation",
        "came_from__office__district",
    )
    if standing in FILTERS:
        movements = movements.filter(_standing(standing, *_borders(held)))
    for word in q.split():
        named = Q(case__number__icontains=word) | Q(case__subject__icontains=word)
        movements = movements.filter(named | Q(case__district__name_en__icontains=word) | Q(case__district__name_hi__icontains=word))
    return movements.order_by(F("due").asc(nulls_last=True), "pk")


def counts(officer: Officer) -> Counts:
    """Count what waits, by how it stands against its clock; one query."""
    held = capacities(officer)
    if not any(capacity.powers for capacity in held):
        return Counts(0, 0, 0)
    now, border = _borders(held)
    return Counts(**_open_at(held).aggregate(**{kind: Count("pk", filter=_standing(kind, now, border)) for kind in FILTERS}))


def _open_at(held: list[Capacity]) -> QuerySet[Movement]:
    by_powers: dict[frozenset[str], list[int]] = {}
    for capacity in held:
        if capacity.powers:
            by_powers.setdefault(capacity.powers, []).append(capacity.office.pk)
    mine = Q(pk__in=[])
    for powers, offices in by_powers.items():
        mine |= Q(office__in=offices, power__in=sorted(powers))
    return Movement.objects.filter(mine, disposed=None)


def _borders(held: list[Capacity]) -> tuple[datetime, datetime]:
    now = timezone.now()
    return now, soon_until(held[0].office.designation.state, now=now) if held else now


def _standing(kind: str, now: datetime, border: datetime) -> Q:
    if kind == "late":
        return Q(due__lt=now)
    if kind == "soon":
        return Q(due__gte=now, due__lte=border)
    return Q(due__gt=border) | Q(due=None)
