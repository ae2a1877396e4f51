"""Verifying the whole record, or some files of it, as one moment saw it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from viewflow.workflow.models import Process

from workflows.models import Case, Enclosure, Leaf, Movement, Noting, Order, OrderPaper, RegisterLine, Sitting
from workflows.record import triggers
from workflows.record.entry_checks import check_registers, check_what_is_left
from workflows.record.findings import Finding, finding
from workflows.record.minutes import check_minutes, check_named, check_texts
from workflows.record.notes import notes_in
from workflows.record.paragraphs import COLUMNS, OrderRow, Row, Surroundings, check_file
from workflows.record.reading import snapshot
from workflows.record.sealer import WINDOW
from workflows.record.seals import check_log

CHUNK = 500  # Files held in memory at once; their paragraphs are streamed.


class UnknownFile(Exception):
    """No file has this number."""


@dataclass
class Report:
    """What was read and what was found."""

    files: int = 0
    paragraphs: int = 0
    sealed: int = 0
    lines: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings


def verify(case_numbers: Iterable[str] | None = None, anchors: Iterable[str] = ()) -> Report:
    """Check files (all, or those numbered), the whole log of seals, the database's guards, and anchors kept outside.

    ``anchors`` are texts that hold signed notes. Raise ``UnknownFile`` for a number that no file has.
    """
    report = Report()
    with snapshot():
        report.findings += check_guards()
        cases = _cases(case_numbers)
        _read(cases, report)
        report.findings += [*check_texts(Sitting.objects.all()), *check_named(cases)]
        if case_numbers is None:
            report.findings += [*_strays(), *check_registers()]
            report.lines = RegisterLine.objects.count()
        report.findings += _hidden()
        report.findings += check_log(note for text in anchors for note in notes_in(text))
        report.sealed = Leaf.objects.count()
    report.findings = list(dict.fromkeys(report.findings))
    return report


def verify_files(cases: QuerySet[Case]) -> Report:
    """Check some files, their papers, orders and minutes; the log of seals is left to ``check_log`` and ``check_seals_of``."""
    report = Report()
    with snapshot():
        _read(cases.order_by("pk"), report)
        report.findings += check_minutes(cases)
    report.findings = list(dict.fromkeys(report.findings))
    return report


def check_guards() -> list[Finding]:
    """Return what the database no longer refuses."""
    return [finding("guard", name=name) for name in triggers.missing()]


def check_what_lies_about() -> list[Finding]:
    """Return what no file leads to: paragraphs without one, those that the sealer will never look for, minutes that decided on none."""
    return [*_strays(), *_hidden(), *check_what_is_left(), *check_texts(Sitting.objects.filter(items=None))]


def _read(cases: QuerySet[Case], report: Report) -> None:
    now = timezone.now()
    for chunk in _chunks(cases.iterator(chunk_size=CHUNK)):
        report.findings += _check_chunk(chunk, now, report)


def _cases(numbers: Iterable[str] | None) -> QuerySet[Case]:
    cases = Case.objects.order_by("pk")
    if numbers is None:
        return cases
    wanted = set(numbers)
    found = cases.filter(number__in=wanted)
    if unknown := wanted - set(found.values_list("number", flat=True)):
        raise UnknownFile(", ".join(sorted(unknown)))
    return found


def _chunks(cases: Iterator[Case]) -> Iterator[list[Case]]:
    while chunk := list(islice(cases, CHUNK)):
        yield chunk


def _check_chunk(cases: list[Case], now: datetime, report: Report) -> Iterator[Finding]:
    around = _surroundings(cases)
    rows = Noting.objects.filter(case__in=cases).order_by("case_id", "paragraph").values_list(*COLUMNS).iterator(chunk_size=CHUNK)
    grouped = groupby(map(Row._make, rows), key=attrgetter("case_id"))
    case_id, group = next(grouped, (None, iter(())))
    for case in cases:
        report.files += 1
        if case.pk == case_id:
            yield from check_file(around[case.pk], _counted(group, report), now)
            case_id, group = next(grouped, (None, iter(())))
        else:
            yield from check_file(around[case.pk], (), now)
    yield from _check_papers(cases)


def _counted(rows: Iterable[Row], report: Report) -> Iterator[Row]:
    for row in rows:
        report.paragraphs += 1
        yield row


def _surroundings(cases: list[Case]) -> dict[int, Surroundings]:
    with_record = _set_records(cases)
    papers: dict[int, list[tuple[str, str, bool]]] = {case.pk: [] for case in cases}
    rows = Enclosure.objects.filter(case__in=cases).order_by("kind", "sha256")
    for case_id, kind, sha256, newer in rows.values_list("case_id", "kind", "sha256", "replaced_by_id"):
        papers[case_id].append((kind, sha256, newer is None))
    orders = _orders(cases)
    open_steps = Counter(Movement.objects.filter(case__in=cases, disposed=None).values_list("case_id", flat=True))
    return {
        case.pk: Surroundings(
            case=case,
            has_record=case.pk in with_record,
            current=[{"kind": kind, "sha256": sha256} for kind, sha256, is_current in papers[case.pk] if is_current],
            papers={sha256 for _kind, sha256, _current in papers[case.pk]},
            orders=orders[case.pk],
            open_steps=open_steps[case.pk],
        )
        for case in cases
    }


def _orders(cases: list[Case]) -> dict[int, dict[int, OrderRow]]:
    found: dict[int, dict[int, OrderRow]] = {case.pk: {} for case in cases}
    for order in Order.objects.filter(case__in=cases):
        amount = None if order.amount is None else f"{order.amount:.2f}"
        said = OrderRow(order.kind, order.number, order.issued_on.isoformat(), amount, str(order.key))
        found[order.case_id][order.noting_id] = said
    return found


def _set_records(cases: list[Case]) -> set[int]:
    """Give each case its record with one query a process; return the cases that have one."""
    by_flow: dict[Any, list[Case]] = {}
    for case in cases:
        if case.flow_class is not None:
            by_flow.setdefault(case.flow_class, []).append(case)
    with_record = set()
    for flow, group in by_flow.items():
        records = flow.record.objects.prefetch_related(*_child_rows(flow.record)).in_bulk([case.record_id for case in group])
        for relation in flow.record._meta.many_to_many:
            _name_the_others(relation, records)
        for case in group:
            if case.record_id in records:
                case.record = records[case.record_id]
                with_record.add(case.pk)
    return with_record


def _name_the_others(relation: Any, records: dict[int, Any]) -> None:
    """Let each record know to which rows it is related, by their keys alone, which is what its facts say of them."""
    source, target = relation.m2m_field_name(), relation.m2m_reverse_field_name()
    links = relation.remote_field.through.objects.filter(**{f"{source}__in": list(records)}).values_list(f"{source}_id", f"{target}_id")
    bare: dict[Any, Any] = {}
    named: dict[int, list[Any]] = {pk: [] for pk in records}
    for pk, other in links:
        named[pk].append(bare.get(other) or bare.setdefault(other, relation.related_model(pk=other)))
    for pk, others in named.items():
        rows = relation.related_model.objects.all()
        rows._result_cache = others
        vars(records[pk]).setdefault("_prefetched_objects_cache", {})[relation.name] = rows


def _child_rows(record: Any) -> list[str]:
    return [name for name in record.LINES if any(row.get_accessor_name() == name for row in record._meta.related_objects)]


def _check_papers(cases: list[Case]) -> Iterator[Finding]:
    """Every paper received, replaced ones too, and every printing of an order must still lie in the store as it was."""
    numbers = {case.pk: case.number for case in cases}
    papers = Enclosure.objects.filter(case__in=cases).order_by("case_id", "pk").values_list("case_id", "name", "stored", "sha256")
    for case_id, name, stored, sha256 in papers.iterator(chunk_size=CHUNK):
        yield from _check_stored(Enclosure, stored, sha256, numbers[case_id], name)
    printed = OrderPaper.objects.filter(order__case__in=cases).order_by("order__case_id", "pk")
    named = printed.values_list("order__case_id", "order__number", "language", "stored", "sha256")
    for case_id, order, language, stored, sha256 in named.iterator(chunk_size=CHUNK):
        yield from _check_stored(OrderPaper, stored, sha256, numbers[case_id], OrderPaper.named(order, language))


def _check_stored(model: Any, stored: str, sha256: str, number: str, name: str) -> Iterator[Finding]:
    try:
        with open(model.stored.field.storage.path(stored), "rb", buffering=0) as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except (OSError, ValueError):
        yield finding("paper-missing", number, name=name)
    else:
        if not same:
            yield finding("paper", number, name=name)


def _strays() -> Iterator[Finding]:
    """Paragraphs whose file is gone."""
    case, process = Case.objects.filter(pk=OuterRef("case_id")), Process.objects.filter(pk=OuterRef("case_id"))
    rows = Noting.objects.filter(~Exists(case) | ~Exists(process))
    for pk, paragraph in rows.values_list("pk", "paragraph").iterator(chunk_size=CHUNK):
        yield finding("stray", paragraph=paragraph, row=pk)


def _hidden() -> Iterator[Finding]:
    """Paragraphs too far back for the sealer to look for them, and without a place in the log."""
    newest = Leaf.objects.aggregate(id=Max("noting_id"))["id"] or 0
    rows = Noting.objects.filter(~Exists(Leaf.objects.filter(noting=OuterRef("pk"))), pk__lte=newest - WINDOW)
    for number, paragraph in rows.values_list("case__number", "paragraph").iterator(chunk_size=CHUNK):
        yield finding("unsealed", number or "", paragraph)
