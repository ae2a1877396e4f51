"""The budget ledger: commitments never exceed an allotment, also under two simultaneous sanctions."""

from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from programme.asking import Asked, Given
from programme.checks import NotAllowed
from programme.models import Allotment, BudgetHead, EntryKind, LedgerEntry, State
from programme.money import rupees

ALLOTMENT = Asked(lambda: Allotment.objects.filter(head=Given("head"), year=Given("year")))


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


def as_read(head: BudgetHead, year: str) -> Allotment:
    """Return how the head stands, as it was first read with this ``head``; one of nothing where nothing is allotted."""
    known: dict[str, Allotment] = vars(head).setdefault("allotments_read", {})
    if year not in known:
        known[year] = ALLOTMENT.first(head=head.pk, year=year) or Allotment(allotted=Decimal(0), committed=Decimal(0))
    return known[year]


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


def give_back(*, file_number: str) -> LedgerEntry | None:
    """Return to the head what a file committed and nobody was paid; ``None`` when it committed nothing.

    The commitment stays in the ledger, and what was given back stands beside it.
    """
    committed = committed_for(file_number)
    if committed is None:
        return None
    Allotment.objects.filter(pk=committed.allotment_id).update(committed=F("committed") - committed.amount)
    kind = EntryKind.GIVEN_BACK
    return LedgerEntry.objects.create(allotment_id=committed.allotment_id, kind=kind, amount=committed.amount, file_number=file_number)


def committed_for(file_number: str) -> LedgerEntry | None:
    """Return the commitment of a file, ``None`` when it has none; one that was given back is still one that was made."""
    return LedgerEntry.objects.select_related("allotment__head").filter(kind=EntryKind.COMMITMENT, file_number=file_number).first()


def released_to(file_number: str) -> Decimal:
    """Return the rupees that were released on a file, zero when none were."""
    released = LedgerEntry.objects.filter(kind=EntryKind.RELEASE, file_number=file_number).first()
    return released.amount if released else Decimal(0)


def book_utilisation(amount: Decimal, *, file_number: str) -> LedgerEntry:
    """Book the rupees a certificate shows as used, against the allotment the file's money was released from."""
    released = LedgerEntry.objects.get(kind=EntryKind.RELEASE, file_number=file_number)
    return LedgerEntry.objects.create(allotment=released.allotment, kind=EntryKind.UTILISATION, amount=amount, file_number=file_number)
