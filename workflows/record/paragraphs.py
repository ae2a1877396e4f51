"""Checking one file: each paragraph by itself, then the file's end, its record, papers and orders against the last of them."""

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from django.conf import settings

from workflows.models import Case, Outcome
from workflows.record.canonical import in_order, quick_sha256, sha256_of
from workflows.record.chain import stamp
from workflows.record.findings import Finding, finding
from workflows.record.glance import at_a_glance, papers_in, version_in
from workflows.record.hanging import TOLD, Hanging, check_hanging, check_waiting, named
from workflows.record.keys import UnknownKey, hmac_key, mac_of
from workflows.record.reading import Bytes, Stamp
from workflows.record.standing import File, OrderRow, Surroundings
from workflows.record.state import digest_of_state, state_from

# The sealer works every minute; what is older than this was kept from it.
SEALED_WITHIN = timedelta(minutes=10)
PULL_BACK = Outcome.PULL_BACK.value


class Row(NamedTuple):
    """One paragraph as the database holds it, with its place in the log, the personal data beside it and what its officer was shown.

    ``written_at`` is written as the record writes a moment; long texts are the bytes of their UTF-8.
    """

    id: int
    case_id: int
    paragraph: int
    written_at: str | None
    step: str
    outcome: str
    officer_id: int | None
    prepared_by_id: int | None
    office_id: int | None
    body: bytes
    previous: str
    hash: str
    mac: str
    key_id: str
    leaf: int | None
    private_id: int | None
    salt: str | None
    private: bytes | None
    erased_at: datetime | None
    shown_id: int | None
    shown: bytes | None
    shown_salt: str | None
    shown_personal: bytes | None
    shown_erased_at: datetime | None


COLUMNS: list[Any] = [
    *Row._fields[:3],
    Stamp("written_at"),
    *Row._fields[4:9],
    Bytes("body"),
    *Row._fields[10:14],
    "leaf__index",
    *("private__id", "private__salt", Bytes("private__body"), "private__erased_at"),
    *("snapshot__id", Bytes("snapshot__body"), "snapshot__salt", Bytes("snapshot__personal"), "snapshot__erased_at"),
]
PRIVATE_ID, SHOWN_ID = Row._fields.index("private_id"), Row._fields.index("shown_id")


@dataclass
class Reading:
    """What has been read of a file so far."""

    count: int = 0
    last: tuple[int, str] = (0, "")  # number and hash
    after: Any = None
    personal: dict[str, Any] = field(default_factory=dict)
    version: Any = None
    ordered: set[int] = field(default_factory=set)
    # Who opened the file, by the norm of which version it is judged, and where the last paragraph that sent it somewhere sent it.
    opened_by: Any = None
    norm: Any = None
    sent: tuple[int, dict[str, Any]] | None = None
    unanswered: set[int] = field(default_factory=set)
    waiting: list[int] = field(default_factory=list)


def check_file(around: Surroundings, rows: Iterable[tuple[Any, ...]], now: datetime) -> Iterator[Finding]:
    """Yield what is wrong with one file. ``rows`` are its paragraphs in order; they are read once and not kept."""
    reading, case, number, keys = Reading(), around.case, around.case.number, settings.RECORD_KEYS
    for row in rows:
        said = None if reading.waiting else at_a_glance(row, reading.last, case, reading.version, keys)
        if said is None:
            said = yield from _in_detail(Row._make(row), reading, case, now)
        else:
            reading.version = said["flow"]["version"]
        if said is not None:
            if said.get("private") is not None or row[PRIVATE_ID] is not None:
                yield from _private(Row._make(row), said.get("private"), reading, number)
            if said.get("shown") is not None or row[SHOWN_ID] is not None:
                yield from _shown(Row._make(row), said.get("shown"), number)
            if said.get("order") or not around.papers.issuperset(papers_in(said)):
                yield from _named(row[0], row[2], said, around, reading)
            yield from _beside(row[0], row[2], said, around, reading)
        reading.count, reading.last, reading.after = reading.count + 1, (row[2], row[11]), said.get("after") if said else None
    yield from _end(around, reading)


def _in_detail(row: Row, reading: Reading, case: File, now: datetime) -> Generator[Finding, None, dict[str, Any] | None]:
    """Ask one thing after the other, yield what is wrong, and return what the paragraph says, ``None`` when it cannot be read as one."""
    body = _body(row)
    yield from _place(row, reading, case.number)
    yield from _signature(row, case.number)
    yield from _seal(row, reading, case.number, now)
    if body is None:
        yield finding("body", case.number, row.paragraph)
        return None
    yield from _columns(row, body, case, reading)
    return body


