"""What a calculator may be asked: each input is checked, and a wrong one is refused with a sentence of its own."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from programme.money import PAISA, rupees

LARGEST = Decimal(1_000_000_000_000)  # one lakh crore rupees
HEAVIEST = Decimal(1_000_000_000)
MOST_CONTAINERS = 200
MOST_MEMBERS = 1000
LONGEST_TEXT = 40
FARTHEST = 400  # powers of ten
PLAIN_NUMBER = re.compile(r"\d{1,15}(\.\d{1,3})?", re.ASCII)
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1950, 2100
FEET = (20, 40)

Check = Callable[[Any], Any]


class BadInput(Exception):
    """The question cannot be answered as it was put; ``errors`` holds one sentence for each input."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in errors.items()))
        self.errors = dict(errors)


class Wrong(Exception):
    """One input is wrong; the message is its sentence."""


@dataclass(frozen=True)
class Field:
    """One input: how it is checked, whether it must be there, and what stands for it when it is not."""

    check: Check
    required: bool = False
    default: Any = None


def missing() -> str:
    return _("This is missing.")


def in_order(earlier: date | None, later: date | None, name: str) -> None:
    """Raise ``BadInput`` on ``name`` when the later day, where both are given, comes before the earlier one."""
    if earlier and later and later < earlier:
        raise BadInput({name: _("This day comes before %(day)s.") % {"day": earlier.strftime("%d-%m-%Y")}})


def checked(fields: Mapping[str, Field], inputs: Any) -> dict[str, Any]:
    """Return the inputs as exact values with the defaults filled in; raise ``BadInput``."""
    if not isinstance(inputs, Mapping):
        raise BadInput({"input": _("Write the inputs as an object, for example {“project_cost_rupees”: 2400000}.")})
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name in inputs:
        if name not in fields:
            known = ", ".join(fields)
            errors[str(name)[:LONGEST_TEXT]] = _("This scheme does not ask for this. It asks for: %(fields)s.") % {"fields": known}
    for name, field in fields.items():
        given = inputs.get(name)
        if given is None:
            values[name] = field.default
            if field.required:
                errors[name] = missing()
            continue
        try:
            values[name] = field.check(given)
        except Wrong as wrong:
            errors[name] = str(wrong)
    if errors:
        raise BadInput(errors)
    return values


def _number(given: Any) -> Decimal:
    """Return a plain number exactly; raise ``Wrong``. ``True`` is no number, and exponents are none that people write."""
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal | str):
        raise Wrong(_("This must be a number."))
    if isinstance(given, Decimal) and given.is_finite() and abs(given.adjusted()) > FARTHEST:
        # Written out, 1e999999999 would fill the memory.
        raise Wrong(_("This number is too large.") if given.adjusted() > 0 else _("This number has too many decimal places."))
    text = str(given) if isinstance(given, int | str) else f"{Decimal(repr(given)) if isinstance(given, float) else given:f}"
    sign, text = text[:1] == "-", text.removeprefix("-")
    whole, point, decimals = text.partition(".")
    if isinstance(given, float | Decimal) and point:
        text = f"{whole}.{decimals.rstrip('0')}".rstrip(".")
    if not PLAIN_NUMBER.fullmatch(text):
        if isinstance(given, str) or not re.fullmatch(r"\d+(\.\d+)?", text):
            raise Wrong(_("This must be a number written plainly, such as 2400000 or 2400000.50."))
        raise Wrong(_("This number is too large.") if len(whole) > 15 else _("This number has too many decimal places."))
    if sign and Decimal(text):
        raise Wrong(_("This cannot be negative."))
    return Decimal(text)


def money(given: Any) -> Decimal:
    """Rupees, with paise to two places."""
    amount = _number(given)
    if amount >= LARGEST:
        raise Wrong(_("This must be less than %(largest)s.") % {"largest": rupees(LARGEST)})
    if amount != amount.quantize(PAISA):
        raise Wrong(_("An amount has two places for paise at most."))
    return amount


