"""Lines in a form: a table of like lines inside one record, typed without JavaScript, refused at the cell.

The inputs are named ``<field>-<n>-<column>``, n from 1, and ``<field>-rows`` says how many lines the page showed. A line may carry
``<field>-<n>-id``, the child row it is kept in, and ``<field>-<n>-remove``.
"""

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.choices import flatten_choices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from programme.money import rupees
from workflows.authority import Refusal
from workflows.forms.fields import DIGITS, RupeeField

LONGEST_CELL = 4000
LINE_NUMBER = re.compile("[0-9]{1,18}")
NOTHING = (None, "", False)


@dataclass
class Column:
    """One column of a table of lines; its label is that of ``field``. ``width`` is "", "narrow" or "wide"."""

    name: str
    field: Any
    width: str = ""

    @property
    def is_money(self) -> bool:
        return isinstance(self.field, RupeeField)


class Line(dict[str, Any]):
    """One line: a value for each column. ``n`` is its place on the page from 1, ``pk`` its child row, ``None`` while it has none."""

    def __init__(self, values: Any = (), *, n: int = 0, pk: Any = None, removed: bool = False) -> None:
        super().__init__(values)
        self.n, self.pk, self.removed = n, pk, removed

    @property
    def is_blank(self) -> bool:
        return all(value in NOTHING or (isinstance(value, str) and not value.strip()) for value in self.values())


class CellError(ValidationError):
    """A fault of one cell: ``line`` is the line's place on the page, ``column`` the column's name."""

    def __init__(self, message: Any, *, line: int, column: str, code: str | None = None) -> None:
        super().__init__(message, code)
        self.line, self.column = line, column


class RowsWidget(forms.Widget):
    """Reads the lines that a page sent; the page draws them from ``RowsBoundField``."""

    use_fieldset = True

    def __init__(self, columns: list[Column], room: int) -> None:
        super().__init__()
        self.columns, self.room = columns, room

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Line]:
        """Return every line the page showed, blank ones too, each value as its own input reads it."""
        return [self._line(data, files, name, n) for n in range(1, self.shown(data, name) + 1)]

    def _line(self, data: Any, files: Any, name: str, n: int) -> Line:
        values = {column.name: column.field.widget.value_from_datadict(data, files, f"{name}-{n}-{column.name}") for column in self.columns}
        return Line(values, n=n, pk=data.get(f"{name}-{n}-id") or None, removed=bool(data.get(f"{name}-{n}-remove")))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-rows" not in data

    def shown(self, data: Any, name: str) -> int:
        """Return how many lines the page showed, never more than there is room for."""
        said = str(data.get(f"{name}-rows", "")).translate(DIGITS)
        return min(int(said), self.room) if said.isdecimal() and len(said) < len(str(self.room)) + 2 else 0


