"""What a register is: one frozen declaration, from which everything else is made."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.text import capfirst

from programme.models import Entry, Officer
from programme.powers import Power
from workflows.sheets.columns import Type

TYPES: list[tuple[Any, Type, int]] = [
    (models.DateField, Type.DATE, 13),
    (models.DecimalField, Type.RUPEES, 18),
    (models.BooleanField, Type.YES_NO, 10),
    (models.IntegerField, Type.WHOLE, 12),
    (models.TextField, Type.LONG_TEXT, 44),
]


@dataclass(frozen=True)
class Column:
    """One column of the list. ``value`` takes it from an entry; the label is translated where it is read."""

    key: str
    label: Any
    value: Callable[[Any], Any]
    type: Type = Type.TEXT
    width: int = 26


@dataclass(frozen=True)
class Standing:
    """One choice of how an entry stands, such as overdue; the condition is asked when the list is."""

    key: str
    label: Any
    condition: Callable[[], Q]


@dataclass(frozen=True)
class Act:
    """Something that is done to an entry besides changing it, such as re-planning an event.

    ``do`` takes the entry, locked, the cleaned words and the officer, and raises ``NotAllowed`` with the reason why not. ``stands``
    says whether the entry is in a state for it. A field ``why`` of the form is the reason that the history keeps.
    """

    key: str
    title: Any
    done: Any
    form: type[Any]
    do: Callable[[Any, Mapping[str, Any], Officer], None]
    stands: Callable[[Any], bool] = lambda entry: True


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text, and where it leads."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Table:
    """A small table on a page: headings, a line for each row, the sum in the last one where there is one, and a sentence over it.

    ``numbers`` are the places of columns with figures.
    """

    title: str
    headings: list[str]
    rows: list[list[Cell]]
    note: str = ""
    warnings: list[str] = field(default_factory=list)
    numbers: frozenset[int] = frozenset()
    last: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[list[tuple[str, Cell, bool]]]:
        """The rows and the sum, each cell with its heading and whether it is a figure."""
        rows = [*self.rows, [Cell(text) for text in self.last]] if self.last else self.rows
        return [
            [(heading, cell, place in self.numbers) for place, (heading, cell) in enumerate(zip(self.headings, row, strict=True))]
            for row in rows
        ]


@dataclass(frozen=True)
class Board:
    """A page of a register beside its list, such as how a series stands: its tables for this reader and this address."""

    key: str
    title: Any
    about: Any
    tables: Callable[[Any, Mapping[str, str]], list[Table]]


def open_first(ended: Q) -> tuple[Any, ...]:
    """Return the order in which what has not ended comes first, that which is due first before the rest."""
    return Case(When(ended, then=1), default=0), Case(When(ended, then=None), default=F("due")).asc(nulls_last=True)


@dataclass(frozen=True)
class Register:
    """One register.

    ``columns`` are names of fields, or columns of their own; the first one leads to the entry. ``search`` are the fields in which
    words are looked for, ``filters`` those by which the list is narrowed. A change of a field in ``reasons`` asks why.
    ``district_alone`` shows the officers of a district its own entries and those of the State, and no other district's.
    """

    model: type[Entry]
    title: Any
    one: Any
    about: Any
    form: type[Any]
    columns: tuple[str | Column, ...]
    search: tuple[str, ...]
    filters: tuple[str, ...] = ()
    standings: tuple[Standing, ...] = ()
    related: tuple[str, ...] = ()
    reasons: frozenset[str] = frozenset()
    power: Power = Power.KEEP_REGISTERS
    district_alone: bool = False
    # What stands first in the list, where that is not as the model orders it; of the same, what was entered last.
    order: tuple[Any, ...] = ()
    # The fields that say in a workbook what a row is about.
    titled_by: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    boards: tuple[Board, ...] = ()
    # What is linked to an entry, for this reader, and what is to be seen at once over it.
    tables: Callable[[Any, Officer], Iterable[Table]] = lambda entry, officer: ()
    warnings: Callable[[Any], list[str]] = lambda entry: []

    @property
    def key(self) -> str:
        return self.model.REGISTER

    @property
    def short_tables(self) -> list[str]:
        """The filters that are rows of a short table, the same for all States, such as the channels of sale."""
        return [name for name in self.filters if name != "district" and self.model._meta.get_field(name).many_to_one]

    @property
    def shown(self) -> list[Column]:
        """The columns of the list."""
        return [column if isinstance(column, Column) else self._of_field(column) for column in self.columns]

    def _of_field(self, name: str) -> Column:
        known: Any = self.model._meta.get_field(name)
        if known.choices:
            return Column(name, capfirst(known.verbose_name), lambda entry: str(getattr(entry, f"get_{name}_display")()))
        if known.many_to_one:
            return Column(name, capfirst(known.verbose_name), lambda entry: str(getattr(entry, name) or ""))
        type_, width = next(((kind, wide) for class_, kind, wide in TYPES if isinstance(known, class_)), (Type.TEXT, 26))
        return Column(name, capfirst(known.verbose_name), lambda entry: getattr(entry, name), type_, width)

    def act(self, key: str) -> Act | None:
        return next((act for act in self.acts if act.key == key), None)
