"""What a workbook's sheet consists of, said once: the template, the reader and the lists follow the same columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from . import words


class Type(StrEnum):
    """What stands in a column, and the Python value a cell of it is read as."""

    TEXT = "text"  # str of one line, at most 500 characters
    LONG_TEXT = "long_text"  # str with line breaks, at most 5,000 characters
    IDENTIFIER = "identifier"  # str: account numbers, Aadhaar, PAN, GSTIN; a number in such a cell has already lost digits
    WHOLE = "whole"  # int
    DECIMAL = "decimal"  # Decimal
    RUPEES = "rupees"  # Decimal rupees, whole paise, never negative
    DATE = "date"  # date
    YES_NO = "yes_no"  # bool
    CHOICE = "choice"  # str: the ``value`` of a ``Choice``


NUMBERS = frozenset({Type.WHOLE, Type.DECIMAL, Type.RUPEES})
LONGEST = {Type.LONG_TEXT: 5_000, Type.IDENTIFIER: 64}
LONGEST_LINE = 500


@dataclass(frozen=True)
class Choice:
    """One entry of a drop-down; ``other_names`` are old spellings and short forms that are read but never offered."""

    value: str
    en: str
    hi: str
    other_names: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """What the drop-down offers: प्राथमिक / Primary, or the one name where both are the same."""
        return self.en if self.hi in ("", self.en) else f"{self.hi} / {self.en}"


@dataclass(frozen=True)
class Column:
    """One column in both languages. ``least`` and ``most`` hold for numbers and dates, and are themselves allowed."""

    key: str
    label_en: str
    label_hi: str
    type: Type = Type.TEXT
    required: bool = False
    choices: Sequence[Choice] | None = None
    unit_en: str = ""
    unit_hi: str = ""
    help_en: str = ""
    help_hi: str = ""
    least: Decimal | int | date | None = None
    most: Decimal | int | date | None = None
    width: int = 20
    other_labels: tuple[str, ...] = ()  # headings of older workbooks, read and never written

    @cached_property
    def is_number(self) -> bool:
        """Whether a cell is read as a number."""
        return self.type in NUMBERS

    @cached_property
    def longest(self) -> int:
        """How many characters a cell may have."""
        return LONGEST.get(self.type, LONGEST_LINE)

    @cached_property
    def choices_by_value(self) -> dict[str, Choice]:
        """The choices by value."""
        return {choice.value: choice for choice in self.choices or ()}

    @cached_property
    def shown(self) -> dict[str, str]:
        """What the drop-down offers, by value."""
        return {choice.value: choice.shown for choice in self.choices or ()}

    @cached_property
    def values_by_name(self) -> dict[str, tuple[str, ...]]:
        """The values that a folded name can mean; a name that the list offers never means another one's old spelling."""
        offered: dict[str, dict[str, None]] = {}
        other: dict[str, dict[str, None]] = {}
        for choice in self.choices or ():
            for name in (choice.value, choice.en, choice.hi, choice.shown, f"{choice.en} {choice.hi}"):
                offered.setdefault(words.fold(name), {})[choice.value] = None
            for name in choice.other_names:
                other.setdefault(words.fold(name), {})[choice.value] = None
        return {name: tuple(values) for name, values in {**other, **offered}.items() if name}

    @cached_property
    def guesses(self) -> dict[str, str]:
        """What was already looked for among the names, and what was most like it."""
        return {}

    @cached_property
    def names(self) -> frozenset[str]:
        """The folded headings under which the column is found."""
        english = (self.label_en, f"{self.label_en} {self.unit_en}")
        hindi = (self.label_hi, f"{self.label_hi} {self.unit_hi}")
        both = (f"{one} {other}" for pair in ((hindi, english), (english, hindi)) for one, other in zip(*pair, strict=True))
        said = (self.key, *english, *hindi, *both, *self.other_labels)
        return frozenset(filter(None, map(words.fold, said)))


@dataclass(frozen=True)
class Sheet:
    """The description of one template. ``key`` is also the kind that its hidden row names."""

    key: str
    title_en: str
    title_hi: str
    columns: tuple[Column, ...]
    instructions_en: tuple[str, ...] = ()
    instructions_hi: tuple[str, ...] = ()

    def column(self, key: str) -> Column:
        """Return the column of that key; raise ``KeyError`` when there is none."""
        return {column.key: column for column in self.columns}[key]
