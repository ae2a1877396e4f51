"""The budget ledger: commitments never exceed an allotment, also under two simultaneous sanctions."""

from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from programme.checks import NotAllowed
from programme.models import Allotment, BudgetHead, EntryKind, LedgerEntry, State
from programme.money import rupees


class NoBudget(NotAllowed):
    """The head has too little left; the message says how much."""


class NoHead(NotAllowed):
    """The State has no budget head for the scheme."""


def head_of(scheme: str, state: State) -> BudgetHead:
    """Return the head to which the State books the scheme; raise ``NoHead``."""
    head = BudgetHead.objects.filter(state=state, scheme=scheme).first()
    if head is None:
        raise NoHead(_("No budget head is named for this scheme in %(state)s. Ask the programme administrator.") % {"state": state.name})
    return head


def balance(head: BudgetHead, year: str) -> Decimal:
    """Return what is left to commit in rupees; zero when nothing is allotted."""
    allotment = Allotment.objects.filter(head=head, year=year).first()
    return allotment.balance if allotment else Decimal(0)


def commit(head: BudgetHead, year: str, amount: Decimal, *, file_number: str) -> LedgerEntry:
    """Commit ``amount`` rupees of the head; raise ``NoBudget`` when less is left."""
    held = Allotment.objects.filter(head=head, year=year, committed__lte=F("allotted") - amount)
    if held.update(committed=F("committed") + amount) != 1:
        raise NoBudget(
            _("Budget head %(head)s has %(balance)s left in %(year)s; %(amount)s cannot be committed.")
            % {"head": head.code, "balance": rupees(balance(head, year)), "year": year, "amount": rupees(amount)}
        )
    return record(EntryKind.COMMITMENT, head, year, amount, file_number=file_number)


def record(kind: EntryKind, head: BudgetHead, year: str, amount: Decimal, *, file_number: str) -> LedgerEntry:
    """Write one ledger line; raise ``Allotment.DoesNotExist`` when the head has no allotment that year."""
    allotment = Allotment.objects.get(head=head, year=year)
    return LedgerEntry.objects.create(allotment=allotment, kind=kind, amount=amount, file_number=file_number)


def book(kind: EntryKind, amount: Decimal, *, file_number: str) -> LedgerEntry:
    """Write what became of a file's commitment, in rupees, against the allotment it was made from, whatever year it is by now.

    Raise ``LedgerEntry.DoesNotExist`` when the file has no commitment.
    """
    committed = LedgerEntry.objects.get(kind=EntryKind.COMMITMENT, file_number=file_number)
    return LedgerEntry.objects.create(allotment_id=committed.allotment_id, kind=kind, amount=amount, file_number=file_number)


def book_utilisation(amount: Decimal, *, file_number: str) -> LedgerEntry:
    """Book the rupees a certificate shows as used, against the allotment the file's money was released from."""
    released = LedgerEntry.objects.get(kind=EntryKind.RELEASE, file_number=file_number)
    return LedgerEntry.objects.create(allotment=released.allotment, kind=EntryKind.UTILISATION, amount=amount, file_number=file_number)
