"""Verifying the registers: each entry's chain by itself, then its row, its papers and its seals against it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from programme.models import Entry, entry_models
from workflows.models import EntryPaper, Leaf, RegisterLine
from workflows.record.canonical import NotCanonical, in_order
from workflows.record.chain import stamp
from workflows.record.entries import digest_of
from workflows.record.findings import Finding, finding
from workflows.record.keys import UnknownKey, hmac_key, mac_of
from workflows.record.paragraphs import SEALED_WITHIN, sha256_of_stored
from workflows.record.sealer import WINDOW

CHUNK = 500


def check_registers() -> Iterator[Finding]:
    """Yield what is wrong with the registers and their histories, all of them."""
    for register in entry_models():
        yield from check_register(register)
    yield from check_what_is_left()


def check_what_is_left() -> Iterator[Finding]:
    """Yield lines and papers of registers or entries that do not exist, and lines that the sealer will never look for."""
    models: dict[str, Any] = entry_models()
    for table in (RegisterLine, EntryPaper):
        for register, entry in table.objects.exclude(register__in=models).values_list("register", "entry").distinct():
            yield finding("entry-gone", f"{register}/{entry}")
        for register, model in models.items():
            stray = table.objects.filter(~Exists(model.objects.filter(pk=OuterRef("entry"))), register=register)
            for entry in stray.values_list("entry", flat=True).distinct():
                yield finding("entry-gone", f"{register}/{entry}")
    newest = Leaf.objects.aggregate(id=Max("line_id"))["id"] or 0
    hidden = RegisterLine.objects.filter(~Exists(Leaf.objects.filter(line=OuterRef("pk"))), pk__lte=newest - WINDOW)
    for register, entry, number in hidden.values_list("register", "entry", "number"):
        yield finding("line-unsealed", f"{register}/{entry}", number)


def check_register(register: str, *, first: int = 0, last: int | None = None, states: Iterable[int] | None = None) -> Iterator[Finding]:
    """Yield what is wrong with the entries of a register from number ``first`` to ``last``, in some States or in all."""
    model: Any = entry_models()[register]
    rows = model.objects.filter(pk__gte=first).order_by("pk")
    rows = rows if last is None else rows.filter(pk__lte=last)
    rows = rows if states is None else rows.filter(**{f"{model.STATE}__in": list(states)})
    keys = list(rows.values_list("pk", flat=True))
    now = timezone.now()
    for start in range(0, len(keys), CHUNK):
        yield from _check_block(model, keys[start : start + CHUNK], now)


def _check_block(model: Any, keys: list[int], now: datetime) -> Iterator[Finding]:
    entries = list(model.objects.filter(pk__in=keys).prefetch_related(*(m.name for m in model._meta.many_to_many)).order_by("pk"))
    mine = {"register": model.REGISTER, "entry__in": keys}
    written = RegisterLine.objects.filter(**mine).select_related("leaf").order_by("entry", "number")
    lines = {entry: list(group) for entry, group in groupby(written, key=lambda line: line.entry)}
    papers: dict[int, list[EntryPaper]] = {}
    for paper in EntryPaper.objects.filter(**mine).order_by("pk"):
        papers.setdefault(paper.entry, []).append(paper)
    for entry in entries:
        yield from _check_entry(entry, lines.get(entry.pk, []), papers.get(entry.pk, []), now)


def _check_entry(entry: Entry, lines: list[RegisterLine], papers: list[EntryPaper], now: datetime) -> Iterator[Finding]:
    name, before, after, said = f"{entry.REGISTER}/{entry.pk}", None, None, set[str]()
    if not lines:
        yield finding("entry-unwritten", name)
        return
    for line in lines:
        yield from _check_place(line, before, name)
        yield from _check_signature(line, name)
        if not hasattr(line, "leaf") and now - line.written_at > SEALED_WITHIN:
            yield finding("line-unsealed", name, line.number)
        body = _body(line)
        if body is None:
            yield finding("line-body", name, line.number)
        else:
            yield from _check_columns(line, body, name)
            said |= {paper["sha256"] for paper in body.get("papers") or [] if isinstance(paper, dict) and "sha256" in paper}
        before, after = line, (body or {}).get("after")
    if _digest(entry) != after:
        yield finding("entry-state", name)
    yield from _check_papers(papers, said, name)


def _check_place(line: RegisterLine, before: RegisterLine | None, name: str) -> Iterator[Finding]:
    expected = before.number + 1 if before else 1
    if line.number != expected:
        yield finding("line-gap", name, line.number, expected=expected)
    if line.previous != (before.hash if before else ""):
        yield finding("line-link", name, line.number)


def _check_signature(line: RegisterLine, name: str) -> Iterator[Finding]:
    if sha256_of_stored(line.body) != line.hash:
        yield finding("line-hash", name, line.number)
    try:
        if mac_of(line.hash, hmac_key(line.key_id)) != line.mac:
            yield finding("line-mac", name, line.number)
    except UnknownKey:
        yield finding("line-key", name, line.number, key=line.key_id)
    except ValueError:  # The stored hash is not hexadecimal.
        yield finding("line-mac", name, line.number)


def _body(line: RegisterLine) -> dict[str, Any] | None:
    """Return the signed text as data, ``None`` when it is not the canonical text of a line."""
    try:
        body = json.loads(line.body)
        return body if isinstance(body, dict) and in_order(body) == line.body else None
    except (ValueError, RecursionError):
        return None


def _check_columns(line: RegisterLine, body: dict[str, Any], name: str) -> Iterator[Finding]:
    pairs = {
        "entry": (body.get("file"), name),
        "number": (body.get("n"), line.number),
        "previous": (body.get("previous"), line.previous),
        "written_at": (body.get("at"), stamp(line.written_at)),
        "act": (body.get("act"), line.act),
        "officer": ((body.get("person") or {}).get("id"), line.officer_id),
        "office": ((body.get("office") or {}).get("id"), line.office_id),
    }
    if wrong := [column for column, (signed, stored) in pairs.items() if signed != stored]:
        yield finding("line-columns", name, line.number, names=", ".join(wrong))


def _digest(entry: Entry) -> str:
    try:
        return digest_of(entry.facts())
    except NotCanonical:  # A shell has put into the row what the product never writes.
        return ""


def _check_papers(papers: list[EntryPaper], said: set[str], name: str) -> Iterator[Finding]:
    """Every paper is named by a line and lies in the store as it came, and every paper that a line names is here."""
    for sha256 in sorted(said - {paper.sha256 for paper in papers}):
        yield finding("entry-paper-gone", name, sha256=sha256)
    for paper in papers:
        if paper.sha256 not in said:
            yield finding("entry-paper-unsaid", name, name=paper.name)
        try:
            with paper.stored.open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == paper.sha256
        except (OSError, ValueError):
            same = False
        if not same:
            yield finding("entry-paper", name, name=paper.name)