def money_above_zero(given: Any) -> Decimal:
    amount = money(given)
    if not amount:
        raise Wrong(_("This must be more than zero."))
    return amount


def quantity(given: Any) -> Decimal:
    """A weight in kilograms, to three places."""
    amount = _number(given)
    if not amount:
        raise Wrong(_("This must be more than zero."))
    if amount >= HEAVIEST:
        raise Wrong(_("This number is too large."))
    return amount


def count(given: Any) -> int:
    number = _number(given)
    if number != number.to_integral_value():
        raise Wrong(_("This must be a whole number."))
    if number > 10_000_000:
        raise Wrong(_("This number is too large."))
    return int(number)


def percentage(given: Any) -> Decimal:
    number = _number(given)
    if number > 100:
        raise Wrong(_("A percentage is not more than 100."))
    return number


def between(least: Decimal, most: Decimal) -> Check:
    def check(given: Any) -> Decimal:
        number = _number(given)
        if not least <= number <= most:
            raise Wrong(_("This must lie between %(least)s and %(most)s.") % {"least": least, "most": most})
        return number

    return check


def flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise Wrong(_("This must be true or false."))
    return given


def day(given: Any) -> date:
    if isinstance(given, date):
        return given
    if not isinstance(given, str) or not ISO_DAY.fullmatch(given):
        raise Wrong(_("Write the date as year-month-day, for example 2025-11-10."))
    try:
        value = date.fromisoformat(given)
    except ValueError:
        raise Wrong(_("There is no such day in the calendar.")) from None
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise Wrong(_("The year must lie between %(first)s and %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    return value


def text(given: Any) -> str:
    if not isinstance(given, str) or len(given) > LONGEST_TEXT:
        raise Wrong(_("This must be a short text."))
    return given


@dataclass(frozen=True)
class OneOf:
    """One word of a list."""

    choices: tuple[str, ...]

    def __call__(self, given: Any) -> str:
        if not isinstance(given, str) or given not in self.choices:
            raise Wrong(_("This must be one of: %(choices)s.") % {"choices": ", ".join(self.choices)})
        return given


@dataclass(frozen=True)
class Containers:
    """Boxes of 20 or 40 feet; ``freight`` says whether the freight of each must be given."""

    freight: bool

    def __call__(self, given: Any) -> list[dict[str, Any]]:
        if not isinstance(given, list | tuple) or not given:
            raise Wrong(_("This must be a list with at least one container."))
        if len(given) > MOST_CONTAINERS:
            raise Wrong(_("A claim holds %(most)s containers at most.") % {"most": MOST_CONTAINERS})
        return [_container(number, box, self.freight) for number, box in enumerate(given, start=1)]


def _container(number: int, box: Any, freight: bool) -> dict[str, Any]:
    if not isinstance(box, Mapping) or not set(box) <= {"feet", "freight_rupees"}:
        raise Wrong(_("Container %(number)s must say its feet and its freight_rupees, and nothing else.") % {"number": number})
    feet, paid = box.get("feet"), box.get("freight_rupees")
    if isinstance(feet, bool) or feet not in FEET:
        raise Wrong(_("Container %(number)s must be 20 or 40 feet.") % {"number": number})
    if paid is None and freight:
        raise Wrong(_("The freight of container %(number)s is missing.") % {"number": number})
    try:
        return {"feet": int(feet), "freight_rupees": None if paid is None else money(paid)}
    except Wrong as wrong:
        raise Wrong(_("Freight of container %(number)s: %(fault)s") % {"number": number, "fault": wrong}) from None


def counts(given: Any) -> int | list[int]:
    """One number of people, or a list of such numbers."""
    if not isinstance(given, list | tuple):
        return count(given)
    if not given or len(given) > MOST_MEMBERS:
        raise Wrong(_("This must be a list of 1 to %(most)s numbers.") % {"most": MOST_MEMBERS})
    return [count(number) for number in given]
