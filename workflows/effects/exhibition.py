"""What a sanctioned exhibition does by itself, in the transaction of the signature that led to it."""

from programme import budget
from programme.calendar import financial_year, today
from programme.models import EntryKind
from workflows import orders
from workflows.authority import Refusal
from workflows.models import Case, Movement


def issue_order(case: Case, movement: Movement) -> None:
    """Commit and release the sanctioned amount, and issue the order.

    Raises ``Refusal`` when the budget head has too little left; the sanction then does not happen.
    """
    record, year = case.record, financial_year(today())
    amount = record.amount_sanctioned
    try:
        budget.commit(record.budget_head, year, amount, file_number=case.number)
    except budget.NoBudget as error:
        raise Refusal(str(error)) from None
    budget.record(EntryKind.RELEASE, record.budget_head, year, amount, file_number=case.number)
    record.amount_released = amount
    record.save(update_fields=["amount_released"])
    orders.issue_sanction(case, movement, amount, changes={"amount_released": [None, f"{amount:.2f}"]})


def book_utilisation(case: Case, movement: Movement) -> None:
    """Write the accepted certificate's amount beside the release it belongs to."""
    budget.book_utilisation(case.record.amount_utilised, file_number=case.number)
