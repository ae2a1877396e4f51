"""Write the workbook that a district fills in: both languages, drop-downs, limits, and nothing else to type into."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from programme.bilingual import in_both

from . import finding, limits, styles
from .columns import Column, Sheet, Type

A4, HELP_WIDTH = 9, 60
ENTRY_SHEET, HELP_SHEET, LISTS_SHEET = "प्रविष्टि Entry", "निर्देश Instructions", "Lists"


def write(
    sheet: Sheet,
    file: Path | str | BinaryIO,
    *,
    title: Iterable[str] = (),
    rows: Iterable[Mapping[str, object]] = (),
    entry_rows: int = 500,
) -> None:
    """Write an .xlsx: the lines of ``title``, then ``rows`` (values by key, as ``reading`` gives them), then empty rows to fill.

    ``entry_rows`` counts the rows that can be filled, those of ``rows`` among them. Without ``title`` the sheet's own stands there.
    """
    book = Workbook(write_only=True)
    styles.register(book, sheet.columns)
    page = book.create_sheet(ENTRY_SHEET)
    titles = tuple(title) or (f"{sheet.title_hi} / {sheet.title_en}",)
    first = len(titles) + 4
    lay_out(page, sheet, first)
    _write_top(page, sheet, titles)
    last = _write_rows(page, sheet, first, rows, entry_rows)
    places = {column.key: at for at, column in enumerate(sheet.columns, start=2)}
    _write_instructions(book.create_sheet(HELP_SHEET), sheet)
    add_limits(book, page, sheet, places, first, last)
    protect(page)
    book.save(file)


def lay_out(page: WriteOnlyWorksheet, sheet: Sheet, first: int) -> None:
    """Set what must be known before the first row is written: widths, what stays in sight, and the printed page."""
    page.freeze_panes = f"A{first}"
    page.column_dimensions["A"].width = 7
    for at, column in enumerate(sheet.columns, start=2):
        page.column_dimensions[get_column_letter(at)].width = column.width
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{max(first - 2, 1)}:{max(first - 1, 1)}"
    page.sheet_format.defaultRowHeight, page.sheet_format.customHeight = styles.ROW_HEIGHT, True


def _write_top(page: WriteOnlyWorksheet, sheet: Sheet, titles: Sequence[str]) -> None:
    """Write the hidden row of keys, the title, and the headings in two rows, Hindi above English."""
    page.row_dimensions[1].hidden = True
    page.append([styles.cell(page, key, styles.MARK) for key in (finding.mark(sheet), *(column.key for column in sheet.columns))])
    for at, line in enumerate(titles, start=2):
        page.row_dimensions[at].height = styles.TITLE_HEIGHT
        page.append([styles.cell(page, line, styles.TITLE)])
    for at, (language, number) in enumerate((("hi", "क्र."), ("en", "S.No.")), start=len(titles) + 2):
        page.row_dimensions[at].height = styles.HEADING_HEIGHT
        headings = (number, *(styles.heading(column, language) for column in sheet.columns))
        page.append([styles.cell(page, heading, styles.HEADING) for heading in headings])


def _write_rows(page: WriteOnlyWorksheet, sheet: Sheet, first: int, rows: Iterable[Mapping[str, object]], entry_rows: int) -> int:
    """Write the rows that are given and those to be filled, and return the number of the last one."""
    count = 0
    for count, row in enumerate(zip_longest(rows, range(entry_rows)), start=1):
        values = row[0] or {}
        page.row_dimensions[first + count - 1].height = styles.ROW_HEIGHT
        held = (styles.cell(page, styles.in_cell(column, values.get(column.key)), styles.entry(column)) for column in sheet.columns)
        page.append([styles.cell(page, count, styles.NUMBER), *held])
    return first + max(count, 1) - 1


def add_limits(book: Workbook, page: WriteOnlyWorksheet, sheet: Sheet, places: Mapping[str, int], first: int, last: int) -> None:
    """Add drop-downs and limits to the cells between two rows; ``places`` has the column of each key, from 1.

    The choices stand on a hidden sheet: inside the rule itself they may not be longer than 255 characters.
    """
    lists: list[list[str]] = []
    for column in sheet.columns:
        if column.key not in places:
            continue
        listed = ""
        if choices := styles.YES_NO if column.type is Type.YES_NO else column.choices:
            lists.append([choice.shown for choice in choices])
            letter = get_column_letter(len(lists))
            listed = f"'{LISTS_SHEET}'!${letter}$1:${letter}${len(choices)}"
        rule = limits.rule(column, listed)
        letter = get_column_letter(places[column.key])
        rule.add(f"{letter}{first}:{letter}{last}")
        page.data_validations.append(rule)
    hidden = book.create_sheet(LISTS_SHEET)
    hidden.sheet_state = "hidden"
    for line in zip_longest(*lists):
        hidden.append([None if name is None else styles.cell(hidden, name, styles.PLAIN) for name in line])


def protect(page: WriteOnlyWorksheet) -> None:
    """Let people write into the cells meant for it, and widen, sort and filter; without a password, for it is no secret."""
    page.protection.sheet = True
    for allowed in ("formatColumns", "formatRows", "formatCells", "sort", "autoFilter"):
        setattr(page.protection, allowed, False)


def _write_instructions(page: WriteOnlyWorksheet, sheet: Sheet) -> None:
    for letter, width in (("A", 6), ("B", HELP_WIDTH), ("C", HELP_WIDTH)):
        page.column_dimensions[letter].width = width
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.protection.sheet = True
    page.row_dimensions[1].height = styles.TITLE_HEIGHT
    page.append([styles.cell(page, text, styles.TITLE) for text in ("", sheet.title_hi, sheet.title_en)])
    general = ((said["text_hi"], said["text_en"]) for said in map(in_both, _GENERAL))
    own = zip_longest(sheet.instructions_hi, sheet.instructions_en, fillvalue="")
    _write_numbered(page, 2, [*own, *general])
    page.append([])
    _write_numbered(page, 3 + len(_GENERAL) + max(len(sheet.instructions_hi), len(sheet.instructions_en)), map(_of_column, sheet.columns))


def _write_numbered(page: WriteOnlyWorksheet, first: int, texts: Iterable[tuple[str, str]]) -> None:
    for number, both in enumerate(texts, start=1):
        page.row_dimensions[first + number - 1].height = max(styles.height(text, HELP_WIDTH) for text in both)
        page.append([styles.cell(page, value, styles.PLAIN) for value in (number, *both)])


def _of_column(column: Column) -> tuple[str, str]:
    kind = in_both(partial(_kind, column))
    return (
        f"{styles.heading(column, 'hi')} – {kind['text_hi']}\n{column.help_hi}".strip(),
        f"{styles.heading(column, 'en')} – {kind['text_en']}\n{column.help_en}".strip(),
    )


_GENERAL = (
    lambda: _("Write one entry in each row. Columns with * must be filled."),
    lambda: _("Where a cell offers a list, choose from it."),
    lambda: _("Write amounts in rupees, for example 1,50,000. 1.5 lakh is understood too."),
    lambda: _("Write dates as day-month-year, for example 15-01-2027."),
    lambda: _("Paste values, never formulas."),
    lambda: _("Write account, Aadhaar, PAN and GST numbers into the cells as they are. They are texts, so that no digit is lost."),
    lambda: _("Keep the headings as they are. Columns may change places; columns of your own are not read."),
)


def _kind(column: Column) -> str:
    return {
        Type.TEXT: _("text of one line"),
        Type.LONG_TEXT: _("text of several lines"),
        Type.IDENTIFIER: _("number or code, kept as text"),
        Type.WHOLE: _("whole number"),
        Type.DECIMAL: _("number, also with decimals"),
        Type.RUPEES: _("amount in rupees"),
        Type.DATE: _("date"),
        Type.YES_NO: _("yes or no, from the list"),
        Type.CHOICE: _("from the list"),
    }[column.type]
