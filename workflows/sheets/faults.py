"""What can be wrong with a cell, each as one sentence that says what was found and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import words

SENTENCES: dict[str, Promise] = {
    "formula": _("This cell holds a formula. Copy it and paste it as a value."),
    "error": _("This cell shows an error of the spreadsheet program. Type the value."),
    "missing": _("This cell must be filled."),
    "number": _("“%(found)s” is not a number."),
    "whole": _("“%(found)s” is not a whole number."),
    "rupees": _("“%(found)s” is not an amount in rupees. Write it as 1,50,000 or 1.5 lakh."),
    "commas": _("The commas in “%(found)s” stand in the wrong places. Write it as 1,50,000."),
    "paise": _("“%(found)s” has more than two decimal places."),
    "places": _("“%(found)s” has more than six decimal places."),
    "negative": _("“%(found)s” is less than zero."),
    "large": _("“%(found)s” is too large."),
    "least": _("“%(found)s” is less than %(limit)s."),
    "most": _("“%(found)s” is more than %(limit)s."),
    "date": _("“%(found)s” is not a date. Write it as day-month-year, for example 15-01-2027."),
    "year": _("Write the year of “%(found)s” with four digits, for example 15-01-2027."),
    "before": _("“%(found)s” is before %(limit)s."),
    "after": _("“%(found)s” is after %(limit)s."),
    "yes_no": _("“%(found)s” is neither yes nor no."),
    "choice": _("“%(found)s” is not in the list of this column."),
    "near": _("“%(found)s” is not in the list of this column. Is “%(near)s” meant?"),
    "several": _("“%(found)s” can mean %(near)s. Choose one from the list."),
    "figure": _("“%(found)s” was typed as a figure and may have lost digits. Format the cell as text and type it again."),
    "became_date": _("The spreadsheet program made a date of this cell. Format it as text and type it again."),
    "unseen": _("This text holds characters that cannot be seen. Type it again."),
    "lookalike": _("“%(found)s” mixes letters of different scripts that look alike. Type it again."),
    "long": _("This text has %(length)s characters; at most %(limit)s are allowed."),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell; ``str(fault)`` says it in the language of the moment, with what was found."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(SENTENCES[self.code]) % self.params


class Wrong(ValueError):
    """A cell cannot be read; it carries the fault."""

    def __init__(self, code: str, found: str = "", **params: str) -> None:
        super().__init__(code)
        self.fault = Fault(code, {"found": words.short(found), **params})
