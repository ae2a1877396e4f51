"""How a form stands on a page: its rows, the objection beside a field, and the faults to put right."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from workflows.forms.rows import RowsField
from workflows.templatetags.words import both_rupees, day

PAPERS = "paper_"


@dataclass(frozen=True)
class Row:
    """One field with the objections of whoever returned the file, where they are answered, and its value where it is closed to change."""

    field: Any
    objections: list[Any]
    replies: list[Any]
    shown: str = ""


@dataclass(frozen=True)
class Section:
    title: Any
    rows: list[Row]


@dataclass(frozen=True)
class Fault:
    """One thing to put right and where it stands on the page; an empty place is the form as a whole."""

    place: str
    text: str


def sections(form: Any) -> list[Section]:
    """Return the record's fields as the form orders them."""
    return [Section(title, [_row(form, name) for name in names]) for title, names in form.sections]


def _row(form: Any, name: str) -> Row:
    closed = form.fields[name].disabled
    shown = _shown(form.instance, name) if closed and not isinstance(form.fields[name], RowsField) else ""
    return Row(form[name], form.objections_to(name), form.replies_to(name), shown)


def _shown(record: Any, name: str) -> str:
    """Write a value that cannot be changed now, for reading; of a number of a person the last four."""
    if name in getattr(record, "IDENTITIES", {}):
        kept = record.identity(name)
        return kept.shown if kept else ""
    value = getattr(record, name)
    if value is None:
        return ""
    if name in getattr(record, "WORDS", {}):
        return record.words(name)
    if hasattr(value, "all"):
        return ", ".join(str(row) for row in value.all())
    if record._meta.get_field(name).choices:
        return str(getattr(record, f"get_{name}_display")())
    if isinstance(value, Decimal):
        return both_rupees(value)
    return day(value) if isinstance(value, date) else str(value)


def plain_fields(form: Any) -> list[Any]:
    """Return the visible fields of a decision box that are not part of an objection."""
    rows = {field.name for row in getattr(form, "objection_rows", []) for field in row}
    return [field for field in form if not field.is_hidden and field.name not in rows]


def faults(form: Any, bad_papers: dict[str, list[str]] | None = None) -> list[Fault]:
    """Return what is wrong in the order of the page; nothing for a form that was not sent."""
    found = [] if form is None or not form.is_bound else [fault for name in form.errors for fault in _faults_of(form, name)]
    return found + [Fault(f"id_{PAPERS}{kind}", text) for kind, texts in (bad_papers or {}).items() for text in texts]


def _faults_of(form: Any, name: str) -> list[Fault]:
    if isinstance(form.fields.get(name), RowsField):
        return [Fault(place, text) for place, text in form[name].faults()]
    return [_fault(form, name, text) for text in form.errors[name]]


def _fault(form: Any, name: str, text: str) -> Fault:
    if name.startswith(PAPERS):
        return Fault(f"id_{name}", text)
    if name not in form.fields or form[name].is_hidden:
        return Fault("", text)
    field = form[name]
    several = isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return Fault(f"{field.auto_id}_0" if several else field.auto_id, f"{field.label}: {text}")