def _place(row: Row, reading: Reading, number: str) -> Iterator[Finding]:
    last, head = reading.last
    if row.paragraph != last + 1:
        yield finding("gap", number, row.paragraph, expected=last + 1)
    if row.previous != head:
        yield finding("link", number, row.paragraph)


def _signature(row: Row, number: str) -> Iterator[Finding]:
    if hashlib.sha256(row.body).hexdigest() != row.hash:
        yield finding("hash", number, row.paragraph)
    try:
        if mac_of(row.hash, hmac_key(row.key_id)) != row.mac:
            yield finding("mac", number, row.paragraph)
    except UnknownKey:
        yield finding("key", number, row.paragraph, key=row.key_id)
    except ValueError:  # The stored hash is not hexadecimal.
        yield finding("mac", number, row.paragraph)


def sha256_of_stored(text: str) -> str:
    """Return the SHA-256 of a stored text, empty when a shell has put half a character into it."""
    try:
        return sha256_of(text)
    except UnicodeEncodeError:
        return ""


def _seal(row: Row, reading: Reading, number: str, now: datetime) -> Iterator[Finding]:
    """A paragraph is left out when it is old, or when a later one of its file is already sealed."""
    if row.leaf is not None:
        for paragraph in reading.waiting:
            yield finding("unsealed", number, paragraph)
        reading.waiting.clear()
    elif (row.written_at or "") < stamp(now - SEALED_WITHIN):
        yield finding("unsealed", number, row.paragraph)
    else:
        reading.waiting.append(row.paragraph)


def _body(row: Row) -> dict[str, Any] | None:
    """Return the signed text as data, ``None`` when it is not the canonical text of a paragraph."""
    try:
        text = row.body.decode()
        body = json.loads(text)
        if isinstance(body, dict) and in_order(body) == text:
            return body
    except (ValueError, RecursionError):
        pass
    return None


def _columns(row: Row, body: dict[str, Any], case: File, reading: Reading) -> Iterator[Finding]:
    pairs = {
        "file": (body.get("file"), case.number),
        "process": (body.get("flow"), {"name": case.kind, "version": _version(row, body, reading)}),
        "paragraph": (body.get("n"), row.paragraph),
        "previous": (body.get("previous"), row.previous),
        "written_at": (body.get("at"), row.written_at),
        "step": (body.get("step"), row.step),
        "outcome": (body.get("outcome"), row.outcome),
        "officer": (named(body.get("person")), row.officer_id),
        "prepared_by": (named(body.get("prepared_by")), row.prepared_by_id),
        "office": (named(body.get("office")), row.office_id),
    }
    if wrong := [name for name, (signed, stored) in pairs.items() if signed != stored]:
        yield finding("columns", case.number, row.paragraph, names=", ".join(wrong))


def _version(row: Row, body: dict[str, Any], reading: Reading) -> Any:
    """Return the version of the process a paragraph must name: that of the paragraph before, except where a repair brought a new one."""
    if reading.version is None or row.outcome == Outcome.MIGRATE:
        reading.version = version_in(body)
    return reading.version


def _private(row: Row, said: Any, reading: Reading, number: str) -> Iterator[Finding]:
    if row.private_id is None:
        yield finding("private-gone", number, row.paragraph)
        return
    if row.erased_at is not None and not row.private and not row.salt and said is not None:
        reading.personal.clear()  # What was erased can no longer be compared with the live record.
        return
    if said is None or _digest(row.salt, row.private) != said:
        yield finding("private", number, row.paragraph)
        return
    personal = orjson.loads(row.private or b"{}")
    if isinstance(personal, dict):
        reading.personal.update(personal)


def _digest(salt: str | None, text: bytes | None) -> str | None:
    """Return the salted digest of personal data (see ``chain.private_digest``), ``None`` when the salt is none."""
    try:
        return hashlib.sha256(bytes.fromhex(salt or "") + (text or b"")).hexdigest()
    except ValueError:
        return None


def _shown(row: Row, said: Any, number: str) -> Iterator[Finding]:
    """What was shown must have the digest that the paragraph names, and what it says of persons the one that it names in turn."""
    if row.shown_id is None:
        yield finding("shown-gone", number, row.paragraph)
    elif said is None:
        yield finding("shown-unsaid", number, row.paragraph)
    elif hashlib.sha256(row.shown or b"").hexdigest() != said:
        yield finding("shown", number, row.paragraph)
    elif not _personal_as_shown(row):
        yield finding("shown-personal", number, row.paragraph)


