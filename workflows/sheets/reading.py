"""Read the rows of an uploaded workbook, wherever in it the table stands."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from . import cells, finding, guard, words
from .cells import Cell
from .columns import Column, Sheet
from .refusals import Unreadable
from .structures import Place, Scanned, Structure


@dataclass(frozen=True)
class Row:
    """One row with at least one filled cell; ``cells`` has every column of the sheet by its key."""

    number: int  # as the spreadsheet program counts, from 1
    cells: Mapping[str, Cell]
    hidden: bool = False  # hidden and filtered rows are read like the others, and say so

    @property
    def faults(self) -> dict[str, str]:
        """The sentences of the faulty cells by column, in the language of the moment."""
        return {key: str(cell.fault) for key, cell in self.cells.items() if cell.fault}

    @property
    def values(self) -> dict[str, object]:
        """What was understood, by column; None where a cell is empty or faulty."""
        return {key: cell.value for key, cell in self.cells.items()}


@dataclass(frozen=True)
class Found:
    """The sheet of a workbook that has the table, and where in it the table stands."""

    name: str
    table: finding.Table
    structure: Structure
    from_1904: bool
    lines: Iterator[list[object]]  # every row from the first of the sheet on, each from column A on


def rows(file: Path | str | BinaryIO, sheet: Sheet, scanned: Scanned | None = None) -> Iterator[Row]:
    """Check the file and return its rows in order, without blank rows, totals and rows that only number the columns.

    ``scanned`` is what ``guard.check`` returned for these very bytes, which are then not looked through again.
    Raises ``Unreadable`` before the first row is asked for, also when headings are missing, naming them.
    """
    return _rows(find(file, sheet, scanned), sheet)


def count(file: Path | str | BinaryIO, sheet: Sheet, scanned: Scanned | None = None, *, most: int) -> int:
    """Return how many rows ``rows`` would return, counting to ``most``; raise ``Unreadable`` as it does."""
    return sum(1 for _line in islice(_filled_lines(find(file, sheet, scanned)), most))


def find(file: Path | str | BinaryIO, sheet: Sheet, scanned: Scanned | None = None) -> Found:
    """Check the file and return where the table of the sheet stands; raise ``Unreadable`` when it stands nowhere."""
    with guard.opened(file) as stream:
        scanned = scanned or guard.inspect(stream)
        stream.seek(0)
        content = io.BytesIO(stream.read())
    try:
        workbook = CalamineWorkbook.from_filelike(content)
        shown = [entry.name for entry in workbook.sheets_metadata if entry.visible is SheetVisibleEnum.Visible]
        tables = [found for name in shown if name in scanned.sheets and (found := _table(workbook, name, sheet, scanned))]
        filled = _with_rows(workbook, sheet, scanned, tables)
    except CalamineError as error:
        raise Unreadable("damaged") from error
    if not tables:
        raise Unreadable("no_table", names=finding.named(column for column in sheet.columns if column.required))
    if len(filled) > 1:
        raise Unreadable("sheets", names=", ".join(map(words.short, filled)))
    best = max(tables, key=lambda found: (found.name in filled, _rank(sheet, found)))
    if best.table.twice:
        raise Unreadable("twice", names=finding.named(sheet.column(key) for key in best.table.twice))
    if lacking := finding.missing(sheet, best.table):
        raise Unreadable("headings", names=finding.named(lacking))
    return best


def _table(workbook: CalamineWorkbook, name: str, sheet: Sheet, scanned: Scanned) -> Found | None:
    """Return where the table stands in one sheet of the workbook; None where nothing like its headings does."""
    structure = scanned.sheets[name]
    lines = _lines(workbook.get_sheet_by_name(name), structure)
    top = list(islice(lines, finding.ROWS_LOOKED_AT))
    table = finding.find(sheet, top)
    return Found(name, table, structure, scanned.from_1904, chain(top, lines)) if table else None


def _with_rows(workbook: CalamineWorkbook, sheet: Sheet, scanned: Scanned, tables: list[Found]) -> list[str]:
    """Return which of several sheets with all headings hold rows; none where there are not several.

    Each is read anew for this, since the lines of a table can be gone through once only.
    """
    whole = [found.name for found in tables if not finding.missing(sheet, found.table)]
    if len(whole) < 2:
        return []
    anew = [found for name in whole if (found := _table(workbook, name, sheet, scanned))]
    return [found.name for found in anew if next(_filled_lines(found), None)]


def _rank(sheet: Sheet, found: Found) -> tuple[int, bool, int]:
    """Order sheets: all headings that must be there, then the template's own mark, then the number of headings."""
    return -len(finding.missing(sheet, found.table)), found.table.marked, len(found.table.places)


