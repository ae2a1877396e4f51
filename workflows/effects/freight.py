"""What a sanctioned and a paid freight claim do by themselves, in the transaction of the signature that led to it."""

from programme import budget
from programme.calendar import financial_year, today
from programme.checks import NotAllowed
from programme.duplicates import grant_marks
from programme.freight import HEAD_OF, computed_at_order, consume_ceiling
from programme.models import EntryKind
from programme.norms.wording import sentence
from workflows import orders
from workflows.authority import Refusal
from workflows.models import Case, Movement


def issue_order(case: Case, movement: Movement) -> None:
    """Take the amount out of the exporter's year and out of the budget head, and issue the order for what fitted.

    Raises ``Refusal`` when nothing is left of the year, or too little of the head; the sanction then does not happen.
    """
    claim = case.record
    try:
        head = budget.head_of(HEAD_OF, case.state)
        granted = consume_ceiling(claim, case.norm, file_number=case.number)
        budget.commit(head, financial_year(today()), granted, file_number=case.number)
    except NotAllowed as error:
        raise Refusal(str(error)) from None
    if granted < claim.amount_recommended:
        # Another claim of the exporter was sanctioned since the Bureau computed.
        claim.derivation = computed_at_order(claim, case.norm, granted).stored()
    claim.budget_head, claim.amount_sanctioned, case.amount = head, granted, granted
    claim.save(update_fields=["budget_head", "amount_sanctioned", "derivation"])
    grant_marks(claim)
    orders.issue_sanction(
        case, movement, granted, changes={"budget_head_id": [None, head.pk], "amount_sanctioned": [None, f"{granted:.2f}"]}
    )


def issue_letter(case: Case, movement: Movement | None) -> None:
    """Tell the office that filed a claim after its last day why nothing is payable."""
    late = (sentence(step) for step in case.record.derivation["steps"] if step["say"] in ("window", "barred"))
    orders.issue_rejection(case, movement, " ".join(late))


def book_payment(case: Case, movement: Movement) -> None:
    """Write the payment beside the commitment: released, and used by the exporter who had paid the freight already."""
    for kind in (EntryKind.RELEASE, EntryKind.UTILISATION):
        budget.book(kind, case.record.amount_released, file_number=case.number)
