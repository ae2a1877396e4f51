"""How files stand in a review meeting: of those received in a period, how many are sanctioned, rejected, or pending in or beyond time.

Every file received stands in exactly one column, so that each line adds up. The list of files narrows by the same condition, so a
figure and the list behind it cannot disagree. The sheet of the meeting, its report and the boards all read the lines made here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Case as Either
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.calendar import ONE_DAY, day_begins
from programme.kept import as_set_up
from programme.models import District
from programme.zone import IST
from workflows import deadlines
from workflows.flows import FLOWS, VERSIONS
from workflows.models import Case, FileFigure, MonthFigure, Movement, Order, OrderKind, Outcome
from workflows.nodes import Ending, Stay
from workflows.scopes import AskedOf, Scope

REFUSING = {Outcome.REJECT, Outcome.DECLINE}


class Result(models.TextChoices):
    """In which column a file stands. A sanctioned one stays so while its report, payment or watch still goes on."""

    SANCTIONED = "sanctioned", gettext_lazy("Sanctioned or approved")
    REJECTED = "rejected", gettext_lazy("Rejected")
    IN_TIME = "in_time", gettext_lazy("Pending within time")
    LATE = "late", gettext_lazy("Pending beyond time")
    OTHERWISE = "otherwise", gettext_lazy("Ended otherwise")


LONGEST_MONTH = timedelta(days=31)
DECIDED, PENDING = "decided", "pending"
# Columns that are also read together, by the name under which the list of files narrows by them.
TOGETHER = {
    DECIDED: (gettext_lazy("Decided"), [Result.SANCTIONED, Result.REJECTED, Result.OTHERWISE]),
    PENDING: (gettext_lazy("Pending"), [Result.IN_TIME, Result.LATE]),
}
CHOICES = [*((key, label) for key, (label, _results) in TOGETHER.items()), *Result.choices]


def standing_as(rows: QuerySet[Case], wanted: str, now: datetime) -> QuerySet[Case]:
    """Return the files that stand in a column, or in one of several that are read together."""
    _label, results = TOGETHER.get(wanted, ("", [wanted]))
    return rows.alias(reviewed=result(now)).filter(reviewed__in=results)


# Of an open stay: somebody sent the file back to have it corrected, and waits to have it again.
RETURNED = ~Q(returns_to="")


def result(now: Any) -> Either:
    """Return the column of each file as an expression of the database."""
    ordered = Q(Exists(Order.objects.filter(case=OuterRef("pk"), kind=OrderKind.SANCTION)))
    late = Q(Exists(deadlines.beyond_time(now).filter(case=OuterRef("pk"))))
    return Either(
        When(sanctioned(ordered), then=Value(Result.SANCTIONED)),
        When(_ended(_rejected()), then=Value(Result.REJECTED)),
        When(~Q(ending=""), then=Value(Result.OTHERWISE)),
        When(late, then=Value(Result.LATE)),
        default=Value(Result.IN_TIME),
    )


def sanctioned(ordered: Q) -> Q:
    """Return the condition for files that are sanctioned; ``ordered`` says which have an order of sanction."""
    return _ended(_good()) | (ordered & ~_ended(_cancelled()))


def result_of(kind: str, ending: str, *, ordered: bool, late: bool) -> Result:
    """Return the column of files of a kind that ended so, as ``result`` does: whether a sanction was ordered, and an open step is late."""
    ended = (kind, ending)
    if ended in _good() or (ordered and ended not in _cancelled()):
        return Result.SANCTIONED
    if ended in _rejected():
        return Result.REJECTED
    if ending:
        return Result.OTHERWISE
    return Result.LATE if late else Result.IN_TIME


def _ended(endings: Iterable[tuple[str, str]]) -> Q:
    found = Q(pk__in=[])
    for kind, ending in sorted(endings):
        found |= Q(kind=kind, ending=ending)
    return found


@cache
def _good() -> frozenset[tuple[str, str]]:
    return frozenset((flow.slug, node.name) for flow, node in _nodes(Ending) if node.good)


@cache
def _cancelled() -> frozenset[tuple[str, str]]:
    return frozenset((flow.slug, node.name) for flow, node in _nodes(Ending) if node.by_repair)


@cache
def _rejected() -> frozenset[tuple[str, str]]:
    """Return the endings to which a step leads that rejects or declines."""
    refusals = ((flow, way) for flow, node in _nodes(Stay) for way in node.ways if way.outcome in REFUSING)
    return frozenset((flow.slug, target.name) for flow, way in refusals for target in way.targets if isinstance(target, Ending))


def _nodes(kind: type[Any]) -> Iterable[tuple[Any, Any]]:
    return ((flow, node) for flow in VERSIONS.values() for node in flow.in_order() if isinstance(node, kind))


# --- the sheet ------------------------------------------------------------------------------------------------------------


_NOUGHT = dict.fromkeys(Result.values, 0)


@dataclass
class Line:
    """One line: a process in one district, or in all of them where ``district`` is ``None``; of all processes where ``kind`` is empty.

    ``returned`` are those of the pending that wait for a correction, ``oldest`` is the day on which the oldest pending one was received. In
    rupees: what the files received stand at, and what was sanctioned by the orders of those that are sanctioned.
    """

    kind: str
    district: District | None
    counts: dict[str, int] = field(default_factory=_NOUGHT.copy)
    returned: int = 0
    oldest: date | None = None
    amount: Decimal = Decimal(0)
    sanctioned: Decimal = Decimal(0)

    @classmethod
    def sum_of(cls, lines: Sequence["Line"], kind: str = "", district: District | None = None) -> "Line":
        return cls(
            kind,
            district,
            {key: sum(line.counts[key] for line in lines) for key in _NOUGHT},
            sum(line.returned for line in lines),
            min((line.oldest for line in lines if line.oldest), default=None),
            sum((line.amount for line in lines), Decimal(0)),
            sum((line.sanctioned for line in lines), Decimal(0)),
        )

    def take(self, found: Any) -> None:
        """Add what the database counted of files that stand alike."""
        reviewed = result_of(found.kind, found.ending, ordered=found.ordered, late=found.late)
        self.counts[reviewed] += found.count_of
        self.amount += found.stands_at or 0
        if reviewed == Result.SANCTIONED:
            self.sanctioned += found.ordered_for or 0
        elif reviewed in TOGETHER[PENDING][1]:
            self.returned += found.count_of if found.sent else 0
            self.oldest = min(self.oldest or found.first, found.first)

    @property
    def received(self) -> int:
        return sum(self.counts.values())

    @property
    def decided(self) -> int:
        return sum(self.counts[result] for result in TOGETHER[DECIDED][1])

    @property
    def pending(self) -> int:
        return sum(self.counts[result] for result in TOGETHER[PENDING][1])

    @property
    def figures(self) -> dict[str, Any]:
        """All that the line says, as a list or a report has it."""
        return {
            "received": self.received,
            **self.counts,
            "pending": self.pending,
            "returned": self.returned,
            "oldest": self.oldest,
            "amount": self.amount,
            "sanctioned_for": self.sanctioned,
        }

    @property
    def process(self) -> str:
        return str(FLOWS[self.kind].process_title) if self.kind else _("All processes")

    @property
    def place(self) -> str:
        return self.district.name if self.district else _("All districts")


@dataclass(frozen=True)
class Section:
    """One process: a line for each district that sent something, the sum of them, and the districts that sent nothing."""

    total: Line
    lines: list[Line]
    silent: list[District]

    @property
    def all_lines(self) -> list[Line]:
        """The lines in the order they are read, the sum last; a sum of one line would say it twice."""
        return [*self.lines, self.total] if len(self.lines) != 1 else self.lines


def review(scope: Scope, first: date, last: date, *, now: datetime, process: str = "") -> list[Section]:
    """Return a section for each process, of the files received from ``first`` to ``last``, both included. Two queries."""
    return sections_of(counted(scope, (first, last), now=now), scope, places_of(scope), process)


def sections_of(counted: Iterable[Any], scope: Scope, places: Sequence[District], process: str = "") -> list[Section]:
    """Return the sections that say what was ``counted``, of one process where one is named."""
    lines, _lately = lines_of(counted, scope, places)
    kinds = [kind for kind in scope.processes if process in ("", kind)]
    return [section(kind, lines, [place for place in places if scope.covers(kind, place)]) for kind in kinds]


def counted(scope: Scope, days: tuple[date, date], *, now: datetime, since: date | None = None) -> tuple[Any, ...]:
    """Return what files count that were received on ``days``: a row for those that stand alike. One query.

    ``since`` is the first day of a month: what was received from then on is told ``lately``.
    """
    begins = since or days[0]
    return tuple(_COUNTED(scope, **_months(*days), now=now, since=begins, since_begins=day_begins(begins)))


def lines_of(counted: Iterable[Any], scope: Scope, places: Sequence[District]) -> tuple[list[Line], list[Line]]:
    """Return what lines say something of what was ``counted``, in the order of ``places``, and what lines of it ``lately``."""
    named, kinds = {place.pk: place for place in places}, scope.processes
    lines: dict[int, dict[str, Line]] = {key: {} for key in named}
    lately: dict[tuple[str, int], Line] = {}
    for found in counted:
        kind, place = found.kind, named.get(found.district)
        # Sums of months keep rows that came to nothing until they are folded.
        if place is None or not found.count_of or kind not in kinds or not scope.covers(kind, place):
            continue
        lines[place.pk].setdefault(kind, Line(kind, place)).take(found)
        if found.lately:
            lately.setdefault((kind, place.pk), Line(kind, place)).take(found)
    return [line for of_place in lines.values() for line in of_place.values()], list(lately.values())


@as_set_up
def places_of(scope: Scope) -> list[District]:
    """Return the districts whose lines the reader sees, by name, as this process knows them; shared, and changed by nobody."""
    return list(scope.places)


def moments(first: date, last: date) -> dict[str, datetime]:
    """Return the moments between which the days from ``first`` to ``last`` lie, both included."""
    return {"begins": day_begins(first), "ends": day_begins(last + ONE_DAY)}


def _months(first: date, last: date) -> dict[str, Any]:
    """Return the moments of ``moments``, and which whole months lie between them; where none does, they begin and end at once."""
    after = last + ONE_DAY
    begins, ends = first if first.day == 1 else (first.replace(day=1) + LONGEST_MONTH).replace(day=1), after.replace(day=1)
    if begins >= ends:
        begins = ends = first
    whole = {"whole_begins": day_begins(begins), "whole_ends": day_begins(ends)}
    return {**moments(first, last), **whole, "first_month": begins, "after_months": ends}


def _by_line(condition: Q, now: Any, **given: Any) -> QuerySet[FileFigure, Any]:
    """Ask what files that stand alike count: the open ones, those that ended and came outside whole months, and the sums of these.

    Apart for what was received ``since`` the first day of a month. ``given`` are the values of ``_months``.
    """
    received = FileFigure.objects.filter(condition, received__gte=given["begins"], received__lt=given["ends"])
    outside = Q(received__lt=given["whole_begins"]) | Q(received__gte=given["whole_ends"])
    months = MonthFigure.objects.filter(condition, month__gte=given["first_month"], month__lt=given["after_months"])
    nothing = {"late": Value(False), "sent": Value(False), "first": Value(None, models.DateField())}
    waiting = received.filter(ending="").annotate(
        late=Exists(deadlines.beyond_time(now).filter(case=OuterRef("pk"))),
        sent=Exists(Movement.objects.filter(RETURNED, case=OuterRef("pk"), disposed=None)),
        lately=_true_where(received__gte=given["since_begins"]),
    )
    ended = received.filter(outside).exclude(ending="").annotate(lately=_true_where(received__gte=given["since_begins"]))
    sums = {"count_of": Count("pk"), "stands_at": Sum("amount"), "ordered_for": Sum("sanctioned")}
    return (
        waiting.values(*ALIKE, "late", "sent", "lately").annotate(**sums, first=TruncDate(Min("received"), tzinfo=IST))
        .values_list(*COUNTED, named=True)
        .union(
            ended.values(*ALIKE, "lately").annotate(**sums, **nothing).values_list(*COUNTED, named=True),
            months.annotate(lately=_true_where(month__gte=given["since"])).values(*ALIKE, "lately")
            .annotate(**sums | {"count_of": Sum("files")}, **nothing).values_list(*COUNTED, named=True),
            all=True,
        )
    )  # fmt: skip


def _true_where(**condition: Any) -> Either:
    return Either(When(**condition, then=True), default=False)


ALIKE = ("district", "kind", "ending", "ordered")
COUNTED = (*ALIKE, "late", "sent", "lately", "count_of", "stands_at", "ordered_for", "first")
_COUNTED = AskedOf(_by_line, "now", "begins", "ends", "whole_begins", "whole_ends", "first_month", "after_months", "since", "since_begins")


def listed(lines: Sequence[Line]) -> int:
    """Return how many rows the list of a process has whose lines say something (see ``Section.all_lines``)."""
    return len(lines) + (len(lines) != 1)


def section(kind: str, all_lines: Sequence[Line], places: Sequence[District]) -> Section:
    """Return the section of a process, with those of the ``places`` that sent nothing."""
    lines = [line for line in all_lines if line.kind == kind]
    sent = {line.district.pk for line in lines if line.district}
    return Section(Line.sum_of(lines, kind), lines, [place for place in places if place.pk not in sent])
