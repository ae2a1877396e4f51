"""Judge the rows of a workbook by the form that judges the same when it is typed. The form is made once and asked again and again."""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models.base import ModelState
from django.utils import translation

from programme import identity
from programme.bilingual import LANGUAGES, in_both
from programme.identity import Identity
from workflows.forms.identity import IdentityField
from workflows.forms.rows import CellError, RowsField
from workflows.sheets.cells import EMPTY
from workflows.sheets.columns import Type
from workflows.sheets.reading import Row
from workflows.workbooks.shapes import Shape

Faults = dict[str, str]
PAPER = "paper_"
OF_SEVERAL = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField, forms.MultiValueField)
WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


@dataclass
class Judged:
    """One row: what it says, the numbers it names, and in each language what is wrong, by column."""

    number: int
    values: dict[str, str]
    numbers: dict[str, str]
    faults: dict[str, Faults] = field(default_factory=dict)
    cleaned: dict[str, Any] = field(default_factory=dict)

    def refuse(self, key: str, say: Callable[[], str]) -> None:
        """Add what is wrong at a column, or at the row as a whole."""
        for language, text in in_both(say, "in").items():
            self.faults.setdefault(language.removeprefix("in_"), {})[key] = text

    @cached_property
    def fingerprint(self) -> str:
        """What two rows have in common that say the same; a number counts however it is written."""
        read = {key: value.digest for key, value in self.cleaned.items() if isinstance(value, Identity)}
        return identity.fingerprint(WRITER.encode([self.values, {**self.numbers, **read}]))


class Remembered(dict[Any, Any]):
    """What a field makes of a value: most columns of a register say one of a few things, and a field says the same of the same.

    Several values are known as a tuple. Of numbers of persons nothing is remembered but that none was written.
    """

    MOST = 2000

    def __init__(self, asked: forms.Field) -> None:
        self.judge, self.is_number = asked.clean, isinstance(asked, IdentityField)

    def __missing__(self, value: Any) -> Any:
        found = self.judge(list(value) if isinstance(value, tuple) else value)
        if (value is None or isinstance(value, str | tuple)) and not (self.is_number and value):
            if len(self) >= self.MOST:
                self.clear()
            self[value] = found
        return found

    def several(self, value: Any) -> Any:
        """Return what the field makes of a list; each asker has a list of his own."""
        found = self[tuple(value) if isinstance(value, list) else value]
        return list(found) if isinstance(found, list) else found


class Kept:
    """The choices of a field, read once: a form that judges thousands of rows asks the database for none of them."""

    def __init__(self, choice: forms.ModelChoiceField) -> None:
        self.refused = choice.error_messages["invalid_choice"]
        self.empty = choice.empty_values
        self.rows = {str(row.pk): row for row in choice.queryset or ()}

    def to_python(self, value: Any) -> Any:
        if value in self.empty:
            return None
        found = self.rows.get(str(value))
        if found is None:
            raise forms.ValidationError(self.refused, code="invalid_choice", params={"value": value})
        return found


