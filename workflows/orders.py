"""Orders: numbered and said on the file in the transaction of the sanction itself."""

from decimal import Decimal
from typing import Any

from workflows import notices
from workflows.letters.issuing import Issued, issue
from workflows.models import Case, Movement, Order, OrderKind, Outcome
from workflows.record import chain


def issue_sanction(
    case: Case, movement: Movement, amount: Decimal | None, *, changes: dict[str, list[Any]], step: str = "issue_order", **more: Any
) -> Order:
    """Number the order that follows a sanction of ``amount`` rupees or an approval, say it on the file, and tell the opening office.

    ``changes`` is what the order changed in the record, old and new as text; ``step`` is the act that issues it; ``more``
    is what else its paragraph says. How the amount came about is frozen in the paragraph.
    """
    if case.record.derivation:
        more["derivation"] = case.record.derivation
    return _say(case, movement, issue(case, OrderKind.SANCTION, amount=amount), Outcome.ISSUE, step=step, changes=changes, **more)


def issue_rejection(case: Case, movement: Movement | None, text: str) -> Order:
    """Number the letter of a file that ends by itself, such as one that came too late, with the reason; the act is ``issue_letter``."""
    return _say(case, movement, issue(case, OrderKind.REJECTION), Outcome.REJECT, step="issue_letter", changes={}, text=text)


def _say(case: Case, movement: Movement | None, issued: Issued, outcome: Outcome, *, step: str, **facts: Any) -> Order:
    noting = chain.append(
        case,
        step=step,
        outcome=outcome,
        officer=None,
        prepared_by=None,
        office=movement.office if movement else case.office,
        posting=None,
        facts=issued.facts | facts,
    )
    notices.tell_of(outcome, case, case.office, paragraph=noting.paragraph)
    return issued.keep(noting)
