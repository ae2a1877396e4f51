"""Giving a paper its number, in the transaction and in the very paragraph of the decision it follows from."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sequences import get_next_value

from programme.calendar import financial_year, today
from programme.models import Office
from workflows.models import Case, Noting, Order, OrderKind, Outcome
from workflows.record.chain import office_named
from workflows.record.sealer import newest_seal

# What of an officer's own decisions leaves the file as a paper. A sanction is issued by the act that commits its money.
FOLLOWS = {Outcome.RETURN: OrderKind.RETURN_MEMO, Outcome.REJECT: OrderKind.REJECTION, Outcome.DECLINE: OrderKind.REJECTION}


@dataclass(frozen=True)
class Issued:
    """A paper that has its number and waits for the paragraph that says it. ``amount`` in rupees, ``None`` where no money is meant."""

    case: Case
    kind: OrderKind
    number: str
    issued_on: date
    amount: Decimal | None
    to: Office
    key: uuid.UUID = field(default_factory=uuid.uuid4)
    # The newest seal there is, printed on the paper: whoever holds it holds an anchor of the record.
    seal: dict[str, Any] | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What the paragraph must say of the paper; the verifier compares it with the row."""
        amount = None if self.amount is None else f"{self.amount:.2f}"
        said = {"kind": self.kind.value, "number": self.number, "issued_on": self.issued_on.isoformat(), "amount": amount}
        return {"order": said | {"key": str(self.key), "to": office_named(self.to), "seal": self.seal}}

    def keep(self, noting: Noting) -> Order:
        """Write the row of the paper beside the paragraph that issued it."""
        return Order.objects.create(
            case=self.case,
            kind=self.kind,
            number=self.number,
            issued_on=self.issued_on,
            amount=self.amount,
            key=self.key,
            noting=noting,
        )


def issue(case: Case, kind: OrderKind, *, amount: Decimal | None = None, to: Office | None = None) -> Issued:
    """Number a paper of ``kind``, addressed ``to`` an office or else to the one that opened the file.

    The caller stands in the transaction of the act, says ``facts`` in its paragraph and then calls ``keep``; what is
    rolled back leaves no gap.
    """
    series = f"{case.state.short}/{case.flow_class.prefix}/{kind.series}/{financial_year(today())}"
    return Issued(case, kind, f"{series}/{get_next_value(series):04d}", today(), amount, to or case.office, seal=newest_seal())


def issue_with(outcome: Outcome, case: Case, target: Any) -> Issued | None:
    """Number the paper that goes out with an officer's decision, ``None`` when none does. ``target`` is the node the file goes to."""
    kind = FOLLOWS.get(outcome)
    if kind is None:
        return None
    return issue(case, kind, to=target.office_for(case) if kind == OrderKind.RETURN_MEMO else None)