def _personal_as_shown(row: Row) -> bool:
    """Say whether what was shown of persons is what the document names, which names it once; where it does so twice, it is read."""
    erased, document = not row.shown_salt and not row.shown_personal, row.shown or b""
    if erased and row.shown_erased_at is not None:
        return True
    digest = None if erased else _digest(row.shown_salt, row.shown_personal)
    if digest is not None and document.count(b'"personal":') == 1 and b',"personal":"%b",' % digest.encode() in document:
        return True
    return (digest is not None or erased) and orjson.loads(document).get("personal") == digest


def _named(row_id: int, paragraph: int, said: dict[str, Any], around: Surroundings, reading: Reading) -> Iterator[Finding]:
    """Papers and order that the paragraph names must still be there, and be the same."""
    number = around.case.number
    for sha256 in papers_in(said):
        if sha256 not in around.papers:
            yield finding("paper-gone", number, paragraph, sha256=sha256)
    if said.get("order"):
        reading.ordered.add(row_id)
        if not _as_said(around.orders.get(row_id), said["order"]):
            yield finding("order", number, paragraph)


def _beside(row_id: int, paragraph: int, said: dict[str, Any], around: Surroundings, reading: Reading) -> Iterator[Finding]:
    """Compare what hangs on the paragraph, and keep what it says of the file as a whole."""
    if reading.opened_by is None:
        reading.opened_by = named(said.get("office"))
    reading.norm = said.get("norm")
    if said.get("to"):
        reading.sent = paragraph, said
    if said.get("outcome") == PULL_BACK:
        reading.unanswered.discard(paragraph - 1)
    there = around.hanging.get(row_id)
    if there or any(map(said.get, TOLD)):
        yield from check_hanging(around.case.number, paragraph, said, there or Hanging(), reading.unanswered)


def _as_said(kept: OrderRow | None, said: Any) -> bool:
    """Compare an order with its paragraph. The first ones said number, date and amount alone: all were sanction orders."""
    if kept is None or not isinstance(said, dict) or not {"number", "issued_on", "amount"} <= said.keys():
        return False
    told = said if "kind" in said else {**said, "kind": "sanction", "key": kept.key}
    return kept == tuple(told.get(name) for name in OrderRow._fields)


def _end(around: Surroundings, reading: Reading) -> Iterator[Finding]:
    case, (last, head) = around.case, reading.last
    if not reading.count:
        yield finding("no-history", case.number)
        return
    if case.paragraphs != last or reading.count != case.paragraphs:
        yield finding("tail", case.number, expected=case.paragraphs)
    elif case.head != head:
        yield finding("head", case.number)
    if reading.version != case.flow_version:
        yield finding("columns", case.number, last, names="process")
    yield from _live(around, reading)
    for noting_id, order in around.orders.items():
        if noting_id not in reading.ordered:
            yield finding("order-unsaid", case.number, number=order.number)
    for paragraph in sorted(reading.unanswered):
        yield finding("answers", case.number, paragraph)
    yield from _row(around, reading)
    if not around.stays and not case.ending:
        yield finding("stuck", case.number)
    if around.stays and case.ending:
        yield finding("ended-open", case.number)
    elif around.flow is not None:
        yield from check_waiting(case.number, around.flow, reading.sent, around.stays)


def _row(around: Surroundings, reading: Reading) -> Iterator[Finding]:
    """Compare what of the file's own row decides who reads it, and by which norm it is judged."""
    case, district = around.case, (around.facts or {}).get("district_id")
    pairs = {
        "office": (reading.opened_by, case.office_id),
        "norm": (reading.norm, case.norm),
        "state": (case.number.partition("/")[0], case.state),
        "district": (case.district_id if district is None else district, case.district_id),
    }
    if wrong := [name for name, (signed, stored) in pairs.items() if signed != stored]:
        yield finding("row", case.number, names=", ".join(wrong))


def _live(around: Surroundings, reading: Reading) -> Iterator[Finding]:
    """Compare the record as it stands with what the last paragraph pinned."""
    case, facts = around.case, around.facts
    if facts is None:
        yield finding("record-gone", case.number)
        return
    pinned = sorted(reading.personal.keys() & around.personal)
    changed = [name for name in pinned if facts.get(name) != reading.personal[name]]
    state = state_from(facts, around.personal, case.amount, case.ending, around.current)
    if quick_sha256(state) == reading.after and not changed:
        return
    # Read once more, as it was read when it was written, before anything is said of it.
    whole = Case.objects.get(pk=case.pk)
    facts = whole.record.facts()
    if digest_of_state(whole, around.current) != reading.after:
        yield finding("state", case.number)
    if changed := [name for name in pinned if facts.get(name) != reading.personal[name]]:
        yield finding("personal", case.number, names=", ".join(changed))
