"""OCEL 2.0 as JSON: files, offices and orders as objects, paragraphs as events, written as a stream."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from django.db.models import QuerySet

from workflows.logs.events import Offices, Trace, marks, traces
from workflows.models import Case, Noting, Order

OBJECTS = {
    "file": [("number", "string"), ("process", "string"), ("version", "integer"), ("district", "string"), ("amount", "float"),
             ("norm", "string"), ("ending", "string")],
    "office": [("name", "string"), ("post", "string"), ("level", "string")],
    "order": [("number", "string"), ("kind", "string"), ("amount", "float")],
}  # fmt: skip
EVENT = [("outcome", "string"), ("kind", "string"), ("paragraph", "integer"), ("resource", "string")]


def write(target: IO[bytes], cases: QuerySet[Case]) -> int:
    """Write the log of these files and return their number. Types come first, then objects, then events: the files are read twice."""
    seen, written = set[int](), 0
    steps = Noting.objects.filter(case__in=cases.order_by().values("pk")).order_by("step").values_list("step", flat=True).distinct()
    _part(target, '{"objectTypes":', [_type(name, attributes) for name, attributes in OBJECTS.items()])
    _part(target, ',"eventTypes":', [_type(step, EVENT) for step in steps])
    offices, mark = Offices(), marks()
    orders = _orders(cases)

    def objects() -> Iterator[dict[str, Any]]:
        nonlocal written
        for trace in traces(cases):
            written += 1
            seen.update(event.office_id for event in trace.events if event.office_id is not None)
            yield _file(trace, orders.get(trace.case_id, []))
            for order in orders.get(trace.case_id, []):
                yield _order(order)
        yield from (_office(pk, offices) for pk in sorted(seen))

    _part(target, ',"objects":', objects())
    _part(target, ',"events":', (event for trace in traces(cases) for event in _events(trace, orders.get(trace.case_id, []), mark)))
    target.write(b"}")
    return written


def _part(target: IO[bytes], name: str, items: Iterable[dict[str, Any]]) -> None:
    target.write(name.encode() + b"[")
    for position, item in enumerate(items):
        target.write((",\n" if position else "\n").encode() + json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode())
    target.write(b"]")


def _type(name: str, attributes: list[tuple[str, str]]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": each, "type": kind} for each, kind in attributes]}


def _orders(cases: QuerySet[Case]) -> dict[int, list[Order]]:
    found: dict[int, list[Order]] = {}
    for order in Order.objects.filter(case__in=cases.order_by().values("pk")).select_related("noting").defer("noting__body").order_by("pk"):
        found.setdefault(order.case_id, []).append(order)
    return found


def _object(key: str, kind: str, at: str, values: dict[str, Any], related: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    """Write one object; what it is worth stood so from ``at`` on. An empty value is left out."""
    attributes = [{"name": name, "time": at, "value": value} for name, value in values.items() if value not in (None, "")]
    relationships = [{"objectId": other, "qualifier": qualifier} for other, qualifier in related or []]
    return {"id": key, "type": kind, "attributes": attributes, "relationships": relationships}


def _file(trace: Trace, orders: list[Order]) -> dict[str, Any]:
    names = ("number", "process", "version", "district", "norm", "ending")
    values = {name: getattr(trace, name) for name in names} | {"amount": float(trace.amount) if trace.amount else None}
    return _object(f"file:{trace.number}", "file", _time(trace.opened), values, [(f"order:{order.number}", "issued") for order in orders])


def _order(order: Order) -> dict[str, Any]:
    amount = None if order.amount is None else float(order.amount)
    values = {"number": order.number, "kind": order.kind, "amount": amount}
    return _object(f"order:{order.number}", "order", _time(order.noting.written_at), values)


def _office(pk: int, offices: Offices) -> dict[str, Any]:
    values = {"name": offices.name(pk), "post": offices.post(pk), "level": offices.level(pk)}
    return _object(f"office:{pk}", "office", "1970-01-01T00:00:00Z", values)


def _events(trace: Trace, orders: list[Order], mark: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    issued = {order.noting.paragraph: order.number for order in orders}
    for event in trace.events:
        values = {"outcome": event.outcome, "kind": event.kind, "paragraph": event.paragraph}
        if event.officer_id is not None:
            values["resource"] = mark(event.officer_id)
        related = [(f"file:{trace.number}", "file")]
        related += [(f"office:{event.office_id}", "office")] if event.office_id is not None else []
        related += [(f"order:{issued[event.paragraph]}", "order")] if event.paragraph in issued else []
        yield {
            "id": f"{trace.number}#{event.paragraph}",
            "type": event.step,
            "time": _time(event.at),
            "attributes": [{"name": name, "value": value} for name, value in values.items()],
            "relationships": [{"objectId": other, "qualifier": qualifier} for other, qualifier in related],
        }


def _time(moment: Any) -> str:
    return str(moment.isoformat(timespec="milliseconds"))
