"""Prove the figures of a board against files read one by one: no aggregate of the database is asked here."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from programme.models import Allotment, District, EntryKind, LoanApplication, State, TargetCategory
from programme.models.loans import Category, Gender, Tag
from programme.zone import IST
from workflows.boards.board import Period, Place, board
from workflows.flows import LoanFlow
from workflows.models import Case, Movement, Order, OrderKind
from workflows.nodes import Stay
from workflows.reviewing import REFUSING, Result
from workflows.scopes import Scope

Figures = dict[tuple[Any, ...], Any]
OF_A_HEAD = ("allotted", "committed", "released", "free")


def whole(state: State) -> Place:
    """Return the State as somebody sees it who reads all of it."""
    scope = Scope(frozenset({state.pk}), frozenset())
    return Place(state, scope, tuple(scope.places))


def of_district(district: District) -> Place:
    """Return a district as somebody sees it who reads all of it."""
    return Place(district.state, Scope(frozenset(), frozenset({district.pk})), (district,), district)


def differences(place: Place, period: Period, *, now: datetime) -> list[str]:
    """Return a line for each figure of the board that files read one by one do not give."""
    shown, counted = _shown(place, period, now), _counted(place, period, now)
    return [
        _("%(figure)s: the board says %(shown)s, the files %(counted)s.")
        % {"figure": " · ".join(map(str, key)), "shown": shown.get(key), "counted": counted.get(key)}
        for key in sorted({*shown, *counted}, key=str)
        if (shown.get(key) or 0) != (counted.get(key) or 0)
    ]


# --- what the board says --------------------------------------------------------------------------------------------------


def _shown(place: Place, period: Period, now: datetime) -> Figures:
    told = board(place, period, now=now)
    figures: Figures = {}
    for kind, row in zip((*place.scope.processes, "all"), told.reviewed.by_process, strict=True):
        figures |= {("year", kind, n): figure.count for n, figure in enumerate(row.year)}
        figures |= {("month", kind, n): figure.count for n, figure in enumerate(row.month)}
    for district, line in told.reviewed.by_place.items():
        figures |= {("district", district, name): value for name, value in line.figures.items()}
    for held in told.holders:
        figures[("pending", held.post, "files")] = figures.get(("pending", held.post, "files"), 0) + int(str(held.figures[0].count))
        figures[("pending", held.post, "late")] = figures.get(("pending", held.post, "late"), 0) + int(str(held.figures[1].count))
    figures |= {("reached", row.category): row.achieved.count for row in told.targets if row.achieved}
    if place.district is None:
        figures |= {
            ("budget", row.code, key): figure.count for row in told.budget for key, figure in zip(OF_A_HEAD, row.figures, strict=True)
        }
    return figures


# --- what the files say ---------------------------------------------------------------------------------------------------


def _counted(place: Place, period: Period, now: datetime) -> Figures:
    files = list(_files(place))
    figures: Figures = {}
    first, last = period.days
    in_year = [file for file in files if first <= file["day"] <= last]
    month = [file for file in files if period.month and period.month[0] <= file["day"] <= period.month[1]]
    for kind in (*place.scope.processes, "all"):
        figures |= {
            ("year", kind, n): value for n, value in enumerate(_line([file for file in in_year if kind in ("all", file["kind"])], now))
        }
        of_month = _line([file for file in month if kind in ("all", file["kind"])], now)
        decided = of_month[1] + of_month[2] + of_month[3]
        figures |= {("month", kind, n): value for n, value in enumerate((of_month[0], decided, of_month[4]) if period.month else ())}
    for district in place.districts:
        of_place = [file for file in in_year if file["district"] == district.pk]
        figures |= {("district", district.pk, name): value for name, value in _named(of_place, now).items()}
    return figures | _waiting(place, files, now) | _reached(in_year, now) | _budget(place, period)


def _budget(place: Place, period: Period) -> Figures:
    """Add the ledger of each head of a State up, line by line; of a district the board itself asks the ledger."""
    if place.district:
        return {}
    figures: Figures = {}
    heads = Allotment.objects.filter(head__state__in=place.scope.states, year=period.year)
    for allotment in heads.select_related("head").prefetch_related("entries"):
        sums = dict.fromkeys(EntryKind.values, Decimal(0))
        for entry in allotment.entries.all():
            sums[entry.kind] += entry.amount
        committed = sums[EntryKind.COMMITMENT] - sums[EntryKind.GIVEN_BACK]
        told = (allotment.allotted, committed, sums[EntryKind.RELEASE], allotment.allotted - committed)
        figures |= {("budget", allotment.head.code, key): value for key, value in zip(OF_A_HEAD, told, strict=True)}
    return figures


def _files(place: Place) -> Iterator[dict[str, Any]]:
    """Yield every file of the place with its stays and its newest order."""
    stays: dict[int, list[Movement]] = {}
    for stay in Movement.objects.filter(disposed=None).select_related("office__designation", "office__district").iterator():
        stays.setdefault(stay.case_id, []).append(stay)
    orders = {order.case_id: order for order in Order.objects.filter(kind=OrderKind.SANCTION).order_by("pk").iterator()}
    wanted = {district.pk for district in place.districts}
    for case in Case.objects.iterator():
        if case.district_id in wanted:
            yield {
                "kind": case.kind, "district": case.district_id, "case": case, "stays": stays.get(case.pk, []),
                "order": orders.get(case.pk), "day": case.created.astimezone(IST).date(),
            }  # fmt: skip


def _result(file: dict[str, Any], now: datetime) -> Result:
    case = file["case"]
    if case.ending:
        ending = case.flow_class.instance.node(case.ending)
        if ending.good or (file["order"] and not ending.by_repair):
            return Result.SANCTIONED
        return Result.REJECTED if _refused(case) else Result.OTHERWISE
    if file["order"]:
        return Result.SANCTIONED
    return Result.LATE if any(_is_late(stay, now) for stay in file["stays"]) else Result.IN_TIME


def _refused(case: Case) -> bool:
    """Say whether a step that rejects or declines leads to the file's ending."""
    steps = (node for node in case.flow_class.in_order() if isinstance(node, Stay))
    ways = (way for node in steps for way in node.ways if way.outcome in REFUSING)
    return any(target.name == case.ending for way in ways for target in way.targets)


