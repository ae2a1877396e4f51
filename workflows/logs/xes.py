"""XES (IEEE 1849-2016): one trace a file, one event a paragraph, written as a stream."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

from lxml import etree

from workflows.logs.events import Event, Offices, Trace, marks

NAMESPACE = "http://www.xes-standard.org/"
EXTENSIONS = [("Concept", "concept"), ("Time", "time"), ("Lifecycle", "lifecycle"), ("Organizational", "org")]
GLOBALS = {
    "trace": [("string", "concept:name", "")],
    "event": [("string", "concept:name", ""), ("date", "time:timestamp", "1970-01-01T00:00:00Z")],
}
# Which attributes make two events the same activity.
CLASSIFIERS = {"Step": "concept:name", "Step and outcome": "concept:name outcome"}


def write(target: IO[bytes], traces: Iterable[Trace]) -> int:
    """Write the log and return the number of files in it."""
    count, offices, mark = 0, Offices(), marks()
    with etree.xmlfile(target, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("log", {"xes.version": "1849-2016", "xes.features": "", "xmlns": NAMESPACE}):
            for each in _head():
                file.write(each)
            for trace in traces:
                count += 1
                file.write(_trace(trace, offices, mark))
    return count


def _head() -> Iterator[Any]:
    for name, prefix in EXTENSIONS:
        yield etree.Element("extension", name=name, prefix=prefix, uri=f"{NAMESPACE}{prefix}.xesext")
    for scope, attributes in GLOBALS.items():
        held = etree.Element("global", scope=scope)
        for kind, key, value in attributes:
            etree.SubElement(held, kind, key=key, value=value)
        yield held
    for name, keys in CLASSIFIERS.items():
        yield etree.Element("classifier", name=name, keys=keys)
    yield _attribute(etree.Element("string"), "concept:name", "Karyapravah")


def _trace(trace: Trace, offices: Offices, mark: Any) -> Any:
    element = etree.Element("trace")
    said = {"concept:name": trace.number, "process": trace.process, "district": trace.district, "norm": trace.norm}
    for key, value in said.items():
        _string(element, key, value)
    _string(element, "ending", trace.ending or "open")
    _attribute(etree.SubElement(element, "int"), "version", str(trace.version))
    if trace.amount:
        _attribute(etree.SubElement(element, "float"), "amount", trace.amount)
    for event in trace.events:
        _event(element, event, offices, mark)
    return element


def _event(trace: Any, event: Event, offices: Offices, mark: Any) -> None:
    element = etree.SubElement(trace, "event")
    _string(element, "concept:name", event.step)
    _attribute(etree.SubElement(element, "date"), "time:timestamp", _time(event.at))
    _string(element, "lifecycle:transition", "complete")
    _string(element, "outcome", event.outcome)
    _string(element, "kind", event.kind)
    _attribute(etree.SubElement(element, "int"), "paragraph", str(event.paragraph))
    if event.office_id is not None:
        _string(element, "org:group", offices.name(event.office_id))
        _string(element, "org:role", offices.post(event.office_id))
    if event.officer_id is not None:
        _string(element, "org:resource", mark(event.officer_id))


def _string(parent: Any, key: str, value: str) -> None:
    _attribute(etree.SubElement(parent, "string"), key, value)


def _attribute(element: Any, key: str, value: str) -> Any:
    element.set("key", key)
    element.set("value", value)
    return element


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
