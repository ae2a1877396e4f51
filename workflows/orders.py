"""Orders: numbered and said on the file in the transaction of the sanction itself."""

from decimal import Decimal
from typing import Any

from sequences import get_next_value

from programme.calendar import financial_year, today
from workflows import notices
from workflows.models import Case, Movement, Order, Outcome
from workflows.record import chain


def issue(case: Case, movement: Movement, amount: Decimal, *, changes: dict[str, list[Any]]) -> Order:
    """Number the sanction order of ``amount`` rupees, say it on the file, and tell the office that opened the file.

    ``changes`` is what the order changed in the record, old and new as the record keeps them. The paragraph also keeps how the
    amount came about.
    """
    series = f"{case.state.short}/{case.flow_class.prefix}/ORDER/{financial_year(today())}"
    number = f"{series}/{get_next_value(series):04d}"
    facts: dict[str, Any] = {
        "order": {"number": number, "amount": f"{amount:.2f}", "issued_on": today().isoformat()},
        "changes": changes,
    }
    if case.record.derivation:
        facts["derivation"] = case.record.derivation
    noting = chain.append(
        case,
        step="issue_order",
        outcome=Outcome.ISSUE,
        officer=None,
        prepared_by=None,
        office=movement.office,
        posting=None,
        facts=facts,
    )
    notices.tell_of(Outcome.ISSUE, case, case.office, paragraph=noting.paragraph)
    return Order.objects.create(case=case, number=number, issued_on=today(), amount=amount, noting=noting)