def _is_late(stay: Movement, now: datetime) -> bool:
    return bool(stay.power) and stay.due is not None and stay.due < now


def _named(files: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    received, sanctioned, rejected, otherwise, pending, late, returned, oldest, amount, ordered = _line(files, now)
    return {
        "received": received, "sanctioned": sanctioned, "rejected": rejected, "otherwise": otherwise, "late": late,
        "in_time": pending - late, "pending": pending, "returned": returned, "oldest": oldest, "amount": amount, "sanctioned_for": ordered,
    }  # fmt: skip


def _line(files: list[dict[str, Any]], now: datetime) -> tuple[Any, ...]:
    """Return what the columns of a board's line must say, in their order."""
    results = [(file, _result(file, now)) for file in files]
    pending = [file for file, result in results if result in (Result.IN_TIME, Result.LATE)]
    sanctioned = [file for file, result in results if result == Result.SANCTIONED]
    return (
        len(files),
        len(sanctioned),
        sum(result == Result.REJECTED for _file, result in results),
        sum(result == Result.OTHERWISE for _file, result in results),
        len(pending),
        sum(result == Result.LATE for _file, result in results),
        sum(any(stay.returns_to for stay in file["stays"]) for file in pending),
        min((file["day"] for file in pending), default=None),
        sum((file["case"].amount or Decimal(0) for file in files), Decimal(0)),
        sum((file["order"].amount or Decimal(0) for file in sanctioned if file["order"]), Decimal(0)),
    )


def _waiting(place: Place, files: list[dict[str, Any]], now: datetime) -> Figures:
    """Count each file once at a post of a State, once at an office of a district's board."""
    found: dict[tuple[str, Any], dict[int, bool]] = {}
    for file in files:
        for stay in file["stays"]:
            if stay.power:
                at = stay.office_id if place.district else stay.office.designation_id
                held = found.setdefault((stay.office.designation.name, at), {})
                held[file["case"].pk] = held.get(file["case"].pk, False) or _is_late(stay, now)
    figures: Figures = {}
    for (post, _at), held in found.items():
        figures[("pending", post, "files")] = figures.get(("pending", post, "files"), 0) + len(held)
        figures[("pending", post, "late")] = figures.get(("pending", post, "late"), 0) + sum(held.values())
    return figures


def _reached(in_year: list[dict[str, Any]], now: datetime) -> Figures:
    wanted = [file["case"].record_id for file in in_year if file["kind"] == LoanFlow.slug and _result(file, now) == Result.SANCTIONED]
    applications = [loan for loan in LoanApplication.objects.all() if loan.pk in wanted]
    return {("reached", str(category.label)): sum(_is_of(loan, category) for loan in applications) for category in TargetCategory}


def _is_of(loan: LoanApplication, category: TargetCategory) -> bool:
    match category:
        case TargetCategory.WOMEN:
            return loan.gender == Gender.FEMALE or loan.category == Category.WOMAN or Tag.WOMAN in loan.tags
        case TargetCategory.SC_ST:
            return loan.category in (Category.SC, Category.ST)
        case _:
            return category.value in loan.tags