class Judge:
    """A form made once, with its choices, for rows of one sheet.

    What only the database can say of a whole record, its constraints, is asked when the row is signed or written; here each row
    would cost a query for every one of them.
    """

    def __init__(self, form: Any, shape: Shape) -> None:
        self.form, self.shape = form, shape
        self.first = copy.copy(form.instance) if hasattr(form, "instance") else None
        self.norm = getattr(form, "norm", None)
        form.is_bound = True
        for asked in form.fields.values():
            inner = [column.field for column in asked.columns] if isinstance(asked, RowsField) else [asked]
            for each in inner:
                if isinstance(each, forms.ModelChoiceField):
                    each.to_python = Kept(each).to_python  # type: ignore[method-assign]
            if not isinstance(asked, RowsField):
                known = Remembered(asked)
                asked.clean = known.several if isinstance(asked, OF_SEVERAL) else known.__getitem__
        self.columns = [
            (name, form.add_prefix(name), _further(asked.widget), asked.clean, getattr(form, f"clean_{name}", None))
            for name, asked in form.fields.items()
        ]
        # Papers come with the draft, where the officer sees them.
        form._refuse_unseen_papers = _nothing
        if not any(asked.disabled or isinstance(asked, forms.FileField) for asked in form.fields.values()):
            form._clean_fields = self._clean_fields
        if self.first is not None:
            self.first.validate_constraints = form.validate_constraints = form.validate_unique = _nothing
            # Each column was judged by its field of the form.
            everything = {column.name for column in self.first._meta.fields}
            form._get_validation_exclusions = lambda: everything
            self.record_columns = [
                (column.name, column.save_form_data, column.has_default())
                for column in self.first._meta.fields
                if column.name in form.fields and column.name in form._meta.fields
            ]
            form.filling = self._fill

    def judged(self, row: Row) -> Judged:
        """Return the row judged: cell by cell as a workbook's, then as a whole by the form."""
        values: dict[str, str] = {}
        numbers: dict[str, str] = {}
        wrong: dict[str, tuple[Any, str]] = {}
        for key, cell in row.cells.items():
            if cell is EMPTY:
                continue
            value, fault = cell.plain, cell.fault
            if fault and key in self.shape.by_key and self.shape.by_key[key].column.type == Type.CHOICE:
                value = self.shape.meant(key, cell.raw)
                fault = None if value else fault
            if fault:
                wrong[key] = (fault, cell.raw if key in self.shape.numbers else "")
            if value:
                (numbers if key in self.shape.numbers else values)[key] = value
        found = Judged(row.number, values, numbers)
        said = self._look(found, wrong)
        if said:
            own = (translation.get_language() or "").partition("-")[0]
            [other] = {*LANGUAGES} - {own}
            with translation.override(other):
                found.faults = {own: said, other: self._look(found, wrong)}
        return found

    def bound(self, values: Mapping[str, str]) -> Any:
        """Return the form with a row that was good, judged as things stand now; raise ``ValidationError`` when it no longer is."""
        faults = self._asked(self.shape.data(values))
        if faults:
            labels = {key: str(place.inner.label) for key, place in self.shape.by_key.items()}
            raise forms.ValidationError([f"{labels[key]}: {text}" if key in labels else text for key, text in faults.items()])
        return self.form

    def _look(self, found: Judged, wrong: Mapping[str, tuple[Any, str]]) -> Faults:
        at_cells = {key: _without(str(fault), number) for key, (fault, number) in wrong.items()}
        said = self._asked(self.shape.data({**found.values, **found.numbers}))
        found.cleaned = self.form.cleaned_data
        return at_cells | {key: text for key, text in said.items() if key not in at_cells}

    def _clean_fields(self) -> None:
        """Ask each field of the form, as Django does, without what only its page needs of it."""
        form = self.form
        data, cleaned = form.data, form.cleaned_data
        for name, sent, read, clean, clean_further in self.columns:
            try:
                cleaned[name] = clean(read(data, form.files, sent) if read else data.get(sent))
                if clean_further:
                    cleaned[name] = clean_further()
            except forms.ValidationError as error:
                form.add_error(name, error)

    def _fill(self) -> None:
        """Hand the values to the record and judge it, as Django does, going through the form's columns only."""
        form = self.form
        cleaned, record = form.cleaned_data, form.instance
        for name, save, has_default in self.record_columns:
            if name in cleaned and not (has_default and self._is_left_out(name)):
                save(record, cleaned[name])
        try:
            record.clean()
        except forms.ValidationError as error:
            form._update_errors(error)

    def _is_left_out(self, name: str) -> bool:
        """Say whether nothing was sent for a field, so that the record keeps its default."""
        asked = self.form.fields[name]
        unsent = asked.widget.value_omitted_from_data(self.form.data, self.form.files, self.form.add_prefix(name))
        return unsent and self.form.cleaned_data[name] in asked.empty_values

    def _asked(self, data: dict[str, Any]) -> Faults:
        """Return what the form finds wrong, by column."""
        form = self.form
        form.data, form._errors = data, None
        if self.first is not None:
            form.instance = _twin(self.first)
        if self.norm is not None:
            form.norm = self.norm
        faults: dict[str, list[str]] = {}
        for name, errors in form.errors.as_data().items():
            if name.startswith(PAPER):
                continue
            for error in errors:
                part = error.column if isinstance(error, CellError) else ""
                key = "" if name == NON_FIELD_ERRORS else self.shape.key_of(name, part)
                faults.setdefault(key, []).extend(error.messages)
        return {key: " ".join(dict.fromkeys(texts)) for key, texts in faults.items()}


def _further(widget: forms.Widget) -> Any | None:
    """Return how a widget reads what was sent; ``None`` where it takes the value under its name as it is.

    A widget of choices does so of a row, since each name is sent once.
    """
    as_it_is = (forms.Widget.value_from_datadict, forms.RadioSelect.value_from_datadict)
    return None if type(widget).value_from_datadict in as_it_is else widget.value_from_datadict


def _twin(record: Any) -> Any:
    """Return a new record like this one, as ``copy`` does, without its way over pickling."""
    twin, state = object.__new__(type(record)), ModelState()
    state.fields_cache = {**record._state.fields_cache}
    vars(twin).update(vars(record), _state=state)
    return twin


def _nothing(**_told: Any) -> None:
    """Leave it to the database."""


def _without(sentence: str, number: str) -> str:
    """Return the sentence without a number that names a person or unit."""
    return sentence.replace(number, "…") if number.strip() else sentence
