"""Orders: numbered and said on the file in the transaction of the sanction itself."""

from decimal import Decimal

from sequences import get_next_value

from programme.calendar import financial_year, today
from workflows import notices
from workflows.models import Case, Movement, Order, Outcome
from workflows.record import chain


def issue(case: Case, movement: Movement, amount: Decimal, *, changes: dict[str, list[str | None]]) -> Order:
    """Number the sanction order of ``amount`` rupees, say it on the file, and tell the office that opened the file.

    ``changes`` is what the order changed in the record, old and new as text. Where the amount was computed the order says how.
    """
    series = f"{case.state.short}/{case.flow_class.prefix}/ORDER/{financial_year(today())}"
    number = f"{series}/{get_next_value(series):04d}"
    computed = {"derivation": case.record.derivation} if case.record.derivation else {}
    noting = chain.append(
        case,
        step="issue_order",
        outcome=Outcome.ISSUE,
        officer=None,
        prepared_by=None,
        office=movement.office,
        posting=None,
        facts={"order": {"number": number, "amount": f"{amount:.2f}", "issued_on": today().isoformat()}, "changes": changes, **computed},
    )
    notices.tell_of(Outcome.ISSUE, case, case.office, paragraph=noting.paragraph)
    return Order.objects.create(case=case, number=number, issued_on=today(), amount=amount, noting=noting)
