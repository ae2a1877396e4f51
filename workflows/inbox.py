"""What waits for this officer, and what he did last. Lists, counts, badges and the next-file link all ask here."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case as Either
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.http import urlencode

from programme import known
from programme.asking import Asked, Given, one_of
from programme.models import Charge, District, Office, Officer
from programme.powers import Power
from workflows import jobs, notices
from workflows.authority import Capacity, capacities, within
from workflows.deadlines import soon_until
from workflows.flows import FLOWS
from workflows.models import Draft, Escalation, Movement, Noting, Observation, Outcome, Question
from workflows.searching import finding

# Of desks alike: whether it is only one, whether the officer prepares there, and whether up to an amount only.
Shape = tuple[tuple[bool, bool, bool], ...]
BY_TIME = ("late", "soon", "in_time")
FILTERS = (*BY_TIME, "returned")
# So many files stand on a page of the list.
AT_ONCE = 25
LAST = 5
# One file may have been signed several times among the last.
LOOK_BACK = 3 * LAST


@dataclass(frozen=True)
class Counts:
    """Files that wait, by how they stand; of them those returned; notices not read; stays late elsewhere that the offices were told of;
    observations of the audit to reply to.

    Of the last three the first page alone asks, and only whether there may be any: open questions, drafts and the officer's own jobs.
    """

    late: int = 0
    soon: int = 0
    in_time: int = 0
    returned: int = 0
    unread: int = 0
    under: int = 0
    observed: int = 0
    questions: int = 0
    drafts: int = 0
    jobs: int = 0

    @property
    def all(self) -> int:
        return self.late + self.soon + self.in_time


@dataclass(frozen=True)
class Choice:
    """Which part of what waits is looked at: by its standing, one of ``FILTERS`` or empty for all, and by words searched for."""

    standing: str = ""
    words: str = ""

    @property
    def query(self) -> str:
        """The choice as part of an address, so that one comes back to the same list."""
        return urlencode({"filter": self.standing or "all", **({"q": self.words} if self.words else {})})

    @property
    def is_all(self) -> bool:
        return not self.standing and not self.words


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
    if q:
        movements = movements.filter(finding.matching(q, "case__"))
    return _by_due(movements)


def _by_due(rows: QuerySet[Movement]) -> QuerySet[Movement]:
    return rows.order_by(F("due").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class Line:
    """One file that waits, as the list shows it."""

    pk: int
    case_id: int
    number: str
    subject: str
    amount: Decimal | None
    district: District | None
    office: Office
    came_from: Office
    node: Any
    power: str
    received: datetime
    due: datetime | None
    disposed: None = None


@dataclass(frozen=True)
class Waiting:
    """What waits for an officer in a part of the list, to be read page by page."""

    officer: Officer
    choice: Choice

    def count(self) -> int:
        return chosen(self.officer, self.choice).count()

    def __getitem__(self, wanted: slice) -> list[Line]:
        if self.choice.words or wanted.stop > AT_ONCE:
            rows = chosen(self.officer, self.choice).select_related(None)
            return _lines(list(_columns(rows)[wanted]))
        held = capacities(self.officer)
        shape, desks = _desks(held)
        now, border = _borders(held)
        return _lines(_FIRST(shape, self.choice.standing, now=now, border=border, **desks)[: wanted.stop])


def _first(desks: Shape, standing: str) -> QuerySet:
    rows = _open_as_given(desks)
    if standing:
        rows = rows.filter(_standing(standing, Given("now"), Given("border")))
    # What stands beside a stay is read for those alone that are shown.
    return _columns(_by_due(Movement.objects.filter(pk__in=_by_due(rows).values("pk")[:AT_ONCE])))


_FIRST = Asked(_first)


def _columns(rows: QuerySet[Movement]) -> Any:
    of_the_file = {name: F(f"case__{name}") for name in ("number", "subject", "amount", "district", "flow_class")}
    told = rows.annotate(sender=Coalesce("came_from__office", "case__office"), **of_the_file)
    return told.values_list("pk", "case", "office", "step", "power", "received", "due", "sender", *of_the_file, named=True)


def _lines(rows: list[Any]) -> list[Line]:
    offices = known.offices({key for row in rows for key in (row.office, row.sender)})
    districts = known.districts({row.district for row in rows})
    return [
        Line(
            pk=row.pk,
            case_id=row.case,
            number=row.number,
            subject=row.subject,
            amount=row.amount,
            district=districts.get(row.district),
            office=offices[row.office],
            came_from=offices[row.sender],
            node=row.flow_class.instance.node(row.step),
            power=row.power,
            received=row.received,
            due=row.due,
        )
        for row in rows
    ]


def chosen(officer: Officer, choice: Choice) -> QuerySet[Movement]:
    return waiting(officer, standing=choice.standing, q=choice.words)


def following(officer: Officer, case: int, stay: Movement | None, choice: Choice) -> int | None:
    """Return the file behind ``stay`` in the list, else the first one that is not ``case``; ``None`` when there is none."""
    if choice.words:
        others = chosen(officer, choice).exclude(case=case).select_related(None).values_list("case", flat=True)
        behind = others.filter(after(stay.due, stay.pk)).first() if stay else None
        return behind or others.first()
    held = capacities(officer)
    shape, given = _desks(held)
    now, border = _borders(held)
    given |= {"now": now, "border": border, "case": case}
    found = _NEXT.first(shape, choice.standing, True, bool(stay.due), **given, due=stay.due, pk=stay.pk) if stay else None
    found = found or _NEXT.first(shape, choice.standing, False, False, **given)
    return found.case if found else None


def _next(desks: Shape, standing: str, behind: bool, dated: bool) -> QuerySet:
    rows = _open_as_given(desks).exclude(case=Given("case"))
    if standing:
        rows = rows.filter(_standing(standing, Given("now"), Given("border")))
    if behind:
        rows = rows.filter(after(Given("due") if dated else None, Given("pk")))
    return _by_due(rows).values_list("case")[:1]


_NEXT = Asked(_next)


def after(due: Any, pk: Any) -> Q:
    """Return what stands behind a stay, due then and with this key, in the order of the list."""
    if due is None:
        return Q(due=None, pk__gt=pk)
    return Q(due__gt=due) | Q(due=due, pk__gt=pk) | Q(due=None)


def before(due: Any, pk: Any) -> Q:
    """Return what stands before a stay, due then and with this key, in the order of the list."""
    if due is None:
        return Q(due__isnull=False) | Q(due=None, pk__lt=pk)
    return Q(due__lt=due) | Q(due=due, pk__lt=pk)


def neighbours(officer: Officer, stay: Movement, choice: Choice) -> tuple[int | None, int | None]:
    """Return the files before and behind a stay in the list, ``None`` where there is none; one query."""
    if choice.words:
        others = chosen(officer, choice).exclude(case=stay.case_id)
        return _on_both_sides(others, stay.due, stay.pk).get()
    held = capacities(officer)
    shape, given = _desks(held)
    now, border = _borders(held)
    given |= {"now": now, "border": border, "case": stay.case_id, "due": stay.due, "pk": stay.pk}
    found = _NEIGHBOURS.get(shape, choice.standing, bool(stay.due), **given)
    return found.ahead, found.behind


def _on_both_sides(others: QuerySet[Movement], due: Any, pk: Any) -> QuerySet:
    ahead = others.filter(before(due, pk)).order_by(F("due").desc(nulls_first=True), "-pk")
    found = Movement.objects.filter(pk=pk).annotate(
        ahead=Subquery(ahead.values("case")[:1]), behind=Subquery(others.filter(after(due, pk)).values("case")[:1])
    )
    return found.values_list("ahead", "behind")


def _beside(desks: Shape, standing: str, dated: bool) -> QuerySet:
    others = _by_due(_open_as_given(desks).exclude(case=Given("case")))
    if standing:
        others = others.filter(_standing(standing, Given("now"), Given("border")))
    return _on_both_sides(others, Given("due") if dated else None, Given("pk"))


_NEIGHBOURS = Asked(_beside)


def counts(officer: Officer, *, first_page: bool = False) -> Counts:
    """Count what waits, by how it stands against its clock, and what stands beside it on every page or the first; one query."""
    held = capacities(officer)
    if not any(capacity.powers for capacity in held):
        return Counts()
    now, border = _borders(held)
    shape, desks = _desks(held)
    told = {"offices": _acting(officer), "replying": _replying(officer), "read": officer.notices_read, "officer": officer.pk}
    own = {"since": now - jobs.RECENT, "held": [capacity.office.pk for capacity in held]}
    found = dict(_COUNTED(shape, not notices.reads_replies(officer), first_page, now=now, border=border, **desks, **told, **own))
    if notices.reads_replies(officer):
        found["unread"] = notices.unread(officer).count()
    return Counts(**found)


def _count(desks: Shape, ordinary: bool, first_page: bool) -> QuerySet:
    now, border, offices = Given("now"), Given("border"), Given("offices")
    late, soon = (When(_standing(kind, now, border), then=Value(kind)) for kind in BY_TIME[:2])
    waiting_there = _open_as_given(desks)
    files = _counted(waiting_there, Either(late, soon, default=Value(BY_TIME[2])))
    beside = {
        "returned": waiting_there.filter(_standing("returned", now, border)),
        "under": _late_under(offices, now),
        "observed": _to_reply(Given("replying")),
    }
    if ordinary:
        beside["unread"] = notices.unread_at(offices, Given("replying"), Given("read"))
    if first_page:
        beside["questions"] = Question.objects.filter(one_of("office", offices), closed_in=None)
        beside["drafts"] = Draft.objects.filter(one_of("office", Given("held")), movement=None)
        beside["jobs"] = jobs.of(Given("officer"), Given("since"))
    return files.union(*(_counted(rows, Value(name)) for name, rows in beside.items()), all=True)


_COUNTED = Asked(_count)


def _counted(rows: QuerySet, standing: Any) -> QuerySet:
    return rows.order_by().values(standing=standing).annotate(count=Count("pk")).values_list("standing", "count")


def to_reply(officer: Officer) -> QuerySet[Observation]:
    """Return the observations of the audit to which the officer's offices have not replied; the first due first."""
    return _to_reply(_replying(officer)).order_by("due", "pk")


