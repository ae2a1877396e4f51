"""How files stand in a review meeting: of those received in a period, how many are sanctioned, rejected, or pending in or beyond time.

Every file received stands in exactly one column, so that each line adds up. The list of files narrows by the same condition, so a
figure and the list behind it cannot disagree. The sheet of the meeting, its report and the boards all read the lines made here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Case as Either
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.asking import Asked, Given, one_of
from programme.calendar import ONE_DAY, day_begins
from programme.kept import as_set_up
from programme.models import District, Officer
from programme.powers import Power
from programme.zone import IST
from workflows import deadlines
from workflows.authority import Refusal, capacities
from workflows.flows import FLOWS, VERSIONS
from workflows.models import Case, Movement, Order, OrderKind, Outcome
from workflows.nodes import Ending, Stay

REFUSING = {Outcome.REJECT, Outcome.DECLINE}


class Result(models.TextChoices):
    """In which column a file stands. A sanctioned one stays so while its report, payment or watch still goes on."""

    SANCTIONED = "sanctioned", gettext_lazy("Sanctioned or approved")
    REJECTED = "rejected", gettext_lazy("Rejected")
    IN_TIME = "in_time", gettext_lazy("Pending within time")
    LATE = "late", gettext_lazy("Pending beyond time")
    OTHERWISE = "otherwise", gettext_lazy("Ended otherwise")


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


def sent_back() -> Q:
    """Return the condition for files of which an open stay is a correction: somebody returned them and waits to have them back."""
    return Q(Exists(Movement.objects.filter(RETURNED, case=OuterRef("pk"), disposed=None)))


RETURNED = ~Q(returns_to="")


def result(now: Any) -> Either:
    """Return the column of each file as an expression of the database."""
    ordered = Q(Exists(Order.objects.filter(case=OuterRef("pk"), kind=OrderKind.SANCTION)))
    late = Q(Exists(deadlines.beyond_time(now).filter(case=OuterRef("pk"))))
    return Either(
        When(_ended(_good()) | (ordered & ~_ended(_cancelled())), then=Value(Result.SANCTIONED)),
        When(_ended(_rejected()), then=Value(Result.REJECTED)),
        When(~Q(ending=""), then=Value(Result.OTHERWISE)),
        When(late, then=Value(Result.LATE)),
        default=Value(Result.IN_TIME),
    )


def _ended(endings: Iterable[tuple[str, str]]) -> Q:
    found = Q(pk__in=[])
    for kind, ending in sorted(set(endings)):
        found |= Q(kind=kind, ending=ending)
    return found


def _good() -> Iterable[tuple[str, str]]:
    return ((flow.slug, node.name) for flow, node in _nodes(Ending) if node.good)


def _cancelled() -> Iterable[tuple[str, str]]:
    return ((flow.slug, node.name) for flow, node in _nodes(Ending) if node.by_repair)


def _rejected() -> Iterable[tuple[str, str]]:
    """Return the endings to which a step leads that rejects or declines."""
    for flow, node in _nodes(Stay):
        for way in node.ways:
            if way.outcome in REFUSING:
                yield from ((flow.slug, target.name) for target in way.targets if isinstance(target, Ending))


def _nodes(kind: type[Any]) -> Iterable[tuple[Any, Any]]:
    return ((flow, node) for flow in VERSIONS.values() for node in flow.in_order() if isinstance(node, kind))


# --- the sheet ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """What an auditor examines of a State: some districts, some processes; empty is all of them."""

    state: int
    districts: frozenset[int] = frozenset()
    processes: frozenset[str] = frozenset()

    def files(self, way: str) -> Q:
        wanted = {f"{way}district__in": self.districts, f"{way}kind__in": self.processes}
        return Q(**{f"{way}state": self.state}, **{name: values for name, values in wanted.items() if values})

    @property
    def places(self) -> Q:
        return Q(state=self.state, **({"pk__in": self.districts} if self.districts else {}))


@dataclass(frozen=True)
class Scope:
    """Whose files a reader reviews: those of whole States, those of single districts, and the parts that he audits."""

    states: frozenset[int]
    districts: frozenset[int]
    parts: tuple[Part, ...] = ()

    @property
    def condition(self) -> Q:
        return self.files()

    def files(self, way: str = "") -> Q:
        """Return the condition for rows whose file, reached by ``way``, lies in the scope."""
        whole = Q(**{f"{way}state__in": self.states}) | Q(**{f"{way}district__in": self.districts})
        return reduce(or_, (part.files(way) for part in self.parts), whole)

    @property
    def places(self) -> QuerySet[District]:
        """The districts whose lines the reader sees, by name."""
        whole = Q(state__in=self.states) | Q(pk__in=self.districts)
        return District.objects.filter(reduce(or_, (part.places for part in self.parts), whole)).order_by("name_en", "pk")

    @property
    def processes(self) -> list[str]:
        """The processes of which the reader sees lines."""
        limited = frozenset().union(*(part.processes or FLOWS for part in self.parts))
        return [kind for kind in FLOWS if self.states or self.districts or kind in limited]

    def within(self, place: District) -> "Scope":
        """Return the scope of one district alone; raise ``District.DoesNotExist`` when the reader reads nothing of it."""
        if place.state_id in self.states or place.pk in self.districts:
            return Scope(frozenset(), frozenset({place.pk}))
        here = frozenset({place.pk})
        parts = tuple(
            Part(part.state, here, part.processes)
            for part in self.parts
            if part.state == place.state_id and place.pk in (part.districts or here)
        )
        if not parts:
            raise District.DoesNotExist
        return Scope(frozenset(), frozenset(), parts)

    def covers(self, kind: str, place: District) -> bool:
        """Say whether the reader sees the line of a process in a district."""
        whole = place.state_id in self.states or place.pk in self.districts
        return whole or any(
            part.state == place.state_id and place.pk in (part.districts or {place.pk}) and kind in (part.processes or FLOWS)
            for part in self.parts
        )


_NOUGHT = dict.fromkeys(Result.values, 0)


@dataclass
class Line:
    """One line: a process in one district, or in all of them where ``district`` is ``None``; of all processes where ``kind`` is empty.

    ``returned`` are those of the pending that wait for a correction, ``oldest`` is when the oldest pending one was received. In
    rupees: what the files received stand at, and what was sanctioned by the orders of those that are sanctioned.
    """

    kind: str
    district: District | None
    counts: dict[str, int] = field(default_factory=_NOUGHT.copy)
    returned: int = 0
    oldest: datetime | None = None
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
        """Add what the database counted of one column."""
        self.counts[found.reviewed] += found.count_of
        self.amount += found.stands_at or 0
        if found.reviewed == Result.SANCTIONED:
            self.sanctioned += found.ordered or 0
        elif found.reviewed in TOGETHER[PENDING][1]:
            self.returned += found.back
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
            "oldest": timezone.localdate(self.oldest, IST) if self.oldest else None,
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


def scope_of(officer: Officer) -> Scope:
    """Return what the officer reviews; raise ``Refusal`` when he answers for no district and no State."""
    held = capacities(officer)
    states = frozenset(c.office.state_id for c in held if Power.SEE_STATE in c.powers)
    districts = frozenset(c.office.district_id for c in held if Power.SEE_DISTRICT in c.powers and c.office.district_id)
    parts = tuple(
        Part(c.office.state_id, frozenset(c.scope.places), frozenset(c.scope.processes))
        for c in held
        if c.scope and Power.AUDIT in c.powers
    )
    if not states and not districts and not parts:
        raise Refusal(_("This page is for offices that answer for a district or for the State."))
    return Scope(states, districts, parts)


def review(scope: Scope, first: date, last: date, *, now: datetime, process: str = "") -> list[Section]:
    """Return a section for each process, of the files received from ``first`` to ``last``, both included. Two queries."""
    places = places_of(scope)
    lines, _lately = lines_of(scope, places, (first, last), now=now)
    kinds = [kind for kind in scope.processes if process in ("", kind)]
    return [section(kind, lines, [place for place in places if scope.covers(kind, place)]) for kind in kinds]


def lines_of(
    scope: Scope, places: Sequence[District], days: tuple[date, date], *, now: datetime, since: date | None = None
) -> tuple[list[Line], list[Line]]:
    """Return what lines say something of files received on ``days``, in the order of ``places``, and what lines of them ``since`` a day.

    One query.
    """
    named, kinds = {place.pk: place for place in places}, scope.processes
    lines: dict[int, dict[str, Line]] = {key: {} for key in named}
    lately: dict[tuple[str, int], Line] = {}
    for found in _COUNTED(scope, **moments(*days), now=now, since=day_begins(since or days[0])):
        kind, place = found.kind, named.get(found.district)
        if place is None or kind not in kinds or not scope.covers(kind, place):
            continue
        lines[place.pk].setdefault(kind, Line(kind, place)).take(found)
        if since and found.lately:
            lately.setdefault((kind, place.pk), Line(kind, place)).take(found)
    return [line for of_place in lines.values() for line in of_place.values()], list(lately.values())


@as_set_up
def places_of(scope: Scope) -> list[District]:
    """Return the districts whose lines the reader sees, by name, as this process knows them; shared, and changed by nobody."""
    return list(scope.places)


def received(condition: Q, begins: Any, ends: Any) -> QuerySet[Case]:
    """Return the files of a condition received between two moments, that of the end not included."""
    return Case.objects.filter(condition, created__gte=begins, created__lt=ends)


def moments(first: date, last: date) -> dict[str, datetime]:
    """Return the moments between which the days from ``first`` to ``last`` lie, both included."""
    return {"begins": day_begins(first), "ends": day_begins(last + ONE_DAY)}


class AskedOf:
    """A question about the files of a scope, reached by ``way``; ``make`` is given the condition and, by these names, the values.

    Its text is made once, and each time anew for the parts that an auditor examines.
    """

    def __init__(self, make: Callable[..., QuerySet], *names: str, way: str = "") -> None:
        self._make, self._way = make, way
        of_places = one_of(f"{way}state", Given("states")) | one_of(f"{way}district", Given("districts"))
        self._asked = Asked(lambda: make(of_places, **{name: Given(name) for name in names}), planned_anew=True)

    def __call__(self, scope: Scope, **given: Any) -> list[Any]:
        """Return the rows, of the files in the scope."""
        if scope.parts:
            return list(self._make(scope.files(self._way), **given))
        return self._asked(states=list(scope.states), districts=list(scope.districts), **given)


def _by_line(condition: Q, begins: Any, ends: Any, now: Any, since: Any) -> QuerySet[Case, Any]:
    """Ask for each process, district and column what it counts, apart for what was received ``since`` a moment."""
    ordered = Order.objects.filter(case=OuterRef("pk"), kind=OrderKind.SANCTION).order_by("-pk").values("amount")[:1]
    return (
        received(condition, begins, ends)
        .order_by()
        .annotate(reviewed=result(now), lately=Either(When(created__gte=since, then=True), default=False))
        .values("kind", "district", "reviewed", "lately")
        .annotate(
            count_of=Count("pk"),
            stands_at=Sum("amount"),
            ordered=Sum(Subquery(ordered)),
            first=Min("created", filter=Q(ending="")),
            back=Count("pk", filter=sent_back()),
        )
        .values_list("kind", "district", "reviewed", "lately", "count_of", "stands_at", "ordered", "first", "back", named=True)
    )


_COUNTED = AskedOf(_by_line, "begins", "ends", "now", "since")


def listed(lines: Sequence[Line]) -> int:
    """Return how many rows the list of a process has whose lines say something (see ``Section.all_lines``)."""
    return len(lines) + (len(lines) != 1)


def section(kind: str, all_lines: Sequence[Line], places: Sequence[District]) -> Section:
    """Return the section of a process, with those of the ``places`` that sent nothing."""
    lines = [line for line in all_lines if line.kind == kind]
    sent = {line.district.pk for line in lines if line.district}
    return Section(Line.sum_of(lines, kind), lines, [place for place in places if place.pk not in sent])
