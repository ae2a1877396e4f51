"""Read one cell as its column means it, tolerant of what people type, and say what is wrong with the rest."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, NamedTuple

from . import figures, words
from .columns import Column, Type
from .faults import Fault, Wrong

MOMENTS, FIGURES = (date, time, timedelta), (int, float)
LONGEST_RAW = 6_000  # of a faulty cell no more is kept
DAY_FIRST = re.compile(r"([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{2,4})")
YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T]00:00(?::00)?)?")
EXPONENT = re.compile(r"[0-9](?:\.[0-9]+)?e\+?[0-9]+", re.IGNORECASE)
# Days as spreadsheets count them: 20000 is in 1954, 80000 in 2119. Smaller and larger numbers are something else.
SERIALS = range(20_000, 80_000)
EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
YES = frozenset(map(words.fold, ("yes", "y", "true", "1", "हाँ", "हां", "जी हाँ", "ha", "haan", "हाँ / Yes", "Yes / हाँ")))
NO = frozenset(map(words.fold, ("no", "n", "false", "0", "नहीं", "नही", "जी नहीं", "nahi", "nahin", "नहीं / No", "No / नहीं")))
# Looking for a near name costs milliseconds; a column with more wrong names than this has another trouble.
MOST_GUESSES = 100
# Most columns say one of a few things: so many of them are kept, and nothing long.
MOST_KNOWN, LONGEST_KNOWN = 1_000, 100


class Cell(NamedTuple):
    """``raw`` is what stood there, as people see it; ``value`` is None when the cell is empty or has a fault, ``plain`` is it as text."""

    raw: str
    value: object | None
    fault: Fault | None = None
    plain: str = ""


EMPTY = Cell("", None)


def parse(column: Column, found: object, *, formula: bool = False, error: bool = False, from_1904: bool = False) -> Cell:
    """Read ``found``, what a reader of workbooks returned, as a cell of the column.

    A missing required value is a fault. ``from_1904`` is how the workbook counts its days.
    """
    raw = found if isinstance(found, str) else as_seen(found)
    if formula or error:
        return Cell(raw[:LONGEST_RAW], None, Fault("formula" if formula else "error"))
    if not words.clean(raw):
        return Cell("", None, Fault("missing")) if column.required else EMPTY
    try:
        _check_length(column, raw)
        value = _value(column, found, raw, from_1904)
        return Cell(raw, value, plain=plain(value))
    except Wrong as wrong:
        return Cell(raw[:LONGEST_RAW], None, wrong.fault)


class Known(dict[tuple[type, object], Cell]):
    """The cells of one column that were read, by type and value of what stands there; others are read as ``parse`` does.

    Without its type 1 would be known as True. It is asked for cells that hold neither a formula nor an error.
    """

    def __init__(self, column: Column, *, from_1904: bool) -> None:
        self.column, self.from_1904 = column, from_1904

    def __missing__(self, said: tuple[type, object]) -> Cell:
        cell = parse(self.column, said[1], from_1904=self.from_1904)
        if len(self) >= MOST_KNOWN:
            self.clear()
        if len(cell.raw) <= LONGEST_KNOWN:
            self[said] = cell
        return cell


def plain(value: Any) -> str:
    """Return a value of a cell as a row keeps it: one way to write it, whatever its type; empty for nothing and for "no"."""
    if isinstance(value, str):
        return value.strip()
    if value is True:
        return "yes"
    if value in (None, False):
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value == round(value, 2) else f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def as_seen(found: object) -> str:
    """Write what a cell holds as a person sees it."""
    if found is None:
        return ""
    if isinstance(found, bool):
        return "TRUE" if found else "FALSE"
    if isinstance(found, float):
        return figures.plain(Decimal(f"{found:.15g}")) if abs(found) < 1e20 else f"{found:.15g}"
    if isinstance(found, datetime) and found.time() != time():
        return f"{found:%d-%m-%Y %H:%M}"
    return f"{found:%d-%m-%Y}" if isinstance(found, date) else str(found)


def _check_length(column: Column, raw: str) -> None:
    length, limit = len(raw.strip()), column.longest
    if length > limit:
        raise Wrong("long", length=str(length), limit=str(limit))


def _value(column: Column, found: object, raw: str, from_1904: bool) -> object:
    if column.is_number:
        return figures.read(column, found)
    if column.type is Type.DATE:
        return _day(column, found, raw, from_1904)
    if column.type is Type.YES_NO:
        return _yes_no(raw)
    if column.type is Type.CHOICE:
        return _choice(column, raw)
    return _text(column, found, raw)


def _text(column: Column, found: object, raw: str) -> str:
    if isinstance(found, MOMENTS):
        raise Wrong("became_date")
    if not raw.isprintable() and words.UNSEEN.search(raw.replace("_x000D_", "")):
        raise Wrong("unseen")
    text = words.lines(raw) if column.type is Type.LONG_TEXT else words.one_line(raw)
    if column.type is Type.IDENTIFIER:
        text = text.translate(words.DIGITS).lstrip("'")
        if isinstance(found, FIGURES) or EXPONENT.fullmatch(text):
            raise Wrong("figure", raw)
    if mixed := words.mixed(text):
        raise Wrong("lookalike", mixed)
    return text


def _day(column: Column, found: object, raw: str, from_1904: bool) -> date:
    day = found.date() if isinstance(found, datetime) else found
    if isinstance(day, float | int) and not isinstance(day, bool) and abs(day) < SERIALS.stop and int(day) in SERIALS:
        day = (EPOCH_1904 if from_1904 else EPOCH) + timedelta(days=int(day))
    elif isinstance(day, str):
        day = _typed_day(day)
    if not isinstance(day, date):
        raise Wrong("date", raw)
    if isinstance(column.least, date) and day < column.least:
        raise Wrong("before", f"{day:%d-%m-%Y}", limit=f"{column.least:%d-%m-%Y}")
    if isinstance(column.most, date) and day > column.most:
        raise Wrong("after", f"{day:%d-%m-%Y}", limit=f"{column.most:%d-%m-%Y}")
    return day


def _typed_day(found: str) -> date:
    """Read day-month-year or an ISO date. Month 30 is an error, never taken for a day."""
    text = words.one_line(found).translate(words.DIGITS)
    if match := DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
        if len(year) != 4:
            raise Wrong("year", found)
    elif match := YEAR_FIRST.fullmatch(text):
        year, month, day = match.groups()
    else:
        raise Wrong("date", found)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Wrong("date", found) from None


def _yes_no(raw: str) -> bool:
    said = words.fold(raw)
    if said in YES or said in NO:
        return said in YES
    raise Wrong("yes_no", raw)


def _choice(column: Column, raw: str) -> str:
    values = column.values_by_name.get(words.fold(raw), ())
    if len(values) == 1:
        return values[0]
    if values:
        raise Wrong("several", raw, near=", ".join(column.shown[value] for value in values))
    near = _near(column, words.fold(raw))
    raise Wrong("near", raw, near=near) if near else Wrong("choice", raw)


def _near(column: Column, folded: str) -> str:
    """Return what the drop-down offers for the name most like the one found, or nothing."""
    if folded not in column.guesses:
        if len(column.guesses) >= MOST_GUESSES or len(folded) > 60:
            return ""
        names = get_close_matches(folded, column.values_by_name, n=1, cutoff=0.75)
        values = column.values_by_name[names[0]] if names else ()
        column.guesses[folded] = column.shown[values[0]] if len(values) == 1 else ""
    return column.guesses[folded]