def _to_reply(offices: Any) -> QuerySet[Observation]:
    return Observation.objects.filter(one_of("office", offices), settlement=None, replies=None)


def _acting(officer: Officer) -> list[int]:
    return [held.office.pk for held in capacities(officer) if held.powers]


def _replying(officer: Officer) -> list[int]:
    return [held.office.pk for held in capacities(officer) if held.powers and held.charge != Charge.ASSISTANT]


def late_under(officer: Officer) -> QuerySet[Movement]:
    """Return the open stays, wherever they are, that the officer's offices were told of as late; the longest late first."""
    return _late_under(_acting(officer), timezone.now()).order_by("due", "pk")


def _late_under(offices: Any, now: Any) -> QuerySet[Movement]:
    told = Escalation.objects.filter(one_of("office", offices), movement=OuterRef("pk"))
    return Movement.objects.filter(Exists(told), disposed=None, due__lt=now)


@dataclass(frozen=True)
class Signed:
    """A file that the officer signed: when and how he did so last, and at which offices it waits now, or how it ended."""

    case_id: int
    number: str
    subject: str
    at: datetime
    outcome: str
    ending: str
    offices: list[Office]


def signed_last(officer: Officer) -> list[Signed]:
    """Return the files the officer signed last, the latest first; one query."""
    # The database gives a row for each of his paragraphs and each open stay of its file.
    rows: dict[int, dict[int, list[Any]]] = {}
    for row in _SIGNED(officer=officer.pk):
        rows.setdefault(row.case, {}).setdefault(row.pk, []).append(row)
    last = [next(iter(paragraphs.values())) for paragraphs in rows.values()][:LAST]
    offices = known.offices({row.at for of_the_file in last for row in of_the_file})
    return [_signed(of_the_file, [offices[row.at] for row in of_the_file if row.at]) for of_the_file in last]


