"""The minutes as a document: plain data that is drafted while the committee sits, and frozen as canonical text with the signature."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime

from programme.bilingual import reads_hindi
from programme.models import Officer
from workflows.models import Committee, Item, Member, Outcome, Sitting
from workflows.models.sittings import outcome_label
from workflows.record.canonical import canonical, sha256_of
from workflows.record.chain import stamp

VERSION = 1


def facts(sitting: Sitting, items: list[Item], members: list[Member]) -> dict[str, Any]:
    """Return what the minutes say; number, signer and moment stay ``None`` until they are signed."""
    going = going_on(items)
    return {
        "v": VERSION,
        "number": sitting.number,
        "committee": sitting.kind,
        "office": {"id": sitting.office_id, **sitting.office.names()},
        "held_on": sitting.held_on.isoformat(),
        "place": sitting.place,
        "norm": {"scheme": sitting.norm.scheme, "version": sitting.norm.version, "order": sitting.norm.order_number},
        "quorum": sitting.quorum,
        "members": [_member(member, sitting) for member in members],
        "items": [_item(item) for item in items],
        "recommended": {"files": len(going), "amount": _money(total(items))},
        "called_by": _person(sitting.called_by),
        "minuted_by": _person(sitting.prepared_by),
        "signed_by": _person(sitting.signed_by),
        "signed_at": stamp(sitting.signed_at) if sitting.signed_at else None,
    }


def text_of(sitting: Sitting, items: list[Item], members: list[Member]) -> str:
    """Return the minutes as canonical text, whose SHA-256 the paragraphs name."""
    return canonical(facts(sitting, items, members))


def digest_of_draft(sitting: Sitting, items: list[Item], members: list[Member]) -> str:
    """Return what tells whether the draft that a chair read is still the draft that is signed."""
    return sha256_of(text_of(sitting, items, members))


def total(items: list[Item]) -> Decimal:
    """Return the sum in rupees of what the committee lets go on."""
    return sum((item.amount for item in going_on(items) if item.amount is not None), Decimal(0))


def said_of(item: Item) -> dict[str, Any]:
    """Return what the paragraph of a file says of the signed sitting that decided it: posts, never names of persons."""
    sitting, members = item.sitting, list(item.sitting.members.select_related("office__designation", "office__district"))
    recused = {member.pk for member in item.recused.all()}
    return {
        "number": sitting.number,
        "held_on": sitting.held_on.isoformat(),
        "item": item.position,
        "present": [member.posts() for member in members if member.present and member.pk not in recused],
        "recused": [member.posts() for member in members if member.pk in recused],
        "minutes_sha256": sitting.sha256,
    }


def going_on(items: list[Item]) -> list[Item]:
    """Return the items whose file the committee lets go on towards its good end."""
    return [item for item in items if item.is_decided and not item.is_deferred and Outcome(item.outcome).is_forward]


def _member(member: Member, sitting: Sitting) -> dict[str, Any]:
    return {
        **member.posts(),
        "person": member.outside_name or None,
        "present": member.present,
        "chair": member.office_id == sitting.office_id,
    }


def _item(item: Item) -> dict[str, Any]:
    case = item.movement.case
    return {
        "position": item.position,
        "file": case.number,
        "subject": case.subject,
        "head": item.typed.get("seen", case.head),
        "stands_at": _money(case.amount),
        "outcome": item.outcome or None,
        "amount": _money(item.amount),
        "text": item.text,
        "recused": [member.posts() | {"person": member.outside_name or None} for member in item.recused.all()],
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _person(officer: Officer | None) -> dict[str, Any] | None:
    return None if officer is None else {"id": officer.pk, "name_en": officer.name_en, "name_hi": officer.name_hi}


@dataclass(frozen=True)
class ReadMember:
    name: str
    present: bool
    chair: bool


@dataclass(frozen=True)
class ReadItem:
    """One file as the minutes say it; amounts in rupees, ``None`` where none is said."""

    position: int
    file: str
    subject: str
    outcome: str
    amount: Decimal | None
    stands_at: Decimal | None
    text: str
    recused: list[str]


@dataclass(frozen=True)
class Minutes:
    """The minutes as a reader sees them, in his language; what is signed is read from the frozen text, not from today's tables."""

    number: str
    committee: str
    office: str
    held_on: date
    place: str
    norm: str
    quorum: int
    members: list[ReadMember]
    items: list[ReadItem]
    files: int
    amount: Decimal
    minuted_by: str
    signed_by: str
    signed_at: datetime | None


def read(told: dict[str, Any]) -> Minutes:
    """Return the minutes for a reader from their facts."""
    return Minutes(
        number=told["number"] or "",
        committee=str(Committee(told["committee"]).label),
        office=_named(told["office"]),
        held_on=date.fromisoformat(told["held_on"]),
        place=told["place"],
        norm=" · ".join(part for part in (told["norm"]["order"], told["norm"]["version"]) if part),
        quorum=told["quorum"],
        members=[ReadMember(_named(member), member["present"], member["chair"]) for member in told["members"]],
        items=[_read_item(item) for item in told["items"]],
        files=told["recommended"]["files"],
        amount=Decimal(told["recommended"]["amount"]),
        minuted_by=_named(told["minuted_by"]),
        signed_by=_named(told["signed_by"]),
        signed_at=parse_datetime(told["signed_at"]) if told["signed_at"] else None,
    )


def read_signed(sitting: Sitting) -> Minutes:
    """Return signed minutes for a reader, from the text that was frozen."""
    return read(json.loads(sitting.minutes))


def holds(sitting: Sitting) -> bool:
    """Say whether the frozen text still has the digest that the files' paragraphs name."""
    return sha256_of(sitting.minutes) == sitting.sha256


def _read_item(item: dict[str, Any]) -> ReadItem:
    return ReadItem(
        position=item["position"],
        file=item["file"],
        subject=item["subject"],
        outcome=outcome_label(item["outcome"] or ""),
        amount=None if item["amount"] is None else Decimal(item["amount"]),
        stands_at=None if item["stands_at"] is None else Decimal(item["stands_at"]),
        text=item["text"],
        recused=[_named(member) for member in item["recused"]],
    )


def _named(said: dict[str, Any] | None) -> str:
    if not said:
        return ""
    hindi = reads_hindi() and said.get("name_hi")
    name = hindi or said["name_en"]
    return f"{said['person']}, {name}" if said.get("person") else name
