"""What a spreadsheet program lets people write into a column: from a list, between two dates, up to an amount."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from openpyxl.worksheet.datavalidation import DataValidation

from programme.bilingual import in_both

from .columns import NUMBERS, Column, Type

FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2119, 12, 31)


def rule(column: Column, listed: str = "") -> DataValidation:
    """Return the rule of a column's cells; ``listed`` is the range in which its choices are written."""
    if listed:
        made = DataValidation(type="list", formula1=listed, errorStyle="stop")
    elif column.type is Type.DATE:
        least, most = _days(column)
        made = DataValidation(type="date", operator="between", formula1=_serial(least), formula2=_serial(most))
    elif column.type in NUMBERS:
        made = _number_rule(column)
    else:
        made = DataValidation(type="textLength", operator="lessThanOrEqual", formula1="5000" if column.type is Type.LONG_TEXT else "500")
    made.allowBlank = True
    made.showErrorMessage = made.showInputMessage = True
    made.errorTitle, made.error = in_two_lines(_error_title)[:32], in_two_lines(lambda: _error(column))[:250]
    made.promptTitle, made.prompt = column.label_hi[:32], "\n".join(filter(None, (column.help_hi, column.help_en)))[:250] or None
    return made


def _number_rule(column: Column) -> DataValidation:
    least = column.least if isinstance(column.least, int | Decimal) else 0 if column.type is Type.RUPEES else None
    most = column.most if isinstance(column.most, int | Decimal) else 10**12 - 1
    kind = "whole" if column.type is Type.WHOLE else "decimal"
    return DataValidation(type=kind, operator="between", formula1=str(1 - 10**12 if least is None else least), formula2=str(most))


def _days(column: Column) -> tuple[date, date]:
    least = column.least if isinstance(column.least, date) else FIRST_DAY
    return least, column.most if isinstance(column.most, date) else LAST_DAY


def _serial(day: date) -> str:
    return str((day - date(1899, 12, 30)).days)


def in_two_lines(say: Callable[[], str]) -> str:
    """Return a sentence in Hindi and under it in English."""
    said = in_both(say)
    return "\n".join(dict.fromkeys((said["text_hi"], said["text_en"])))


def _error_title() -> str:
    return _("Not allowed here")


def _error(column: Column) -> str:
    if column.choices or column.type is Type.YES_NO:
        return _("Choose one from the list.")
    if column.type is Type.DATE:
        least, most = _days(column)
        return _("A date from %(least)s to %(most)s.") % {"least": f"{least:%d-%m-%Y}", "most": f"{most:%d-%m-%Y}"}
    if column.type is Type.WHOLE:
        return _("A whole number within the limits of this column.")
    return _("A number within the limits of this column.") if column.type in NUMBERS else _("This text is too long.")