def _signed(rows: list[Any], offices: list[Office]) -> Signed:
    row = rows[0]
    ending = str(row.case__flow_class.instance.node(row.case__ending).task_title) if row.case__ending else ""
    return Signed(row.case, row.case__number, row.case__subject, row.written_at, row.outcome, ending, offices)


_OF_A_FILE = ("case", "case__number", "case__subject", "case__flow_class", "case__ending")


def _signed_by() -> QuerySet:
    mine = Noting.objects.filter(officer=Given("officer")).order_by("-written_at")
    return (
        Noting.objects.filter(pk__in=mine.values("pk")[:LOOK_BACK])
        .annotate(stay=FilteredRelation("case__movements", condition=Q(case__movements__disposed=None)))
        .annotate(at=F("stay__office"))
        .order_by("-written_at", "stay__pk")
        .values_list("pk", "written_at", "outcome", *_OF_A_FILE, "at", named=True)
    )


_SIGNED = Asked(_signed_by)


def _open_at(held: list[Capacity]) -> QuerySet[Movement]:
    mine = Q(pk__in=[])
    for (powers, upto), offices in _alike(held).items():
        mine |= _at(one_of("office", offices), sorted(powers), upto, prepares=Power.PREPARE_NOTING in powers)
    return Movement.objects.filter(mine, disposed=None)


def _open_as_given(desks: Shape) -> QuerySet[Movement]:
    """Return what ``_open_at`` returns, for desks of this shape whose offices, powers and limits are given."""
    mine = Q(pk__in=[])
    for n, (alone, prepares, limited) in enumerate(desks):
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


def _desks(held: list[Capacity]) -> tuple[Shape, dict[str, Any]]:
    """Return the shape of the officer's desks, and what is given for them."""
    alike = _alike(held)
    given: dict[str, Any] = {}
    for n, ((powers, upto), offices) in enumerate(alike.items()):
        given |= {f"office{n}": offices[0], f"offices{n}": offices, f"powers{n}": sorted(powers), f"upto{n}": upto}
    return tuple((len(offices) == 1, Power.PREPARE_NOTING in powers, upto is not None) for (powers, upto), offices in alike.items()), given


def _borders(held: list[Capacity]) -> tuple[datetime, datetime]:
    now = timezone.now()
    return now, soon_until(held[0].office, now) if held else now


def _standing(kind: str, now: Any, border: Any) -> Q:
    if kind == "returned":
        return Q(came_from__outcome=Outcome.RETURN)
    if kind == "late":
        return Q(due__lt=now)
    if kind == "soon":
        return Q(due__gte=now, due__lte=border)
    return Q(due__gt=border) | Q(due=None)
