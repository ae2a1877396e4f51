"""Who may take a stay, said a second time: from the fixtures, the postings and the sealed paragraphs, without the product's own answer."""

import csv
import json
from datetime import date
from decimal import Decimal
from functools import cache

from django.conf import settings

from programme.models import Officer, Posting
from workflows.models import Case, Movement

# Whoever did one of these let the file go on towards what was asked.
WENT_ON = {
    "submitted", "supported", "opposed", "recommended", "concurred", "loan_sanctioned", "sanctioned", "approved", "accepted", "converted",
}  # fmt: skip
# The steps that decide finally: nobody who let the file go on before may take them, whatever else is said.
FINAL = {
    ("exhibition", "approve"), ("identification", "approve"), ("plan", "approve"), ("loan", "sanction"), ("freight", "sanction"),
}  # fmt: skip
# Steps barred to whoever signed or prepared one of these others.
NOT_BY = {
    ("exhibition", "scrutinise"): {"propose", "correct"},
    ("exhibition", "concur"): {"propose", "correct", "scrutinise"},
    ("exhibition", "accept"): {"certify"},
    ("identification", "consult"): {"propose", "correct"},
    ("identification", "recommend"): {"propose", "correct", "consult"},
    ("identification", "scrutinise"): {"propose", "correct"},
    ("plan", "scrutinise"): {"draft", "sign", "correct"},
    ("loan", "appraise"): {"scrutinise", "committee"},
    ("loan", "examine"): {"scrutinise", "committee", "appraise"},
    ("loan", "release"): {"sanction"},
    ("loan", "decide_conversion"): {"verify"},
    ("loan", "recover"): {"decide_conversion"},
    ("freight", "committee"): {"file", "scrutinise", "correct"},
    ("freight", "compute"): {"file", "scrutinise", "correct", "committee"},
    ("freight", "pay"): {"sanction"},
}


@cache
def powers_of() -> dict[tuple[str, str], frozenset[str]]:
    """Return the powers of each designation, by State and code, as the fixture gives them."""
    with (settings.BASE_DIR / "fixtures" / "designations.csv").open(encoding="utf-8", newline="") as rows:
        return {(row["state"], row["code"]): frozenset(filter(None, row["powers"].split("|"))) for row in csv.DictReader(rows)}


def held_at(office_id: int, power: str, day: date) -> list[Posting]:
    """Return the postings of active officers that give ``power`` at an office on ``day``."""
    postings = Posting.objects.filter(office=office_id, officer__is_active=True).select_related("office__designation__state", "officer")
    live = [posting for posting in postings if posting.ended_at is None and posting.starts_on <= day <= (posting.ends_on or day)]
    return [posting for posting in live if power in _given(posting)]


def _given(posting: Posting) -> frozenset[str]:
    if posting.charge == "assistant":
        return frozenset({"prepare_noting"})
    designation = posting.office.designation
    given = powers_of()[designation.state.short, designation.code]
    return given if posting.only is None else given & frozenset(posting.only)


def holders(movement: Movement, day: date) -> dict[int, list[Posting]]:
    """Return the officers to whom the stay belongs today, each with the postings that reach as far as the file's amount."""
    amount: Decimal | None = Case.objects.values_list("amount", flat=True).get(pk=movement.case_id)
    held: dict[int, list[Posting]] = {}
    for posting in held_at(movement.office_id, movement.power, day) if movement.power else []:
        if posting.upto is None or amount is None or amount <= posting.upto:
            held.setdefault(posting.officer_id, []).append(posting)
    return held


def may_take(movement: Movement, day: date) -> set[int]:
    """Return the officers who may take the stay on ``day``: power, limit, and separation of duties."""
    return {officer for officer, postings in holders(movement, day).items() if not _barred(movement, officer, postings[0].charge)}


def _barred(movement: Movement, officer: int, charge: str) -> bool:
    kind = movement.case.kind
    for body in map(json.loads, movement.case.notings.values_list("body", flat=True)):
        people = {person["id"] for person in (body["person"], body["prepared_by"]) if person}
        if officer not in people or body["outcome"] not in WENT_ON:
            continue
        if (kind, movement.step) in FINAL or body["step"] in NOT_BY.get((kind, movement.step), set()):
            return True
        if charge == "link" and (body["office"] or {}).get("id") != movement.office_id:
            return True
    return False


def officers() -> list[Officer]:
    return list(Officer.objects.filter(is_superuser=False).order_by("pk"))
