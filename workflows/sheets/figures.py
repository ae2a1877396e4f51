"""Numbers as people write them: 1,50,000 · ₹ 1,50,000.50 · Rs. 25 lakh/- · १.५ करोड़ · 2 crore 50 lakh."""

import re
from decimal import Decimal

from . import words
from .columns import Column, Type
from .faults import Wrong

LARGEST = Decimal(10**12)
INDIAN_OR_WESTERN = r"(?:[0-9]+|[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?"
FIGURE = re.compile(INDIAN_OR_WESTERN)
WITH_COMMAS = re.compile(r"[0-9,]*,[0-9,]*(?:\.[0-9]+)?")
CURRENCY = re.compile(r"^(?:₹|rs\.?|inr|रु\.?|रू\.?|रुपये|रुपए)\s*|\s*(?:₹|/-|/=|रु\.?|रू\.?|रुपये|रुपए|rupees?|only|मात्र)$")
UNITS = {
    Decimal(10_000_000): ("crore", "crores", "cr", "करोड"),
    Decimal(100_000): ("lakh", "lakhs", "lac", "lacs", "लाख"),
    Decimal(1_000): ("thousand", "हजार"),
}
SIZES = {name: size for size, names in UNITS.items() for name in names}
IN_UNITS = re.compile(rf"({INDIAN_OR_WESTERN})\s*({'|'.join(sorted(SIZES, key=len, reverse=True))})\b\.?\s*")


def read(column: Column, found: object) -> int | Decimal:
    """Return the number that a cell holds, within the limits of its column; raise ``Wrong`` otherwise."""
    said = str(found)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise Wrong("number", said)
    number = _typed(column, found) if isinstance(found, str) else _held(found)
    places = -int(number.as_tuple().exponent)
    said = found if isinstance(found, str) else plain(number)
    if column.type is Type.WHOLE and number != number.to_integral_value():
        raise Wrong("whole", said)
    if column.type is Type.RUPEES and places > 2:
        raise Wrong("paise", said)
    if column.type is Type.DECIMAL and places > 6:
        raise Wrong("places", said)
    _within(column, number, said)
    return int(number) if column.type is Type.WHOLE else number


def plain(number: Decimal) -> str:
    """Write a number in full, never as 1E+5."""
    return f"{number:f}"


def _held(found: int | float) -> Decimal:
    """Return a number of a cell with the fifteen digits that spreadsheets keep, so that 0.1 + 0.2 is 0.3."""
    if found != found or abs(found) >= LARGEST:
        raise Wrong("large", f"{found:.15g}")
    return _shortest(Decimal(f"{found:.15g}"))


def _typed(column: Column, found: str) -> Decimal:
    text = re.sub(r"\s*,\s*", ",", words.one_line(found).translate(words.DIGITS).casefold().replace(words.NUKTA, ""))
    if column.type is Type.RUPEES:
        text = _bare(text)
    if text.startswith(("-", "−", "(")) and FIGURE.search(text):
        return _negative(column, found, text)
    if FIGURE.fullmatch(text):
        return _shortest(Decimal(text.replace(",", "")))
    if column.type is Type.RUPEES and (amount := _in_units(text)) is not None:
        return amount
    raise Wrong("commas" if WITH_COMMAS.fullmatch(text) else "rupees" if column.type is Type.RUPEES else "number", found)


def _bare(text: str) -> str:
    while (shorter := CURRENCY.sub("", text).strip()) != text:
        text = shorter
    return text


def _negative(column: Column, found: str, text: str) -> Decimal:
    figure = text[1:].strip()
    if text[0] == "(" or not FIGURE.fullmatch(figure):
        raise Wrong("negative" if column.type is Type.RUPEES else "number", found)
    return -_shortest(Decimal(figure.replace(",", "")))


def _in_units(text: str) -> Decimal | None:
    """Read 25 lakh, or 2 crore 50 lakh 10 thousand: each unit once, larger ones first. None when it is not written so."""
    total, last, at = Decimal(0), None, 0
    while match := IN_UNITS.match(text, at):
        size = SIZES[match[2]]
        if last is not None and size >= last:
            return None
        total, last, at = total + Decimal(match[1].replace(",", "")) * size, size, match.end()
    return _shortest(total) if at and at == len(text) else None


def _shortest(number: Decimal) -> Decimal:
    """Drop zeros after the point that say nothing, and keep a whole number whole: 5, not 5E+0."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _within(column: Column, number: Decimal, said: str) -> None:
    if abs(number) >= LARGEST:
        raise Wrong("large", said)
    if column.type is Type.RUPEES and number < 0:
        raise Wrong("negative", said)
    if isinstance(column.least, int | Decimal) and number < column.least:
        raise Wrong("least", said, limit=plain(Decimal(column.least)))
    if isinstance(column.most, int | Decimal) and number > column.most:
        raise Wrong("most", said, limit=plain(Decimal(column.most)))
