"""Shipping bills: one is claimed once in the whole State, by sea or by air, also when two claims come at the same moment."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db import IntegrityError, transaction
from django.db.models import Q

from programme.models import FreightClaim, ShippingBill

Bill = tuple[str, str]


class BillClaimed(Exception):
    """Another claim holds one of the bills; ``held`` is that bill."""

    def __init__(self, held: ShippingBill) -> None:
        super().__init__(str(held))
        self.held = held


def held_elsewhere(bills: Iterable[Bill], claim: FreightClaim) -> dict[Bill, ShippingBill]:
    """Return, by number and port, the bills that a live claim other than ``claim`` holds. One query."""
    named = set(bills)
    if not named:
        return {}
    same = reduce(or_, (Q(number=number, port=port) for number, port in named))
    found = ShippingBill.objects.filter(same, live=True).exclude(claim=claim.pk or 0)
    return {(bill.number, bill.port): bill for bill in found.select_related("claim__district")}


def held_of_numbers(numbers: Iterable[str]) -> dict[Bill, ShippingBill]:
    """Return, by number and port, the bills with these numbers that live claims hold. One query."""
    found = ShippingBill.objects.filter(number__in=set(numbers), live=True).select_related("claim__district")
    return {(bill.number, bill.port): bill for bill in found}


def hold(claim: FreightClaim, *, file_number: str = "") -> None:
    """Make the claim's bills those that its lines name now. Belongs into the transaction that writes the claim.

    Raise ``BillClaimed`` when another claim holds one, also one that came at this very moment.
    """
    named = {(line.bill_number, line.port_code) for line in claim.lines.all()}
    kept = {(bill.number, bill.port): bill for bill in claim.bills.all()}
    for bill in kept.keys() - named:
        kept[bill].delete()
    rows = [ShippingBill(claim=claim, number=number, port=port, file_number=file_number) for number, port in sorted(named - kept.keys())]
    try:
        with transaction.atomic():
            for row in rows:
                row.save(force_insert=True)
    except IntegrityError:
        # On PostgreSQL the insert waited for the other transaction; its row can be read now.
        taken = held_elsewhere(named, claim)
        if not taken:
            raise
        raise BillClaimed(next(iter(taken.values()))) from None
