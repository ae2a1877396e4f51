"""At which desks an officer works today, and how what waits there is asked for."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone

from programme.asking import Given, one_of
from programme.models import Officer
from programme.powers import Power
from workflows.authority import Capacity, capacities, within
from workflows.deadlines import soon_until
from workflows.flows import FLOWS
from workflows.models import Movement, Outcome

# Of desks alike: whether it is only one, whether the officer prepares there, and whether up to an amount only.
Shape = tuple[tuple[bool, bool, bool], ...]
# What has no day to be done by comes after everything that has one.
LAST = datetime(9999, 1, 1, tzinfo=UTC)


def works_at_a_desk(officer: Officer) -> bool:
    """Say whether files can wait for the officer: he holds a power that a step of some process, a question or a noting asks for."""
    return any(capacity.powers & DESK for capacity in capacities(officer))


def only_prepares(officer: Officer) -> bool:
    """Say whether the officer is an assistant at every desk he has today: he prepares, others sign."""
    at_desks = [capacity.powers & DESK for capacity in capacities(officer) if capacity.powers & DESK]
    return bool(at_desks) and all(powers == {Power.PREPARE_NOTING} for powers in at_desks)


def _desk() -> frozenset[str]:
    nodes = [node for flow in FLOWS.values() for node in flow.in_order()]
    asked = {str(power) for node in nodes for name in ("power", "preparing_power") if (power := getattr(node, name, None))}
    return frozenset(asked | {Power.ANSWER_QUESTION, Power.PREPARE_NOTING})


DESK = _desk()


def open_at(held: list[Capacity]) -> QuerySet[Movement]:
    """Return the open stays that an officer who holds these charges may take."""
    mine = Q(pk__in=[])
    for (powers, upto), offices in _alike(held).items():
        mine |= _at(one_of("office", offices), sorted(powers), upto, prepares=Power.PREPARE_NOTING in powers)
    return Movement.objects.filter(mine, disposed=None)


def open_as_given(shape: Shape) -> QuerySet[Movement]:
    """Return what ``open_at`` returns, for desks of this shape whose offices, powers and limits are given."""
    mine = Q(pk__in=[])
    for n, (alone, prepares, limited) in enumerate(shape):
        # The index of one office is in the order of the list already.
        offices = Q(office=Given(f"office{n}")) if alone else one_of("office", Given(f"offices{n}"))
        mine |= _at(offices, Given(f"powers{n}"), Given(f"upto{n}") if limited else None, prepares=prepares)
    return Movement.objects.filter(mine, disposed=None)


def _at(offices: Q, powers: Any, upto: Any, *, prepares: bool) -> Q:
    # An assistant prepares whatever waits at the office.
    return offices & (~Q(power="") if prepares else one_of("power", powers)) & within(upto)


def _alike(held: list[Capacity]) -> dict[tuple[frozenset[str], Decimal | None], list[int]]:
    """Return the offices at which files can wait, by what the officer may do there."""
    alike: dict[tuple[frozenset[str], Decimal | None], list[int]] = {}
    for capacity in held:
        if capacity.powers:
            alike.setdefault((capacity.powers, capacity.upto), []).append(capacity.office.pk)
    return alike


def desks_of(held: list[Capacity]) -> tuple[Shape, dict[str, Any]]:
    """Return the shape of the officer's desks, and what is given for them."""
    alike = _alike(held)
    given: dict[str, Any] = {}
    for n, ((powers, upto), offices) in enumerate(alike.items()):
        given |= {f"office{n}": offices[0], f"offices{n}": offices, f"powers{n}": sorted(powers), f"upto{n}": upto}
    return tuple((len(offices) == 1, Power.PREPARE_NOTING in powers, upto is not None) for (powers, upto), offices in alike.items()), given


def borders(held: list[Capacity]) -> tuple[datetime, datetime]:
    """Return the moment of now, and the one up to which what is due counts as due soon."""
    now = timezone.now()
    return now, soon_until(held[0].office, now) if held else now


def by_standing(kind: str, now: Any, border: Any) -> Q:
    """Return the condition for stays that were returned to the desk, or that stand so against their clock."""
    if kind == "returned":
        # Only a file that was sent back knows where it goes back to; where it came from is asked of those few, each by its key.
        sent = Subquery(Movement.objects.filter(pk=OuterRef("came_from")).values("outcome")[:1])
        return ~Q(returns_to="") & Q(Exact(sent, Value(Outcome.RETURN.value)))
    if kind == "late":
        return Q(due__lt=now)
    if kind == "soon":
        return Q(due__gte=now, due__lte=border)
    return Q(due__gt=border) | Q(due=None)


def by_due(rows: QuerySet[Movement], shape: Shape | None = None, *, last_first: bool = False) -> QuerySet[Movement]:
    """Return stays in the order of the list, first due first, or the other way round; of desks of this ``shape`` if one is named.

    The index of one office is in that order already. Of several the database would read every open stay of the State in it.
    """
    several = shape is not None and not (len(shape) == 1 and shape[0][0])
    due: Any = Coalesce("due", Value(LAST)) if several else F("due")
    return rows.order_by(due.desc(nulls_first=True), "-pk") if last_first else rows.order_by(due.asc(nulls_last=True), "pk")
