"""A working sheet: the amounts that come out of a norm, and each step of how they came about, in plain data.

A step holds the key of its sentence and its figures. Money stands in it as ``{"rupees": "625000.00"}``, a day as
``{"day": "2026-05-09"}`` and a word to be translated as ``{"word": "in_state"}``, so that a stored derivation can be
read in either language for as long as the record is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

from django.utils.translation import get_language, override

from programme.money import PAISA
from programme.norms.wording import sentence

RUPEE = Decimal(1)
HUNDRED = Decimal(100)
# Amounts stay below a lakh crore and percentages hold few places, so nothing is ever lost in between.
EXACT = Context(prec=60)
ROUNDINGS = {"floor": (RUPEE, ROUND_FLOOR), "nearest": (RUPEE, ROUND_HALF_UP), "paisa": (PAISA, ROUND_FLOOR)}


@dataclass(frozen=True)
class Entitlement:
    """What a claim comes to under one version: amounts by name, and the steps that led to them."""

    scheme: str
    version: str
    inputs: dict[str, Any]
    amounts: dict[str, Any]
    steps: list[dict[str, Any]]

    def derivation(self, language: str | None = None) -> str:
        """Return the steps as sentences, in the reader's language when none is given."""
        with override(language or get_language()):
            return " ".join(sentence(step) for step in self.steps)

    def printed(self) -> dict[str, Any]:
        """Return the amounts as JSON people compare: whole rupees as numbers, others as text with two places."""
        return {name: _printed(value) for name, value in self.amounts.items()}

    def stored(self) -> dict[str, Any]:
        """Return the plain JSON that a record keeps, with money as text."""
        return {
            "scheme": self.scheme,
            "version": self.version,
            "inputs": plain(self.inputs),
            "amounts": plain(self.amounts),
            "steps": self.steps,
        }


@dataclass
class Sheet:
    """What a calculator reads (rules, checked inputs, first and last day of the version) and fills (amounts and steps)."""

    rules: Mapping[str, Any]
    inputs: Mapping[str, Any]
    opened: date | None = None
    closed: date | None = None
    amounts: dict[str, Any] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def say(self, key: str, **figures: Any) -> None:
        """Write down a step; amounts are ``Decimal`` rupees, days are dates, percentages and counts are text or whole numbers."""
        self.steps.append({"say": key, **{name: _figure(value) for name, value in figures.items()}})

    def percent(self, rule: str) -> Decimal:
        return Decimal(self.rules[rule])

    def rupees(self, rule: str) -> Decimal:
        return Decimal(self.rules[rule])

    def rounded(self, amount: Decimal) -> Decimal:
        """Round an end result as the norm says (by default down to the rupee) and write down what that did."""
        unit, way = ROUNDINGS[self.rules.get("rounding", "floor")]
        with localcontext(EXACT):
            result = amount.quantize(unit, way)
        if result == amount:
            self.say("not_rounded")
        else:
            self.say("rounded_down" if way == ROUND_FLOOR else "rounded_nearest", before=amount, amount=result)
        return result


def share(percent: Decimal, amount: Decimal) -> Decimal:
    """Return a percentage of an amount, exactly."""
    with localcontext(EXACT):
        return percent * amount / HUNDRED


def plain(value: Any) -> Any:
    """Return inputs or amounts as plain JSON: money as text with two places, days as ISO text."""
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value == value.quantize(PAISA) else f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def percent_text(percent: Decimal) -> str:
    """Write a percentage without needless zeros: 25, 12.5."""
    return f"{percent.normalize():f}"


def _figure(value: Any) -> Any:
    if isinstance(value, Decimal):
        # Steps in between may be fractions of a paisa: what is shown is never more than what is counted.
        return {"rupees": f"{value.quantize(PAISA, ROUND_FLOOR)}"}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _printed(value: Any) -> Any:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return plain(value)
