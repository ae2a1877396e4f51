"""Prove what the database keeps for the boards against files and orders read one by one: no aggregate of the database is asked here."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from programme.models import State
from programme.zone import IST
from workflows.counting import COLUMNS, KEY, SUMS
from workflows.models import Case, FileFigure, MonthFigure, Order, OrderKind

NOTHING = (0, Decimal(0), Decimal(0))
Sums = dict[tuple[Any, ...], tuple[Any, ...]]


def differences(state: State) -> list[str]:
    """Return a line for each file of the State and each sum of a month that is kept otherwise than it is."""
    orders = {order.case_id: order for order in Order.objects.filter(kind=OrderKind.SANCTION).order_by("pk").iterator()}
    kept = {figure.pk: figure for figure in FileFigure.objects.filter(state=state.pk).iterator()}
    found, sums = [], Sums()
    for case in Case.objects.filter(state=state).order_by("pk").iterator():
        counted, figure = _counted(case, orders.get(case.pk)), kept.pop(case.pk, None)
        shown = _columns(figure) if figure else None
        if counted != shown:
            found.append(_line(case.number, shown, counted))
        if case.ending:
            key, values = _in_its_month(counted)
            sums[key] = _added(sums.get(key, NOTHING), values)
    found += [_line(pk, _columns(figure), None) for pk, figure in kept.items()]
    return [*found, *_months(state, sums)]


def _counted(case: Case, order: Order | None) -> tuple[Any, ...]:
    ordered_for = order.amount if order else None
    return (case.state_id, case.district_id, case.kind, case.created, case.ending, case.amount, order is not None, ordered_for)


def _columns(figure: FileFigure) -> tuple[Any, ...]:
    return tuple([getattr(figure, name) for name in COLUMNS])


def _in_its_month(counted: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    state, district, kind, received, ending, amount, ordered, sanctioned = counted
    key = (state, district, kind, received.astimezone(IST).date().replace(day=1), ending, ordered)
    return key, (1, amount or Decimal(0), sanctioned or Decimal(0))


def _months(state: State, counted: Sums) -> Iterator[str]:
    kept = Sums()
    for row in MonthFigure.objects.filter(state=state.pk).iterator():
        key = tuple([getattr(row, name) for name in KEY])
        kept[key] = _added(kept.get(key, NOTHING), tuple([getattr(row, name) for name in SUMS]))
    for key in sorted({*kept, *counted}, key=str):
        shown, found = kept.get(key, NOTHING), counted.get(key, NOTHING)
        if shown != found:
            yield _line(" · ".join(map(str, key)), shown, found)


def _added(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([a + b for a, b in zip(one, other, strict=True)])


def _line(figure: object, shown: tuple[Any, ...] | None, counted: tuple[Any, ...] | None) -> str:
    told = {"figure": figure, "shown": _said(shown), "counted": _said(counted)}
    return _("%(figure)s: the board says %(shown)s, the files %(counted)s.") % told


def _said(values: tuple[Any, ...] | None) -> str:
    return " · ".join(map(str, values)) if values else "–"
