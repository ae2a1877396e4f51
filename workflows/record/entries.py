"""The history of the entries of registers: a line for each change, chained and signed as the note sheet is, in the same log of seals."""

from typing import Any

from django.utils import timezone

from programme.models import Entry, Office, Officer, Posting
from workflows.models import EntryPaper, RegisterLine
from workflows.record.canonical import canonical, sha256_of
from workflows.record.chain import office_named, person_named, signed, stamp

VERSION = 1


def append_line(
    entry: Entry,
    *,
    act: str,
    officer: Officer | None,
    office: Office | None = None,
    posting: Posting | None = None,
    before: dict[str, Any] | None = None,
    why: str = "",
    origin: dict[str, Any] | None = None,
    paper: EntryPaper | None = None,
) -> RegisterLine:
    """Write the next line of an entry's history: who, in which office and charge, what was done, old and new values, why.

    The caller holds the entry's row locked in a transaction and has saved it; ``before`` are its facts before, ``None`` for a new
    entry. ``origin`` says from which workbook or file it comes. Without an officer the installation itself writes.
    """
    now, last, facts = timezone.now(), last_line(entry), entry.facts()
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    said = {
        "act": act,
        "person": person_named(officer),
        "office": office_named(office),
        "charge": None if posting is None else str(posting.charge),
        "why": why,
        "changes": differences(before or {}, facts),
        "origin": origin,
        "papers": [] if paper is None else [{"kind": "entry", "sha256": paper.sha256, "name": paper.name}],
    }
    # A file of the log: the checking program follows its chain as that of any file.
    place = {"v": VERSION, "file": named(entry), "n": number, "previous": previous, "at": stamp(now), "after": digest_of(facts)}
    body = canonical(said | place)
    return RegisterLine.objects.create(
        register=entry.REGISTER,
        entry=entry.pk,
        number=number,
        written_at=now,
        act=act,
        officer=officer,
        office=office,
        body=body,
        previous=previous,
        **signed(body),
    )


def named(entry: Entry) -> str:
    """Return how the record names an entry: its register and its number."""
    return f"{entry.REGISTER}/{entry.pk}"


def lines_of(entry: Entry) -> Any:
    """Return the lines of an entry's history, the first one first."""
    return RegisterLine.objects.filter(register=entry.REGISTER, entry=entry.pk).order_by("number")


def last_line(entry: Entry) -> RegisterLine | None:
    return lines_of(entry).last()


def papers_of(entry: Entry) -> Any:
    """Return the papers of an entry, in the order in which they came."""
    return EntryPaper.objects.filter(register=entry.REGISTER, entry=entry.pk).order_by("pk")


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Return old and new value of every fact that changed; what was or is nothing is ``None``."""
    names = [*after, *(name for name in before if name not in after)]
    return {name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)}


def digest_of(facts: dict[str, Any]) -> str:
    """Return the SHA-256 of an entry's facts, as the last line must have pinned it."""
    return sha256_of(canonical(facts))
