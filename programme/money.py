"""Rupees as India writes them: exact with lakh and crore grouping, and a short form beside it."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

LAKH = Decimal(100_000)
CRORE = Decimal(10_000_000)
PAISA = HUNDREDTH = Decimal("0.01")


@lru_cache(maxsize=10_000)
def rupees(amount: Decimal) -> str:
    """Write an exact amount: ₹18,50,000, with paise only where there are any."""
    pattern = "#,##,##0" if amount == amount.to_integral_value() else "#,##,##0.00"
    figure = format_decimal(abs(amount.quantize(PAISA, ROUND_HALF_UP)), format=pattern, locale="en_IN")
    return f"-₹{figure}" if amount < 0 else f"₹{figure}"


def short_rupees(amount: Decimal) -> str:
    """Write an amount shortly, rounded half up to two places: ₹18.5 lakh, ₹5.29 crore."""
    return _short_rupees(amount, get_language())


@lru_cache(maxsize=10_000)
def _short_rupees(amount: Decimal, _language: str | None) -> str:
    # The unit is chosen after rounding: 99,99,999.99 is one crore, never 100 lakh.
    in_lakh = (amount / LAKH).quantize(HUNDREDTH, ROUND_HALF_UP)
    if in_lakh >= CRORE / LAKH:
        return _("₹%(amount)s crore") % {"amount": _short(amount / CRORE)}
    if amount >= LAKH:
        return _("₹%(amount)s lakh") % {"amount": _short(in_lakh)}
    return rupees(amount)


def _short(amount: Decimal) -> str:
    return f"{amount.quantize(HUNDREDTH, ROUND_HALF_UP):f}".rstrip("0").rstrip(".")


def in_figures(amount: Decimal | None) -> str:
    """Write an amount exactly and shortly side by side: ₹18,50,000 (₹18.5 lakh). Empty when there is none."""
    if amount is None:
        return ""
    exact, short = rupees(amount), short_rupees(amount)
    return exact if exact == short else f"{exact} ({short})"