class RowsField(forms.Field):
    """Several like lines. Cleaned: a list of ``Line`` in order, without the blank and the removed ones.

    Declared on a ``RecordForm`` and named in its sections, not in ``Meta.fields``: the record keeps the lines in a JSON field or in
    child rows of the same name. ``ids`` are the child rows the record has; a line may name no other.
    """

    default_error_messages = {
        "few": ngettext_lazy("Write at least %(count)d line.", "Write at least %(count)d lines.", "count"),
        "many": ngettext_lazy("Not more than %(count)d line.", "Not more than %(count)d lines.", "count"),
        "foreign": gettext_lazy("Line %(n)s is no line of this record. Open the form again."),
    }

    def __init__(self, columns: list[Column], *, label: Any, min_rows: int = 0, max_rows: int = 50, blank_rows: int = 3, **kwargs: Any):
        self.columns = columns
        self.min_rows, self.max_rows, self.blank_rows = min_rows, max_rows, blank_rows
        self.ids: frozenset[int] = frozenset()
        for column in columns:
            _add_empty_choice(column.field)
        # One page more than allowed is read, so that whoever sends a line too many finds it again.
        super().__init__(required=min_rows > 0, label=label, widget=RowsWidget(columns, max_rows + blank_rows), **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> "RowsField":
        twin = super().__deepcopy__(memo)
        twin.columns = twin.widget.columns = copy.deepcopy(self.columns, memo)
        return twin

    def column(self, name: str) -> Any:
        """Return the field of a column, for a form that narrows its choices; raise ``KeyError`` when there is none."""
        return {column.name: column.field for column in self.columns}[name]

    def get_bound_field(self, form: Any, field_name: str) -> "RowsBoundField":
        return RowsBoundField(form, self, field_name)

    def clean(self, value: Any) -> list[Line]:
        """Return the cleaned lines; raise ``ValidationError`` with a ``CellError`` for each faulty cell."""
        if self.disabled:
            return list(value or [])
        written = [line for line in value or [] if not line.removed and not line.is_blank]
        faults: list[ValidationError] = []
        if len(written) > self.max_rows:
            faults.append(ValidationError(self.error_messages["many"], code="many", params={"count": self.max_rows}))
        lines = [self._clean_line(line, faults) for line in written]
        self._refuse_foreign(lines, faults)
        if faults:
            raise ValidationError(faults)
        if len(lines) < self.min_rows:
            raise ValidationError(self.error_messages["few"], code="few", params={"count": self.min_rows})
        return lines

    def _clean_line(self, line: Line, faults: list[ValidationError]) -> Line:
        values = {}
        for column in self.columns:
            try:
                values[column.name] = column.field.clean(line.get(column.name))
            except ValidationError as fault:
                faults.extend(CellError(each, line=line.n, column=column.name) for each in fault.error_list)
        pk = str(line.pk or "")
        return Line(values, n=line.n, pk=int(pk) if LINE_NUMBER.fullmatch(pk) else line.pk)

    def _refuse_foreign(self, lines: list[Line], faults: list[ValidationError]) -> None:
        left = set(self.ids)
        for line in lines:
            if line.pk is not None and line.pk not in left:
                faults.append(ValidationError(self.error_messages["foreign"], code="foreign", params={"n": line.n}))
            left.discard(line.pk)

    def from_plain(self, lines: Iterable[dict[str, Any]]) -> list[Line]:
        """Return lines that were kept in plain form, as values of the columns; a choice that is gone stays what it was."""
        return [
            Line({c.name: _revived(c.field, line.get(c.name)) for c in self.columns}, n=n, pk=line.get("id"))
            for n, line in enumerate(lines, 1)
        ]

    def typed(self, name: str, data: Any, *, more: bool = False) -> dict[str, list[str]]:
        """Return what a draft keeps of the lines sent: every cell as typed, so many lines and so long cells as the field allows.

        ``more`` makes room for further blank lines.
        """
        shown = self.widget.shown(data, name)
        kept = {}
        for n in range(1, shown + 1):
            for part in [*(column.name for column in self.columns), "id", "remove"]:
                if value := data.get(f"{name}-{n}-{part}"):
                    kept[f"{name}-{n}-{part}"] = [value.replace("\x00", "")[:LONGEST_CELL]]
        if more:
            shown = max(shown, min(shown + self.blank_rows, self.max_rows))
        return kept | {f"{name}-rows": [str(shown)]} if f"{name}-rows" in data else {}

    def restored(self, name: str, typed: dict[str, list[str]]) -> list[Line] | None:
        """Return the lines of a draft, unjudged and without those ticked for removal; ``None`` when the draft holds no lines."""
        if f"{name}-rows" not in typed:
            return None
        data = {key: values[-1] for key, values in typed.items() if values}
        lines = [line for line in self.widget.value_from_datadict(data, {}, name) if not line.removed]
        for n, line in enumerate(lines, 1):
            line.n = n
        return lines


@dataclass(frozen=True)
class Cell:
    """One cell as the page shows it: an input with its faults, or the value for reading."""

    column: Column
    place: str
    html: str
    text: str
    errors: list[str]


@dataclass(frozen=True)
class ShownLine:
    """One line of the page. ``place`` begins the names of its inputs."""

    n: int
    place: str
    pk: Any
    removed: bool
    is_blank: bool
    cells: list[Cell]


class RowsBoundField(forms.BoundField):
    """A table of lines on a page."""

    field: RowsField
    is_rows = True

    @cached_property
    def lines(self) -> list[ShownLine]:
        """Return the lines to show; while the field is open at least one of them is blank, unless the table is full."""
        of_rows: list[Any] = [column.field for column in self.field.columns if isinstance(column.field, forms.ModelChoiceField)]
        for choice in of_rows:
            # Read once for the table; asked for their length first, as a bare list() does, the choices would count in a second query.
            choice.widget.choices = list(iter(choice.choices))
        faults = list(self._cell_errors())
        return [self._shown(line, [fault for fault in faults if fault.line == line.n]) for line in self._values()]

    def _values(self) -> list[Line]:
        field = self.field
        lines = list(self.value() or [])
        if not field.disabled and not any(line.is_blank for line in lines):
            room = max(field.max_rows - len(lines), 0)
            blanks = max(field.blank_rows, field.min_rows - len(lines))
            lines += [Line(n=len(lines) + extra) for extra in range(1, min(room, blanks) + 1)]
        return lines

    def _shown(self, line: Line, faults: list[CellError]) -> ShownLine:
        place = f"{self.html_name}-{line.n}"
        cells = [self._cell(line, column, [f for f in faults if f.column == column.name]) for column in self.field.columns]
        return ShownLine(line.n, place, line.pk, line.removed, line.is_blank and line.pk is None, cells)

    def _cell(self, line: Line, column: Column, faults: list[CellError]) -> Cell:
        place = self._place(line.n, column.name)
        value = line.get(column.name)
        if self.field.disabled:
            return Cell(column, place, "", _words(column.field, value), [])
        attrs = {"id": place}
        if faults:
            attrs |= {"aria-invalid": "true", "aria-describedby": f"{place}_error"}
        name = f"{self.html_name}-{line.n}-{column.name}"
        html = column.field.widget.render(name, column.field.prepare_value(value), attrs, renderer=self.form.renderer)
        return Cell(column, place, html, "", [text for fault in faults for text in fault.messages])

    def _place(self, n: int, column: str) -> str:
        return f"{self.auto_id}-{n}-{column}"

    def _errors(self) -> list[ValidationError]:
        return list(self.errors.as_data()) if self.form.is_bound else []

    def _cell_errors(self) -> Iterator[CellError]:
        return (error for error in self._errors() if isinstance(error, CellError))

    @property
    def whole_errors(self) -> list[str]:
        """Return the faults of the table as a whole."""
        return [text for error in self._errors() if not isinstance(error, CellError) for text in error.messages]

    def faults(self) -> list[tuple[str, str]]:
        """Return place and sentence of everything wrong in the table, in the order of the page."""
        labels = {column.name: column.field.label for column in self.field.columns}
        order = list(labels)
        at_cells = sorted(self._cell_errors(), key=lambda error: (error.line, order.index(error.column)))
        return [(self.auto_id, f"{self.label}: {text}") for text in self.whole_errors] + [
            (
                self._place(error.line, error.column),
                _("Line %(n)s, %(column)s: %(text)s") % {"n": error.line, "column": labels[error.column], "text": text},
            )
            for error in at_cells
            for text in error.messages
        ]

    @property
    def totals(self) -> list[tuple[Column, str]]:
        """Return each column with its sum where it is money, of the lines as they were last sent; nothing while no amount is written."""
        lines = [line for line in self.value() or [] if not line.removed]
        sums = [(column, _sum(column, lines)) for column in self.field.columns]
        return [(column, rupees(total) if total else "") for column, total in sums] if any(total for _column, total in sums) else []

    @property
    def is_full(self) -> bool:
        return len(self.lines) >= self.field.max_rows


def to_plain(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return lines as a record's facts hold them: money and dates as text, rows by their key."""
    return [{name: _plain(value) for name, value in line.items()} for line in lines]


def lines_of(record: Any, name: str, field: RowsField, own: dict[str, Any] | None = None) -> list[Line]:
    """Return the record's lines as values of the field's columns, from its child rows or its JSON; none for a record not yet kept.

    Of child rows only those count that have the columns ``own`` as given; the rest are other people's.
    """
    if not _has_rows(record, name):
        return field.from_plain(getattr(record, name) or [])
    if record.pk is None:
        return []
    related = [column.name for column in field.columns if isinstance(column.field, forms.ModelChoiceField)]
    children = getattr(record, name).filter(**(own or {})).order_by("pk")
    rows = children.select_related(*related) if related else children
    return [Line({column.name: getattr(row, column.name) for column in field.columns}, n=n, pk=row.pk) for n, row in enumerate(rows, 1)]


def hand_over(record: Any, name: str, lines: list[Line]) -> None:
    """Give the record its lines before it is saved, where it keeps them itself as JSON."""
    if not _has_rows(record, name):
        setattr(record, name, to_plain(lines))


def keep(record: Any, name: str, lines: list[Line], own: dict[str, Any]) -> None:
    """Write the lines after the record is saved, where they are child rows; raise ``Refusal`` as ``save_lines`` does."""
    if _has_rows(record, name):
        save_lines(record, name, lines, own)


def save_lines(record: Any, related_name: str, lines: list[Line], own: dict[str, Any] | None = None) -> None:
    """Make the record's child rows those of ``lines``, in the caller's transaction; a line that stays keeps its row.

    With ``own``, rows that have other values in these columns are left alone, and new rows get them.
    Raises ``Refusal`` when a line names a row twice or one that is not the record's; nothing is written then.
    """
    own, related = own or {}, getattr(record, related_name)
    children = related.filter(**own)
    rows = {row.pk: row for row in children}
    named = [line.pk for line in lines if line.pk is not None]
    if len(set(named)) != len(named) or not set(named) <= set(rows):
        raise Refusal(_("A line of this form is no line of this record. Open the form again."))
    children.exclude(pk__in=named).delete()
    for line in lines:
        row = rows[line.pk] if line.pk is not None else related.model(**{related.field.name: record}, **own)
        if line.pk is None or any(getattr(row, name) != value for name, value in line.items()):
            for name, value in line.items():
                setattr(row, name, value)
            row.save()
    if related_name in getattr(record, "_prefetched_objects_cache", {}):
        record.refresh_from_db(fields=[related_name])


def _has_rows(record: Any, name: str) -> bool:
    return any(relation.one_to_many and relation.get_accessor_name() == name for relation in record._meta.related_objects)


def _add_empty_choice(field: Any) -> None:
    """Let a choice begin empty: a line in which something is chosen beforehand would never be blank."""
    if _is_plain_choice(field) and "" not in dict(flatten_choices(field.choices)):
        field.choices = [("", "—"), *field.choices]


def _is_plain_choice(field: Any) -> bool:
    return isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)


def _revived(field: forms.Field, value: Any) -> Any:
    try:
        return field.to_python(value)
    except ValidationError:
        return value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value == round(value, 2) else f"{value:f}"
    if isinstance(value, Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def _words(field: Any, value: Any) -> str:
    """Write a value that cannot be changed now, for reading."""
    if value in NOTHING:
        return "—"
    if isinstance(value, Decimal):
        return rupees(value) if isinstance(field, RupeeField) else f"{value:f}"
    if isinstance(value, date):
        return date_format(value)
    if _is_plain_choice(field):
        return str(dict(flatten_choices(field.choices)).get(value, value))
    return _("yes") if value is True else str(value)


def _sum(column: Column, lines: list[Line]) -> Decimal | None:
    """Return the sum of a money column in rupees, leaving out what is not an amount yet; ``None`` when no amount is written."""
    if not column.is_money:
        return None
    amounts = [_revived(column.field, line.get(column.name)) for line in lines]
    return sum((amount for amount in amounts if isinstance(amount, Decimal)), Decimal(0)) or None