def _lines(sheet: CalamineSheet, structure: Structure) -> Iterator[list[object]]:
    """Return the rows of a sheet from its first on, each from column A on, also those that hold nothing but formulas."""
    left = [""] * sheet.start[1] if sheet.start else []
    for line in sheet.iter_rows():
        yield [*left, *line]
    last = max((row for row, _ in (*structure.formulas, *structure.errors)), default=0)
    for _ in range(sheet.end[0] + 1 if sheet.end else 0, last):
        yield []


def _rows(found: Found, sheet: Sheet) -> Iterator[Row]:
    structure, table = found.structure, found.table
    empty = {column.key: cells.EMPTY for column in sheet.columns}
    columns = [
        (column, table.places[column.key], cells.Known(column, from_1904=found.from_1904))
        for column in sheet.columns
        if column.key in table.places
    ]
    width = max(table.places.values()) + 1
    for number, line, marked in _filled_lines(found):
        whole = line if len(line) >= width else [*line, *[""] * (width - len(line))]
        if marked:
            read = {column.key: _marked(column, whole[place], (number, place + 1), structure, known) for column, place, known in columns}
        else:
            read = {column.key: known[type(whole[place]), whole[place]] for column, place, known in columns}
        yield Row(number, empty | read, number in structure.hidden_rows)


def _marked(column: Column, found: object, place: Place, structure: Structure, known: cells.Known) -> Cell:
    """Read a cell of a line in which a formula or an error stands."""
    formula, error = place in structure.formulas, place in structure.errors
    return cells.parse(column, found, formula=formula, error=error) if formula or error else known[type(found), found]


def _filled_lines(found: Found) -> Iterator[tuple[int, list[object], bool]]:
    """Return the rows of the table: number, cells from column A on, and whether any of them is a formula or an error."""
    structure, table = found.structure, found.table
    marked = {row for row, _column in (*structure.formulas, *structure.errors)}
    for number, line in enumerate(found.lines, start=1):
        if number >= table.first_row and _is_row(number, line, table, structure if number in marked else None):
            yield number, line, number in marked


def _is_row(number: int, line: list[object], table: finding.Table, structure: Structure | None) -> bool:
    """Say whether a line is a row of the table: something stands in its columns, and it does not add up the others.

    ``structure`` is given where a formula or an error stands in the line.
    """
    places = table.places.values()
    if structure is None:
        return any(_filled(line[place]) for place in places if place < len(line)) and not finding.is_total(line)
    computed = {place for place in places if (number, place + 1) in structure.formulas}
    filled = {place for place in places if place < len(line) and _filled(line[place])} | computed
    filled |= {place for place in places if (number, place + 1) in structure.errors}
    if not filled or finding.is_total([cell for place, cell in enumerate(line) if (number, place + 1) not in structure.formulas]):
        return False
    only_sums = computed == filled and all(structure.formulas[number, place + 1] for place in computed)
    return not only_sums


def _filled(cell: object) -> bool:
    return cell is not None and cell != "" and (not isinstance(cell, str) or bool(words.clean(cell)))
