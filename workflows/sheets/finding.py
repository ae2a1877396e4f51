"""Find the table in a workbook of people: which sheet, which row has the headings, which column means what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import words
from .columns import Column, Sheet

# Titles, letterheads and notes stand above a table; deeper than this nobody looks for its headings.
ROWS_LOOKED_AT = 20
MARK = "karyapravah"
TOTALS = frozenset(
    map(words.fold, ("total", "totals", "grand total", "sub total", "योग", "कुल", "कुल योग", "महायोग", "सकल योग", "उप योग", "जोड़"))
) | frozenset(map(words.fold, ("योग / Total", "कुल / Total", "Total / योग", "Total / कुल", "कुल योग / Grand total")))
Cells = Sequence[object]


@dataclass(frozen=True)
class Table:
    """Where the columns stand (counted from 0) and the number of the first row below the headings (counted from 1)."""

    places: Mapping[str, int]
    first_row: int
    marked: bool = False
    twice: tuple[str, ...] = ()  # columns whose heading stands there more than once


def mark(sheet: Sheet) -> str:
    """Return what the first cell of the hidden row says; the keys of the columns stand beside it."""
    return f"{MARK}:{sheet.key}"


def find(sheet: Sheet, top: Sequence[Cells]) -> Table | None:
    """Return the table whose headings stand in these first rows, or None when nothing like them does."""
    marked = next((at for at, row in enumerate(top) if mark(sheet) in row), None)
    below = 0 if marked is None else marked + 1
    named = [{place: _folded(cell) for place, cell in enumerate(row) if _folded(cell)} for row in top]
    best: Table | None = None
    for at in range(below, len(named)):
        found, depth = _headings(sheet, named[at], named[at + 1] if at + 1 < len(named) else {})
        places = {key: place for place, key in sorted(found.items(), reverse=True)}
        if places and (best is None or len(places) > len(best.places)):
            twice = tuple(key for key in places if list(found.values()).count(key) > 1)
            best = Table(places, _after_numbering(top, at + depth) + 1, twice=twice)
    if marked is None:
        return best
    # The hidden row says which column is meant also where a heading was rewritten.
    return Table(_places_of_keys(sheet, top[marked]), best.first_row if best else below + 1, marked=True)


def missing(sheet: Sheet, table: Table) -> list[Column]:
    """Return the columns that must be there and are not."""
    return [column for column in sheet.columns if column.required and column.key not in table.places]


def is_total(row: Cells) -> bool:
    """Say whether a row adds up those above it: its only text is a word for that, and all else in it are figures."""
    texts = (folded for cell in row if isinstance(cell, str) and (folded := _folded(cell)))
    return next(texts, "") in TOTALS and not next(texts, "") and all(cell is None or type(cell) in (str, int, float) for cell in row)


def named(columns: Iterable[Column]) -> str:
    """Write the headings of columns in both languages, for a sentence."""
    return "; ".join(f"{column.label_hi} / {column.label_en}" for column in columns)


def _folded(cell: object) -> str:
    return words.fold(cell[:200]) if isinstance(cell, str) else ""


def _places_of_keys(sheet: Sheet, row: Cells) -> dict[str, int]:
    keys = {column.key for column in sheet.columns}
    return {cell: place for place, cell in reversed(list(enumerate(row))) if isinstance(cell, str) and cell in keys}


def _headings(sheet: Sheet, row: Mapping[int, str], below: Mapping[int, str]) -> tuple[dict[int, str], int]:
    """Return the columns by the place of their headings, and in how many rows these stand: one, or this and the one below."""
    here, there = _matches(sheet, row), _matches(sheet, below)
    # Of the second of two heading rows at least every other text is a heading; of a row of the table hardly one.
    if here and len(there) * 2 >= max(len(below), 1):
        return {**here, **there}, 2
    return here, 1


def _matches(sheet: Sheet, row: Mapping[int, str]) -> dict[int, str]:
    keys = {name: column.key for column in reversed(sheet.columns) for name in column.names}
    return {place: keys[name] for place, name in row.items() if name in keys}


def _after_numbering(top: Sequence[Cells], at: int) -> int:
    """Step over the row that numbers the columns, 1 2 3 or (1) (2) (3), which many office tables have below the headings."""
    if at >= len(top):
        return at
    figures = [words.fold(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)) for cell in top[at] if cell != ""]
    numbered = len(figures) >= 3 and figures == [str(number) for number in range(1, len(figures) + 1)]
    return at + 1 if numbered else at
