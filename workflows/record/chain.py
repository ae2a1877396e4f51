"""Writing the next paragraph of a file. Nothing else in the product writes one."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone

from programme.models import Office, Officer, Posting
from workflows.models import Case, Noting, PrivateNote
from workflows.record.canonical import canonical, sha256_of
from workflows.record.keys import current_key_id, hmac_key, mac_of
from workflows.record.state import digest_of_state
from workflows.searching import rows as index
from workflows.writing import Change, numbers, together

VERSION = 1
SALT_BYTES = 16


def append(
    case: Case,
    *,
    step: str,
    outcome: str,
    officer: Officer | None,
    prepared_by: Officer | None,
    office: Office | None,
    posting: Posting | None,
    facts: dict[str, Any],
    private: dict[str, Any] | None = None,
    papers: list[dict[str, str]] | None = None,
    beside: Callable[[Noting], Model] | None = None,
) -> Noting:
    """Write the next paragraph of ``case``, its search words, and what the file's own row says after it: one statement on PostgreSQL.

    The caller holds the case's row locked in a transaction, and has already set the record, amount, ending and papers
    as they stand after the act: the paragraph pins them. An act of the system has no officer, office or posting.
    ``papers`` spares the query for the file's current papers (kind, sha256 and name, sorted) when the caller has them; ``beside``
    makes the row that is kept with the paragraph.
    Raise ``NotCanonical`` when facts cannot be written, ``ValueError`` when a fact takes a name the record itself uses.
    """
    now = timezone.now()
    salt = secrets.token_bytes(SALT_BYTES).hex()
    private_text = None if private is None else canonical(private)
    named = index.named_papers(case) if papers is None else papers
    pinned = [{"kind": paper["kind"], "sha256": paper["sha256"]} for paper in named]
    frame = _frame(case, step=step, outcome=outcome, office=office, posting=posting, papers=pinned) | {
        "at": stamp(now),
        "person": person_named(officer),
        "prepared_by": person_named(prepared_by),
        "private": None if private_text is None else private_digest(salt, private_text),
    }
    if taken := sorted(facts.keys() & frame.keys()):
        raise ValueError(f"The record writes these itself: {', '.join(taken)}")
    body = canonical(facts | frame)
    noting = _paragraph(case, now, body, step=step, outcome=outcome, officer=officer, prepared_by=prepared_by, office=office)
    case.paragraphs, case.head = noting.paragraph, noting.hash
    together(
        noting,
        None if private_text is None else PrivateNote(noting=noting, salt=salt, body=private_text),
        beside(noting) if beside else None,
        index.of_paragraph(noting, facts, case=case, papers=named, private=private),
        Change(Case, {"process_ptr": case.pk}, case.standing()),
    )
    return noting


def stamp(moment: datetime) -> str:
    """Write a moment as the record does: UTC, microseconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def private_digest(salt: str, text: str) -> str:
    """Return the SHA-256 of the salt's bytes and the canonical text of a paragraph's personal data."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def _frame(case: Case, *, step: str, outcome: str, office: Office | None, posting: Posting | None, papers: Any) -> dict[str, Any]:
    return {
        "v": VERSION,
        "file": case.number,
        "n": case.paragraphs + 1,
        "previous": case.head,
        "step": step,
        "flow": {"name": case.kind, "version": case.flow_version},
        "outcome": str(outcome),
        "office": office_named(office),
        "charge": None if posting is None else str(posting.charge),
        "norm": case.norm.version,
        "after": digest_of_state(case, papers),
    }


def _paragraph(case: Case, now: datetime, body: str, *, step: str, outcome: str, **people: Any) -> Noting:
    [number] = numbers(case.next_numbers, Noting)
    return Noting(
        pk=number,
        case=case,
        paragraph=case.paragraphs + 1,
        written_at=now,
        step=step,
        outcome=outcome,
        body=body,
        previous=case.head,
        **signed(body),
        **people,
    )


def signed(body: str) -> dict[str, str]:
    """Return hash, keyed hash and key of a canonical text, as paragraphs and lines of registers keep them."""
    digest, key_id = sha256_of(body), current_key_id()
    return {"hash": digest, "mac": mac_of(digest, hmac_key(key_id)), "key_id": key_id}


def person_named(officer: Officer | None) -> dict[str, Any] | None:
    """Return an officer as the record names him, in both languages; ``None`` stays ``None``."""
    if officer is None:
        return None
    return {"id": officer.pk, "username": officer.username, "name_en": officer.name_en, "name_hi": officer.name_hi}


def office_named(office: Office | None) -> dict[str, Any] | None:
    """Return an office as the record names it, in both languages; ``None`` stays ``None``."""
    if office is None:
        return None
    return {"id": office.pk, **office.names()}
