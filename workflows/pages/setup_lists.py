"""A table of set-up as a list: the rows that its page shows, narrowed and ordered alike, under the headings of that page."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.db import models
from django.http import HttpResponseBase
from django.urls import reverse

from programme.money import rupees
from workflows.exports import linking, writing
from workflows.exports.declaring import CHUNK, Heading, Line, day_of
from workflows.pages.papers import to_keep
from workflows.sheets.columns import Type

# The most particular first: a moment is also a day, and a decision between two also a whole number.
TYPES: list[tuple[type[models.Field], Type, int]] = [
    (models.BooleanField, Type.YES_NO, 12),
    (models.DateField, Type.DATE, 14),
    (models.DecimalField, Type.RUPEES, 18),
    (models.IntegerField, Type.WHOLE, 12),
]
# What a table shows first and then leads on from.
NOT_A_COLUMN = "action_checkbox"


class Rupees:
    """A column of rupees: in lakh and crore on the page, as everywhere, and in the list a figure that can be added up."""

    def __init__(self, model: type[models.Model], name: str) -> None:
        self.name = self.__name__ = self.admin_order_field = name
        self.short_description = model._meta.get_field(name).verbose_name  # type: ignore[union-attr]

    def __call__(self, row: Any) -> str:
        amount = getattr(row, self.name)
        return "" if amount is None else rupees(amount)


def link(changed: Any) -> linking.Link:
    """Return the way to the list that a page of set-up shows."""
    names = _names(changed)
    options, query = changed.opts, changed.get_query_string(remove=["p"]).removeprefix("?")
    end = f"?{query}" if query else ""
    addresses = {form: reverse(f"admin:{options.app_label}_{options.model_name}_list", args=[form]) + end for form in linking.FORMS}
    return linking.ways(addresses, changed.result_count, len(names))


def listed(table: ModelAdmin, changed: Any, form: str) -> HttpResponseBase:
    """Answer with the table's rows as a file. Set-up tables are short, so all of them are written at once."""
    names, file = _names(changed), BytesIO()
    columns = [_heading(table, name).column for name in names]
    title = str(changed.opts.verbose_name_plural)
    writing.write_lines(form, file, columns, _lines(table, names, changed.queryset), title=title)
    file.seek(0)
    return to_keep(file, writing.file_name(changed.opts.model_name, form), linking.FORMS[form])


def _names(changed: Any) -> list[str]:
    return [name.name if isinstance(name, Rupees) else name for name in changed.list_display if name != NOT_A_COLUMN]


def _heading(table: ModelAdmin, name: str) -> Heading:
    field = _field(table, name)
    found = next(((of, width) for kind, of, width in TYPES if isinstance(field, kind)), (Type.TEXT, 30))
    label = field.verbose_name if field else label_for_field(name, table.model, table)
    return Heading(name.strip("_"), label, *found)


def _field(table: ModelAdmin, name: str) -> Any:
    fields = {field.name: field for field in table.model._meta.fields}
    return fields.get(name)


def _lines(table: ModelAdmin, names: list[str], rows: Any) -> Iterator[Line]:
    for row in rows.iterator(CHUNK):
        yield {name.strip("_"): _value(table, row, name) for name in names}


def _value(table: ModelAdmin, row: Any, name: str) -> Any:
    field, _attr, value = lookup_field(name, row, table)
    if field is None:
        return str(value)
    if getattr(field, "choices", None):
        return str(getattr(row, f"get_{name}_display")())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, date):
        return day_of(value)
    return str(value) if isinstance(value, models.Model) else value
