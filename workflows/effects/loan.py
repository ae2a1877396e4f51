"""What a loan with margin money does by itself, in the transaction of the signature that led to it."""

from programme import budget, loans
from programme.calendar import financial_year, today
from programme.checks import NotAllowed
from programme.duplicates import grant_marks
from programme.models import EntryKind
from workflows import orders
from workflows.authority import Refusal
from workflows.models import Case, Movement


def issue_order(case: Case, movement: Movement) -> None:
    """Commit the sanctioned amount, write down that applicant and family had the benefit, and issue the order.

    Raises ``Refusal`` when the head has too little left or the family had the benefit; the sanction then does not happen.
    """
    loan, amount = case.record, case.record.amount_sanctioned
    try:
        head = budget.head_of(case.norm.scheme, case.state)
        budget.commit(head, financial_year(today()), amount, file_number=case.number)
        loans.grant(loan, case.norm, file_number=case.number)
    except NotAllowed as error:
        raise Refusal(str(error)) from None
    grant_marks(loan)
    loan.budget_head, loan.sanctioned_on = head, today()
    loan.save(update_fields=["budget_head", "sanctioned_on"])
    orders.issue_sanction(
        case, movement, amount, changes={"budget_head_id": [None, head.pk], "sanctioned_on": [None, loan.sanctioned_on.isoformat()]}
    )


def book_release(case: Case, movement: Movement) -> None:
    """Write the payment beside the commitment it belongs to."""
    budget.book(EntryKind.RELEASE, case.record.amount_released, file_number=case.number)


def book_conversion(case: Case, movement: Movement) -> None:
    """Write the margin money that became a grant as used."""
    budget.book(EntryKind.UTILISATION, case.record.amount_utilised, file_number=case.number)


def book_recovery(case: Case, movement: Movement) -> None:
    """Write what came back."""
    budget.book(EntryKind.RECOVERY, case.record.amount_recovered, file_number=case.number)
