from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Rung:
    over: Decimal
    upto: Decimal | None
    designation: str


def rung(norm: Any, amount: Decimal) -> Rung:
    for line in norm.rules["ladder"]:
        upto = None if line["upto"] is None else Decimal(line["upto"])
        if upto is None or amount <= upto:
            return Rung(Decimal(line["over"]), upto, line["designation"])
    raise LookupError(norm)
