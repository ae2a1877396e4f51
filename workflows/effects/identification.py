"""What an approved change of the product register does by itself, in the transaction of the signature that led to it."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_noop

from programme import identification
from programme.checks import NotAllowed
from programme.models import Proposed, RankDecision
from workflows import orders
from workflows.authority import Refusal
from workflows.changes import changes_between
from workflows.models import Case, Movement, Outcome
from workflows.record import chain
from workflows.signing import in_both_languages

ENTERED = {
    Proposed.NEW: gettext_noop("%(product)s is entered in the product register of %(district)s. Rank: %(to)s."),
    Proposed.RERANK: gettext_noop("The rank of %(product)s in the product register of %(district)s is changed: %(from)s to %(to)s."),
    Proposed.RETIRE: gettext_noop("%(product)s, so far %(from)s, is retired from the product register of %(district)s."),
}


def enter_in_register(case: Case, movement: Movement) -> None:
    """Change the register as approved, say it on the file, and tell the office that opened the file.

    Raises ``Refusal`` when the register no longer allows it; the approval then does not happen.
    """
    record, before = case.record, case.record.facts()
    try:
        decision = identification.enter_in_register(record, file_number=case.number)
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    facts: dict[str, Any] = {
        **in_both_languages(ENTERED[record.proposed], partial(_words, decision)),
        "register": {"product": decision.product_id, "rank_from": decision.rank_from, "rank_to": decision.rank_to},
        "changes": changes_between(before, record.facts()),
    }
    chain.append(
        case,
        step="enter_in_register",
        outcome=Outcome.ENTER,
        officer=None,
        prepared_by=None,
        office=movement.office,
        posting=None,
        facts=facts,
    )
    orders.issue_sanction(case, movement, None, changes={}, step="enter_in_register")


def _words(decision: RankDecision) -> dict[str, str]:
    return {
        "product": decision.product.name,
        "district": decision.product.district.name,
        "from": decision.get_rank_from_display(),
        "to": decision.get_rank_to_display(),
    }
