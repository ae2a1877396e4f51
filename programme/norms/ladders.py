"""Delegation ladders: whose post decides about an amount."""

from dataclasses import dataclass
from decimal import Decimal

from programme.models import Norm


@dataclass(frozen=True)
class Rung:
    """One line of a ladder: amounts over ``over`` and up to ``upto`` rupees (``None``: without end) go to ``designation`` (its code)."""

    over: Decimal
    upto: Decimal | None
    designation: str
    norm: Norm


def rungs(norm: Norm) -> list[Rung]:
    """Return the lines of a ladder, the lowest first."""
    return [
        Rung(Decimal(line["over"]), None if line["upto"] is None else Decimal(line["upto"]), line["designation"], norm)
        for line in norm.rules["ladder"]
    ]


def rung(norm: Norm, amount: Decimal) -> Rung:
    """Return the line that holds ``amount`` (the lowest for 0); raise ``LookupError`` when the ladder has none, or it is negative."""
    if amount >= 0:
        for line in rungs(norm):
            if line.upto is None or amount <= line.upto:
                return line
    raise LookupError(f"{norm} has no line for {amount}.")
