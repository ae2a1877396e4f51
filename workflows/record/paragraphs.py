"""Checking one file: each paragraph by itself, then the file's end, its record, papers and orders against the last of them."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from django.conf import settings

from workflows.models import Case, Outcome
from workflows.record.canonical import in_order, quick_sha256, read_in_order, sha256_of
from workflows.record.chain import private_digest, stamp
from workflows.record.findings import Finding, finding
from workflows.record.keys import UnknownKey, hmac_key, mac_of
from workflows.record.state import digest_of_state, state_from

# The sealer works every minute; what is older than this was kept from it.
SEALED_WITHIN = timedelta(minutes=10)


class Row(NamedTuple):
    """One paragraph as the database holds it, with its place in the log, the personal data beside it and what its officer was shown."""

    id: int
    case_id: int
    paragraph: int
    written_at: datetime
    step: str
    outcome: str
    officer_id: int | None
    prepared_by_id: int | None
    office_id: int | None
    body: str
    previous: str
    hash: str
    mac: str
    key_id: str
    leaf: int | None
    private_id: int | None
    salt: str | None
    private: str | None
    erased_at: datetime | None
    shown_id: int | None
    shown: str | None
    shown_salt: str | None
    shown_personal: str | None
    shown_erased_at: datetime | None


COLUMNS = [
    *Row._fields[:14],
    "leaf__index",
    *(f"private__{name}" for name in ("id", "salt", "body", "erased_at")),
    *(f"snapshot__{name}" for name in ("id", "body", "salt", "personal", "erased_at")),
]


class OrderRow(NamedTuple):
    """An order as its row holds it, in the words of the paragraph that issued it."""

    kind: str
    number: str
    issued_on: str
    amount: str | None
    key: str


@dataclass
class Surroundings:
    """What stands around one file's paragraphs: its row, record (set on the case), papers, orders by paragraph, open steps."""

    case: Case
    has_record: bool
    current: list[dict[str, str]]
    papers: set[str]
    orders: dict[int, OrderRow]
    open_steps: int


@dataclass
class Reading:
    """What has been read of a file so far."""

    count: int = 0
    last: Row | None = None
    after: Any = None
    personal: dict[str, Any] = field(default_factory=dict)
    version: Any = None
    ordered: set[int] = field(default_factory=set)
    waiting: list[int] = field(default_factory=list)


def check_file(around: Surroundings, rows: Iterable[Row], now: datetime) -> Iterator[Finding]:
    """Yield what is wrong with one file. ``rows`` are its paragraphs in order; they are read once and not kept."""
    reading, number = Reading(), around.case.number
    for row in rows:
        body = _at_a_glance(row, reading, around.case)
        if body is None:
            body = _body(row)
            yield from _place(row, reading, number)
            yield from _signature(row, number)
            yield from _seal(row, reading, number, now)
            if body is None:
                yield finding("body", number, row.paragraph)
            else:
                yield from _columns(row, body, around.case, reading)
        if body is not None:
            yield from _private(row, body, reading, number)
            yield from _shown(row, body, number)
            yield from _named(row, body, around, reading)
        reading.count, reading.last, reading.after = reading.count + 1, row, (body or {}).get("after")
    yield from _end(around, reading)


