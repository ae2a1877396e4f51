"""Automatic acts of money: the order is numbered and booked in the transaction of the sanction itself."""

from programme import budget
from programme.calendar import financial_year, today
from programme.models import EntryKind
from workflows import notices
from workflows.authority import Refusal
from workflows.letters.issuing import issue
from workflows.models import Case, Movement, OrderKind, Outcome
from workflows.record import chain


def issue_order(case: Case, movement: Movement) -> None:
    """Number the sanction order, commit and release its amount, and note it on the file.

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
    order = issue(case, OrderKind.SANCTION, amount=amount)
    noting = chain.append(
        case,
        step="issue_order",
        outcome=Outcome.ISSUE,
        officer=None,
        prepared_by=None,
        office=movement.office,
        posting=None,
        facts=order.facts | {"changes": {"amount_released": [None, f"{amount:.2f}"]}},
    )
    order.keep(noting)
    notices.tell_of(Outcome.ISSUE, case, case.office, paragraph=noting.paragraph)


def book_utilisation(case: Case, movement: Movement) -> None:
    """Write the accepted certificate's amount beside the release it belongs to."""
    budget.book_utilisation(case.record.amount_utilised, file_number=case.number)
