"""Give a workbook back with what has to be corrected written beside the rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from . import reading, styles, templates, words
from .columns import Column, Sheet
from .limits import in_two_lines

ANSWER_WIDTH, WIDEST = 60, 80
WHOLE_ROW = ""


def write_back(
    original: Path | str | BinaryIO, out: Path | str | BinaryIO, sheet: Sheet, faults_by_row: Mapping[int, Mapping[str, str]]
) -> None:
    """Write the workbook's table again, values only, each row at its own number, faulty cells coloured, sentences in a column beside.

    ``faults_by_row`` has for a row's number the sentences by column key; the key "" speaks of the whole row. A formula becomes
    the value it had, coloured, so that a person looks at it. An answer that came back is answered in the same column.
    """
    found = reading.find(original, sheet)
    first, places = found.table.first_row, found.table.places
    top = list(islice(found.lines, first - 1))
    beside = _place_of_answer(top)
    book = Workbook(write_only=True)
    styles.register(book, sheet.columns)
    page = book.create_sheet(found.name)
    templates.lay_out(page, sheet, first)
    _set_widths(page, sheet, places, beside)
    _append_top(page, top, beside, found.structure.hidden_rows)
    columns = {place: sheet.column(key) for key, place in places.items()}
    number = first
    for number, line in enumerate(found.lines, start=first):
        faults = faults_by_row.get(number, {})
        said = _said(columns, faults)
        page.row_dimensions[number].height = styles.height(said, ANSWER_WIDTH)
        page.append(_with(_line(page, line, columns, faults), beside, styles.cell(page, said, styles.PLAIN) if said else None))
    last = number + 100
    templates.add_limits(book, page, sheet, {key: place + 1 for key, place in places.items()}, first, last)
    book.save(out)


def _heading() -> str:
    return in_two_lines(lambda: _("To correct"))


def _place_of_answer(top: Iterable[Sequence[object]]) -> int:
    """Return the column of an earlier answer, else the first one beside everything that stands there."""
    wanted, width = {words.fold(text) for text in (_heading(), *_heading().split("\n"))}, 0
    for line in top:
        width = max(width, len(line))
        for place, cell in enumerate(line):
            if isinstance(cell, str) and words.fold(cell) in wanted:
                return place
    return width


def _set_widths(page: WriteOnlyWorksheet, sheet: Sheet, places: Mapping[str, int], beside: int) -> None:
    page.column_dimensions.clear()
    for key, place in places.items():
        page.column_dimensions[get_column_letter(place + 1)].width = min(sheet.column(key).width, WIDEST)
    page.column_dimensions[get_column_letter(beside + 1)].width = ANSWER_WIDTH


def _append_top(page: WriteOnlyWorksheet, top: Sequence[Sequence[object]], beside: int, hidden: Iterable[int]) -> None:
    """Write what stands above the rows, the keys of the template still out of sight."""
    for number in set(hidden) & set(range(1, len(top) + 1)):
        page.row_dimensions[number].hidden = True
    for number, line in enumerate(top, start=1):
        style = styles.HEADING if number == len(top) else styles.PLAIN
        cells = [None if value == "" else styles.cell(page, _writable(value), style) for value in line]
        if number == len(top):
            cells = _with(cells, beside, styles.cell(page, _heading(), styles.HEADING))
        page.append(cells)


def _said(columns: Mapping[int, Column], faults: Mapping[str, str]) -> str:
    """Return the sentences of a row, one a line, in the order of its columns."""
    said = [faults[WHOLE_ROW]] if WHOLE_ROW in faults else []
    for _place, column in sorted(columns.items()):
        if column.key in faults:
            said.append(f"{column.label_hi} / {column.label_en}: {faults[column.key]}")
    return "\n".join(said)


def _line(page: WriteOnlyWorksheet, line: Sequence[object], columns: Mapping[int, Column], faults: Mapping[str, str]) -> list[object]:
    """Return the cells of one row, those with a fault coloured."""
    cells: list[object] = []
    for place in range(max((len(line), *(place + 1 for place in columns)))):
        value, column = line[place] if place < len(line) else "", columns.get(place)
        if column is None:
            cells.append(None if value == "" else styles.cell(page, _writable(value), styles.PLAIN))
        else:
            style = styles.faulty(column) if column.key in faults else styles.entry(column)
            cells.append(styles.cell(page, None if value == "" else _writable(value), style))
    return cells


def _with(cells: list[object], place: int, answer: object) -> list[object]:
    """Put the answer at its place, which may be beyond the last cell; what an earlier answer said there is gone."""
    cells = [*cells, *[None] * (place + 1 - len(cells))]
    cells[place] = answer
    return cells


def _writable(value: object) -> object:
    """Return a value of the reader as the writer takes it; a length of time is written as text."""
    return str(value) if isinstance(value, timedelta) else value