def _at_a_glance(row: Row, reading: Reading, case: Case) -> dict[str, Any] | None:
    """Return what a paragraph says when it stands in its place, is hashed, keyed, sealed and canonical, and its columns agree with it.

    ``None`` sends the reader to the slow way, which asks one thing after the other and names what is wrong. Nothing is found here.
    """
    last, text = reading.last, row.body.encode(errors="replace")
    digest = hashlib.sha256(text)
    sound = (
        row.hash == digest.hexdigest()
        and row.leaf is not None
        and not reading.waiting
        and row.paragraph == (last.paragraph + 1 if last else 1)
        and row.previous == (last.hash if last else "")
        and hmac.digest(_key(row.key_id), digest.digest(), "sha256").hex() == row.mac
    )
    said = read_in_order(text) if sound else None
    if not isinstance(said, dict) or row.outcome == Outcome.MIGRATE:
        return None  # The version that later paragraphs must name is settled anew on the slow way.
    get, written = said.get, row.written_at
    version = reading.version
    if version is None and isinstance(flow := get("flow"), dict):
        version = flow.get("version")
    agrees = (
        get("n") == row.paragraph
        and get("previous") == row.previous
        and get("file") == case.number
        and get("flow") == {"name": case.kind, "version": version}
        and get("step") == row.step
        and get("outcome") == row.outcome
        and written.tzinfo is UTC
        and get("at") == f"{written.isoformat(timespec='microseconds')[:26]}Z"
        and _id(get("person")) == row.officer_id
        and _id(get("prepared_by")) == row.prepared_by_id
        and _id(get("office")) == row.office_id
    )
    if not agrees:
        return None
    reading.version = version
    return said


@lru_cache(maxsize=64)
def _known(key_id: str, text: str) -> bytes:
    return hmac_key(key_id)


def _key(key_id: str) -> bytes:
    """Return a key as settings hold it now, read from hexadecimal once; an empty one, which nothing was signed with, when unknown."""
    text = settings.RECORD_KEYS.get(key_id)
    return _known(key_id, text) if text else b""


def _place(row: Row, reading: Reading, number: str) -> Iterator[Finding]:
    expected = reading.last.paragraph + 1 if reading.last else 1
    if row.paragraph != expected:
        yield finding("gap", number, row.paragraph, expected=expected)
    if row.previous != (reading.last.hash if reading.last else ""):
        yield finding("link", number, row.paragraph)


def _signature(row: Row, number: str) -> Iterator[Finding]:
    if sha256_of_stored(row.body) != row.hash:
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
    elif now - row.written_at > SEALED_WITHIN:
        yield finding("unsealed", number, row.paragraph)
    else:
        reading.waiting.append(row.paragraph)


def _body(row: Row) -> dict[str, Any] | None:
    """Return the signed text as data, ``None`` when it is not the canonical text of a paragraph."""
    try:
        body = json.loads(row.body)
        if isinstance(body, dict) and in_order(body) == row.body:
            return body
    except (ValueError, RecursionError):
        pass
    return None


def _columns(row: Row, body: dict[str, Any], case: Case, reading: Reading) -> Iterator[Finding]:
    pairs = {
        "file": (body.get("file"), case.number),
        "process": (body.get("flow"), {"name": case.kind, "version": _version(row, body, reading)}),
        "paragraph": (body.get("n"), row.paragraph),
        "previous": (body.get("previous"), row.previous),
        "written_at": (body.get("at"), stamp(row.written_at)),
        "step": (body.get("step"), row.step),
        "outcome": (body.get("outcome"), row.outcome),
        "officer": (_id(body.get("person")), row.officer_id),
        "prepared_by": (_id(body.get("prepared_by")), row.prepared_by_id),
        "office": (_id(body.get("office")), row.office_id),
    }
    if wrong := [name for name, (signed, stored) in pairs.items() if signed != stored]:
        yield finding("columns", case.number, row.paragraph, names=", ".join(wrong))


def _version(row: Row, body: dict[str, Any], reading: Reading) -> Any:
    """Return the version of the process a paragraph must name: that of the paragraph before, except where a repair brought a new one."""
    named = body["flow"].get("version") if isinstance(body.get("flow"), dict) else None
    if reading.version is None or row.outcome == Outcome.MIGRATE:
        reading.version = named
    return reading.version


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def _private(row: Row, body: dict[str, Any], reading: Reading, number: str) -> Iterator[Finding]:
    signed = body.get("private")
    if row.private_id is None:
        if signed is not None:
            yield finding("private-gone", number, row.paragraph)
        return
    if row.erased_at is not None and not row.private and not row.salt and signed is not None:
        reading.personal.clear()  # What was erased can no longer be compared with the live record.
        return
    if signed is None or _digest(row) != signed:
        yield finding("private", number, row.paragraph)
        return
    personal = json.loads(row.private or "{}")
    if isinstance(personal, dict):
        reading.personal.update(personal)


