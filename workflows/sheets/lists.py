"""Write a list for people who go on working with it in a spreadsheet: .xlsx and .csv, any length in constant memory."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import BinaryIO

from django.utils import timezone
from rustpy_xlsxwriter import Format, write_worksheet

from . import styles, words
from .cells import as_seen
from .columns import NUMBERS, Column, Type

LANGUAGES = ("hi", "en")
# A spreadsheet keeps fifteen digits of a number; a longer one is written as text.
MOST_DIGITS = 15
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
LONGEST_CELL = 32_000
PAGE = {"landscape": True, "paper_size": 9, "fit_to_pages": (1, 0), "repeat_rows": (1, 1)}  # A4, as many pages as it takes
SHEET, HEAD = "xl/worksheets/sheet1.xml", 256 * 1024
LOW_ROWS = b'<sheetFormatPr defaultRowHeight="15"/>'
HIGH_ROWS = b'<sheetFormatPr defaultRowHeight="%g" customHeight="1"/>' % styles.ROW_HEIGHT
Row = Mapping[str, object]


def write_list(file: Path | str | BinaryIO, columns: Sequence[Column], rows: Iterable[Row], *, title: str, language: str = "") -> int:
    """Write an .xlsx with frozen, filtered headings, and return the number of rows. What people typed is never a formula.

    ``language`` is "en", "hi", or empty for headings and choices in both. A moment in a column of dates is its day in the
    time of the office. Raises ``ValueError`` when two columns have the same heading.
    """
    counted = Counted(rows)
    headings = _headings(columns, language)
    made = (dict(zip(headings, _filled(_cells(columns, row, language)), strict=True)) for row in counted)
    # Without a row no headings would be written.
    first = next(made, dict(zip(headings, _filled([None] * len(headings)), strict=True)))
    with TemporaryDirectory(prefix="karyapravah-list-") as folder:
        made_first = Path(folder) / "list.xlsx"
        write_worksheet(
            chain([first], made),
            made_first,
            sheet_name="सूची List",
            header_row=1,
            freeze_row=2,
            autofilter=True,
            merge_ranges=[(0, 0, 0, max(len(columns) - 1, 1), words.printable(title), _title())],
            row_heights={0: styles.TITLE_HEIGHT, 1: styles.HEADING_HEIGHT},
            header_format=_heading(),
            column_formats=[_body(column) for column in columns],
            column_widths=[float(column.width) for column in columns],
            page_setup=PAGE,
        )
        _with_high_rows(made_first, file)
    return counted.count


def write_csv(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Row], *, language: str = "") -> int:
    """Write UTF-8 with a byte order mark, which Excel needs for Hindi, and return the number of rows.

    A text that a spreadsheet program would take for a formula has an apostrophe before it.
    """
    counted = Counted(rows)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow(_harmless(heading) for heading in _headings(columns, language))
        for row in counted:
            writer.writerow(_plain(cell) for cell in _cells(columns, row, language))
    finally:
        text.detach()
    return counted.count


def _with_high_rows(made: Path, file: Path | str | BinaryIO) -> None:
    """Copy a workbook, its rows as high as Hindi needs; the writer can only name each row, which takes memory for every one."""
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for part in source.infolist():
            with source.open(part) as content, copy.open(part.filename, "w") as target:
                if part.filename == SHEET:
                    head = content.read(HEAD)
                    if head.count(LOW_ROWS) != 1:
                        raise ValueError("The writer of lists names the height of rows in another way than it did.")
                    target.write(head.replace(LOW_ROWS, HIGH_ROWS))
                copyfileobj(content, target, HEAD)


class Counted:
    """Rows that are counted while another one takes them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.count += 1
            yield row


def _headings(columns: Sequence[Column], language: str) -> list[str]:
    headings = ["\n".join(styles.heading(column, name).removesuffix(" *") for name in _names(language)) for column in columns]
    if len(set(headings)) < len(headings):
        raise ValueError("Two columns of a list have the same heading.")
    return headings


def _names(language: str) -> Sequence[str]:
    return (language,) if language else LANGUAGES


def _cells(columns: Sequence[Column], row: Row, language: str) -> list[object]:
    return [_cell(column, row.get(column.key), language) for column in columns]


def _filled(cells: list[object]) -> list[object]:
    """Put a space into a row without any value: the writer repeats the row before one that is quite empty."""
    return cells if any(cell not in (None, "") for cell in cells) else [" ", *cells[1:]]


def _cell(column: Column, value: object, language: str) -> object:
    """Return a value as the writer takes it: a number, a day, or a text that is one."""
    if value is None or value == "":
        return None
    if column.type in (Type.CHOICE, Type.YES_NO):
        return words.printable(_chosen(column, value, language))
    if column.type is Type.DATE and isinstance(value, date):
        day = timezone.localtime(value).date() if isinstance(value, datetime) and timezone.is_aware(value) else value
        return day if day.year >= 1900 else as_seen(day)
    if column.type in NUMBERS and isinstance(value, int | Decimal | float):
        return _number(value)
    return words.printable(str(value))[:LONGEST_CELL]


def _number(value: int | Decimal | float) -> object:
    exact = Decimal(str(value))
    if not exact.is_finite() or len(exact.normalize().as_tuple().digits) > MOST_DIGITS:
        return str(value)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _chosen(column: Column, value: object, language: str) -> str:
    if column.type is Type.YES_NO:
        choice = styles.YES_NO[0 if value else 1]
    else:
        found = column.choices_by_value.get(str(value))
        if found is None:
            return str(value)
        choice = found
    return {"hi": choice.hi or choice.en, "en": choice.en}.get(language, choice.shown)


def _plain(cell: object) -> str:
    return _harmless(cell) if isinstance(cell, str) else as_seen(cell)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _heading() -> Format:
    made = Format().set_bold().set_font_name(styles.FONT).set_font_size(11).set_font_color(f"#{styles.WHITE}")
    return made.set_background_color(f"#{styles.NAVY}").set_align("center").set_align("vertical_center").set_text_wrap().set_border("thin")


def _title() -> Format:
    return Format().set_bold().set_font_name(styles.FONT).set_font_size(14).set_font_color(f"#{styles.NAVY}").set_align("left")


def _body(column: Column) -> Format:
    made = Format().set_font_name(styles.FONT).set_font_size(11).set_align("vertical_center").set_border("thin")
    made = made.set_border_color(f"#{styles.LINE}")
    if column.type is Type.RUPEES:
        return made.set_num_format(styles.WITH_PAISE)
    if column.type in NUMBERS or column.type is Type.DATE:
        return made.set_num_format(styles.number_format(column))
    return made.set_num_format(styles.TEXT).set_quote_prefix()
