"""How workbooks look: one place for colours, fonts, heights and the formats of numbers in lakh and crore."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from math import ceil

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from . import words
from .columns import NUMBERS, Choice, Column, Type

# The Hindi font that Windows has; other systems put their own in its place, which is as high.
FONT = "Nirmala UI"
NAVY, PALE, LINE, WRONG, WHITE = "0B2545", "EEF2F7", "B8C4D6", "FDE2E1", "FFFFFF"
# Devanagari has signs above and below the line: the fifteen points of a default row cut them.
ROW_HEIGHT, HEADING_HEIGHT, TITLE_HEIGHT = 20.0, 34.0, 26.0
LAKH_CRORE, WITH_PAISE = (rf"[>=10000000]##\,##\,##\,##0{paise};[>=100000]##\,##\,##0{paise};#,##0{paise}" for paise in ("", ".00"))
FORMATS = {Type.WHOLE: LAKH_CRORE, Type.DECIMAL: "General", Type.RUPEES: LAKH_CRORE, Type.DATE: "dd-mm-yyyy"}
TEXT = "@"
MOMENT = {date: "dd-mm-yyyy", datetime: "dd-mm-yyyy hh:mm", time: "hh:mm"}
YES_NO = (Choice("1", "Yes", "हाँ"), Choice("0", "No", "नहीं"))

_side = Side(style="thin", color=LINE)
_border = Border(left=_side, right=_side, top=_side, bottom=_side)
HEADING, TITLE, PLAIN, NUMBER, MARK = "heading", "title", "plain", "number", "mark"


def register(book: Workbook, columns: Iterable[Column]) -> None:
    """Give a workbook its styles: the fixed ones, and for each column one to write into and one for what is wrong."""
    body = Font(name=FONT, size=11)
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    fixed = (
        NamedStyle(HEADING, font=Font(name=FONT, size=11, bold=True, color=WHITE), fill=_fill(NAVY), border=_border, alignment=middle),
        NamedStyle(TITLE, font=Font(name=FONT, size=14, bold=True, color=NAVY), alignment=Alignment(vertical="center")),
        NamedStyle(PLAIN, font=body, number_format=TEXT, alignment=Alignment(vertical="top", wrap_text=True)),
        NamedStyle(NUMBER, font=body, fill=_fill(PALE), border=_border, alignment=middle),
        NamedStyle(MARK, font=Font(name=FONT, size=8, color=LINE)),
    )
    for style in fixed:
        book.add_named_style(style)
    for column in columns:
        look = {"font": body, "border": _border, "alignment": alignment(column), "protection": Protection(locked=False)}
        book.add_named_style(NamedStyle(entry(column), number_format=number_format(column), **look))
        book.add_named_style(NamedStyle(faulty(column), number_format=number_format(column), fill=_fill(WRONG), **look))


def entry(column: Column) -> str:
    """Return the name of the style of a column's cells."""
    return f"entry {column.key}"


def faulty(column: Column) -> str:
    """Return the name of the style of a column's cells that have to be corrected."""
    return f"to correct {column.key}"


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour)


def cell(page: WriteOnlyWorksheet, value: object, style: str) -> WriteOnlyCell:
    """Return a cell to be appended; text is text even when it looks like a formula."""
    if not isinstance(value, str):
        made = WriteOnlyCell(page, value)
        made.style = style
        if isinstance(value, Decimal) and value != value.to_integral_value() and made.number_format == LAKH_CRORE:
            made.number_format = WITH_PAISE
        elif isinstance(value, date | time):
            made.number_format = MOMENT[type(value)]
        return made
    made = WriteOnlyCell(page, words.printable(value))
    made.data_type = "s"
    made.style = style
    # Whoever edits such a cell later keeps a text.
    made.quotePrefix = value.startswith(("=", "+", "-", "@"))
    return made


def height(text: str, width: int) -> float:
    """Return how high a row must be for a text that is broken at so many letters; programs do not always find out themselves."""
    return ROW_HEIGHT * max(1, sum(max(1, ceil(len(line) / width)) for line in text.split("\n")))


def number_format(column: Column) -> str:
    """Return the spreadsheet format of a column; what is not a number or a date is text, so that no digit is lost."""
    return FORMATS.get(column.type, TEXT)


def alignment(column: Column) -> Alignment:
    """Return how the cells of a column stand: figures to the right, long texts broken."""
    to = "right" if column.type in NUMBERS else "center" if column.type is Type.DATE else "left"
    return Alignment(horizontal=to, vertical="center", wrap_text=column.type in (Type.TEXT, Type.LONG_TEXT))


def heading(column: Column, language: str) -> str:
    """Return a heading in one language with its unit, and a star where the column must be filled."""
    label, unit = (column.label_hi, column.unit_hi) if language == "hi" else (column.label_en, column.unit_en)
    unit = unit or ("₹" if column.type is Type.RUPEES and "₹" not in label else "")
    return f"{label}{f' ({unit})' if unit else ''}{' *' if column.required else ''}"


def in_cell(column: Column, value: object) -> object:
    """Return what a spreadsheet cell holds for a value of the column."""
    if value is None or value == "":
        return None
    if column.type is Type.CHOICE:
        return column.shown.get(str(value), str(value))
    if column.type is Type.YES_NO:
        return YES_NO[0 if value else 1].shown
    return value
