"""What stands around the paragraphs of many files, read together: their own rows, records, papers, orders, open steps."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet
from django.db.models.functions import Cast
from viewflow.workflow.fields import FlowReferenceField

from programme.models.records import plain
from workflows.models import Case, Enclosure, Order
from workflows.record.hanging import Hanging, Waiting, hanging_on, waiting_of
from workflows.record.reading import all_rows, among, rows

FLOW = FlowReferenceField()


class File(NamedTuple):
    """A file's own row. ``flow`` is written as the database holds it."""

    pk: int
    number: str
    kind: str
    flow: str
    flow_version: int
    record_id: int
    amount: Decimal | None
    ending: str
    paragraphs: int
    head: str
    office_id: int
    district_id: int | None
    state: str
    norm: str


class Paper(NamedTuple):
    """A paper received, replaced ones too."""

    case_id: int
    kind: str
    sha256: str
    replaced_by: int | None
    name: str
    stored: str


class OrderRow(NamedTuple):
    """An order as its row holds it, in the words of the paragraph that issued it."""

    kind: str
    number: str
    issued_on: str
    amount: str | None
    key: str


@dataclass
class Surroundings:
    """What stands around one file's paragraphs: its row, its record's facts (``None`` where it is gone) and which of them are
    personal, its current papers, the SHA-256 of all, orders by paragraph, its flow, where it waits, what hangs on paragraphs.
    """

    case: File
    facts: dict[str, Any] | None
    personal: frozenset[str]
    current: list[dict[str, str]]
    papers: set[str]
    orders: dict[int, OrderRow]
    flow: Any = None
    stays: list[Waiting] = field(default_factory=list)
    hanging: dict[int, Hanging] = field(default_factory=dict)


def files(cases: QuerySet[Case]) -> Iterator[File]:
    """Yield the rows of these files, in the order of the query."""
    read: dict[str, Any] = {"flow": Cast("flow_class", CharField()), "state": F("state__short"), "norm": F("norm__version")}
    return map(File._make, rows(cases.values_list(*(read.get(name, name) for name in File._fields))))


def surroundings(cases: list[File], papers: list[Paper]) -> dict[int, Surroundings]:
    """Return what stands around each of these files, whose papers were read already."""
    keys = [case.pk for case in cases]
    around = {case.pk: Surroundings(case, None, frozenset(), [], set(), {}) for case in cases}
    _add_facts(cases, around)
    for paper in sorted(papers):
        mine = around[paper.case_id]
        mine.papers.add(paper.sha256)
        if paper.replaced_by is None:
            mine.current.append({"kind": paper.kind, "sha256": paper.sha256})
    columns = ("case_id", "noting_id", "kind", "number", "issued_on", "amount", "key")
    issued = Order.objects.filter(among("case", keys)).values_list(*columns)
    for case_id, noting_id, kind, number, issued_on, amount, key in all_rows(issued):
        if case_id in around:
            written = None if amount is None else f"{amount:.2f}"
            around[case_id].orders[noting_id] = OrderRow(kind, number, issued_on.isoformat(), written, str(key))
    waiting, hanging = waiting_of(keys), hanging_on(keys)
    for case_id, mine in around.items():
        mine.stays, mine.hanging = waiting.get(case_id, []), hanging.get(case_id, {})
    return around


def papers_of(cases: Collection[int]) -> list[Paper]:
    """Return every paper of these files, in the order of files and papers."""
    received = Enclosure.objects.filter(among("case", cases)).order_by("case_id", "pk")
    columns = ("case_id", "kind", "sha256", "replaced_by_id", "name", "stored")
    wanted = set(cases)
    return [Paper._make(row) for row in all_rows(received.values_list(*columns)) if row[0] in wanted]


def _add_facts(cases: list[File], around: dict[int, Surroundings]) -> None:
    """Read the records of each process together."""
    by_flow: dict[str, list[File]] = {}
    for case in cases:
        by_flow.setdefault(case.flow, []).append(case)
    for flow, group in by_flow.items():
        flow_class = FLOW.from_db_value(flow, None, None)
        if flow_class is None:
            continue
        record, facts = flow_class.record, _facts(flow_class.record, {case.record_id for case in group})
        for case in group:
            mine = around[case.pk]
            mine.flow, mine.facts, mine.personal = flow_class, facts.get(case.record_id), record.PERSONAL


def _facts(record: Any, keys: set[int]) -> dict[int, dict[str, Any]]:
    beside: dict[str, dict[int, list[Any]]]
    beside = {name: _keys_beside(record, name, keys) for name in (relation.name for relation in record._meta.many_to_many)}
    for relation in record._meta.related_objects:
        if (name := relation.get_accessor_name()) in record.LINES:
            beside[name] = _lines_beside(relation, record.LINES[name], keys)
    read = all_rows(record.objects.filter(among("pk", keys)).values_list("pk", *record.columns()))
    return {pk: record.facts_from(values, {name: of.get(pk, []) for name, of in beside.items()}) for pk, *values in read if pk in keys}


def _keys_beside(record: Any, name: str, keys: set[int]) -> dict[int, list[int]]:
    relation = record._meta.get_field(name)
    source, target = relation.m2m_field_name(), relation.m2m_reverse_field_name()
    links = relation.remote_field.through.objects.filter(among(source, keys)).order_by(f"{target}_id")
    found: dict[int, list[int]] = {}
    for pk, other in all_rows(links.values_list(f"{source}_id", f"{target}_id")):
        found.setdefault(pk, []).append(other)
    return found


def _lines_beside(relation: Any, columns: dict[str, Any], keys: set[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    read = relation.related_model.objects.filter(among(relation.field.name, keys))
    for pk, *values in all_rows(read.values_list(relation.field.attname, *columns)):
        found.setdefault(pk, []).append(dict(zip(columns, map(plain, values), strict=True)))
    return found
