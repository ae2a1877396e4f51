"""What waits for this officer. Lists, counts and badges all ask here."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.http import urlencode

from programme import known
from programme.asking import Asked, Given, one_of
from programme.models import Charge, District, Office, Officer
from workflows import desks, jobs, notices
from workflows.authority import capacities
from workflows.models import Draft, Escalation, Movement, Observation, Question
from workflows.searching import finding

BY_TIME = ("late", "soon", "in_time")
FILTERS = (*BY_TIME, "returned")
# So many files stand on a page of the list.
AT_ONCE = 25


@dataclass(frozen=True)
class Counts:
    """Files that wait, by how they stand; of them those returned; notices not read; stays late elsewhere that the offices were told of;
    observations of the audit to reply to.

    Of the last three is only said whether there may be any: open questions, drafts and the officer's own jobs.
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


class Badges(NamedTuple):
    """What every page says of the desk: how many files wait, and how many notices are not read."""

    all: int = 0
    unread: int = 0


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


def waiting(officer: Officer, *, standing: str = "", q: str = "") -> QuerySet[Movement]:
    """Return the open stays the officer's charges of today let him take, first due first."""
    held = capacities(officer)
    movements = desks.open_at(held).select_related(
        "case__district",
        "case__state",
        "case__norm",
        "office__designation",
        "office__district",
        "came_from__office__designation",
        "came_from__office__district",
    )
    if standing in FILTERS:
        movements = movements.filter(desks.by_standing(standing, *desks.borders(held)))
    if q:
        movements = movements.filter(finding.matching(q, "case__"))
    shape, _given = desks.desks_of(held)
    return desks.by_due(movements, shape)


class Line(NamedTuple):
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
        shape, given = desks.desks_of(held)
        now, border = desks.borders(held)
        return _lines(_FIRST(shape, self.choice.standing, now=now, border=border, **given)[: wanted.stop])


def _first(shape: desks.Shape, standing: str) -> QuerySet:
    rows = desks.open_as_given(shape)
    if standing:
        rows = rows.filter(desks.by_standing(standing, Given("now"), Given("border")))
    # What stands beside a stay is read for those alone that are shown.
    return _columns(desks.by_due(Movement.objects.filter(pk__in=desks.by_due(rows, shape).values("pk")[:AT_ONCE])))


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


def badges(officer: Officer) -> Badges:
    """Count what waits and what was not read; one query, which does not look at the clocks."""
    held = capacities(officer)
    if not any(capacity.powers for capacity in held):
        return Badges()
    shape, given = desks.desks_of(held)
    found = dict(_BADGES(shape, not notices.reads_replies(officer), **given, **_told(officer)))
    return Badges(found[WAITING], _unread(officer, found))


def counts(officer: Officer) -> Counts:
    """Count what waits, by how it stands against its clock, and what stands beside it on the first page; one query."""
    held = capacities(officer)
    if not any(capacity.powers for capacity in held):
        return Counts()
    now, border = desks.borders(held)
    shape, given = desks.desks_of(held)
    own = {"since": now - jobs.RECENT, "held": [capacity.office.pk for capacity in held], "officer": officer.pk}
    rows = _COUNTED(shape, not notices.reads_replies(officer), now=now, border=border, **given, **_told(officer), **own)
    found: dict[str, int] = {}
    for name, count, late, soon, returned in rows:
        at_the_desk = {"late": late, "soon": soon, "in_time": count - late - soon, "returned": returned}
        found |= at_the_desk if name == WAITING else {name: count}
    return Counts(**found | {"unread": _unread(officer, found)})


def _told(officer: Officer) -> dict[str, Any]:
    return {"offices": _acting(officer), "replying": _replying(officer), "read": officer.notices_read}


def _unread(officer: Officer, found: dict[str, int]) -> int:
    """Return how many notices are not read: as ``found``, but for whoever reads replies too, of whom it is asked apart."""
    return notices.unread(officer).count() if notices.reads_replies(officer) else found["unread"]


def _not_read(ordinary: bool) -> dict[str, QuerySet]:
    return {"unread": notices.unread_at(Given("offices"), Given("replying"), Given("read"))} if ordinary else {}


def _badged(shape: desks.Shape, ordinary: bool) -> QuerySet:
    files = _counted(desks.open_as_given(shape), WAITING)
    return files.union(*(_counted(rows, name) for name, rows in _not_read(ordinary).items()), all=True)


def _count(shape: desks.Shape, ordinary: bool) -> QuerySet:
    now, border, offices = Given("now"), Given("border"), Given("offices")
    beside = {
        "under": _late_under(offices, now),
        "observed": _to_reply(Given("replying")),
        "questions": Question.objects.filter(one_of("office", offices), closed_in=None),
        "drafts": Draft.objects.filter(one_of("office", Given("held")), movement=None),
        "jobs": jobs.of(Given("officer"), Given("since")),
        **_not_read(ordinary),
    }
    standing = {kind: Count("pk", filter=desks.by_standing(kind, now, border)) for kind in STANDING}
    files = _counted(desks.open_as_given(shape), WAITING, standing)
    return files.union(*(_counted(rows, name, dict.fromkeys(STANDING, Value(0))) for name, rows in beside.items()), all=True)


WAITING, STANDING = "waiting", ("late", "soon", "returned")
_COUNTED, _BADGES = Asked(_count), Asked(_badged)


def _counted(rows: QuerySet, name: str, standing: dict[str, Any] | None = None) -> QuerySet:
    told = standing or {}
    return rows.order_by().values(what=Value(name)).annotate(count=Count("pk"), **told).values_list("what", "count", *told)


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