def _digest(row: Row) -> str | None:
    try:
        return private_digest(row.salt or "", row.private or "")
    except ValueError:
        return None


def _shown(row: Row, body: dict[str, Any], number: str) -> Iterator[Finding]:
    """What was shown must have the digest that the paragraph names, and what it says of persons the one that it names in turn."""
    signed = body.get("shown")
    if row.shown_id is None:
        if signed is not None:
            yield finding("shown-gone", number, row.paragraph)
    elif signed is None:
        yield finding("shown-unsaid", number, row.paragraph)
    elif hashlib.sha256(shown := (row.shown or "").encode(errors="replace")).hexdigest() != signed:
        yield finding("shown", number, row.paragraph)
    elif not _personal_as_shown(row, orjson.loads(shown).get("personal")):
        yield finding("shown-personal", number, row.paragraph)


def _personal_as_shown(row: Row, named: Any) -> bool:
    salt, text = row.shown_salt or "", row.shown_personal or ""
    if not salt and not text:
        return named is None or row.shown_erased_at is not None
    try:
        return named is not None and private_digest(salt, text) == named
    except ValueError:
        return False


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _named(row: Row, body: dict[str, Any], around: Surroundings, reading: Reading) -> Iterator[Finding]:
    """Papers and order that the paragraph names must still be there, and be the same."""
    number = around.case.number
    for paper in _items(body.get("papers")):
        sha256 = paper.get("sha256") if isinstance(paper, dict) else paper
        if sha256 not in around.papers:
            yield finding("paper-gone", number, row.paragraph, sha256=sha256)
    if order := body.get("order"):
        reading.ordered.add(row.id)
        if not _as_said(around.orders.get(row.id), order):
            yield finding("order", number, row.paragraph)


def _as_said(kept: OrderRow | None, said: Any) -> bool:
    """Compare an order with its paragraph. The first ones said number, date and amount alone: all were sanction orders."""
    if kept is None or not isinstance(said, dict) or not {"number", "issued_on", "amount"} <= said.keys():
        return False
    told = said if "kind" in said else {**said, "kind": "sanction", "key": kept.key}
    return kept == tuple(told.get(name) for name in OrderRow._fields)


def _end(around: Surroundings, reading: Reading) -> Iterator[Finding]:
    case = around.case
    if reading.last is None:
        yield finding("no-history", case.number)
        return
    if case.paragraphs != reading.last.paragraph or reading.count != case.paragraphs:
        yield finding("tail", case.number, expected=case.paragraphs)
    elif case.head != reading.last.hash:
        yield finding("head", case.number)
    if reading.version != case.flow_version:
        yield finding("columns", case.number, reading.last.paragraph, names="process")
    yield from _live(around, reading)
    for noting_id, order in around.orders.items():
        if noting_id not in reading.ordered:
            yield finding("order-unsaid", case.number, number=order.number)
    if not around.open_steps and not case.ending:
        yield finding("stuck", case.number)
    if around.open_steps and case.ending:
        yield finding("ended-open", case.number)


def _live(around: Surroundings, reading: Reading) -> Iterator[Finding]:
    """Compare the record as it stands with what the last paragraph pinned."""
    case = around.case
    if not around.has_record:
        yield finding("record-gone", case.number)
        return
    facts = case.record.facts()
    if quick_sha256(state_from(case, facts, around.current)) != reading.after and digest_of_state(case, around.current) != reading.after:
        yield finding("state", case.number)
    if reading.personal:
        pinned = sorted(reading.personal.keys() & case.record.PERSONAL)
        if changed := [name for name in pinned if facts.get(name) != reading.personal[name]]:
            yield finding("personal", case.number, names=", ".join(changed))
