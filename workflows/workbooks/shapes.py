"""The columns of a template, drawn from the fields of the form that judges its rows, and the way from a row to that form and back."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import translation

from programme.bilingual import LANGUAGES
from programme.folding import fold
from workflows.forms.fields import DayField, RupeeField, WeightField
from workflows.forms.identity import IdentityField
from workflows.forms.rows import RowsField
from workflows.sheets.cells import plain
from workflows.sheets.columns import Choice, Column, Type

WIDTHS = {Type.LONG_TEXT: 44, Type.TEXT: 26, Type.CHOICE: 28, Type.IDENTIFIER: 24, Type.RUPEES: 18}
TYPES: list[tuple[type[forms.Field], Type]] = [
    (IdentityField, Type.IDENTIFIER),
    (RupeeField, Type.RUPEES),
    (WeightField, Type.DECIMAL),
    (DayField, Type.DATE),
    (forms.IntegerField, Type.WHOLE),
    (forms.BooleanField, Type.YES_NO),
    (forms.ChoiceField, Type.CHOICE),
]


@dataclass(frozen=True)
class Place:
    """Where a column's value goes in the form: a field, one of the boxes to tick in it, or one cell of its only line."""

    column: Column
    field: str
    inner: Any
    part: str = ""
    ticked: bool = False


class Shape:
    """The columns of a form's fields, in the order they are named."""

    def __init__(self, form: Any, names: Iterable[str]) -> None:
        self.places = [place for name in names for place in _places(name, form.fields[name])]
        self.by_key = {place.column.key: place for place in self.places}
        self._sent = [(p.column.key, p.field, p.part, p.ticked, p.column.type == Type.YES_NO) for p in self.places]
        self.numbers = frozenset(place.column.key for place in self.places if isinstance(place.inner, IdentityField))
        self._folded: dict[str, dict[str, str]] = {}

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(place.column for place in self.places)

    def data(self, values: Mapping[str, str]) -> dict[str, Any]:
        """Return a row as the form's page would send it."""
        sent: dict[str, Any] = {}
        for key, field, part, ticked, is_yes_or_no in self._sent:
            value = values.get(key, "")
            if ticked:
                sent.setdefault(field, []).extend([part] if value else [])
            elif part:
                sent[f"{field}-rows"] = "1"
                sent[f"{field}-1-{part}"] = value
            elif value or not is_yes_or_no:
                sent[field] = value
        return sent

    def key_of(self, field: str, part: str = "") -> str:
        """Return the column that a fault of the form belongs to; empty where it is one of the whole row."""
        found = (place for place in self.places if place.field == field and (not part or place.part == part))
        return next((place.column.key for place in found), "")

    def row(self, value_of: Callable[[Place], Any]) -> dict[str, Any]:
        """Return a row of what stands, as the template is filled with it."""
        values = {place.column.key: _shown(place, value_of(place)) for place in self.places}
        return {key: value for key, value in values.items() if value not in (None, "", False)}

    def meant(self, key: str, text: str) -> str:
        """Return the choice that somebody means by other spellings of its name; empty when it is none, or more than one."""
        column = self.by_key[key].column
        if key not in self._folded:
            named = [(fold(name), choice.value) for choice in column.choices or () for name in {choice.en, choice.hi, *choice.other_names}]
            several = Counter(name for name, _value in set(named))
            self._folded[key] = {name: value for name, value in named if name and several[name] == 1}
        return self._folded[key].get(fold(text), "")


def plain_row(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: text for key, value in values.items() if (text := plain(value))}


def _shown(place: Place, value: Any) -> Any:
    if place.ticked:
        return place.part in (value or ())
    if isinstance(value, Model):
        return str(value.pk)
    return str(value) if place.column.type == Type.CHOICE and value is not None else value


def _places(name: str, field: Any) -> Iterator[Place]:
    if isinstance(field, RowsField):
        for column in field.columns:
            yield Place(_column(f"{name}_{column.name}", column.field), name, column.field, column.name)
    elif isinstance(field, forms.MultipleChoiceField):
        for value, label in _choices_by_language(field):
            en, hi = (f"{_in(language, lambda: str(field.label))}: {label[language]}" for language in LANGUAGES)
            yield Place(Column(f"{name}_{value}", en, hi, Type.YES_NO, width=18), name, field, value, ticked=True)
    else:
        yield Place(_column(name, field), name, field)


def _column(key: str, field: Any) -> Column:
    kind = next((type_ for class_, type_ in TYPES if isinstance(field, class_)), None)
    kind = kind or (Type.LONG_TEXT if isinstance(field.widget, forms.Textarea) else Type.TEXT)
    en, hi = (_in(language, lambda: str(field.label)) for language in LANGUAGES)
    help_en, help_hi = (_in(language, lambda: str(field.help_text)) for language in LANGUAGES)
    choices = tuple(_choices(field)) if kind == Type.CHOICE else None
    return Column(
        key, en, hi, kind, required=field.required, choices=choices, help_en=help_en, help_hi=help_hi, width=WIDTHS.get(kind, 16)
    )  # fmt: skip


def _in(language: str, say: Callable[[], str]) -> str:
    with translation.override(language):
        return say()


def _choices(field: Any) -> Iterator[Choice]:
    if not isinstance(field, forms.ModelChoiceField):
        for value, label in _choices_by_language(field):
            yield Choice(value, label["en"], label["hi"])
        return
    rows = list(field.queryset or ())
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = [str(field.label_from_instance(row)) for row in rows]
    others = [_other_names(row) for row in rows]
    several = Counter(name for names in others for name in names)
    for row, en, hi, names in zip(rows, said["en"], said["hi"], others, strict=True):
        yield Choice(str(row.pk), en, hi, tuple(sorted(name for name in names if several[name] == 1)))


def _other_names(row: Any) -> set[str]:
    """Return what else people call a row: its names, other spellings, and its code."""
    named = {*getattr(row, "both_names", ()), *getattr(row, "aliases", ())}
    return named | {str(getattr(row, name)) for name in ("code", "lgd_code", "ifsc") if getattr(row, name, None)}


def _choices_by_language(field: Any) -> list[tuple[str, dict[str, str]]]:
    said: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            for value, label in field.choices:
                said.setdefault(str(value), {})[language] = str(label)
    return [(value, labels) for value, labels in said.items() if value]
